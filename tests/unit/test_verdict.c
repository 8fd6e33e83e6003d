/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <string.h>
#include <stdint.h>
#include <cmocka.h>

#include "stats/counters.h"
#include "stats/verdict.h"

/* Names are telemetry keys: DPDK 22.11 takes only [A-Za-z0-9_/] there, and twins would merge. */
static void
names_are_unique_keys(void **state)
{
	(void)state;
	for (unsigned int v = 0; v < DLO_VERDICT_MAX; v++) {
		const char *name = dlo_verdict_name(v);

		assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_"), strlen(name));
		assert_true(strlen(dlo_verdict_help(v)) > 0);
		for (unsigned int w = 0; w < v; w++)
			assert_string_not_equal(name, dlo_verdict_name(w));
	}
	assert_string_equal(dlo_verdict_name(DLO_VERDICT_MAX), "?");
}

static void
every_verdict_is_of_one_kind(void **state)
{
	unsigned int answers = 0, drops = 0;

	(void)state;
	for (unsigned int v = 0; v < DLO_VERDICT_MAX; v++) {
		assert_false(dlo_verdict_is_answer(v) && dlo_verdict_is_drop(v));
		answers += dlo_verdict_is_answer(v);
		drops += dlo_verdict_is_drop(v);
	}
	assert_int_equal(answers, DLO_ANSWER_MAX);
	assert_int_equal(drops, DLO_VERDICT_MAX - DLO_DROP_FIRST);
	assert_string_equal(dlo_verdict_name(DLO_ANSWERED_FIRST + DLO_ANSWER_ICMP), "icmp");
}

static void
sums_and_invariant(void **state)
{
	struct dlo_counters c = { 0 }, sum = { 0 };
	uint64_t rest = 0;

	(void)state;
	for (unsigned int v = 0; v < DLO_VERDICT_MAX; v++)
		dlo_count(&c.verdict[v], v + 1);
	assert_int_equal(dlo_counters_imbalance(&c), -(DLO_VERDICT_MAX * (DLO_VERDICT_MAX + 1) / 2));
	dlo_count(&c.rx, DLO_VERDICT_MAX * (DLO_VERDICT_MAX + 1) / 2);
	assert_int_equal(dlo_counters_imbalance(&c), 0);
	dlo_count(&c.held, 1);
	assert_int_equal(dlo_counters_imbalance(&c), -1);
	dlo_count(&c.dup, 1);
	assert_int_equal(dlo_counters_imbalance(&c), 0);
	dlo_counters_add(&sum, &c);
	dlo_counters_add(&sum, &c);
	assert_int_equal(sum.rx, 2 * c.rx);
	assert_int_equal(dlo_counters_drops(&sum), 2 * dlo_counters_drops(&c));
	for (unsigned int v = 0; v < DLO_DROP_FIRST; v++)
		rest += c.verdict[v];
	assert_int_equal(dlo_counters_drops(&c) + rest, c.rx);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_unique_keys),
		cmocka_unit_test(every_verdict_is_of_one_kind),
		cmocka_unit_test(sums_and_invariant),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
