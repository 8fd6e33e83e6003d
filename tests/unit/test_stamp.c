/* SPDX-License-Identifier: BSD-3-Clause */
/* STAMP: RFC 8762, and TWAMP Light senders: RFC 5357 appendix I. TLVs: test_stamp_tlv.c. */
#include "stamp_frames.h"

#include "address/address.h"

static void
stamp_verdict_is(const struct dlo_plan *plan, struct dlo_lane *lane, const struct frame *f,
	enum dlo_verdict want)
{
	assert_verdict(reflect_timed(plan, lane, f, 128, NULL), want);
}

/* RFC 8762 4.3, 4.6: every size, what is shorter than a base packet gets one. */
static void
every_size_is_answered(void **state)
{
	struct dlo_lane lane;
	struct dlo_plan *plan = stamp_plan(&lane, false);
	struct frame f;

	(void)state;
	for (unsigned int v6 = 0; v6 < 2; v6++) {
		for (uint32_t size = 0; size < 14; size++) {
			stamp_request(plan, &f, v6, size);
			stamp_verdict_is(plan, &lane, &f, DLO_DROP_TRUNCATED);
		}
		for (uint32_t size = 14; size < 300; size++) {
			stamp_request(plan, &f, v6, size);
			stamp_answered(plan, &lane, &f, STAMP_SEQ);
			/* As a wire brings it: padded to 60, or with a trailer. */
			frame_pad(&f, f.len < 60 ? 60 : f.len + 3, 0xee);
			stamp_answered(plan, &lane, &f, STAMP_SEQ);
		}
		for (uint32_t size = 1000; size < 9100; size += 811) {
			stamp_request(plan, &f, v6, size);
			stamp_answered(plan, &lane, &f, STAMP_SEQ);
		}
	}
	plan_free(plan);
	timed_free(&lane);
}

static void
authenticated_packets_are_answered(void **state)
{
	struct dlo_lane lane;
	struct dlo_plan *plan = stamp_plan(&lane, true);
	struct frame f;

	(void)state;
	for (unsigned int v6 = 0; v6 < 2; v6++) {
		stamp_request(plan, &f, v6, 112);
		stamp_answered(plan, &lane, &f, STAMP_SEQ);
		for (unsigned int i = 0; i < 112; i++) {
			stamp_request(plan, &f, v6, 112);
			stamp_of(&f)[i] ^= 1;
			frame_finish(&f);
			stamp_verdict_is(plan, &lane, &f, DLO_DROP_BAD_AUTH);
		}
		for (uint32_t size = 14; size < 112; size++) {
			stamp_request(plan, &f, v6, size);
			stamp_verdict_is(plan, &lane, &f, DLO_DROP_BAD_AUTH);
		}
	}
	/* RFC 8762 4.2.2: MBZ fields are ignored, as long as the digest holds. */
	stamp_request(plan, &f, false, 112);
	memset(stamp_of(&f) + 4, 0xff, 12);
	memset(stamp_of(&f) + 28, 0xff, 68);
	stamp_seal(plan, &f);
	stamp_answered(plan, &lane, &f, STAMP_SEQ);
	plan_free(plan);
	timed_free(&lane);
}

/* RFC 8762 4.2.1: ignored on receipt, zero in the reply. */
static void
mbz_is_ignored(void **state)
{
	struct dlo_lane lane;
	struct dlo_plan *plan = stamp_plan(&lane, false);
	struct frame f;

	(void)state;
	stamp_request(plan, &f, false, 44);
	memset(stamp_of(&f) + 16, 0xff, 28);
	frame_finish(&f);
	stamp_answered(plan, &lane, &f, STAMP_SEQ);
	plan_free(plan);
	timed_free(&lane);
}

/* RFC 8762 4.3.1, RFC 8972 3: one counter for each SSID, address and port. */
static void
stateful_sessions_count(void **state)
{
	struct dlo_lane lane;
	struct dlo_plan *plan = stamp_plan(&lane, false);
	struct frame f;

	(void)state;
	plan->settings.stamp.stateful = true;
	for (uint32_t n = 0; n < 5; n++) {
		for (unsigned int v6 = 0; v6 < 2; v6++) {
			stamp_request(plan, &f, v6, 44);
			stamp_answered(plan, &lane, &f, n);
			put16(stamp_of(&f) + 14, 7);
			frame_finish(&f);
			stamp_answered(plan, &lane, &f, n);
			put16(f.b + f.l4, STAMP_SPORT + 1);
			frame_finish(&f);
			stamp_answered(plan, &lane, &f, n);
			put16(f.b + f.l3 + (v6 ? 22 : 14), 9);
			frame_finish(&f);
			stamp_answered(plan, &lane, &f, n);
		}
	}
	/* No room, no answer: a wrong number would be a loss that never was. */
	dlo_sessions_free(lane.sessions);
	lane.sessions = NULL;
	stamp_verdict_is(plan, &lane, &f, DLO_DROP_NO_SESSION);
	assert_verdict(reflect_room(plan, &f, 64, NULL), DLO_DROP_NO_SESSION);
	plan_free(plan);
}

static void
formats_and_checksums(void **state)
{
	struct dlo_lane lane;
	struct dlo_plan *plan = stamp_plan(&lane, false);
	struct frame f;

	(void)state;
	for (unsigned int ptp = 0; ptp < 2; ptp++) {
		plan->settings.stamp.ptp = ptp;
		for (unsigned int v6 = 0; v6 < 2; v6++) {
			/* Any sum may come out, also 0. */
			for (unsigned int n = 0; n < 3000; n++) {
				stamp_request(plan, &f, v6, 44);
				put16(stamp_of(&f) + 4, n * 22);
				frame_finish(&f);
				stamp_answered(plan, &lane, &f, STAMP_SEQ);
			}
		}
		/* RFC 768: none asked, none given. RFC 8200 8.1: not in IPv6. */
		stamp_request(plan, &f, false, 44);
		put16(f.b + f.l4 + 6, 0);
		stamp_answered(plan, &lane, &f, STAMP_SEQ);
		stamp_request(plan, &f, true, 44);
		put16(f.b + f.l4 + 6, 0);
		stamp_verdict_is(plan, &lane, &f, DLO_DROP_BAD_CKSUM);
		f.b[f.l4 + 7] = 1;
		stamp_verdict_is(plan, &lane, &f, DLO_DROP_BAD_CKSUM);
	}
	/* DSCP stays, and what routers said about congestion does not (RFC 3168). */
	for (unsigned int tos = 0; tos < 256; tos++) {
		stamp_request(plan, &f, false, 44);
		f.b[f.l3 + 1] = tos;
		frame_finish(&f);
		stamp_answered(plan, &lane, &f, STAMP_SEQ);
		stamp_request(plan, &f, true, 44);
		f.b[f.l3] = 0x60 | tos >> 4;
		f.b[f.l3 + 1] = tos << 4 | 5;
		frame_finish(&f);
		stamp_answered(plan, &lane, &f, STAMP_SEQ);
	}
	for (unsigned int ttl = 0; ttl < 256; ttl += 5) {
		stamp_request(plan, &f, false, 44);
		f.b[f.l3 + 8] = ttl;
		frame_finish(&f);
		stamp_answered(plan, &lane, &f, STAMP_SEQ);
	}
	plan_free(plan);
	timed_free(&lane);
}

/* What another reflector sends is a request to us: A:862 to B:862 would go on for ever. */
/* Of two addresses. */
static const struct dlo_addr_table *
table_of(const char *ip, const char *ip6)
{
	struct dlo_addr_rule rules[2] = { { .owner = DLO_OWNER_PORT }, { .owner = DLO_OWNER_PORT } };
	const struct dlo_addr_table *table;

	assert_int_equal(dlo_prefix_parse(ip, &rules[0].prefix), 0);
	assert_int_equal(dlo_prefix_parse(ip6, &rules[1].prefix), 0);
	table = dlo_addr_table_create(rules, 2);
	assert_non_null(table);
	return table;
}

static void
no_loop_can_start(void **state)
{
	static const uint16_t services[] = { 7, 13, 17, 19, 37, 53, 69, 123, 161, 389, 862, 1900, 3784,
		3785, 6784, 7784, 11211, 20862 };
	struct dlo_lane lane;
	struct dlo_plan *plan = stamp_plan(&lane, false);
	struct frame f;

	(void)state;
	plan->settings.udp_echo.port = 20862;
	for (unsigned int v6 = 0; v6 < 2; v6++) {
		for (unsigned int i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
			stamp_request(plan, &f, v6, 44);
			put16(f.b + f.l4, services[i]);
			frame_finish(&f);
			stamp_verdict_is(plan, &lane, &f, DLO_DROP_SRC_PORT);
		}
		/* Senders that use one port on both sides exist; who wants them says so. */
		plan->settings.stamp.same_port = true;
		stamp_request(plan, &f, v6, 44);
		put16(f.b + f.l4, STAMP_PORT);
		frame_finish(&f);
		stamp_answered(plan, &lane, &f, STAMP_SEQ);
		put16(f.b + f.l4, 7);
		frame_finish(&f);
		stamp_verdict_is(plan, &lane, &f, DLO_DROP_SRC_PORT);
		plan->settings.stamp.same_port = false;
	}
	/* On another port 862 is a service of somebody else. */
	plan->settings.stamp.port = 4000;
	stamp_request(plan, &f, false, 44);
	put16(f.b + f.l4, 862);
	put16(f.b + f.l4 + 2, 4000);
	frame_finish(&f);
	stamp_verdict_is(plan, &lane, &f, DLO_DROP_SRC_PORT);
	plan_free(plan);
	timed_free(&lane);
}

/* Through a reflector and as far as its mbuf; whoever it came from gets it by changing MACs. */
static enum dlo_verdict
pass(const struct dlo_plan *plan, struct dlo_lane *lane, struct frame *f)
{
	struct frame got = *f;
	enum dlo_verdict v = reflect_timed(plan, lane, f, 0, &got);

	*f = got;
	return v;
}

/*
 * Two reflectors on ports that neither knows of the other: a request with a forged source, and each reply
 * is a request to the other one. The first that gets its own time back ends it.
 */
static void
no_loop_lives_on(void **state)
{
	static struct dlo_lane lanes[2];
	struct frame f;

	(void)state;
	for (unsigned int i = 0; i < 16; i++) {
		const bool auth = i & 1, stateful = i & 2, same_port = i & 4, v6 = i & 8;
		struct dlo_plan *plans[2];

		for (unsigned int k = 0; k < 2; k++) {
			plans[k] = stamp_plan(&lanes[k], auth);
			plans[k]->settings.stamp.stateful = stateful;
			plans[k]->settings.stamp.same_port = same_port;
		}
		/* The second one is the tester, who is a reflector on the port that he sends from. */
		put48(plans[1]->mac.addr_bytes, MAC_TESTER);
		plans[1]->nb_own_macs = 1;
		plans[1]->own_macs[0] = plans[1]->mac;
		dlo_addr_table_free((struct dlo_addr_table *)(uintptr_t)plans[1]->addresses);
		plans[1]->addresses = table_of(IP_TESTER, IP6_TESTER);
		if (!same_port) {
			plans[0]->settings.stamp.port = 5000;
			plans[1]->settings.stamp.port = STAMP_SPORT;
		}
		for (unsigned int round = 0; round < 50; round++) {
			stamp_request(plans[0], &f, v6, auth ? 112 : 44);
			put16(f.b + f.l4, same_port ? STAMP_PORT : STAMP_SPORT);
			put16(f.b + f.l4 + 2, same_port ? STAMP_PORT : 5000);
			frame_finish(&f);
			assert_verdict(pass(plans[0], &lanes[0], &f), DLO_ANSWERED_STAMP);
			assert_verdict(pass(plans[1], &lanes[1], &f), DLO_ANSWERED_STAMP);
			assert_verdict(pass(plans[0], &lanes[0], &f), DLO_DROP_LOOP);
			/* One that comes a second time has not become anything else. */
			assert_verdict(pass(plans[0], &lanes[0], &f), DLO_DROP_LOOP);
		}
		assert_int_equal(lanes[0].nb_stamp_loops, 100);
		assert_int_equal(lanes[1].nb_stamp_loops, 0);
		/* Who has anything else there is an ordinary sender. */
		stamp_request(plans[0], &f, v6, auth ? 112 : 44);
		put16(f.b + f.l4 + 2, same_port ? STAMP_PORT : 5000);
		frame_finish(&f);
		stamp_verdict_is(plans[0], &lanes[0], &f, DLO_ANSWERED_STAMP);
		for (unsigned int k = 0; k < 2; k++) {
			plan_free(plans[k]);
			timed_free(&lanes[k]);
		}
	}
}

static void
who_may_ask(void **state)
{
	static const struct {
		const char *src;
		enum dlo_verdict want;
	} cases[] = {
		{ IP_OTHER, DLO_DROP_NOT_ALLOWED },
		{ "127.0.0.1", DLO_DROP_MARTIAN },
		{ "224.0.0.5", DLO_DROP_MARTIAN },
		{ IP_OURS, DLO_DROP_LAND },
	};
	struct dlo_lane lane;
	struct dlo_plan *plan = stamp_plan(&lane, false);
	struct frame f;

	(void)state;
	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		frame_ether(&f, MAC_OURS, MAC_TESTER, 0x0800);
		frame_ipv4(&f, 17, cases[i].src, IP_OURS, NULL, 0);
		frame_udp(&f, STAMP_SPORT, STAMP_PORT, 44);
		frame_finish(&f);
		stamp_verdict_is(plan, &lane, &f, cases[i].want);
	}
	stamp_request(plan, &f, false, 44);
	put16(f.b + f.l3 + 6, 0x2000);
	frame_finish(&f);
	stamp_verdict_is(plan, &lane, &f, DLO_DROP_FRAGMENT);
	/* Not to our MAC, or not to an address of ours: bulk. */
	stamp_request(plan, &f, false, 44);
	put48(f.b, MAC_OTHER);
	stamp_verdict_is(plan, &lane, &f, DLO_REFLECTED);
	stamp_request(plan, &f, false, 44);
	f.b[f.l3 + 19] ^= 0x40;
	frame_finish(&f);
	stamp_verdict_is(plan, &lane, &f, DLO_REFLECTED);
	/* To a group: never. */
	stamp_request(plan, &f, false, 44);
	put48(f.b, 0xffffffffffffull);
	stamp_verdict_is(plan, &lane, &f, DLO_DROP_MCAST_DST);
	/* Beyond the rate. */
	stamp_request(plan, &f, false, 44);
	plan->settings.rate = (struct dlo_rate){ .cost = 2, .full = 1 };
	stamp_verdict_is(plan, &lane, &f, DLO_DROP_RATE_LIMITED);
	plan_free(plan);
	timed_free(&lane);
}

/* A loopback is an address like any other, on whichever port the question comes. */
static void
loopbacks_answer(void **state)
{
	struct dlo_addr_rule rules[2] = {
		{ .owner = DLO_OWNER_LOOPBACK },
		{ .owner = DLO_OWNER_LOOPBACK + 1 },
	};
	struct dlo_lane lane;
	struct dlo_plan *plan = stamp_plan(&lane, false);
	struct frame f;

	(void)state;
	assert_int_equal(dlo_prefix_parse(IP_OURS, &rules[0].prefix), 0);
	assert_int_equal(dlo_prefix_parse(IP6_OURS, &rules[1].prefix), 0);
	dlo_addr_table_free((struct dlo_addr_table *)(uintptr_t)plan->addresses);
	plan->addresses = dlo_addr_table_create(rules, 2);
	plan->punt = true;
	put48(plan->punt_dst.addr_bytes, MAC_OTHER);
	for (unsigned int v6 = 0; v6 < 2; v6++) {
		stamp_request(plan, &f, v6, 60);
		stamp_answered(plan, &lane, &f, STAMP_SEQ);
	}
	plan_free(plan);
	timed_free(&lane);
}

/* Cut anywhere, with room behind or without: the same story. */
static void
cut_anywhere(void **state)
{
	static const uint32_t sizes[] = { 14, 44, 112, 400 };
	struct dlo_lane lane;
	static struct frame f, got, want;

	(void)state;
	for (unsigned int auth = 0; auth < 2; auth++) {
		struct dlo_plan *plan = stamp_plan(&lane, auth);

		for (unsigned int i = auth ? 2 : 0; i < 4; i++) {
			for (unsigned int v6 = 0; v6 < 2; v6++) {
				stamp_request(plan, &f, v6, sizes[i]);
				for (uint32_t at = 1; at < f.len && at < 300; at++) {
					struct rte_mbuf *m = mbuf_split(&f, at, 64);

					got = f;
					assert_verdict(reflect_timed_mbuf(plan, &lane, m),
						DLO_ANSWERED_STAMP);
					mbuf_read(m, &got);
					stamp_reply(plan, &f, STAMP_SEQ, &got, &want);
					/* One TLV of zeroes is none where TLVs are authenticated. */
					if (auth && sizes[i] > 112)
						memcpy(want.b + want.l4 + 120, got.b + got.l4 + 120,
							sizes[i] - 112);
					frame_finish(&want);
					assert_frame("split", &got, &want);
					mbuf_free(m);
				}
			}
		}
		plan_free(plan);
		timed_free(&lane);
	}
}

static void
no_room_for_a_base_packet(void **state)
{
	struct dlo_lane lane;
	struct dlo_plan *plan = stamp_plan(&lane, false);
	struct frame f;

	(void)state;
	stamp_request(plan, &f, false, 14);
	assert_verdict(reflect_timed(plan, &lane, &f, 29, NULL), DLO_DROP_TOO_BIG);
	assert_verdict(reflect_timed(plan, &lane, &f, 30, NULL), DLO_ANSWERED_STAMP);
	plan_free(plan);
	timed_free(&lane);
}

/* Times of a burst: one arrival, departures of those that are still there. */
static void
a_burst_departs_together(void **state)
{
	struct rte_mbuf *pkts[DLO_BURST_MAX], *left[DLO_BURST_MAX];
	struct dlo_lane lane;
	struct dlo_burst burst;
	static struct frame f, got;
	uint8_t t2[8];

	(void)state;
	for (unsigned int auth = 0; auth < 2; auth++) {
		struct dlo_plan *plan = stamp_plan(&lane, auth);
		uint32_t at = auth ? 32 : 16, kept = 0;

		for (unsigned int i = 0; i < DLO_BURST_MAX; i++) {
			stamp_request(plan, &f, i & 1, 112);
			pkts[i] = mbuf_of(&f, 0);
		}
		dlo_lane_arrive(&lane, rte_rdtsc(), 0);
		dlo_reflect_burst(plan, &lane, pkts, DLO_BURST_MAX, &burst);
		assert_int_equal(burst.nb_back, DLO_BURST_MAX);
		assert_int_equal(lane.nb_timed, DLO_BURST_MAX);
		for (unsigned int i = 0; i < DLO_BURST_MAX; i++) {
			if (i % 3 == 0)
				mbuf_free(pkts[i]);
			else
				left[kept++] = pkts[i];
		}
		dlo_answer_depart(plan, &lane, left, kept);
		for (unsigned int i = 0; i < kept; i++) {
			got.l4 = f.l4;
			mbuf_read(left[i], &got);
			got.l3 = 14;
			got.l4 = got.b[14] >> 4 == 4 ? 34 : 54;
			if (i == 0)
				memcpy(t2, stamp_of(&got) + at, 8);
			assert_memory_equal(stamp_of(&got) + at, t2, 8);
			assert_true(memcmp(stamp_of(&got) + (auth ? 16 : 4), t2, 8) > 0);
			assert_true(frame_sums_good(&got));
			mbuf_free(left[i]);
		}
		plan_free(plan);
		timed_free(&lane);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_size_is_answered),
		cmocka_unit_test(authenticated_packets_are_answered),
		cmocka_unit_test(mbz_is_ignored),
		cmocka_unit_test(stateful_sessions_count),
		cmocka_unit_test(formats_and_checksums),
		cmocka_unit_test(no_loop_can_start),
		cmocka_unit_test(no_loop_lives_on),
		cmocka_unit_test(who_may_ask),
		cmocka_unit_test(loopbacks_answer),
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(no_room_for_a_base_packet),
		cmocka_unit_test(a_burst_departs_together),
	};

	return cmocka_run_group_tests_name("stamp", tests, NULL, NULL);
}
