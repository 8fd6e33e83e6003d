/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_REFLECT_SWAP_H
#define DLO_REFLECT_SWAP_H

/**
 * @file
 * Turning a frame round: addresses and ports swapped, nothing else touched. Ones'-complement sums
 * do not depend on the order of what they add, so no checksum changes. Thread: any.
 */

#include <stdbool.h>
#include <string.h>

#include "frame/frame.h"
#include "frame/proto.h"
#include "reflect/mode.h"

static inline void
dlo_swap_macs(uint8_t *head)
{
	uint8_t dst[DLO_MAC_LEN];

	memcpy(dst, head + DLO_ETHER_DST, sizeof(dst));
	memcpy(head + DLO_ETHER_DST, head + DLO_ETHER_SRC, sizeof(dst));
	memcpy(head + DLO_ETHER_SRC, dst, sizeof(dst));
}

static inline void
dlo_swap_ipv4(uint8_t *ip)
{
	uint8_t src[4];

	memcpy(src, ip + DLO_IPV4_SRC, sizeof(src));
	memcpy(ip + DLO_IPV4_SRC, ip + DLO_IPV4_DST, sizeof(src));
	memcpy(ip + DLO_IPV4_DST, src, sizeof(src));
}

static inline void
dlo_swap_ipv6(uint8_t *ip)
{
	uint8_t src[16];

	memcpy(src, ip + DLO_IPV6_SRC, sizeof(src));
	memcpy(ip + DLO_IPV6_SRC, ip + DLO_IPV6_DST, sizeof(src));
	memcpy(ip + DLO_IPV6_DST, src, sizeof(src));
}

static inline void
dlo_swap_ports(uint8_t *l4)
{
	uint8_t src[2];

	memcpy(src, l4, sizeof(src));
	memcpy(l4, l4 + 2, sizeof(src));
	memcpy(l4 + 2, src, sizeof(src));
}

/** Swap in the IP header at @p f->l3_off and the ports behind it, as far as @p f is sound. */
static inline void
dlo_swap_l3(enum dlo_mode mode, uint8_t *head, const struct dlo_frame *f)
{
	if (f->l3 == DLO_L3_IPV4)
		dlo_swap_ipv4(head + f->l3_off);
	else if (f->l3 == DLO_L3_IPV6)
		dlo_swap_ipv6(head + f->l3_off);
	if (mode >= DLO_MODE_L4 && f->l4 == DLO_L4_PORTS)
		dlo_swap_ports(head + f->l4_off);
}

/**
 * Turn a frame round as deep as @p mode says and the frame allows.
 * @param head as given to dlo_frame_parse(), which made @p f
 */
static inline void
dlo_swap(enum dlo_mode mode, uint8_t *head, const struct dlo_frame *f)
{
	if (mode == DLO_MODE_WIRE)
		return;
	dlo_swap_macs(head);
	if (mode >= DLO_MODE_IP)
		dlo_swap_l3(mode, head, f);
}

/**
 * In an ICMP or ICMPv6 error, swap the header that it quotes too: to whom the error goes, that is
 * the packet he sent, not the one that came back to him. Other frames are left alone.
 * @param head_len bytes readable at @p head
 */
void dlo_swap_quoted(enum dlo_mode mode, uint8_t *head, uint32_t head_len,
	const struct dlo_frame *f);

#endif
