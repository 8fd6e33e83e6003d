/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_STATS_LINES_H
#define DLO_STATS_LINES_H

/**
 * @file
 * Memory that one lcore writes while others write theirs: whole cache lines, which no other allocation
 * shares. calloc() puts two lcores' tables end to end, and then the end of one and the start of the
 * next are one line that both write.
 *
 * Thread: any.
 */

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "stats/counters.h"

/** @return @p size rounded up to what dlo_lines_zalloc() gives for it; 0 when there is no such number */
static inline size_t
dlo_lines_size(size_t size)
{
	return size > SIZE_MAX - DLO_COUNTERS_ALIGN ? 0 :
		(size + DLO_COUNTERS_ALIGN - 1) / DLO_COUNTERS_ALIGN * DLO_COUNTERS_ALIGN;
}

/**
 * @param nb elements, more than 0
 * @param size of each in bytes, more than 0
 * @return an array of zeroes from the start of a line to the end of one (DLO_COUNTERS_ALIGN), to be freed
 *   with free(); NULL when memory is short
 */
static inline void *
dlo_lines_zalloc(size_t nb, size_t size)
{
	size_t len = size == 0 || nb > SIZE_MAX / size ? 0 : dlo_lines_size(nb * size);
	void *ret = len == 0 ? NULL : aligned_alloc(DLO_COUNTERS_ALIGN, len);

	return ret == NULL ? NULL : memset(ret, 0, len);
}

#endif
