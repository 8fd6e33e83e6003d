/* SPDX-License-Identifier: BSD-3-Clause */
#include "hosts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "link.h"
#include "log.h"

#define HOSTS "/etc/hosts"
#define BEGIN "# BEGIN dpdk-lo "
#define END "# END dpdk-lo "
#define FILE_MAX (4 * 1024 * 1024)

/* "# BEGIN dpdk-lo 4711 dlo0": the process id, or 0 when the line is none of these. */
static long
marker_pid(const char *line, const char *marker)
{
	return strncmp(line, marker, strlen(marker)) == 0 ?
		strtol(line + strlen(marker), NULL, 10) : 0;
}

/* The END of the block that begins at @p line, past its line; NULL: someone cut it off. */
static const char *
block_end(const char *line, long pid)
{
	while (line != NULL && *line != '\0') {
		const char *next = strchr(line, '\n');

		next = next != NULL ? next + 1 : line + strlen(line);
		if (marker_pid(line, END) == pid)
			return next;
		line = next;
	}
	return NULL;
}

char *
hosts_strip(const char *text, bool (*is_alive)(long pid), bool *ret_changed)
{
	char *ret = malloc(strlen(text) + 1), *out = ret;

	*ret_changed = false;
	if (ret == NULL)
		return NULL;
	while (*text != '\0') {
		const char *newline = strchr(text, '\n'), *next;
		long pid = marker_pid(text, BEGIN);

		next = newline != NULL ? newline + 1 : text + strlen(text);
		if (pid > 0 && !is_alive(pid) && block_end(text, pid) != NULL) {
			text = block_end(text, pid);
			*ret_changed = true;
			continue;
		}
		memcpy(out, text, (size_t)(next - text));
		out += next - text;
		text = next;
	}
	*out = '\0';
	return ret;
}

/* Ours is about to be written anew or removed; another process's is his as long as he lives. */
static bool
is_alive(long pid)
{
	return pid != (long)getpid() && (kill((pid_t)pid, 0) == 0 || errno == EPERM);
}

/* @return the text, "" for a file that is not there, or NULL with *ret_err */
static char *
read_file(const char *path, int *ret_err)
{
	FILE *f = fopen(path, "re");
	char *text = NULL;
	size_t len;

	*ret_err = f == NULL ? errno : 0;
	if (f == NULL)
		return *ret_err == ENOENT ? strdup("") : NULL;
	text = malloc(FILE_MAX + 1);
	len = text != NULL ? fread(text, 1, FILE_MAX + 1, f) : 0;
	*ret_err = text == NULL ? ENOMEM : ferror(f) ? EIO : len > FILE_MAX ? EFBIG : 0;
	fclose(f);
	if (*ret_err != 0) {
		free(text);
		return NULL;
	}
	text[len] = '\0';
	return text;
}

static int
write_fd(int fd, const char *text)
{
	size_t left = strlen(text);

	while (left > 0) {
		ssize_t n = write(fd, text, left);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0) {
			text += n;
			left -= (size_t)n;
		}
	}
	return 0;
}

static int
write_in_place(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC), ret;

	if (fd < 0)
		return -errno;
	ret = write_fd(fd, text);
	close(fd);
	return ret;
}

/* Readers see the old file or the new one. A mount point cannot be renamed over: in place then. */
static int
write_file(const char *path, const char *text)
{
	struct stat st = { .st_mode = 0644 };
	char temp[PATH_MAX];
	int fd, ret;
	bool there = stat(path, &st) == 0;

	snprintf(temp, sizeof(temp), "%s.dpdk-lo.%ld", path, (long)getpid());
	fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	/* A unit may give us the file and keep its directory read-only. */
	if (fd < 0)
		return errno == EROFS ? write_in_place(path, text) : -errno;
	ret = write_fd(fd, text);
	if (ret == 0 && (fchmod(fd, st.st_mode & 07777) != 0 ||
		(there && fchown(fd, st.st_uid, st.st_gid) != 0) || fsync(fd) != 0))
		ret = -errno;
	close(fd);
	if (ret == 0 && rename(temp, path) != 0)
		ret = -errno;
	if (ret == 0)
		return 0;
	unlink(temp);
	if (ret != -EBUSY && ret != -EXDEV)
		return ret;
	return write_in_place(path, text);
}

static void
put_name(FILE *out, const struct dlo_prefix *p, const char *name, const char *suffix)
{
	char addr[INET6_ADDRSTRLEN];

	inet_ntop(p->family == 4 ? AF_INET : AF_INET6, p->addr, addr, sizeof(addr));
	fprintf(out, "%s\t%s%s\n", addr, name, suffix);
}

static void
put_block(FILE *out, const struct app *app)
{
	const char *ifname = app->link_dev.ifname;
	long pid = (long)getpid();

	fprintf(out, BEGIN "%ld %s: removed when it stops\n", pid, ifname);
	for (unsigned int i = 0; i < app->conf.nb_loopbacks; i++) {
		if (app->conf.loopbacks[i].host[0] != '\0' && !app->conf.loopbacks[i].shut)
			put_name(out, &app->conf.loopbacks[i].addr, app->conf.loopbacks[i].host, "");
	}
	for (unsigned int i = 0; app->link != NULL && i < app->conf.link.nb_ips; i++) {
		struct dlo_prefix peer = link_peer(&app->conf.link.ips[i]);

		put_name(out, &peer, ifname, ".loopback");
	}
	fprintf(out, END "%ld\n", pid);
}

/* @return 0, or a negative errno */
static int
update(const char *path, const struct app *app)
{
	bool changed = false;
	char *text, *kept, *whole = NULL;
	size_t size;
	FILE *out;
	int err;

	text = read_file(path, &err);
	if (text == NULL)
		return -err;
	kept = hosts_strip(text, is_alive, &changed);
	free(text);
	if (kept == NULL)
		return -ENOMEM;
	if (app != NULL) {
		out = open_memstream(&whole, &size);
		if (out == NULL) {
			free(kept);
			return -ENOMEM;
		}
		fputs(kept, out);
		if (kept[0] != '\0' && kept[strlen(kept) - 1] != '\n')
			fputc('\n', out);
		put_block(out, app);
		err = fclose(out) == 0 ? write_file(path, whole) : -ENOMEM;
		free(whole);
	} else {
		err = changed ? write_file(path, kept) : 0;
	}
	free(kept);
	return err;
}

int
hosts_write(const struct app *app)
{
	int err;

	if (app->conf.hosts[0] == '\0') {
		update(HOSTS, NULL);
		return 0;
	}
	err = update(app->conf.hosts, app);
	if (err != 0)
		say_error("cannot write names to %s: %s; give --hosts a file that can be written to, "
			"or leave it out", app->conf.hosts, strerror(-err));
	return err;
}

void
hosts_remove(const char *path)
{
	if (path[0] == '\0')
		return;
	if (update(path, NULL) != 0)
		say_warning("the names in %s could not be removed: take out the block of dpdk-lo "
			"by hand", path);
}
