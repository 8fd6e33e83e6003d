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
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <rte_common.h>
#include <rte_mbuf.h>

#include "reflect/row.h"

#define DLO_MEMO_SLOTS 128 /**< a power of two */
/** Bytes of a frame that dlo_memo_slot() reads. */
#define DLO_MEMO_REACH 28
/** Bytes of buffer from the start of the frame that the buffer of every known frame has at least. */
#define DLO_MEMO_ROOM 96
#define DLO_LINE 64 /**< bytes of a frame that are compared and turned round at once */

/** Offsets count from the start of the frame. Frames of a class are of one length. */
struct dlo_memo_class {
	uint8_t mbuf[DLO_LINE]; /**< the first line of the first frame's mbuf; zero: nothing is known */
	uint8_t data[DLO_MEMO_ROOM]; /**< its first bytes, before it was turned round */
	/** By lines. */
	uint64_t lens; /**< see dlo_memo_lens(); 0: nothing is known */
	uint64_t land; /**< bytes of the line that differ from what they become, one of them at least */
	uint32_t after, after_mask; /**< four more bytes that have to be the same, in memory order */
	uint8_t after_off; /**< inside the line where no more matter, so that no other is touched */
	bool offloads; /**< receive offload flags have to be cleared */
	uint16_t data_off; /**< the mbufs' */
	uint8_t line_mask[DLO_LINE] __rte_cache_aligned; /**< of the first bytes */
	uint8_t line_turn[DLO_LINE]; /**< where each of them comes from */
	struct dlo_memo_class *next; /**< of the run that came after the last one of this kind; or NULL */
	/** By windows. */
	struct dlo_run run; /**< row NULL: nothing is known; data is the one above */
} __rte_cache_aligned;

/** All zero: nothing is remembered. */
struct dlo_memo {
	struct dlo_memo_class classes[DLO_MEMO_SLOTS];
	/** One like those of all classes, as far as buffers go: their size and where data starts. */
	uint8_t mbuf[DLO_LINE] __rte_cache_aligned;
	struct dlo_memo_class *last; /**< of the last run; NULL: there was none */
	uint64_t serial; /**< of the plan by which they were judged */
	uint64_t salt; /**< even; changes when classes are in each other's way */
	uint32_t evictions;
	uint32_t pause; /**< bursts to come in which it is not worth to look at frames one by one */
	uint32_t mixed; /**< bursts to come in which it is not worth to look for a run */
};

/**
 * By some bits of the EtherType: where the bytes are that tell kinds of frames apart, and the last
 * four of the source MAC, as classes do not reach across stations. Not complete: kinds that agree in
 * all of these are in each other's way, which costs time only.
 */
extern const uint8_t dlo_memo_picks[256][8] __attribute__((visibility("hidden")));

/** @param type the EtherType as it stands in memory, read by a little-endian machine */
static inline const uint8_t *
dlo_memo_picks_of(uint16_t type)
{
	return dlo_memo_picks[type >> 3 & 0xff];
}

/**
 * @return both lengths of a frame, of all segments and of this one, in a form that is never 0, so that
 *   no frame is of a class that is not there. Little-endian machines only.
 */
static inline uint64_t
dlo_memo_lens(const struct rte_mbuf *m)
{
	uint64_t lens;

	/* The two bytes behind them are of no interest. */
	memcpy(&lens, RTE_PTR_ADD(m, offsetof(struct rte_mbuf, pkt_len)), sizeof(lens));
	return lens << 16 | 1;
}

/** @param picked the bytes that dlo_memo_picks_of() names, the first one lowest */
static inline unsigned int
dlo_memo_hash(const struct dlo_memo *memo, uint64_t picked, uint64_t lens)
{
	return (unsigned int)((picked + lens) *
			(memo->salt ^ UINT64_C(0x9e3779b97f4a7c15)) >> 57);
}

/**
 * @param m DLO_MEMO_REACH bytes of its buffer are read from the start of the frame on, whatever its length
 * @return where its class is, if it is known. Little-endian machines only.
 */
static inline unsigned int
dlo_memo_slot(const struct dlo_memo *memo, const struct rte_mbuf *m)
{
	const uint8_t *data = rte_pktmbuf_mtod(m, const uint8_t *), *picks;
	uint64_t picked = 0;
	uint32_t src;
	uint16_t type;

	memcpy(&type, data + 12, sizeof(type));
	memcpy(&src, data + 8, sizeof(src));
	picks = dlo_memo_picks_of(type);
	for (unsigned int i = 0; i < 4; i++)
		picked |= (uint64_t)data[picks[i]] << 8 * i;
	return dlo_memo_hash(memo, picked | (uint64_t)src << 32, dlo_memo_lens(m));
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
 * @param by_lines only if a line and four more bytes are all that matters; else by windows
 * @return false when it was not remembered
 */
bool dlo_memo_keep(const struct dlo_plan *plan, struct dlo_memo *memo, const struct rte_mbuf *m,
	const struct dlo_run *run, bool by_lines);

#endif
