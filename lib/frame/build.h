/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_FRAME_BUILD_H
#define DLO_FRAME_BUILD_H

/**
 * @file
 * Builders of valid frames: Ethernet, optional VLAN tag, IPv4 or IPv6, and what is named below, all
 * sums right. For whoever has to originate a frame; the data path never does.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** What stands behind the IP header, or in its place. */
enum dlo_build_l4 {
	DLO_BUILD_UDP,
	DLO_BUILD_TCP, /**< only ACK set */
	DLO_BUILD_ICMP, /**< echo request, ICMPv6 with ipv6; RFC 792, RFC 4443 4.1 */
	DLO_BUILD_STAMP, /**< over UDP: RFC 8762 4.2.1, the rest Extra Padding (RFC 8972 4.1) */
	DLO_BUILD_LBM, /**< no IP: Ethernet loopback message, ITU-T G.8013 9.3, with a Data TLV */
};

/** What to build. Addresses in network order, numbers in host order. */
struct dlo_build {
	uint8_t dst_mac[6];
	uint8_t src_mac[6];
	uint16_t vlan; /**< VID 1..4094; 0: untagged */
	bool ipv6;
	uint8_t src_ip[16]; /**< IPv4 in the first four bytes */
	uint8_t dst_ip[16];
	enum dlo_build_l4 l4;
	uint16_t src_port; /**< ICMP: identifier */
	uint16_t dst_port; /**< ICMP: sequence number */
	uint8_t level; /**< maintenance domain level of LBM, 0..7 */
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

/** Where things are in a built frame, bytes from its start. */
struct dlo_build_layout {
	size_t l4; /**< L4 header; LBM: the CFM header */
	size_t cksum; /**< checksum over the payload; 0: there is none */
	size_t payload; /**< first byte that no header owns, even distance from l4 where cksum is */
	size_t tail; /**< bytes after the payload that a protocol owns (LBM: the End TLV) */
};

/** Fill @p ret for @p spec; payload + tail is dlo_build_min(). Thread: any. */
void dlo_build_layout(const struct dlo_build *spec, struct dlo_build_layout *ret);

#endif
