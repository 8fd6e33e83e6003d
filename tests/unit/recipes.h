/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_TESTS_RECIPES_H
#define DLO_TESTS_RECIPES_H

/*
 * Frames in all sorts of mbufs, made twice from one recipe: for the oracle and for who is held against
 * it. Buffers end at a page that cannot be touched, so that a byte read beyond one ends the program.
 */

#include "frames.h"

#include <stdbool.h>
#include <stdint.h>

#include <rte_mbuf.h>

#include "reflect/reflect.h"

#define SLOTS DLO_BURST_MAX
#define SEGS 3 /* most per frame */
#define BUF_MAX 2048

/* Small, fast and always the same: xorshift64*. What it begins with decides about all draws. */
extern uint64_t seed;

static inline uint32_t
draw(uint32_t below)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return (uint32_t)((seed * UINT64_C(2685821657736338717)) >> 33) % below;
}

static inline bool
one_in(uint32_t n)
{
	return draw(n) == 0;
}

/* How a frame lies in memory; made once per frame and built twice. */
enum holder {
	HOLD_PLAIN,
	HOLD_CHAIN,
	HOLD_COUNTED, /* a second reference to the mbuf */
	HOLD_INDIRECT, /* attached to another mbuf */
	HOLD_EXTERNAL,
	HOLD_EXTERNAL_SHARED,
	HOLD_EXTERNAL_UNKNOWN, /* no shared info: nobody says who else reads */
	HOLD_MAX
};

struct recipe {
	enum holder holder[SEGS]; /* of each segment; never HOLD_CHAIN */
	unsigned int nb_segs;
	unsigned int said_segs; /* what the mbuf says about it, */
	uint32_t said_len; /* and about len */
	uint32_t lens[SEGS];
	uint32_t headroom;
	uint32_t tailroom;
	uint64_t ol_flags;
	uint16_t port;
	bool parent_counted; /* HOLD_INDIRECT: somebody else is attached to it, too */
	uint32_t len;
	uint8_t bytes[BUF_MAX];
};

/* Where one side (the oracle's or the variant's) has its frames. */
struct segment {
	struct rte_mbuf m;
	struct rte_mbuf_ext_shared_info shinfo;
} __rte_cache_aligned;

struct side {
	uint8_t *pages; /* SLOTS * SEGS times BUF_MAX bytes and a page that faults */
	struct segment segs[SLOTS][SEGS];
	struct rte_mbuf *pkts[SLOTS];
	struct dlo_burst burst;
};

/* Memory for a side; once. */
void side_init(struct side *s);

/*
 * How the frame of a recipe, its len and bytes set, is to lie in memory. odd: anyhow; pooled: if not odd,
 * in a buffer as large as those of the others.
 */
void recipe_hold(struct recipe *r, bool odd, bool pooled);

/* Make the frame of a recipe, in that slot and as pkts[slot]. */
void side_build(struct side *s, unsigned int slot, const struct recipe *r);

/*
 * The same verdicts, order and bytes, and nothing changed that nobody may change: in front of frames,
 * behind them, in shared data, in what is not sent back. r: nb recipes, by slot.
 */
void sides_compare(const char *what, const struct side *want, const struct side *got,
	const struct recipe *r, unsigned int nb);

#endif
