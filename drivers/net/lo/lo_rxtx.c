/* SPDX-License-Identifier: BSD-3-Clause */
#include "lo.h"

#include <string.h>

#include <rte_cycles.h>

#include "answer/answer.h"

/* Bursts in a row that share one look at the clock. */
#define CLOCK_BURSTS 16

/* The verdicts of what goes back; drops are counted one by one, they are the exception. */
static void
count(struct lo_queue *q, const struct dlo_burst *b, uint16_t nb)
{
	struct dlo_counters *c = &q->mirror;

	dlo_count(&c->rx, nb);
	dlo_count(&c->rx_bytes, b->rx_bytes);
	dlo_count(&c->tx, b->nb_back);
	dlo_count(&c->tx_bytes, b->back_bytes);
	dlo_count(&c->verdict[DLO_REFLECTED], b->nb_reflected);
	if (likely(b->nb_reflected == nb))
		return;
	for (uint16_t i = 0; i < nb; i++) {
		if (b->verdict[i] != DLO_REFLECTED)
			dlo_count(&c->verdict[b->verdict[i]], 1);
	}
}

/*
 * The clock costs as much as some frames do, and is asked here for nothing but how many answers a second are
 * given. An application that has taken back all it sent may have been away for long; one that has not is busy.
 */
static void
look_at_clock(struct lo_queue *q, unsigned int nb_free)
{
	if (q->nb_bursts++ % CLOCK_BURSTS == 0 || nb_free == rte_ring_get_capacity(q->back))
		q->lane.now = rte_rdtsc();
}

uint16_t
lo_tx_burst(void *queue, struct rte_mbuf **pkts, uint16_t nb)
{
	struct lo_queue *q = queue;
	/* A frame that is turned round cannot be refused any more: ask for room first. */
	unsigned int nb_free = rte_ring_free_count(q->back);
	uint16_t room = (uint16_t)RTE_MIN(nb_free, (unsigned int)nb);
	uint16_t done = 0;

	look_at_clock(q, nb_free);

	while (done < room) {
		uint16_t n = RTE_MIN((uint16_t)(room - done), (uint16_t)DLO_BURST_MAX);
		struct rte_mbuf *burst[DLO_BURST_MAX];
		struct dlo_burst b;

		/* The array stays the application's, in its order. */
		memcpy(burst, pkts + done, n * sizeof(burst[0]));
		/* They arrive by this very call, and have lain nowhere. */
		if (unlikely(q->plan->settings.timed)) {
			q->lane.now = rte_rdtsc();
			dlo_lane_arrive(&q->lane, q->lane.now, 0);
		}
		dlo_reflect_burst(q->plan, &q->lane, burst, n, &b);
		if (unlikely(q->lane.nb_timed > 0))
			dlo_answer_depart(q->plan, &q->lane, burst, b.nb_back);
		count(q, &b, n);
		if (b.nb_back > 0)
			rte_ring_sp_enqueue_bulk(q->back, (void **)burst, b.nb_back, NULL);
		if (unlikely(b.nb_back < n))
			rte_pktmbuf_free_bulk(burst + b.nb_back, n - b.nb_back);
		done += n;
	}
	return done;
}

uint16_t
lo_rx_burst(void *queue, struct rte_mbuf **pkts, uint16_t nb)
{
	struct lo_queue *q = queue;
	uint16_t n = (uint16_t)rte_ring_sc_dequeue_burst(q->back, (void **)pkts, nb, NULL);
	uint64_t bytes = 0;

	if (n == 0)
		return 0;
	for (uint16_t i = 0; i < n; i++) {
		bytes += rte_pktmbuf_pkt_len(pkts[i]);
		pkts[i]->port = q->port_id;
	}
	dlo_count(&q->taken, n);
	dlo_count(&q->taken_bytes, bytes);
	return n;
}
