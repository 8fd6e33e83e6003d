/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_ANSWER_CLAIM_H
#define DLO_ANSWER_CLAIM_H

/**
 * @file
 * Is an address of ours somebody else's, too? The asking side of address conflict detection (IPv4,
 * RFC 5227) and duplicate address detection (IPv6, RFC 4862 5.4), for one address on one port: when
 * to send which frame. Whoever uses one hears the frames that dlo_answer_decide() drops as
 * `conflict`, and sends what dlo_claim_step() writes.
 *
 * Unless it yields, the address is answered for all the while: whoever gave it to us wants that
 * (RFC 5227 2.4 (c)), and else any forged reply would switch it off. But it is not announced before it
 * was found free. One that yields is used from then on only; IPv4 is given up at the second conflict
 * within ten seconds (RFC 5227 2.4 (b)).
 *
 * Times are TSC cycles. Thread: one at a time, all functions.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_ether.h>

#include "reflect/punt.h"

/** Other stations that are remembered for an address. */
#define DLO_CLAIM_OTHERS 4
/** Longest frame that dlo_claim_step() writes, bytes. */
#define DLO_CLAIM_FRAME_MAX DLO_NEIGHBOUR_ASK_MAX

enum dlo_claim_state {
	DLO_CLAIM_IDLE, /**< the port is down: nothing is known */
	DLO_CLAIM_ASKING, /**< is it somebody's? */
	DLO_CLAIM_TELLING, /**< it is ours, and others are told */
	DLO_CLAIM_OURS,
	DLO_CLAIM_RESTING, /**< it is somebody else's, too; to be asked again some time */
};

/** One address on one port; all zero but for @ref who: idle. */
struct dlo_claim {
	struct dlo_station who; /**< family and addr are ours to claim; the rest zero */
	enum dlo_claim_state state;
	bool contested; /**< somebody else uses it, as far as is known */
	bool yields; /**< written by the user of this: others come first */
	bool claimed; /**< it was found free since the port came up, so it is defended */
	bool defend; /**< one announcement is due */
	uint8_t nb_sent; /**< frames of this state */
	uint8_t nb_others;
	struct rte_ether_addr others[DLO_CLAIM_OTHERS]; /**< the last one to be heard first */
	uint64_t due; /**< when the next step is */
	uint64_t heard; /**< when somebody else was heard last; 0: never */
	uint64_t nb_conflicts; /**< so many frames were heard */
};

/** The port came up: start asking. @param random 32 random bits, for the delay */
void dlo_claim_begin(struct dlo_claim *c, uint64_t now, uint64_t hz, uint32_t random);

/** The port went down. Whether it is contested stays until the next time it is asked. */
void dlo_claim_end(struct dlo_claim *c);

/**
 * Do what is due.
 * @param mac software MAC of the port
 * @param random 32 random bits, for the delay of what comes next
 * @param buf room for DLO_CLAIM_FRAME_MAX bytes
 * @return the length of a frame that is to be sent now, in bytes, or 0
 */
uint32_t dlo_claim_step(struct dlo_claim *c, const struct rte_ether_addr *mac, uint64_t now,
	uint64_t hz, uint32_t random, uint8_t *buf);

/**
 * Somebody else was heard who uses the address.
 * @return true when it is one who is not remembered, so that people should be told
 */
bool dlo_claim_hear(struct dlo_claim *c, const struct rte_ether_addr *other, uint64_t now,
	uint64_t hz);

/** @return true when the address may be answered for now. */
bool dlo_claim_in_use(const struct dlo_claim *c);

/** @return "idle", "asking", "ours" or "conflict"; a static string. */
const char *dlo_claim_state_name(const struct dlo_claim *c);

#endif
