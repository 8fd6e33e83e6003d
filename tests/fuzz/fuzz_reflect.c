/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Fuzz target: the whole walk of one frame, from parser to reply.
 *
 * Input: six bytes of settings, then the frame.
 *   0  bits 0-1 mode, 2 guards, 3 link, 4-5 accept, 6 checksum left partial, 7 last segment shared
 *   1  length of the first segment, 0: one segment
 *   2  length of the second segment, 0: two segments
 *   3  bits 0-5 tailroom, 6-7 answers disabled: none, ARP, ND, ICMP
 *   4  bit 0 answers beyond their rate, 1 UDP echo serves low ports, 2 S-BFD out of service, 3 STAMP
 *      stateful, 4 authenticated (then the frame is sealed here first), 5 its TLVs are, 6 PTP format,
 *      7 senders that use its port are served, and OAM is for VLAN 5 alone
 *   5  bit 0 there are loopbacks, and the host is behind them, 1 a filter, 2 what it does not take is
 *      the host's, 3 loop guard, 4 there is a loop, 5 lo is carried, 6 the way to a station has a tag,
 *      7 the mbuf says that the frame is longer than its segments
 *
 * The frame then goes through every variant of the burst function, several times in one burst and
 * among others, and has to meet the same fate there.
 *
 * Segments are heap blocks of exact size, so a sanitizer sees every byte too far. What must hold
 * for any frame whatsoever is checked here; a broken promise ends the program.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>

#include "address/address.h"
#include "answer/stamp.h"
#include "fuzz.h"
#include "frame/cksum.h"
#include "frame/frame.h"
#include "mbufs.h"
#include "reflect/packet.h"
#include "reflect/probe.h"
#include "reflect/punt.h"
#include "reflect/reflect.h"

#define FRAME_MAX 9600
#define SETTINGS 6
#define GROWTH 64 /* most that a reply is longer than its request: padding, an option */

#define CHECK(what)                                                                                \
	do {                                                                                       \
		if (!(what)) {                                                                     \
			fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #what);   \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

#define STAMP_PORT 862
#define OAM_LEVEL 3

#define PROBE_ID 77
#define PROBE_NONCE 0x1234
#define LOOPBACK 3

static const uint8_t our_mac[6] = { 0x02, 0xd1, 0, 0, 0, 0xff };
static const uint8_t host_mac[6] = { 0x02, 0xd1, 0, 0, 0, 0xee };

struct bytes {
	uint32_t len;
	uint8_t b[FRAME_MAX + GROWTH];
};

enum whose {
	WHOSE_PORT, /* no loopbacks */
	WHOSE_LOOPBACKS, /* as ports have them */
	WHOSE_HOST_LOOPBACKS, /* as the link has them */
	WHOSE_MAX
};

static const struct dlo_addr_table *
addresses(enum whose whose)
{
	static struct dlo_addr_table *tables[WHOSE_MAX];
	const uint16_t loopback = whose == WHOSE_LOOPBACKS ? DLO_OWNER_LOOPBACK + LOOPBACK :
							     DLO_OWNER_HOST_LOOPBACK;
	struct dlo_addr_rule rules[] = {
		{ .owner = DLO_OWNER_PORT },
		{ .owner = DLO_OWNER_HOST },
		{ .owner = DLO_OWNER_PORT },
		{ .owner = DLO_OWNER_HOST },
		{ .owner = loopback },
		{ .owner = loopback },
	};
	static const char *const prefixes[] = { "198.18.0.1/15", "198.18.0.1", "2001:2::1/48",
		"2001:2::1", "198.51.100.7", "2001:db8::7" };

	if (tables[whose] == NULL) {
		for (unsigned int i = 0; i < 6; i++)
			CHECK(dlo_prefix_parse(prefixes[i], &rules[i].prefix) == 0);
		tables[whose] = dlo_addr_table_create(rules, whose == WHOSE_PORT ? 4 : 6);
		CHECK(tables[whose] != NULL);
	}
	return tables[whose];
}

/* Takes frames by two of their bytes, whole words of which vectors have to find in a run. */
static bool
filter_match(const void *ctx, const struct rte_mbuf *m)
{
	uint8_t bytes[36];
	const uint8_t *b = rte_pktmbuf_read(m, 0, sizeof(bytes), bytes);

	(void)ctx;
	return b != NULL && (b[12] == 0x08 || b[23] == 17 || (b[35] & 1) == 0);
}

static bool
filter_trace(const void *ctx, const uint8_t *data, uint32_t len, uint8_t mask[DLO_FILTER_REACH])
{
	(void)ctx;
	memset(mask, 0, DLO_FILTER_REACH);
	if (len < 36)
		return false;
	mask[12] = 0xff;
	if (data[12] == 0x08)
		return true;
	mask[23] = 0xff;
	if (data[23] == 17)
		return true;
	mask[35] = 0xff;
	return (data[35] & 1) == 0;
}

static const struct dlo_hmac *
key(void)
{
	static struct dlo_hmac hmac;
	static bool made;

	if (!made)
		CHECK(dlo_hmac_init(&hmac, (const uint8_t *)"a key", 5));
	made = true;
	return &hmac;
}

static void
make_timed(uint8_t bits, struct dlo_answer_settings *ret)
{
	static struct dlo_clock clock;
	struct dlo_clock_line line = { .ns = 1, .slope = UINT64_C(10) << 32 };

	dlo_clock_write(&clock, &line);
	ret->timed = true;
	ret->clock = &clock;
	ret->stamp.port = STAMP_PORT;
	ret->stamp.stateful = (bits & 8) != 0;
	ret->stamp.authenticated = (bits & 16) != 0;
	ret->stamp.tlv_hmac = (bits & (16 | 32)) != 0;
	ret->stamp.ptp = (bits & 64) != 0;
	ret->stamp.same_port = (bits & 128) != 0;
	ret->stamp.hmac = *key();
	ret->oam.on = true;
	ret->oam.level = OAM_LEVEL;
	ret->oam.mep = 9;
	ret->oam.vlan = (bits & 128) != 0 ? 5 : 0;
}

static void
digest(const uint8_t *bytes, uint32_t len, uint8_t ret[DLO_HMAC_LEN])
{
	struct dlo_hmac_state state;

	dlo_hmac_begin(key(), &state);
	dlo_hmac_add(&state, bytes, len);
	dlo_hmac_end(key(), &state, ret);
}

/* No mutation finds a digest: an authenticated packet gets its own, and a sum to go with it. */
static void
seal(struct bytes *f)
{
	struct dlo_frame frame;
	uint8_t *udp, *ip;
	uint32_t len;
	uint16_t cksum;

	dlo_frame_parse(f->b, f->len, &frame);
	if (frame.fault != DLO_FAULT_NONE || frame.l4 != DLO_L4_PORTS ||
		frame.proto != DLO_PROTO_UDP || frame.l3_end - frame.l4_off < 8 + 112)
		return;
	ip = f->b + frame.l3_off;
	udp = f->b + frame.l4_off;
	len = frame.l3_end - frame.l4_off;
	if (dlo_get16(udp + 2) != STAMP_PORT)
		return;
	digest(udp + 8, 96, udp + 8 + 96);
	dlo_put16(udp + DLO_UDP_CKSUM, 0);
	cksum = ~dlo_cksum_fold(dlo_cksum_sum(udp, len) + (frame.l3 == DLO_L3_IPV4 ?
		dlo_cksum_pseudo4(ip, DLO_PROTO_UDP, len) : dlo_cksum_pseudo6(ip, DLO_PROTO_UDP, len)));
	dlo_put16(udp + DLO_UDP_CKSUM, cksum == 0 ? 0xffff : cksum);
}

/* What stands between answers and reflection. */
static void
make_ways(uint8_t bits, struct dlo_plan *ret)
{
	static struct dlo_loop_guard guard = { .id = PROBE_ID, .nonces = { PROBE_NONCE } };

	ret->addresses = addresses(WHOSE_PORT);
	if ((bits & 1) != 0) {
		ret->punt = !ret->link;
		ret->forward = ret->link;
		ret->addresses = addresses(ret->link ? WHOSE_HOST_LOOPBACKS : WHOSE_LOOPBACKS);
	}
	if ((bits & 2) != 0) {
		ret->filter.match = filter_match;
		ret->filter.trace = filter_trace;
		ret->filter.serial = 1;
	}
	ret->unmatched_punt = !ret->link && (bits & 4) != 0;
	if ((bits & 8) != 0)
		ret->loop_guard = &guard;
	ret->loop_stop = (bits & 16) != 0;
	ret->carry = ret->link && (bits & 32) != 0;
	memcpy(ret->punt_dst.addr_bytes, host_mac, sizeof(host_mac));
	memcpy(ret->punt_src.addr_bytes, our_mac, sizeof(our_mac));
}

static void
make_plan(const uint8_t *settings, struct dlo_plan *ret)
{
	unsigned int without = settings[3] >> 6;

	memset(ret, 0, sizeof(*ret));
	ret->mode = settings[0] & 3;
	ret->guards = (settings[0] & 4) != 0;
	ret->link = (settings[0] & 8) != 0;
	ret->accept = (settings[0] >> 4 & 3) % DLO_ACCEPT_MAX;
	ret->answers = without == 0 ? UINT32_MAX : ~(UINT32_C(1) << (without - 1));
	memcpy(ret->mac.addr_bytes, our_mac, sizeof(our_mac));
	memcpy(ret->own_macs[0].addr_bytes, our_mac, sizeof(our_mac));
	ret->nb_own_macs = 1;
	make_ways(settings[5], ret);
	/* Whoever is near us may ask. */
	ret->settings.allowed = ret->addresses;
	ret->settings.udp_echo.port = 7;
	ret->settings.sbfd.discriminator = 7;
	ret->settings.sbfd.min_rx_us = 9;
	ret->settings.sbfd.echo = true;
	ret->settings.sbfd.admin_down = (settings[4] & 4) != 0;
	ret->settings.udp_echo.low_ports = (settings[4] & 2) != 0;
	make_timed(settings[4], &ret->settings);
	if ((settings[4] & 1) != 0)
		ret->settings.rate = (struct dlo_rate){ .cost = 2, .full = 1 };
	dlo_plan_choose_burst(ret);
}

static struct rte_mbuf *
make_mbuf(const uint8_t *settings, const struct bytes *f, bool split)
{
	uint32_t lens[2] = { settings[1], settings[2] };
	unsigned int nb = !split || lens[0] == 0 ? 0 : lens[1] == 0 ? 1 : 2;
	struct rte_mbuf *m = mbuf_chain(f->b, f->len, lens, nb, settings[3] & 63);

	m->ol_flags = settings[0] & 64 ? RTE_MBUF_F_RX_L4_CKSUM_NONE : RTE_MBUF_F_RX_RSS_HASH;
	if (settings[5] & 128)
		m->pkt_len++;
	if (settings[0] & 128)
		rte_mbuf_refcnt_set(rte_pktmbuf_lastseg(m), 2);
	return m;
}

/* Counters of other CPUs than x86 stand still for a while. */
static void
tick(void)
{
	uint64_t now = rte_rdtsc();

	while (rte_rdtsc() == now)
		;
}

static bool
is_handed_over(enum dlo_verdict v)
{
	return v == DLO_PUNTED || v == DLO_FORWARDED;
}

static enum dlo_verdict
run(const struct dlo_plan *plan, struct rte_mbuf *m, struct bytes *ret)
{
	struct rte_mbuf *pkts[1] = { m };
	uint32_t arrived = m->pkt_len;
	uint8_t nb_segs = m->nb_segs;
	void *data = rte_pktmbuf_mtod(m, void *);
	const struct rte_mbuf *last = rte_pktmbuf_lastseg(m);
	uint32_t shared_len = rte_mbuf_refcnt_read(last) > 1 ? last->data_len : 0;
	static uint8_t shared[FRAME_MAX];
	struct dlo_lane lane = { .now = 1 };
	struct dlo_burst burst;

	memcpy(shared, rte_pktmbuf_mtod(last, void *), shared_len);
	lane.sessions = dlo_sessions_create(DLO_SESSION_WAYS, 1, 1);
	CHECK(lane.sessions != NULL);
	dlo_lane_arrive(&lane, rte_rdtsc(), 0);
	dlo_reflect_burst(plan, &lane, pkts, 1, &burst);
	CHECK(lane.nb_timed == 0 || dlo_verdict_is_answer(burst.verdict[0]));
	tick();
	dlo_answer_depart(plan, &lane, pkts, burst.nb_back);
	dlo_sessions_free(lane.sessions);
	CHECK(pkts[0] == m && m->nb_segs == nb_segs && rte_pktmbuf_mtod(m, void *) == data);
	CHECK(burst.verdict[0] < DLO_VERDICT_MAX);
	CHECK(burst.nb_punt == is_handed_over(burst.verdict[0]));
	CHECK(burst.nb_back + burst.nb_punt == !dlo_verdict_is_drop(burst.verdict[0]));
	CHECK(burst.rx_bytes == arrived);
	CHECK(plan->settings.rate.cost == 0 || !dlo_verdict_is_answer(burst.verdict[0]));
	CHECK(memcmp(shared, rte_pktmbuf_mtod(last, void *), shared_len) == 0);
	CHECK(shared_len == 0 || shared_len == last->data_len);
	ret->len = mbuf_bytes(m, ret->b, sizeof(ret->b));
	CHECK(ret->len == m->pkt_len || burst.verdict[0] == DLO_DROP_TRUNCATED);
	return burst.verdict[0];
}

/* A loop probe has lost one of its lives, and is else as it was. */
static void
give_life_back(const struct bytes *was, struct bytes *b)
{
	struct dlo_frame f;
	uint32_t lives;

	dlo_frame_parse(b->b, b->len, &f);
	lives = f.l3_off + 9;
	if (f.ether_type == DLO_TYPE_PROBE && lives < b->len && was->b[lives] == b->b[lives] + 1)
		b->b[lives]++;
}

/* Only fields changed places: twice round is where it started, and no sum has changed. */
static void
check_reflected(const uint8_t *settings, const struct dlo_plan *plan, const struct bytes *in,
	struct bytes *out)
{
	struct dlo_plan again = *plan;
	uint8_t plain[SETTINGS] = { settings[0] & 0x7f };
	struct bytes back;
	struct rte_mbuf *m;

	CHECK(out->len == in->len);
	give_life_back(in, out);
	CHECK(dlo_cksum_fold(dlo_cksum_sum(in->b, in->len)) ==
		dlo_cksum_fold(dlo_cksum_sum(out->b, out->len)));
	if (plan->mode == DLO_MODE_WIRE)
		CHECK(memcmp(in->b, out->b, in->len) == 0);
	if (plan->mode != DLO_MODE_WIRE && plan->guards)
		CHECK((out->b[6] & 1) == 0 && (out->b[0] & 1) == 0);
	again.guards = false;
	again.accept = DLO_ACCEPT_ANY;
	again.answers = 0;
	again.punt = false;
	again.forward = false;
	again.filter.match = NULL;
	again.loop_guard = NULL;
	again.loop_stop = false;
	m = make_mbuf(plain, out, false);
	CHECK(run(&again, m, &back) == DLO_REFLECTED);
	mbuf_free(m);
	give_life_back(out, &back);
	CHECK(back.len == in->len && memcmp(back.b, in->b, in->len) == 0);
}

/* Headed for who asked, from where he asked, with a sum that is right or as absent as his. */
static void
check_udp(const struct bytes *in, const struct bytes *out, const struct dlo_frame *f)
{
	const uint8_t *ip = out->b + f->l3_off, *udp = out->b + f->l4_off;
	const uint8_t *asked = in->b + f->l4_off;
	uint32_t len = f->l3_end - f->l4_off;
	uint64_t sum = dlo_cksum_sum(udp, len);

	CHECK(f->l4 == DLO_L4_PORTS && f->proto == DLO_PROTO_UDP);
	CHECK(dlo_get16(udp + DLO_UDP_LENGTH) == len);
	CHECK(dlo_get16(udp) == dlo_get16(asked + 2) && dlo_get16(udp + 2) == dlo_get16(asked));
	if (f->l3 == DLO_L3_IPV4)
		sum += dlo_cksum_pseudo4(ip, DLO_PROTO_UDP, len);
	else
		sum += dlo_cksum_pseudo6(ip, DLO_PROTO_UDP, len);
	if (dlo_get16(udp + DLO_UDP_CKSUM) == 0)
		CHECK(f->l3 == DLO_L3_IPV4 && dlo_get16(asked + DLO_UDP_CKSUM) == 0);
	else
		CHECK(dlo_cksum_fold(sum) == 0xffff);
}

/* RFC 8762 4.3: the sender's own, when it came and when it leaves, nothing else. */
static void
check_stamp(const struct dlo_plan *plan, const struct bytes *in, const struct bytes *out,
	const struct dlo_frame *f)
{
	bool auth = plan->settings.stamp.authenticated;
	const struct dlo_stamp_layout *l = &dlo_stamp_layouts[auth];
	const uint8_t *base = out->b + f->l4_off + 8, *asked = in->b + f->l4_off + 8;
	uint8_t want[DLO_HMAC_LEN];

	check_udp(in, out, f);
	CHECK(f->l3_end >= f->l4_off + 8u + l->len);
	CHECK(out->len <= in->len || (!auth && f->l3_end == f->l4_off + 8u + l->len));
	CHECK(out->b[f->l3_off + (f->l3 == DLO_L3_IPV4 ? DLO_IPV4_TTL : DLO_IPV6_HOPS)] == 255);
	CHECK(memcmp(base + l->sender_seq, asked, 4) == 0);
	CHECK(memcmp(base + l->sender_timestamp, asked + l->timestamp, 8) == 0);
	CHECK(memcmp(base + l->received, base + l->timestamp, 8) < 0);
	CHECK((base[l->error] & 0x80) == 0 && base[l->error + 1] != 0);
	CHECK(((base[l->error] & 0x40) != 0) == plan->settings.stamp.ptp);
	if (auth) {
		digest(base, 96, want);
		CHECK(memcmp(base + 96, want, sizeof(want)) == 0);
	}
}

static void
check_oam(const struct bytes *in, const struct bytes *out, const struct dlo_frame *f)
{
	const uint8_t *asked = in->b + f->l3_off, *said = out->b + f->l3_off;

	CHECK(out->len == in->len && f->ether_type == DLO_TYPE_CFM);
	CHECK(said[0] == asked[0] && said[0] >> 5 == OAM_LEVEL && said[1] == asked[1] - 1);
	CHECK(memcmp(said + 2, asked + 2, 2) == 0);
	if (said[1] == 46)
		CHECK(memcmp(said + 12, said + 20, 8) < 0);
	else if (said[1] == 2)
		CHECK(memcmp(said + 4, asked + 4, out->len - f->l3_off - 4) == 0);
}

/* Two runs, two moments: what tells them is not compared. */
static void
forget_times(const struct dlo_plan *plan, enum dlo_verdict v, struct bytes *b)
{
	const struct dlo_stamp_layout *l = &dlo_stamp_layouts[plan->settings.stamp.authenticated];
	struct dlo_frame f;
	uint8_t *base;

	dlo_frame_parse(b->b, b->len, &f);
	if (v == DLO_ANSWERED_OAM && b->b[f.l3_off + 1] == 46) {
		memset(b->b + f.l3_off + 12, 0, 16);
	} else if (v == DLO_ANSWERED_STAMP) {
		base = b->b + f.l4_off + 8;
		memset(b->b + f.l4_off + DLO_UDP_CKSUM, 0, 2);
		memset(base + l->timestamp, 0, 10);
		memset(base + l->received, 0, 8);
		if (plan->settings.stamp.authenticated)
			memset(base + 96, 0, DLO_HMAC_LEN);
	}
}

static void
check_answered(const struct dlo_plan *plan, const struct bytes *in, const struct bytes *out,
	enum dlo_verdict v)
{
	static const uint8_t all_nodes[6] = { 0x33, 0x33, 0, 0, 0, 1 };
	struct dlo_frame f;

	dlo_frame_parse(out->b, out->len, &f);
	CHECK(f.fault == DLO_FAULT_NONE);
	CHECK(memcmp(out->b + 6, our_mac, 6) == 0);
	CHECK(memcmp(out->b, in->b + 6, 6) == 0 ||
		(v == DLO_ANSWERED_ND && memcmp(out->b, all_nodes, 6) == 0));
	if (v == DLO_ANSWERED_ARP) {
		CHECK(f.l3 == DLO_L3_ARP && out->b[f.l3_off + DLO_ARP_OP + 1] == DLO_ARP_REPLY);
		CHECK(out->len <= in->len || out->len == DLO_ETHER_MIN);
	} else if (v == DLO_ANSWERED_ND) {
		CHECK(f.l4 == DLO_L4_ICMPV6 && out->b[f.l4_off] == DLO_ICMPV6_NA);
		CHECK(out->b[f.l3_off + DLO_IPV6_HOPS] == 255);
		CHECK(out->len <= in->len + 8);
	} else if (v == DLO_ANSWERED_SBFD && dlo_get16(out->b + f.l4_off + 2) == 3785) {
		/* Forwarded: the addresses stay, and it has one hop less. */
		CHECK(memcmp(out->b + f.l4_off, in->b + f.l4_off, 6) == 0);
		CHECK(out->b[f.l3_off + (f.l3 == DLO_L3_IPV4 ? DLO_IPV4_TTL : DLO_IPV6_HOPS)] == 254);
		return;
	} else if (v == DLO_ANSWERED_SBFD) {
		check_udp(in, out, &f);
		CHECK(out->len <= in->len && f.l3_end - f.l4_off == 32);
		CHECK((out->b[f.l4_off + 9] & 2) == 0);
	} else if (v == DLO_ANSWERED_STAMP) {
		check_stamp(plan, in, out, &f);
		return;
	} else if (v == DLO_ANSWERED_OAM) {
		check_oam(in, out, &f);
		return;
	} else if (v == DLO_ANSWERED_UDP_ECHO) {
		check_udp(in, out, &f);
		CHECK(out->len <= in->len);
		CHECK(memcmp(out->b + f.l4_off + 8, in->b + f.l4_off + 8,
			f.l3_end - f.l4_off - 8) == 0);
	} else {
		CHECK(f.l4 == DLO_L4_ICMP ? out->b[f.l4_off] == DLO_ICMP_ECHO_REPLY :
			out->b[f.l4_off] == DLO_ICMPV6_ECHO_REPLY);
		CHECK(out->len <= in->len);
	}
	if (f.l3 == DLO_L3_IPV4) {
		const uint8_t *ip = out->b + f.l3_off;

		CHECK(dlo_cksum_fold(dlo_cksum_sum(ip, (ip[0] & 15) * 4u)) == 0xffff);
		if (f.l4 == DLO_L4_ICMP)
			CHECK(dlo_cksum_fold(dlo_cksum_sum(out->b + f.l4_off,
				f.l3_end - f.l4_off)) == 0xffff);
	} else if (f.l3 == DLO_L3_IPV6) {
		uint32_t len = f.l3_end - f.l4_off;

		CHECK(dlo_cksum_fold(dlo_cksum_sum(out->b + f.l4_off, len) +
			dlo_cksum_pseudo6(out->b + f.l3_off, f.proto, len)) == 0xffff);
	}
}

/* To a station, by way of a port: its MAC, what tags it has, and what stood behind the old ones. */
static void
check_forwarded(struct rte_mbuf *m, const struct dlo_station *hop, const struct bytes *in,
	uint32_t from)
{
	static const struct rte_ether_addr src = { { 0x02, 0xd1, 0, 0, 0, 0xff } };
	uint32_t tags = hop->nb_tags * 4u, len = in->len - from + 12 + tags;
	static struct bytes before, out;
	enum dlo_verdict v;

	before.len = mbuf_bytes(m, before.b, sizeof(before.b));
	v = dlo_forward(m, &src, hop, FRAME_MAX);
	out.len = mbuf_bytes(m, out.b, sizeof(out.b));
	CHECK(out.len == m->pkt_len);
	if (v != DLO_FORWARDED) {
		CHECK(v == DLO_DROP_SHARED || v == DLO_DROP_TOO_BIG);
		CHECK(out.len == before.len && memcmp(out.b, before.b, out.len) == 0);
		return;
	}
	CHECK(out.len == len || (out.len > len && out.len == DLO_ETHER_MIN));
	CHECK(memcmp(out.b, hop->mac.addr_bytes, 6) == 0 && memcmp(out.b + 6, our_mac, 6) == 0);
	CHECK(memcmp(out.b + 12, hop->tags, tags) == 0);
	CHECK(memcmp(out.b + 12 + tags, in->b + from, in->len - from) == 0);
	for (uint32_t i = len; i < out.len; i++)
		CHECK(out.b[i] == 0);
	CHECK((m->ol_flags & ~(RTE_MBUF_F_INDIRECT | RTE_MBUF_F_EXTERNAL)) == 0);
}

/* To the host: nothing but its Ethernet header is new. A loopback's peer is known by it, and is sent a
 * frame back the same way. */
static void
check_punted(const struct dlo_plan *plan, struct rte_mbuf *m, const struct bytes *in)
{
	static const uint8_t nobody[6];
	struct dlo_station from;
	static struct bytes out;
	uint16_t loopback;
	enum dlo_verdict v = dlo_punt(plan, m, &from, &loopback);
	uint32_t behind = 12;

	out.len = mbuf_bytes(m, out.b, sizeof(out.b));
	CHECK(out.len == m->pkt_len);
	if (v != DLO_PUNTED) {
		CHECK(v == DLO_DROP_SHARED || v == DLO_DROP_TOO_BIG);
		CHECK(out.len == in->len && memcmp(out.b, in->b, in->len) == 0);
		return;
	}
	CHECK(memcmp(out.b, nobody, 6) != 0);
	CHECK((m->ol_flags & ~(RTE_MBUF_F_INDIRECT | RTE_MBUF_F_EXTERNAL)) == 0);
	if (loopback == DLO_PUNT_NO_LOOPBACK) {
		CHECK(out.len == in->len && memcmp(out.b + 6, in->b + 6, in->len - 6) == 0);
		CHECK(memcmp(out.b, memcmp(in->b, our_mac, 6) == 0 ? host_mac : in->b, 6) == 0);
		return;
	}
	behind += from.nb_tags * 4u;
	CHECK(loopback == LOOPBACK && (from.family == 4 || from.family == 6));
	CHECK(out.len == in->len - from.nb_tags * 4u);
	CHECK(memcmp(out.b, host_mac, 6) == 0 && memcmp(out.b + 6, our_mac, 6) == 0);
	CHECK(memcmp(out.b + 12, in->b + behind, in->len - behind) == 0);
	CHECK(memcmp(from.mac.addr_bytes, in->b + 6, 6) == 0 && (in->b[6] & 1) == 0);
	check_forwarded(m, &from, in, behind);
}

static void
check_handed_over(const uint8_t *settings, const struct dlo_plan *plan, struct rte_mbuf *m,
	const struct bytes *in, const struct bytes *out, enum dlo_verdict v)
{
	struct dlo_station who;

	CHECK(out->len == in->len && memcmp(out->b, in->b, in->len) == 0);
	CHECK(plan->link == (v == DLO_FORWARDED));
	if (v == DLO_PUNTED) {
		check_punted(plan, m, in);
		return;
	}
	v = dlo_forward_dst(m, &who);
	CHECK(v == DLO_FORWARDED || v == DLO_DROP_TOO_BIG);
	if (v != DLO_FORWARDED)
		return;
	CHECK(memcmp(who.addr, in->b + 14 + (who.family == 4 ? 16 : 24), who.family == 4 ? 4 : 16) == 0);
	memcpy(who.mac.addr_bytes, "\2abcde", 6);
	if ((settings[5] & 64) != 0) {
		who.nb_tags = 1;
		memcpy(who.tags, "\x81\0\0\5", 4);
	}
	check_forwarded(m, &who, in, 12);
}

/* Ordinary frames of other kinds: UDP over IPv4, TCP over IPv6 with a tag. */
static const struct bytes neighbours[] = {
	{ 60,
		{ 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0, 0, 46, 0, 0, 0x40, 0, 64, 17,
			[26] = 192, 0, 2, 1, 198, 51, 100, 2, 4, 0, 5, 0, 0, 26 } },
	{ 78,
		{ 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x81, 0, 0, 7, 0x86, 0xdd, 0x60, 0, 0, 0, 0, 20,
			6, 64, 0x20, 1, [41] = 1, 0x20, 2, [57] = 2, 4, 0, 5, 0, [70] = 0x50 } },
};

#define CROWD 24

/*
 * Copies of the input where bit i of the pattern is set, neighbours elsewhere: the input in runs of
 * its like, alone, at both ends. Without a limit on answers, or copies would differ.
 */
static void
check_variant(const struct dlo_plan *plan, struct dlo_lane *lane, const uint8_t *settings,
	const struct bytes *in, enum dlo_verdict v, const struct bytes *out, uint32_t pattern)
{
	static struct bytes got;
	struct rte_mbuf *made[CROWD], *pkts[CROWD];
	struct dlo_burst burst;

	for (unsigned int i = 0; i < CROWD; i++) {
		made[i] = make_mbuf(settings, pattern >> i & 1 ? in : &neighbours[i % 2], false);
		pkts[i] = made[i];
	}
	dlo_reflect_burst(plan, lane, pkts, CROWD, &burst);
	for (unsigned int i = 0; i < CROWD; i++) {
		unsigned int at = 0;

		while (pkts[i] != made[at])
			CHECK(++at < CROWD);
		if ((pattern >> at & 1) == 0)
			continue;
		CHECK(burst.verdict[i] == v);
		got.len = mbuf_bytes(pkts[i], got.b, sizeof(got.b));
		CHECK(got.len == out->len && memcmp(got.b, out->b, out->len) == 0);
	}
	for (unsigned int i = 0; i < CROWD; i++)
		mbuf_free(made[i]);
}

static void
check_variants(const uint8_t *settings, const struct bytes *in)
{
	static const uint32_t patterns[] = { 0xffffff, 0x00014c, 0xffffff };
	static struct bytes out;
	struct dlo_plan plan;
	struct rte_mbuf *m;
	enum dlo_verdict v;
	const char *name;

	make_plan(settings, &plan);
	plan.settings.rate = (struct dlo_rate){ 0 };
	/* Answers that tell the time are never the same twice. */
	plan.settings.timed = false;
	plan.settings.stamp.port = 0;
	plan.settings.oam.on = false;
	CHECK(dlo_plan_use_variant(&plan, "scalar") == 0);
	m = make_mbuf(settings, in, false);
	v = run(&plan, m, &out);
	mbuf_free(m);
	for (unsigned int i = 0; (name = dlo_variant_name(i)) != NULL; i++) {
		struct dlo_lane lane = { .now = 1 };

		if (dlo_plan_use_variant(&plan, name) != 0)
			continue;
		/* With one lane: from the second burst on the frames are of kinds that are known. */
		for (unsigned int j = 0; j < sizeof(patterns) / sizeof(patterns[0]); j++)
			check_variant(&plan, &lane, settings, in, v, &out, patterns[j]);
	}
}

static enum dlo_verdict
run_once(const struct dlo_plan *plan, struct rte_mbuf *m, struct bytes *ret)
{
	struct dlo_lane lane = { .now = 1, .sessions = dlo_sessions_create(DLO_SESSION_WAYS, 1, 1) };
	struct dlo_burst burst;

	CHECK(lane.sessions != NULL);
	dlo_lane_arrive(&lane, rte_rdtsc(), 0);
	dlo_reflect_burst(plan, &lane, &m, 1, &burst);
	tick();
	dlo_answer_depart(plan, &lane, &m, burst.nb_back);
	dlo_sessions_free(lane.sessions);
	ret->len = mbuf_bytes(m, ret->b, sizeof(ret->b));
	return burst.verdict[0];
}

/* A NIC may have taken the tags out of the frame: it is the same frame all the same. */
static void
check_stripped(const uint8_t *settings, const struct bytes *in)
{
	static struct bytes tagged, stripped;
	struct dlo_plan plan;
	struct rte_mbuf *m;
	enum dlo_verdict v;

	/* Most frames have none, and a look is cheaper than an mbuf. */
	if (in->len < 16 || (dlo_get16(in->b + 12) != 0x8100 && dlo_get16(in->b + 12) != 0x88a8))
		return;
	make_plan(settings, &plan);
	plan.restore_tags = true;
	m = make_mbuf(settings, in, false);
	rte_mbuf_refcnt_set(m, 1);
	CHECK(mbuf_strip_tags(m) > 0);
	v = run_once(&plan, m, &stripped);
	CHECK((m->ol_flags & (RTE_MBUF_F_RX_VLAN_STRIPPED | RTE_MBUF_F_RX_QINQ_STRIPPED)) == 0);
	mbuf_free(m);
	m = make_mbuf(settings, in, false);
	rte_mbuf_refcnt_set(m, 1);
	CHECK(run_once(&plan, m, &tagged) == v);
	mbuf_free(m);
	forget_times(&plan, v, &tagged);
	forget_times(&plan, v, &stripped);
	CHECK(tagged.len == stripped.len && memcmp(tagged.b, stripped.b, tagged.len) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct bytes in, out, turned, whole;
	struct dlo_plan plan;
	struct rte_mbuf *m;
	enum dlo_verdict v, v_whole;

	if (size < SETTINGS || size > SETTINGS + FRAME_MAX)
		return 0;
	in.len = size - SETTINGS;
	memcpy(in.b, data + SETTINGS, in.len);
	make_plan(data, &plan);
	if (plan.settings.stamp.authenticated)
		seal(&in);

	m = make_mbuf(data, &in, true);
	v = run(&plan, m, &out);
	turned.len = out.len;
	memcpy(turned.b, out.b, out.len);
	CHECK((data[5] & 128) == 0 || v == DLO_DROP_TRUNCATED);
	if (dlo_verdict_is_drop(v))
		CHECK(out.len == in.len && memcmp(out.b, in.b, in.len) == 0);
	else if (v == DLO_REFLECTED)
		check_reflected(data, &plan, &in, &turned);
	else if (is_handed_over(v))
		check_handed_over(data, &plan, m, &in, &out, v);
	else
		check_answered(&plan, &in, &out, v);
	if (!dlo_verdict_is_drop(v) && !is_handed_over(v) && !(plan.link && v == DLO_REFLECTED) &&
		rte_mbuf_refcnt_read(m) == 1)
		CHECK((m->ol_flags & ~(RTE_MBUF_F_INDIRECT | RTE_MBUF_F_EXTERNAL)) == 0);
	mbuf_free(m);

	/* In one piece it is the same story, but for who shares what and for where room is. */
	m = make_mbuf(data, &in, false);
	v_whole = run(&plan, m, &whole);
	mbuf_free(m);
	if (v != DLO_DROP_SHARED && v_whole != DLO_DROP_SHARED) {
		uint32_t len = out.len < whole.len ? out.len : whole.len;

		CHECK(v == v_whole);
		forget_times(&plan, v, &out);
		forget_times(&plan, v, &whole);
		CHECK(memcmp(out.b, whole.b, len) == 0);
	}
	check_variants(data, &in);
	check_stripped(data, &in);
	return 0;
}
