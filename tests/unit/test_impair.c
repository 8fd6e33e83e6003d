/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "frames.h"
#include "impair/flow.h"
#include "impair/impair.h"

/* Ticks are nanoseconds here. */
#define HZ UINT64_C(1000000000)
#define US UINT64_C(1000)
#define MS UINT64_C(1000000)
#define MILLION 1000000

static uint64_t
share(double of_one)
{
	return (uint64_t)(of_one * (double)DLO_IMPAIR_ALWAYS);
}

static struct dlo_impair_rule
plain_rule(void)
{
	return (struct dlo_impair_rule){
		.seed = 7,
		.extent = 1,
		.tick_hz = HZ,
		.max_frames = 4096,
		.max_extra = 4096,
	};
}

static struct dlo_impair *
create(const struct dlo_impair_rule *rule)
{
	struct dlo_impair *s = dlo_impair_create(rule);

	assert_non_null(s);
	return s;
}

/* Frame number @n of a flow, held with its own draws. @return whether it was held */
static bool
put(struct dlo_impair *s, uintptr_t n, uint32_t flow, uint64_t now)
{
	const struct dlo_impair_held held = {
		.frame = (void *)n,
		.since = now,
		.bytes = 1000,
		.flow = flow,
		.segments = 1,
	};
	struct dlo_impair_fate fate = dlo_impair_draw(s);

	return !fate.lost && dlo_impair_hold(s, &fate, &held, now);
}

/* @return the next frame's number, or -1 when none is due */
static long
take(struct dlo_impair *s, uint64_t now)
{
	struct dlo_impair_held held;

	return dlo_impair_take(s, now, &held, 1) == 1 ? (long)(uintptr_t)held.frame : -1;
}

/* As many as the binomial distribution has in 99 of 100 runs: within 2.576 deviations. */
static bool
is_binomial(uint64_t hits, uint64_t n, double p)
{
	double off = (double)hits - (double)n * p;

	return off * off <= 2.576 * 2.576 * (double)n * p * (1 - p);
}

#define assert_binomial(hits, n, p) assert_true(is_binomial(hits, n, p))

/* @return how many of four shares are outside of where 99 of 100 are */
static unsigned int
count_outliers(uint64_t seed, double p, unsigned int frames)
{
	struct dlo_impair_rule rule = plain_rule();
	uint64_t lost = 0, dup = 0, back = 0, both = 0;
	struct dlo_impair *s;

	rule.seed = seed;
	rule.loss = rule.dup = rule.reorder = share(p);
	s = create(&rule);
	for (unsigned int n = 0; n < frames; n++) {
		struct dlo_impair_fate fate = dlo_impair_draw(s);

		assert_false(fate.lost && (fate.dup || fate.back));
		lost += fate.lost;
		dup += fate.dup;
		back += fate.back;
		both += fate.dup && fate.back;
	}
	dlo_impair_free(s);
	return !is_binomial(lost, frames, p) + !is_binomial(dup, frames - lost, p) +
		!is_binomial(back, frames - lost, p) + !is_binomial(both, frames - lost, p * p);
}

/* Few seeds next to each other, as people choose them; then many frames of one. */
static void
shares_are_what_was_asked_for(void **state)
{
	static const double shares[] = { 0.001, 0.01, 0.1, 0.3, 0.5 };
	unsigned int outliers = 0;

	(void)state;
	for (unsigned int i = 0; i < 5; i++) {
		for (uint64_t seed = 0; seed < 40; seed++)
			outliers += count_outliers(seed, shares[i], MILLION / 20);
	}
	/* 8 of 800 are to be expected; more than 20 would come by chance once in ten thousand runs. */
	assert_in_range(outliers, 1, 20);
	assert_int_equal(count_outliers(1, 0.01, MILLION), 0);
}

static void
none_and_all_are_exact(void **state)
{
	struct dlo_impair_rule rule = plain_rule();
	struct dlo_impair *none = create(&rule), *all;

	(void)state;
	rule.loss = DLO_IMPAIR_ALWAYS;
	all = create(&rule);
	for (unsigned int n = 0; n < MILLION; n++) {
		struct dlo_impair_fate fate = dlo_impair_draw(none);

		assert_false(fate.lost || fate.dup || fate.back);
		assert_true(dlo_impair_draw(all).lost);
	}
	dlo_impair_free(none);
	dlo_impair_free(all);
}

/* The same frames, whatever else is asked for. */
static void
a_seed_repeats_itself(void **state)
{
	struct dlo_impair_rule rule = plain_rule(), other, more;
	struct dlo_impair *a, *b, *c, *d;
	unsigned int differ = 0;

	(void)state;
	rule.loss = share(0.2);
	more = rule;
	more.dup = share(0.1);
	more.reorder = share(0.1);
	more.delay = MS;
	more.jitter = MS / 2;
	other = rule;
	other.seed = 8;
	a = create(&rule);
	b = create(&rule);
	c = create(&more);
	d = create(&other);
	for (unsigned int n = 0; n < MILLION / 10; n++) {
		struct dlo_impair_fate fate = dlo_impair_draw(a), again = dlo_impair_draw(b);

		assert_memory_equal(&fate, &again, sizeof(fate));
		again = dlo_impair_draw(c);
		assert_int_equal(fate.lost, again.lost);
		assert_int_equal(fate.jitter, again.jitter);
		differ += fate.lost != dlo_impair_draw(d).lost;
	}
	/* Two independent draws of 0.2 differ in 0.32 of all cases. */
	assert_binomial(differ, MILLION / 10, 0.32);
	dlo_impair_free(a);
	dlo_impair_free(b);
	dlo_impair_free(c);
	dlo_impair_free(d);
}

static void
delay_is_exact_and_keeps_order(void **state)
{
	struct dlo_impair_rule rule = plain_rule();
	struct dlo_impair *s;

	(void)state;
	rule.delay = MS;
	s = create(&rule);
	assert_int_equal(dlo_impair_next(s), UINT64_MAX);
	for (uintptr_t n = 0; n < 1000; n++)
		assert_true(put(s, n, (uint32_t)n % 3, 10 * n));
	assert_int_equal(dlo_impair_count(s), 1000);
	for (long n = 0; n < 1000; n++) {
		assert_int_equal(dlo_impair_next(s), MS + 10 * (uint64_t)n);
		assert_int_equal(take(s, MS + 10 * (uint64_t)n - 1), -1);
		assert_int_equal(take(s, MS + 10 * (uint64_t)n), n);
	}
	assert_int_equal(dlo_impair_count(s), 0);
	dlo_impair_free(s);
}

static void
jitter_is_even(void **state)
{
	enum { BUCKETS = 20, FRAMES = 100000 };
	struct dlo_impair_rule rule = plain_rule();
	unsigned int seen[BUCKETS] = { 0 };
	double chi = 0, want = (double)FRAMES / BUCKETS;
	struct dlo_impair *s;

	(void)state;
	rule.delay = MS;
	rule.jitter = 200 * US;
	s = create(&rule);
	for (uint64_t n = 0; n < FRAMES; n++) {
		uint64_t due;

		assert_true(put(s, n, 1, n * 10 * MS));
		due = dlo_impair_next(s) - n * 10 * MS;
		assert_in_range(due, 800 * US, 1200 * US);
		seen[(due - 800 * US) * BUCKETS / (400 * US + 1)]++;
		assert_int_equal(take(s, (n + 1) * 10 * MS - 1), n);
	}
	for (unsigned int i = 0; i < BUCKETS; i++)
		chi += (seen[i] - want) * (seen[i] - want) / want;
	/* 19 degrees of freedom: 0.001 of all even distributions are further off. */
	assert_true(chi < 43.8);
	dlo_impair_free(s);
}

/* Flows closer than their jitter: each in order, one not behind the other. */
static void
jitter_keeps_the_order_of_a_flow_only(void **state)
{
	struct dlo_impair_rule rule = plain_rule();
	struct dlo_impair_held held;
	struct dlo_impair *s;
	unsigned int overtaken = 0;
	long last[2] = { -1, -1 }, newest = -1;

	(void)state;
	rule.delay = MS;
	rule.jitter = MS;
	s = create(&rule);
	for (uintptr_t n = 0; n < 1000; n++)
		assert_true(put(s, n, n % 2, n * 20 * US));
	for (unsigned int i = 0; i < 1000; i++) {
		long n;

		assert_int_equal(dlo_impair_take(s, UINT64_MAX, &held, 1), 1);
		n = (long)(uintptr_t)held.frame;
		assert_true(n > last[n % 2]);
		last[n % 2] = n;
		overtaken += n < newest;
		newest = n > newest ? n : newest;
	}
	assert_true(overtaken > 100);
	dlo_impair_free(s);
}

/* RFC 4737 section 3.3: reordered is what comes after a later one. */
static void
reordered_frames_are_those_that_were_picked(void **state)
{
	static const unsigned int extents[] = { 1, 3, 10 };

	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		struct dlo_impair_rule rule = plain_rule();
		struct dlo_impair *s, *again;
		unsigned int picked = 0, reordered = 0, out = 0;
		long n, newest = -1;

		rule.reorder = share(0.001);
		rule.extent = extents[i];
		rule.delay = MS;
		s = create(&rule);
		again = create(&rule);
		for (uint64_t k = 0; k < 100000; k++) {
			picked += dlo_impair_draw(again).back;
			assert_true(put(s, k, 5, k * 100 * US));
			while ((n = take(s, k * 100 * US)) >= 0) {
				out++;
				if (n < newest) {
					reordered++;
					/* Or a few more, where frames behind it were picked too. */
					assert_in_range(newest - n, extents[i], extents[i] + 3);
				}
				newest = n > newest ? n : newest;
			}
		}
		while (take(s, UINT64_MAX) >= 0)
			out++;
		assert_int_equal(out, 100000);
		assert_binomial(picked, 100000, 0.001);
		assert_in_range(reordered, picked - 2, picked);
		dlo_impair_free(s);
		dlo_impair_free(again);
	}
}

static void
what_nobody_overtakes_leaves_late(void **state)
{
	struct dlo_impair_rule rule = plain_rule();
	struct dlo_impair *s;

	(void)state;
	rule.reorder = DLO_IMPAIR_ALWAYS;
	rule.delay = MS;
	s = create(&rule);
	assert_true(put(s, 1, 1, 0));
	/* Of another flow: passes nobody. */
	assert_true(put(s, 2, 2, 0));
	assert_int_equal(dlo_impair_next(s), MS + DLO_IMPAIR_BACK_NS);
	assert_int_equal(take(s, MS + DLO_IMPAIR_BACK_NS - 1), -1);
	assert_int_equal(take(s, MS + DLO_IMPAIR_BACK_NS), 1);
	assert_int_equal(take(s, MS + DLO_IMPAIR_BACK_NS), 2);
	assert_int_equal(take(s, UINT64_MAX), -1);
	dlo_impair_free(s);
}

/* 1000 bytes at 100 Mbit/s take 80 us. */
static void
rate_is_exact_and_its_queue_bounded(void **state)
{
	struct dlo_impair_rule rule = plain_rule();
	struct dlo_impair *s;
	uint64_t now = 5 * MS;

	(void)state;
	rule.byte_ticks = (8 * HZ << 20) / 100000000;
	rule.queue = MS;
	rule.delay = 30 * US;
	s = create(&rule);
	/* The first 13 find a queue of 0 to 960 us, the 14th one of more than a millisecond. */
	for (uintptr_t n = 0; n < 13; n++)
		assert_true(put(s, n, 0, now));
	assert_false(put(s, 13, 0, now));
	for (uint64_t n = 0; n < 13; n++) {
		assert_int_equal(dlo_impair_next(s), now + (n + 1) * 80 * US + 30 * US);
		assert_int_equal(take(s, dlo_impair_next(s)), n);
	}
	/* An idle line owes nothing. */
	now += 100 * MS;
	assert_true(put(s, 1, 0, now));
	assert_int_equal(dlo_impair_next(s), now + 110 * US);
	dlo_impair_take(s, UINT64_MAX, &(struct dlo_impair_held){ 0 }, 1);
	dlo_impair_free(s);
}

/* A rate that is no whole number of ticks: fractions add up, over a long time. */
static void
rate_has_no_drift(void **state)
{
	struct dlo_impair_rule rule = plain_rule();
	struct dlo_impair *s;

	(void)state;
	rule.byte_ticks = (uint64_t)(8.0 * HZ * (1 << 20) / 7e9);
	rule.queue = UINT64_MAX >> 1;
	s = create(&rule);
	for (unsigned int n = 0; n < MILLION; n++) {
		assert_true(put(s, n, 0, 1));
		assert_int_equal(take(s, UINT64_MAX), n);
	}
	put(s, 0, 0, 1);
	/* A gigabyte at 7 Gbit/s. */
	assert_in_range(dlo_impair_next(s), 1142856000, 1142859000);
	take(s, UINT64_MAX);
	dlo_impair_free(s);
}

static void
limits_hold(void **state)
{
	const struct dlo_impair_fate fate = { 0 };
	struct dlo_impair_held held = { .bytes = 60, .segments = 3 }, out[8];
	struct dlo_impair_rule rule = plain_rule();
	struct dlo_impair *s;

	(void)state;
	rule.max_frames = 4;
	rule.max_extra = 4;
	rule.delay = MS;
	s = create(&rule);
	assert_true(dlo_impair_hold(s, &fate, &held, 0));
	assert_true(dlo_impair_hold(s, &fate, &held, 0));
	assert_false(dlo_impair_hold(s, &fate, &held, 0));
	held.segments = 1;
	assert_true(dlo_impair_hold(s, &fate, &held, 0));
	assert_true(dlo_impair_hold(s, &fate, &held, 0));
	assert_false(dlo_impair_hold(s, &fate, &held, 0));
	assert_int_equal(dlo_impair_take(s, MS, out, 3), 3);
	held.segments = 5;
	assert_true(dlo_impair_hold(s, &fate, &held, MS));
	held.segments = 2;
	assert_false(dlo_impair_hold(s, &fate, &held, MS));
	assert_int_equal(dlo_impair_take(s, UINT64_MAX, out, 8), 2);
	assert_int_equal(dlo_impair_count(s), 0);
	dlo_impair_free(s);
}

/* Everything at once, with time going on by chance: nothing is lost, doubled or early. */
static void
every_frame_leaves_once(void **state)
{
	static unsigned char seen[50000];
	struct dlo_impair_rule rule = plain_rule();
	struct dlo_impair_held out[32];
	unsigned int held = 0, nb_out = 0;
	struct dlo_impair *s;
	uint64_t now = 0;

	(void)state;
	rule.delay = MS;
	rule.jitter = MS;
	rule.loss = rule.dup = share(0.01);
	rule.reorder = share(0.3);
	rule.extent = 2;
	rule.byte_ticks = (8 * HZ << 20) / 1000000000;
	rule.queue = 2 * MS;
	rule.max_frames = 300;
	s = create(&rule);
	srand(1);
	for (uintptr_t n = 0; n < sizeof(seen) || held > nb_out; n++) {
		unsigned int nb;

		now += (unsigned int)rand() % (16 * US);
		if (n < sizeof(seen))
			held += put(s, n, (uint32_t)rand() % 100, now);
		nb = dlo_impair_take(s, now, out, 1 + (unsigned int)rand() % 32);
		nb_out += nb;
		for (unsigned int i = 0; i < nb; i++)
			assert_int_equal(seen[(uintptr_t)out[i].frame]++, 0);
		assert_int_equal(dlo_impair_count(s), held - nb_out);
	}
	assert_int_equal(held, nb_out);
	assert_in_range(held, 20000, sizeof(seen));
	assert_int_equal(dlo_impair_next(s), UINT64_MAX);
	dlo_impair_free(s);
}

static uint32_t
udp_flow(uint16_t sport, uint16_t dport, const char *dst, uint32_t payload)
{
	struct frame f;

	frame_ether(&f, MAC_OURS, MAC_TESTER, 0x0800);
	frame_ipv4(&f, 17, IP_TESTER, dst, NULL, 0);
	frame_udp(&f, sport, dport, payload);
	frame_finish(&f);
	return dlo_impair_flow(f.b, f.len);
}

static void
a_flow_is_addresses_and_ports(void **state)
{
	uint32_t flow = udp_flow(1000, 53, IP_OURS, 100);
	struct frame f;

	(void)state;
	assert_int_equal(udp_flow(1000, 53, IP_OURS, 800), flow);
	assert_int_not_equal(udp_flow(1001, 53, IP_OURS, 100), flow);
	assert_int_not_equal(udp_flow(53, 1000, IP_OURS, 100), flow);
	assert_int_not_equal(udp_flow(1000, 53, IP_OTHER, 100), flow);
	/* First and later fragments belong together. */
	frame_udp4(&f, 100);
	f.b[f.l3 + 6] = 0x20;
	flow = dlo_impair_flow(f.b, f.len);
	f.b[f.l3 + 6] = 0;
	f.b[f.l3 + 7] = 20;
	assert_int_equal(dlo_impair_flow(f.b, f.len), flow);
	frame_udp6(&f, 100);
	flow = dlo_impair_flow(f.b, f.len);
	f.b[f.l3 + 39] ^= 1;
	assert_int_not_equal(dlo_impair_flow(f.b, f.len), flow);
	/* Nothing to go by is a flow, too. */
	for (uint32_t len = 0; len < 60; len++)
		dlo_impair_flow(f.b, len);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shares_are_what_was_asked_for),
		cmocka_unit_test(none_and_all_are_exact),
		cmocka_unit_test(a_seed_repeats_itself),
		cmocka_unit_test(delay_is_exact_and_keeps_order),
		cmocka_unit_test(jitter_is_even),
		cmocka_unit_test(jitter_keeps_the_order_of_a_flow_only),
		cmocka_unit_test(reordered_frames_are_those_that_were_picked),
		cmocka_unit_test(what_nobody_overtakes_leaves_late),
		cmocka_unit_test(rate_is_exact_and_its_queue_bounded),
		cmocka_unit_test(rate_has_no_drift),
		cmocka_unit_test(limits_hold),
		cmocka_unit_test(every_frame_leaves_once),
		cmocka_unit_test(a_flow_is_addresses_and_ports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
