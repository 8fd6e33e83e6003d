/* SPDX-License-Identifier: BSD-3-Clause */
/* Token buckets: what --answer-rate promises, at its edges. */
#include "frames.h"

#define HZ UINT64_C(2500000000)

/* Answers given of `asked` requests that come evenly from `from` to `from + cycles`. */
static uint64_t
given(struct dlo_bucket *b, const struct dlo_rate *rate, uint64_t from, uint64_t cycles,
	uint64_t asked)
{
	uint64_t n = 0;

	for (uint64_t i = 0; i < asked; i++)
		n += dlo_bucket_take(b, rate, from + cycles * i / asked);
	return n;
}

static void
rates_hold(void **state)
{
	static const struct {
		uint64_t per_second, depth;
	} rates[] = { { 1, 1 }, { 7, 7 }, { 31, 31 }, { 32, 32 }, { 1000, 32 }, { 3200, 32 },
		{ 100000, 1000 }, { 1000000, 10000 }, { 3333333, 33333 } };

	(void)state;
	for (unsigned int i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		struct dlo_rate rate = dlo_rate_make(rates[i].per_second, HZ);
		struct dlo_bucket b = { 0 };
		uint64_t want = rates[i].per_second, got;

		/* At once: what has been saved up, and no more. */
		assert_int_equal(given(&b, &rate, 5, 0, 2 * rates[i].depth), rates[i].depth);
		/* A flood of ten times the rate, for a second. */
		got = given(&b, &rate, 5, HZ, 10 * want);
		assert_in_range(got, want - 1 - want / 1000, want + want / 1000);
		/* An hour of silence saves no more than a full bucket. */
		assert_int_equal(given(&b, &rate, 3600 * HZ, 0, 2 * rates[i].depth),
			rates[i].depth);
		/* Half the rate is never refused. */
		got = given(&b, &rate, 7200 * HZ, 10 * HZ, want * 5);
		assert_int_equal(got, want * 5);
	}
}

static void
no_limit(void **state)
{
	struct dlo_rate rate = dlo_rate_make(0, HZ);
	struct dlo_bucket b = { 0 };

	(void)state;
	assert_int_equal(given(&b, &rate, 1, 0, 100000), 100000);
	/* Rates beyond the clock's own are no limit either, but no division by zero. */
	rate = dlo_rate_make(UINT64_C(1000) * HZ, HZ);
	assert_int_equal(given(&b, &rate, 1, HZ, 1000000), 1000000);
}

/* Neither a step back nor the wrap of the counter opens the gate. */
static void
clocks_that_misbehave(void **state)
{
	struct dlo_rate rate = dlo_rate_make(10, HZ);
	struct dlo_bucket b = { 0 };

	(void)state;
	assert_int_equal(given(&b, &rate, UINT64_MAX - 100, 0, 20), 10);
	assert_int_equal(given(&b, &rate, UINT64_MAX - 5000, 0, 20), 0);
	assert_int_equal(given(&b, &rate, UINT64_MAX, 0, 20), 0);
	assert_int_equal(given(&b, &rate, 200, 0, 20), 0);
	assert_int_equal(given(&b, &rate, 200 + HZ, 0, 20), 10);
}

/* A slower rate takes away what a faster one had saved up. */
static void
a_new_rate(void **state)
{
	struct dlo_rate fast = dlo_rate_make(1000000, HZ), slow = dlo_rate_make(5, HZ);
	struct dlo_bucket b = { 0 };

	(void)state;
	assert_int_equal(given(&b, &fast, 1, 0, 1), 1);
	assert_in_range(given(&b, &slow, 1, 0, 100), 0, 5);
}

/* One bucket for each protocol; frames that are nobody's request cost nothing. */
static void
each_answer_has_its_own(void **state)
{
	struct dlo_plan *plan = plan_of(DLO_MODE_L4, true, false);
	struct dlo_lane lane = { .now = 1000 };
	struct frame ping, arp, bulk;
	unsigned int pings = 0, arps = 0;

	(void)state;
	plan->settings.rate = dlo_rate_make(3, HZ);
	frame_ether(&ping, MAC_OURS, MAC_TESTER, 0x0800);
	frame_ipv4(&ping, 1, IP_TESTER, IP_OURS, NULL, 0);
	frame_icmp(&ping, 8, 0, 1, 56);
	frame_finish(&ping);
	frame_ether(&arp, 0xffffffffffffull, MAC_TESTER, 0x0806);
	frame_arp(&arp, 1, MAC_TESTER, IP_TESTER, 0, IP_OURS);
	frame_udp4(&bulk, 100);
	for (unsigned int i = 0; i < 10; i++) {
		const struct frame *frames[] = { &ping, &arp, &bulk };

		for (unsigned int k = 0; k < 3; k++) {
			struct rte_mbuf *m = mbuf_of(frames[k], 64);
			enum dlo_verdict v = reflect_lane(plan, &lane, m);
			struct frame out = *frames[k];

			mbuf_read(m, &out);
			if (v == DLO_DROP_RATE_LIMITED)
				assert_frame("untouched", &out, frames[k]);
			else if (k == 0)
				pings += v == DLO_ANSWERED_ICMP;
			else if (k == 1)
				arps += v == DLO_ANSWERED_ARP;
			else
				assert_verdict(v, DLO_REFLECTED);
			mbuf_free(m);
		}
	}
	assert_int_equal(pings, 3);
	assert_int_equal(arps, 3);
	plan_free(plan);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rates_hold),
		cmocka_unit_test(no_limit),
		cmocka_unit_test(clocks_that_misbehave),
		cmocka_unit_test(a_new_rate),
		cmocka_unit_test(each_answer_has_its_own),
	};

	return cmocka_run_group_tests_name("lane", tests, NULL, NULL);
}
