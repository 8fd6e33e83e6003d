/* SPDX-License-Identifier: BSD-3-Clause */
#include "unmap_guard.h"

#include <pthread.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include <rte_interrupts.h>
#include <rte_rcu_qsbr.h>

/* Control may itself be waiting for the interrupt thread (eal_interrupts_hold()), for longer than this. */
#define PATIENCE_US 1000000
#define LOOK_US 20

static struct {
	pthread_mutex_t lock;
	struct rte_rcu_qsbr *rcu;
} guard = { .lock = PTHREAD_MUTEX_INITIALIZER };

void
unmap_guard(struct rte_rcu_qsbr *rcu)
{
	pthread_mutex_lock(&guard.lock);
	guard.rcu = rcu;
	pthread_mutex_unlock(&guard.lock);
}

static void
await_workers(void)
{
	pthread_mutex_lock(&guard.lock);
	if (guard.rcu != NULL) {
		uint64_t token = rte_rcu_qsbr_start(guard.rcu);

		for (unsigned int us = 0;
			us < PATIENCE_US && rte_rcu_qsbr_check(guard.rcu, token, false) != 1; us += LOOK_US)
			usleep(LOOK_US);
	}
	pthread_mutex_unlock(&guard.lock);
}

/* Plugins find this one first, as a program comes before its libraries. */
__attribute__((visibility("default"))) int
munmap(void *addr, size_t len)
{
	if (rte_thread_is_intr())
		await_workers();
	return (int)syscall(SYS_munmap, addr, len);
}
