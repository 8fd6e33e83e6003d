/* SPDX-License-Identifier: BSD-3-Clause */
#include "frames.h"

#include <stdlib.h>

#include <arpa/inet.h>

#include "address/address.h"
#include "frame/cksum.h"
#include "frame/frame.h"

void
put16(uint8_t *p, uint16_t v)
{
	p[0] = v >> 8;
	p[1] = v;
}

uint16_t
get16(const uint8_t *p)
{
	return p[0] << 8 | p[1];
}

void
put48(uint8_t *p, uint64_t v)
{
	for (int i = 0; i < 6; i++)
		p[i] = v >> (40 - 8 * i);
}

uint64_t
get48(const uint8_t *p)
{
	uint64_t v = 0;

	for (int i = 0; i < 6; i++)
		v = v << 8 | p[i];
	return v;
}

void
frame_bytes(struct frame *f, const void *bytes, uint32_t len)
{
	assert_true(f->len + len <= FRAME_MAX);
	if (len > 0)
		memcpy(f->b + f->len, bytes, len);
	f->len += len;
}

void
frame_fill(struct frame *f, uint32_t len)
{
	assert_true(f->len + len <= FRAME_MAX);
	for (uint32_t i = 0; i < len; i++)
		f->b[f->len + i] = 0x51 + i * 7;
	f->len += len;
}

void
frame_ether(struct frame *f, uint64_t dst, uint64_t src, uint16_t type)
{
	memset(f, 0, sizeof(*f));
	put48(f->b, dst);
	put48(f->b + 6, src);
	put16(f->b + 12, type);
	f->len = 14;
	f->l3 = 14;
}

void
frame_tag(struct frame *f, uint16_t tpid, uint16_t tci)
{
	uint16_t type = get16(f->b + f->len - 2);

	put16(f->b + f->len - 2, tpid);
	put16(f->b + f->len, tci);
	put16(f->b + f->len + 2, type);
	f->len += 4;
	f->l3 = f->len;
}

void
frame_ipv4(struct frame *f, uint8_t proto, const char *src, const char *dst, const void *options,
	uint32_t options_len)
{
	uint8_t h[20] = { 0x45 + options_len / 4, 0, 0, 0, 0xab, 0xcd, 0, 0, 17, proto };

	assert_int_equal(inet_pton(AF_INET, src, h + 12), 1);
	assert_int_equal(inet_pton(AF_INET, dst, h + 16), 1);
	f->l3 = f->len;
	frame_bytes(f, h, sizeof(h));
	frame_bytes(f, options, options_len);
	f->l4 = f->len;
}

void
frame_ipv6(struct frame *f, uint8_t next, const char *src, const char *dst)
{
	uint8_t h[40] = { 0x60, 0x0b, 0xee, 0xf1, 0, 0, next, 33 };

	assert_int_equal(inet_pton(AF_INET6, src, h + 8), 1);
	assert_int_equal(inet_pton(AF_INET6, dst, h + 24), 1);
	f->l3 = f->len;
	frame_bytes(f, h, sizeof(h));
	f->l4 = f->len;
}

void
frame_ext(struct frame *f, uint8_t proto, uint8_t next, uint32_t len)
{
	uint8_t *ext = f->b + f->len;

	memset(ext, 0, len);
	ext[0] = next;
	if (proto == 51)
		ext[1] = len / 4 - 2;
	else if (proto != 44)
		ext[1] = len / 8 - 1;
	f->len += len;
	f->l4 = f->len;
}

void
frame_udp(struct frame *f, uint16_t sport, uint16_t dport, uint32_t payload)
{
	uint8_t h[8] = { sport >> 8, sport, dport >> 8, dport, (payload + 8) >> 8, payload + 8 };

	frame_bytes(f, h, sizeof(h));
	frame_fill(f, payload);
}

void
frame_tcp(struct frame *f, uint16_t sport, uint16_t dport, uint32_t payload)
{
	uint8_t h[20] = { sport >> 8, sport, dport >> 8, dport, 1, 2, 3, 4, 5, 6, 7, 8, 0x50 };

	frame_bytes(f, h, sizeof(h));
	frame_fill(f, payload);
}

void
frame_sctp(struct frame *f, uint16_t sport, uint16_t dport, uint32_t payload)
{
	uint8_t h[12] = { sport >> 8, sport, dport >> 8, dport, 1, 2, 3, 4, 5, 6, 7, 8 };

	frame_bytes(f, h, sizeof(h));
	frame_fill(f, payload);
}

void
frame_icmp(struct frame *f, uint8_t type, uint8_t code, uint32_t rest, uint32_t payload)
{
	uint8_t h[8] = { type, code, 0, 0, rest >> 24, rest >> 16, rest >> 8, rest };

	frame_bytes(f, h, sizeof(h));
	frame_fill(f, payload);
}

void
frame_arp(struct frame *f, uint16_t op, uint64_t sha, const char *spa, uint64_t tha,
	const char *tpa)
{
	uint8_t a[28] = { 0, 1, 8, 0, 6, 4, op >> 8, op };

	put48(a + 8, sha);
	assert_int_equal(inet_pton(AF_INET, spa, a + 14), 1);
	put48(a + 18, tha);
	assert_int_equal(inet_pton(AF_INET, tpa, a + 24), 1);
	frame_bytes(f, a, sizeof(a));
}

void
frame_nd(struct frame *f, uint8_t type, const char *target, uint8_t opt, uint64_t lla)
{
	uint8_t h[24] = { type };
	uint8_t o[8] = { opt, 1 };

	assert_int_equal(inet_pton(AF_INET6, target, h + 8), 1);
	frame_bytes(f, h, sizeof(h));
	f->b[f->l3 + 7] = 255;
	if (opt != 0) {
		put48(o + 2, lla);
		frame_bytes(f, o, sizeof(o));
	}
}

/* Where the L4 checksum is and over what, by an own reading that shares nothing with the parser
 * under test; -1 when there is none. */
static int
l4_cksum_at(const struct frame *f, uint8_t proto)
{
	switch (proto) {
	case 1:
	case 58:
		return f->l4 + 2;
	case 6:
		return f->l4 + 16;
	case 17:
		return f->l4 + 6;
	default:
		return -1;
	}
}

static uint64_t
l4_sum(const struct frame *f, uint8_t proto, uint32_t end)
{
	uint64_t sum = dlo_cksum_sum(f->b + f->l4, end - f->l4);

	if (proto == 1)
		return sum;
	if (f->b[f->l3] >> 4 == 4)
		return sum + dlo_cksum_pseudo4(f->b + f->l3, proto, end - f->l4);
	return sum + dlo_cksum_pseudo6(f->b + f->l3, proto, end - f->l4);
}

static uint8_t
last_proto(const struct frame *f)
{
	uint32_t off = f->l3 + 40;
	uint8_t proto = f->b[f->l3 + 6];

	if (f->b[f->l3] >> 4 == 4)
		return f->b[f->l3 + 9];
	while (off < f->l4) {
		uint32_t len = proto == 44 ? 8 : proto == 51 ? (f->b[off + 1] + 2) * 4 :
			(f->b[off + 1] + 1) * 8;

		proto = f->b[off];
		off += len;
	}
	return proto;
}

void
frame_finish(struct frame *f)
{
	uint8_t *ip = f->b + f->l3;
	uint8_t proto;
	int at;

	if (ip[0] >> 4 == 4) {
		put16(ip + 2, f->len - f->l3);
		put16(ip + 10, 0);
		put16(ip + 10, ~dlo_cksum_fold(dlo_cksum_sum(ip, f->l4 - f->l3)));
	} else {
		put16(ip + 4, f->len - f->l3 - 40);
	}
	proto = last_proto(f);
	at = l4_cksum_at(f, proto);
	if (at >= 0 && (uint32_t)at + 2 <= f->len) {
		put16(f->b + at, 0);
		put16(f->b + at, ~dlo_cksum_fold(l4_sum(f, proto, f->len)));
		/* RFC 768: 0 would say that there is none. */
		if (proto == 17 && get16(f->b + at) == 0)
			put16(f->b + at, 0xffff);
	}
}

bool
frame_sums_good(const struct frame *f)
{
	const uint8_t *ip = f->b + f->l3;
	uint32_t end = f->l3 + (ip[0] >> 4 == 4 ? get16(ip + 2) : 40u + get16(ip + 4));

	if (ip[0] >> 4 == 4 && dlo_cksum_fold(dlo_cksum_sum(ip, (ip[0] & 15) * 4)) != 0xffff)
		return false;
	if (l4_cksum_at(f, last_proto(f)) < 0)
		return true;
	return dlo_cksum_fold(l4_sum(f, last_proto(f), end)) == 0xffff;
}

void
frame_pad(struct frame *f, uint32_t len, uint8_t with)
{
	assert_true(len <= FRAME_MAX);
	while (f->len < len)
		f->b[f->len++] = with;
}

void
frame_udp4(struct frame *f, uint32_t payload)
{
	frame_ether(f, MAC_OURS, MAC_TESTER, 0x0800);
	frame_ipv4(f, 17, IP_TESTER, IP_OURS, NULL, 0);
	frame_udp(f, 0x1234, 0x5678, payload);
	frame_finish(f);
}

void
frame_udp6(struct frame *f, uint32_t payload)
{
	frame_ether(f, MAC_OURS, MAC_TESTER, 0x86dd);
	frame_ipv6(f, 17, IP6_TESTER, IP6_OURS);
	frame_udp(f, 0x1234, 0x5678, payload);
	frame_finish(f);
}

struct rte_mbuf *
mbuf_segments(const struct frame *f, const uint32_t *lens, unsigned int nb, uint32_t tailroom)
{
	return mbuf_chain(f->b, f->len, lens, nb, tailroom);
}

struct rte_mbuf *
mbuf_of(const struct frame *f, uint32_t tailroom)
{
	return mbuf_segments(f, NULL, 0, tailroom);
}

struct rte_mbuf *
mbuf_split(const struct frame *f, uint32_t at, uint32_t tailroom)
{
	return mbuf_segments(f, &at, 1, tailroom);
}

void
mbuf_read(const struct rte_mbuf *m, struct frame *ret)
{
	unsigned int nb = 0;

	ret->len = mbuf_bytes(m, ret->b, FRAME_MAX);
	assert_int_equal(ret->len, m->pkt_len);
	for (const struct rte_mbuf *seg = m; seg != NULL; seg = seg->next)
		nb++;
	assert_int_equal(nb, m->nb_segs);
}

struct dlo_plan *
plan_of(enum dlo_mode mode, bool guards, bool link)
{
	struct dlo_addr_rule rules[2] = {
		{ .owner = DLO_OWNER_PORT },
		{ .owner = DLO_OWNER_PORT },
	};
	struct dlo_plan *plan = calloc(1, sizeof(*plan));

	assert_non_null(plan);
	assert_int_equal(dlo_prefix_parse(IP_OURS, &rules[0].prefix), 0);
	assert_int_equal(dlo_prefix_parse(IP6_OURS, &rules[1].prefix), 0);
	plan->mode = mode;
	plan->accept = DLO_ACCEPT_UNICAST;
	plan->guards = guards;
	plan->link = link;
	plan->answers = UINT32_MAX;
	put48(plan->mac.addr_bytes, MAC_OURS);
	plan->nb_own_macs = 2;
	put48(plan->own_macs[0].addr_bytes, MAC_OURS);
	put48(plan->own_macs[1].addr_bytes, MAC_OURS + 1);
	plan->addresses = dlo_addr_table_create(rules, 2);
	assert_non_null(plan->addresses);
	assert_int_equal(dlo_prefix_parse("198.18.0.0/15", &rules[0].prefix), 0);
	assert_int_equal(dlo_prefix_parse("2001:2::/48", &rules[1].prefix), 0);
	plan->settings.allowed = dlo_addr_table_create(rules, 2);
	assert_non_null(plan->settings.allowed);
	dlo_plan_choose_burst(plan);
	return plan;
}

void
plan_free(struct dlo_plan *plan)
{
	dlo_addr_table_free((struct dlo_addr_table *)(uintptr_t)plan->addresses);
	dlo_addr_table_free((struct dlo_addr_table *)(uintptr_t)plan->settings.allowed);
	free(plan);
}

void
plan_own(struct dlo_plan *plan, uint16_t owner)
{
	struct dlo_addr_rule rules[2] = { { .owner = owner }, { .owner = owner } };

	assert_int_equal(dlo_prefix_parse(IP_OURS, &rules[0].prefix), 0);
	assert_int_equal(dlo_prefix_parse(IP6_OURS, &rules[1].prefix), 0);
	dlo_addr_table_free((struct dlo_addr_table *)(uintptr_t)plan->addresses);
	plan->addresses = dlo_addr_table_create(rules, 2);
	assert_non_null(plan->addresses);
}

enum dlo_verdict
reflect_lane(const struct dlo_plan *plan, struct dlo_lane *lane, struct rte_mbuf *m)
{
	struct rte_mbuf *pkts[1] = { m };
	uint32_t len = m->pkt_len;
	struct dlo_burst burst;
	bool over;

	dlo_reflect_burst(plan, lane, pkts, 1, &burst);
	assert_ptr_equal(pkts[0], m);
	assert_int_equal(burst.rx_bytes, len);
	over = burst.verdict[0] == DLO_PUNTED || burst.verdict[0] == DLO_FORWARDED;
	assert_int_equal(burst.nb_punt, over);
	assert_int_equal(burst.nb_back, !over && !dlo_verdict_is_drop(burst.verdict[0]));
	return burst.verdict[0];
}

enum dlo_verdict
reflect_mbuf(const struct dlo_plan *plan, struct rte_mbuf *m)
{
	return reflect_lane(plan, NULL, m);
}

enum dlo_verdict
reflect_room(const struct dlo_plan *plan, const struct frame *in, uint32_t tailroom,
	struct frame *ret)
{
	struct rte_mbuf *m = mbuf_of(in, tailroom);
	void *data = rte_pktmbuf_mtod(m, void *);
	enum dlo_verdict v = reflect_mbuf(plan, m);
	struct frame out = *in;

	assert_ptr_equal(rte_pktmbuf_mtod(m, void *), data);
	mbuf_read(m, &out);
	if (dlo_verdict_is_drop(v))
		assert_frame("dropped, so untouched", &out, in);
	if (ret != NULL)
		*ret = out;
	mbuf_free(m);
	return v;
}

void
timed_init(struct dlo_plan *plan, struct dlo_lane *lane)
{
	static struct dlo_clock clock;
	/* Ten nanoseconds a cycle: what tests do takes its time. */
	const struct dlo_clock_line line = {
		.tsc = rte_rdtsc(),
		.ns = TIMED_SYNCED_NS,
		.slope = UINT64_C(10) << 32,
		.error_ns = 1000,
		.tai_s = TIMED_TAI,
		.synced = true,
	};

	dlo_clock_write(&clock, &line);
	plan->settings.timed = true;
	plan->settings.clock = &clock;
	memset(lane, 0, sizeof(*lane));
	lane->now = 1;
	lane->sessions = dlo_sessions_create(1024, 1000000000, 42);
	assert_non_null(lane->sessions);
}

void
timed_free(struct dlo_lane *lane)
{
	dlo_sessions_free(lane->sessions);
}

/* Counters of other CPUs than x86 stand still for a while. */
static void
tick(void)
{
	uint64_t now = rte_rdtsc();

	while (rte_rdtsc() == now)
		;
}

enum dlo_verdict
reflect_timed_mbuf(const struct dlo_plan *plan, struct dlo_lane *lane, struct rte_mbuf *m)
{
	enum dlo_verdict v;

	dlo_lane_arrive(lane, rte_rdtsc(), 0);
	v = reflect_lane(plan, lane, m);
	if (dlo_verdict_is_drop(v))
		assert_int_equal(lane->nb_timed, 0);
	tick();
	dlo_answer_depart(plan, lane, &m, 1);
	assert_int_equal(lane->nb_timed, 0);
	return v;
}

enum dlo_verdict
reflect_timed(const struct dlo_plan *plan, struct dlo_lane *lane, const struct frame *in,
	uint32_t tailroom, struct frame *ret)
{
	struct rte_mbuf *m = mbuf_of(in, tailroom);
	enum dlo_verdict v = reflect_timed_mbuf(plan, lane, m);
	struct frame out = *in;

	mbuf_read(m, &out);
	if (dlo_verdict_is_drop(v))
		assert_frame("dropped, so untouched", &out, in);
	if (ret != NULL)
		*ret = out;
	mbuf_free(m);
	return v;
}

enum dlo_verdict
reflect(const struct dlo_plan *plan, const struct frame *in, struct frame *ret)
{
	return reflect_room(plan, in, 0, ret);
}

void
assert_frame(const char *what, const struct frame *got, const struct frame *want)
{
	for (uint32_t i = 0; i < want->len && i < got->len; i++) {
		if (got->b[i] != want->b[i])
			fail_msg("%s: byte %u is %02x, not %02x", what, i, got->b[i], want->b[i]);
	}
	if (got->len != want->len)
		fail_msg("%s: %u bytes, not %u", what, got->len, want->len);
}

void
assert_any_split(const struct dlo_plan *plan, const struct frame *in, uint32_t tailroom,
	enum dlo_verdict want, const struct frame *want_frame)
{
	for (uint32_t at = 0; at < in->len && at < 200; at++) {
		struct rte_mbuf *m = mbuf_split(in, at, tailroom);
		void *data[2] = { m->buf_addr, m->next->buf_addr };
		struct frame out = *in;

		assert_verdict(reflect_mbuf(plan, m), want);
		assert_ptr_equal(m->buf_addr, data[0]);
		assert_ptr_equal(m->next->buf_addr, data[1]);
		mbuf_read(m, &out);
		assert_frame("split", &out, want_frame);
		mbuf_free(m);
	}
}
