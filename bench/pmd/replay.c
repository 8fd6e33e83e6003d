/* SPDX-License-Identifier: BSD-3-Clause */
#include "replay.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bus_vdev_driver.h>
#include <ethdev_driver.h>
#include <ethdev_vdev.h>
#include <rte_ethdev.h>
#include <rte_kvargs.h>
#include <rte_mbuf_dyn.h>

struct replay {
	struct replay_file file;
	uint32_t nb_queues;
	uint32_t nb_slots; /* per queue; 0: as many as frames in the file */
	struct rte_ether_addr mac;
	struct replay_queue queues[REPLAY_QUEUES_MAX];
};

RTE_LOG_REGISTER_DEFAULT(replay_logtype, NOTICE)

int replay_slot_offset = -1;

static int
configure(struct rte_eth_dev *dev)
{
	RTE_SET_USED(dev);
	return 0;
}

static int
infos_get(struct rte_eth_dev *dev, struct rte_eth_dev_info *info)
{
	const struct replay *replay = dev->data->dev_private;

	info->max_rx_queues = (uint16_t)replay->nb_queues;
	info->max_tx_queues = (uint16_t)replay->nb_queues;
	info->max_mac_addrs = 1;
	info->max_rx_pktlen = UINT16_MAX;
	info->tx_offload_capa = RTE_ETH_TX_OFFLOAD_MULTI_SEGS;
	info->tx_queue_offload_capa = RTE_ETH_TX_OFFLOAD_MULTI_SEGS;
	return 0;
}

static int
start(struct rte_eth_dev *dev)
{
	struct replay *replay = dev->data->dev_private;
	char name[RTE_MEMPOOL_NAMESIZE];

	for (uint16_t i = 0; i < dev->data->nb_rx_queues; i++) {
		uint32_t nb = replay->nb_slots != 0 ? replay->nb_slots : replay->file.nb_frames;
		int ret = 0;

		snprintf(name, sizeof(name), "replay_%u_%u", dev->data->port_id, i);
		if (replay->queues[i].slots == NULL)
			ret = replay_queue_load(&replay->queues[i], name, &replay->file, nb,
				dev->data->port_id, dev->data->numa_node);
		if (ret != 0)
			return ret;
		dev->data->rx_queue_state[i] = RTE_ETH_QUEUE_STATE_STARTED;
	}
	for (uint16_t i = 0; i < dev->data->nb_tx_queues; i++)
		dev->data->tx_queue_state[i] = RTE_ETH_QUEUE_STATE_STARTED;
	dev->rx_pkt_burst = replay_rx_burst;
	dev->tx_pkt_burst = replay_tx_burst;
	dev->data->dev_link.link_status = RTE_ETH_LINK_UP;
	return 0;
}

static int
stop(struct rte_eth_dev *dev)
{
	for (uint16_t i = 0; i < dev->data->nb_rx_queues; i++)
		dev->data->rx_queue_state[i] = RTE_ETH_QUEUE_STATE_STOPPED;
	for (uint16_t i = 0; i < dev->data->nb_tx_queues; i++)
		dev->data->tx_queue_state[i] = RTE_ETH_QUEUE_STATE_STOPPED;
	dev->data->dev_link.link_status = RTE_ETH_LINK_DOWN;
	return 0;
}

static int
close_port(struct rte_eth_dev *dev)
{
	struct replay *replay = dev->data->dev_private;

	if (rte_eal_process_type() != RTE_PROC_PRIMARY)
		return 0;
	for (uint32_t i = 0; i < replay->nb_queues; i++)
		replay_queue_unload(&replay->queues[i]);
	replay_file_free(&replay->file);
	/* Part of dev_private, which ethdev frees. */
	dev->data->mac_addrs = NULL;
	return 0;
}

static int
rx_queue_setup(struct rte_eth_dev *dev, uint16_t id, uint16_t nb_desc, unsigned int socket,
	const struct rte_eth_rxconf *conf, struct rte_mempool *pool)
{
	struct replay *replay = dev->data->dev_private;

	/* The frames have a pool of their own: the same in whatever program loads this. */
	RTE_SET_USED(nb_desc);
	RTE_SET_USED(socket);
	RTE_SET_USED(conf);
	RTE_SET_USED(pool);
	dev->data->rx_queues[id] = &replay->queues[id];
	return 0;
}

static int
tx_queue_setup(struct rte_eth_dev *dev, uint16_t id, uint16_t nb_desc, unsigned int socket,
	const struct rte_eth_txconf *conf)
{
	struct replay *replay = dev->data->dev_private;

	RTE_SET_USED(nb_desc);
	RTE_SET_USED(socket);
	RTE_SET_USED(conf);
	dev->data->tx_queues[id] = &replay->queues[id];
	return 0;
}

static int
nothing_to_do(struct rte_eth_dev *dev)
{
	RTE_SET_USED(dev);
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

/* Bytes are not counted: that would read every mbuf, and the ring driver does not do so either. */
static int
stats_get(struct rte_eth_dev *dev, struct rte_eth_stats *stats)
{
	const struct replay *replay = dev->data->dev_private;

	for (uint32_t i = 0; i < replay->nb_queues; i++) {
		stats->ipackets += replay->queues[i].rx;
		stats->opackets += replay->queues[i].tx;
		stats->rx_nombuf += replay->queues[i].no_mbuf;
	}
	return 0;
}

static int
stats_reset(struct rte_eth_dev *dev)
{
	struct replay *replay = dev->data->dev_private;

	for (uint32_t i = 0; i < replay->nb_queues; i++) {
		struct replay_queue *q = &replay->queues[i];

		q->rx = q->tx = q->refilled = q->foreign = q->no_mbuf = 0;
	}
	return 0;
}

static const char *const xstat_names[] = { "rx_refilled_packets", "tx_foreign_packets" };

static int
xstats_get_names(struct rte_eth_dev *dev, struct rte_eth_xstat_name *names, unsigned int size)
{
	RTE_SET_USED(dev);
	if (names != NULL && size >= RTE_DIM(xstat_names)) {
		for (unsigned int i = 0; i < RTE_DIM(xstat_names); i++)
			snprintf(names[i].name, sizeof(names[i].name), "%s", xstat_names[i]);
	}
	return RTE_DIM(xstat_names);
}

static int
xstats_get(struct rte_eth_dev *dev, struct rte_eth_xstat *xstats, unsigned int size)
{
	const struct replay *replay = dev->data->dev_private;
	uint64_t refilled = 0, foreign = 0;

	for (uint32_t i = 0; i < replay->nb_queues; i++) {
		refilled += replay->queues[i].refilled;
		foreign += replay->queues[i].foreign;
	}
	if (xstats != NULL && size >= RTE_DIM(xstat_names)) {
		xstats[0] = (struct rte_eth_xstat){ .id = 0, .value = refilled };
		xstats[1] = (struct rte_eth_xstat){ .id = 1, .value = foreign };
	}
	return RTE_DIM(xstat_names);
}

static const struct eth_dev_ops ops = {
	.dev_configure = configure,
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
	.stats_get = stats_get,
	.stats_reset = stats_reset,
	.xstats_get = xstats_get,
	.xstats_get_names = xstats_get_names,
};

static int
arg_number(const char *key, const char *value, void *ret)
{
	uint32_t max = strcmp(key, "queues") == 0 ? REPLAY_QUEUES_MAX : REPLAY_SLOTS_MAX;
	unsigned long number;
	char *end;

	if (value == NULL)
		value = "";
	errno = 0;
	number = strtoul(value, &end, 10);
	if (errno != 0 || end == value || *end != '\0' || *value == '-' || number == 0 ||
			number > max) {
		REPLAY_LOG(ERR, "%s=%s: give a number from 1 to %u", key, value, max);
		return -EINVAL;
	}
	*(uint32_t *)ret = (uint32_t)number;
	return 0;
}

static int
arg_file(const char *key, const char *value, void *ret)
{
	RTE_SET_USED(key);
	return replay_file_read(value != NULL ? value : "", ret);
}

static int
read_args(struct replay *replay, const char *text)
{
	static const char *const keys[] = { "pcap", "queues", "slots", NULL };
	struct rte_kvargs *args = rte_kvargs_parse(text, keys);
	int ret = -EINVAL;

	if (args == NULL || rte_kvargs_count(args, "pcap") != 1)
		REPLAY_LOG(ERR, "\"%s\": give pcap=FILE[,queues=N][,slots=N]", text);
	else
		ret = rte_kvargs_process(args, "queues", arg_number, &replay->nb_queues);
	if (ret == 0)
		ret = rte_kvargs_process(args, "slots", arg_number, &replay->nb_slots);
	if (ret == 0)
		ret = rte_kvargs_process(args, "pcap", arg_file, &replay->file);
	rte_kvargs_free(args);
	return ret;
}

static int
register_slot_field(void)
{
	static const struct rte_mbuf_dynfield field = {
		.name = "net_replay_slot",
		.size = sizeof(uint32_t),
		.align = __alignof__(uint32_t),
	};

	replay_slot_offset = rte_mbuf_dynfield_register(&field);
	if (replay_slot_offset < 0)
		REPLAY_LOG(ERR, "no room in the mbuf for a slot number");
	return replay_slot_offset < 0 ? -ENOSPC : 0;
}

static int
probe(struct rte_vdev_device *vdev)
{
	struct rte_eth_dev *dev;
	struct replay *replay;
	int ret;

	if (rte_eal_process_type() != RTE_PROC_PRIMARY)
		return -ENOTSUP;
	ret = register_slot_field();
	if (ret != 0)
		return ret;
	dev = rte_eth_vdev_allocate(vdev, sizeof(*replay));
	if (dev == NULL)
		return -ENOMEM;
	replay = dev->data->dev_private;
	replay->nb_queues = 1;
	ret = read_args(replay, rte_vdev_device_args(vdev));
	if (ret != 0) {
		rte_eth_dev_release_port(dev);
		return ret;
	}
	replay->mac = (struct rte_ether_addr){
		{ 0x02, 0xd1, 0x00, 0x00, 0x01, (uint8_t)dev->data->port_id } };
	dev->data->mac_addrs = &replay->mac;
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

RTE_PMD_REGISTER_VDEV(net_replay, driver);
RTE_PMD_REGISTER_PARAM_STRING(net_replay, "pcap=<path> queues=<int> slots=<int>");
