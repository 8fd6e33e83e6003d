/* SPDX-License-Identifier: BSD-3-Clause */
#include "side_thread.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>

#include <rte_lcore.h>

#include "all_threads.h"

int
side_thread_start(pthread_t *ret, void *(*fn)(void *arg), void *arg, const char *name)
{
	pthread_attr_t attr;
	sigset_t all, before;
	cpu_set_t cpus;
	unsigned int lcore;
	int rc;

	CPU_ZERO(&cpus);
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		CPU_SET(cpu, &cpus);
	RTE_LCORE_FOREACH(lcore) {
		rte_cpuset_t polled = rte_lcore_cpuset(lcore);

		for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
			if (CPU_ISSET(cpu, &polled))
				CPU_CLR(cpu, &cpus);
		}
	}
	sigfillset(&all);
	sigdelset(&all, all_threads_signal());
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pthread_attr_init(&attr);
	pthread_attr_setaffinity_np(&attr, sizeof(cpus), &cpus);
	rc = pthread_create(ret, &attr, fn, arg);
	if (rc == EINVAL)
		rc = pthread_create(ret, NULL, fn, arg);
	pthread_attr_destroy(&attr);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (rc == 0)
		pthread_setname_np(*ret, name);
	return -rc;
}
