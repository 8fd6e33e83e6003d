/* SPDX-License-Identifier: BSD-3-Clause */
#include "stats/histogram.h"

#include <string.h>

void
dlo_histogram_init(struct dlo_histogram *h)
{
	memset(h, 0, sizeof(*h));
	h->min = UINT64_MAX;
}

void
dlo_histogram_merge(struct dlo_histogram *to, const struct dlo_histogram *from)
{
	to->count += from->count;
	to->sum += from->sum;
	if (from->min < to->min)
		to->min = from->min;
	if (from->max > to->max)
		to->max = from->max;
	for (unsigned int i = 0; i < DLO_HISTOGRAM_BUCKETS; i++)
		to->buckets[i] += from->buckets[i];
}

/* A bucket holds 2^shift values. */
static unsigned int
shift_of(unsigned int index)
{
	return index < 2 * DLO_HISTOGRAM_SUB ? 0 : index / DLO_HISTOGRAM_SUB - 1;
}

/* The smallest value of a bucket. */
static uint64_t
start_of(unsigned int index)
{
	unsigned int shift = shift_of(index);

	return (uint64_t)(index - shift * DLO_HISTOGRAM_SUB) << shift;
}

static uint64_t
middle_of(unsigned int index)
{
	return start_of(index) + (UINT64_C(1) << shift_of(index)) / 2;
}

uint64_t
dlo_histogram_quantile(const struct dlo_histogram *h, double q)
{
	uint64_t rank, seen = 0, value;
	unsigned int i;

	if (h->count == 0)
		return 0;
	rank = (uint64_t)(q * (double)h->count);
	if ((double)rank < q * (double)h->count || rank == 0)
		rank++;
	if (rank >= h->count)
		return h->max;
	for (i = 0; i < DLO_HISTOGRAM_BUCKETS - 1; i++) {
		seen += h->buckets[i];
		if (seen >= rank)
			break;
	}
	value = middle_of(i);
	if (value < h->min)
		return h->min;
	return value > h->max ? h->max : value;
}

unsigned int
dlo_histogram_coarse(const struct dlo_histogram *h, uint64_t *values, uint64_t *counts)
{
	const unsigned int step = DLO_HISTOGRAM_SUB / DLO_HISTOGRAM_COARSE;
	const unsigned int last = dlo_histogram_index(UINT64_C(1) << DLO_HISTOGRAM_COARSE_BITS);
	unsigned int nb = 0, end;

	for (unsigned int first = 0; first <= last; first = end) {
		uint64_t count = 0;

		end = first < last ? first + step : DLO_HISTOGRAM_BUCKETS;
		for (unsigned int i = first; i < end; i++)
			count += h->buckets[i];
		if (count == 0)
			continue;
		values[nb] = start_of(first);
		if (first < last)
			values[nb] += (start_of(end) - start_of(first)) / 2;
		counts[nb++] = count;
	}
	return nb;
}
