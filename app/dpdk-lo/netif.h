/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_NETIF_H
#define DLO_APP_NETIF_H

/**
 * @file
 * One kernel interface through rtnetlink (rtnetlink(7)): read it, set it, hear of changes.
 *
 * Notifications are only hints here. Whatever they say, and also when the kernel had to throw some
 * away (ENOBUFS), the truth is read anew: there is no second copy of the kernel's state to get out
 * of step. Thread: control, all functions.
 */

#include <stdbool.h>
#include <stdint.h>

#include <net/if.h>

#include "address/prefix.h"
#include "overlap.h"

#define NETIF_ADDRS_MAX 320

/** A pair of rtnetlink sockets: requests, and notifications about links and addresses. */
struct netif;

/** What the kernel says about one interface now. */
struct netif_state {
	char name[IFNAMSIZ];
	bool up; /**< IFF_UP */
	bool running; /**< IFF_RUNNING: up and with a carrier */
	unsigned int mtu;
	unsigned int txqlen; /**< frames */
	uint8_t mac[6];
	unsigned int nb_addrs;
	unsigned int nb_unlisted; /**< addresses beyond NETIF_ADDRS_MAX */
	unsigned int nb_tentative; /**< of all addresses, those that are still in DAD */
	struct dlo_prefix addrs[NETIF_ADDRS_MAX]; /**< with their prefix lengths */
};

/** @return 0 with *ret to be closed by the caller, or -errno */
int netif_open(struct netif **ret);

/** NULL is allowed. */
void netif_close(struct netif *n);

/** @return 0, -ENODEV when there is no such interface (any more), or another -errno */
int netif_read(struct netif *n, int ifindex, struct netif_state *ret);

/**
 * @param mtu L3 bytes; 0: leave it
 * @param txqlen frames; 0: leave it
 * @return 0 or -errno
 */
int netif_set(struct netif *n, int ifindex, unsigned int mtu, unsigned int txqlen);

/** Set or clear IFF_UP. @return 0 or -errno */
int netif_set_up(struct netif *n, int ifindex, bool up);

/**
 * Before it is set up: the kernel asks for no address on it (IFF_NOARP) and gives itself none, nor
 * says anything by IPv6. Without IPv6 there is nothing to be kept from. @return 0 or -errno
 */
int netif_set_silent(struct netif *n, int ifindex);

/**
 * Give the interface an address, usable at once (IFA_F_NODAD). One that it has already is fine.
 * @return 0 or -errno
 */
int netif_add_addr(struct netif *n, int ifindex, const struct dlo_prefix *addr);

/** Take an address from the interface. One that is not there is fine. @return 0 or -errno */
int netif_remove_addr(struct netif *n, int ifindex, const struct dlo_prefix *addr);

/**
 * Take in all notifications without blocking. Cost: one system call when there are none.
 * @param ret_deleted set when the interface was removed or moved to another network namespace
 * @return true when something about the interface may have changed
 */
bool netif_heard(struct netif *n, int ifindex, bool *ret_deleted);

/**
 * List the addresses and the routes of the main table, all interfaces, both families.
 * @return how many of @p nets (room for @p max) were written, or -errno
 */
int netif_host_nets(struct netif *n, struct host_net *nets, unsigned int max);

/**
 * Ask by which interface the host would send to an address.
 * @param addr its length is ignored
 * @return the ifindex, or -errno (-ENETUNREACH: by none)
 */
int netif_route_to(struct netif *n, const struct dlo_prefix *addr);

#endif
