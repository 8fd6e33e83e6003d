/* SPDX-License-Identifier: BSD-3-Clause */
#include "reflect/reflect.h"

#include <rte_mbuf.h>
#include <rte_prefetch.h>

#include "answer/answer.h"
#include "reflect/burst.h"
#include "reflect/guard.h"
#include "reflect/packet.h"
#include "reflect/probe.h"
#include "reflect/punt.h"
#include "reflect/scalar.h"
#include "reflect/swap.h"

/* Far enough ahead for the line to be there, near enough to still be there: see macswap. */
#define PREFETCH_AHEAD 4

/* Step 1: lengths that do not hold. */
static inline enum dlo_verdict
judge_lengths(const struct dlo_frame *f)
{
	if (f->fault == DLO_FAULT_NONE)
		return DLO_PASS;
	return f->fault == DLO_FAULT_SHORT ? DLO_DROP_SHORT : DLO_DROP_TRUNCATED;
}

/*
 * Step 6: whose frame it is. --accept is a choice and not a guard: it holds with guards off too,
 * where a multicast destination comes back when every destination is accepted.
 */
static inline enum dlo_verdict
judge_destination(const struct dlo_plan *plan, const uint8_t *head)
{
	uint64_t dst = dlo_get48(head + DLO_ETHER_DST);

	if (dlo_mac_is_group(dst)) {
		if (plan->mode == DLO_MODE_WIRE)
			return DLO_PASS;
		if (plan->guards)
			return DLO_DROP_MCAST_DST;
		return plan->accept == DLO_ACCEPT_ANY ? DLO_PASS : DLO_DROP_NOT_MINE;
	}
	if (plan->accept == DLO_ACCEPT_OWN && dst != dlo_get48(plan->mac.addr_bytes))
		return DLO_DROP_NOT_MINE;
	return DLO_PASS;
}

/*
 * Steps 3 and 8 on a port where what is sent back comes back: only what cannot go round again is.
 * Probes of others are sent back as ever, so that they learn the truth about us.
 */
static enum dlo_verdict
stop_loop(const struct dlo_packet *p, enum dlo_verdict v)
{
	if (dlo_verdict_is_answer(v))
		return (DLO_ANSWERS_UDP >> (v - DLO_ANSWERED_FIRST) & 1) != 0 ? DLO_DROP_LOOP : v;
	return v == DLO_REFLECTED && !dlo_probe_is(p) ? DLO_DROP_LOOP : v;
}

enum dlo_verdict
dlo_classify(const struct dlo_plan *plan, struct dlo_packet *p)
{
	enum dlo_verdict v = DLO_PASS;
	bool probe;

	dlo_frame_parse(p->head, p->len, &p->frame);
	probe = p->frame.ether_type == DLO_TYPE_PROBE && dlo_probe_is(p);
	if (probe) {
		v = dlo_probe_judge(plan, p);
		if (v != DLO_PASS)
			return v;
	}
	if (plan->guards) {
		v = judge_lengths(&p->frame);
		if (v == DLO_PASS)
			v = dlo_guard_l2(plan, p->head, &p->frame);
	}
	if (v == DLO_PASS && p->frame.fault == DLO_FAULT_NONE &&
		dlo_answer_may_claim(plan, &p->frame))
		v = dlo_answer_decide(plan, p);
	/* Whoever sent a probe wants to know what becomes of the traffic that does match. */
	if (v == DLO_PASS && plan->filter.match != NULL && !probe &&
		!plan->filter.match(plan->filter.ctx, p->m))
		v = dlo_unmatched_decide(plan, p);
	if (v == DLO_PASS && (plan->punt || plan->forward))
		v = dlo_punt_decide(plan, p);
	if (v == DLO_PASS)
		v = judge_destination(plan, p->head);
	if (v == DLO_PASS && plan->guards)
		v = plan->mode >= DLO_MODE_IP ? dlo_guard_l3(p->head, &p->frame) :
						dlo_guard_loopback(p->head, &p->frame);
	if (v == DLO_PASS)
		v = DLO_REFLECTED;
	return plan->loop_stop ? stop_loop(p, v) : v;
}

/* Step 8. Data that somebody else reads is never written; wire mode writes nothing but a probe's age. */
static enum dlo_verdict
turn_round(const struct dlo_plan *plan, struct dlo_packet *p)
{
	bool probe = p->frame.ether_type == DLO_TYPE_PROBE && dlo_probe_is(p);

	if (plan->mode != DLO_MODE_WIRE || probe) {
		if (!dlo_packet_is_gathered(p) && dlo_segment_is_shared(p->m))
			return DLO_DROP_SHARED;
		if (plan->link)
			dlo_swap_quoted(plan->mode, p->head, p->head_len, &p->frame);
		dlo_swap(plan->mode, p->head, &p->frame);
		if (probe)
			dlo_probe_age(p);
		if (dlo_packet_is_gathered(p)) {
			if (!dlo_packet_can_scatter(p))
				return DLO_DROP_SHARED;
			dlo_packet_scatter(p);
		}
	}
	/* On the link the flags say how the PMD's virtio header in front of the data is to go. */
	if (!plan->link)
		dlo_packet_clear_offloads(p->m);
	return DLO_REFLECTED;
}

/* Length first where the head is the segment's own, so that it has room for a longer reply. */
static enum dlo_verdict
answer(const struct dlo_plan *plan, struct dlo_lane *lane, struct dlo_packet *p, enum dlo_verdict v)
{
	uint32_t head_len = p->reply_len < DLO_HEAD_MAX ? p->reply_len : DLO_HEAD_MAX;

	if (dlo_packet_resize_is_shared(p) ||
		(!dlo_packet_is_gathered(p) && dlo_segment_is_shared(p->m)))
		return DLO_DROP_SHARED;
	v = dlo_answer_admit(plan, lane, p, v);
	if (dlo_verdict_is_drop(v))
		return v;
	if (dlo_packet_is_gathered(p)) {
		dlo_answer_write(plan, lane, p, v);
		if (!dlo_packet_can_scatter(p))
			return DLO_DROP_SHARED;
		dlo_packet_resize(p);
		p->head_len = head_len;
		dlo_packet_scatter(p);
	} else {
		dlo_packet_resize(p);
		p->head_len = head_len;
		dlo_answer_write(plan, lane, p, v);
	}
	/* On the link, too: the virtio header that came with the request is not the reply's. */
	dlo_packet_clear_offloads(p->m);
	return v;
}

enum dlo_verdict
dlo_reflect_frame(const struct dlo_plan *plan, struct dlo_lane *lane, struct rte_mbuf *m)
{
	struct dlo_packet p;
	enum dlo_verdict v;

	if (unlikely(!dlo_packet_is_whole(m)))
		return DLO_DROP_TRUNCATED;
	dlo_packet_load(&p, m);
	if (p.len < DLO_ETHER_HLEN)
		return DLO_DROP_SHORT;
	/* Step 0: lo's own frames go back as they came, with their offload state. */
	if (plan->carry && dlo_is_carried(p.head))
		return DLO_REFLECTED;
	v = dlo_classify(plan, &p);
	if (v == DLO_REFLECTED)
		return turn_round(plan, &p);
	return dlo_verdict_is_answer(v) ? answer(plan, lane, &p, v) : v;
}

void
dlo_reflect_rest(const struct dlo_plan *plan, struct rte_mbuf **pkts, uint16_t nb_pkts,
	uint64_t done, struct dlo_burst *ret)
{
	struct rte_mbuf *drops[DLO_BURST_MAX], *punts[DLO_BURST_MAX];
	uint8_t drop_verdicts[DLO_BURST_MAX], punt_verdicts[DLO_BURST_MAX];
	uint64_t rx_bytes = 0, back_bytes = 0;
	uint16_t nb_back = 0, nb_drops = 0, nb_punt = 0;
	uint16_t nb_reflected = 0, nb_chained = 0;

	for (uint16_t i = 0; i < nb_pkts; i++) {
		struct rte_mbuf *m = pkts[i];
		enum dlo_verdict v = (done >> i & 1) != 0 ? DLO_REFLECTED : DLO_PASS;

		if (i + PREFETCH_AHEAD < nb_pkts)
			rte_prefetch0(rte_pktmbuf_mtod(pkts[i + PREFETCH_AHEAD], void *));
		/* Step 0 of all steps: it shall be the frame that was on the wire. */
		if (unlikely((m->ol_flags & DLO_TAGS_STRIPPED) != 0) && plan->restore_tags)
			v = dlo_packet_put_tags(m);
		rx_bytes += rte_pktmbuf_pkt_len(m);
		if (v == DLO_PASS)
			v = dlo_reflect_frame(plan, ret->lane, m);
		if (dlo_verdict_is_drop(v)) {
			drops[nb_drops] = m;
			drop_verdicts[nb_drops++] = v;
		} else if (v == DLO_PUNTED || v == DLO_FORWARDED) {
			punts[nb_punt] = m;
			punt_verdicts[nb_punt++] = v;
		} else {
			/* Not what it was when an answer is shorter or longer than its request. */
			back_bytes += rte_pktmbuf_pkt_len(m);
			nb_reflected += v == DLO_REFLECTED;
			nb_chained += m->nb_segs > 1;
			pkts[nb_back] = m;
			ret->verdict[nb_back++] = v;
		}
	}
	for (uint16_t i = 0; i < nb_punt; i++) {
		pkts[nb_back + i] = punts[i];
		ret->verdict[nb_back + i] = punt_verdicts[i];
	}
	for (uint16_t i = 0; i < nb_drops; i++) {
		pkts[nb_back + nb_punt + i] = drops[i];
		ret->verdict[nb_back + nb_punt + i] = drop_verdicts[i];
	}
	ret->nb_back = nb_back;
	ret->nb_punt = nb_punt;
	ret->nb_reflected = nb_reflected;
	ret->nb_chained = nb_chained;
	ret->rx_bytes = rx_bytes;
	ret->back_bytes = back_bytes;
}

void
dlo_reflect_burst_scalar(const struct dlo_plan *plan, struct rte_mbuf **pkts, uint16_t nb_pkts,
	struct dlo_burst *ret)
{
	dlo_reflect_rest(plan, pkts, nb_pkts, 0, ret);
}
