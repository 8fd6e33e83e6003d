/* SPDX-License-Identifier: BSD-3-Clause */
/* The time of day: RFC 5905 6, RFC 8186 2, RFC 4656 4.1.2. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "answer/clock.h"

#define S UINT64_C(1000000000)
#define NTP_1970 UINT64_C(2208988800)
#define NTP_ERA ((UINT64_C(1) << 32) - NTP_1970) /* 2036-02-07 06:28:16, seconds since 1970 */

static void
a_line_goes_both_ways(void **state)
{
	/* 2.5 GHz: 0.4 ns a cycle. */
	struct dlo_clock_line line = { .tsc = 1000000, .ns = 5 * S, .slope = (UINT64_C(2) << 32) / 5 };

	(void)state;
	assert_int_equal(dlo_clock_ns(&line, 1000000), 5 * S);
	assert_in_range(dlo_clock_ns(&line, 1000000 + 2500000000), 6 * S - 1, 6 * S);
	assert_in_range(dlo_clock_ns(&line, 0), 5 * S - 400001, 5 * S - 399999);
	/* A day later nothing has run over. */
	assert_in_range(dlo_clock_ns(&line, UINT64_C(2500000000) * 86400), 5 * S + 86400 * S - 500000,
		5 * S + 86400 * S);
	assert_in_range(dlo_clock_span_ns(&line, 2500), 999, 1000);
}

static void
ntp_runs_over_in_2036(void **state)
{
	(void)state;
	assert_int_equal(dlo_clock_ntp(0), NTP_1970 << 32);
	assert_int_equal(dlo_clock_ntp(S / 2), NTP_1970 << 32 | UINT64_C(1) << 31);
	assert_int_equal(dlo_clock_ntp(NTP_ERA * S - 1) >> 32, UINT32_MAX);
	assert_int_equal(dlo_clock_ntp(NTP_ERA * S), 0);
	assert_int_equal(dlo_clock_ntp((NTP_ERA + 7) * S), UINT64_C(7) << 32);
	/* Two moments a nanosecond apart never look the same. */
	for (uint64_t ns = 0; ns < S; ns += 999983)
		assert_true(dlo_clock_ntp(ns) < dlo_clock_ntp(ns + 1));
}

static void
ptp_is_tai(void **state)
{
	struct dlo_clock_line line = { .tai_s = 37 };

	(void)state;
	assert_int_equal(dlo_clock_ptp(&line, 3 * S + 999999999), UINT64_C(40) << 32 | 999999999);
	line.tai_s = 0;
	assert_int_equal(dlo_clock_ptp(&line, (UINT64_C(1) << 32) * S + 5), 5);
}

static double
seconds_of(uint16_t estimate)
{
	return ldexp(estimate & 0xff, (int)(estimate >> 8 & 0x3f) - 32);
}

static void
estimates_are_never_too_good(void **state)
{
	(void)state;
	for (uint64_t ns = 0; ns < UINT64_C(1) << 55; ns = ns * 9 / 8 + 1) {
		uint16_t e = dlo_clock_error_estimate(ns, false, false);
		double s = (double)ns / 1e9;

		assert_int_not_equal(e & 0xff, 0);
		assert_int_equal(e & 0xc000, 0);
		assert_true(seconds_of(e) >= s);
		/* One part in 128, and the least that can be said. */
		assert_true(seconds_of(e) <= s * 1.009 + 1e-9);
	}
	assert_int_equal(dlo_clock_error_estimate(0, true, false) & 0xc000, 0x8000);
	assert_int_equal(dlo_clock_error_estimate(0, false, true) & 0xc000, 0x4000);
	/* The largest that there is. */
	assert_int_not_equal(dlo_clock_error_estimate(UINT64_MAX, true, true) & 0xff, 0);
	assert_true(seconds_of(dlo_clock_error_estimate(UINT64_MAX, true, true)) > 1e9);
}

static void
what_is_written_is_read(void **state)
{
	struct dlo_clock_line line = { .tsc = 1, .ns = 2, .slope = 3, .error_ns = 4, .tai_s = 5 };
	struct dlo_clock_line got;
	struct dlo_clock clock = { 0 };

	(void)state;
	assert_false(dlo_clock_read(&clock, &got));
	dlo_clock_write(&clock, &line);
	assert_true(dlo_clock_read(&clock, &got));
	assert_memory_equal(&got, &line, sizeof(line));
	assert_int_equal(clock.seq & 1, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_goes_both_ways),
		cmocka_unit_test(ntp_runs_over_in_2036),
		cmocka_unit_test(ptp_is_tai),
		cmocka_unit_test(estimates_are_never_too_good),
		cmocka_unit_test(what_is_written_is_read),
	};

	return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
