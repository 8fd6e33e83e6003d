/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_REFLECT_FILTER_H
#define DLO_REFLECT_FILTER_H

/**
 * @file
 * Step 4 of the walk: which frames are turned round at all. The library knows a filter as two
 * functions; who makes the plan compiles an expression into them.
 *
 * Frames of a run get their verdict by their likeness to the first one. For that the filter tells
 * which bytes of a frame made its mind up: whoever agrees in those, and in length, matches too. That
 * is asked once for each class of frames and remembered in the queue's lane.
 */

#include <stdbool.h>
#include <stdint.h>

struct rte_mbuf;

/** Bytes at the start of a frame among which those that decided have to be: the shortest frame. */
#define DLO_FILTER_REACH 60

/** Classes that a queue remembers. */
#define DLO_FILTER_CLASSES 4

/** Part of the plan, read-only after that is published. All zero: every frame matches. */
struct dlo_filter {
	/** @return true when the frame matches; @p m is read only, in any number of segments. */
	bool (*match)(const void *ctx, const struct rte_mbuf *m);
	/**
	 * Why a frame matches.
	 * @param data the whole frame, @p len bytes of it
	 * @param mask written: 0xff where a byte was looked at, else 0; only bytes below @p len
	 * @return false when the frame does not match, or what was looked at lies beyond
	 */
	bool (*trace)(const void *ctx, const uint8_t *data, uint32_t len,
		uint8_t mask[DLO_FILTER_REACH]);
	const void *ctx; /**< of both; owned by who made the plan */
	uint64_t serial; /**< no other filter of this run ever has the same; never 0 */
};

/** Frames that match for the same reason; all zero: none. Thread: the lcore that owns the lane. */
struct dlo_filter_class {
	uint64_t serial; /**< of the filter */
	uint32_t len; /**< of all these frames */
	uint8_t mask[DLO_FILTER_REACH];
	uint8_t bytes[DLO_FILTER_REACH]; /**< of the first of them */
};

/**
 * Which bytes made this frame match?
 * @param classes the lane's DLO_FILTER_CLASSES; NULL: nothing is remembered
 * @param data the whole frame, that is known to match
 * @param mask written on success, see struct dlo_filter
 * @return false: it cannot be said of so few bytes. Thread: the lcore that owns the frame.
 */
bool dlo_filter_why(const struct dlo_filter *filter, struct dlo_filter_class *classes,
	const uint8_t *data, uint32_t len, uint8_t mask[DLO_FILTER_REACH]);

#endif
