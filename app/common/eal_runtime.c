/* SPDX-License-Identifier: BSD-3-Clause */
#include "eal_runtime.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "eal_facts.h"

#define PREFIX "dlo"

const char *
eal_runtime_base(char buf[EAL_RUNTIME_PATH])
{
	const char *dir = getenv("RUNTIME_DIRECTORY");

	if (dir == NULL && getuid() == 0)
		dir = "/var/run";
	if (dir == NULL)
		dir = getenv("XDG_RUNTIME_DIR");
	if (dir == NULL)
		dir = "/tmp";
	snprintf(buf, EAL_RUNTIME_PATH, "%s/dpdk", dir);
	return buf;
}

/* Only a folder of this user's: below /tmp anybody may put one there. @return fd, or -1 */
static int
open_folder(const char *base, const char *prefix)
{
	char path[EAL_RUNTIME_PATH + 256];
	struct stat st;
	int fd;

	if (strchr(prefix, '/') != NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/%s", base, prefix);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0 && (fstat(fd, &st) != 0 || st.st_uid != geteuid())) {
		close(fd);
		return -1;
	}
	return fd;
}

/* A primary process holds a lock on this file from its start to its end, however it ends. */
static bool
config_locked(int folder, pid_t *ret_pid)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd = openat(folder, "config", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	bool locked = fd >= 0 && fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;

	if (fd >= 0)
		close(fd);
	*ret_pid = locked && lock.l_pid > 0 ? lock.l_pid : 0;
	return locked;
}

bool
eal_runtime_in_use(const char *base, const char *prefix, pid_t *ret_pid)
{
	int folder = open_folder(base, prefix);
	bool locked;

	*ret_pid = 0;
	if (folder < 0)
		return false;
	locked = config_locked(folder, ret_pid);
	close(folder);
	return locked;
}

/* "dlo123" or "dlo123-4". @return the process id in it, 0 when the form is another. */
static pid_t
pid_of_prefix(const char *prefix)
{
	unsigned long pid;
	char *end;

	if (strncmp(prefix, PREFIX, strlen(PREFIX)) != 0)
		return 0;
	prefix += strlen(PREFIX);
	if (prefix[0] < '1' || prefix[0] > '9')
		return 0;
	pid = strtoul(prefix, &end, 10);
	if (*end == '-')
		end += 1 + strspn(end + 1, "0123456789");
	return *end == '\0' && pid <= 0x7fffffff ? (pid_t)pid : 0;
}

/* Seconds of wall clock when the process began; 0 when there is none or it is a zombie. */
static time_t
process_start(pid_t pid)
{
	unsigned long long ticks = 0;
	struct timespec now, up;
	char path[64], line[1024];
	char state = 'Z';
	char *after_name;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "re");
	if (f == NULL)
		return 0;
	if (fgets(line, sizeof(line), f) == NULL)
		line[0] = '\0';
	fclose(f);
	/* proc(5): the name in brackets may hold anything; state is field 3, start is field 22. */
	after_name = strrchr(line, ')');
	if (after_name == NULL ||
		sscanf(after_name, ") %c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s "
			"%*s %*s %*s %*s %llu", &state, &ticks) != 2 || state == 'Z' ||
			state == 'X')
		return 0;
	clock_gettime(CLOCK_REALTIME, &now);
	clock_gettime(CLOCK_BOOTTIME, &up);
	return now.tv_sec - up.tv_sec + (time_t)(ticks / (unsigned long)sysconf(_SC_CLK_TCK));
}

/* The lock says that it lives; without one it may be about to take it. */
static bool
is_dead(int folder, pid_t pid)
{
	struct stat st;
	time_t start;
	pid_t holder;

	if (config_locked(folder, &holder))
		return false;
	start = process_start(pid);
	if (start == 0)
		return true;
	/* The id was given to another process after the folder was last touched. */
	return fstat(folder, &st) == 0 && start > st.st_mtime + 2;
}

void
eal_runtime_prefix(const char *base, char *buf, size_t size)
{
	pid_t pid;

	/* Another pid namespace may have the same id and the same folder. */
	snprintf(buf, size, PREFIX "%d", (int)getpid());
	for (unsigned int i = 1; i < 1000 && eal_runtime_in_use(base, buf, &pid); i++)
		snprintf(buf, size, PREFIX "%d-%u", (int)getpid(), i);
}

static bool
is_dot(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* "mp_socket_PID_TSC" of a secondary process; the primary's own has no suffix. */
static bool
has_secondary(DIR *dir)
{
	struct dirent *e;
	bool found = false;

	rewinddir(dir);
	while (!found && (e = readdir(dir)) != NULL) {
		if (strncmp(e->d_name, "mp_socket_", 10) == 0) {
			pid_t pid = (pid_t)strtol(e->d_name + 10, NULL, 10);

			found = pid > 0 && process_start(pid) != 0;
		}
	}
	return found;
}

struct hugefiles {
	char start[EAL_PREFIX_LEN + 8];
	bool ours; /* our own: locked by this very process */
};

static bool
is_unlocked(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	bool unlocked = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0;

	if (fd >= 0)
		close(fd);
	return unlocked;
}

/* "PREFIXmap_0": EAL holds a lock on each while it is mapped. */
static void
remove_hugefiles(const char *path, unsigned long page_kb, void *arg)
{
	const struct hugefiles *h = arg;
	DIR *dir = opendir(path);
	struct dirent *e;

	(void)page_kb;
	while (dir != NULL && (e = readdir(dir)) != NULL) {
		if (strncmp(e->d_name, h->start, strlen(h->start)) == 0 &&
			(h->ours || is_unlocked(dirfd(dir), e->d_name)))
			unlinkat(dirfd(dir), e->d_name, 0);
	}
	if (dir != NULL)
		closedir(dir);
}

/* Takes over the folder's fd. */
static void
remove_prefix(const char *base, const char *prefix, int folder, const char *mounts, bool ours)
{
	struct hugefiles h = { .ours = ours };
	char path[EAL_RUNTIME_PATH + 256];
	DIR *dir = fdopendir(folder);
	struct dirent *e;

	if (dir == NULL) {
		close(folder);
		return;
	}
	if (!has_secondary(dir)) {
		snprintf(h.start, sizeof(h.start), "%smap_", prefix);
		eal_facts_hugetlbfs(mounts, 0, remove_hugefiles, &h);
		rewinddir(dir);
		while ((e = readdir(dir)) != NULL) {
			if (!is_dot(e->d_name))
				unlinkat(dirfd(dir), e->d_name, 0);
		}
		snprintf(path, sizeof(path), "%s/%s", base, prefix);
		rmdir(path);
	}
	closedir(dir);
}

unsigned int
eal_runtime_clean(const char *base, const char *mounts)
{
	DIR *dir = opendir(base);
	unsigned int nb_dead = 0;
	struct dirent *e;

	while (dir != NULL && (e = readdir(dir)) != NULL) {
		pid_t pid = pid_of_prefix(e->d_name);
		int folder = pid > 0 ? open_folder(base, e->d_name) : -1;

		if (folder < 0)
			continue;
		if (!is_dead(folder, pid)) {
			close(folder);
			continue;
		}
		remove_prefix(base, e->d_name, folder, mounts, false);
		nb_dead++;
	}
	if (dir != NULL)
		closedir(dir);
	return nb_dead;
}

void
eal_runtime_remove(const char *base, const char *prefix, const char *mounts)
{
	int folder = open_folder(base, prefix);

	if (folder >= 0)
		remove_prefix(base, prefix, folder, mounts, true);
}
