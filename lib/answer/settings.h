/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_ANSWER_SETTINGS_H
#define DLO_ANSWER_SETTINGS_H

/**
 * @file
 * Settings of answers, part of a port's plan. All zero: none of these answers is given, whatever
 * the plan's answers say.
 *
 * Written by control code before the plan is published, read-only ever after.
 */

#include <stdbool.h>
#include <stdint.h>

#include "answer/clock.h"
#include "answer/hmac.h"
#include "answer/lane.h"

/** Most UDP ports that answers listen on at a time. */
#define DLO_UDP_SERVICES_MAX 8

struct dlo_addr_table;

/** Numbers in host order unless a comment says otherwise. */
struct dlo_answer_settings {
	/**
	 * Sources that the UDP answers serve: addresses with an owner. NULL: nobody. Owned by who
	 * made the plan.
	 */
	const struct dlo_addr_table *allowed;
	struct dlo_rate rate; /**< each answer's on each queue */
	/** Some answers carry timestamps: see dlo_lane_arrive() and dlo_answer_depart(). */
	bool timed;
	uint64_t lag_max; /**< TSC cycles, see dlo_lane_arrive() */
	const struct dlo_clock *clock; /**< never NULL where timed; owned by who made the plan */
	struct {
		uint16_t port; /**< 0: off */
		bool low_ports; /**< also from source ports below 1024 */
	} udp_echo;
	struct {
		bool echo; /**< return BFD echo packets */
		bool admin_down; /**< say that we are out of service for a while */
		uint32_t discriminator; /**< 0: no S-BFD control packets */
		uint32_t min_rx_us; /**< least microseconds between two packets that we take */
	} sbfd;
	struct {
		uint16_t port; /**< 0: off */
		bool stateful; /**< sequence numbers of our own, in sessions */
		bool ptp; /**< timestamps in PTP format */
		bool same_port; /**< also from source ports on which we answer STAMP */
		bool authenticated; /**< base packets are, by hmac */
		bool tlv_hmac; /**< TLVs are, by hmac; always where base packets are */
		struct dlo_hmac hmac;
	} stamp;
	struct {
		bool on;
		uint8_t level; /**< maintenance domain level, 0..7 */
		uint16_t mep; /**< our maintenance end point's id */
		uint16_t vlan; /**< only with this VID outermost; 0: whatever tags */
	} oam;
};

#endif
