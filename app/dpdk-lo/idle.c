/* SPDX-License-Identifier: BSD-3-Clause */
#include "idle.h"

#include <errno.h>
#include <sched.h>
#include <time.h>

#include <rte_pause.h>

#include "carry.h"

/* The first turns after a frame only pause: the next burst of a busy port is closer than a sleep. */
#define SPIN_TURNS 64
/* Then the core is offered to whoever wants it: on a small machine that is the peer. */
#define YIELD_TURNS 512
/* Sleep on descriptors ends with the first frame; the limit only bounds housekeeping. */
#define WAIT_MS 20
/* Without descriptors a frame waits for the sleep to end: short at first, never beyond this. */
#define NAP_MIN_NS 20000
#define NAP_MAX_NS 500000

void
idle_init(struct idle *idle, const struct worker *w)
{
	idle->adaptive = w->adaptive;
	idle->can_wait = w->nb_queues > 0;
	idle->wait_ms = w->carries ? CARRY_WAIT_MS : WAIT_MS;
	idle->empty_turns = 0;
	idle->woken = false;
	idle->nb_fds = 0;
	for (unsigned int i = 0; i < w->nb_queues; i++) {
		if (w->queues[i]->intr_fd < 0) {
			idle->can_wait = false;
			return;
		}
		idle->fds[idle->nb_fds].fd = w->queues[i]->intr_fd;
		idle->fds[idle->nb_fds++].events = POLLIN;
	}
}

static void
nap(unsigned int naps_so_far)
{
	struct timespec ts = { .tv_nsec = NAP_MIN_NS };

	for (; naps_so_far >= 16 && ts.tv_nsec < NAP_MAX_NS; naps_so_far -= 16)
		ts.tv_nsec *= 2;
	if (ts.tv_nsec > NAP_MAX_NS)
		ts.tv_nsec = NAP_MAX_NS;
	nanosleep(&ts, NULL);
}

bool
idle_wait(struct idle *idle)
{
	unsigned int turns = idle->empty_turns;

	if (!idle->adaptive) {
		rte_pause();
		return false;
	}
	/* Stops counting where the longest nap is reached. */
	if (turns < YIELD_TURNS + 16 * 8)
		idle->empty_turns++;
	if (turns < SPIN_TURNS) {
		rte_pause();
		return false;
	}
	if (turns < YIELD_TURNS) {
		sched_yield();
		return false;
	}
	/*
	 * A descriptor that is ready without a frame is gone (POLLERR), or one that nobody resets (the
	 * eventfd of a driver with interrupts): waiting for it again would be a spin.
	 */
	if (!idle->can_wait || idle->woken)
		nap(turns - YIELD_TURNS);
	else
		idle->woken = poll(idle->fds, idle->nb_fds, idle->wait_ms) > 0;
	return true;
}
