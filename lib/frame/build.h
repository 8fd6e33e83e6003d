/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_FRAME_BUILD_H
#define DLO_FRAME_BUILD_H

/**
 * @file
 * Builders of valid frames: Ethernet, optional VLAN tag, IPv4 or IPv6, UDP or TCP, all sums right.
 * For whoever has to originate a frame; the data path never does.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** What to build. Addresses in network order, numbers in host order. */
struct dlo_build {
	uint8_t dst_mac[6];
	uint8_t src_mac[6];
	uint16_t vlan; /**< VID 1..4094; 0: untagged */
	bool ipv6;
	uint8_t src_ip[16]; /**< IPv4 in the first four bytes */
	uint8_t dst_ip[16];
	bool tcp; /**< TCP with only ACK set; else UDP */
	uint16_t src_port;
	uint16_t dst_port;
	uint8_t ttl; /**< TTL or hop limit; 0: 64 */
};

/** Smallest frame (without FCS) that holds the headers of @p spec. */
size_t dlo_build_min(const struct dlo_build *spec);

/**
 * Write a frame of exactly @p size bytes (without FCS); the payload counts up from 0.
 * @param buf room for @p size bytes, no alignment needed
 * @return @p size, or 0 when @p size is below dlo_build_min() or beyond what IP can carry.
 * Thread: any.
 */
size_t dlo_build_frame(uint8_t *buf, size_t size, const struct dlo_build *spec);

#endif
