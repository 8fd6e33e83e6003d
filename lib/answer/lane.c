/* SPDX-License-Identifier: BSD-3-Clause */
#include "answer/lane.h"

/* Answers that may come at once, whatever the rate: hosts ask in groups. */
#define DEPTH_MIN 32
#define CREDIT_SHIFT 8

struct dlo_rate
dlo_rate_make(uint64_t per_second, uint64_t tsc_hz)
{
	struct dlo_rate rate = { 0 };
	uint64_t depth = per_second / 100;

	if (per_second == 0)
		return rate;
	if (depth < DEPTH_MIN)
		depth = per_second < DEPTH_MIN ? per_second : DEPTH_MIN;
	rate.cost = (tsc_hz << CREDIT_SHIFT) / per_second;
	/* Faster than anything that could be received. */
	if (rate.cost == 0)
		rate.cost = 1;
	rate.full = rate.cost * depth;
	return rate;
}

bool
dlo_bucket_take(struct dlo_bucket *b, const struct dlo_rate *rate, uint64_t now)
{
	uint64_t since = now - b->tsc;

	if (rate->cost == 0)
		return true;
	/* Clocks that are read at different places may step back by some cycles. */
	if ((int64_t)since > 0 || b->tsc == 0) {
		if (b->tsc == 0 || since > rate->full >> CREDIT_SHIFT)
			b->credit = rate->full;
		else
			b->credit += since << CREDIT_SHIFT;
		b->tsc = now;
	}
	if (b->credit > rate->full)
		b->credit = rate->full;
	if (b->credit < rate->cost)
		return false;
	b->credit -= rate->cost;
	return true;
}
