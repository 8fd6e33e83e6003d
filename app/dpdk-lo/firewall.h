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

/** Whose commands add a rule; a rule by another hand may be lost at the next reload. */
enum firewall_owner {
	FIREWALL_NFT,
	FIREWALL_IPTABLES,
	FIREWALL_FIREWALLD,
};

/** A base chain at the input hook that refuses what it does not know. */
struct firewall_chain {
	enum firewall_owner owner;
	char family[8]; /**< as nft writes it: "ip", "ip6", "inet" */
	char table[FIREWALL_NAME];
	char chain[FIREWALL_NAME];
};

/**
 * List the input chains that drop by policy, and firewalld's, which reject by their last rule what
 * comes in by an interface of no zone. Loads no kernel module: where nftables is not in use there
 * is nothing to find. What iptables-legacy does is not seen.
 * @return how many of @p ret (room for @p max) were written, or -errno
 */
int firewall_closed_chains(struct firewall_chain *ret, unsigned int max);

#endif
