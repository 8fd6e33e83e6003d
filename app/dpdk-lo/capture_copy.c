/* SPDX-License-Identifier: BSD-3-Clause */
/* The workers' part of a capture: copies, and what is known of each. */
#include "capture_state.h"
#include "reflect/packet.h"

static struct tap *
queue_tap(struct capture *c, const struct queue *q)
{
	return &c->taps[q->port - c->app->ports];
}

static void
count_lost(struct capture *c, const struct queue *q, unsigned int nb)
{
	if (nb > 0)
		atomic_fetch_add_explicit(&queue_tap(c, q)->lost, nb, memory_order_relaxed);
}

/** Note the frames that the filter matches, with a copy while there is room; none of an mbuf that lies. */
static void
copy_burst(struct capture *c, struct rte_mbuf *const *pkts, uint16_t nb, struct capture_burst *ret)
{
	bool failed = atomic_load_explicit(&c->failed, memory_order_relaxed);

	ret->nb = 0;
	ret->time_ns = capture_now_ns(c);
	for (uint16_t i = 0; i < nb && i < BURST; i++) {
		struct rte_mbuf *m = pkts[i], *copy = NULL;
		bool whole = dlo_packet_is_whole(m);

		if (c->filter != NULL && whole && !capture_filter_match(c->filter, m))
			continue;
		if (!failed && whole)
			copy = rte_pktmbuf_copy(m, c->pool, 0, RTE_MIN(m->pkt_len, (uint32_t)SNAPLEN));
		if (copy != NULL)
			((struct record *)rte_mbuf_to_priv(copy))->wire_len = m->pkt_len;
		ret->place[ret->nb] = (uint8_t)i;
		ret->orig[ret->nb] = m;
		ret->copy[ret->nb++] = copy;
	}
}

static void
hand_over(struct capture *c, const struct queue *q, struct rte_mbuf **copies, unsigned int nb)
{
	unsigned int done = rte_ring_mp_enqueue_burst(c->ring, (void **)copies, nb, NULL);

	if (done < nb) {
		count_lost(c, q, nb - done);
		rte_pktmbuf_free_bulk(copies + done, nb - done);
	}
}

static void
describe(const struct capture *c, const struct queue *q, struct rte_mbuf *copy, uint64_t time_ns,
	enum pcapng_direction direction, enum dlo_verdict verdict)
{
	struct record *r = rte_mbuf_to_priv(copy);

	r->time_ns = time_ns;
	r->port = (uint32_t)(q->port - c->app->ports);
	r->direction = direction;
	r->verdict = verdict;
}

/** Hand over what is wanted of a burst whose fate is known, free the rest. */
static void
finish_burst(struct capture *c, const struct queue *q, struct capture_burst *burst,
	enum pcapng_direction direction, const uint8_t *verdict)
{
	struct rte_mbuf *wanted[BURST], *unwanted[BURST];
	unsigned int nb_wanted = 0, nb_unwanted = 0, nb_lost = 0;

	for (uint16_t i = 0; i < burst->nb; i++) {
		bool want = !c->drops_only || dlo_verdict_is_drop(verdict[i]);
		struct rte_mbuf *copy = burst->copy[i];

		if (copy == NULL) {
			nb_lost += want;
		} else if (want) {
			describe(c, q, copy, burst->time_ns, direction, verdict[i]);
			wanted[nb_wanted++] = copy;
		} else {
			unwanted[nb_unwanted++] = copy;
		}
	}
	burst->nb = 0;
	count_lost(c, q, nb_lost);
	if (nb_wanted > 0)
		hand_over(c, q, wanted, nb_wanted);
	if (nb_unwanted > 0)
		rte_pktmbuf_free_bulk(unwanted, nb_unwanted);
}

void
capture_rx_begin(struct capture *c, struct queue *q, struct rte_mbuf **pkts, uint16_t nb_pkts,
	struct capture_burst *ret)
{
	(void)q;
	copy_burst(c, pkts, nb_pkts, ret);
}

void
capture_rx_end(struct capture *c, struct queue *q, struct capture_burst *burst,
	struct rte_mbuf *const *pkts, const uint8_t *verdict)
{
	uint8_t of_copy[BURST];

	/* Reflection has sorted the frames by fate; the mbufs are still the same. */
	for (uint16_t i = 0; i < burst->nb; i++) {
		uint16_t at = 0;

		while (pkts[at] != burst->orig[i])
			at++;
		of_copy[i] = verdict[at];
	}
	finish_burst(c, q, burst, PCAPNG_INBOUND, of_copy);
}

void
capture_tx_begin(struct capture *c, struct queue *q, struct rte_mbuf *const *pkts, uint16_t nb_pkts,
	struct capture_burst *ret)
{
	(void)q;
	/* Frames that are not taken stay ours: no need to copy them all to have those. */
	copy_burst(c, pkts, c->drops_only ? 0 : nb_pkts, ret);
}

void
capture_tx_end(struct capture *c, struct queue *q, struct capture_burst *burst,
	struct rte_mbuf *const *pkts, uint16_t nb_pkts, uint16_t nb_sent)
{
	uint8_t of_copy[BURST];

	if (c->drops_only) {
		copy_burst(c, pkts + nb_sent, nb_pkts - nb_sent, burst);
		memset(of_copy, DLO_DROP_TX_FULL, sizeof(of_copy));
	} else {
		for (uint16_t i = 0; i < burst->nb; i++)
			of_copy[i] = burst->place[i] < nb_sent ? DLO_REFLECTED : DLO_DROP_TX_FULL;
	}
	finish_burst(c, q, burst, PCAPNG_OUTBOUND, of_copy);
}

void
capture_tx_drop(struct capture *c, struct queue *q, struct rte_mbuf *pkt, enum dlo_verdict reason)
{
	struct capture_burst burst;
	const uint8_t verdict = reason;

	copy_burst(c, &pkt, 1, &burst);
	finish_burst(c, q, &burst, PCAPNG_OUTBOUND, &verdict);
}
