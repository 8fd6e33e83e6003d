/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_IMPAIR_IMPAIR_H
#define DLO_IMPAIR_IMPAIR_H

/**
 * @file
 * A link that is worse than it need be: decides which frames are lost, doubled, overtaken and how
 * long each stays, and keeps them in the order in which they leave. Knows frames as pointers.
 *
 * The line is modelled as a queue that empties at `rate`, and a way of `delay` behind it:
 *
 * - Draws are a function of the seed and of the frame's number alone. The same seed loses the same
 *   frames whatever else is asked for, on any machine.
 * - Jitter is evenly distributed. Frames of one flow do not overtake each other by it: one that
 *   would waits for the one before, as behind a queue. Other flows do not wait.
 * - A frame that is picked for `reorder` stays until `extent` later ones of its flow have left, and
 *   leaves right behind them: RFC 4737 counts one reordered frame for each that was picked. When
 *   none follows, it leaves after DLO_IMPAIR_BACK_NS.
 *
 * Times are ticks of the caller's clock. Thread: one owner, all functions; held counts may be read
 * by any.
 */

#include <stdbool.h>
#include <stdint.h>

/** A probability of one. Draws are below it. */
#define DLO_IMPAIR_ALWAYS (UINT64_C(1) << 32)
/** Longest that a frame waits to be overtaken; the time between two packets of speech is 20 ms. */
#define DLO_IMPAIR_BACK_NS 25000000
/** Frames that wait to be overtaken at the same time; what is picked beyond that goes its way. */
#define DLO_IMPAIR_BACK_MAX 64

struct dlo_impair_rule {
	uint64_t delay; /**< ticks */
	uint64_t jitter; /**< ticks, at most delay: each frame's delay is delay +- jitter */
	uint64_t loss; /**< probability times 2^32, 0 .. DLO_IMPAIR_ALWAYS */
	uint64_t dup; /**< the same: of those not lost, how many come twice */
	uint64_t reorder; /**< the same: of those not lost, how many are overtaken */
	unsigned int extent; /**< by how many, at least 1 */
	uint64_t byte_ticks; /**< ticks that a byte takes, times 2^20; 0: no rate */
	uint64_t queue; /**< with a rate: ticks that the queue may be long */
	uint64_t seed;
	uint64_t tick_hz; /**< ticks per second */
	unsigned int max_frames; /**< held at the same time, at least 1 */
	unsigned int max_extra; /**< segments beyond the first of a frame, held at the same time */
};

/** What a frame's draws say. */
struct dlo_impair_fate {
	bool lost;
	bool dup;
	bool back; /**< picked to be overtaken */
	uint32_t jitter; /**< its place between delay - jitter and delay + jitter, times 2^32 */
};

/** A frame while it is held, and what its owner wants to find again. */
struct dlo_impair_held {
	void *frame;
	uint64_t since; /**< the caller's own */
	uint32_t bytes; /**< on the line */
	uint32_t flow; /**< hash: frames with the same one keep their order */
	uint16_t segments; /**< at least 1 */
	uint16_t owner; /**< the caller's own */
	uint8_t verdict; /**< the caller's own */
};

struct dlo_impair;

/** @return NULL when memory is short; freed with dlo_impair_free() */
struct dlo_impair *dlo_impair_create(const struct dlo_impair_rule *rule);

/** NULL is fine. Frames that are held must have been taken out before. */
void dlo_impair_free(struct dlo_impair *s);

/** Draw for the next frame. */
struct dlo_impair_fate dlo_impair_draw(struct dlo_impair *s);

/** Of a frame that is doubled: what the copy's own draws are. It is neither lost nor picked. */
struct dlo_impair_fate dlo_impair_draw_copy(const struct dlo_impair_fate *original);

/**
 * Take a frame in.
 * @param now ticks; never less than in an earlier call
 * @return false when there is no room for it: it stays the caller's
 */
bool dlo_impair_hold(struct dlo_impair *s, const struct dlo_impair_fate *fate,
	const struct dlo_impair_held *held, uint64_t now);

/**
 * Take out frames that are due, in the order in which they are.
 * @param now ticks; UINT64_MAX: everything, in that order
 * @return how many, at most @p max
 */
unsigned int dlo_impair_take(struct dlo_impair *s, uint64_t now, struct dlo_impair_held *ret,
	unsigned int max);

/** @return ticks when the next one is due; UINT64_MAX: nothing is held */
uint64_t dlo_impair_next(const struct dlo_impair *s);

/** @return frames held now. Thread: any. */
unsigned int dlo_impair_count(const struct dlo_impair *s);

#endif
