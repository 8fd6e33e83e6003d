/* SPDX-License-Identifier: BSD-3-Clause */
#include "port.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <rte_bus.h>
#include <rte_devargs.h>
#include <rte_dev.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_log.h>
#include <rte_malloc.h>
#include <rte_mempool.h>

#include "answers.h"
#include "devarg.h"
#include "eal_interrupts.h"
#include "impair.h"
#include "link.h"
#include "log.h"
#include "steer.h"
#include "transmit.h"
#include "xsk_fd.h"

#define DESCRIPTORS 1024
/*
 * A frame of the link is a system call each way, and nothing is saved by many at a time: whoever
 * waits for the first one of a burst waits for all of them to be read.
 */
#define LINK_BURST 8
#define POOL_CACHE 256
#define POOL_MIN 4096
/* net_af_xdp takes its fill and completion rings (2 x 2048) out of the pool, and then some. */
#define POOL_MIN_AF_XDP 16384
#define ROOM_SMALL RTE_MBUF_DEFAULT_DATAROOM
/* Largest frame that a port without segments is given buffers for, two VLAN tags included. */
#define FRAME_MAX 9618
/* An AF_XDP buffer with mempool and mbuf headers has to fit a page. */
#define ROOM_AF_XDP 3584
/*
 * With vhost-net a long frame takes as many buffers as it fills. Seven of these hold the longest, and more
 * than seven pieces do not fit the one indirect descriptor that net_virtio_user has for a frame to send.
 */
#define ROOM_VIRTIO_USER (RTE_PKTMBUF_HEADROOM + 9472)
#define RSS_WANTED (RTE_ETH_RSS_IP | RTE_ETH_RSS_TCP | RTE_ETH_RSS_UDP | RTE_ETH_RSS_SCTP)

/* What the link's kernel end may leave to us, and we to it. */
#define LINK_RX_OFFLOADS                                                                           \
	(RTE_ETH_RX_OFFLOAD_IPV4_CKSUM | RTE_ETH_RX_OFFLOAD_UDP_CKSUM |                            \
		RTE_ETH_RX_OFFLOAD_TCP_CKSUM | RTE_ETH_RX_OFFLOAD_TCP_LRO)
#define LINK_TX_OFFLOADS                                                                           \
	(RTE_ETH_TX_OFFLOAD_IPV4_CKSUM | RTE_ETH_TX_OFFLOAD_UDP_CKSUM |                            \
		RTE_ETH_TX_OFFLOAD_TCP_CKSUM | RTE_ETH_TX_OFFLOAD_TCP_TSO |                      \
		RTE_ETH_TX_OFFLOAD_UDP_TSO)

/* Drivers whose ethdev MAC is the one that the kernel side carries: ours must be another. */
static const char *const drivers_with_shared_mac[] = { "net_tap", "net_virtio_user", "net_vtap" };

static bool
is_one_of(const char *name, const char *const *names, unsigned int nb_names)
{
	for (unsigned int i = 0; i < nb_names; i++) {
		if (strcmp(name, names[i]) == 0)
			return true;
	}
	return false;
}

static int
port_event(uint16_t port_id, enum rte_eth_event_type type, void *arg, void *ret_param)
{
	struct app *app = arg;

	(void)ret_param;
	if (type != RTE_ETH_EVENT_INTR_RMV)
		return 0;
	for (unsigned int i = 0; i < app->nb_ports; i++) {
		if (app->ports[i].id == port_id)
			port_set_gone(&app->ports[i]);
	}
	return 0;
}

static int
port_choose_mac(struct port *p)
{
	int ret = rte_eth_macaddr_get(p->id, &p->mac);

	if (ret != 0) {
		say_error("port %s: cannot read its MAC address: %s", p->name, strerror(-ret));
		return ret;
	}
	/* Beside an interface in use it carries that one's, which is ours as far as rules go. */
	p->mac_generated = p->beside == 0 && (rte_is_zero_ether_addr(&p->mac) ||
		is_one_of(p->driver, drivers_with_shared_mac, RTE_DIM(drivers_with_shared_mac)));
	if (p->mac_generated)
		rte_eth_random_addr(p->mac.addr_bytes);
	return 0;
}

/* What the device arguments say of frames, where a driver does not tell by itself. */
static unsigned int
frame_size_said(const struct rte_eth_dev_info *info, const char *key, unsigned int otherwise)
{
	const struct rte_devargs *args = info->device != NULL ? rte_dev_devargs(info->device) : NULL;
	const char *value;

	if (args == NULL || devarg(args->args, key, &value) == 0)
		return otherwise;
	return (unsigned int)strtoul(value, NULL, 0);
}

static bool
is_virtual(const struct rte_eth_dev_info *info)
{
	return info->device == NULL ||
		strcmp(rte_bus_name(rte_dev_bus(info->device)), "vdev") == 0;
}

static unsigned int
port_data_room(const struct port *p, const struct rte_eth_dev_info *info)
{
	unsigned int frame;

	if (strcmp(p->driver, "net_af_xdp") == 0)
		return ROOM_AF_XDP;
	if (p->offload_by_flags)
		return ROOM_VIRTIO_USER;
	/* It hands out frames of that size without asking how large the buffers are. */
	if (strcmp(p->driver, "net_null") == 0)
		frame = frame_size_said(info, "size", 64);
	/* It wants buffers for the largest frame that the ring it shares with the kernel can hold. */
	else if (strcmp(p->driver, "net_af_packet") == 0)
		frame = frame_size_said(info, "framesz", 2048);
	else if (p->multi_seg_tx &&
		(is_virtual(info) || (info->rx_offload_capa & RTE_ETH_RX_OFFLOAD_SCATTER) != 0))
		return ROOM_SMALL;
	else
		frame = RTE_MIN(info->max_mtu, (unsigned int)FRAME_MAX) + RTE_ETHER_HDR_LEN;
	return RTE_MAX(RTE_ALIGN(frame + RTE_PKTMBUF_HEADROOM, RTE_CACHE_LINE_SIZE),
		(unsigned int)ROOM_SMALL);
}

static int
port_make_pool(const struct app *app, struct port *p, const struct rte_eth_dev_info *info)
{
	unsigned int room = port_data_room(p, info);
	unsigned int nb = POOL_MIN + p->nb_queues * (2 * DESCRIPTORS + POOL_CACHE) +
		impair_memory(app, p, p->nb_queues).mbufs;
	char name[RTE_MEMPOOL_NAMESIZE];

	if (room > UINT16_MAX) {
		say_error("port %s: frames of %u bytes do not fit a buffer; use frames of at most %u bytes",
			p->name, room - RTE_PKTMBUF_HEADROOM, UINT16_MAX - RTE_PKTMBUF_HEADROOM);
		return -EINVAL;
	}
	if (strcmp(p->driver, "net_af_xdp") == 0)
		nb = RTE_MAX(nb, (unsigned int)POOL_MIN_AF_XDP);
	snprintf(name, sizeof(name), "dlo_port%u", p->id);
	p->pool = rte_pktmbuf_pool_create(name, nb, POOL_CACHE, 0, (uint16_t)room,
		rte_eth_dev_socket_id(p->id));
	if (p->pool == NULL) {
		say_error("port %s: no memory for %u buffers of %u bytes (%s); give EAL more with -m or "
			"more hugepages",
			p->name, nb, room, rte_strerror(rte_errno));
		return -ENOMEM;
	}
	return 0;
}

static int
port_make_queues(struct port *p)
{
	for (uint16_t i = 0; i < p->nb_queues; i++) {
		struct queue *q = rte_zmalloc_socket("dlo_queue", sizeof(*q), DLO_COUNTERS_ALIGN,
			rte_eth_dev_socket_id(p->id));

		if (q == NULL) {
			say_error("port %s: no memory for queue %u; give EAL more with -m", p->name, i);
			return -ENOMEM;
		}
		q->port = p;
		q->port_id = p->id;
		q->queue_id = i;
		q->burst = p->link != NULL ? LINK_BURST : BURST;
		q->tx_patience = transmit_patience(p->conf.tx_retry_ns);
		q->intr_fd = -1;
		q->dear = strcmp(p->driver, "net_vtap") == 0;
		q->xsk_fd = -1;
		p->queues[i] = q;
	}
	return 0;
}

bool
port_talks_vhost_user(const struct port *p, const struct rte_eth_dev_info *info)
{
	const struct rte_devargs *args = info->device != NULL ? rte_dev_devargs(info->device) : NULL;
	const char *value = "";
	char path[PATH_MAX];
	struct stat st;
	size_t len;

	if (p->link != NULL || strcmp(p->driver, "net_virtio_user") != 0 || args == NULL ||
		(*info->dev_flags & RTE_ETH_DEV_INTR_LSC) == 0)
		return false;
	/* Behind a device of the kernel (vhost-vdpa) nobody ends, and its link status has to be asked for. */
	len = devarg(args->args, "path", &value);
	snprintf(path, sizeof(path), "%.*s", (int)len, value);
	return len > 0 && (stat(path, &st) != 0 || !S_ISCHR(st.st_mode));
}

static struct rte_eth_conf
port_eth_conf(const struct port *p, const struct rte_eth_dev_info *info, bool want_intr)
{
	struct rte_eth_conf conf = { 0 };

	/* Never RTE_ETH_RX_OFFLOAD_VLAN_STRIP: it saves nobody anything here. Drivers that strip
	 * unasked are told from their mbufs, see dlo_packet_put_tags(). */
	conf.intr_conf.rxq = want_intr;
	/* Only so does it look after its peer by itself, and does not log it each time that it is asked. */
	conf.intr_conf.lsc = port_talks_vhost_user(p, info);
	conf.txmode.offloads = info->tx_offload_capa & RTE_ETH_TX_OFFLOAD_MULTI_SEGS;
	conf.rxmode.offloads = info->rx_offload_capa & RTE_ETH_RX_OFFLOAD_SCATTER;
	/* What the host sends from a loopback goes to a wire: whole sums, no segments to be cut. */
	if (p->link != NULL && !p->forwards) {
		conf.rxmode.offloads |= info->rx_offload_capa & LINK_RX_OFFLOADS;
		conf.txmode.offloads |= info->tx_offload_capa & LINK_TX_OFFLOADS;
	}
	if (p->nb_queues > 1 && (info->flow_type_rss_offloads & RSS_WANTED) != 0) {
		conf.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
		conf.rx_adv_conf.rss_conf.rss_hf = info->flow_type_rss_offloads & RSS_WANTED;
	}
	/* A virtual device's MTU belongs to whoever made it; a NIC has to be told to take jumbos. */
	if (!is_virtual(info))
		conf.rxmode.mtu = RTE_MIN(info->max_mtu, (uint16_t)(FRAME_MAX - RTE_ETHER_HDR_LEN));
	return conf;
}

static int
port_configure(struct port *p, bool want_intr)
{
	uint16_t nb_rxd = DESCRIPTORS, nb_txd = DESCRIPTORS;
	struct rte_eth_dev_info info;
	struct rte_eth_conf conf;
	int ret = rte_eth_dev_info_get(p->id, &info);

	if (ret != 0)
		return ret;
	conf = port_eth_conf(p, &info, want_intr);
	ret = rte_eth_dev_configure(p->id, p->nb_queues, p->nb_queues, &conf);
	if (ret != 0)
		return ret;
	p->rx_offloads = conf.rxmode.offloads;
	p->tx_offloads = conf.txmode.offloads;
	ret = rte_eth_dev_adjust_nb_rx_tx_desc(p->id, &nb_rxd, &nb_txd);
	if (ret != 0)
		return ret;
	for (uint16_t q = 0; q < p->nb_queues; q++) {
		struct rte_eth_rxconf rxconf = info.default_rxconf;
		struct rte_eth_txconf txconf = info.default_txconf;

		rxconf.offloads = conf.rxmode.offloads;
		txconf.offloads = conf.txmode.offloads;
		ret = rte_eth_rx_queue_setup(p->id, q, nb_rxd, rte_eth_dev_socket_id(p->id), &rxconf,
			p->pool);
		/* A driver without interrupts, above a socket that could be slept on. */
		p->queues[q]->intr_fd = -1;
		p->queues[q]->xsk_fd = -1;
		if (ret == 0 && strcmp(p->driver, "net_af_xdp") == 0)
			p->queues[q]->xsk_fd = xsk_fd_new();
		if (want_intr)
			p->queues[q]->intr_fd = p->queues[q]->xsk_fd;
		if (ret == 0)
			ret = rte_eth_tx_queue_setup(p->id, q, nb_txd,
				rte_eth_dev_socket_id(p->id), &txconf);
		if (ret != 0)
			return ret;
	}
	return 0;
}

static int
port_open(struct app *app, struct port *p, uint16_t id, unsigned int nb_workers)
{
	struct rte_eth_dev_info info;
	int ret;

	p->id = id;
	ret = rte_eth_dev_info_get(id, &info);
	if (ret != 0 || rte_eth_dev_get_name_by_port(id, p->name) != 0) {
		say_error("port %u: its driver tells nothing about it: %s", id, strerror(-ret));
		return ret != 0 ? ret : -ENODEV;
	}
	p->driver = info.driver_name;
	/* net_null makes frames of one segment, whatever their size. */
	p->multi_seg_tx = (info.tx_offload_capa & RTE_ETH_TX_OFFLOAD_MULTI_SEGS) != 0 ||
		strcmp(p->driver, "net_null") == 0;
	if (app->link_dev.vdev[0] != '\0' && strcmp(p->name, app->link_dev.vdev) == 0) {
		p->link = &app->link_dev;
		p->forwards = app->conf.nb_loopbacks > 0;
		p->offload_by_flags = p->link->type == DLO_LINK_VIRTIO_USER;
		app->link = p;
	}
	p->beside = steer_beside(app, p->name);
	app_resolve(&app->conf, p, &p->conf);
	nb_workers = RTE_MIN(nb_workers, (unsigned int)QUEUES_MAX);
	nb_workers = RTE_MIN(nb_workers, (unsigned int)info.max_rx_queues);
	p->nb_queues = (uint16_t)RTE_MIN(nb_workers, (unsigned int)info.max_tx_queues);
	if (p->nb_queues == 0) {
		say_error("port %s: its driver offers no queue; give it one in its device arguments",
			p->name);
		return -ENODEV;
	}
	ret = port_choose_mac(p);
	if (ret == 0)
		ret = port_make_pool(app, p, &info);
	if (ret == 0)
		ret = port_make_queues(p);
	return ret;
}

int
ports_open(struct app *app, unsigned int nb_workers)
{
	uint16_t id;

	RTE_ETH_FOREACH_DEV(id) {
		int ret;

		if (app->nb_ports == PORTS_MAX) {
			say_error("there are more than %u ports; allow fewer with -a", PORTS_MAX);
			return -E2BIG;
		}
		ret = port_open(app, &app->ports[app->nb_ports++], id, nb_workers);
		if (ret != 0)
			return ret;
	}
	rte_eth_dev_callback_register(RTE_ETH_ALL, RTE_ETH_EVENT_INTR_RMV, port_event, app);
	return 0;
}

/* Frames for others than the driver's own MAC have to get in, and neighbour solicitations. */
static void
port_open_filters(const struct port *p)
{
	bool all = p->conf.accept != DLO_ACCEPT_OWN || p->mac_generated;

	rte_eth_allmulticast_enable(p->id);
	if (all)
		rte_eth_promiscuous_enable(p->id);
	else if (rte_eth_promiscuous_get(p->id) == 1)
		rte_eth_promiscuous_disable(p->id);
}

void
ports_update_filters(const struct app *app)
{
	for (unsigned int i = 0; i < app->nb_ports; i++) {
		if (app_port_has_ethdev(&app->ports[i]))
			port_open_filters(&app->ports[i]);
	}
}

/* ethdev logs an error for each queue that has no descriptor to sleep on; that is not one to us. */
static void
port_find_intr_fds(struct port *p)
{
	int level = rte_log_get_level(rte_log_register("lib.ethdev"));

	rte_log_set_level_pattern("lib.ethdev", RTE_LOG_EMERG);
	for (uint16_t i = 0; i < p->nb_queues; i++) {
		int fd = rte_eth_dev_rx_intr_ctl_q_get_fd(p->id, i);

		if (fd >= 0)
			p->queues[i]->intr_fd = rte_eth_dev_rx_intr_enable(p->id, i) == 0 ? fd : -1;
	}
	rte_log_set_level_pattern("lib.ethdev", (uint32_t)level);
}

/* Interrupts are asked for first; a driver that has none says so at configure or start. */
int
port_start(struct port *p, bool want_intr)
{
	int level = rte_log_get_level(rte_log_register("lib.ethdev"));
	bool waits = reconnect_wants(p);
	int ret;

	if (want_intr)
		rte_log_set_level_pattern("lib.ethdev", RTE_LOG_EMERG);
	ret = port_configure(p, want_intr && !waits);
	if (ret == 0 && waits)
		reconnect_start(p);
	else if (ret == 0)
		ret = rte_eth_dev_start(p->id);
	rte_log_set_level_pattern("lib.ethdev", (uint32_t)level);
	/* Net_vhost takes a second try for a port that it has already. */
	if (ret != 0)
		return want_intr && ret != -ENOMEM && strcmp(p->driver, "net_vhost") != 0 ?
			port_start(p, false) : ret;
	p->started = true;
	rte_eth_dev_get_mtu(p->id, &p->mtu);
	port_open_filters(p);
	if (want_intr)
		port_find_intr_fds(p);
	return 0;
}

int
ports_start(struct app *app)
{
	for (unsigned int i = 0; i < app->nb_ports; i++) {
		struct port *p = &app->ports[i];
		int ret = port_start(p, app->adaptive);

		if (ret != 0) {
			say_error("port %s (%s) does not start: %s; %s", p->name, p->driver,
				rte_strerror(-ret), ret == -ENOMEM ?
					"give EAL more with -m or more hugepages" :
					"look at its device arguments");
			return ret;
		}
		reconnect_follow(p);
	}
	return 0;
}

void
ports_warn_open(const struct app *app)
{
	for (unsigned int i = 0; i < app->nb_ports; i++) {
		const struct port *p = &app->ports[i];

		if (!p->conf.guards && strcmp(p->driver, "net_null") != 0)
			say_warning("port %s runs with --guards off: it sends back loops, spoofed and "
				"reserved frames too; keep it off any network that others use",
				p->name);
		if (p->conf.stamp.key_len > 0 && p->conf.stamp.key_is_open)
			say_warning("port %s: everybody on this host can read its STAMP key: chmod o= the "
				"key file", p->name);
	}
}

static void
close_ethdevs(struct app *app, bool disturbed)
{
	for (unsigned int i = 0; i < app->nb_ports; i++) {
		struct port *p = &app->ports[i];

		if (atomic_load(&p->detached) || disturbed != eal_interrupts_disturb(p->driver))
			continue;
		if (p->started)
			rte_eth_dev_stop(p->id);
		rte_eth_dev_close(p->id);
	}
}

void
ports_close(struct app *app)
{
	bool held;

	reconnect_stop(app);
	rte_eth_dev_callback_unregister(RTE_ETH_ALL, RTE_ETH_EVENT_INTR_RMV, port_event, app);
	/* Other drivers may need their interrupts until they are closed. */
	close_ethdevs(app, false);
	held = eal_interrupts_hold();
	close_ethdevs(app, true);
	if (held)
		eal_interrupts_release();
	for (unsigned int i = 0; i < app->nb_ports; i++) {
		struct port *p = &app->ports[i];

		answers_free_sessions(p);
		for (uint16_t q = 0; q < p->nb_queues; q++)
			rte_free(p->queues[q]);
		p->nb_queues = 0;
	}
	/* A port's transmit queue may have held the frames of another one's pool. */
	for (unsigned int i = 0; i < app->nb_ports; i++) {
		rte_mempool_free(app->ports[i].pool);
		app->ports[i].pool = NULL;
	}
	app->nb_ports = 0;
}
