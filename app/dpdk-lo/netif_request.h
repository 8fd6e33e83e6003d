/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_NETIF_REQUEST_H
#define DLO_APP_NETIF_REQUEST_H

/**
 * @file
 * rtnetlink requests: make a message, send it, parse what comes back. Internal to netif*.c.
 * Thread: control, all functions.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/netlink.h>

#include "address/prefix.h"

struct nl_msg;
struct nl_sock;

struct netif {
	struct nl_sock *request;
	struct nl_sock *events;
};

typedef void (*netif_parse_fn)(struct nlmsghdr *hdr, void *arg);

/** @return a message with @p header behind its own, or NULL when memory is short */
struct nl_msg *netif_message(int type, int flags, const void *header, size_t len);

/** Send @p msg (freed here) and give each reply to @p parse. @return 0 or -errno */
int netif_exchange(struct netif *n, struct nl_msg *msg, netif_parse_fn parse, void *arg);

/** Ask for all of a type. @return 0, -EINTR when it changed meanwhile, or another -errno */
int netif_dump(struct netif *n, int type, int family, netif_parse_fn parse, void *arg);

/**
 * The address of an RTM_NEWADDR: IFA_LOCAL, where there is one; IFA_ADDRESS is then the peer's, and the
 * prefix length belongs to that.
 * @param ret_flags IFA_F_*
 * @return false, with nothing written, when it is another message, or no address of IPv4 or IPv6
 */
bool netif_parse_addr(struct nlmsghdr *hdr, struct dlo_prefix *ret, uint32_t *ret_flags,
	int *ret_ifindex);

#endif
