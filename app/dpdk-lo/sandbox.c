/* SPDX-License-Identifier: BSD-3-Clause */
#include "sandbox.h"

#include <errno.h>
#include <stddef.h>

#include <seccomp.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

/*
 * By name, because not every kernel and machine has each. What is not here: running programs, other
 * processes' memory, mounts and namespaces, modules, keys, clocks, users, performance events,
 * io_uring, and whatever else the kernel has for those who look for holes.
 */
static const char *const allowed[] = {
	/* Input and output. */
	"read", "readv", "pread64", "preadv", "preadv2", "write", "writev", "pwrite64", "pwritev",
	"pwritev2", "lseek", "close", "close_range", "dup", "dup2", "dup3", "fcntl", "ioctl", "pipe",
	"pipe2", "poll", "ppoll", "select", "pselect6", "epoll_create", "epoll_create1", "epoll_ctl",
	"epoll_wait", "epoll_pwait", "epoll_pwait2", "eventfd", "eventfd2", "timerfd_create",
	"timerfd_settime", "timerfd_gettime", "signalfd4", "splice", "sendfile",
	/* Files. */
	"open", "openat", "openat2", "creat", "access", "faccessat", "faccessat2", "stat", "lstat",
	"fstat", "newfstatat", "fstatat64", "statx", "statfs", "fstatfs", "readlink", "readlinkat",
	"getdents", "getdents64", "getcwd", "unlink", "unlinkat", "rename", "renameat", "renameat2",
	"mkdir", "mkdirat", "rmdir", "chmod", "fchmod", "fchmodat", "chown", "fchown", "fchownat",
	"umask", "utimensat", "ftruncate", "fallocate", "fsync", "fdatasync", "sync_file_range",
	"flock", "fadvise64", "inotify_init1", "inotify_add_watch", "inotify_rm_watch",
	/* Memory. */
	"brk", "mmap", "munmap", "mremap", "mprotect", "madvise", "mincore", "mlock", "mlock2",
	"munlock", "mlockall", "munlockall", "msync", "mbind", "get_mempolicy", "set_mempolicy",
	"move_pages", "memfd_create",
	/* Threads, signals, time. */
	"clone", "clone3", "set_tid_address", "set_robust_list", "get_robust_list", "rseq", "futex",
	"futex_waitv", "membarrier", "exit", "exit_group", "restart_syscall", "arch_prctl", "prctl",
	"sched_yield", "sched_getaffinity", "sched_setaffinity", "sched_getparam", "sched_setparam",
	"sched_getscheduler", "sched_setscheduler", "sched_get_priority_max",
	"sched_get_priority_min", "getcpu", "gettid", "getpid", "getppid", "kill", "tkill", "tgkill",
	"rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "rt_sigpending", "rt_sigtimedwait",
	"sigaltstack", "nanosleep", "clock_nanosleep", "clock_gettime", "clock_getres",
	"gettimeofday", "time", "times", "alarm", "setitimer", "getitimer", "timer_create",
	"timer_settime", "timer_gettime", "timer_getoverrun", "timer_delete",
	/* How true the clock is, for STAMP; setting it takes a capability that is gone by then. */
	"adjtimex", "clock_adjtime",
	/* Who and where we are. */
	"getuid", "geteuid", "getgid", "getegid", "getresuid", "getresgid", "getgroups", "capget",
	"getrlimit", "prlimit64", "getrusage", "sysinfo", "uname", "getrandom",
	/* The network. */
	"socket", "socketpair", "bind", "connect", "listen", "accept", "accept4", "shutdown",
	"getsockname", "getpeername", "getsockopt", "setsockopt", "sendto", "sendmsg", "sendmmsg",
	"recvfrom", "recvmsg", "recvmmsg",
};

static int
allow(scmp_filter_ctx filter, const char *name)
{
	int number = seccomp_syscall_resolve_name(name);

	/* Another machine's, or newer than the library. */
	if (number == __NR_SCMP_ERROR || number < 0)
		return 0;
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 0);
}

int
sandbox_enter(bool bpf)
{
	scmp_filter_ctx filter;
	int ret;

	if (SANITIZED)
		return 0;
	filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	if (filter == NULL)
		return -ENOMEM;
	ret = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
	for (unsigned int i = 0; ret == 0 && i < sizeof(allowed) / sizeof(allowed[0]); i++)
		ret = allow(filter, allowed[i]);
	if (ret == 0 && bpf)
		ret = allow(filter, "bpf");
	if (ret == 0)
		ret = seccomp_load(filter);
	seccomp_release(filter);
	return ret;
}
