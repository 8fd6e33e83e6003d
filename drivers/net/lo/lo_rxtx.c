/* SPDX-License-Identifier: BSD-3-Clause */
#include "lo.h"

#include <string.h>

#include <rte_cycles.h>
#include <rte_ring_peek_zc.h>

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
look_at_clock(struct lo_queue *q)
{
	if (q->nb_bursts++ % CLOCK_BURSTS == 0 || rte_ring_empty(q->back))
		q->lane.now = rte_rdtsc();
}

/*
 * They are received on this port. What comes again and again has been here before: to write it all
 * the same would make each mbuf's line dirty.
 */
static void
set_port(struct rte_mbuf *const *pkts, uint16_t nb, uint16_t port)
{
#pragma GCC unroll 8
	for (uint16_t i = 0; i < nb; i++) {
		if (unlikely(pkts[i]->port != port))
			pkts[i]->port = port;
	}
}

/* Turn round @nb frames where they lie. @return how many of them go back; the rest is freed */
static uint16_t
turn_round(struct lo_queue *q, struct rte_mbuf **pkts, uint16_t nb)
{
	struct dlo_burst b;

	/* They arrive by this very call, and have lain nowhere. */
	if (unlikely(q->plan->settings.timed)) {
		q->lane.now = rte_rdtsc();
		dlo_lane_arrive(&q->lane, q->lane.now, 0);
	}
	dlo_reflect_burst(q->plan, &q->lane, pkts, nb, &b);
	if (unlikely(q->lane.nb_timed > 0))
		dlo_answer_depart(q->plan, &q->lane, pkts, b.nb_back);
	count(q, &b, nb);
	set_port(pkts, b.nb_back, q->port_id);
	if (unlikely(b.nb_back < nb))
		rte_pktmbuf_free_bulk(pkts + b.nb_back, nb - b.nb_back);
	return b.nb_back;
}

uint16_t
lo_tx_burst(void *queue, struct rte_mbuf **pkts, uint16_t nb)
{
	struct lo_queue *q = queue;
	uint16_t done = 0;

	look_at_clock(q);
	while (done < nb) {
		struct rte_ring_zc_data room;
		/* A frame that is turned round cannot be refused any more: ask for room first. */
		unsigned int n = rte_ring_enqueue_zc_burst_start(q->back,
			RTE_MIN((unsigned int)(nb - done), (unsigned int)DLO_BURST_MAX), &room, NULL);

		if (n == 0)
			break;
		/* Up to where the ring begins anew. */
		n = RTE_MIN(n, room.n1);
		/* In the ring itself: the array stays the application's, in its order. */
		memcpy(room.ptr1, pkts + done, n * sizeof(pkts[0]));
		rte_ring_enqueue_zc_finish(q->back, turn_round(q, room.ptr1, (uint16_t)n));
		done += n;
	}
	return done;
}

/* By hand: a ring copies one pointer after the other, and memcpy() as many as the CPU can at a time. */
static __rte_always_inline uint16_t
take(struct rte_ring *ring, struct rte_mbuf **pkts, uint16_t nb)
{
	struct rte_ring_zc_data there;
	unsigned int n = rte_ring_dequeue_zc_burst_start(ring, nb, &there, NULL);

	if (n == 0)
		return 0;
	memcpy(pkts, there.ptr1, there.n1 * sizeof(pkts[0]));
	if (unlikely(there.n1 < n))
		memcpy(pkts + there.n1, there.ptr2, (n - there.n1) * sizeof(pkts[0]));
	rte_ring_dequeue_zc_finish(ring, n);
	return (uint16_t)n;
}

/* Another ring is the first each time: a busy one must not keep the others waiting. */
static uint16_t
take_in_turn(struct lo_receiver *r, struct rte_mbuf **pkts, uint16_t nb)
{
	uint16_t got = 0, at = r->next;

	for (uint16_t i = 0; i < r->nb_rings && got < nb; i++) {
		got += take(r->rings[at], pkts + got, nb - got);
		at = at + 1 < r->nb_rings ? at + 1 : 0;
	}
	if (r->nb_rings > 0)
		r->next = r->next + 1 < r->nb_rings ? r->next + 1 : 0;
	return got;
}

/* Counted when they came back, as a NIC does. */
uint16_t
lo_rx_burst(void *queue, struct rte_mbuf **pkts, uint16_t nb)
{
	struct lo_receiver *r = queue;

	return likely(r->nb_rings == 1) ? take(r->rings[0], pkts, nb) : take_in_turn(r, pkts, nb);
}
