/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_STATS_HISTOGRAM_H
#define DLO_STATS_HISTOGRAM_H

/**
 * @file
 * Log-linear histogram of unsigned values, such as latencies in cycles: each power of two is cut
 * into 128 buckets of equal width, values below 128 have one each.
 *
 * A bucket that starts at v is at most v / 128 wide and is reported as its middle, so that a
 * quantile is off by at most 1/256 = 0.4 % (DLO_HISTOGRAM_ERROR). Minimum, maximum and mean are exact.
 * Values of 2^48 and more count in the last bucket.
 *
 * Thread: one writer; a reader sees exact figures when the writer has stopped.
 */

#include <stdint.h>

#define DLO_HISTOGRAM_SUB_BITS 7
#define DLO_HISTOGRAM_SUB (1U << DLO_HISTOGRAM_SUB_BITS)
#define DLO_HISTOGRAM_VALUE_BITS 48
#define DLO_HISTOGRAM_BUCKETS \
	((DLO_HISTOGRAM_VALUE_BITS - DLO_HISTOGRAM_SUB_BITS + 1) * DLO_HISTOGRAM_SUB)

/** Bound of the relative error of a quantile. */
#define DLO_HISTOGRAM_ERROR (1.0 / (2 * DLO_HISTOGRAM_SUB))

struct dlo_histogram {
	uint64_t count;
	uint64_t sum;
	uint64_t min; /**< UINT64_MAX when empty */
	uint64_t max;
	uint64_t buckets[DLO_HISTOGRAM_BUCKETS];
};

/** Empty it. */
void dlo_histogram_init(struct dlo_histogram *h);

/** @return index of the bucket of @p value. */
static inline unsigned int
dlo_histogram_index(uint64_t value)
{
	unsigned int shift;

	if (value < DLO_HISTOGRAM_SUB)
		return (unsigned int)value;
	if (value >> DLO_HISTOGRAM_VALUE_BITS != 0)
		return DLO_HISTOGRAM_BUCKETS - 1;
	shift = 63U - (unsigned int)__builtin_clzll(value) - DLO_HISTOGRAM_SUB_BITS;
	return shift * DLO_HISTOGRAM_SUB + (unsigned int)(value >> shift);
}

/** Count one value. */
static inline void
dlo_histogram_add(struct dlo_histogram *h, uint64_t value)
{
	h->count++;
	h->sum += value;
	if (value < h->min)
		h->min = value;
	if (value > h->max)
		h->max = value;
	h->buckets[dlo_histogram_index(value)]++;
}

/** Add what @p from counted to @p to. */
void dlo_histogram_merge(struct dlo_histogram *to, const struct dlo_histogram *from);

/**
 * @param q 0 to 1
 * @return the smallest counted value with at least q of all values at or below it, as the middle
 *   of its bucket and never outside minimum and maximum; 0 when empty
 */
uint64_t dlo_histogram_quantile(const struct dlo_histogram *h, double q);

#define DLO_HISTOGRAM_COARSE 16 /**< coarse buckets of a power of two */
#define DLO_HISTOGRAM_COARSE_BITS 35 /**< values of 2^35 and more (at 2 GHz: 17 s) are in the last one */
#define DLO_HISTOGRAM_COARSE_MAX 465

/**
 * The histogram in few numbers, for a reader who takes the difference of two of them: those coarse
 * buckets that are not empty, smallest first. A value is off by at most 1/32 = 3 %, below 128 by 4.
 * @param values DLO_HISTOGRAM_COARSE_MAX of them: the middle of each; of the last one its start
 * @param counts DLO_HISTOGRAM_COARSE_MAX of them: values counted in it
 * @return number of buckets
 */
unsigned int dlo_histogram_coarse(const struct dlo_histogram *h, uint64_t *values, uint64_t *counts);

#endif
