/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "stats/histogram.h"

static struct dlo_histogram h;

static void
every_value_is_within_the_bound(void **state)
{
	(void)state;
	for (unsigned int bit = 0; bit < DLO_HISTOGRAM_VALUE_BITS; bit++) {
		for (uint64_t step = 0; step < 1000; step++) {
			uint64_t base = UINT64_C(1) << bit;
			uint64_t v = base + base * step / 1000;
			double off;

			dlo_histogram_init(&h);
			dlo_histogram_add(&h, v);
			/* Neither min nor max may help. */
			dlo_histogram_add(&h, UINT64_MAX >> 1);
			dlo_histogram_add(&h, 0);
			off = (double)dlo_histogram_quantile(&h, 0.5) - (double)v;
			if (off < 0)
				off = -off;
			assert_true(off <= DLO_HISTOGRAM_ERROR * (double)v);
		}
	}
	assert_true(DLO_HISTOGRAM_ERROR <= 0.01);
}

static void
buckets_are_in_order_and_without_gaps(void **state)
{
	unsigned int last = 0;

	(void)state;
	for (uint64_t v = 0; v < 1 << 20; v++) {
		unsigned int i = dlo_histogram_index(v);

		assert_true(i == last || i == last + 1);
		last = i;
	}
	assert_int_equal(dlo_histogram_index((UINT64_C(1) << 48) - 1), DLO_HISTOGRAM_BUCKETS - 1);
	assert_int_equal(dlo_histogram_index(UINT64_MAX), DLO_HISTOGRAM_BUCKETS - 1);
}

static int
compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Against sorting: skewed values with a long tail. */
static void
quantiles_are_those_of_the_sorted_values(void **state)
{
	static const double qs[] = { 0, 0.001, 0.5, 0.9, 0.99, 0.999, 1 };
	enum { N = 20000 };
	static uint64_t values[N];
	uint64_t random = 1;

	(void)state;
	dlo_histogram_init(&h);
	for (unsigned int i = 0; i < N; i++) {
		random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
		values[i] = (random >> 33) % 5000 + 300;
		if (i % 100 == 0)
			values[i] *= random >> 54;
		dlo_histogram_add(&h, values[i]);
	}
	qsort(values, N, sizeof(values[0]), compare);
	for (unsigned int i = 0; i < sizeof(qs) / sizeof(qs[0]); i++) {
		unsigned int rank = (unsigned int)(qs[i] * N);
		double want, off;

		rank = rank > 0 ? rank - 1 : 0;
		want = (double)values[rank];
		off = (double)dlo_histogram_quantile(&h, qs[i]) - want;
		assert_true((off < 0 ? -off : off) <= DLO_HISTOGRAM_ERROR * want);
	}
	assert_int_equal(h.min, values[0]);
	assert_int_equal(h.max, values[N - 1]);
}

static void
merging_is_counting_both(void **state)
{
	static struct dlo_histogram a, b, both;

	(void)state;
	dlo_histogram_init(&a);
	dlo_histogram_init(&b);
	dlo_histogram_init(&both);
	assert_int_equal(dlo_histogram_quantile(&a, 0.5), 0);
	for (uint64_t v = 1; v < 100000; v = v * 5 / 4 + 1) {
		dlo_histogram_add(v & 1 ? &a : &b, v);
		dlo_histogram_add(&both, v);
	}
	dlo_histogram_merge(&a, &b);
	assert_memory_equal(&a, &both, sizeof(a));
}

/* Every value is in a coarse bucket near to it; all of them fit. */
static void
coarse(void **unused)
{
	static uint64_t values[DLO_HISTOGRAM_COARSE_MAX], counts[DLO_HISTOGRAM_COARSE_MAX];
	static struct dlo_histogram one, all;

	(void)unused;
	dlo_histogram_init(&all);
	assert_int_equal(dlo_histogram_coarse(&all, values, counts), 0);
	for (uint64_t v = 0; v < UINT64_C(1) << DLO_HISTOGRAM_COARSE_BITS; v += v / 200 + 1) {
		double off;

		dlo_histogram_init(&one);
		dlo_histogram_add(&one, v);
		dlo_histogram_add(&all, v);
		assert_int_equal(dlo_histogram_coarse(&one, values, counts), 1);
		assert_int_equal(counts[0], 1);
		off = (double)values[0] - (double)v;
		assert_true((off < 0 ? -off : off) <= (v < 128 ? 4 : (double)v / 32));
	}
	dlo_histogram_add(&all, UINT64_MAX);
	assert_int_equal(dlo_histogram_coarse(&all, values, counts), DLO_HISTOGRAM_COARSE_MAX);
	assert_true(values[DLO_HISTOGRAM_COARSE_MAX - 1] == UINT64_C(1) << DLO_HISTOGRAM_COARSE_BITS);
	assert_int_equal(counts[DLO_HISTOGRAM_COARSE_MAX - 1], 1);
	for (unsigned int i = 1; i < DLO_HISTOGRAM_COARSE_MAX; i++)
		assert_true(values[i] > values[i - 1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_value_is_within_the_bound),
		cmocka_unit_test(buckets_are_in_order_and_without_gaps),
		cmocka_unit_test(quantiles_are_those_of_the_sorted_values),
		cmocka_unit_test(merging_is_counting_both),
		cmocka_unit_test(coarse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
