/* SPDX-License-Identifier: BSD-3-Clause */
/* STAMP reflector (RFC 8762) with extensions (RFC 8972), which TWAMP Light senders (RFC 5357) can use. */
#include "answer/stamp.h"

#include "answer/pieces.h"
#include "answer/udp.h"

/* RFC 5357 4.1.2: sequence number, timestamp, error estimate. Anything less is no test packet. */
#define TWAMP_REQUEST 14
#define TTL 255
#define ECN_MASK 0x03

const struct dlo_stamp_layout dlo_stamp_layouts[2] = {
	{
		.len = DLO_STAMP_BASE,
		.timestamp = 4,
		.error = 12,
		.received = 16,
		.sender_seq = 24,
		.sender_timestamp = 28,
		.sender_error = 36,
		.sender_ttl = 40,
	},
	{
		.len = DLO_STAMP_AUTH_BASE,
		.timestamp = 16,
		.error = 24,
		.received = 32,
		.sender_seq = 48,
		.sender_timestamp = 64,
		.sender_error = 72,
		.sender_ttl = 80,
	},
};

static inline const struct dlo_stamp_layout *
layout_of(const struct dlo_plan *plan)
{
	return &dlo_stamp_layouts[plan->settings.stamp.authenticated];
}

static bool
base_is_authentic(const struct dlo_plan *plan, const uint8_t *base)
{
	const struct dlo_hmac *hmac = &plan->settings.stamp.hmac;
	struct dlo_hmac_state state;
	uint8_t digest[DLO_HMAC_LEN];

	dlo_hmac_begin(hmac, &state);
	dlo_hmac_add(&state, base, DLO_STAMP_HMAC);
	dlo_hmac_end(hmac, &state, digest);
	return dlo_hmac_equal(digest, base + DLO_STAMP_HMAC);
}

enum dlo_verdict
dlo_stamp_decide(const struct dlo_plan *plan, struct dlo_packet *p)
{
	const struct dlo_frame *f = &p->frame;
	uint32_t off = (uint32_t)f->l4_off + DLO_UDP_HLEN;
	uint32_t len = f->l3_end - off, base = layout_of(plan)->len;
	uint16_t port = dlo_get16(p->head + f->l4_off);

	/* What a reflector sends is a request to the next one: a packet could go to and fro for ever. */
	if (dlo_udp_would_loop(plan, port) &&
		!(plan->settings.stamp.same_port && port == plan->settings.stamp.port))
		return DLO_DROP_SRC_PORT;
	if (len < TWAMP_REQUEST)
		return DLO_DROP_TRUNCATED;
	if (off + base > DLO_HEAD_MAX)
		return DLO_DROP_OPTIONS;
	if (plan->settings.stamp.authenticated &&
		(len < base || !base_is_authentic(plan, p->head + off)))
		return DLO_DROP_BAD_AUTH;
	/* Before anything is noted of it; and TLVs may lie anywhere. */
	if (p->m->nb_segs > 1 && dlo_pieces_are_shared(p))
		return DLO_DROP_SHARED;
	if (len >= base) {
		p->reply_len = dlo_answer_same_len(p);
		return DLO_ANSWERED_STAMP;
	}
	/* RFC 8762 4.6: a shorter request gets the base packet. */
	p->reply_len = dlo_packet_fit(p, off + base);
	return p->reply_len < off + base ? DLO_DROP_TOO_BIG : DLO_ANSWERED_STAMP;
}

/* RFC 8972 3: addresses, ports and SSID. */
static void
make_key(const struct dlo_packet *p, uint16_t ssid, struct dlo_session_key *ret)
{
	const uint8_t *ip = p->head + p->frame.l3_off;
	uint32_t ports;

	memset(ret, 0, sizeof(*ret));
	memcpy(&ports, p->head + p->frame.l4_off, sizeof(ports));
	ret->words[0] = (uint64_t)ports << 32 | (uint32_t)ssid << 8 | p->frame.l3;
	if (p->frame.l3 == DLO_L3_IPV4)
		memcpy(&ret->words[1], ip + DLO_IPV4_SRC, 8);
	else
		memcpy(&ret->words[1], ip + DLO_IPV6_SRC, 32);
}

/* RFC 8972 3. In a packet without that field there is TWAMP's padding, or nothing at all. */
static uint16_t
ssid_of(const struct dlo_plan *plan, const struct dlo_packet *p)
{
	const struct dlo_stamp_layout *layout = layout_of(plan);
	uint32_t off = (uint32_t)p->frame.l4_off + DLO_UDP_HLEN;

	return p->frame.l3_end - off < layout->len ? 0 : dlo_get16(p->head + off + layout->error + 2);
}

/*
 * The time at which a reply of ours left comes back where a reflector puts its sender's: it has taken
 * our reply for a request, and we would take its reply for one, for ever. Senders have zeroes or padding
 * there (RFC 8762 4.2.1), which is not looked at otherwise.
 */
static bool
is_reply_to_ours(const struct dlo_plan *plan, struct dlo_lane *lane, const struct dlo_packet *p)
{
	const struct dlo_stamp_layout *l = layout_of(plan);
	uint32_t off = (uint32_t)p->frame.l4_off + DLO_UDP_HLEN;

	return p->frame.l3_end - off >= l->len &&
		dlo_left_knows(lane, dlo_get64(p->head + off + l->sender_timestamp));
}

enum dlo_verdict
dlo_stamp_admit(const struct dlo_plan *plan, struct dlo_lane *lane, struct dlo_packet *p)
{
	struct dlo_session_key key;

	p->session = NULL;
	/* Without a lane nobody would write when it leaves. */
	if (lane == NULL || lane->nb_timed == DLO_TIMED_MAX)
		return DLO_DROP_NO_SESSION;
	if (is_reply_to_ours(plan, lane, p)) {
		__atomic_store_n(&lane->nb_stamp_loops, lane->nb_stamp_loops + 1, __ATOMIC_RELAXED);
		return DLO_DROP_LOOP;
	}
	if (!plan->settings.stamp.stateful)
		return DLO_ANSWERED_STAMP;
	if (lane->sessions == NULL)
		return DLO_DROP_NO_SESSION;
	make_key(p, ssid_of(plan, p), &key);
	p->session = dlo_sessions_get(lane->sessions, &key, lane->arrived);
	if (p->session == NULL)
		return DLO_DROP_NO_SESSION;
	return DLO_ANSWERED_STAMP;
}

static uint8_t
traffic_class(const struct dlo_packet *p)
{
	const uint8_t *ip = p->head + p->frame.l3_off;

	return p->frame.l3 == DLO_L3_IPV4 ? ip[1] : dlo_get16(ip) >> 4;
}

static void
set_traffic_class(struct dlo_packet *p, uint8_t class)
{
	uint8_t *ip = p->head + p->frame.l3_off;
	uint16_t old_word = dlo_get16(ip);

	if (p->frame.l3 == DLO_L3_IPV4) {
		ip[1] = class;
		dlo_put16(ip + DLO_IPV4_CKSUM, dlo_cksum_update16(dlo_get16(ip + DLO_IPV4_CKSUM),
			old_word, dlo_get16(ip)));
	} else {
		dlo_put16(ip, (old_word & 0xf00f) | class << 4);
	}
}

/*
 * RFC 8762 4.3.1, 4.3.2: from the sender's fields the reflector's; MBZ fields are zero. Compiled once
 * for each layout, so that every copy is of a known length from one known place to another.
 */
static __rte_always_inline void
write_base(const struct dlo_stamp *s, const struct dlo_lane *lane, uint16_t ssid, uint8_t ttl,
	const struct dlo_stamp_layout *l)
{
	uint8_t *base = s->p->head + s->off;
	uint8_t timestamp[8], error[2];

	memcpy(timestamp, base + l->timestamp, sizeof(timestamp));
	memcpy(error, base + l->error, sizeof(error));
	memset(base, 0, l->len);
	memcpy(base, s->seq, sizeof(s->seq));
	dlo_put16(base + l->error, lane->error);
	dlo_put16(base + l->error + 2, ssid);
	dlo_put64(base + l->received, lane->received);
	memcpy(base + l->sender_seq, s->sender_seq, sizeof(s->sender_seq));
	memcpy(base + l->sender_timestamp, timestamp, sizeof(timestamp));
	memcpy(base + l->sender_error, error, sizeof(error));
	base[l->sender_ttl] = ttl;
}

/*
 * What write_base() is going to change, by its values: bytes that were written one by one a moment ago
 * are slow to read in one go. The sender's fields only move, from one even place to another.
 */
static __rte_always_inline void
sum_base(struct dlo_stamp *s, const struct dlo_lane *lane, uint8_t ttl,
	const struct dlo_stamp_layout *l)
{
	const uint8_t *base = s->p->head + s->off;
	const uint32_t behind = l->error + 4;
	uint64_t t = lane->received;

	s->old_sum = dlo_cksum_sum(base + 4, l->timestamp - 4) +
		dlo_cksum_sum(base + behind, l->len - behind);
	s->new_sum = (uint64_t)dlo_get16(s->seq) + dlo_get16(s->seq + 2) + lane->error +
		(t >> 48) + (t >> 32 & 0xffff) + (t >> 16 & 0xffff) + (t & 0xffff) + (ttl << 8);
}

/* @sums: of what changes are wanted */
static void
turn_base(struct dlo_stamp *s, const struct dlo_lane *lane, uint16_t ssid, uint8_t ttl, bool sums)
{
	if (s->plan->settings.stamp.authenticated) {
		if (sums)
			sum_base(s, lane, ttl, &dlo_stamp_layouts[1]);
		write_base(s, lane, ssid, ttl, &dlo_stamp_layouts[1]);
	} else {
		if (sums)
			sum_base(s, lane, ttl, &dlo_stamp_layouts[0]);
		write_base(s, lane, ssid, ttl, &dlo_stamp_layouts[0]);
	}
}

/* RFC 8762 4.3.1: what we have sent in this session, or what the sender has. */
static void
choose_seq(struct dlo_stamp *s)
{
	struct dlo_session *session = s->p->session;

	memcpy(s->sender_seq, s->p->head + s->off, sizeof(s->sender_seq));
	memcpy(s->seq, s->sender_seq, sizeof(s->seq));
	if (session == NULL)
		return;
	session->received++;
	dlo_put32(s->seq, session->sent++);
}

void
dlo_stamp_write(const struct dlo_plan *plan, struct dlo_lane *lane, struct dlo_packet *p)
{
	struct dlo_frame *f = &p->frame;
	const uint8_t *ip = p->head + f->l3_off;
	bool no_sum = dlo_get16(p->head + f->l4_off + DLO_UDP_CKSUM) == 0 &&
		!dlo_packet_l4_sum_is_partial(p);
	bool authenticated = plan->settings.stamp.authenticated, whole;
	uint8_t ttl = ip[f->l3 == DLO_L3_IPV4 ? DLO_IPV4_TTL : DLO_IPV6_HOPS];
	struct dlo_stamp s = {
		.plan = plan,
		.p = p,
		.off = (uint32_t)f->l4_off + DLO_UDP_HLEN,
		.tlvs = (uint32_t)f->l4_off + DLO_UDP_HLEN + layout_of(plan)->len,
		.traffic_class = traffic_class(p),
		.synced = dlo_timed_line(plan, lane)->synced,
	};

	/* What a router says about congestion on the way here is not true of the way back. */
	s.reply_class = s.traffic_class & ~ECN_MASK;
	choose_seq(&s);
	/* Where the reply is longer there is nothing to go by. */
	whole = f->l3_end < s.tlvs || dlo_packet_l4_sum_is_partial(p);
	turn_base(&s, lane, ssid_of(plan, p), ttl, !whole);
	if (f->l3_end > s.tlvs)
		dlo_stamp_tlvs(&s);
	dlo_udp_turn(p, TTL);
	if (s.reply_class != s.traffic_class)
		set_traffic_class(p, s.reply_class);
	if (f->l3_end < s.tlvs) {
		dlo_udp_set_end(p, s.tlvs);
		if (p->head_len < s.tlvs)
			p->head_len = s.tlvs;
	}
	if (!no_sum && whole)
		dlo_udp_finish_sum(p);
	else if (!no_sum)
		dlo_udp_move_sum(p->head + f->l4_off, s.old_sum, s.new_sum);
	dlo_answer_pad(p, f->l3_end);
	dlo_timed_add(lane, p, f->l4_off, authenticated ? DLO_TIMED_STAMP_AUTH : DLO_TIMED_STAMP,
		no_sum);
}
