/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_TELEMETRY_ADD_H
#define DLO_APP_TELEMETRY_ADD_H

/**
 * @file
 * What replies of several telemetry commands are made of. Where there is no memory a reply lacks a list.
 * Thread: any.
 */

#include <rte_ether.h>
#include <rte_telemetry.h>

#include "address/prefix.h"

/** Add an Ethernet address as text. */
void telemetry_add_mac(struct rte_tel_data *d, const char *key, const struct rte_ether_addr *mac);

/** Add a list of prefixes as text. */
void telemetry_add_prefixes(struct rte_tel_data *d, const char *key, const struct dlo_prefix *prefixes,
	unsigned int nb);

/**
 * Add a list with the name of each bit that is set in @p bits.
 * @param name @return the name of the bit with this number; lives as long as the program
 */
void telemetry_add_bits(struct rte_tel_data *d, const char *key, uint64_t bits,
	const char *(*name)(unsigned int number));

/** Make the reply an object that says why there is none. @return 0, what a command returns then */
int telemetry_reply_error(struct rte_tel_data *d, const char *why);

#endif
