/* SPDX-License-Identifier: BSD-3-Clause */

/* What the host did to the link, in words: what it costs, and how it is undone. */

#include "link.h"

#include <string.h>

#include <rte_ethdev.h>

#include "log.h"
#include "netif.h"

#define MTU_MIN_IPV6 1280 /* RFC 8200 section 5 */

static bool
same_addr(const struct dlo_prefix *a, const struct dlo_prefix *b)
{
	return a->family == b->family && memcmp(a->addr, b->addr, a->family == 4 ? 4 : 16) == 0;
}

void
link_note_lost(struct link_dev *link, const struct netif_state *now)
{
	for (unsigned int i = 0; i < link->nb_host_addrs; i++) {
		unsigned int k = 0;

		while (k < now->nb_addrs && !same_addr(&link->host_addrs[i], &now->addrs[k]))
			k++;
		if (k == now->nb_addrs && link->nb_lost < LINK_LOST_MAX)
			link->lost[link->nb_lost++] = link->host_addrs[i];
	}
}

static bool
is_ours(const struct dlo_conf *conf, const struct dlo_prefix *addr)
{
	for (unsigned int i = 0; i < conf->link.nb_ips; i++)
		if (same_addr(&conf->link.ips[i], addr))
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
	bool small = addr->family == 6 && link->mtu < MTU_MIN_IPV6;
	char text[DLO_PREFIX_STRLEN];

	dlo_prefix_format(addr, text);
	if (small)
		say_warning("interface %s lost its address %s with an MTU of %u, which is below the %d "
			"of IPv6: ip link set dev %s mtu %d, then ip addr add %s dev %s",
			link->ifname, text, link->mtu, MTU_MIN_IPV6, link->ifname, MTU_MIN_IPV6, text,
			link->ifname);
	else
		say_warning("interface %s lost its address %s: ip addr add %s dev %s puts it back",
			link->ifname, text, text, link->ifname);
}

void
link_say_news(const struct dlo_conf *conf, struct link_dev *link)
{
	for (unsigned int i = 0; i < link->nb_lost; i++)
		if (is_ours(conf, &link->lost[i]))
			say_lost(link, &link->lost[i]);
	link->nb_lost = 0;
	if (!link->up && !link->said_down)
		say_warning("interface %s was set down: frames to the host are lost until ip link set "
			"dev %s up",
			link->ifname, link->ifname);
	if (link->up && link->said_down)
		say("interface %s is up again", link->ifname);
	link->said_down = !link->up;
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
	if (mtu > mtu_limit(&info)) {
		if (link->mtu_said == mtu)
			return;
		link->mtu_said = mtu;
		say_warning("interface %s has an MTU of %u, and a link of type %s carries %u: longer "
			"frames are lost until ip link set dev %s mtu %u",
			link->ifname, mtu, link_type_name(link->type), mtu_limit(&info), link->ifname,
			mtu_limit(&info));
		return;
	}
	link->mtu_said = 0;
	if (rte_eth_dev_get_mtu(port_id, &now) != 0 || now != mtu)
		rte_eth_dev_set_mtu(port_id, (uint16_t)mtu);
}
