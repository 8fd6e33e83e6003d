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

#include "answer/clock.h"
#include "answer/session.h"
#include "reflect/filter.h"
#include "reflect/memo.h"
#include "stats/verdict.h"

struct rte_mbuf;

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

/** Answers that can wait for their departure at once: as many as a burst has frames. */
#define DLO_TIMED_MAX 64

/** Places for times at which STAMP replies left, see dlo_left_note(). */
#define DLO_LEFT_MAX 1024

/** What is left to be done to an answer just before it is sent, see dlo_answer_depart(). */
struct dlo_timed {
	const struct rte_mbuf *m; /**< which frame; only compared, it may be gone by then */
	struct dlo_session *session; /**< to be told when it left; NULL: none */
	uint16_t off; /**< of the UDP header, or of the OAM PDU */
	uint8_t kind; /**< enum dlo_timed_kind */
	bool no_sum; /**< UDP without a checksum */
};

/** All zero is a lane that has seen nothing. */
struct dlo_lane {
	/** TSC of the burst being worked on; set by the poller before each burst. */
	uint64_t now;
	struct dlo_bucket buckets[DLO_ANSWER_MAX]; /**< by enum dlo_answer */
	struct dlo_filter_class classes[DLO_FILTER_CLASSES]; /**< see dlo_filter_why() */
	/** What stateful answers remember; NULL: those are not given. Control, before it is needed. */
	struct dlo_sessions *sessions;
	uint64_t arrived; /**< TSC when the burst had been received, see dlo_lane_arrive() */
	uint64_t lag; /**< TSC cycles that its frames may have lain in the queue by then */
	uint64_t auth_cycles; /**< what authenticating one reply took the last time */
	struct dlo_clock_line line; /**< the time of day, the same for a whole burst, */
	uint64_t received; /**< what STAMP says about its arrival, */
	uint16_t error; /**< and about how wrong that may be */
	/**
	 * When STAMP replies left, as they say it, each at the place that it chooses itself: a request that
	 * gives one back is another reflector's reply to ours.
	 */
	uint64_t left[DLO_LEFT_MAX];
	uint64_t nb_stamp_loops; /**< requests that were such replies; control reads it */
	uint16_t nb_timed;
	struct dlo_timed timed[DLO_TIMED_MAX]; /**< in the order of the burst */
	struct dlo_memo memo; /**< kinds of frames that are known */
};

/**
 * A receive has returned. To be called after every one, also of no frames, where the plan's
 * settings are timed: before it the frames cannot be seen, and the last one that saw none is when
 * they were not there yet.
 * @param now TSC
 * @param most lag at most, TSC cycles: who has been asleep was woken
 */
static inline void
dlo_lane_arrive(struct dlo_lane *lane, uint64_t now, uint64_t most)
{
	uint64_t lag = now - lane->arrived;

	lane->lag = lag < most ? lag : most;
	lane->arrived = now;
	lane->nb_timed = 0;
	lane->line.slope = 0;
}

static inline uint64_t *
dlo_left_place(struct dlo_lane *lane, uint64_t stamp)
{
	return &lane->left[stamp * UINT64_C(0x9e3779b97f4a7c15) >> 54];
}

/** Replies leave with this timestamp; it is known until another one takes its place. */
static inline void
dlo_left_note(struct dlo_lane *lane, uint64_t stamp)
{
	*dlo_left_place(lane, stamp) = stamp;
}

/** @return true when a reply of this lane left with this timestamp not long ago. */
static inline bool
dlo_left_knows(struct dlo_lane *lane, uint64_t stamp)
{
	return stamp != 0 && *dlo_left_place(lane, stamp) == stamp;
}

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
