/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_ANSWER_LANE_H
#define DLO_ANSWER_LANE_H

/**
 * @file
 * The lane: what answers and the filter have to remember from one frame of a queue to the next. Plans are shared
 * and read-only; everything that moves is here, and every receive queue has its own.
 *
 * Thread: the lcore that polls the queue, all functions and fields; it is the only writer and the
 * only reader.
 */

#include <stdbool.h>
#include <stdint.h>

#include "reflect/filter.h"
#include "stats/verdict.h"

/** A limit in answers per second, as dlo_rate_make() computes it; all zero: unlimited. */
struct dlo_rate {
	uint64_t cost; /**< credit that one answer takes, in 1/256 TSC cycles */
	uint64_t full; /**< most credit that can be saved up */
};

/** A token bucket; all zero: full at its first use. */
struct dlo_bucket {
	uint64_t tsc; /**< when credit was last added */
	uint64_t credit; /**< in 1/256 TSC cycles */
};

/** All zero is a lane that has seen nothing. */
struct dlo_lane {
	/** TSC of the burst being worked on; set by the poller before each burst. */
	uint64_t now;
	struct dlo_bucket buckets[DLO_ANSWER_MAX]; /**< by enum dlo_answer */
	struct dlo_filter_class classes[DLO_FILTER_CLASSES]; /**< see dlo_filter_why() */
};

/**
 * @param per_second answers per second, 0: unlimited
 * @param tsc_hz TSC cycles per second, not 0
 * @return a limit whose buckets hold the answers of a hundredth of a second, but at least 32, or
 *   those of one second where that is less. Thread: any.
 */
struct dlo_rate dlo_rate_make(uint64_t per_second, uint64_t tsc_hz);

/** Take one answer out of a bucket. @return false when it is empty. */
bool dlo_bucket_take(struct dlo_bucket *b, const struct dlo_rate *rate, uint64_t now);

#endif
