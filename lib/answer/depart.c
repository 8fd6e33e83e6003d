/* SPDX-License-Identifier: BSD-3-Clause */
/* Timestamps: one clock for a burst, and the last word on answers that say when they leave. */
#include <assert.h>

#include <rte_cycles.h>

#include "answer/pieces.h"
#include "answer/stamp.h"
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

const struct dlo_clock_line *
dlo_timed_line(const struct dlo_plan *plan, struct dlo_lane *lane)
{
	/* Once a burst: what is calibrated between two readings cannot turn time back. */
	if (lane->line.slope == 0)
		dlo_clock_read(plan->settings.clock, &lane->line);
	return &lane->line;
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

/* The sum goes from old to new, see dlo_cksum_update16(); both are of whole words. */
static void
move_sum(uint8_t *udp, uint64_t old_sum, uint64_t new_sum)
{
	uint16_t cksum = ~dlo_cksum_fold((uint64_t)(uint16_t)~dlo_get16(udp + DLO_UDP_CKSUM) +
		(uint16_t)~dlo_cksum_fold(old_sum) + new_sum);

	dlo_put16(udp + DLO_UDP_CKSUM, cksum == 0 ? 0xffff : cksum);
}

/* Its fields were zero until now. */
static void
depart_stamp(const struct dlo_timed *t, uint8_t *udp, uint64_t time)
{
	uint8_t *field = udp + DLO_UDP_HLEN + dlo_stamp_layouts[0].timestamp;

	dlo_put64(field, time);
	if (!t->no_sum)
		move_sum(udp, 0, dlo_cksum_sum(field, 8));
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
		move_sum(udp, old_sum, dlo_cksum_sum(base, l->len));
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
static void
depart(const struct dlo_plan *plan, const struct dlo_lane *lane, const struct dlo_timed *t,
	uint8_t *at, uint64_t tsc, uint16_t nb_auth)
{
	uint64_t time, error_ns;

	if (t->kind == DLO_TIMED_DMR) {
		dlo_put64(at + DMR_TX_TIME, dlo_clock_ptp(&lane->line, dlo_clock_ns(&lane->line, tsc)));
		return;
	}
	time = dlo_stamp_time(plan, lane, tsc);
	if (t->kind == DLO_TIMED_STAMP) {
		depart_stamp(t, at, time);
	} else {
		error_ns = dlo_timed_error_ns(lane) +
			dlo_clock_span_ns(&lane->line, lane->auth_cycles * nb_auth);
		depart_stamp_auth(plan, t, at, time,
			dlo_clock_error_estimate(error_ns, lane->line.synced, plan->settings.stamp.ptp));
	}
	remember(t, at, time);
}

/* What depart() reads and writes, in one piece. */
static void
depart_frame(const struct dlo_plan *plan, const struct dlo_lane *lane, const struct dlo_timed *t,
	struct rte_mbuf *m, uint64_t tsc, uint16_t nb_auth)
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
		depart(plan, lane, t, rte_pktmbuf_mtod_offset(m, uint8_t *, t->off), tsc, nb_auth);
		return;
	}
	p.m = m;
	p.head_len = 0;
	at = dlo_pieces_peek(&p, t->off, lens[t->kind], bytes);
	if (at != bytes)
		memcpy(bytes, at, lens[t->kind]);
	depart(plan, lane, t, bytes, tsc, nb_auth);
	dlo_pieces_poke(&p, t->off, bytes, lens[t->kind]);
}

void
dlo_answer_depart(const struct dlo_plan *plan, struct dlo_lane *lane,
	struct rte_mbuf *const *pkts, uint16_t nb_pkts)
{
	uint64_t start = rte_rdtsc(), tsc = start;
	uint16_t nb_auth = 0, done_auth = 0, next = 0;

	for (uint16_t i = 0; i < lane->nb_timed; i++)
		nb_auth += lane->timed[i].kind == DLO_TIMED_STAMP_AUTH;
	for (uint16_t i = 0; i < lane->nb_timed; i++) {
		const struct dlo_timed *t = &lane->timed[i];
		uint16_t k = next;

		while (k < nb_pkts && pkts[k] != t->m)
			k++;
		/* A frame that could not leave after all was freed: nothing of it is looked at. */
		if (k == nb_pkts)
			continue;
		next = k + 1;
		if (t->kind == DLO_TIMED_STAMP_AUTH)
			tsc = rte_rdtsc();
		depart_frame(plan, lane, t, pkts[k], tsc, nb_auth - done_auth);
		done_auth += t->kind == DLO_TIMED_STAMP_AUTH;
	}
	if (done_auth > 0)
		lane->auth_cycles = (rte_rdtsc() - start) / done_auth;
	lane->nb_timed = 0;
}
