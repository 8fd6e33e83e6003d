/* SPDX-License-Identifier: BSD-3-Clause */

/* Settings of an interface itself. */

#include "netif.h"
#include "netif_request.h"

#include <errno.h>
#include <sys/socket.h>

#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include <netlink/msg.h>
#include <netlink/netlink.h>

int
netif_set(struct netif *n, int ifindex, unsigned int mtu, unsigned int txqlen)
{
	const struct ifinfomsg header = { .ifi_family = AF_UNSPEC, .ifi_index = ifindex };
	struct nl_msg *msg = netif_message(RTM_NEWLINK, 0, &header, sizeof(header));

	if (msg == NULL)
		return -ENOMEM;
	if ((mtu != 0 && nla_put_u32(msg, IFLA_MTU, mtu) < 0) ||
		(txqlen != 0 && nla_put_u32(msg, IFLA_TXQLEN, txqlen) < 0)) {
		nlmsg_free(msg);
		return -ENOMEM;
	}
	return netif_exchange(n, msg, NULL, NULL);
}

int
netif_set_up(struct netif *n, int ifindex, bool up)
{
	const struct ifinfomsg header = {
		.ifi_family = AF_UNSPEC,
		.ifi_index = ifindex,
		.ifi_flags = up ? IFF_UP : 0,
		.ifi_change = IFF_UP,
	};
	struct nl_msg *msg = netif_message(RTM_NEWLINK, 0, &header, sizeof(header));

	return msg == NULL ? -ENOMEM : netif_exchange(n, msg, NULL, NULL);
}

static int
put_no_ipv6(struct nl_msg *msg)
{
	struct nlattr *families = nla_nest_start(msg, IFLA_AF_SPEC);
	struct nlattr *family = families != NULL ? nla_nest_start(msg, AF_INET6) : NULL;

	if (family == NULL || nla_put_u8(msg, IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_NONE) < 0)
		return -ENOMEM;
	nla_nest_end(msg, family);
	nla_nest_end(msg, families);
	return 0;
}

int
netif_set_silent(struct netif *n, int ifindex)
{
	const struct ifinfomsg header = {
		.ifi_family = AF_UNSPEC,
		.ifi_index = ifindex,
		.ifi_flags = IFF_NOARP,
		.ifi_change = IFF_NOARP,
	};
	struct nl_msg *msg = netif_message(RTM_NEWLINK, 0, &header, sizeof(header));
	int err;

	err = msg == NULL ? -ENOMEM : netif_exchange(n, msg, NULL, NULL);
	if (err != 0)
		return err;
	msg = netif_message(RTM_NEWLINK, 0, &header, sizeof(header));
	if (msg == NULL)
		return -ENOMEM;
	if (put_no_ipv6(msg) < 0) {
		nlmsg_free(msg);
		return -ENOMEM;
	}
	err = netif_exchange(n, msg, NULL, NULL);
	return err == -EAFNOSUPPORT || err == -EOPNOTSUPP || err == -EINVAL ? 0 : err;
}
