/* SPDX-License-Identifier: BSD-3-Clause */
#include "localhost/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "localhost/sentence.h"

#define FORMAT "dpdk-lo localhost 1\nroute_localnet %d\naccept_local %d\nclsact %d\nnamespace %llu\n"

/* Linux 5.14; newer than the headers of some. */
#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

/* Someone else removes the file he has just been done with: how often that may happen. */
#define OPEN_TRIES 8

static const char *const paths[] = {
	[DLO_LOCALHOST_ROUTE_LOCALNET] = "/proc/sys/net/ipv4/conf/lo/route_localnet",
	[DLO_LOCALHOST_ACCEPT_LOCAL] = "/proc/sys/net/ipv4/conf/lo/accept_local",
};

static const char *const names[] = {
	[DLO_LOCALHOST_ROUTE_LOCALNET] = "net.ipv4.conf.lo.route_localnet",
	[DLO_LOCALHOST_ACCEPT_LOCAL] = "net.ipv4.conf.lo.accept_local",
};

static int
open_locked(const char *path, char err[DLO_LOCALHOST_ERR])
{
	for (unsigned int i = 0; i < OPEN_TRIES; i++) {
		int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
		struct stat st;

		if (fd < 0)
			return dlo_localhost_fail(err, -errno, "cannot open state file %s: %s; what "
				"is changed on lo must be written down first",
				path, strerror(errno));
		if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
			close(fd);
			return dlo_localhost_fail(err, -EBUSY, "localhost of this network namespace "
				"is carried by another dpdk-lo (it holds %s): stop that one first",
				path);
		}
		if (fstat(fd, &st) == 0 && st.st_nlink > 0)
			return fd;
		/* Locked, but removed in the meantime: the name belongs to another file. */
		close(fd);
	}
	return dlo_localhost_fail(err, -EAGAIN, "state file %s comes and goes: try again", path);
}

/* @return 0, or -errno */
static int
make_path(const char *dir, char *buf, size_t size)
{
	struct stat ns;

	if (stat("/proc/thread-self/ns/net", &ns) != 0)
		return -errno;
	snprintf(buf, size, "%s/localhost-%llu", dir, (unsigned long long)ns.st_ino);
	return 0;
}

/*
 * Never given twice, unlike the number in the file's name: that of a namespace that is gone can be
 * another's by now, whose settings are not ours to put back. 0 where the kernel does not tell.
 */
static unsigned long long
namespace_cookie(void)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	uint64_t cookie = 0;
	socklen_t len = sizeof(cookie);

	if (fd < 0)
		return 0;
	if (getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &len) != 0)
		cookie = 0;
	close(fd);
	return cookie;
}

/* @return whether the file says what a killed process changed in this very namespace */
static bool
read_state(struct dlo_localhost_state *state)
{
	unsigned long long cookie = 0;
	char text[256] = "";
	int clsact = 0, nb;
	ssize_t n = pread(state->fd, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	nb = sscanf(text, FORMAT, &state->was[DLO_LOCALHOST_ROUTE_LOCALNET],
		&state->was[DLO_LOCALHOST_ACCEPT_LOCAL], &clsact, &cookie);
	state->made_clsact = clsact != 0;
	return nb >= 3 && (cookie == 0 || state->cookie == 0 || cookie == state->cookie);
}

bool
dlo_localhost_state_exists(const char *dir)
{
	char path[256];
	struct stat st;

	return make_path(dir, path, sizeof(path)) == 0 && lstat(path, &st) == 0;
}

int
dlo_localhost_state_open(struct dlo_localhost_state *state, const char *dir,
	char err[DLO_LOCALHOST_ERR])
{
	struct stat st;
	int fd;

	memset(state, 0, sizeof(*state));
	state->fd = -1;
	fd = make_path(dir, state->path, sizeof(state->path));
	if (fd != 0)
		return dlo_localhost_fail(err, fd, "cannot tell this network namespace: %s; "
			"is /proc mounted?", strerror(-fd));
	if (mkdir(dir, 0755) != 0 && errno != EEXIST)
		return dlo_localhost_fail(err, -errno, "cannot make directory %s for the state file: "
			"%s; make it for this user first", dir, strerror(errno));
	/* A directory that others can write to could be made to name any file. */
	if (lstat(dir, &st) != 0 || !S_ISDIR(st.st_mode) || st.st_uid != geteuid() ||
		(st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return dlo_localhost_fail(err, -EACCES, "%s must be a directory that only this user "
			"can write to, for the state file", dir);
	fd = open_locked(state->path, err);
	if (fd < 0)
		return fd;
	state->fd = fd;
	state->cookie = namespace_cookie();
	if (read_state(state))
		return 1;
	state->made_clsact = false;
	for (unsigned int i = 0; i < DLO_LOCALHOST_SYSCTLS; i++)
		state->was[i] = -1;
	return 0;
}

int
dlo_localhost_state_save(const struct dlo_localhost_state *state, char err[DLO_LOCALHOST_ERR])
{
	char text[256];
	int len = snprintf(text, sizeof(text), FORMAT, state->was[DLO_LOCALHOST_ROUTE_LOCALNET],
		state->was[DLO_LOCALHOST_ACCEPT_LOCAL], state->made_clsact, state->cookie);

	if (pwrite(state->fd, text, len, 0) != len || ftruncate(state->fd, len) != 0)
		return dlo_localhost_fail(err, errno != 0 ? -errno : -EIO,
			"cannot write state file %s: %s; what is changed on lo must be written down "
			"first", state->path, strerror(errno));
	return 0;
}

/* @return the value, or -errno */
static int
read_sysctl(enum dlo_localhost_sysctl which)
{
	int fd = open(paths[which], O_RDONLY | O_CLOEXEC);
	char text[16] = "";
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	return n > 0 ? atoi(text) : -EIO;
}

static int
write_sysctl(enum dlo_localhost_sysctl which, int value)
{
	int fd = open(paths[which], O_WRONLY | O_CLOEXEC);
	char text[16];
	int len = snprintf(text, sizeof(text), "%d\n", value);
	int ret = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, len) != len)
		ret = errno != 0 ? -errno : -EIO;
	close(fd);
	return ret;
}

int
dlo_localhost_sysctls_set(struct dlo_localhost_state *state, char err[DLO_LOCALHOST_ERR])
{
	int ret;

	for (unsigned int i = 0; i < DLO_LOCALHOST_SYSCTLS; i++) {
		state->was[i] = read_sysctl(i);
		if (state->was[i] < 0)
			return dlo_localhost_fail(err, state->was[i], "cannot read %s: %s; is /proc "
				"mounted?", names[i], strerror(-state->was[i]));
	}
	ret = dlo_localhost_state_save(state, err);
	for (unsigned int i = 0; ret == 0 && i < DLO_LOCALHOST_SYSCTLS; i++) {
		/* Another value than 0 does already. */
		if (state->was[i] != 0)
			continue;
		ret = write_sysctl(i, 1);
		if (ret != 0)
			dlo_localhost_fail(err, ret, "cannot set %s: %s; set it before, with 'sysctl "
				"-w %s=1'", names[i], strerror(-ret), names[i]);
	}
	return ret;
}

int
dlo_localhost_sysctls_restore(struct dlo_localhost_state *state, char err[DLO_LOCALHOST_ERR])
{
	int first = 0;

	for (unsigned int i = 0; i < DLO_LOCALHOST_SYSCTLS; i++) {
		int ret = 0;

		/* Only a 0 was ever changed, and only a 1 is ours to take back. */
		if (state->was[i] == 0 && read_sysctl(i) == 1)
			ret = write_sysctl(i, 0);
		if (ret != 0 && first == 0)
			first = dlo_localhost_fail(err, ret, "cannot put back %s: %s; do it with "
				"'sysctl -w %s=0'", names[i], strerror(-ret), names[i]);
	}
	return first;
}

void
dlo_localhost_state_close(struct dlo_localhost_state *state, bool done)
{
	if (state->fd < 0)
		return;
	if (done)
		unlink(state->path);
	close(state->fd);
	state->fd = -1;
}
