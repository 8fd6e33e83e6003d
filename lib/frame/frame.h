/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_FRAME_FRAME_H
#define DLO_FRAME_FRAME_H

/**
 * @file
 * The bounded parser: what a frame is and where its parts are. Bytes in, offsets out; knows no
 * mbuf. It reads the first DLO_HEAD_MAX bytes of a frame at most, so a caller whose frame lies in
 * pieces has to join no more than those.
 *
 * A field of the result is set only as far as the frame is sound: after a fault the parts in front
 * of it still stand, and can still be turned round.
 */

#include <stdint.h>

/** Bytes of a frame that the parser looks at. Longest plain case: 4 tags, IPv4 with 40 bytes of
 * options, an ICMP error that quotes the same: 170. */
#define DLO_HEAD_MAX 256
#define DLO_TAGS_MAX 4 /**< VLAN tags that are looked through */
#define DLO_EXT_MAX 8 /**< IPv6 extension headers that are looked through */

/** What is wrong with a frame's lengths. */
enum dlo_fault {
	DLO_FAULT_NONE,
	DLO_FAULT_SHORT, /**< no whole Ethernet header, or a VLAN tag cut off */
	DLO_FAULT_TRUNCATED, /**< lengths contradict the frame or each other */
};

/** What follows the Ethernet header and its tags. */
enum dlo_l3 {
	DLO_L3_NONE, /**< neither of these, or not sound */
	DLO_L3_ARP, /**< all of its addresses are there, of whatever lengths */
	DLO_L3_IPV4,
	DLO_L3_IPV6,
};

/** What follows the IP header, its options and extension headers. */
enum dlo_l4 {
	DLO_L4_NONE, /**< neither of these, a later fragment, out of reach, or not sound */
	DLO_L4_PORTS, /**< TCP, UDP or SCTP: two ports in the first four bytes */
	DLO_L4_ICMP,
	DLO_L4_ICMPV6,
};

/** Bits of dlo_frame.flags. */
enum {
	DLO_FRAME_FRAGMENT = 1 << 0, /**< a fragment of a larger datagram, first or later */
	DLO_FRAME_LATER = 1 << 1, /**< a fragment that is not the first: no L4 header in it */
	DLO_FRAME_FRAG_HDR = 1 << 2, /**< has an IPv6 fragment header (also an atomic one) */
	DLO_FRAME_AUTH = 1 << 3, /**< has an IPv6 authentication header: addresses are signed */
	/** Source route, routing header with segments left or of type 0, malformed IPv4 options, or
	 * more IPv6 extension headers than are looked through. */
	DLO_FRAME_OPTIONS = 1 << 4,
};

/** Offsets count from the start of the frame. */
struct dlo_frame {
	uint8_t fault; /**< enum dlo_fault */
	uint8_t l3; /**< enum dlo_l3 */
	uint8_t l4; /**< enum dlo_l4 */
	uint8_t flags; /**< DLO_FRAME_* */
	uint8_t nb_tags; /**< VLAN tags looked through */
	uint8_t proto; /**< IP protocol that the last header looked at announces */
	uint16_t ether_type; /**< host order; behind the tags; a length when <= 1500 */
	uint16_t l3_off; /**< where ether_type's payload starts; 0 after DLO_FAULT_SHORT */
	uint16_t l4_off; /**< of l4; 0 when that is DLO_L4_NONE */
	uint32_t l3_end; /**< end of the ARP packet or IP datagram; trailer and padding follow */
};

/**
 * Parse a frame.
 * @param head its first bytes: min(@p len, DLO_HEAD_MAX) of them must be readable, no more are read
 * @param len length of the whole frame in bytes, without FCS
 * @param ret written whole
 * Thread: any.
 */
void dlo_frame_parse(const uint8_t *head, uint32_t len, struct dlo_frame *ret);

/**
 * Parse the IP packet that an ICMP or ICMPv6 error quotes. A quote is cut off by nature: lengths
 * are not compared, only l3, l3_off, l4 (DLO_L4_PORTS or none), l4_off, flags and proto are set.
 * @param head start of the frame that holds the quote
 * @param off where the quoted IP header starts
 * @param end end of the readable bytes of the quote, counted from @p head
 * @param ret written whole; l3 is DLO_L3_NONE when not even the addresses are there
 * Thread: any.
 */
void dlo_frame_parse_quoted(const uint8_t *head, uint32_t off, uint32_t end,
	struct dlo_frame *ret);

#endif
