/* SPDX-License-Identifier: BSD-3-Clause */
#include "link_report.h"

#include <rte_common.h>
#include <rte_ethdev.h>

#include "app.h"
#include "compat.h"
#include "link.h"
#include "netif_features.h"
#include "telemetry_add.h"

static const char *
rx_offload_name(unsigned int number)
{
	return rte_eth_dev_rx_offload_name(RTE_BIT64(number));
}

static const char *
tx_offload_name(unsigned int number)
{
	return rte_eth_dev_tx_offload_name(RTE_BIT64(number));
}

/*
 * What we may leave to the kernel, in its words. net_tap's frames have no virtio header: what it is asked
 * for it does itself. The others would not have started without their other end's consent.
 */
static uint32_t
left_to_host(const struct port *port)
{
	uint64_t tx = port->tx_offloads;
	uint32_t left = 0;

	if (port->link->type == DLO_LINK_TAP)
		return 0;
	if ((tx & RTE_ETH_TX_OFFLOAD_TCP_CKSUM) != 0 && (tx & RTE_ETH_TX_OFFLOAD_UDP_CKSUM) != 0)
		left |= NETIF_CHECKSUM;
	if ((tx & RTE_ETH_TX_OFFLOAD_TCP_TSO) != 0)
		left |= NETIF_TSO4 | NETIF_TSO6;
	if ((tx & RTE_ETH_TX_OFFLOAD_UDP_TSO) != 0)
		left |= NETIF_USO;
	return left;
}

/*
 * from_host is what the kernel has in force now, whoever set it (ethtool -K); the lists by DPDK's names
 * are what the driver was configured with, which with net_virtio_user is what VIRTIO's feature bits were
 * agreed upon for. That driver asks for mergeable buffers wherever vhost has them, and says so by SCATTER.
 */
static void
add_offloads(struct rte_tel_data *d, const struct port *port)
{
	uint32_t from_host;

	netif_features(port->link->ifname, &from_host);
	telemetry_add_bits(d, "from_host", from_host, netif_feature_name);
	telemetry_add_bits(d, "to_host", left_to_host(port), netif_feature_name);
	rte_tel_data_add_dict_string(d, "mergeable_buffers",
		(port->rx_offloads & RTE_ETH_RX_OFFLOAD_SCATTER) != 0 ? "yes" : "no");
	telemetry_add_bits(d, "rx_offloads", port->rx_offloads, rx_offload_name);
	telemetry_add_bits(d, "tx_offloads", port->tx_offloads, tx_offload_name);
}

int
link_reply(const struct app *app, const char *params, struct rte_tel_data *d)
{
	const struct link_dev *link = app->link != NULL ? app->link->link : NULL;

	(void)params;
	if (link == NULL)
		return telemetry_reply_error(d, "there is no host link: start dpdk-lo with --link");
	rte_tel_data_start_dict(d);
	rte_tel_data_add_dict_string(d, "ifname", link->ifname);
	rte_tel_data_add_dict_string(d, "port", link->vdev);
	rte_tel_data_add_dict_string(d, "type", link_type_name(link->type));
	rte_tel_data_add_dict_string(d, "why", link->why);
	rte_tel_data_add_dict_string(d, "link", link->up ? "up" : "down");
	rte_tel_data_add_dict_int(d, "mtu", (int)link->mtu);
	telemetry_add_mac(d, "kernel_mac", &link->kernel_mac);
	telemetry_add_mac(d, "mac", &app->link->mac);
	telemetry_add_prefixes(d, "addresses", link->host_addrs, link->nb_host_addrs);
	rte_tel_data_add_dict_int(d, "queues", app->link->nb_queues);
	add_offloads(d, app->link);
	dlo_tel_add_dict_uint(d, "missed", app_port_missed(app->link));
	dlo_tel_add_dict_uint(d, "tx_errors", app_port_tx_errors(app->link));
	return 0;
}
