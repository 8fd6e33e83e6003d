/* SPDX-License-Identifier: BSD-3-Clause */
#include "gen_port.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <rte_bus.h>
#include <rte_cycles.h>
#include <rte_dev.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>

#include "eal_interrupts.h"
#include "log.h"

#define DESCRIPTORS 1024
#define NB_MBUFS 16383
#define CACHE 256
#define LINK_SECONDS 10
#define LINK_NOTE_SECONDS 1.5 /* until it is said what is waited for */

static int
find_port(const char *name, uint16_t *ret)
{
	char known[512] = "";
	uint16_t id;

	if (rte_eth_dev_count_avail() == 0) {
		say_error("there is no port: make one with --vdev or -a before '--'");
		return -EINVAL;
	}
	if (name[0] == '\0' && rte_eth_dev_count_avail() == 1) {
		*ret = rte_eth_find_next(0);
		return 0;
	}
	RTE_ETH_FOREACH_DEV(id) {
		char other[RTE_ETH_NAME_MAX_LEN];
		size_t len = strlen(known);

		if (rte_eth_dev_get_name_by_port(id, other) != 0)
			continue;
		if (strcmp(name, other) == 0) {
			*ret = id;
			return 0;
		}
		snprintf(known + len, sizeof(known) - len, "%s%s", len > 0 ? ", " : "", other);
	}
	if (name[0] == '\0')
		say_error("--port: there are several ports (%s): say which one sends", known);
	else
		say_error("--port: there is no port '%s'; this run has %s", name, known);
	return -EINVAL;
}

static int
fit_mtu(uint16_t id, const char *name, unsigned int frame)
{
	unsigned int need = frame - RTE_ETHER_HDR_LEN;
	uint16_t mtu;
	int rc;

	if (rte_eth_dev_get_mtu(id, &mtu) != 0 || mtu >= need)
		return 0;
	rc = rte_eth_dev_set_mtu(id, (uint16_t)need);
	if (rc != 0 && rc != -ENOTSUP)
		say_error("port %s: frames of %u bytes need an MTU of %u, and it stays at %u: %s; "
			"send smaller ones", name, frame + GEN_FCS, need, mtu, rte_strerror(-rc));
	return rc == -ENOTSUP ? 0 : rc;
}

static bool
is_memif(const struct rte_eth_dev_info *info)
{
	return info->driver_name != NULL && strstr(info->driver_name, "memif") != NULL;
}

int
gen_port_start(uint16_t id, uint16_t nb_txq, unsigned int frame, struct rte_mempool *pool)
{
	uint16_t nb_rxd = DESCRIPTORS, nb_txd = DESCRIPTORS;
	struct rte_eth_conf conf = { 0 };
	char name[RTE_ETH_NAME_MAX_LEN] = "";
	struct rte_eth_dev_info info = { 0 };
	int rc = rte_eth_dev_info_get(id, &info);

	rte_eth_dev_get_name_by_port(id, name);
	/* A virtio-user port that listens takes its next peer only from this interrupt. */
	conf.intr_conf.lsc = rc == 0 && info.driver_name != NULL &&
		strcmp(info.driver_name, "net_virtio_user") == 0 &&
		(*info.dev_flags & RTE_ETH_DEV_INTR_LSC) != 0;
	if (rc == 0)
		rc = rte_eth_dev_configure(id, 1, nb_txq, &conf);
	if (rc == 0)
		rc = rte_eth_dev_adjust_nb_rx_tx_desc(id, &nb_rxd, &nb_txd);
	if (rc == 0)
		rc = rte_eth_rx_queue_setup(id, 0, nb_rxd, rte_eth_dev_socket_id(id), NULL, pool);
	for (uint16_t q = 0; rc == 0 && q < nb_txq; q++)
		rc = rte_eth_tx_queue_setup(id, q, nb_txd, rte_eth_dev_socket_id(id), NULL);
	if (rc == 0 && fit_mtu(id, name, frame) != 0)
		return -EINVAL;
	if (rc == 0)
		rc = rte_eth_dev_start(id);
	if (rc != 0) {
		/* memif's client says EPERM where there is no server. */
		say_error("port %s does not start: %s; look at its device arguments%s", name,
			rte_strerror(-rc), is_memif(&info) ?
			", and whether the other end (role=server) is there, with this socket" : "");
		return rc;
	}
	/* What comes back may be addressed to whatever --src-mac said. */
	rte_eth_promiscuous_enable(id);
	return 0;
}

static int
wait_for_link(uint16_t id, const atomic_bool *stop)
{
	uint64_t hz = rte_get_tsc_hz(), start = rte_rdtsc(), end = start + LINK_SECONDS * hz;
	uint64_t note = start + (uint64_t)(LINK_NOTE_SECONDS * (double)hz);
	char name[RTE_ETH_NAME_MAX_LEN] = "";
	struct rte_eth_link link;

	rte_eth_dev_get_name_by_port(id, name);
	do {
		if (rte_eth_link_get_nowait(id, &link) == 0 &&
			link.link_status == RTE_ETH_LINK_UP)
			return 0;
		if (rte_rdtsc() > note) {
			say("waiting for the link of port %s", name);
			note = end;
		}
		rte_delay_us_sleep(10000);
	} while (rte_rdtsc() < end && !atomic_load(stop));
	if (!atomic_load(stop))
		say_error("port %s has had no link for %d seconds: is the cable in, or the other end "
			"running?", name, LINK_SECONDS);
	return -ENETDOWN;
}

/* The MAC of a port, or one of ours where it has none. */
static void
mac_of(uint16_t port, const uint8_t ours[6], uint8_t ret[6])
{
	struct rte_ether_addr mac;

	if (rte_eth_macaddr_get(port, &mac) != 0 || rte_is_zero_ether_addr(&mac))
		memcpy(mac.addr_bytes, ours, 6);
	memcpy(ret, mac.addr_bytes, 6);
}

static void
choose_macs(const struct gen_ports *p, struct gen_conf *conf)
{
	static const uint8_t src[6] = { 0x02, 0xd1, 0, 0, 0, 1 }, dst[6] = { 0x02, 0xd1, 0, 0, 0, 2 };

	if (!conf->has_src_mac)
		mac_of(p->tx, src, conf->src_mac);
	if (!conf->has_dst_mac)
		memcpy(conf->dst_mac, dst, 6);
	if (!conf->both)
		return;
	mac_of(p->rx, dst, conf->back_src_mac);
	if (!conf->has_dst_mac)
		memcpy(conf->dst_mac, conf->back_src_mac, 6);
	if (!conf->has_back_mac)
		memcpy(conf->back_dst_mac, conf->src_mac, 6);
}

int
gen_ports_open(struct gen_ports *p, struct gen_conf *conf, unsigned int frame,
	bool own_answer_queue, const atomic_bool *stop)
{
	unsigned int room = RTE_MAX(RTE_ALIGN(frame + RTE_PKTMBUF_HEADROOM, RTE_CACHE_LINE_SIZE),
		(unsigned int)RTE_MBUF_DEFAULT_BUF_SIZE);
	struct rte_eth_dev_info info;
	int rc = find_port(conf->tx_port, &p->tx);

	if (rc == 0)
		rc = find_port(conf->rx_port[0] != '\0' ? conf->rx_port : conf->tx_port, &p->rx);
	if (rc != 0)
		return rc;
	p->pool = rte_pktmbuf_pool_create("gen", room > 4096 ? NB_MBUFS / 2 : NB_MBUFS, CACHE, 0,
		(uint16_t)room, rte_eth_dev_socket_id(p->tx));
	if (p->pool == NULL) {
		say_error("no memory for the frames: %s; give EAL more with -m or more hugepages",
			rte_strerror(rte_errno));
		return -ENOMEM;
	}
	p->open = true;
	if (conf->both && p->rx == p->tx) {
		say_error("--direction both takes two ports: name them with --port P,Q");
		return -EINVAL;
	}
	p->nb_txq = own_answer_queue && (p->rx == p->tx || conf->both) &&
			rte_eth_dev_info_get(p->tx, &info) == 0 && info.max_tx_queues > 1 ? 2 : 1;
	choose_macs(p, conf);
	rc = gen_port_start(p->tx, p->nb_txq, frame, p->pool);
	if (rc == 0 && p->rx != p->tx)
		rc = gen_port_start(p->rx, p->nb_txq, frame, p->pool);
	if (rc == 0)
		rc = wait_for_link(p->tx, stop);
	if (rc == 0 && p->rx != p->tx)
		rc = wait_for_link(p->rx, stop);
	return rc;
}

static void
close_port(uint16_t id)
{
	struct rte_eth_dev_info info;
	bool held = rte_eth_dev_info_get(id, &info) == 0 && eal_interrupts_disturb(info.driver_name) &&
		eal_interrupts_hold();

	rte_eth_dev_stop(id);
	rte_eth_dev_close(id);
	if (held)
		eal_interrupts_release();
}

void
gen_ports_close(struct gen_ports *p)
{
	if (!p->open)
		return;
	close_port(p->tx);
	if (p->rx != p->tx)
		close_port(p->rx);
	rte_mempool_free(p->pool);
	p->open = false;
}

/* What a virtual port says of its speed is made up; it takes what it takes. */
static bool
is_virtual(uint16_t id)
{
	struct rte_eth_dev_info info;

	return rte_eth_dev_info_get(id, &info) != 0 || info.device == NULL ||
		strcmp(rte_bus_name(rte_dev_bus(info.device)), "vdev") == 0;
}

static double
link_speed(uint16_t id)
{
	struct rte_eth_link link = { 0 };

	if (rte_eth_link_get_nowait(id, &link) != 0 || link.link_speed == RTE_ETH_SPEED_NUM_UNKNOWN)
		return 0;
	return link.link_speed * 1e6;
}

bool
gen_port_has_line_rate(uint16_t id)
{
	return !is_virtual(id) && link_speed(id) > 0;
}

int
gen_port_rate(uint16_t id, const struct gen_rate *rate, double mean_bits, double *ret_pps,
	double *ret_bps)
{
	char name[RTE_ETH_NAME_MAX_LEN] = "";
	double speed = link_speed(id), asked;

	*ret_pps = *ret_bps = 0;
	rte_eth_dev_get_name_by_port(id, name);
	if (rate->unit == GEN_RATE_PERCENT) {
		if (speed == 0) {
			say_error("--rate: port %s does not know the speed of its link: give pps or "
				"bps instead of %%", name);
			return -EINVAL;
		}
		*ret_bps = speed * rate->value / 100;
	} else if (rate->unit == GEN_RATE_PPS) {
		*ret_pps = rate->value;
	} else if (rate->unit == GEN_RATE_BPS) {
		*ret_bps = rate->value;
	}
	if (speed == 0 || is_virtual(id))
		return 0;
	asked = *ret_bps > 0 ? *ret_bps : *ret_pps * mean_bits;
	if (asked > speed * 1.0001) {
		say_error("--rate: %.3f Gbit/s are more than the %.0f Gbit/s of port %s: ask for "
			"100%% or less", asked / 1e9, speed / 1e9, name);
		return -EINVAL;
	}
	return 0;
}
