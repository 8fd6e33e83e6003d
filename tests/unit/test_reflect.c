/* SPDX-License-Identifier: BSD-3-Clause */
/* How frames come back: what each mode swaps, what it leaves alone, and in whose memory. */
#include "frames.h"

#include <stdio.h>
#include <stdlib.h>

#include "frame/frame.h"

/* One frame of each shape that comes back. */
static void shape_udp4(struct frame *f) { frame_udp4(f, 18); }
static void shape_udp6(struct frame *f) { frame_udp6(f, 33); }

static void
shape_tcp4_options(struct frame *f)
{
	static const uint8_t options[] = { 7, 7, 4, 0, 0, 0, 0, 1, 1, 1, 1, 0 };

	frame_ether(f, MAC_OURS, MAC_TESTER, 0x0800);
	frame_ipv4(f, 6, IP_TESTER, IP_OTHER, options, sizeof(options));
	frame_tcp(f, 80, 50000, 10);
	frame_finish(f);
}

static void
shape_sctp6_exts(struct frame *f)
{
	frame_ether(f, MAC_OURS, MAC_TESTER, 0x86dd);
	frame_tag(f, 0x88a8, 0x6064);
	frame_tag(f, 0x8100, 0x2005);
	frame_ipv6(f, 0, IP6_TESTER, IP6_OTHER);
	frame_ext(f, 0, 60, 8);
	frame_ext(f, 60, 43, 24);
	frame_ext(f, 43, 44, 16);
	f->b[f->len - 16 + 2] = 4; /* routing type 4, no segments left */
	frame_ext(f, 44, 51, 8); /* atomic fragment */
	frame_ext(f, 51, 132, 12);
	frame_sctp(f, 1000, 2000, 16);
	frame_finish(f);
}

static void
shape_later_fragment4(struct frame *f)
{
	frame_ether(f, MAC_OURS, MAC_TESTER, 0x0800);
	frame_tag(f, 0x9100, 7);
	frame_ipv4(f, 17, IP_TESTER, IP_OTHER, NULL, 0);
	frame_fill(f, 40);
	put16(f->b + f->l3 + 6, 0x2001);
	f->l4 = f->l3 + 20;
	frame_finish(f);
}

static void
shape_first_fragment6(struct frame *f)
{
	frame_ether(f, MAC_OURS, MAC_TESTER, 0x86dd);
	frame_ipv6(f, 44, IP6_TESTER, IP6_OTHER);
	frame_ext(f, 44, 17, 8);
	f->b[f->len - 5] = 1; /* more fragments */
	frame_udp(f, 5, 6, 24);
	put16(f->b + f->l4 + 4, 3000); /* of the whole datagram */
	frame_finish(f);
}

static void
shape_later_fragment6(struct frame *f)
{
	frame_ether(f, MAC_OURS, MAC_TESTER, 0x86dd);
	frame_ipv6(f, 44, IP6_TESTER, IP6_OTHER);
	frame_ext(f, 44, 17, 8);
	put16(f->b + f->len - 6, 8);
	frame_fill(f, 24);
	frame_finish(f);
}

static void
shape_icmp4(struct frame *f)
{
	frame_ether(f, MAC_OTHER, MAC_TESTER, 0x0800);
	frame_ipv4(f, 1, IP_TESTER, IP_OTHER, NULL, 0);
	frame_icmp(f, 8, 0, 0x00010002, 30);
	frame_finish(f);
}

static void
shape_gre(struct frame *f)
{
	frame_ether(f, MAC_OURS, MAC_TESTER, 0x0800);
	frame_ipv4(f, 47, IP_TESTER, IP_OTHER, NULL, 0);
	frame_fill(f, 40);
	frame_finish(f);
	frame_pad(f, f->len + 8, 0x77); /* a trailer */
}

static void
shape_mpls(struct frame *f)
{
	frame_ether(f, MAC_OURS, MAC_TESTER, 0x8847);
	frame_fill(f, 50);
}

static void
shape_arp_other(struct frame *f)
{
	frame_ether(f, MAC_OURS, MAC_TESTER, 0x0806);
	frame_arp(f, 1, MAC_TESTER, IP_TESTER, 0, IP_OTHER);
}

static void
shape_jumbo(struct frame *f)
{
	frame_udp4(f, 9600 - 42);
}

static void
shape_bare(struct frame *f)
{
	frame_ether(f, MAC_OURS, MAC_TESTER, 0x88b6);
}

/* What is to be swapped: offset of the first of two fields that touch, their length. */
#define L3(f) ((f)->l3)
static const struct shape {
	const char *name;
	void (*make)(struct frame *f);
	uint8_t ip; /* 0, 4, 6 */
	uint8_t ports;
} shapes[] = {
	{ "udp4", shape_udp4, 4, 1 },
	{ "udp6", shape_udp6, 6, 1 },
	{ "tcp4 with options", shape_tcp4_options, 4, 1 },
	{ "sctp6 behind every extension header, QinQ", shape_sctp6_exts, 6, 1 },
	{ "later IPv4 fragment", shape_later_fragment4, 4, 0 },
	{ "first IPv6 fragment", shape_first_fragment6, 6, 1 },
	{ "later IPv6 fragment", shape_later_fragment6, 6, 0 },
	{ "echo request for somebody else", shape_icmp4, 4, 0 },
	{ "GRE with trailer", shape_gre, 4, 0 },
	{ "MPLS", shape_mpls, 0, 0 },
	{ "ARP for somebody else", shape_arp_other, 0, 0 },
	{ "jumbo", shape_jumbo, 4, 1 },
	{ "Ethernet header alone", shape_bare, 0, 0 },
};

#define NB_SHAPES (sizeof(shapes) / sizeof(shapes[0]))

static void
swap_fields(uint8_t *a, uint8_t *b, unsigned int len)
{
	for (unsigned int i = 0; i < len; i++) {
		uint8_t t = a[i];

		a[i] = b[i];
		b[i] = t;
	}
}

static void
expect(const struct shape *s, enum dlo_mode mode, const struct frame *in, struct frame *ret)
{
	*ret = *in;
	if (mode >= DLO_MODE_MAC)
		swap_fields(ret->b, ret->b + 6, 6);
	if (mode >= DLO_MODE_IP && s->ip == 4)
		swap_fields(ret->b + L3(ret) + 12, ret->b + L3(ret) + 16, 4);
	if (mode >= DLO_MODE_IP && s->ip == 6)
		swap_fields(ret->b + L3(ret) + 8, ret->b + L3(ret) + 24, 16);
	if (mode >= DLO_MODE_L4 && s->ports)
		swap_fields(ret->b + ret->l4, ret->b + ret->l4 + 2, 2);
}

/* The same mbuf, the same data address, every byte outside the swapped fields untouched. */
static void
only_swapped_fields_change(void **state)
{
	(void)state;
	for (unsigned int mode = 0; mode < DLO_MODE_MAX; mode++) {
		for (unsigned int i = 0; i < NB_SHAPES * 2; i++) {
			struct dlo_plan *plan = plan_of(mode, i % 2, false);
			struct frame in, want, got;
			struct rte_mbuf *m, before;

			plan->answers = 0;
			shapes[i / 2].make(&in);
			expect(&shapes[i / 2], mode, &in, &want);
			m = mbuf_of(&in, 0);
			before = *m;
			assert_verdict(reflect_mbuf(plan, m), DLO_REFLECTED);
			assert_memory_equal(m, &before, sizeof(before));
			got = in;
			mbuf_read(m, &got);
			assert_frame(shapes[i / 2].name, &got, &want);

			/* Turned round twice it is what it was. */
			plan->nb_own_macs = 0;
			assert_verdict(reflect_mbuf(plan, m), DLO_REFLECTED);
			mbuf_read(m, &got);
			assert_frame(shapes[i / 2].name, &got, &in);
			mbuf_free(m);
			plan_free(plan);
		}
	}
}

/* In two pieces, cut at every byte of the headers, the same bytes come out of the same memory. */
static void
split_headers_give_the_same_bytes(void **state)
{
	(void)state;
	for (unsigned int mode = 0; mode < DLO_MODE_MAX; mode++) {
		struct dlo_plan *plan = plan_of(mode, true, false);

		plan->answers = 0;
		for (unsigned int i = 0; i < NB_SHAPES; i++) {
			struct frame in, want, got;
			uint32_t last;

			shapes[i].make(&in);
			expect(&shapes[i], mode, &in, &want);
			last = in.len < 300 ? in.len : 300;
			for (uint32_t at = 0; at <= last; at++) {
				struct rte_mbuf *m = mbuf_split(&in, at, 0);
				void *data[2] = { m->buf_addr, m->next->buf_addr };

				assert_verdict(reflect_mbuf(plan, m), DLO_REFLECTED);
				assert_ptr_equal(m->buf_addr, data[0]);
				assert_ptr_equal(m->next->buf_addr, data[1]);
				got = in;
				mbuf_read(m, &got);
				assert_frame(shapes[i].name, &got, &want);
				mbuf_free(m);
			}
		}
		plan_free(plan);
	}
}

static void
segments_of_one_byte(void **state)
{
	struct dlo_plan *plan = plan_of(DLO_MODE_L4, true, false);
	uint32_t ones[FRAME_MAX];

	(void)state;
	for (unsigned int i = 0; i < FRAME_MAX; i++)
		ones[i] = 1;
	for (unsigned int i = 0; i < NB_SHAPES; i++) {
		struct frame in, want, got;
		struct rte_mbuf *m;

		shapes[i].make(&in);
		expect(&shapes[i], DLO_MODE_L4, &in, &want);
		m = mbuf_segments(&in, ones, in.len < 500 ? in.len - 1 : 500, 0);
		plan->answers = 0;
		assert_verdict(reflect_mbuf(plan, m), DLO_REFLECTED);
		got = in;
		mbuf_read(m, &got);
		assert_frame(shapes[i].name, &got, &want);
		mbuf_free(m);
	}
	plan_free(plan);
}

/* back, then the rest, each in order of arrival, verdicts along with them. */
static void
burst_is_partitioned_in_order(void **state)
{
	struct dlo_plan *plan = plan_of(DLO_MODE_L4, true, false);
	struct rte_mbuf *pkts[DLO_BURST_MAX], *in[DLO_BURST_MAX];
	struct dlo_burst burst;
	struct frame good, bad;
	unsigned int back = 0, drop = 0;
	uint64_t bytes = 0;

	(void)state;
	for (unsigned int i = 0; i < DLO_BURST_MAX; i++) {
		frame_udp4(&good, 18 + i);
		frame_udp4(&bad, 18 + i);
		put48(bad.b + 6, i % 2 ? 0x010000000001ull : MAC_OURS);
		in[i] = pkts[i] = mbuf_of(i % 3 == 1 ? &bad : &good, 0);
		bytes += good.len;
	}
	memset(&burst, 0xa5, sizeof(burst));
	dlo_reflect_burst(plan, NULL, pkts, DLO_BURST_MAX, &burst);
	assert_int_equal(burst.nb_back, DLO_BURST_MAX - 21);
	assert_int_equal(burst.nb_punt, 0);
	assert_int_equal(burst.rx_bytes, bytes);
	for (unsigned int i = 0; i < DLO_BURST_MAX; i++) {
		if (i % 3 == 1) {
			assert_ptr_equal(pkts[burst.nb_back + drop], in[i]);
			assert_verdict(burst.verdict[burst.nb_back + drop],
				i % 2 ? DLO_DROP_MCAST_SRC : DLO_DROP_SRC_IS_DST);
			drop++;
		} else {
			assert_ptr_equal(pkts[back], in[i]);
			assert_verdict(burst.verdict[back], DLO_REFLECTED);
			back++;
		}
		mbuf_free(in[i]);
	}

	dlo_reflect_burst(plan, NULL, pkts, 0, &burst);
	assert_int_equal(burst.nb_back, 0);
	assert_int_equal(burst.nb_punt, 0);
	assert_int_equal(burst.rx_bytes, 0);
	plan_free(plan);
}

/* What the host's own lo sends, over the link and with --localhost: as it came, offloads and all. */
static void
carried_frames_come_back_unchanged(void **state)
{
	static const struct {
		const char *name;
		uint64_t dst, src;
		bool carry;
		enum dlo_verdict want;
	} cases[] = {
		{ "carried", 0, 0, true, DLO_REFLECTED },
		{ "not asked for", 0, 0, false, DLO_DROP_MCAST_SRC },
		{ "a sender with a MAC", 0, 1, true, DLO_DROP_MARTIAN },
		{ "a receiver with a MAC", UINT64_C(1) << 40 | 1, 0, true, DLO_DROP_MCAST_SRC },
		{ "the last byte of the source", 0, 0x0000000000ffull, true, DLO_DROP_MARTIAN },
	};

	(void)state;
	for (unsigned int mode = 0; mode < DLO_MODE_MAX; mode++) {
		for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
			struct dlo_plan *plan = plan_of(mode, true, true);
			uint64_t flags = RTE_MBUF_F_RX_L4_CKSUM_NONE | RTE_MBUF_F_RX_LRO;
			struct frame in, got;
			struct rte_mbuf *m;
			enum dlo_verdict v;

			plan->carry = cases[i].carry;
			plan->accept = DLO_ACCEPT_ANY;
			frame_ether(&in, cases[i].dst, cases[i].src, 0x0800);
			frame_ipv4(&in, 17, "127.0.0.1", "127.0.0.2", NULL, 0);
			frame_udp(&in, 40000, 53, 60);
			frame_finish(&in);
			m = mbuf_split(&in, 30, 0);
			m->ol_flags |= flags;
			v = reflect_mbuf(plan, m);
			assert_verdict(v, cases[i].want);
			if (cases[i].want == DLO_REFLECTED) {
				got = in;
				mbuf_read(m, &got);
				assert_frame(cases[i].name, &got, &in);
				assert_true((m->ol_flags & flags) == flags);
			}
			mbuf_free(m);
			plan_free(plan);
		}
	}
}

/* Without guards nothing stops them before a fast path, which must not swap their addresses. */
static void
carried_bursts_come_back_unchanged(void **state)
{
	struct dlo_plan *plan = plan_of(DLO_MODE_L4, false, true);
	struct rte_mbuf *pkts[8];
	struct dlo_burst burst;
	struct frame in, got;

	(void)state;
	plan->carry = true;
	frame_ether(&in, 0, 0, 0x0800);
	frame_ipv4(&in, 17, "127.0.0.1", "127.0.0.2", NULL, 0);
	frame_udp(&in, 40000, 53, 60);
	frame_finish(&in);
	for (unsigned int i = 0; i < 8; i++)
		pkts[i] = mbuf_of(&in, 0);
	dlo_reflect_burst(plan, NULL, pkts, 8, &burst);
	assert_int_equal(burst.nb_back, 8);
	for (unsigned int i = 0; i < 8; i++) {
		got = in;
		mbuf_read(pkts[i], &got);
		assert_frame("carried, guards off", &got, &in);
		mbuf_free(pkts[i]);
	}
	plan_free(plan);
}

/* With guards off too, on the link and for lo's own frames: what would leave is anybody's guess. */
static void
mbufs_that_lie_are_dropped(void **state)
{
	static const struct {
		unsigned int nb_segs; /* that there are */
		unsigned int said;
		int more; /* bytes, than there are */
		bool first_alone; /* the chain ends too early */
		bool whole;
	} cases[] = {
		{ 1, 1, 0, false, true }, { 1, 1, 1, false, false }, { 1, 1, -1, false, false },
		{ 1, 2, 0, false, false }, { 1, 0, 0, false, false }, { 2, 2, 0, false, true },
		{ 2, 2, 1, false, false }, { 2, 2, -1, false, false }, { 2, 1, 0, false, false },
		{ 2, 3, 0, false, false }, { 2, 2, 0, true, false }, { 2, 2, -60, false, false },
	};
	struct frame in, got;

	(void)state;
	frame_udp4(&in, 200);
	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (unsigned int how = 0; how < 8; how++) {
			struct dlo_plan *plan = plan_of(DLO_MODE_L4, how & 1, how & 2);
			struct rte_mbuf *m = cases[i].nb_segs == 1 ? mbuf_of(&in, 0) :
								     mbuf_split(&in, 30, 0);
			struct rte_mbuf *rest = m->next;

			plan->carry = how & 4;
			plan->accept = DLO_ACCEPT_ANY;
			m->nb_segs = (uint16_t)cases[i].said;
			m->pkt_len = (uint32_t)((int)m->pkt_len + cases[i].more);
			if (cases[i].first_alone)
				m->next = NULL;
			assert_verdict(reflect_mbuf(plan, m),
				cases[i].whole ? DLO_REFLECTED : DLO_DROP_TRUNCATED);
			m->next = rest;
			m->nb_segs = (uint16_t)cases[i].nb_segs;
			m->pkt_len = in.len;
			got = in;
			mbuf_read(m, &got);
			if (!cases[i].whole)
				assert_frame("an mbuf that lies", &got, &in);
			mbuf_free(m);
			plan_free(plan);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_swapped_fields_change),
		cmocka_unit_test(split_headers_give_the_same_bytes),
		cmocka_unit_test(segments_of_one_byte),
		cmocka_unit_test(burst_is_partitioned_in_order),
		cmocka_unit_test(carried_frames_come_back_unchanged),
		cmocka_unit_test(carried_bursts_come_back_unchanged),
		cmocka_unit_test(mbufs_that_lie_are_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
