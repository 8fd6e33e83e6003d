/* SPDX-License-Identifier: BSD-3-Clause */

/* What else the host has: its networks, and its way to an address. */

#include "netif.h"
#include "netif_request.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/rtnetlink.h>

#include <netlink/msg.h>
#include <netlink/netlink.h>

struct net_list {
	struct host_net *nets;
	unsigned int nb;
	unsigned int max;
};

static void
add_net(struct net_list *list, const struct dlo_prefix *prefix, bool is_addr, int ifindex)
{
	struct host_net *net;

	if (list->nb == list->max)
		return;
	net = &list->nets[list->nb++];
	memset(net, 0, sizeof(*net));
	net->prefix = *prefix;
	net->is_addr = is_addr;
	if (ifindex == 0 || if_indextoname(ifindex, net->ifname) == NULL)
		net->ifname[0] = '\0';
}

static void
parse_net_addr(struct nlmsghdr *hdr, void *arg)
{
	struct dlo_prefix p;
	uint32_t flags;
	int ifindex;

	if (netif_parse_addr(hdr, &p, &flags, &ifindex))
		add_net(arg, &p, true, ifindex);
}

static void
parse_net_route(struct nlmsghdr *hdr, void *arg)
{
	const struct rtmsg *rtm = nlmsg_data(hdr);
	struct dlo_prefix p = { 0 };
	struct nlattr *a[RTA_MAX + 1];
	int bytes;

	if (hdr->nlmsg_type != RTM_NEWROUTE || nlmsg_parse(hdr, sizeof(*rtm), a, RTA_MAX, NULL) < 0)
		return;
	if ((rtm->rtm_family != AF_INET && rtm->rtm_family != AF_INET6) ||
		rtm->rtm_table != RT_TABLE_MAIN || (rtm->rtm_flags & RTM_F_CLONED) != 0 ||
		rtm->rtm_type == RTN_LOCAL || rtm->rtm_type == RTN_MULTICAST)
		return;
	bytes = rtm->rtm_family == AF_INET ? 4 : 16;
	if (rtm->rtm_dst_len == 0 || a[RTA_DST] == NULL || nla_len(a[RTA_DST]) != bytes)
		return; /* a default route */
	p.family = rtm->rtm_family == AF_INET ? 4 : 6;
	p.len = rtm->rtm_dst_len;
	memcpy(p.addr, nla_data(a[RTA_DST]), bytes);
	add_net(arg, &p, false, a[RTA_OIF] != NULL ? (int)nla_get_u32(a[RTA_OIF]) : 0);
}

int
netif_host_nets(struct netif *n, struct host_net *nets, unsigned int max)
{
	struct net_list list = { .nets = nets, .max = max };
	int err = netif_dump(n, RTM_GETADDR, AF_UNSPEC, parse_net_addr, &list);

	if (err == 0 || err == -EINTR)
		err = netif_dump(n, RTM_GETROUTE, AF_INET, parse_net_route, &list);
	if (err == 0 || err == -EINTR)
		err = netif_dump(n, RTM_GETROUTE, AF_INET6, parse_net_route, &list);
	/* Half a picture is still good for a warning; no IPv6 in the kernel is no error. */
	if (err != 0 && err != -EINTR && err != -EAFNOSUPPORT && err != -EOPNOTSUPP)
		return err;
	return list.nb;
}

static void
parse_oif(struct nlmsghdr *hdr, void *arg)
{
	struct nlattr *a[RTA_MAX + 1];
	int *oif = arg;

	if (hdr->nlmsg_type == RTM_NEWROUTE &&
		nlmsg_parse(hdr, sizeof(struct rtmsg), a, RTA_MAX, NULL) == 0 && a[RTA_OIF] != NULL)
		*oif = nla_get_u32(a[RTA_OIF]);
}

int
netif_route_to(struct netif *n, const struct dlo_prefix *addr)
{
	int bytes = addr->family == 4 ? 4 : 16;
	const struct rtmsg header = {
		.rtm_family = addr->family == 4 ? AF_INET : AF_INET6,
		.rtm_dst_len = bytes * 8,
	};
	struct nl_msg *msg = netif_message(RTM_GETROUTE, 0, &header, sizeof(header));
	int oif = 0;
	int err;

	if (msg == NULL)
		return -ENOMEM;
	if (nla_put(msg, RTA_DST, bytes, addr->addr) < 0) {
		nlmsg_free(msg);
		return -ENOMEM;
	}
	err = netif_exchange(n, msg, parse_oif, &oif);
	if (err != 0)
		return err;
	return oif != 0 ? oif : -ENETUNREACH;
}
