/* SPDX-License-Identifier: BSD-3-Clause */
#include "lo.h"

#include <errno.h>
#include <stdio.h>

#include <bus_vdev_driver.h>
#include <ethdev_driver.h>
#include <ethdev_vdev.h>
#include <rte_ethdev.h>
#include <rte_cycles.h>
#include <rte_malloc.h>
#include <rte_random.h>
#include <rte_version.h>

#include "answer/compile.h"
#include "driver_version.h"

#define DESCRIPTORS_DEFAULT 1024
#define MTU_MIN 68

RTE_LOG_REGISTER_DEFAULT(lo_logtype, NOTICE)

static int
nothing_to_do(struct rte_eth_dev *dev)
{
	RTE_SET_USED(dev);
	return 0;
}

static int
infos_get(struct rte_eth_dev *dev, struct rte_eth_dev_info *info)
{
	const struct lo *lo = dev->data->dev_private;

	info->max_rx_queues = (uint16_t)lo->nb_queues;
	info->max_tx_queues = (uint16_t)lo->nb_queues;
	info->max_mac_addrs = 1;
	info->min_mtu = MTU_MIN;
	info->max_mtu = UINT16_MAX;
	info->max_rx_pktlen = UINT32_MAX;
	info->rx_offload_capa = RTE_ETH_RX_OFFLOAD_SCATTER;
	info->tx_offload_capa = RTE_ETH_TX_OFFLOAD_MULTI_SEGS;
	info->default_rxportconf.ring_size = DESCRIPTORS_DEFAULT;
	info->default_txportconf.ring_size = DESCRIPTORS_DEFAULT;
	return 0;
}

static void
free_frames(struct rte_ring *ring)
{
	struct rte_mbuf *m;

	while (ring != NULL && rte_ring_sc_dequeue(ring, (void **)&m) == 0)
		rte_pktmbuf_free(m);
}

/*
 * The ring of a transmit queue, with room for what either of its ends was set up for. Made when the port starts,
 * since only then it is known who receives from it.
 */
static int
ring_make(const struct rte_eth_dev *dev, uint16_t id)
{
	struct lo *lo = dev->data->dev_private;
	struct lo_queue *q = &lo->queues[id];
	uint16_t nb_desc = RTE_MAX(q->nb_desc, lo->receivers[id % dev->data->nb_rx_queues].nb_desc);
	char name[RTE_RING_NAMESIZE];

	if (q->back != NULL && rte_ring_get_capacity(q->back) >= nb_desc)
		return 0;
	rte_ring_free(q->back);
	snprintf(name, sizeof(name), "net_lo_%u_%u", dev->data->port_id, id);
	q->back = rte_ring_create(name, nb_desc, q->socket, RING_F_SP_ENQ | RING_F_SC_DEQ | RING_F_EXACT_SZ);
	if (q->back != NULL)
		return 0;
	LO_LOG(ERR, "port %u: no memory for queue %u of %u descriptors; give EAL more with -m",
		dev->data->port_id, id, nb_desc);
	return -ENOMEM;
}

/* Applications with a transmit queue for each of their threads have more of them than receive queues. */
static int
start(struct rte_eth_dev *dev)
{
	struct lo *lo = dev->data->dev_private;
	uint16_t nb_rx = dev->data->nb_rx_queues, nb_tx = dev->data->nb_tx_queues;

	if (nb_rx == 0) {
		LO_LOG(ERR, "port %u has no receive queue, and what goes out comes back: set up one",
			dev->data->port_id);
		return -EINVAL;
	}
	for (uint16_t i = 0; i < nb_rx; i++)
		lo->receivers[i].nb_rings = lo->receivers[i].next = 0;
	for (uint16_t i = 0; i < nb_tx; i++) {
		struct lo_receiver *r = &lo->receivers[i % nb_rx];
		int ret = ring_make(dev, i);

		if (ret != 0)
			return ret;
		r->rings[r->nb_rings++] = lo->queues[i].back;
		dev->data->tx_queue_state[i] = RTE_ETH_QUEUE_STATE_STARTED;
	}
	for (uint16_t i = 0; i < nb_rx; i++)
		dev->data->rx_queue_state[i] = RTE_ETH_QUEUE_STATE_STARTED;
	dev->rx_pkt_burst = lo_rx_burst;
	dev->tx_pkt_burst = lo_tx_burst;
	dev->data->dev_link.link_status = RTE_ETH_LINK_UP;
	return 0;
}

static int
stop(struct rte_eth_dev *dev)
{
	struct lo *lo = dev->data->dev_private;

	dev->data->dev_link.link_status = RTE_ETH_LINK_DOWN;
	for (uint16_t i = 0; i < dev->data->nb_rx_queues; i++)
		dev->data->rx_queue_state[i] = RTE_ETH_QUEUE_STATE_STOPPED;
	for (uint16_t i = 0; i < dev->data->nb_tx_queues; i++) {
		dev->data->tx_queue_state[i] = RTE_ETH_QUEUE_STATE_STOPPED;
		free_frames(lo->queues[i].back);
	}
	return 0;
}

static void
free_queues(struct lo *lo)
{
	rte_free(lo->queues);
	rte_free(lo->receivers);
	lo->queues = NULL;
	lo->receivers = NULL;
}

static int
close_port(struct rte_eth_dev *dev)
{
	struct lo *lo = dev->data->dev_private;

	if (rte_eal_process_type() != RTE_PROC_PRIMARY)
		return 0;
	for (uint32_t i = 0; lo->queues != NULL && i < lo->nb_queues; i++) {
		free_frames(lo->queues[i].back);
		rte_ring_free(lo->queues[i].back);
		dlo_sessions_free(lo->queues[i].lane.sessions);
	}
	if (lo->queues != NULL && lo->plan.settings.timed)
		lo_clock_stop();
	free_queues(lo);
	lo_plan_free(&lo->plan);
	/* Part of dev_private, which ethdev frees. */
	dev->data->mac_addrs = NULL;
	return 0;
}

static int
rx_queue_setup(struct rte_eth_dev *dev, uint16_t id, uint16_t nb_desc, unsigned int socket,
	const struct rte_eth_rxconf *conf, struct rte_mempool *pool)
{
	struct lo *lo = dev->data->dev_private;

	/* What comes back are the application's own mbufs: no pool is needed. */
	RTE_SET_USED(conf);
	RTE_SET_USED(pool);
	RTE_SET_USED(socket);
	lo->receivers[id].nb_desc = nb_desc;
	dev->data->rx_queues[id] = &lo->receivers[id];
	return 0;
}

static int
tx_queue_setup(struct rte_eth_dev *dev, uint16_t id, uint16_t nb_desc, unsigned int socket,
	const struct rte_eth_txconf *conf)
{
	struct lo *lo = dev->data->dev_private;
	struct lo_queue *q = &lo->queues[id];

	RTE_SET_USED(conf);
	if (lo->sessions && q->lane.sessions == NULL) {
		q->lane.sessions = dlo_sessions_create(DLO_ANSWER_SESSIONS, rte_get_tsc_hz(), rte_rand());
		if (q->lane.sessions == NULL) {
			LO_LOG(ERR, "port %u: no memory for the sessions of queue %u", dev->data->port_id, id);
			return -ENOMEM;
		}
	}
	q->plan = &lo->plan;
	q->port_id = dev->data->port_id;
	q->nb_desc = nb_desc;
	q->socket = (int)socket;
	dev->data->tx_queues[id] = q;
	return 0;
}

static int
link_update(struct rte_eth_dev *dev, int wait)
{
	RTE_SET_USED(dev);
	RTE_SET_USED(wait);
	return 0;
}

static int
mtu_set(struct rte_eth_dev *dev, uint16_t mtu)
{
	RTE_SET_USED(dev);
	RTE_SET_USED(mtu);
	return 0;
}

static int
mac_addr_set(struct rte_eth_dev *dev, struct rte_ether_addr *mac)
{
	RTE_SET_USED(dev);
	RTE_SET_USED(mac);
	return 0;
}

static const struct eth_dev_ops ops = {
	.dev_configure = nothing_to_do,
	.dev_infos_get = infos_get,
	.dev_start = start,
	.dev_stop = stop,
	.dev_close = close_port,
	.rx_queue_setup = rx_queue_setup,
	.tx_queue_setup = tx_queue_setup,
	.promiscuous_enable = nothing_to_do,
	.promiscuous_disable = nothing_to_do,
	.allmulticast_enable = nothing_to_do,
	.allmulticast_disable = nothing_to_do,
	.link_update = link_update,
	.mtu_set = mtu_set,
	.mac_addr_set = mac_addr_set,
	.stats_get = lo_stats_get,
	.stats_reset = lo_stats_reset,
	.xstats_get = lo_xstats_get,
	.xstats_get_names = lo_xstats_get_names,
	.xstats_reset = lo_stats_reset,
};

static int
probe(struct rte_vdev_device *vdev)
{
	struct rte_eth_dev *dev;
	struct lo *lo;
	int ret;

	if (!dlo_driver_version_matches(rte_version())) {
		LO_LOG(ERR, "built for DPDK %u.%02u, but this is %s; build it against that version",
			RTE_VER_YEAR, RTE_VER_MONTH, rte_version());
		return -ENOTSUP;
	}
	if (rte_eal_process_type() != RTE_PROC_PRIMARY) {
		LO_LOG(ERR, "%s works in the primary process only", rte_vdev_device_name(vdev));
		return -ENOTSUP;
	}
	dev = rte_eth_vdev_allocate(vdev, sizeof(*lo));
	if (dev == NULL)
		return -ENOMEM;
	lo = dev->data->dev_private;
	ret = lo_args_read(lo, rte_vdev_device_args(vdev));
	if (ret == 0) {
		lo->queues = rte_zmalloc_socket("net_lo", lo->nb_queues * sizeof(*lo->queues),
			DLO_COUNTERS_ALIGN, dev->data->numa_node);
		lo->receivers = rte_zmalloc_socket("net_lo", lo->nb_queues * sizeof(*lo->receivers),
			DLO_COUNTERS_ALIGN, dev->data->numa_node);
		ret = lo->queues != NULL && lo->receivers != NULL ? 0 : -ENOMEM;
	}
	if (ret == 0 && lo->plan.settings.timed)
		ret = lo_clock_start();
	if (ret != 0) {
		free_queues(lo);
		lo_plan_free(&lo->plan);
		rte_eth_dev_release_port(dev);
		return ret;
	}
	rte_eth_random_addr(lo->mac.addr_bytes);
	dev->data->mac_addrs = &lo->mac;
	dev->data->dev_link = (struct rte_eth_link){
		.link_speed = RTE_ETH_SPEED_NUM_100G,
		.link_duplex = RTE_ETH_LINK_FULL_DUPLEX,
		.link_autoneg = RTE_ETH_LINK_FIXED,
		.link_status = RTE_ETH_LINK_DOWN,
	};
	dev->dev_ops = &ops;
	rte_eth_dev_probing_finish(dev);
	return 0;
}

static int
remove_port(struct rte_vdev_device *vdev)
{
	struct rte_eth_dev *dev = rte_eth_dev_allocated(rte_vdev_device_name(vdev));

	if (dev == NULL)
		return 0;
	close_port(dev);
	return rte_eth_dev_release_port(dev);
}

static struct rte_vdev_driver driver = {
	.probe = probe,
	.remove = remove_port,
};

RTE_PMD_REGISTER_VDEV(net_lo, driver);
RTE_PMD_REGISTER_PARAM_STRING(net_lo,
	"mac=<mac> mode=wire|mac|ip|l4 accept=own|unicast|any guards=on|off ip=<prefix> answer=<list> "
	"allow=<list> answer-rate=<int> udp-echo=<list> stamp=<list> oam=<list> sbfd=<list> queues=<int>");
