/* SPDX-License-Identifier: BSD-3-Clause */
#include "vtap_ethdev.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <ethdev_driver.h>
#include <rte_ethdev.h>

/* The order of struct vtap_counts.x; the index is the xstat's id. */
enum xstat {
	X_RX_CHAINED,
	X_RX_GSO,
	X_RX_PARTIAL,
	X_RX_NO_BIG,
	X_TX_VERBATIM,
	X_TX_OFFLOAD,
	X_TX_STALE,
	X_TX_TOO_MANY_SEGS,
	X_TX_BAD_OFFLOAD,
	X_TX_DOWN,
	X_KERNEL_TX_DROPPED,
	X_KERNEL_RX_DROPPED,
	X_MAX
};

_Static_assert(X_MAX <= RTE_DIM(((struct vtap_counts *)0)->x), "room for the xstats");

static const char *const xstat_names[X_MAX] = {
	[X_RX_CHAINED] = "rx_chained_packets",
	[X_RX_GSO] = "rx_gso_packets",
	[X_RX_PARTIAL] = "rx_partial_cksum_packets",
	[X_RX_NO_BIG] = "rx_no_big_mbuf_drops",
	[X_TX_VERBATIM] = "tx_verbatim_packets",
	[X_TX_OFFLOAD] = "tx_offload_packets",
	[X_TX_STALE] = "tx_stale_vnet_hdr_packets",
	[X_TX_TOO_MANY_SEGS] = "tx_too_many_segs_drops",
	[X_TX_BAD_OFFLOAD] = "tx_bad_offload_drops",
	[X_TX_DOWN] = "tx_interface_down_drops",
	[X_KERNEL_TX_DROPPED] = "kernel_tx_dropped",
	[X_KERNEL_RX_DROPPED] = "kernel_rx_dropped",
};

static uint64_t
load(_Atomic uint64_t *counter)
{
	return atomic_load_explicit(counter, memory_order_relaxed);
}

static void
add_rxq(struct vtap_counts *c, unsigned int i, struct vtap_rxq *q)
{
	c->ipackets[i] = load(&q->packets);
	c->ibytes[i] = load(&q->bytes);
	c->ierrors[i] = load(&q->errors);
	c->rx_nombuf += load(&q->no_mbuf) + load(&q->no_big);
	c->x[X_RX_CHAINED] += load(&q->chained);
	c->x[X_RX_GSO] += load(&q->gso);
	c->x[X_RX_PARTIAL] += load(&q->partial);
	c->x[X_RX_NO_BIG] += load(&q->no_big);
}

static void
add_txq(struct vtap_counts *c, unsigned int i, struct vtap_txq *q)
{
	c->opackets[i] = load(&q->packets);
	c->obytes[i] = load(&q->bytes);
	c->oerrors[i] = load(&q->errors);
	c->x[X_TX_VERBATIM] += load(&q->verbatim);
	c->x[X_TX_OFFLOAD] += load(&q->offload);
	c->x[X_TX_STALE] += load(&q->stale);
	c->x[X_TX_TOO_MANY_SEGS] += load(&q->too_many_segs);
	c->x[X_TX_BAD_OFFLOAD] += load(&q->bad_offload);
	c->x[X_TX_DOWN] += load(&q->down);
}

/* Without an answer they are what they were: counters never go back. */
static void
ask_kernel(struct vtap *vtap)
{
	struct vtap_link_state state;

	if (vtap_link_get(&vtap->link, &state) == 0) {
		vtap->kernel_tx_dropped = state.tx_dropped;
		vtap->kernel_rx_dropped = state.rx_dropped;
	}
}

/*
 * While the cable is out the kernel drops what it sends, its own reports of multicast groups first of all, and
 * counts it since Linux 6.11. No port could have received that.
 */
void
vtap_stats_connected(struct vtap *vtap, bool connected)
{
	pthread_mutex_lock(&vtap->state_lock);
	ask_kernel(vtap);
	if (vtap->connected)
		vtap->missed += vtap->kernel_tx_dropped - vtap->dropped_before;
	vtap->dropped_before = vtap->kernel_tx_dropped;
	vtap->connected = connected;
	pthread_mutex_unlock(&vtap->state_lock);
}

static void
collect(struct rte_eth_dev *dev, struct vtap_counts *c)
{
	struct vtap *vtap = dev->data->dev_private;

	memset(c, 0, sizeof(*c));
	for (unsigned int i = 0; i < dev->data->nb_rx_queues; i++)
		if (dev->data->rx_queues[i] != NULL)
			add_rxq(c, i, dev->data->rx_queues[i]);
	for (unsigned int i = 0; i < dev->data->nb_tx_queues; i++)
		if (dev->data->tx_queues[i] != NULL)
			add_txq(c, i, dev->data->tx_queues[i]);
	pthread_mutex_lock(&vtap->state_lock);
	ask_kernel(vtap);
	c->x[X_KERNEL_TX_DROPPED] = vtap->kernel_tx_dropped;
	c->x[X_KERNEL_RX_DROPPED] = vtap->kernel_rx_dropped;
	c->missed = vtap->missed;
	if (vtap->connected)
		c->missed += vtap->kernel_tx_dropped - vtap->dropped_before;
	pthread_mutex_unlock(&vtap->state_lock);
}

/* A queue that was set up anew counts from zero: below its base, which then means nothing. */
static uint64_t
since(uint64_t now, uint64_t base)
{
	return now >= base ? now - base : now;
}

int
vtap_stats_get(struct rte_eth_dev *dev, struct rte_eth_stats *stats)
{
	struct vtap *vtap = dev->data->dev_private;
	const struct vtap_counts *base = vtap->base;
	struct vtap_counts now;

	collect(dev, &now);
	for (unsigned int i = 0; i < VTAP_QUEUES_MAX; i++) {
		uint64_t ipackets = since(now.ipackets[i], base->ipackets[i]);
		uint64_t ibytes = since(now.ibytes[i], base->ibytes[i]);
		uint64_t ierrors = since(now.ierrors[i], base->ierrors[i]);
		uint64_t opackets = since(now.opackets[i], base->opackets[i]);
		uint64_t obytes = since(now.obytes[i], base->obytes[i]);

		stats->ipackets += ipackets;
		stats->ibytes += ibytes;
		stats->ierrors += ierrors;
		stats->opackets += opackets;
		stats->obytes += obytes;
		stats->oerrors += since(now.oerrors[i], base->oerrors[i]);
		if (i < RTE_ETHDEV_QUEUE_STAT_CNTRS) {
			stats->q_ipackets[i] = ipackets;
			stats->q_ibytes[i] = ibytes;
			stats->q_errors[i] = ierrors;
			stats->q_opackets[i] = opackets;
			stats->q_obytes[i] = obytes;
		}
	}
	stats->rx_nombuf = since(now.rx_nombuf, base->rx_nombuf);
	/* What the kernel could not put into our queue is what a NIC misses. */
	stats->imissed = since(now.missed, base->missed);
	return 0;
}

int
vtap_stats_reset(struct rte_eth_dev *dev)
{
	struct vtap *vtap = dev->data->dev_private;
	struct vtap_counts now;

	collect(dev, &now);
	*vtap->base = now;
	return 0;
}

int
vtap_xstats_get_names(struct rte_eth_dev *dev, struct rte_eth_xstat_name *names, unsigned int n)
{
	RTE_SET_USED(dev);
	if (names == NULL || n < X_MAX)
		return X_MAX;
	for (unsigned int i = 0; i < X_MAX; i++)
		snprintf(names[i].name, sizeof(names[i].name), "%s", xstat_names[i]);
	return X_MAX;
}

int
vtap_xstats_get(struct rte_eth_dev *dev, struct rte_eth_xstat *xstats, unsigned int n)
{
	struct vtap *vtap = dev->data->dev_private;
	struct vtap_counts now;

	if (xstats == NULL || n < X_MAX)
		return X_MAX;
	collect(dev, &now);
	for (unsigned int i = 0; i < X_MAX; i++) {
		xstats[i].id = i;
		xstats[i].value = since(now.x[i], vtap->base->x[i]);
	}
	return X_MAX;
}
