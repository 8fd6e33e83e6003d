/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_GEN_PACE_H
#define DLO_GEN_PACE_H

/**
 * @file
 * When the next frame is due. Each frame moves the schedule on by its own time at the asked rate,
 * so that the mean is exact whatever the sizes; a sender that was late makes up for it at no more
 * than twice the rate, so that a late lcore does not turn into a burst at the port under test.
 *
 * Time is in cycles; costs have PACE_FRACTION bits of fraction. Thread: the sender.
 */

#include <stdbool.h>
#include <stdint.h>

#define PACE_FRACTION 24

struct pace {
	uint64_t next; /**< the next frame is due */
	uint64_t next_frac;
	uint64_t floor; /**< and not before this, that it keeps its distance */
	uint64_t floor_frac;
	uint64_t slack; /**< how far the floor may lie back: frames sent at once */
	uint64_t lag_max; /**< what is later than this is given up */
	uint64_t given_up; /**< cycles */
};

/** Begin at @p now. @p hz: cycles per second. */
static inline void
pace_start(struct pace *p, uint64_t now, uint64_t hz)
{
	*p = (struct pace){ .next = now, .slack = hz / 500000, .lag_max = hz / 10 };
}

/** @return the cost of one frame at @p pps frames per second; 0 for no pacing at all. */
static inline uint64_t
pace_cost(double pps, uint64_t hz)
{
	return pps > 0 ? (uint64_t)((double)hz / pps * (1 << PACE_FRACTION) + 0.5) : 0;
}

/** @return true when a frame may go at @p now. */
static inline bool
pace_due(const struct pace *p, uint64_t now)
{
	return p->next <= now && p->floor <= now;
}

static inline void
pace_add(uint64_t *time, uint64_t *frac, uint64_t cost)
{
	*frac += cost & ((1 << PACE_FRACTION) - 1);
	*time += (cost >> PACE_FRACTION) + (*frac >> PACE_FRACTION);
	*frac &= (1 << PACE_FRACTION) - 1;
}

/** A frame of @p cost is on its way at @p now, where pace_due() was true. */
static inline void
pace_take(struct pace *p, uint64_t now, uint64_t cost)
{
	if (now - p->next > p->lag_max) {
		p->given_up += now - p->lag_max - p->next;
		p->next = now - p->lag_max;
	}
	pace_add(&p->next, &p->next_frac, cost);
	if (now - p->floor > p->slack)
		p->floor = now - p->slack;
	pace_add(&p->floor, &p->floor_frac, cost / 2);
}

#endif
