/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Frames of a kind that the queue remembers, and one among them that differs somewhere: it meets the
 * fate that the oracle has for it, wherever it stands and whatever byte it is that differs.
 */
#include "frames.h"

#include <stdio.h>

#include "answer/lane.h"

#define BURST_LEN 32
#define TAILROOM 128 /* enough to be remembered */
#define REACH 82

static void
udp4(struct frame *f)
{
	frame_ether(f, MAC_OTHER, MAC_TESTER, 0x0800);
	frame_ipv4(f, 17, IP_TESTER, IP_OTHER, NULL, 0);
	frame_udp(f, 1000, 2000, 18);
	frame_finish(f);
}

static void
tagged4(struct frame *f)
{
	frame_ether(f, MAC_OTHER, MAC_TESTER, 0x0800);
	frame_tag(f, 0x8100, 100);
	frame_ipv4(f, 6, IP_TESTER, IP_OTHER, NULL, 0);
	frame_tcp(f, 1000, 2000, 30);
	frame_finish(f);
}

static void
udp6(struct frame *f)
{
	frame_ether(f, MAC_OTHER, MAC_TESTER, 0x86dd);
	frame_ipv6(f, 17, IP6_TESTER, IP6_OTHER);
	frame_udp(f, 1000, 2000, 30);
	frame_finish(f);
}

static void
tcp6(struct frame *f)
{
	frame_ether(f, MAC_OTHER, MAC_TESTER, 0x86dd);
	frame_ipv6(f, 6, IP6_TESTER, IP6_OTHER);
	frame_tcp(f, 1000, 2000, 30);
	frame_finish(f);
}

/* What decides, and what is swapped, reaches behind the first line. */
static void
udp6_in_qinq(struct frame *f)
{
	frame_ether(f, MAC_OTHER, MAC_TESTER, 0x86dd);
	frame_tag(f, 0x88a8, 100);
	frame_tag(f, 0x8100, 200);
	frame_ipv6(f, 17, IP6_TESTER, IP6_OTHER);
	frame_udp(f, 1000, 2000, 30);
	frame_finish(f);
}

static void
other(struct frame *f)
{
	frame_fill(f, 90);
	put48(f->b, MAC_OTHER);
	put48(f->b + 6, MAC_TESTER);
	put16(f->b + 12, 0x88b6);
}

static void (*const kinds[])(struct frame *f) = { udp4, tagged4, udp6, tcp6, udp6_in_qinq, other };

#define NB_KINDS (sizeof(kinds) / sizeof(kinds[0]))

struct seen {
	struct dlo_burst burst;
	struct rte_mbuf *pkts[BURST_LEN];
};

/* Frames like @like, but for @odd at place @at. */
static void
send(const struct dlo_plan *plan, struct dlo_lane *lane, const struct frame *like,
	const struct frame *odd, unsigned int at, struct seen *ret)
{
	for (unsigned int i = 0; i < BURST_LEN; i++)
		ret->pkts[i] = mbuf_of(i == at ? odd : like, TAILROOM);
	dlo_reflect_burst(plan, lane, ret->pkts, BURST_LEN, &ret->burst);
}

static void
forget(struct seen *seen)
{
	for (unsigned int i = 0; i < BURST_LEN; i++)
		mbuf_free(seen->pkts[i]);
}

static void
check(const struct dlo_plan *oracle, const struct dlo_plan *plan, struct dlo_lane *lane,
	const struct frame *like, const struct frame *odd, unsigned int at)
{
	static struct frame a, b;
	struct seen want, got;

	send(oracle, NULL, like, odd, at, &want);
	send(plan, lane, like, odd, at, &got);
	assert_int_equal(got.burst.nb_back, want.burst.nb_back);
	assert_int_equal(got.burst.nb_reflected, want.burst.nb_reflected);
	assert_int_equal(got.burst.rx_bytes, want.burst.rx_bytes);
	assert_int_equal(got.burst.back_bytes, want.burst.back_bytes);
	assert_memory_equal(got.burst.verdict, want.burst.verdict, BURST_LEN);
	for (unsigned int i = 0; i < BURST_LEN; i++) {
		mbuf_read(want.pkts[i], &a);
		mbuf_read(got.pkts[i], &b);
		assert_int_equal(a.len, b.len);
		assert_memory_equal(a.b, b.b, a.len);
	}
	forget(&want);
	forget(&got);
}

/* Every byte, with its lowest bit and with all bits turned over. */
static void
check_bytes(const struct dlo_plan *oracle, const struct dlo_plan *plan, const struct frame *like)
{
	static struct dlo_lane lane;
	static struct frame odd;
	unsigned int end = like->len < REACH ? like->len : REACH;

	memset(&lane, 0, sizeof(lane));
	check(oracle, plan, &lane, like, like, 0);
	for (unsigned int i = 0; i < end; i++) {
		for (unsigned int n = 0; n < 2; n++) {
			odd = *like;
			odd.b[i] ^= n == 0 ? 0x01 : 0xff;
			check(oracle, plan, &lane, like, &odd, (i * 7 + n) % BURST_LEN);
		}
	}
	/* Its own length, and one that is shorter than its headers say. */
	odd = *like;
	odd.len -= 2;
	check(oracle, plan, &lane, like, &odd, 17);
	odd.len = 40;
	check(oracle, plan, &lane, like, &odd, 31);
	odd.len = 0;
	check(oracle, plan, &lane, like, &odd, 5);
}

static void
whoever_differs_is_judged_alone(void **state)
{
	static const enum dlo_mode modes[] = { DLO_MODE_WIRE, DLO_MODE_MAC, DLO_MODE_IP, DLO_MODE_L4 };
	static struct frame like;
	const char *name;

	(void)state;
	for (unsigned int m = 0; m < 2 * RTE_DIM(modes); m++) {
		struct dlo_plan *oracle = plan_of(modes[m / 2], m % 2 != 0, false);
		struct dlo_plan *plan = plan_of(modes[m / 2], m % 2 != 0, false);

		assert_int_equal(dlo_plan_use_variant(oracle, "scalar"), 0);
		for (unsigned int v = 0; (name = dlo_variant_name(v)) != NULL; v++) {
			for (unsigned int k = 0; k < NB_KINDS; k++) {
				/* Anew for each: what was learnt by one plan is void for the next. */
				if (dlo_plan_use_variant(plan, name) != 0)
					continue;
				kinds[k](&like);
				check_bytes(oracle, plan, &like);
			}
		}
		plan_free(oracle);
		plan_free(plan);
	}
}

/* Among frames whose addresses differ here and there, those that are sent to their own sender. */
static void
land_is_found_in_a_run(void **state)
{
	static struct frame like, land;
	static struct dlo_lane lane;
	const char *name;

	(void)state;
	for (unsigned int v = 0; (name = dlo_variant_name(v)) != NULL; v++) {
		struct dlo_plan *oracle = plan_of(DLO_MODE_L4, true, false);
		struct dlo_plan *plan = plan_of(DLO_MODE_L4, true, false);

		if (dlo_plan_use_variant(plan, name) == 0) {
			assert_int_equal(dlo_plan_use_variant(oracle, "scalar"), 0);
			memset(&lane, 0, sizeof(lane));
			for (unsigned int k = 0; k + 1 < NB_KINDS; k++) {
				kinds[k](&like);
				land = like;
				memcpy(land.b + like.l3 + (k < 2 ? 16 : 24),
					land.b + like.l3 + (k < 2 ? 12 : 8), k < 2 ? 4 : 16);
				for (unsigned int at = 0; at < BURST_LEN; at++)
					check(oracle, plan, &lane, &like, &land, at);
			}
		}
		plan_free(oracle);
		plan_free(plan);
	}
}

/* What was remembered goes with the plan by which it was judged, though the lane stays. */
static void
another_plan_judges_anew(void **state)
{
	static struct dlo_lane lane;
	static struct frame like;
	struct seen seen;
	const char *name;

	(void)state;
	udp4(&like);
	for (unsigned int v = 0; (name = dlo_variant_name(v)) != NULL; v++) {
		struct dlo_plan *plan = plan_of(DLO_MODE_L4, true, false);

		if (dlo_plan_use_variant(plan, name) == 0) {
			for (unsigned int i = 0; i < 3; i++) {
				send(plan, &lane, &like, &like, 0, &seen);
				assert_int_equal(seen.burst.nb_back, BURST_LEN);
				forget(&seen);
			}
			/* At the same address, as a plan may be that comes after one that went. */
			plan->accept = DLO_ACCEPT_OWN;
			assert_int_equal(dlo_plan_use_variant(plan, name), 0);
			send(plan, &lane, &like, &like, 0, &seen);
			assert_int_equal(seen.burst.nb_back, 0);
			assert_int_equal(seen.burst.verdict[BURST_LEN - 1], DLO_DROP_NOT_MINE);
			forget(&seen);
		}
		plan_free(plan);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whoever_differs_is_judged_alone),
		cmocka_unit_test(land_is_found_in_a_run),
		cmocka_unit_test(another_plan_judges_anew),
	};

	return cmocka_run_group_tests_name("memo", tests, NULL, NULL);
}
