/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_IDLE_H
#define DLO_APP_IDLE_H

/**
 * @file
 * What a worker does when there is nothing to do: spin, or stay awake for a moment and then sleep, on
 * file descriptors where every queue has one, else for a bounded time.
 */

#include <poll.h>
#include <stdbool.h>

#include "app.h"

/** One per worker, on its stack. */
struct idle {
	bool adaptive;
	bool can_wait; /**< every queue has a descriptor to sleep on */
	int wait_ms; /**< longest sleep on descriptors */
	bool yields; /**< the CPU is offered to others instead of kept */
	uint64_t awake_tsc; /**< stays awake for so long, in TSC cycles */
	uint64_t since; /**< TSC of the first turn without a frame; 0: the last one had some */
	unsigned int naps; /**< since the last frame */
	uint64_t due; /**< the worker's: TSC when it has to be awake even if nothing arrives */
	bool woken; /**< a descriptor stayed ready, and no frame has come since */
	unsigned int nb_fds;
	struct pollfd fds[QUEUES_MAX];
	bool counts[QUEUES_MAX]; /**< the descriptor is an eventfd, which is read to reset it */
};

/** Thread: worker. */
void idle_init(struct idle *idle, const struct worker *w);

/** A turn moved frames. */
static inline void
idle_reset(struct idle *idle)
{
	idle->since = 0;
	idle->naps = 0;
	idle->woken = false;
}

/**
 * A turn moved nothing: pause, yield or sleep.
 * @return true when it slept, so that housekeeping is due
 */
bool idle_wait(struct idle *idle);

#endif
