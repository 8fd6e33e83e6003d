/* SPDX-License-Identifier: BSD-3-Clause */
#include "app.h"

#include <string.h>

#include <rte_ethdev.h>

const char *
app_port_label(const struct port *port)
{
	return port->link != NULL ? port->link->ifname : port->name;
}

void
app_port_counters(const struct port *port, struct dlo_counters *ret)
{
	memset(ret, 0, sizeof(*ret));
	for (unsigned int q = 0; q < port->nb_queues && q < QUEUES_MAX; q++) {
		if (port->queues[q] != NULL)
			dlo_counters_add(ret, &port->queues[q]->counters);
	}
}

uint64_t
app_port_no_mbuf(const struct port *port)
{
	struct rte_eth_stats stats;

	/* A port that has gone has no driver left that could be asked. */
	if (atomic_load(&port->gone) || rte_eth_stats_get(port->id, &stats) != 0)
		return 0;
	return stats.rx_nombuf;
}
