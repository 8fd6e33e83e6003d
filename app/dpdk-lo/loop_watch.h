/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_LOOP_WATCH_H
#define DLO_APP_LOOP_WATCH_H

/**
 * @file
 * The worker's part in finding loops: now and then it notes the addresses of a frame that it sends
 * back. One look per burst, at a frame that is warm in the cache; control does the rest.
 */

#include <stdint.h>

#include <rte_cycles.h>
#include <rte_mbuf.h>

#include "reflect/probe.h"

/** Places for samples; frames to different stations mostly have different ones. */
#define LOOP_SAMPLES 8

/** Start of a frame that was sent back, as it left. */
struct loop_sample {
	uint8_t full; /**< worker: 1, when the rest is written; control: 0, when it has read it */
	uint8_t len; /**< bytes in front of the EtherType */
	uint8_t head[DLO_PROBE_HEAD_MAX];
	uint64_t tsc; /**< when it was about to leave */
};

struct loop_watch {
	uint8_t turn; /**< worker: says which frame of a burst is looked at */
	struct loop_sample samples[LOOP_SAMPLES];
};

/**
 * Look at one of the frames that are about to be sent.
 * @param verdicts of each frame: only reflected ones tell, what is answered is something else
 * @param nb at least 1. Thread: the worker that owns the queue.
 */
static inline void
loop_watch_note(struct loop_watch *w, struct rte_mbuf *const *pkts, const uint8_t *verdicts,
	uint16_t nb)
{
	const struct rte_mbuf *m;
	const uint8_t *head;
	struct loop_sample *s;
	uint32_t i, len;

	/* An odd step: every frame has its turn, whatever the order of a burst. */
	w->turn += 101;
	i = (uint32_t)nb * w->turn >> 8;
	m = pkts[i];
	head = rte_pktmbuf_mtod(m, const uint8_t *);
	if (verdicts[i] != DLO_REFLECTED || rte_pktmbuf_data_len(m) < DLO_ETHER_HLEN)
		return;
	s = &w->samples[(head[DLO_ETHER_DST + 5] ^ head[DLO_ETHER_DST + 4] >> 1) % LOOP_SAMPLES];
	if (__atomic_load_n(&s->full, __ATOMIC_ACQUIRE) != 0)
		return;
	len = dlo_probe_head(head, rte_pktmbuf_data_len(m));
	if (len == 0)
		return;
	memcpy(s->head, head, len);
	s->len = (uint8_t)len;
	s->tsc = rte_rdtsc();
	__atomic_store_n(&s->full, 1, __ATOMIC_RELEASE);
}

#endif
