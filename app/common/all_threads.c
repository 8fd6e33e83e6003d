/* SPDX-License-Identifier: BSD-3-Clause */
#include "all_threads.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/syscall.h>

#define THREADS_MAX 4096
#define ROUNDS_MAX 32
#define WAIT_STEP_NS 1000000
#define WAIT_STEPS 1000
/* The kernel's own threads inside a process, such as vhost's worker: they take no signals, and act
 * for nobody. Linux: include/linux/sched.h, PF_IO_WORKER, PF_USER_WORKER, PF_KTHREAD. */
#define KERNEL_FLAGS (0x10u | 0x4000u | 0x200000u)

struct one {
	pid_t tid;
	atomic_bool done;
};

/* One at a time; the handler reads it. */
static struct {
	void (*fn)(void *arg);
	void *arg;
	atomic_uint nb;
	struct one threads[THREADS_MAX];
} job;

static pid_t
own_tid(void)
{
	return (pid_t)syscall(SYS_gettid);
}

static void
on_signal(int sig, siginfo_t *info, void *context)
{
	unsigned int nb = atomic_load(&job.nb);
	pid_t tid = own_tid();
	int err = errno;

	(void)sig;
	(void)context;
	for (unsigned int i = 0; i < nb && info->si_pid == getpid(); i++) {
		if (job.threads[i].tid == tid && !atomic_load(&job.threads[i].done)) {
			job.fn(job.arg);
			atomic_store(&job.threads[i].done, true);
		}
	}
	errno = err;
}

/* proc(5): flags is the ninth field, behind a name in brackets that may hold anything. */
static bool
is_kernels(pid_t tid)
{
	char path[64], line[512] = "";
	unsigned int flags = 0;
	char *after;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", (int)tid);
	f = fopen(path, "re");
	if (f == NULL)
		return true; /* gone */
	if (fgets(line, sizeof(line), f) == NULL)
		line[0] = '\0';
	fclose(f);
	after = strrchr(line, ')');
	if (after == NULL || sscanf(after, ") %*c %*d %*d %*d %*d %*d %u", &flags) != 1)
		return false;
	return (flags & KERNEL_FLAGS) != 0;
}

static bool
is_known(pid_t tid)
{
	for (unsigned int i = 0; i < atomic_load(&job.nb); i++) {
		if (job.threads[i].tid == tid)
			return true;
	}
	return false;
}

/* Signal those that were not there before. @return how many, or -errno */
static int
signal_new(int sig)
{
	DIR *dir = opendir("/proc/self/task");
	struct dirent *e;
	int found = 0;

	if (dir == NULL)
		return -errno;
	while ((e = readdir(dir)) != NULL) {
		pid_t tid = (pid_t)atoi(e->d_name);
		unsigned int at = atomic_load(&job.nb);

		if (tid <= 0 || tid == own_tid() || is_known(tid) || is_kernels(tid))
			continue;
		if (at == THREADS_MAX) {
			closedir(dir);
			return -E2BIG;
		}
		job.threads[at].tid = tid;
		atomic_store(&job.threads[at].done, false);
		atomic_store(&job.nb, at + 1);
		/* Gone in the meantime: nothing to do. */
		if (syscall(SYS_tgkill, getpid(), tid, sig) != 0)
			atomic_store(&job.threads[at].done, true);
		found++;
	}
	closedir(dir);
	return found;
}

static bool
is_gone(pid_t tid)
{
	return syscall(SYS_tgkill, getpid(), tid, 0) != 0 && errno == ESRCH;
}

static int
wait_all(void)
{
	const struct timespec step = { .tv_nsec = WAIT_STEP_NS };
	unsigned int nb = atomic_load(&job.nb), i = 0;

	for (unsigned int steps = 0; steps < WAIT_STEPS; steps++) {
		while (i < nb && (atomic_load(&job.threads[i].done) || is_gone(job.threads[i].tid)))
			i++;
		if (i == nb)
			return 0;
		nanosleep(&step, NULL);
	}
	return -ETIMEDOUT;
}

int
all_threads_signal(void)
{
	return SIGRTMAX - 3;
}

int
all_threads_do(void (*fn)(void *arg), void *arg)
{
	struct sigaction sa = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_RESTART };
	struct sigaction before;
	int sig = all_threads_signal(), ret = 1;

	job.fn = fn;
	job.arg = arg;
	atomic_store(&job.nb, 0);
	sigfillset(&sa.sa_mask);
	if (sigaction(sig, &sa, &before) != 0)
		return -errno;
	fn(arg);
	/* A thread that has done it hands it down to those that it makes: the list comes to an end. */
	for (unsigned int round = 0; ret > 0 && round < ROUNDS_MAX; round++) {
		ret = signal_new(sig);
		if (ret >= 0 && wait_all() != 0)
			ret = -ETIMEDOUT;
	}
	/* A signal that comes late must not end the process. */
	if (ret != 0 && before.sa_handler == SIG_DFL)
		before.sa_handler = SIG_IGN;
	sigaction(sig, &before, NULL);
	return ret > 0 ? -EAGAIN : ret;
}
