/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_STEER_RULE_H
#define DLO_STEER_RULE_H

/**
 * @file
 * Which frames are steered, as people write it: a subset of pcap-filter(7) that a program of a few
 * hundred instructions can decide on. Thread: any.
 *
 *   [ip|ip6] [tcp|udp|sctp|icmp|icmp6|arp] [src|dst] host ADDR | net PREFIX | port N | portrange A-B
 *   ether proto N, ether [src|dst] MAC, vlan ID
 *
 * joined by "and"; "or" starts another rule. Frames with up to two VLAN tags are looked into, said
 * or not. Ports are those of whole datagrams and first fragments, right behind the IP header.
 */

#include <stddef.h>

#include "steer/shared.h"

/** Room for why an expression is not understood. */
#define DLO_STEER_ERR 256

/**
 * Read @p text and add its rules behind the @p *nb that @p rules holds.
 * @param rules array of DLO_STEER_RULES_MAX
 * @return 0, or -EINVAL with @p err: what is wrong and what would be right, without "--steer";
 *   @p rules and @p nb are unchanged then
 */
int dlo_steer_parse(const char *text, struct dlo_steer_rule *rules, unsigned int *nb,
	char err[DLO_STEER_ERR]);

#endif
