/* SPDX-License-Identifier: BSD-3-Clause */

/* What the host did to the link, in words: what it costs, and how it is undone. */

#include "link.h"

#include <stdio.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>

#include "log.h"
#include "netif.h"

static bool
same_addr(const struct dlo_prefix *a, const struct dlo_prefix *b)
{
	return a->family == b->family && memcmp(a->addr, b->addr, a->family == 4 ? 4 : 16) == 0;
}

static bool
is_among(const struct dlo_prefix *addrs, unsigned int nb, const struct dlo_prefix *addr)
{
	for (unsigned int i = 0; i < nb; i++)
		if (same_addr(&addrs[i], addr))
			return true;
	return false;
}

void
link_note_lost(struct link_dev *link, const struct netif_state *now)
{
	for (unsigned int i = 0; i < link->nb_host_addrs; i++) {
		if (link->nb_lost < LINK_LOST_MAX && !is_among(now->addrs, now->nb_addrs, &link->host_addrs[i]) &&
			!is_among(link->lost, link->nb_lost, &link->host_addrs[i]))
			link->lost[link->nb_lost++] = link->host_addrs[i];
	}
}

static bool
is_ours(const struct dlo_conf *conf, const struct dlo_prefix *addr)
{
	if (is_among(conf->link.ips, conf->link.nb_ips, addr))
		return true;
	for (unsigned int i = 0; i < conf->nb_loopbacks; i++)
		if (!conf->loopbacks[i].shut &&
			same_addr(&conf->loopbacks[i].addr, addr))
			return true;
	return false;
}

static void
say_lost(const struct link_dev *link, const struct dlo_prefix *addr)
{
	bool small = addr->family == 6 && link->mtu < DLO_IPV6_MTU_MIN;
	char text[DLO_PREFIX_STRLEN];

	dlo_prefix_format(addr, text);
	if (small)
		say_warning("interface %s lost its address %s with an MTU of %u, which is below the %d "
			"of IPv6: ip link set dev %s mtu %d, then ip addr add %s dev %s",
			link->ifname, text, link->mtu, DLO_IPV6_MTU_MIN, link->ifname, DLO_IPV6_MTU_MIN, text,
			link->ifname);
	else
		say_warning("interface %s lost its address %s: ip addr add %s dev %s puts it back",
			link->ifname, text, text, link->ifname);
}

/* @return whether there was one: those that are back by now are none */
static bool
say_all_lost(const struct dlo_conf *conf, struct link_dev *link)
{
	bool said = false;

	for (unsigned int i = 0; i < link->nb_lost; i++) {
		if (!is_ours(conf, &link->lost[i]) ||
			is_among(link->host_addrs, link->nb_host_addrs, &link->lost[i]))
			continue;
		say_lost(link, &link->lost[i]);
		said = true;
	}
	link->nb_lost = 0;
	return said;
}

static void
say_refused_mtu(const struct link_dev *link)
{
	say_warning("interface %s has an MTU of %u, and a link of type %s carries %u: longer frames are "
		"lost until ip link set dev %s mtu %u",
		link->ifname, link->mtu_refused, link_type_name(link->type), link->mtu_limit, link->ifname,
		link->mtu_limit);
}

static void
say_up_or_down(const struct link_dev *link)
{
	if (link->up)
		say("interface %s is up again", link->ifname);
	else
		say_warning("interface %s was set down: frames to the host are lost until ip link set "
			"dev %s up",
			link->ifname, link->ifname);
}

void
link_say_news(const struct dlo_conf *conf, struct link_dev *link)
{
	struct link_said *said = &link->said;
	uint64_t now = rte_rdtsc();
	bool any = false;

	/* Who changes it all the time is told of the last state, once in a second. */
	if (now < said->next)
		return;
	if (strcmp(said->name, link->ifname) != 0) {
		say("interface %s is called %s now", said->name, link->ifname);
		snprintf(said->name, sizeof(said->name), "%s", link->ifname);
		any = true;
	}
	if (link->nb_unlisted != 0 && !said->unlisted) {
		say_warning("interface %s has more than %d addresses: the other %u are not known to be "
			"the host's own, take some away",
			link->ifname, LINK_HOST_ADDRS_MAX, link->nb_unlisted);
		any = true;
	}
	said->unlisted = link->nb_unlisted != 0;
	any |= say_all_lost(conf, link);
	if (said->down == link->up) {
		say_up_or_down(link);
		said->down = !link->up;
		any = true;
	}
	if (link->mtu_refused != 0 && link->mtu_refused != said->mtu) {
		say_refused_mtu(link);
		any = true;
	}
	said->mtu = link->mtu_refused;
	if (any)
		said->next = now + rte_get_tsc_hz();
}

/* @return the longest MTU that the driver takes: not all say it in max_mtu */
static unsigned int
mtu_limit(const struct rte_eth_dev_info *info)
{
	unsigned int overhead = RTE_ETHER_HDR_LEN + RTE_ETHER_CRC_LEN;

	if (info->max_mtu != UINT16_MAX && info->max_rx_pktlen > info->max_mtu)
		overhead = info->max_rx_pktlen - info->max_mtu;
	return RTE_MIN((unsigned int)info->max_mtu, info->max_rx_pktlen - overhead);
}

void
link_tell_mtu(struct link_dev *link, unsigned int mtu)
{
	struct rte_eth_dev_info info;
	uint16_t port_id, now;

	if (rte_eth_dev_get_port_by_name(link->vdev, &port_id) != 0 ||
		rte_eth_dev_info_get(port_id, &info) != 0)
		return;
	link->mtu_limit = mtu_limit(&info);
	link->mtu_refused = mtu > link->mtu_limit ? mtu : 0;
	if (link->mtu_refused != 0)
		return;
	if (rte_eth_dev_get_mtu(port_id, &now) != 0 || now != mtu)
		rte_eth_dev_set_mtu(port_id, (uint16_t)mtu);
}
