/* SPDX-License-Identifier: BSD-3-Clause */
#include "vtap_ethdev.h"

#include <errno.h>

#include <ethdev_driver.h>
#include <rte_ethdev.h>
#include <rte_malloc.h>

/* What the application has enabled, and so may be shown. */
unsigned int
vtap_kernel_offload(const struct vtap *vtap, uint64_t rx)
{
	const uint64_t l4 = RTE_ETH_RX_OFFLOAD_TCP_CKSUM | RTE_ETH_RX_OFFLOAD_UDP_CKSUM;
	unsigned int offload = 0;

	/* The kernel knows only both together. */
	if ((rx & l4) != l4)
		return 0;
	offload |= VTAP_OFFLOAD_CSUM;
	if ((rx & RTE_ETH_RX_OFFLOAD_TCP_LRO) != 0) {
		offload |= VTAP_OFFLOAD_TSO;
		if (vtap->uso)
			offload |= VTAP_OFFLOAD_USO;
	}
	return offload;
}

/* A long frame is a chain when the application said that it can take one. */
bool
vtap_scatter_enabled(const struct rte_eth_dev *dev)
{
	return (dev->data->dev_conf.rxmode.offloads &
		(RTE_ETH_RX_OFFLOAD_SCATTER | RTE_ETH_RX_OFFLOAD_TCP_LRO)) != 0;
}

int
vtap_check_room(const struct vtap *vtap, struct rte_mempool *pool, uint32_t mtu)
{
	uint32_t room = rte_pktmbuf_data_room_size(pool);

	room -= RTE_MIN(room, (uint32_t)RTE_PKTMBUF_HEADROOM);
	if (room < VTAP_ROOM_MIN) {
		VTAP_LOG(ERR, "%s: mbufs of pool %s have room for %u bytes: use %u or more",
			vtap_name(vtap), pool->name, room, VTAP_ROOM_MIN);
		return -EINVAL;
	}
	if (!vtap_scatter_enabled(vtap->dev) && mtu + VTAP_OVERHEAD > room) {
		VTAP_LOG(ERR,
			"%s: mbufs of pool %s have room for %u bytes, not for an MTU of %u: enable "
			"scattered receive, or use larger mbufs",
			vtap_name(vtap), pool->name, room, mtu);
		return -EINVAL;
	}
	return 0;
}

int
vtap_rx_queue_setup(struct rte_eth_dev *dev, uint16_t id, uint16_t nb_desc, unsigned int socket,
	const struct rte_eth_rxconf *conf, struct rte_mempool *pool)
{
	struct vtap *vtap = dev->data->dev_private;
	struct vtap_rxq *q;

	/* The kernel's ring has the length that txqueuelen= says. */
	RTE_SET_USED(nb_desc);
	RTE_SET_USED(conf);
	if (vtap_check_room(vtap, pool, dev->data->mtu) != 0)
		return -EINVAL;
	q = rte_zmalloc_socket("vtap_rxq", sizeof(*q), RTE_CACHE_LINE_SIZE, (int)socket);
	if (q == NULL)
		return -ENOMEM;
	q->port_id = dev->data->port_id;
	q->queue_id = id;
	q->gone = &vtap->gone;
	q->small_pool = pool;
	dev->data->rx_queues[id] = q;
	return 0;
}

int
vtap_tx_queue_setup(struct rte_eth_dev *dev, uint16_t id, uint16_t nb_desc, unsigned int socket,
	const struct rte_eth_txconf *conf)
{
	struct vtap *vtap = dev->data->dev_private;
	struct vtap_txq *q;

	RTE_SET_USED(nb_desc);
	RTE_SET_USED(conf);
	q = rte_zmalloc_socket("vtap_txq", sizeof(*q), RTE_CACHE_LINE_SIZE, (int)socket);
	if (q == NULL)
		return -ENOMEM;
	q->queue_id = id;
	q->gone = &vtap->gone;
	dev->data->tx_queues[id] = q;
	return 0;
}

void
vtap_rx_queue_release(struct rte_eth_dev *dev, uint16_t id)
{
	struct vtap_rxq *q = dev->data->rx_queues[id];

	if (q == NULL)
		return;
	vtap_rxq_release_mbufs(q);
	dev->data->rx_queues[id] = NULL;
	rte_free(q);
}

void
vtap_tx_queue_release(struct rte_eth_dev *dev, uint16_t id)
{
	rte_free(dev->data->tx_queues[id]);
	dev->data->tx_queues[id] = NULL;
}

void
vtap_rxq_info(struct rte_eth_dev *dev, uint16_t id, struct rte_eth_rxq_info *info)
{
	const struct vtap *vtap = dev->data->dev_private;
	const struct vtap_rxq *q = dev->data->rx_queues[id];

	info->mp = q->small_pool;
	info->scattered_rx = vtap_scatter_enabled(dev);
	info->conf.offloads = dev->data->dev_conf.rxmode.offloads;
	/* Of the kernel's ring, whatever the application asked for. */
	info->nb_desc = (uint16_t)RTE_MIN(vtap->args.txqueuelen, (uint32_t)UINT16_MAX);
}

void
vtap_txq_info(struct rte_eth_dev *dev, uint16_t id, struct rte_eth_txq_info *info)
{
	RTE_SET_USED(id);
	/* Without descriptors: each frame is handed over at once. */
	info->nb_desc = 0;
	info->conf.offloads = dev->data->dev_conf.txmode.offloads;
}

static void
say_missing(const struct vtap *vtap, const char *kind, uint16_t id)
{
	VTAP_LOG(ERR, "%s: %s queue %u was configured and not set up", vtap_name(vtap), kind, id);
}

/*
 * What the last configuration says, which may be younger than the queues: descriptors were closed and
 * opened, offloads changed, and an application need not set up anew what it keeps.
 */
int
vtap_queues_ready(struct vtap *vtap)
{
	struct rte_eth_dev *dev = vtap->dev;
	uint64_t offloads = dev->data->dev_conf.rxmode.offloads;
	unsigned int kernel = vtap_kernel_offload(vtap, offloads);

	for (uint16_t i = 0; i < dev->data->nb_rx_queues; i++) {
		struct vtap_rxq *q = dev->data->rx_queues[i];

		if (q == NULL) {
			say_missing(vtap, "receive", i);
			return -EINVAL;
		}
		/* Not data->mtu: the host may have set another one since, and has its own mind. */
		if (vtap_check_room(vtap, q->small_pool, dev->data->dev_conf.rxmode.mtu) != 0)
			return -EINVAL;
		q->fd = vtap->fds[i];
		q->cksum = (kernel & VTAP_OFFLOAD_CSUM) != 0;
		q->lro = (kernel & VTAP_OFFLOAD_TSO) != 0;
		q->ip_cksum = (offloads & RTE_ETH_RX_OFFLOAD_IPV4_CKSUM) != 0;
		q->scatter = vtap_scatter_enabled(dev);
		q->big_pool = q->scatter ? vtap->big_pool : NULL;
	}
	for (uint16_t i = 0; i < dev->data->nb_tx_queues; i++) {
		struct vtap_txq *q = dev->data->tx_queues[i];

		if (q == NULL) {
			say_missing(vtap, "transmit", i);
			return -EINVAL;
		}
		/* With fewer receive queues two may write to one descriptor, which the kernel allows. */
		q->fd = vtap->fds[i % vtap->nb_fds];
	}
	return 0;
}
