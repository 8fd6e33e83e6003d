/* SPDX-License-Identifier: BSD-3-Clause */
#include "app.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <rte_ethdev.h>

#include "xsk_fd.h"

const char *
app_port_label(const struct port *port)
{
	return port->link != NULL ? port->link->ifname : port->name;
}

bool
app_port_has_ethdev(const struct port *port)
{
	return !atomic_load(&port->gone) && !atomic_load(&port->detached);
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

int
app_check_port_names(const struct app *app, const struct dlo_conf *conf, char err[DLO_CONF_ERR])
{
	const char *names[PORTS_MAX + 1];
	const char *unknown;
	unsigned int nb = 0;
	char known[400] = "";

	for (unsigned int i = 0; i < app->nb_ports; i++)
		names[nb++] = app->ports[i].name;
	if (app->link != NULL)
		names[nb++] = app->link_dev.ifname;
	unknown = dlo_conf_unknown_port(conf, names, nb);
	if (unknown == NULL)
		return 0;
	for (unsigned int i = 0; i < nb; i++)
		snprintf(known + strlen(known), sizeof(known) - strlen(known), "%s%s",
			i == 0 ? "" : ", ", names[i]);
	snprintf(err, DLO_CONF_ERR, "there is no port '%.63s'; this run has %s", unknown, known);
	return -EINVAL;
}

void
app_resolve(const struct dlo_conf *conf, const struct port *port, struct dlo_conf_port *ret)
{
	const struct dlo_conf_port_facts facts = {
		.name = port->name,
		.driver = port->driver,
		.ifname = port->link != NULL ? port->link->ifname : NULL,
	};

	dlo_conf_resolve(conf, &facts, ret);
}

uint64_t
app_port_no_mbuf(const struct port *port)
{
	struct rte_eth_stats stats;

	/* A port that has gone has no driver left that could be asked. */
	if (!app_port_has_ethdev(port) || rte_eth_stats_get(port->id, &stats) != 0)
		return port->no_mbuf_before;
	return port->no_mbuf_before + stats.rx_nombuf;
}

uint64_t
app_port_tx_errors(const struct port *port)
{
	struct rte_eth_stats stats;

	/* What net_af_xdp has there it did not take, however often it was offered: dropped as tx_full. */
	if (!app_port_has_ethdev(port) || strcmp(port->driver, "net_af_xdp") == 0 ||
		rte_eth_stats_get(port->id, &stats) != 0)
		return port->tx_errors_before;
	return port->tx_errors_before + stats.oerrors;
}

/* The host's own reports of multicast groups, sent while the link was set down and up, are no loss. */
static uint64_t
since_usable(const struct port *port, uint64_t lost)
{
	uint64_t before = port->link != NULL ? port->link->missed_before : 0;

	return lost > before ? lost - before : 0;
}

uint64_t
app_port_missed(const struct port *port)
{
	struct rte_eth_stats stats;

	/* Drivers of other link types know nothing of what the kernel throws away in front of them. */
	if (port->link != NULL && port->link->type != DLO_LINK_VTAP)
		return since_usable(port, link_kernel_lost(port->link->ifname));
	if (!app_port_has_ethdev(port) || rte_eth_stats_get(port->id, &stats) != 0)
		return port->missed_before;
	/* A full ring of an AF_XDP socket is known to the kernel and left out by the driver. */
	for (unsigned int q = 0; q < port->nb_queues && port->queues[q] != NULL; q++)
		stats.imissed += xsk_missed(port->queues[q]->xsk_fd);
	return port->missed_before + since_usable(port, stats.imissed);
}
