/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_REFLECT_MEMO_H
#define DLO_REFLECT_MEMO_H

/**
 * @file
 * What a queue remembers of the kinds of frames that it sees: for each the bytes that decided about
 * one frame that the oracle judged (see reflect/row.h). A frame that agrees in all of them shares
 * its fate, without being parsed. It is found by a hash of a few bytes; a wrong place costs time and
 * nothing else, as everything is compared.
 *
 * Part of the lane. Thread: the lcore that polls the queue.
 */

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <rte_common.h>

#include "reflect/row.h"

#define DLO_MEMO_SLOTS 32 /**< a power of two */
/** Bytes of a frame that dlo_memo_slot() reads. */
#define DLO_MEMO_REACH 28
/** Bytes of buffer from the start of the frame that the buffer of every known frame has at least. */
#define DLO_MEMO_ROOM 96
#define DLO_LINE 64 /**< bytes of a frame that are compared and turned round at once */

/** Offsets count from the start of the frame. Frames of a class are of one length. */
struct dlo_memo_class {
	uint8_t mbuf[DLO_LINE]; /**< the first line of the first frame's mbuf */
	uint8_t data[DLO_MEMO_ROOM]; /**< its first bytes, before it was turned round */
	/** By whole lines. */
	uint8_t line_mask[DLO_LINE] __rte_cache_aligned; /**< of the first bytes */
	uint8_t line_turn[DLO_LINE]; /**< where each of them comes from */
	uint64_t land; /**< which of them show equal addresses, when they all stay as they are */
	uint64_t no_land; /**< not 0: that is not looked at */
	uint32_t after, after_mask; /**< four more bytes that have to be the same, in memory order */
	uint8_t after_off;
	bool lines; /**< all of that is valid: what matters lies inside */
	bool offloads; /**< receive offload flags have to be cleared */
	uint16_t data_off; /**< the mbufs' */
	/** By windows. */
	struct dlo_run run; /**< row NULL: nothing is known; data is the one above */
} __rte_cache_aligned;

/** All zero: nothing is remembered. */
struct dlo_memo {
	struct dlo_memo_class classes[DLO_MEMO_SLOTS];
	uint64_t serial; /**< of the plan by which they were judged */
	uint64_t salt; /**< even; changes when classes are in each other's way */
	uint32_t evictions;
	uint32_t pause; /**< bursts to come in which it is not worth to look at frames one by one */
};

/*
 * Of bytes 12..27, those that tell kinds apart, by the EtherType: both its bytes, xored, are enough
 * to know the few that matter. Others share places with these and may be found in many slots.
 */
static const uint64_t dlo_memo_masks[16][2] = {
	[0x08 ^ 0x00] = { 0xffff, 0xff00ff3f }, /* IPv4: fragments, protocol */
	[(0x86 ^ 0xdd) & 15] = { 0xffff, 0xff }, /* IPv6: next header */
	/* A tag: the type behind it, and where the same is found there. */
	[(0x81 ^ 0x00) & 15] = { 0xffff0000ffff, 0xff00003f00000000 },
	[(0x88 ^ 0xa8) & 15] = { 0xffff0000ffff, 0xffff },
};

/**
 * @param data DLO_MEMO_REACH bytes are read, whatever the length of the frame
 * @param len of the frame
 * @return where its class is, if it is known. Little-endian machines only.
 */
static inline unsigned int
dlo_memo_slot(const struct dlo_memo *memo, const uint8_t *data, uint16_t len)
{
	const uint64_t *mask = dlo_memo_masks[(data[12] ^ data[13]) & 15];
	uint64_t a, b;
	uint32_t src;

	memcpy(&src, data + 8, sizeof(src));
	memcpy(&a, data + 12, sizeof(a));
	memcpy(&b, data + 20, sizeof(b));
	/* The source MAC too, as classes do not reach across stations: its last bytes. */
	a = (a & mask[0]) ^ (b & mask[1]) ^ (uint64_t)len << 16 ^ (uint64_t)src << 24;
	return (unsigned int)(a * (memo->salt ^ UINT64_C(0x9e3779b97f4a7c15)) >> 59);
}

/** What was judged by another plan is void. @return false: this plan has no memory */
static inline bool
dlo_memo_ready(struct dlo_memo *memo, uint64_t serial)
{
	if (__builtin_expect(memo->serial == serial, 1))
		return serial != 0;
	memset(memo, 0, sizeof(*memo));
	memo->serial = serial;
	return serial != 0;
}

/**
 * Remember why a frame is sent back. What is in its place already gives way from time to time only.
 * @param m not yet turned round
 * @param run how dlo_run_start() has judged it, row not NULL
 * @return false when it was not remembered
 */
bool dlo_memo_keep(const struct dlo_plan *plan, struct dlo_memo *memo, const struct rte_mbuf *m,
	const struct dlo_run *run);

#endif
