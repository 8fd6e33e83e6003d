/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_GEN_TRACK_H
#define DLO_GEN_TRACK_H

/**
 * @file
 * What became of the frames of one stream, by their sequence numbers: received, duplicated (RFC
 * 5560), reordered (RFC 4737 3.3: later than a frame with a higher number). Exact as long as
 * no frame is more than TRACK_WINDOW numbers late; those that are count as received, reordered and
 * late, as nothing remembers whether they came before. Thread: the receiver.
 */

#include <stdint.h>

#define TRACK_WINDOW 65536
#define TRACK_SEQ_BITS 48 /**< of a number that travel; the rest is found from the last one */

struct track {
	uint64_t next; /**< one above the highest number seen */
	uint64_t received; /**< without duplicates */
	uint64_t duplicates;
	uint64_t reordered;
	uint64_t late; /**< of those reordered, beyond the window */
	uint64_t seen[TRACK_WINDOW / 64];
};

enum track_result {
	TRACK_IN_ORDER,
	TRACK_REORDERED,
	TRACK_DUPLICATE,
};

/** The part of track_frame() that is rare: a gap, or a frame behind the newest. */
enum track_result track_unexpected(struct track *t, uint64_t seq);

/** Note frame number @p wire, of which only TRACK_SEQ_BITS bits count. */
static inline enum track_result
track_frame(struct track *t, uint64_t wire)
{
	/* Sign-extended distance to what comes next. */
	int64_t ahead = (int64_t)((wire - t->next) << (64 - TRACK_SEQ_BITS)) >> (64 - TRACK_SEQ_BITS);
	uint64_t seq = t->next + (uint64_t)ahead;
	unsigned int bit = seq % TRACK_WINDOW;

	if (ahead != 0)
		return track_unexpected(t, seq);
	/* The number one window back shares the bit and has left with it. */
	t->seen[bit / 64] |= UINT64_C(1) << (bit % 64);
	t->next = seq + 1;
	t->received++;
	return TRACK_IN_ORDER;
}

#endif
