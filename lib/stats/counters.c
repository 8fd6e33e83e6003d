/* SPDX-License-Identifier: BSD-3-Clause */
#include "stats/counters.h"

void
dlo_counters_add(struct dlo_counters *sum, const struct dlo_counters *from)
{
	sum->rx += dlo_count_read(&from->rx);
	sum->rx_bytes += dlo_count_read(&from->rx_bytes);
	sum->tx += dlo_count_read(&from->tx);
	sum->tx_bytes += dlo_count_read(&from->tx_bytes);
	sum->held += dlo_count_read(&from->held);
	sum->dup += dlo_count_read(&from->dup);
	for (unsigned int v = 0; v < DLO_VERDICT_MAX; v++)
		sum->verdict[v] += dlo_count_read(&from->verdict[v]);
}

static uint64_t
sum_range(const struct dlo_counters *c, unsigned int first, unsigned int end)
{
	uint64_t sum = 0;

	for (unsigned int v = first; v < end; v++)
		sum += dlo_count_read(&c->verdict[v]);
	return sum;
}

uint64_t
dlo_counters_drops(const struct dlo_counters *c)
{
	return sum_range(c, DLO_DROP_FIRST, DLO_VERDICT_MAX);
}

int64_t
dlo_counters_imbalance(const struct dlo_counters *c)
{
	uint64_t in = dlo_count_read(&c->rx) + dlo_count_read(&c->dup);
	uint64_t out = sum_range(c, 0, DLO_VERDICT_MAX) + dlo_count_read(&c->held);

	return (int64_t)(in - out);
}
