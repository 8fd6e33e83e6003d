/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_REFLECT_PLAN_H
#define DLO_REFLECT_PLAN_H

/**
 * @file
 * The plan: everything the data path needs to know about one port, compiled from configuration by
 * control code and then read-only. A new configuration is a new plan; lcores swap the pointer.
 * Thread: control makes and frees plans, any lcore reads them.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_ether.h>

#include "address/address.h"
#include "answer/settings.h"
#include "reflect/filter.h"
#include "reflect/mode.h"
#include "stats/verdict.h"

/** Ports whose software MACs the `self` guard knows. */
#define DLO_OWN_MACS_MAX 64

struct rte_mbuf;
struct dlo_burst;
struct dlo_loop_guard;
struct dlo_plan;

/** See dlo_reflect_burst() in reflect/reflect.h for the contract. */
typedef void (*dlo_burst_fn)(const struct dlo_plan *plan, struct rte_mbuf **pkts,
	uint16_t nb_pkts, struct dlo_burst *ret);

/** Written by the control thread before it is published, read-only ever after. */
struct dlo_plan {
	dlo_burst_fn burst; /**< the variant for this CPU, mode and guard set */
	uint64_t serial; /**< no other plan has the same; given with the variant. 0: none */
	enum dlo_mode mode;
	enum dlo_accept accept;
	bool guards; /**< L2 and L3 guards (design: what a reflector must never do) */
	bool link; /**< the port's other end is this host's kernel */
	bool punt; /**< not on the link: what is for a loopback and no answer claims is the host's */
	bool forward; /**< on the link: what the host sends from a loopback leaves by a port */
	bool unmatched_punt; /**< not on the link: what does not match the filter is the host's */
	struct rte_ether_addr punt_dst; /**< with these: MAC of the link's kernel side, never zero */
	struct rte_ether_addr punt_src; /**< with punt: software MAC of the link */
	bool restore_tags; /**< VLAN tags that the driver took out are put back: dlo_packet_put_tags() */
	bool carry; /**< frames of the host's own lo come along: only on the link */
	uint32_t answers; /**< bit (1 << enum dlo_answer): enabled answers */
	struct rte_ether_addr mac; /**< this port's software MAC */
	unsigned int nb_own_macs;
	struct rte_ether_addr own_macs[DLO_OWN_MACS_MAX]; /**< software MACs of all our ports */
	const struct dlo_addr_table *addresses; /**< never NULL; owned by who made the plan */
	struct dlo_loop_guard *loop_guard; /**< of the port; NULL: off. Not part of the plan. */
	bool loop_stop; /**< there is a loop: nothing is sent back that could keep it going */
	struct dlo_filter filter; /**< what is turned round, answers aside */
	struct dlo_answer_settings settings; /**< of those answers that have any */
};

#endif
