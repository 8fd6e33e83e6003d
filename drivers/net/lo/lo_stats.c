/* SPDX-License-Identifier: BSD-3-Clause */
#include "lo.h"

#include <stdio.h>
#include <string.h>

#include <ethdev_driver.h>

/* All that was counted since the port was made, before a reset is taken off. */
static void
collect(const struct lo *lo, struct dlo_counters *ret)
{
	memset(ret, 0, sizeof(*ret));
	for (uint32_t i = 0; i < lo->nb_queues; i++)
		dlo_counters_add(ret, &lo->queues[i].mirror);
}

int
lo_stats_get(struct rte_eth_dev *dev, struct rte_eth_stats *stats)
{
	const struct lo *lo = dev->data->dev_private;
	struct dlo_counters c;

	collect(lo, &c);
	stats->opackets = c.rx - lo->base.rx;
	stats->obytes = c.rx_bytes - lo->base.rx_bytes;
	stats->ipackets = c.tx - lo->base.tx;
	stats->ibytes = c.tx_bytes - lo->base.tx_bytes;
	return 0;
}

int
lo_stats_reset(struct rte_eth_dev *dev)
{
	struct lo *lo = dev->data->dev_private;

	collect(lo, &lo->base);
	return 0;
}

static const char *
kind(enum dlo_verdict v)
{
	if (dlo_verdict_is_drop(v))
		return "drop_";
	return dlo_verdict_is_answer(v) ? "answered_" : "";
}

int
lo_xstats_get_names(struct rte_eth_dev *dev, struct rte_eth_xstat_name *names, unsigned int size)
{
	RTE_SET_USED(dev);
	if (names == NULL || size < DLO_VERDICT_MAX)
		return DLO_VERDICT_MAX;
	for (unsigned int v = 0; v < DLO_VERDICT_MAX; v++)
		snprintf(names[v].name, sizeof(names[v].name), "%s%s", kind(v), dlo_verdict_name(v));
	return DLO_VERDICT_MAX;
}

int
lo_xstats_get(struct rte_eth_dev *dev, struct rte_eth_xstat *xstats, unsigned int size)
{
	const struct lo *lo = dev->data->dev_private;
	struct dlo_counters c;

	if (xstats == NULL || size < DLO_VERDICT_MAX)
		return DLO_VERDICT_MAX;
	collect(lo, &c);
	for (unsigned int v = 0; v < DLO_VERDICT_MAX; v++)
		xstats[v] = (struct rte_eth_xstat){
			.id = v,
			.value = c.verdict[v] - lo->base.verdict[v],
		};
	return DLO_VERDICT_MAX;
}
