/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * VLAN tags that a driver has taken out of the frame, and what else a receive side leaves in an mbuf:
 * the frame is judged and sent back as it was on the wire, and nothing else of it leaks.
 */
#include "frames.h"

#include <stdlib.h>

#include "reflect/packet.h"
#include "reflect/punt.h"

#define BURST_LEN 32

static void
tags_one(struct frame *f)
{
	frame_tag(f, 0x8100, 0x6064);
}

static void
tags_two(struct frame *f)
{
	frame_tag(f, 0x88a8, 0xe001);
	frame_tag(f, 0x8100, 0x2fff);
}

/* An inner tag that a NIC does not take for one stays in the frame. */
static void
tags_outer(struct frame *f)
{
	frame_tag(f, 0x88a8, 0x0005);
	frame_tag(f, 0x9100, 0x0006);
}

static const struct {
	void (*add)(struct frame *f);
	unsigned int stripped;
} kinds[] = { { tags_one, 1 }, { tags_two, 2 }, { tags_outer, 1 } };

#define NB_TAGS (sizeof(kinds) / sizeof(kinds[0]))

static void
bulk4(struct frame *f, void (*add)(struct frame *f))
{
	frame_ether(f, MAC_OURS, MAC_TESTER, 0x0800);
	add(f);
	frame_ipv4(f, 17, IP_TESTER, IP_OTHER, NULL, 0);
	frame_udp(f, 1000, 2000, 40);
	frame_finish(f);
}

static void
land6(struct frame *f, void (*add)(struct frame *f))
{
	frame_ether(f, MAC_OURS, MAC_TESTER, 0x86dd);
	add(f);
	frame_ipv6(f, 6, IP6_OTHER, IP6_OTHER);
	frame_tcp(f, 1, 2, 20);
	frame_finish(f);
}

static void
ping(struct frame *f, void (*add)(struct frame *f))
{
	frame_ether(f, MAC_OURS, MAC_TESTER, 0x0800);
	add(f);
	frame_ipv4(f, 1, IP_TESTER, IP_OURS, NULL, 0);
	frame_icmp(f, 8, 0, 0x00010002, 56);
	frame_finish(f);
}

static void
truncated(struct frame *f, void (*add)(struct frame *f))
{
	bulk4(f, add);
	f->len -= 30;
}

static void (*const frames[])(struct frame *f, void (*add)(struct frame *f)) = { bulk4, land6, ping,
	truncated };

static struct rte_mbuf *
stripped_mbuf(const struct frame *f, unsigned int want)
{
	struct rte_mbuf *m = mbuf_of(f, 0);

	m->packet_type = RTE_PTYPE_L2_ETHER;
	assert_int_equal(mbuf_strip_tags(m), want);
	return m;
}

/* A whole burst of them, so that every variant might take them for ordinary. */
static void
check_like_tagged(const struct dlo_plan *plan, const struct frame *in, unsigned int nb_tags)
{
	static struct frame want, got;
	struct rte_mbuf *pkts[BURST_LEN];
	struct dlo_burst burst;
	enum dlo_verdict v = reflect(plan, in, &want);

	for (unsigned int i = 0; i < BURST_LEN; i++)
		pkts[i] = stripped_mbuf(in, nb_tags);
	dlo_reflect_burst(plan, NULL, pkts, BURST_LEN, &burst);
	assert_int_equal(burst.rx_bytes, (uint64_t)BURST_LEN * in->len);
	for (unsigned int i = 0; i < BURST_LEN; i++) {
		assert_verdict(burst.verdict[i], v);
		mbuf_read(pkts[i], &got);
		assert_frame("stripped", &got, &want);
		assert_int_equal(pkts[i]->pkt_len, want.len);
		assert_int_equal(pkts[i]->ol_flags & DLO_TAGS_STRIPPED, 0);
		assert_int_equal(pkts[i]->packet_type, 0);
		if (!dlo_verdict_is_drop(v))
			assert_int_equal(pkts[i]->ol_flags, 0);
		mbuf_free(pkts[i]);
	}
}

static void
stripped_frames_meet_the_same_fate(void **state)
{
	static struct frame f;
	const char *name;

	(void)state;
	for (unsigned int mode = 0; mode < DLO_MODE_MAX; mode++) {
		struct dlo_plan *plan = plan_of(mode, true, false);

		plan->restore_tags = true;
		for (unsigned int n = 0; n < NB_TAGS * RTE_DIM(frames); n++) {
			memset(&f, 0, sizeof(f));
			frames[n / NB_TAGS](&f, kinds[n % NB_TAGS].add);
			for (unsigned int i = 0; (name = dlo_variant_name(i)) != NULL; i++) {
				if (dlo_plan_use_variant(plan, name) == 0)
					check_like_tagged(plan, &f, kinds[n % NB_TAGS].stripped);
			}
		}
		plan_free(plan);
	}
}

/* A peer's VLAN is how he is found again: what is handed to the host is known by its tags. */
static void
tags_are_learnt(void **state)
{
	struct dlo_plan *plan = plan_of(DLO_MODE_L4, true, false);
	struct dlo_station from;
	struct dlo_burst burst;
	struct rte_mbuf *m;
	static struct frame f;
	uint16_t loopback;

	(void)state;
	plan->restore_tags = true;
	plan->punt = true;
	plan_own(plan, DLO_OWNER_LOOPBACK);
	put48(plan->punt_dst.addr_bytes, MAC_OTHER);
	frame_ether(&f, MAC_OURS, MAC_TESTER, 0x0800);
	tags_two(&f);
	frame_ipv4(&f, 6, IP_TESTER, IP_OURS, NULL, 0);
	frame_tcp(&f, 1000, 179, 40);
	frame_finish(&f);
	m = stripped_mbuf(&f, 2);
	dlo_reflect_burst(plan, NULL, &m, 1, &burst);
	assert_verdict(burst.verdict[0], DLO_PUNTED);
	assert_verdict(dlo_punt(plan, m, &from, &loopback), DLO_PUNTED);
	assert_int_equal(from.nb_tags, 2);
	assert_memory_equal(from.tags, f.b + 12, 8);
	mbuf_free(m);
	plan_free(plan);
}

static void
no_room_no_frame(void **state)
{
	struct dlo_plan *plan = plan_of(DLO_MODE_WIRE, true, false);
	static struct frame f, before, after;
	struct rte_mbuf *m;

	(void)state;
	plan->restore_tags = true;
	bulk4(&f, tags_two);
	/* Room for one tag of two. */
	m = stripped_mbuf(&f, 2);
	m->buf_addr = (uint8_t *)m->buf_addr + 4;
	m->data_off -= 4;
	m->buf_len -= 4;
	mbuf_read(m, &before);
	assert_verdict(reflect_mbuf(plan, m), DLO_DROP_TOO_BIG);
	mbuf_read(m, &after);
	assert_frame("no room", &after, &before);
	m->buf_addr = (uint8_t *)m->buf_addr - 4;
	mbuf_free(m);
	/* Room, but somebody else reads: in wire mode, too, which writes nothing otherwise. */
	m = stripped_mbuf(&f, 2);
	rte_mbuf_refcnt_set(m, 2);
	mbuf_read(m, &before);
	assert_verdict(reflect_mbuf(plan, m), DLO_DROP_SHARED);
	mbuf_read(m, &after);
	assert_frame("shared", &after, &before);
	mbuf_free(m);
	plan_free(plan);
}

/* An application that sends to a mirror means the frame as it is: flags of its receive are nothing to it. */
static void
only_where_the_plan_says_so(void **state)
{
	struct dlo_plan *plan = plan_of(DLO_MODE_WIRE, true, false);
	static struct frame f, plain, got;
	struct rte_mbuf *m;

	(void)state;
	bulk4(&f, tags_one);
	m = stripped_mbuf(&f, 1);
	mbuf_read(m, &plain);
	assert_verdict(reflect_mbuf(plan, m), DLO_REFLECTED);
	mbuf_read(m, &got);
	assert_frame("as it is", &got, &plain);
	assert_int_equal(m->ol_flags, 0);
	mbuf_free(m);
	plan_free(plan);
}

/* Each flag there is, by itself: dynamic ones are bits like others. What says how data is held stays. */
static void
no_flag_leaks(void **state)
{
	const uint64_t holds = RTE_MBUF_F_INDIRECT | RTE_MBUF_F_EXTERNAL;
	struct dlo_plan *plan = plan_of(DLO_MODE_L4, true, false);
	static struct frame bulk, echo;
	const char *name;

	(void)state;
	bulk4(&bulk, tags_one);
	ping(&echo, tags_one);
	for (unsigned int i = 0; (name = dlo_variant_name(i)) != NULL; i++) {
		if (dlo_plan_use_variant(plan, name) != 0)
			continue;
		for (unsigned int bit = 0; bit < 64; bit++) {
			struct rte_mbuf *pkts[BURST_LEN];
			struct dlo_burst burst;

			if ((holds >> bit & 1) != 0)
				continue;
			for (unsigned int n = 0; n < BURST_LEN; n++) {
				pkts[n] = mbuf_of(n % 5 == 4 ? &echo : &bulk, 80);
				pkts[n]->ol_flags = UINT64_C(1) << bit;
			}
			dlo_reflect_burst(plan, NULL, pkts, BURST_LEN, &burst);
			assert_int_equal(burst.nb_back, BURST_LEN);
			for (unsigned int n = 0; n < BURST_LEN; n++) {
				assert_int_equal(pkts[n]->ol_flags, 0);
				mbuf_free(pkts[n]);
			}
		}
	}
	plan_free(plan);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stripped_frames_meet_the_same_fate),
		cmocka_unit_test(tags_are_learnt),
		cmocka_unit_test(no_room_no_frame),
		cmocka_unit_test(only_where_the_plan_says_so),
		cmocka_unit_test(no_flag_leaks),
	};

	return cmocka_run_group_tests_name("tags", tests, NULL, NULL);
}
