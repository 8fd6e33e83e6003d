/* SPDX-License-Identifier: BSD-3-Clause */

/* rte_intr_instance_alloc() and its kin: stable since DPDK 23.11. */
#define ALLOW_EXPERIMENTAL_API

#include "eal_interrupts.h"

#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/eventfd.h>

#include <rte_alarm.h>
#include <rte_interrupts.h>

#define PATIENCE_S 2

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool wanted; /* that it stands still */
	bool held; /* it does, in an alarm */
	bool parked; /* it does, in a handler, for ever */
	struct rte_intr_handle *handle; /* where it is parked; never freed: it never comes back */
} state = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.changed = PTHREAD_COND_INITIALIZER,
};

bool
eal_interrupts_disturb(const char *driver)
{
	return driver != NULL && (strcmp(driver, "net_memif") == 0 || strcmp(driver, "net_virtio_user") == 0);
}

/* Alarms run in the order of their times, one after the other: those of before are done. */
static void
stand_still(void *arg)
{
	(void)arg;
	pthread_mutex_lock(&state.lock);
	if (state.wanted) {
		state.held = true;
		pthread_cond_broadcast(&state.changed);
		while (state.wanted)
			pthread_cond_wait(&state.changed, &state.lock);
		state.held = false;
		pthread_cond_broadcast(&state.changed);
	}
	pthread_mutex_unlock(&state.lock);
}

/* @return whether *@p what was so in time; the lock is held. */
static bool
await(const bool *what)
{
	struct timespec end;

	/* Whoever sets the time of day must not make us wait for hours. */
	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += PATIENCE_S;
	while (!*what) {
		if (pthread_cond_clockwait(&state.changed, &state.lock, CLOCK_MONOTONIC, &end) != 0)
			return *what;
	}
	return true;
}

bool
eal_interrupts_hold(void)
{
	bool set, held;

	pthread_mutex_lock(&state.lock);
	state.wanted = true;
	pthread_mutex_unlock(&state.lock);
	set = rte_eal_alarm_set(1, stand_still, NULL) == 0;
	pthread_mutex_lock(&state.lock);
	held = set && await(&state.held);
	if (!held)
		state.wanted = false;
	pthread_mutex_unlock(&state.lock);
	if (set && !held)
		rte_eal_alarm_cancel(stand_still, NULL);
	return held;
}

void
eal_interrupts_release(void)
{
	pthread_mutex_lock(&state.lock);
	state.wanted = false;
	pthread_cond_broadcast(&state.changed);
	while (state.held)
		pthread_cond_wait(&state.changed, &state.lock);
	pthread_mutex_unlock(&state.lock);
}

static void
stand_for_ever(void *arg)
{
	(void)arg;
	pthread_mutex_lock(&state.lock);
	state.parked = true;
	pthread_cond_broadcast(&state.changed);
	pthread_mutex_unlock(&state.lock);
	for (;;)
		pause();
}

/* Not in an alarm: rte_eal_cleanup() waits for those. The handle is of malloc()'s memory, which outlives DPDK's. */
void
eal_interrupts_park(void)
{
	int fd = eventfd(1, EFD_CLOEXEC);

	state.handle = rte_intr_instance_alloc(RTE_INTR_INSTANCE_F_PRIVATE);
	if (state.handle == NULL || fd < 0 || rte_intr_fd_set(state.handle, fd) != 0 ||
		rte_intr_type_set(state.handle, RTE_INTR_HANDLE_EXT) != 0 ||
		rte_intr_callback_register(state.handle, stand_for_ever, NULL) != 0) {
		rte_intr_instance_free(state.handle);
		if (fd >= 0)
			close(fd);
		return;
	}
	pthread_mutex_lock(&state.lock);
	await(&state.parked);
	pthread_mutex_unlock(&state.lock);
}
