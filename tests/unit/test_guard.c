/* SPDX-License-Identifier: BSD-3-Clause */
/* The order of decisions: every drop reason of reflection, in every mode, guards on and off. */
#include "frames.h"

#define BIT(mode) (1u << DLO_MODE_##mode)
#define ALL (BIT(WIRE) | BIT(MAC) | BIT(IP) | BIT(L4))
#define SWAP (BIT(MAC) | BIT(IP) | BIT(L4))
#define DEEP (BIT(IP) | BIT(L4))

/* In the modes given the frame is dropped for that reason, in the others it comes back. */
static void
dropped(const char *what, const struct frame *f, enum dlo_verdict reason, unsigned int modes)
{
	for (unsigned int mode = 0; mode < DLO_MODE_MAX; mode++) {
		struct dlo_plan *plan = plan_of(mode, true, false);
		enum dlo_verdict want = modes & (1u << mode) ? reason : DLO_REFLECTED;
		enum dlo_verdict got = reflect(plan, f, NULL);

		if (got != want) {
			fail_msg("%s, %s: %s, not %s", what, dlo_mode_name(mode),
				dlo_verdict_name(got), dlo_verdict_name(want));
		}
		/* With guards off only a frame without a header is kept back. */
		plan->guards = false;
		plan->accept = DLO_ACCEPT_ANY;
		got = reflect(plan, f, NULL);
		want = f->len < 14 ? DLO_DROP_SHORT : DLO_REFLECTED;
		if (got != want) {
			fail_msg("%s, %s, guards off: %s", what, dlo_mode_name(mode),
				dlo_verdict_name(got));
		}
		plan_free(plan);
	}
}

static void
with_macs(const char *what, uint64_t dst, uint64_t src, enum dlo_verdict reason, unsigned int modes)
{
	struct frame f;

	frame_udp4(&f, 18);
	put48(f.b, dst);
	put48(f.b + 6, src);
	dropped(what, &f, reason, modes);
}

static void
macs(void **state)
{
	(void)state;
	with_macs("group source", MAC_OURS, 0x030000000001, DLO_DROP_MCAST_SRC, ALL);
	with_macs("broadcast source", MAC_OURS, 0xffffffffffff, DLO_DROP_MCAST_SRC, ALL);
	with_macs("zero source", MAC_OURS, 0, DLO_DROP_MCAST_SRC, ALL);
	with_macs("all zero", 0, 0, DLO_DROP_MCAST_SRC, ALL);
	with_macs("one above zero", MAC_OURS, 1ull << 24, DLO_DROP_MCAST_SRC, 0);
	with_macs("same", MAC_OTHER, MAC_OTHER, DLO_DROP_SRC_IS_DST, ALL);
	with_macs("same but for a bit", MAC_OTHER, MAC_OTHER ^ 1, DLO_DROP_SRC_IS_DST, 0);
	with_macs("our first", MAC_OTHER, MAC_OURS, DLO_DROP_SELF, ALL);
	with_macs("our second", MAC_OTHER, MAC_OURS + 1, DLO_DROP_SELF, ALL);
	with_macs("nearly ours", MAC_OTHER, MAC_OURS + 2, DLO_DROP_SELF, 0);
	with_macs("broadcast", 0xffffffffffff, MAC_TESTER, DLO_DROP_MCAST_DST, SWAP);
	with_macs("multicast", 0x01005e000001, MAC_TESTER, DLO_DROP_MCAST_DST, SWAP);
	with_macs("multicast v6", 0x333300000001, MAC_TESTER, DLO_DROP_MCAST_DST, SWAP);
	with_macs("before reserved", 0x0180c1ffffff, MAC_TESTER, DLO_DROP_MCAST_DST, SWAP);
	for (unsigned int last = 0; last <= 0x2f; last++)
		with_macs("reserved", 0x0180c2000000 + last, MAC_TESTER,
			DLO_DROP_RESERVED_MAC, ALL);
	with_macs("behind reserved", 0x0180c2000030, MAC_TESTER, DLO_DROP_MCAST_DST, SWAP);
	with_macs("CDP", 0x01000ccccccc, MAC_TESTER, DLO_DROP_RESERVED_MAC, ALL);
	with_macs("PVST+", 0x01000ccccccd, MAC_TESTER, DLO_DROP_RESERVED_MAC, ALL);
	with_macs("uplink fast", 0x01000ccdcdcd, MAC_TESTER, DLO_DROP_RESERVED_MAC, ALL);
	with_macs("ISL", 0x01000c000000, MAC_TESTER, DLO_DROP_RESERVED_MAC, ALL);
	with_macs("next to Cisco", 0x01000d000000, MAC_TESTER, DLO_DROP_MCAST_DST, SWAP);
	with_macs("Cisco unicast", 0x00000ccccccc, MAC_TESTER, DLO_DROP_RESERVED_MAC, 0);
}

static void
ether_types(void **state)
{
	struct frame f;

	(void)state;
	for (unsigned int tags = 0; tags < 3; tags++) {
		for (uint32_t type = 0x0600; type < 0x10000; type++) {
			struct dlo_plan *plan;
			enum dlo_verdict want = DLO_REFLECTED;

			/* All near the ones that matter, some of the rest. */
			if ((type & 0xfff0) != 0x8800 && (type & 0xfff0) != 0x88c0 &&
				(type & 0xfff0) != 0x8880 && (type & 0xfff0) != 0x88f0 &&
				(type & 0xfff0) != 0x9000 && (type & 0xfff0) != 0x8900 &&
				type % 1021 != 0)
				continue;
			if (type == 0x0800 || type == 0x0806 || type == 0x86dd || type == 0x8100 ||
				type == 0x88a8 || type == 0x9100)
				continue;
			if (type == 0x8808)
				want = DLO_DROP_MAC_CONTROL;
			if (type == 0x8809 || type == 0x88cc || type == 0x888e || type == 0x88f7 ||
				type == 0x9000 || type == 0x8902)
				want = DLO_DROP_L2_CONTROL;
			frame_ether(&f, MAC_OURS, MAC_TESTER, type);
			for (unsigned int i = 0; i < tags; i++)
				frame_tag(&f, i ? 0x88a8 : 0x8100, 5);
			frame_fill(&f, 46);
			for (unsigned int mode = 0; mode < DLO_MODE_MAX; mode++) {
				plan = plan_of(mode, true, false);
				assert_verdict(reflect(plan, &f, NULL), want);
				plan_free(plan);
			}
		}
	}
	frame_ether(&f, MAC_OURS, MAC_TESTER, 0x8808);
	frame_fill(&f, 46);
	dropped("pause to unicast", &f, DLO_DROP_MAC_CONTROL, ALL);
	frame_ether(&f, MAC_OURS, MAC_TESTER, 0x88cc);
	frame_fill(&f, 46);
	dropped("LLDP to unicast", &f, DLO_DROP_L2_CONTROL, ALL);
}

static void
with_addrs4(const char *what, const char *src, const char *dst, enum dlo_verdict reason,
	unsigned int modes)
{
	struct frame f;

	frame_ether(&f, MAC_OTHER, MAC_TESTER, 0x0800);
	frame_ipv4(&f, 17, src, dst, NULL, 0);
	frame_udp(&f, 1, 2, 18);
	frame_finish(&f);
	dropped(what, &f, reason, modes);
}

static void
with_addrs6(const char *what, const char *src, const char *dst, enum dlo_verdict reason,
	unsigned int modes)
{
	struct frame f;

	frame_ether(&f, MAC_OTHER, MAC_TESTER, 0x86dd);
	frame_ipv6(&f, 17, src, dst);
	frame_udp(&f, 1, 2, 18);
	frame_finish(&f);
	dropped(what, &f, reason, modes);
}

static void
addresses(void **state)
{
	static const char *const bad4[] = {
		"0.0.0.0", "0.255.255.255", "224.0.0.0", "239.255.255.255", "240.0.0.0",
		"255.255.255.255",
	};
	static const char *const loopback4[] = { "127.0.0.0", "127.0.0.1", "127.255.255.255" };
	static const char *const good4[] = {
		"1.0.0.0", "126.255.255.255", "128.0.0.0", "223.255.255.255", "169.254.0.1",
	};
	static const char *const bad6[] = {
		"::", "ff00::", "ff02::1", "ffff::", "::ffff:0.0.0.0", "::ffff:1.2.3.4",
	};
	static const char *const good6[] = {
		"::2", "1::", "0:0:0:1::1", "feff::", "fe80::1", "::fffe:1.2.3.4",
		"::1:ffff:1.2.3.4", "64:ff9b::1",
	};

	(void)state;
	with_addrs4("LAND", IP_OTHER, IP_OTHER, DLO_DROP_LAND, DEEP);
	with_addrs4("LAND martian", "0.0.0.0", "0.0.0.0", DLO_DROP_LAND, DEEP);
	with_addrs6("LAND", IP6_OTHER, IP6_OTHER, DLO_DROP_LAND, DEEP);
	/* Loopback addresses never come from a wire, whatever is swapped. */
	for (unsigned int i = 0; i < sizeof(loopback4) / sizeof(loopback4[0]); i++) {
		with_addrs4(loopback4[i], loopback4[i], IP_OTHER, DLO_DROP_MARTIAN, ALL);
		with_addrs4(loopback4[i], IP_OTHER, loopback4[i], DLO_DROP_MARTIAN, ALL);
	}
	with_addrs6("from ::1", "::1", IP6_OTHER, DLO_DROP_MARTIAN, ALL);
	with_addrs6("to ::1", IP6_OTHER, "::1", DLO_DROP_MARTIAN, ALL);
	for (unsigned int i = 0; i < sizeof(bad4) / sizeof(bad4[0]); i++) {
		with_addrs4(bad4[i], bad4[i], IP_OTHER, DLO_DROP_MARTIAN, DEEP);
		with_addrs4(bad4[i], IP_OTHER, bad4[i], DLO_DROP_MARTIAN, DEEP);
	}
	for (unsigned int i = 0; i < sizeof(good4) / sizeof(good4[0]); i++) {
		with_addrs4(good4[i], good4[i], IP_OTHER, DLO_REFLECTED, 0);
		with_addrs4(good4[i], IP_OTHER, good4[i], DLO_REFLECTED, 0);
	}
	for (unsigned int i = 0; i < sizeof(bad6) / sizeof(bad6[0]); i++) {
		with_addrs6(bad6[i], bad6[i], IP6_OTHER, DLO_DROP_MARTIAN, DEEP);
		with_addrs6(bad6[i], IP6_OTHER, bad6[i], DLO_DROP_MARTIAN, DEEP);
	}
	for (unsigned int i = 0; i < sizeof(good6) / sizeof(good6[0]); i++) {
		with_addrs6(good6[i], good6[i], IP6_OTHER, DLO_REFLECTED, 0);
		with_addrs6(good6[i], IP6_OTHER, good6[i], DLO_REFLECTED, 0);
	}
}

/* Also in later fragments, and behind tags. */
static void
source_routes(void **state)
{
	static const uint8_t good[][4] = {
		{ 1, 1, 1, 0 }, { 0, 131, 3, 4 }, { 148, 4, 0, 0 }, { 68, 4, 5, 0 },
		{ 255, 2, 1, 1 },
	};
	static const uint8_t bad[][4] = {
		{ 131, 3, 4, 0 }, { 137, 3, 4, 0 }, { 1, 131, 3, 4 }, { 148, 0, 0, 0 },
		{ 148, 1, 0, 0 }, { 148, 5, 0, 0 }, { 1, 148, 4, 0 }, { 1, 1, 1, 148 },
		{ 148, 255, 0, 0 },
	};
	struct frame f;

	(void)state;
	for (unsigned int i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		frame_ether(&f, MAC_OTHER, MAC_TESTER, 0x0800);
		frame_ipv4(&f, 17, IP_TESTER, IP_OTHER, good[i], 4);
		frame_udp(&f, 1, 2, 18);
		frame_finish(&f);
		dropped("good option", &f, DLO_REFLECTED, 0);
	}
	for (unsigned int i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		frame_ether(&f, MAC_OTHER, MAC_TESTER, 0x0800);
		frame_tag(&f, 0x8100, 1);
		frame_ipv4(&f, 17, IP_TESTER, IP_OTHER, bad[i], 4);
		put16(f.b + f.l3 + 6, 3);
		frame_fill(&f, 30);
		frame_finish(&f);
		dropped("bad option", &f, DLO_DROP_OPTIONS, DEEP);
	}
	for (unsigned int type = 0; type < 6; type++) {
		for (unsigned int left = 0; left < 3; left++) {
			frame_ether(&f, MAC_OTHER, MAC_TESTER, 0x86dd);
			frame_ipv6(&f, 0, IP6_TESTER, IP6_OTHER);
			frame_ext(&f, 0, 43, 8);
			frame_ext(&f, 43, 17, 24);
			f.b[f.len - 24 + 2] = type;
			f.b[f.len - 24 + 3] = left;
			frame_udp(&f, 1, 2, 18);
			frame_finish(&f);
			dropped("routing header", &f, DLO_DROP_OPTIONS,
				type == 0 || left > 0 ? DEEP : 0);
		}
	}
	/* A routing header beyond what is looked at does not slip through. */
	frame_ether(&f, MAC_OTHER, MAC_TESTER, 0x86dd);
	frame_ipv6(&f, 60, IP6_TESTER, IP6_OTHER);
	frame_ext(&f, 60, 43, 256);
	frame_ext(&f, 43, 17, 24);
	frame_udp(&f, 1, 2, 18);
	frame_finish(&f);
	dropped("far routing header", &f, DLO_DROP_OPTIONS, DEEP);
}

static void
lengths(void **state)
{
	struct frame f;

	(void)state;
	frame_udp4(&f, 18);
	for (f.len = 0; f.len < 60; f.len++)
		dropped("cut", &f, f.len < 14 ? DLO_DROP_SHORT : DLO_DROP_TRUNCATED, ALL);
	dropped("whole", &f, DLO_REFLECTED, 0);
	frame_ether(&f, MAC_OURS, MAC_TESTER, 0x88b6);
	frame_tag(&f, 0x88a8, 1);
	frame_tag(&f, 0x8100, 1);
	for (f.len = 14; f.len < 22; f.len++)
		dropped("cut tag", &f, DLO_DROP_SHORT, ALL);
	dropped("whole tags", &f, DLO_REFLECTED, 0);
}

/* Guards off: turned round as deep as what is sound, never beyond the frame. */
static void
unsound_frames_with_guards_off(void **state)
{
	struct dlo_plan *plan = plan_of(DLO_MODE_L4, false, false);
	struct frame in, want, got;

	(void)state;
	plan->accept = DLO_ACCEPT_ANY;
	for (uint32_t len = 14; len <= 60; len++) {
		frame_udp4(&in, 18);
		in.len = len;
		want = in;
		put48(want.b, MAC_TESTER);
		put48(want.b + 6, MAC_OURS);
		if (len >= 34) {
			memcpy(want.b + 26, in.b + 30, 4);
			memcpy(want.b + 30, in.b + 26, 4);
		}
		if (len == 60) {
			memcpy(want.b + 34, in.b + 36, 2);
			memcpy(want.b + 36, in.b + 34, 2);
		}
		assert_verdict(reflect(plan, &in, &got), DLO_REFLECTED);
		assert_frame("cut", &got, &want);
	}
	/* What net_null gives: nothing but zeroes. */
	memset(&in, 0, sizeof(in));
	for (in.len = 14; in.len < 70; in.len++) {
		assert_verdict(reflect(plan, &in, &got), DLO_REFLECTED);
		assert_frame("zeroes", &got, &in);
	}
	plan_free(plan);
}

static void
accept(void **state)
{
	static const struct {
		uint64_t dst;
		uint8_t accept, guards;
		enum dlo_verdict swap, wire;
	} rows[] = {
		{ MAC_OURS, DLO_ACCEPT_OWN, 1, DLO_REFLECTED, DLO_REFLECTED },
		{ MAC_OURS, DLO_ACCEPT_UNICAST, 1, DLO_REFLECTED, DLO_REFLECTED },
		{ MAC_OTHER, DLO_ACCEPT_OWN, 1, DLO_DROP_NOT_MINE, DLO_DROP_NOT_MINE },
		{ MAC_OURS + 1, DLO_ACCEPT_OWN, 1, DLO_DROP_NOT_MINE, DLO_DROP_NOT_MINE },
		{ MAC_OTHER, DLO_ACCEPT_UNICAST, 1, DLO_REFLECTED, DLO_REFLECTED },
		{ MAC_OTHER, DLO_ACCEPT_ANY, 1, DLO_REFLECTED, DLO_REFLECTED },
		{ 0x010000000001, DLO_ACCEPT_OWN, 1, DLO_DROP_MCAST_DST, DLO_REFLECTED },
		{ 0x010000000001, DLO_ACCEPT_ANY, 1, DLO_DROP_MCAST_DST, DLO_REFLECTED },
		/* --accept is a choice, no guard: it holds without guards. */
		{ MAC_OTHER, DLO_ACCEPT_OWN, 0, DLO_DROP_NOT_MINE, DLO_DROP_NOT_MINE },
		{ 0x010000000001, DLO_ACCEPT_OWN, 0, DLO_DROP_NOT_MINE, DLO_REFLECTED },
		{ 0x010000000001, DLO_ACCEPT_UNICAST, 0, DLO_DROP_NOT_MINE, DLO_REFLECTED },
		{ 0x010000000001, DLO_ACCEPT_ANY, 0, DLO_REFLECTED, DLO_REFLECTED },
	};

	(void)state;
	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (unsigned int mode = 0; mode < DLO_MODE_MAX; mode++) {
			struct dlo_plan *plan = plan_of(mode, rows[i].guards, false);
			struct frame f;

			plan->accept = rows[i].accept;
			frame_udp4(&f, 18);
			put48(f.b, rows[i].dst);
			assert_verdict(reflect(plan, &f, NULL),
				mode == DLO_MODE_WIRE ? rows[i].wire : rows[i].swap);
			plan_free(plan);
		}
	}
}

/* Of two reasons the earlier step's is counted. */
static void
first_reason_wins(void **state)
{
	struct dlo_plan *plan = plan_of(DLO_MODE_L4, true, false);
	struct frame f;

	(void)state;
	plan->accept = DLO_ACCEPT_OWN;
	frame_ether(&f, 0x0180c2000001, MAC_OURS, 0x8808);
	frame_tag(&f, 0x8100, 1);
	f.len = 16;
	put48(f.b + 6, 0x010000000001);
	assert_verdict(reflect(plan, &f, NULL), DLO_DROP_SHORT);
	f.len = 18;
	assert_verdict(reflect(plan, &f, NULL), DLO_DROP_MCAST_SRC);
	put48(f.b + 6, MAC_OURS);
	assert_verdict(reflect(plan, &f, NULL), DLO_DROP_RESERVED_MAC);
	put48(f.b, MAC_OURS);
	assert_verdict(reflect(plan, &f, NULL), DLO_DROP_SRC_IS_DST);
	put48(f.b, MAC_OTHER);
	assert_verdict(reflect(plan, &f, NULL), DLO_DROP_MAC_CONTROL);
	put16(f.b + 16, 0x88b6);
	assert_verdict(reflect(plan, &f, NULL), DLO_DROP_SELF);
	put48(f.b + 6, MAC_TESTER);
	assert_verdict(reflect(plan, &f, NULL), DLO_DROP_NOT_MINE);
	frame_ether(&f, MAC_OTHER, MAC_TESTER, 0x0800);
	frame_ipv4(&f, 17, "127.0.0.1", "127.0.0.1", NULL, 0);
	frame_udp(&f, 1, 2, 0);
	frame_finish(&f);
	assert_verdict(reflect(plan, &f, NULL), DLO_DROP_NOT_MINE);
	put48(f.b, MAC_OURS);
	assert_verdict(reflect(plan, &f, NULL), DLO_DROP_LAND);
	plan_free(plan);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(macs),
		cmocka_unit_test(ether_types),
		cmocka_unit_test(addresses),
		cmocka_unit_test(source_routes),
		cmocka_unit_test(lengths),
		cmocka_unit_test(unsound_frames_with_guards_off),
		cmocka_unit_test(accept),
		cmocka_unit_test(first_reason_wins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
