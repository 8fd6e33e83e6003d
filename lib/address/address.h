/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_ADDRESS_ADDRESS_H
#define DLO_ADDRESS_ADDRESS_H

/**
 * @file
 * Who owns an address, as one port sees it: compiled once from rules, then read-only, so that any
 * number of lcores look up without locks.
 *
 * The most specific rule wins; of two equal ones the later. Inside a rule that is a prefix and not
 * a single address, the IPv4 network and broadcast addresses (prefix length <= 30) and the IPv6
 * subnet-router anycast address (prefix length <= 126) belong to nobody (RFC 1122 3.2.1.3,
 * RFC 4291 2.6.1), and neither do multicast, loopback and unspecified addresses.
 */

#include <stdint.h>

#include "address/prefix.h"

/** Who an address belongs to. Values from DLO_OWNER_LOOPBACK on are loopback indices + this. */
enum {
	DLO_OWNER_NOBODY = 0,
	DLO_OWNER_PORT = 1, /**< the appliance answers for it on this port */
	DLO_OWNER_HOST = 2, /**< the host kernel's own: never answered by us */
	/** On the link: a loopback. The host's own there, and what it sends from it is forwarded. */
	DLO_OWNER_HOST_LOOPBACK = 3,
	/** To be ours, as DLO_OWNER_STATION or a loopback, when nobody else has it: not answered yet. */
	DLO_OWNER_TENTATIVE = 4,
	/** As DLO_OWNER_PORT, and one address and not a network: nobody else may have it. */
	DLO_OWNER_STATION = 5,
	DLO_OWNER_LOOPBACK = 16, /**< loopback N is DLO_OWNER_LOOPBACK + N */
};

struct dlo_addr_rule {
	struct dlo_prefix prefix;
	uint16_t owner;
};

/** Compiled table; opaque, immutable, freed with dlo_addr_table_free(). */
struct dlo_addr_table;

/**
 * Compile rules.
 * @param rules any order; copied, the caller keeps them. May be NULL when @p nb_rules is 0.
 * @return the table (an empty one owns nothing), or NULL when memory is short. Thread: control.
 */
struct dlo_addr_table *dlo_addr_table_create(const struct dlo_addr_rule *rules,
	unsigned int nb_rules);

/** Free; NULL is allowed. No lcore may still read the table. Thread: control. */
void dlo_addr_table_free(struct dlo_addr_table *table);

/**
 * @param addr IPv4 address in network order, as it stands in the packet
 * @return the owner, DLO_OWNER_NOBODY when there is none. Cost: O(log rules). Thread: any.
 */
uint16_t dlo_addr_owner4(const struct dlo_addr_table *table, uint32_t addr);

/** The same for 16 bytes of IPv6 address in network order; @p addr needs no alignment. */
uint16_t dlo_addr_owner6(const struct dlo_addr_table *table, const uint8_t *addr);

/**
 * The largest prefix around an address inside which all addresses have the same owner.
 * @param addr IPv4 address in network order
 * @return its length, 0 to 32. Cost: O(log rules). Thread: any.
 */
uint8_t dlo_addr_block4(const struct dlo_addr_table *table, uint32_t addr);

/** The same for IPv6: 0 to 128; @p addr needs no alignment. */
uint8_t dlo_addr_block6(const struct dlo_addr_table *table, const uint8_t *addr);

#endif
