/* SPDX-License-Identifier: BSD-3-Clause */
#include "vtap_ethdev.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <ethdev_driver.h>
#include <rte_ethdev.h>
#include <rte_malloc.h>

/* The kernel's tun: MAX_MTU of drivers/net/tun.c is 65535 - ETH_HLEN. */
#define MTU_MAX (65535 - RTE_ETHER_HDR_LEN)

#define RX_OFFLOADS                                                                                \
	(RTE_ETH_RX_OFFLOAD_IPV4_CKSUM | RTE_ETH_RX_OFFLOAD_UDP_CKSUM |                            \
		RTE_ETH_RX_OFFLOAD_TCP_CKSUM | RTE_ETH_RX_OFFLOAD_TCP_LRO |                        \
		RTE_ETH_RX_OFFLOAD_SCATTER)
#define TX_OFFLOADS                                                                                \
	(RTE_ETH_TX_OFFLOAD_IPV4_CKSUM | RTE_ETH_TX_OFFLOAD_UDP_CKSUM |                            \
		RTE_ETH_TX_OFFLOAD_TCP_CKSUM | RTE_ETH_TX_OFFLOAD_TCP_TSO |                        \
		RTE_ETH_TX_OFFLOAD_MULTI_SEGS)

const char *
vtap_name(const struct vtap *vtap)
{
	return vtap->dev->device->name;
}

/* As many queues as asked for are attached: the kernel spreads frames over all that are. */
static int
attach_queues(struct vtap *vtap, uint16_t nb)
{
	while (vtap->nb_fds > nb)
		close(vtap->fds[--vtap->nb_fds]);
	while (vtap->nb_fds < nb) {
		int fd = vtap_tun_attach(vtap->fds[0]);

		if (fd < 0) {
			VTAP_LOG(ERR, "%s: queue %u cannot be attached to %s: %s",
				vtap_name(vtap), vtap->nb_fds, vtap->iface, strerror(-fd));
			return fd;
		}
		vtap->fds[vtap->nb_fds++] = fd;
	}
	return 0;
}

/*
 * ethdev writes the new one into its data after this has returned. The thread that follows the
 * interface must find it there already, or in the kernel, whenever it looks.
 */
static int
change_mtu(struct vtap *vtap, uint16_t mtu)
{
	struct vtap_link_state state;
	int err = 0;

	pthread_mutex_lock(&vtap->state_lock);
	if (vtap_link_get(&vtap->link, &state) != 0 || state.mtu != mtu)
		err = vtap_link_set_mtu(&vtap->link, mtu);
	if (err == 0)
		vtap->dev->data->mtu = mtu;
	pthread_mutex_unlock(&vtap->state_lock);
	return err;
}

static int
vtap_configure(struct rte_eth_dev *dev)
{
	struct vtap *vtap = dev->data->dev_private;
	uint16_t mtu;
	int err;

	err = attach_queues(vtap, RTE_MAX(dev->data->nb_rx_queues, 1));
	if (err < 0)
		return err;
	err = vtap_tun_set_offload(vtap->fds[0],
		vtap_kernel_offload(vtap, dev->data->dev_conf.rxmode.offloads));
	if (err < 0) {
		VTAP_LOG(ERR, "%s: the kernel does not take the offloads: %s", vtap_name(vtap),
			strerror(-err));
		return err;
	}
	/* Not from data->mtu, into which the thread that follows the interface may have written. */
	mtu = (uint16_t)dev->data->dev_conf.rxmode.mtu;
	err = change_mtu(vtap, mtu);
	if (err < 0)
		VTAP_LOG(ERR, "%s: %s does not take an MTU of %u: %s", vtap_name(vtap),
			vtap->iface, mtu, strerror(-err));
	return err;
}

static int
vtap_infos_get(struct rte_eth_dev *dev, struct rte_eth_dev_info *info)
{
	struct vtap *vtap = dev->data->dev_private;

	info->if_index = (unsigned int)vtap->link.ifindex;
	info->min_mtu = RTE_ETHER_MIN_MTU;
	info->max_mtu = MTU_MAX;
	info->min_rx_bufsize = VTAP_ROOM_MIN;
	info->max_rx_pktlen = MTU_MAX + VTAP_OVERHEAD;
	info->max_lro_pkt_size = MTU_MAX + VTAP_OVERHEAD;
	info->max_rx_queues = (uint16_t)vtap->args.queues;
	info->max_tx_queues = (uint16_t)vtap->args.queues;
	info->max_mac_addrs = 1;
	/* One interface, one setting, for receiving; each frame says for itself when sent. */
	info->rx_offload_capa = RX_OFFLOADS;
	info->tx_offload_capa = TX_OFFLOADS;
	if (vtap->uso)
		info->tx_offload_capa |= RTE_ETH_TX_OFFLOAD_UDP_TSO;
	info->tx_queue_offload_capa = info->tx_offload_capa;
	info->tx_desc_lim.nb_seg_max = VTAP_TX_SEGS_MAX;
	info->tx_desc_lim.nb_mtu_seg_max = VTAP_TX_SEGS_MAX;
	info->default_rxportconf.burst_size = 32;
	info->default_txportconf.burst_size = 32;
	info->default_rxportconf.ring_size = 2048;
	info->default_txportconf.ring_size = 2048;
	info->default_rxportconf.nb_queues = 1;
	info->default_txportconf.nb_queues = 1;
	info->dev_capa &= ~RTE_ETH_DEV_CAPA_FLOW_RULE_KEEP;
	return 0;
}

/* Buffers for long frames, for as many queues as there are now. */
static int
provide_big_pool(struct vtap *vtap)
{
	struct rte_eth_dev *dev = vtap->dev;
	uint32_t size = vtap->args.big_mbufs * dev->data->nb_rx_queues;

	if (vtap->big_pool == NULL || vtap->big_pool_size != size) {
		if (vtap->big_pool != NULL)
			vtap_big_pool_retire(vtap->big_pool);
		vtap->big_pool = vtap_big_pool_create(size, dev->data->numa_node);
		vtap->big_pool_size = size;
	}
	if (vtap->big_pool == NULL) {
		VTAP_LOG(ERR,
			"%s: no memory for %u buffers of 64 KiB: give EAL more, or choose a "
			"smaller big_mbufs=",
			vtap_name(vtap), size);
		return -ENOMEM;
	}
	return 0;
}

/*
 * The cable goes in. The kernel notices a carrier in a work queue, and throws away what is sent
 * before: wait, so that no frame is lost that is sent after the start.
 */
static int
connect_interface(struct vtap *vtap)
{
	struct vtap_link_state state;
	int err;

	vtap_tun_set_carrier(vtap->fds[0], true);
	err = vtap_link_set_up(&vtap->link);
	for (int i = 0; i < 100 && err == 0; i++) {
		err = vtap_link_get(&vtap->link, &state);
		if (err == 0 && state.sending)
			break;
		usleep(1000);
	}
	/* It may have been moved to another namespace, whose administrator knows what he wants. */
	return err < 0 && !vtap_tun_alive(vtap->fds[0]) ? -ENODEV : 0;
}

static int
vtap_start(struct rte_eth_dev *dev)
{
	struct vtap *vtap = dev->data->dev_private;
	int err;

	if (vtap_scatter_enabled(dev) && dev->data->nb_rx_queues > 0) {
		err = provide_big_pool(vtap);
		if (err < 0)
			return err;
	}
	err = vtap_queues_ready(vtap);
	if (err < 0)
		return err;
	for (uint16_t i = 0; i < dev->data->nb_rx_queues; i++) {
		const struct vtap_rxq *q = dev->data->rx_queues[i];

		/* Frames of before may carry offloads that are not enabled any more. */
		vtap_tun_drain(q->fd, vtap->args.txqueuelen);
		dev->data->rx_queue_state[i] = RTE_ETH_QUEUE_STATE_STARTED;
	}
	for (uint16_t i = 0; i < dev->data->nb_tx_queues; i++)
		dev->data->tx_queue_state[i] = RTE_ETH_QUEUE_STATE_STARTED;
	err = vtap_rx_intr_install(vtap);
	if (err < 0)
		return err;
	dev->rx_pkt_burst = vtap_rx_burst;
	dev->tx_pkt_burst = vtap_tx_burst;
	dev->tx_pkt_prepare = vtap_tx_prepare;
	vtap->started = true;
	err = connect_interface(vtap);
	if (err < 0) {
		VTAP_LOG(ERR, "%s: interface %s was deleted: close the port and make it anew",
			vtap_name(vtap), vtap->iface);
		vtap->started = false;
		vtap_rx_intr_uninstall(vtap);
		return err;
	}
	vtap_stats_connected(vtap, true);
	vtap_link_refresh(vtap);
	return 0;
}

static int
vtap_stop(struct rte_eth_dev *dev)
{
	struct vtap *vtap = dev->data->dev_private;
	struct rte_eth_link down = {0};

	/* A pulled cable. Not down, which would cost the host its IPv6 addresses. */
	vtap->started = false;
	vtap_stats_connected(vtap, false);
	vtap_tun_set_carrier(vtap->fds[0], false);
	rte_eth_linkstatus_set(dev, &down);
	vtap_rx_intr_uninstall(vtap);
	for (uint16_t i = 0; i < dev->data->nb_rx_queues; i++) {
		vtap_rxq_release_mbufs(dev->data->rx_queues[i]);
		dev->data->rx_queue_state[i] = RTE_ETH_QUEUE_STATE_STOPPED;
	}
	for (uint16_t i = 0; i < dev->data->nb_tx_queues; i++)
		dev->data->tx_queue_state[i] = RTE_ETH_QUEUE_STATE_STOPPED;
	return 0;
}

static int
vtap_link_update(struct rte_eth_dev *dev, int wait)
{
	RTE_SET_USED(wait);
	return vtap_link_refresh(dev->data->dev_private);
}

static int
vtap_set_link(struct rte_eth_dev *dev, bool up)
{
	struct vtap *vtap = dev->data->dev_private;
	int err = vtap_tun_set_carrier(vtap->fds[0], up);

	if (err == 0)
		vtap_link_refresh(vtap);
	return err;
}

static int
vtap_set_link_up(struct rte_eth_dev *dev)
{
	return vtap_set_link(dev, true);
}

static int
vtap_set_link_down(struct rte_eth_dev *dev)
{
	return vtap_set_link(dev, false);
}

static int
vtap_mtu_set(struct rte_eth_dev *dev, uint16_t mtu)
{
	struct vtap *vtap = dev->data->dev_private;

	for (uint16_t i = 0; i < dev->data->nb_rx_queues; i++) {
		const struct vtap_rxq *q = dev->data->rx_queues[i];

		if (q != NULL && vtap_check_room(vtap, q->small_pool, mtu) != 0)
			return -EINVAL;
	}
	return change_mtu(vtap, mtu);
}

static int
vtap_mac_addr_set(struct rte_eth_dev *dev, struct rte_ether_addr *mac)
{
	struct vtap *vtap = dev->data->dev_private;
	struct vtap_link_state state;
	int err = 0;

	/* ethdev sets it at every start; to the kernel even the same one is new: it forgets all
	 * neighbours. */
	pthread_mutex_lock(&vtap->state_lock);
	if (vtap_link_get(&vtap->link, &state) != 0 || !rte_is_same_ether_addr(&state.mac, mac))
		err = vtap_link_set_mac(&vtap->link, mac);
	if (err == 0)
		rte_ether_addr_copy(mac, &vtap->mac);
	pthread_mutex_unlock(&vtap->state_lock);
	return err;
}

/* A TAP is handed every frame that the host sends: there is nothing to filter, or to stop. */
static int
vtap_nothing_to_do(struct rte_eth_dev *dev)
{
	RTE_SET_USED(dev);
	return 0;
}

static int
vtap_rx_queue_intr(struct rte_eth_dev *dev, uint16_t id)
{
	RTE_SET_USED(dev);
	RTE_SET_USED(id);
	/* A descriptor is readable while a frame waits; nobody has to arm it. */
	return 0;
}

static int
vtap_close(struct rte_eth_dev *dev)
{
	struct vtap *vtap = dev->data->dev_private;

	if (rte_eal_process_type() != RTE_PROC_PRIMARY)
		return 0;
	if (dev->data->dev_started)
		vtap_stop(dev);
	vtap_link_intr_uninstall(vtap);
	for (uint16_t i = 0; i < dev->data->nb_rx_queues; i++)
		vtap_rx_queue_release(dev, i);
	for (uint16_t i = 0; i < dev->data->nb_tx_queues; i++)
		vtap_tx_queue_release(dev, i);
	/* The last descriptor takes the interface with it. */
	while (vtap->nb_fds > 0)
		close(vtap->fds[--vtap->nb_fds]);
	vtap_link_fini(&vtap->link);
	if (vtap->big_pool != NULL)
		vtap_big_pool_retire(vtap->big_pool);
	rte_free(vtap->base);
	/* Part of the private data. */
	dev->data->mac_addrs = NULL;
	return 0;
}

const struct eth_dev_ops vtap_ops = {
	.dev_configure = vtap_configure,
	.dev_start = vtap_start,
	.dev_stop = vtap_stop,
	.dev_close = vtap_close,
	.dev_set_link_up = vtap_set_link_up,
	.dev_set_link_down = vtap_set_link_down,
	.dev_infos_get = vtap_infos_get,
	.rx_queue_setup = vtap_rx_queue_setup,
	.rx_queue_release = vtap_rx_queue_release,
	.tx_queue_setup = vtap_tx_queue_setup,
	.tx_queue_release = vtap_tx_queue_release,
	.rxq_info_get = vtap_rxq_info,
	.txq_info_get = vtap_txq_info,
	.rx_queue_intr_enable = vtap_rx_queue_intr,
	.rx_queue_intr_disable = vtap_rx_queue_intr,
	.link_update = vtap_link_update,
	.mtu_set = vtap_mtu_set,
	.mac_addr_set = vtap_mac_addr_set,
	.promiscuous_enable = vtap_nothing_to_do,
	.promiscuous_disable = vtap_nothing_to_do,
	.allmulticast_enable = vtap_nothing_to_do,
	.allmulticast_disable = vtap_nothing_to_do,
	.stats_get = vtap_stats_get,
	.stats_reset = vtap_stats_reset,
	.xstats_get = vtap_xstats_get,
	.xstats_get_names = vtap_xstats_get_names,
	.xstats_reset = vtap_stats_reset,
};
