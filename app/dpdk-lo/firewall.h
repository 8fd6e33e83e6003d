/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_FIREWALL_H
#define DLO_APP_FIREWALL_H

/**
 * @file
 * Is there a firewall that refuses what it does not know? Looks at nftables base chains, which are
 * what iptables-nft, ufw and firewalld make too. Thread: control, all functions.
 */

#include <stdint.h>

#define FIREWALL_NAME 64

/** A base chain at the input hook that drops by policy. */
struct firewall_chain {
	char family[8]; /**< as nft writes it: "ip", "ip6", "inet" */
	char table[FIREWALL_NAME];
	char chain[FIREWALL_NAME];
};

/**
 * List the input chains that drop what no rule of theirs accepts. Loads no kernel module: where
 * nftables is not in use there is nothing to find.
 * @return how many of @p ret (room for @p max) were written, or -errno
 */
int firewall_closed_chains(struct firewall_chain *ret, unsigned int max);

#endif
