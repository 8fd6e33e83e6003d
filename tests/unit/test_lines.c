/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory in whole cache lines: what two lcores write to never meets in one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "stats/lines.h"

#define NB 64

static void
no_line_is_shared(void **state)
{
	uint8_t *of[NB];
	size_t len[NB];

	(void)state;
	for (unsigned int i = 0; i < NB; i++) {
		len[i] = 1 + i * 37 % 300;
		of[i] = dlo_lines_zalloc(i % 3 + 1, len[i]);
		assert_non_null(of[i]);
		len[i] *= i % 3 + 1;
		assert_int_equal((uintptr_t)of[i] % DLO_COUNTERS_ALIGN, 0);
		for (size_t j = 0; j < len[i]; j++)
			assert_int_equal(of[i][j], 0);
		memset(of[i], 0xff, dlo_lines_size(len[i]));
	}
	for (unsigned int i = 0; i < NB; i++) {
		uintptr_t first = (uintptr_t)of[i] / DLO_COUNTERS_ALIGN;
		uintptr_t last = ((uintptr_t)of[i] + len[i] - 1) / DLO_COUNTERS_ALIGN;

		for (unsigned int j = 0; j < i; j++)
			assert_true(last < (uintptr_t)of[j] / DLO_COUNTERS_ALIGN ||
				first > ((uintptr_t)of[j] + len[j] - 1) / DLO_COUNTERS_ALIGN);
	}
	for (unsigned int i = 0; i < NB; i++)
		free(of[i]);
}

static void
sizes_that_are_none(void **state)
{
	(void)state;
	assert_int_equal(dlo_lines_size(1), DLO_COUNTERS_ALIGN);
	assert_int_equal(dlo_lines_size(DLO_COUNTERS_ALIGN), DLO_COUNTERS_ALIGN);
	assert_int_equal(dlo_lines_size(SIZE_MAX), 0);
	assert_null(dlo_lines_zalloc(SIZE_MAX / 2, 4));
	assert_null(dlo_lines_zalloc(1, SIZE_MAX));
	assert_null(dlo_lines_zalloc(0, 8));
	assert_null(dlo_lines_zalloc(8, 0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_line_is_shared),
		cmocka_unit_test(sizes_that_are_none),
	};

	return cmocka_run_group_tests_name("lines", tests, NULL, NULL);
}
