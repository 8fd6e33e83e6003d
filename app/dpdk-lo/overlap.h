/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_OVERLAP_H
#define DLO_APP_OVERLAP_H

/**
 * @file
 * Does a prefix that the link wants collide with what the host has already, and which one could it
 * take instead? Plain computation on a list: netif.h makes the list. Thread: any, all functions.
 */

#include <stdbool.h>

#include "address/prefix.h"
#include "conf/conf.h"

/** Most entries that are looked at; a host with a full Internet table needs no more to be told. */
#define OVERLAP_NETS_MAX 4096

/** One address or route of the host. */
struct host_net {
	struct dlo_prefix prefix; /**< of an address: itself, with its network's prefix length */
	bool is_addr;
	char ifname[DLO_CONF_IFNAME]; /**< where it sits; "": nowhere (a blackhole route) */
};

enum overlap {
	OVERLAP_NONE,
	OVERLAP_HIDES, /**< mine is a part of a network that the host is attached to */
	OVERLAP_ROUTE, /**< a route of the host is equal to mine or lies inside it */
	OVERLAP_ADDRESS, /**< an address of the host lies inside mine */
};

/**
 * Compare @p mine with each of @p nets. A more general route (a default route) is no collision.
 * @param ret_which written unless the result is OVERLAP_NONE: the entry that collides worst
 * @return the worst collision
 */
enum overlap overlap_check(const struct dlo_prefix *mine, const struct host_net *nets,
	unsigned int nb_nets, const struct host_net **ret_which);

/**
 * Find a prefix that collides with nothing: the largest part of 198.18.0.0/15, else a
 * documentation network, else a /24 of a private one (RFC 2544, 5737, 1918); or the largest part of
 * 2001:2::/48, else of a unique local network (RFC 5180, 4193). Its host bits are those of the
 * first host in it (198.19.0.1/16).
 * @param family 4 or 6
 * @return 0, or -ENOENT when all of them are taken
 */
int overlap_free_prefix(uint8_t family, const struct host_net *nets, unsigned int nb_nets,
	struct dlo_prefix *ret);

#endif
