/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_IDLE_H
#define DLO_APP_IDLE_H

/**
 * @file
 * What a worker does when there is nothing to do: spin, or back off in steps and sleep, on file
 * descriptors where every queue has one, else for a bounded time.
 */

#include <poll.h>
#include <stdbool.h>

#include "app.h"

/** One per worker, on its stack. */
struct idle {
	bool adaptive;
	bool can_wait; /**< every queue has a descriptor to sleep on */
	int wait_ms; /**< longest sleep on descriptors */
	unsigned int empty_turns; /**< since the last frame */
	bool woken; /**< a descriptor was ready, and no frame has come since */
	unsigned int nb_fds;
	struct pollfd fds[QUEUES_MAX];
};

/** Thread: worker. */
void idle_init(struct idle *idle, const struct worker *w);

/** A turn moved frames. */
static inline void
idle_reset(struct idle *idle)
{
	idle->empty_turns = 0;
	idle->woken = false;
}

/**
 * A turn moved nothing: pause, yield or sleep.
 * @return true when it slept, so that housekeeping is due
 */
bool idle_wait(struct idle *idle);

#endif
