/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Step 4 of the walk: what does not match the filter is dropped or the host's, what is answered
 * passes by it; and the host never gets what no wire may bring it.
 */
#include "filters.h"
#include "frames.h"

#include "reflect/punt.h"

#define MAC_KERNEL 0x02d1000000eeull
#define MAC_LINK 0x02d1000000ddull
#define UDP { .off = 22, .mask = 0x00ff, .value = 17 }

static const struct filter_terms udp4 = { 1, { UDP } };

static struct dlo_plan *
filter_plan(enum dlo_mode mode, bool guards, bool to_host)
{
	struct dlo_plan *plan = plan_of(mode, guards, false);

	plan->filter = filter_of(&udp4);
	plan->unmatched_punt = to_host;
	put48(plan->punt_dst.addr_bytes, MAC_KERNEL);
	put48(plan->punt_src.addr_bytes, MAC_LINK);
	return plan;
}

static void
ip4(struct frame *f, uint64_t dst_mac, uint8_t proto, const char *src, const char *dst)
{
	frame_ether(f, dst_mac, MAC_TESTER, 0x0800);
	frame_ipv4(f, proto, src, dst, NULL, 0);
	if (proto == 17)
		frame_udp(f, 1000, 2000, 20);
	else
		frame_tcp(f, 1000, 2000, 20);
	frame_finish(f);
}

static void
ip6(struct frame *f, uint64_t dst_mac, const char *src, const char *dst)
{
	frame_ether(f, dst_mac, MAC_TESTER, 0x86dd);
	frame_ipv6(f, 6, src, dst);
	frame_tcp(f, 1000, 2000, 20);
	frame_finish(f);
}

static void
matching_or_not(void **state)
{
	struct frame in, out;

	(void)state;
	for (enum dlo_mode mode = 0; mode < DLO_MODE_MAX; mode++) {
		for (unsigned int guards = 0; guards < 2; guards++) {
			struct dlo_plan *plan = filter_plan(mode, guards, false);

			ip4(&in, MAC_OURS, 17, IP_TESTER, IP_OTHER);
			assert_verdict(reflect(plan, &in, &out), DLO_REFLECTED);
			assert_any_split(plan, &in, 0, DLO_REFLECTED, &out);
			ip4(&in, MAC_OURS, 6, IP_TESTER, IP_OTHER);
			assert_any_split(plan, &in, 0, DLO_DROP_FILTERED, &in);
			plan_free(plan);
		}
	}
}

/* Questions to our own addresses are answered whatever the filter says; guards come first. */
static void
order(void **state)
{
	struct dlo_plan *plan = filter_plan(DLO_MODE_L4, true, false);
	struct frame in, out;

	(void)state;
	frame_ether(&in, 0xffffffffffff, MAC_TESTER, 0x0806);
	frame_arp(&in, 1, MAC_TESTER, IP_TESTER, 0, IP_OURS);
	assert_verdict(reflect(plan, &in, &out), DLO_ANSWERED_ARP);
	frame_ether(&in, MAC_OURS, MAC_TESTER, 0x0800);
	frame_ipv4(&in, 1, IP_TESTER, IP_OURS, NULL, 0);
	frame_icmp(&in, 8, 0, 0x00010002, 30);
	frame_finish(&in);
	assert_verdict(reflect(plan, &in, &out), DLO_ANSWERED_ICMP);
	ip4(&in, MAC_OURS, 6, IP_TESTER, IP_OTHER);
	put48(in.b + 6, MAC_OURS);
	put48(in.b, MAC_OTHER);
	assert_verdict(reflect(plan, &in, &out), DLO_DROP_SELF);
	/* Whose frame it is comes after: step 6. */
	ip4(&in, MAC_OTHER, 6, IP_TESTER, IP_OTHER);
	plan->accept = DLO_ACCEPT_OWN;
	assert_verdict(reflect(plan, &in, &out), DLO_DROP_FILTERED);
	ip4(&in, MAC_OTHER, 17, IP_TESTER, IP_OTHER);
	assert_verdict(reflect(plan, &in, &out), DLO_DROP_NOT_MINE);
	plan_free(plan);
}

/* What a wire may bring to the host, with guards on and off. */
static void
to_the_host(void **state)
{
	static const struct {
		const char *what;
		uint64_t dst_mac;
		const char *src, *dst;
		enum dlo_verdict want;
	} rows[] = {
		{ "to us", MAC_OURS, IP_TESTER, IP_OTHER, DLO_PUNTED },
		{ "to another station", MAC_OTHER, IP_TESTER, IP_OTHER, DLO_PUNTED },
		{ "to a group", 0x01005e000005, IP_TESTER, "224.0.0.5", DLO_PUNTED },
		{ "to everybody", 0xffffffffffff, IP_TESTER, "255.255.255.255", DLO_PUNTED },
		{ "to us, IPv6", MAC_OURS, IP6_TESTER, IP6_OTHER, DLO_PUNTED },
		{ "to a group, IPv6", 0x333300000005, IP6_TESTER, "ff02::5", DLO_PUNTED },
		{ "MAC of a carried frame", 0, IP_TESTER, IP_OTHER, DLO_DROP_FILTERED },
		{ "into 127/8", MAC_OURS, IP_TESTER, "127.0.0.1", DLO_DROP_MARTIAN },
		{ "from 127/8", MAC_OURS, "127.0.0.1", IP_OTHER, DLO_DROP_MARTIAN },
		{ "into ::1", MAC_OURS, IP6_TESTER, "::1", DLO_DROP_MARTIAN },
		{ "from ::1", MAC_OURS, "::1", IP6_OTHER, DLO_DROP_MARTIAN },
		{ "into mapped 127/8", MAC_OURS, IP6_TESTER, "::ffff:127.0.0.1", DLO_DROP_MARTIAN },
		{ "from a group", MAC_OURS, "224.0.0.5", IP_OTHER, DLO_DROP_MARTIAN },
		{ "from ourselves", MAC_OURS, IP_OURS, IP_OTHER, DLO_DROP_MARTIAN },
		{ "LAND", MAC_OURS, IP_OTHER, IP_OTHER, DLO_DROP_LAND },
	};
	struct frame in, out;

	(void)state;
	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (unsigned int guards = 0; guards < 2; guards++) {
			struct dlo_plan *plan = filter_plan(DLO_MODE_L4, guards, true);

			if (strchr(rows[i].src, ':') != NULL)
				ip6(&in, rows[i].dst_mac, rows[i].src, rows[i].dst);
			else
				ip4(&in, rows[i].dst_mac, 6, rows[i].src, rows[i].dst);
			if (reflect(plan, &in, &out) != rows[i].want)
				fail_msg("%s, guards %u: %s", rows[i].what, guards,
					dlo_verdict_name(reflect(plan, &in, &out)));
			plan_free(plan);
		}
	}
}

/* Neighbours of the link are the link's: nobody on a wire speaks for them. */
static void
neighbour_talk(void **state)
{
	static const uint8_t types[] = { 133, 134, 135, 136, 137 };
	struct dlo_plan *plan = filter_plan(DLO_MODE_L4, true, true);
	struct frame in, out;

	(void)state;
	for (uint16_t op = 1; op <= 2; op++) {
		frame_ether(&in, 0xffffffffffff, MAC_TESTER, 0x0806);
		frame_arp(&in, op, MAC_OTHER, IP_OTHER, 0, IP_TESTER);
		assert_verdict(reflect(plan, &in, &out), DLO_DROP_FILTERED);
		frame_tag(&in, 0x8100, 5);
		assert_verdict(reflect(plan, &in, &out), DLO_DROP_FILTERED);
	}
	for (unsigned int i = 0; i < sizeof(types); i++) {
		frame_ether(&in, 0x333300000001, MAC_TESTER, 0x86dd);
		frame_ipv6(&in, 58, IP6_TESTER, "ff02::1");
		frame_icmp(&in, types[i], 0, 0, 40);
		frame_finish(&in);
		assert_verdict(reflect(plan, &in, &out), DLO_DROP_FILTERED);
	}
	frame_ether(&in, MAC_OURS, MAC_TESTER, 0x88b6);
	frame_fill(&in, 50);
	assert_verdict(reflect(plan, &in, &out), DLO_PUNTED);
	/* With guards off, too, link protocols stay on their link. */
	plan->guards = false;
	frame_ether(&in, 0x0180c200000e, MAC_TESTER, 0x88cc);
	frame_fill(&in, 50);
	assert_verdict(reflect(plan, &in, &out), DLO_DROP_RESERVED_MAC);
	plan_free(plan);
}

/* A frame stays as it came but for the MAC of who takes it, with tags and all. */
static void
made_ready(void **state)
{
	static const uint64_t dsts[] = { MAC_OURS, MAC_OTHER, 0xffffffffffff };
	struct dlo_plan *plan = filter_plan(DLO_MODE_L4, true, true);
	struct dlo_station from = { .family = 99 };
	uint16_t loopback = 0;
	struct frame in, out;

	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		for (unsigned int tags = 0; tags < 4; tags++) {
			struct rte_mbuf *m;

			frame_ether(&in, dsts[i], MAC_TESTER, 0x86dd);
			for (unsigned int t = 0; t < tags; t++)
				frame_tag(&in, 0x8100, 0x2000 + t);
			frame_ipv6(&in, 6, IP6_TESTER, IP6_OTHER);
			frame_tcp(&in, 1000, 2000, 20);
			frame_finish(&in);
			m = mbuf_of(&in, 0);
			m->ol_flags |= RTE_MBUF_F_RX_L4_CKSUM_NONE;
			assert_verdict(dlo_punt(plan, m, &from, &loopback), DLO_PUNTED);
			assert_int_equal(loopback, DLO_PUNT_NO_LOOPBACK);
			assert_int_equal(from.family, 99);
			assert_int_equal(m->ol_flags, 0);
			mbuf_read(m, &out);
			put48(in.b, dsts[i] == MAC_OURS ? MAC_KERNEL : dsts[i]);
			assert_frame("punted", &out, &in);
			mbuf_free(m);
		}
	}
	plan_free(plan);
}

/* Why a frame matches is asked once for all that are like it. */
static void
classes(void **state)
{
	static const struct filter_terms terms = { 2, { { 34, false, 0xffff, 7 }, UDP } };
	struct dlo_filter_class seen[DLO_FILTER_CLASSES] = { 0 };
	struct dlo_filter filter = filter_of(&terms), other = filter_of(&terms);
	uint8_t mask[DLO_FILTER_REACH], want[DLO_FILTER_REACH] = { [22] = 0xff, [23] = 0xff,
		[34] = 0xff, [35] = 0xff };
	struct frame f;

	(void)state;
	ip4(&f, MAC_OURS, 17, IP_TESTER, IP_OTHER);
	for (unsigned int i = 0; i < 3; i++) {
		memset(mask, 0x55, sizeof(mask));
		/* Another frame of the class, with all else different. */
		put16(f.b + 18, i);
		assert_true(dlo_filter_why(&filter, seen, f.b, f.len, mask));
		assert_memory_equal(mask, want, sizeof(mask));
	}
	/* Not of the class: another port, another length, another filter. */
	put16(f.b + 34, 7);
	assert_true(dlo_filter_why(&filter, seen, f.b, f.len, mask));
	assert_int_equal(mask[22], 0);
	assert_true(dlo_filter_why(&filter, seen, f.b, f.len - 1, mask));
	assert_true(dlo_filter_why(&other, seen, f.b, f.len, mask));
	f.b[23] = 6;
	put16(f.b + 34, 8);
	assert_false(dlo_filter_why(&filter, seen, f.b, f.len, mask));
	f.b[23] = 17;
	assert_true(dlo_filter_why(&filter, NULL, f.b, f.len, mask));
	assert_memory_equal(mask, want, sizeof(mask));
	/* A frame shorter than the reach is never remembered. */
	assert_true(dlo_filter_why(&filter, seen, f.b, DLO_FILTER_REACH - 1, mask));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(matching_or_not),
		cmocka_unit_test(order),
		cmocka_unit_test(to_the_host),
		cmocka_unit_test(neighbour_talk),
		cmocka_unit_test(made_ready),
		cmocka_unit_test(classes),
	};

	return cmocka_run_group_tests_name("filter", tests, NULL, NULL);
}
