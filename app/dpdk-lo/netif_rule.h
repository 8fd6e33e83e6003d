/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_NETIF_RULE_H
#define DLO_APP_NETIF_RULE_H

/**
 * @file
 * Policy rules and the routing tables that they lead to (rtnetlink(7), ip-rule(8)). Rules outlive
 * the process that made them, so ours carry a mark (the protocol number) and can be found again.
 * Thread: control, all functions.
 */

#include <stdbool.h>
#include <stdint.h>

#include "address/prefix.h"

struct netif;

/** A rule of ours: packets from an address look into a table. */
struct netif_rule {
	struct dlo_prefix from;
	uint32_t table;
};

/** Add (or take away) a rule of ours. One that is there, or gone, already is fine. @return 0 or -errno */
int netif_rule_set(struct netif *n, const struct netif_rule *rule, bool add);

/** @return how many rules of ours were written to @p rules (room for @p max), or -errno */
int netif_rules(struct netif *n, struct netif_rule *rules, unsigned int max);

/** @return 1 when the table has a route of either family, 0 when it has none, or -errno */
int netif_table_used(struct netif *n, uint32_t table);

/**
 * Make (or make anew) the default route of a table.
 * @param via next hop, an address that the interface reaches
 * @param mtu bytes of the longest IP packet that may go there; 0: the interface's
 * @return 0 or -errno
 */
int netif_default_route(struct netif *n, int ifindex, uint32_t table,
	const struct dlo_prefix *via, unsigned int mtu);

#endif
