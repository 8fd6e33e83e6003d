/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_REFLECT_GUARD_H
#define DLO_REFLECT_GUARD_H

/**
 * @file
 * Guards: what a reflector must never send back. Each returns a drop reason or DLO_PASS. They only
 * look; nothing is written. Thread: any.
 */

#include <stdbool.h>

#include "frame/bytes.h"
#include "frame/frame.h"
#include "frame/proto.h"
#include "reflect/plan.h"
#include "stats/verdict.h"

/** No verdict yet: the next step decides. */
#define DLO_PASS DLO_VERDICT_MAX

static inline bool
dlo_mac_is_group(uint64_t mac)
{
	return (mac & DLO_MAC_GROUP) != 0;
}

/**
 * Groups that a bridge must not forward (IEEE 802.1Q table 8-1 and the MRP block behind it) and
 * those of Cisco's control protocols, 01-00-0C-xx-xx-xx: whoever hears his own again shuts a port.
 */
static inline bool
dlo_mac_is_reserved(uint64_t mac)
{
	return (mac >= UINT64_C(0x0180c2000000) && mac <= UINT64_C(0x0180c200002f)) ||
		mac >> 24 == 0x01000c;
}

/** EtherTypes of protocols between neighbours, meaningless or harmful anywhere else. */
static inline bool
dlo_type_is_l2_control(uint16_t type)
{
	switch (type) {
	case DLO_TYPE_SLOW:
	case DLO_TYPE_LLDP:
	case DLO_TYPE_EAPOL:
	case DLO_TYPE_PTP:
	case DLO_TYPE_CTP:
	case DLO_TYPE_CFM:
		return true;
	default:
		return false;
	}
}

static inline bool
dlo_mac_is_own(const struct dlo_plan *plan, uint64_t mac)
{
	for (unsigned int i = 0; i < plan->nb_own_macs; i++) {
		if (dlo_get48(plan->own_macs[i].addr_bytes) == mac)
			return true;
	}
	return false;
}

/**
 * Step 0 of the walk, where plan->carry is set: both MACs zero, as the kernel's lo makes its frames
 * and no sane sender on a wire. Reads twelve bytes.
 */
static inline bool
dlo_is_carried(const uint8_t *head)
{
	return (dlo_get64(head) | dlo_get32(head + 8)) == 0;
}

/** Step 2 of the walk. Group destinations pass: answers want some, step 6 stops the rest. */
static inline enum dlo_verdict
dlo_guard_l2(const struct dlo_plan *plan, const uint8_t *head, const struct dlo_frame *f)
{
	uint64_t dst = dlo_get48(head + DLO_ETHER_DST);
	uint64_t src = dlo_get48(head + DLO_ETHER_SRC);

	if (dlo_mac_is_group(src) || src == 0)
		return DLO_DROP_MCAST_SRC;
	if (src == dst)
		return DLO_DROP_SRC_IS_DST;
	if (dlo_mac_is_reserved(dst))
		return DLO_DROP_RESERVED_MAC;
	if (f->ether_type == DLO_TYPE_MAC_CONTROL)
		return DLO_DROP_MAC_CONTROL;
	if (dlo_type_is_l2_control(f->ether_type) &&
		(f->ether_type != DLO_TYPE_CFM || !plan->settings.oam.on))
		return DLO_DROP_L2_CONTROL;
	if (dlo_mac_is_own(plan, src))
		return DLO_DROP_SELF;
	return DLO_PASS;
}

/**
 * Not an address of a host on a wire: this network, loopback, multicast, reserved and limited
 * broadcast (RFC 1122 3.2.1.3, RFC 1812 5.3.7, RFC 6890). @p addr as a number.
 */
static inline bool
dlo_ipv4_is_martian(uint32_t addr)
{
	uint32_t net = addr >> 24;

	return net == 0 || net == 127 || net >= 224;
}

/** The same for IPv6 (RFC 4291 2.5): unspecified, loopback, IPv4-mapped, multicast. */
static inline bool
dlo_ipv6_is_martian(const uint8_t *addr)
{
	uint64_t hi = dlo_get64(addr), lo = dlo_get64(addr + 8);

	if (hi != 0)
		return hi >> 56 == 0xff;
	return lo <= 1 || lo >> 32 == 0xffff;
}

static inline bool
dlo_ipv6_is_loopback(const uint8_t *addr)
{
	return dlo_get64(addr) == 0 && dlo_get64(addr + 8) == 1;
}

/**
 * Step 7 of the walk, for modes that leave IP alone: 127.0.0.0/8 and ::1 never were on a wire
 * (RFC 1122 3.2.1.3, RFC 4291 2.5.3), so whoever sent them means harm, or leaks.
 */
static inline enum dlo_verdict
dlo_guard_loopback(const uint8_t *head, const struct dlo_frame *f)
{
	const uint8_t *ip = head + f->l3_off;

	if (f->l3 == DLO_L3_IPV4) {
		if (ip[DLO_IPV4_SRC] == 127 || ip[DLO_IPV4_DST] == 127)
			return DLO_DROP_MARTIAN;
	} else if (f->l3 == DLO_L3_IPV6) {
		if (dlo_ipv6_is_loopback(ip + DLO_IPV6_SRC) || dlo_ipv6_is_loopback(ip + DLO_IPV6_DST))
			return DLO_DROP_MARTIAN;
	}
	return DLO_PASS;
}

/** Step 7 of the walk, for modes that swap IP addresses. */
static inline enum dlo_verdict
dlo_guard_l3(const uint8_t *head, const struct dlo_frame *f)
{
	const uint8_t *ip = head + f->l3_off;

	if (f->l3 == DLO_L3_IPV4) {
		uint32_t src = dlo_get32(ip + DLO_IPV4_SRC), dst = dlo_get32(ip + DLO_IPV4_DST);

		if (src == dst)
			return DLO_DROP_LAND;
		if (dlo_ipv4_is_martian(src) || dlo_ipv4_is_martian(dst))
			return DLO_DROP_MARTIAN;
	} else if (f->l3 == DLO_L3_IPV6) {
		const uint8_t *src = ip + DLO_IPV6_SRC, *dst = ip + DLO_IPV6_DST;

		if (memcmp(src, dst, 16) == 0)
			return DLO_DROP_LAND;
		if (dlo_ipv6_is_martian(src) || dlo_ipv6_is_martian(dst))
			return DLO_DROP_MARTIAN;
	}
	if ((f->flags & DLO_FRAME_OPTIONS) != 0)
		return DLO_DROP_OPTIONS;
	return DLO_PASS;
}

#endif
