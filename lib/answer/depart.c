/* SPDX-License-Identifier: BSD-3-Clause */
/* Timestamps: one clock for a burst, and the last word on answers that say when they leave. */
#include <assert.h>

#include <rte_cycles.h>

#include "answer/pieces.h"
#include "answer/stamp.h"
#include "answer/udp.h"
#include "reflect/reflect.h"

#define DMR_TX_TIME 20 /* TxTimeStampb (ITU-T G.8013 9.16), from the start of the PDU */
#define DMR_LEN 36

static_assert(DLO_TIMED_MAX >= DLO_BURST_MAX, "every frame of a burst may be a timed answer");
static_assert(DLO_UDP_HLEN + DLO_STAMP_AUTH_BASE <= DLO_PIECES_MAX, "a base packet is one piece");

void
dlo_timed_add(struct dlo_lane *lane, const struct dlo_packet *p, uint32_t off,
	enum dlo_timed_kind kind, bool no_sum)
{
	lane->timed[lane->nb_timed++] = (struct dlo_timed){
		.m = p->m,
		.session = p->session,
		.off = off,
		.kind = kind,
		.no_sum = no_sum,
	};
}

/* Once a burst: what is calibrated between two readings cannot turn time back. */
void
dlo_timed_read(const struct dlo_plan *plan, struct dlo_lane *lane)
{
	dlo_clock_read(plan->settings.clock, &lane->line);
	lane->received = dlo_stamp_time(plan, lane, lane->arrived);
	lane->error = dlo_clock_error_estimate(dlo_timed_error_ns(lane), lane->line.synced,
		plan->settings.stamp.ptp);
}

uint64_t
dlo_timed_error_ns(const struct dlo_lane *lane)
{
	return lane->line.error_ns + dlo_clock_span_ns(&lane->line, lane->lag);
}

uint64_t
dlo_stamp_time(const struct dlo_plan *plan, const struct dlo_lane *lane, uint64_t tsc)
{
	uint64_t ns = dlo_clock_ns(&lane->line, tsc);

	return plan->settings.stamp.ptp ? dlo_clock_ptp(&lane->line, ns) : dlo_clock_ntp(ns);
}

/* When the burst leaves, in both formats that are sent; and how many HMACs are still to be made. */
struct departure {
	uint64_t stamp;
	uint64_t stamp_sum; /* of its words */
	uint64_t ptp;
	uint16_t nb_auth;
};

/* Its field was zero until now. */
static void
depart_stamp(const struct dlo_timed *t, uint8_t *udp, const struct departure *when)
{
	dlo_put64(udp + DLO_UDP_HLEN + dlo_stamp_layouts[0].timestamp, when->stamp);
	if (!t->no_sum)
		dlo_udp_move_sum(udp, 0, when->stamp_sum);
}

static void
depart_stamp_auth(const struct dlo_plan *plan, const struct dlo_timed *t, uint8_t *udp,
	uint64_t time, uint16_t error)
{
	const struct dlo_stamp_layout *l = &dlo_stamp_layouts[1];
	const struct dlo_hmac *hmac = &plan->settings.stamp.hmac;
	uint8_t *base = udp + DLO_UDP_HLEN;
	uint64_t old_sum = dlo_cksum_sum(base, l->len);
	struct dlo_hmac_state state;

	dlo_put64(base + l->timestamp, time);
	dlo_put16(base + l->error, error);
	dlo_hmac_begin(hmac, &state);
	dlo_hmac_add(&state, base, DLO_STAMP_HMAC);
	dlo_hmac_end(hmac, &state, base + DLO_STAMP_HMAC);
	if (!t->no_sum)
		dlo_udp_move_sum(udp, old_sum, dlo_cksum_sum(base, l->len));
}

static void
remember(const struct dlo_timed *t, const uint8_t *udp, uint64_t time)
{
	if (t->session == NULL)
		return;
	t->session->last_seq = dlo_get32(udp + DLO_UDP_HLEN);
	t->session->last_left = time;
	t->session->has_left = true;
}

/* The HMAC covers the time, so it comes after it: those still to be done make the frame wait. */
static uint64_t
depart_auth(const struct dlo_plan *plan, struct dlo_lane *lane, const struct dlo_timed *t,
	uint8_t *udp, uint16_t nb_auth)
{
	uint64_t time = dlo_stamp_time(plan, lane, rte_rdtsc());
	uint64_t error_ns = dlo_timed_error_ns(lane) +
		dlo_clock_span_ns(&lane->line, lane->auth_cycles * nb_auth);

	dlo_left_note(lane, time);
	depart_stamp_auth(plan, t, udp, time,
		dlo_clock_error_estimate(error_ns, lane->line.synced, plan->settings.stamp.ptp));
	return time;
}

static void
depart(const struct dlo_plan *plan, struct dlo_lane *lane, const struct dlo_timed *t,
	uint8_t *at, const struct departure *when)
{
	switch (t->kind) {
	case DLO_TIMED_DMR:
		dlo_put64(at + DMR_TX_TIME, when->ptp);
		break;
	case DLO_TIMED_STAMP:
		depart_stamp(t, at, when);
		remember(t, at, when->stamp);
		break;
	default:
		remember(t, at, depart_auth(plan, lane, t, at, when->nb_auth));
	}
}

/* What depart() reads and writes, in one piece. */
static void
depart_frame(const struct dlo_plan *plan, struct dlo_lane *lane, const struct dlo_timed *t,
	struct rte_mbuf *m, const struct departure *when)
{
	static const uint8_t lens[] = {
		[DLO_TIMED_STAMP] = DLO_UDP_HLEN + DLO_STAMP_BASE,
		[DLO_TIMED_STAMP_AUTH] = DLO_UDP_HLEN + DLO_STAMP_AUTH_BASE,
		[DLO_TIMED_DMR] = DMR_LEN,
	};
	struct dlo_packet p;
	uint8_t bytes[DLO_PIECES_MAX];
	const uint8_t *at;

	if (likely((uint32_t)t->off + lens[t->kind] <= rte_pktmbuf_data_len(m))) {
		depart(plan, lane, t, rte_pktmbuf_mtod_offset(m, uint8_t *, t->off), when);
		return;
	}
	p.m = m;
	p.head_len = 0;
	at = dlo_pieces_peek(&p, t->off, lens[t->kind], bytes);
	if (at != bytes)
		memcpy(bytes, at, lens[t->kind]);
	depart(plan, lane, t, bytes, when);
	dlo_pieces_poke(&p, t->off, bytes, lens[t->kind]);
}

void
dlo_answer_depart(const struct dlo_plan *plan, struct dlo_lane *lane,
	struct rte_mbuf *const *pkts, uint16_t nb_pkts)
{
	uint64_t start = rte_rdtsc();
	struct departure when = { .stamp = dlo_stamp_time(plan, lane, start) };
	uint16_t nb_auth, next = 0;

	when.stamp_sum = (when.stamp >> 48) + (when.stamp >> 32 & 0xffff) + (when.stamp >> 16 & 0xffff) +
		(when.stamp & 0xffff);
	when.ptp = dlo_clock_ptp(&lane->line, dlo_clock_ns(&lane->line, start));
	for (uint16_t i = 0; i < lane->nb_timed; i++)
		when.nb_auth += lane->timed[i].kind == DLO_TIMED_STAMP_AUTH;
	nb_auth = when.nb_auth;
	/* Nothing leaves with it: what is known shall not give way. */
	if (lane->nb_timed > 0)
		dlo_left_note(lane, when.stamp);
	for (uint16_t i = 0; i < lane->nb_timed; i++) {
		const struct dlo_timed *t = &lane->timed[i];
		uint16_t k = next;

		while (k < nb_pkts && pkts[k] != t->m)
			k++;
		/* A frame that could not leave after all was freed: nothing of it is looked at. */
		if (k < nb_pkts) {
			depart_frame(plan, lane, t, pkts[k], &when);
			next = k + 1;
		}
		when.nb_auth -= t->kind == DLO_TIMED_STAMP_AUTH;
	}
	if (nb_auth > 0)
		lane->auth_cycles = (rte_rdtsc() - start) / nb_auth;
	lane->nb_timed = 0;
}
