/* SPDX-License-Identifier: BSD-3-Clause */
/* Neighbour solicitations (RFC 4861 7.1, 7.2.3, 7.2.4) and address detection (RFC 4862 5.4). */
#include "answer/answer.h"

#include "frame/cksum.h"

static const uint8_t all_nodes[16] = { 0xff, 0x02, [15] = 0x01 };
static const uint8_t all_nodes_mac[DLO_MAC_LEN] = { 0x33, 0x33, [5] = 0x01 };
static const uint8_t unspecified[16];
/* RFC 4291 2.7.1: followed by the last three bytes of the address. */
static const uint8_t solicited_node[13] = { 0xff, 0x02, [11] = 0x01, 0xff };

static bool
is_unspecified(const uint8_t *addr)
{
	return memcmp(addr, unspecified, sizeof(unspecified)) == 0;
}

static bool
is_solicited_node_of(const uint8_t *addr, const uint8_t *target)
{
	return memcmp(addr, solicited_node, sizeof(solicited_node)) == 0 &&
		memcmp(addr + 13, target + 13, 3) == 0;
}

/* RFC 4861 7.1.1: options of some length, inside the message; none of whose link-layer address. */
static enum dlo_verdict
check_options(const struct dlo_packet *p, bool from_nobody)
{
	uint32_t off = p->frame.l4_off + DLO_ND_HLEN;
	uint32_t end = p->frame.l3_end;

	while (off < end) {
		uint32_t len;

		if (off + 2 > p->head_len)
			return DLO_DROP_NOT_REQUEST;
		len = (uint32_t)p->head[off + 1] * 8;
		if (len == 0)
			return DLO_DROP_NOT_REQUEST;
		if (len > end - off)
			return DLO_DROP_TRUNCATED;
		if (from_nobody && p->head[off] == DLO_ND_OPT_SLLA)
			return DLO_DROP_NOT_REQUEST;
		off += len;
	}
	return DLO_PASS;
}

static enum dlo_verdict
check_source(const struct dlo_plan *plan, const struct dlo_packet *p, const uint8_t *target)
{
	const uint8_t *ip = p->head + p->frame.l3_off;
	const uint8_t *src = ip + DLO_IPV6_SRC, *dst = ip + DLO_IPV6_DST;

	if (is_unspecified(src)) {
		if (plan->link)
			return dlo_leave_to_host(p->head);
		return is_solicited_node_of(dst, target) ? DLO_PASS : DLO_DROP_NOT_REQUEST;
	}
	/* As with ARP, a neighbour in a prefix that is all ours may ask for any address but his own. */
	if (dlo_ipv6_is_martian(src) || memcmp(src, target, 16) == 0)
		return DLO_DROP_NOT_REQUEST;
	return dst[0] == 0xff || dlo_is_ours6(plan, dst) ? DLO_PASS : DLO_DROP_NOT_REQUEST;
}

/* A solicitation whose target is ours. */
static enum dlo_verdict
check_solicitation(const struct dlo_plan *plan, const struct dlo_packet *p)
{
	const struct dlo_frame *f = &p->frame;
	const uint8_t *ip = p->head + f->l3_off, *icmp = p->head + f->l4_off;
	enum dlo_verdict v;

	/* RFC 6980 5: not even when the fragment is the whole. */
	if ((f->flags & DLO_FRAME_FRAG_HDR) != 0)
		return DLO_DROP_FRAGMENT;
	/* The reply is built behind a bare IPv6 header; nobody solicits behind another. */
	if (f->l4_off != f->l3_off + DLO_IPV6_HLEN)
		return DLO_DROP_OPTIONS;
	if (ip[DLO_IPV6_HOPS] != 255 || icmp[DLO_ICMP_CODE] != 0 || !dlo_is_from_station(p->head))
		return DLO_DROP_NOT_REQUEST;
	v = check_source(plan, p, icmp + DLO_ND_TARGET);
	if (v != DLO_PASS)
		return v;
	v = check_options(p, is_unspecified(ip + DLO_IPV6_SRC));
	if (v != DLO_PASS)
		return v;
	return dlo_packet_l4_sum_is_good(p) ? DLO_PASS : DLO_DROP_BAD_CKSUM;
}

const uint8_t *
dlo_nd_lla(const struct dlo_packet *p, uint8_t type)
{
	uint32_t end = p->frame.l3_end < p->head_len ? p->frame.l3_end : p->head_len;
	uint32_t off = p->frame.l4_off + DLO_ND_HLEN;

	while (off + DLO_ND_OPT_LLA_LEN <= end) {
		if (p->head[off + 1] == 0)
			return NULL;
		if (p->head[off] == type)
			return p->head + off + 2;
		off += (uint32_t)p->head[off + 1] * 8;
	}
	return NULL;
}

/* Six bytes that say whose a message is, where it has any: link-layer address, or our nonce. */
static bool
has_our_mac(const struct dlo_plan *plan, const struct dlo_packet *p, uint8_t option)
{
	const uint8_t *mac = dlo_nd_lla(p, option);

	return mac != NULL && dlo_mac_is_own(plan, dlo_get48(mac));
}

/* What we said ourselves, sent back by a mirror that put its own MAC in front. */
static bool
is_our_own(const struct dlo_plan *plan, const struct dlo_packet *p)
{
	if (dlo_mac_is_own(plan, dlo_get48(p->head + DLO_ETHER_SRC)))
		return true;
	if (p->head[p->frame.l4_off] == DLO_ICMPV6_NA)
		return has_our_mac(plan, p, DLO_ND_OPT_TLLA);
	return has_our_mac(plan, p, DLO_ND_OPT_SLLA) || has_our_mac(plan, p, DLO_ND_OPT_NONCE);
}

const uint8_t *
dlo_nd_claimed(const struct dlo_packet *p)
{
	const uint8_t *src = p->head + p->frame.l3_off + DLO_IPV6_SRC;
	const uint8_t *icmp = p->head + p->frame.l4_off;

	return icmp[DLO_ICMP_TYPE] == DLO_ICMPV6_NA || is_unspecified(src) ? icmp + DLO_ND_TARGET : src;
}

/* Who detects duplicates himself gets an answer, but for an address that we still ask for, too. */
static bool
is_claimed(const struct dlo_plan *plan, const struct dlo_packet *p)
{
	const uint8_t *ip = p->head + p->frame.l3_off, *icmp = p->head + p->frame.l4_off;
	uint16_t owner = dlo_addr_owner6(plan->addresses, dlo_nd_claimed(p));

	if (icmp[DLO_ICMP_TYPE] == DLO_ICMPV6_NS && is_unspecified(ip + DLO_IPV6_SRC))
		return owner == DLO_OWNER_TENTATIVE;
	return dlo_owner_is_only_us(owner);
}

/*
 * RFC 4862 5.4.3, 5.4.4: an advertisement whose target is ours, or a solicitation from our address,
 * by another station; sound as RFC 4861 7.1 wants them.
 */
static bool
is_conflict(const struct dlo_plan *plan, const struct dlo_packet *p)
{
	const struct dlo_frame *f = &p->frame;
	const uint8_t *ip = p->head + f->l3_off, *icmp = p->head + f->l4_off;

	return is_claimed(plan, p) && ip[DLO_IPV6_HOPS] == 255 && icmp[DLO_ICMP_CODE] == 0 &&
		(f->flags & DLO_FRAME_FRAG_HDR) == 0 &&
		f->l4_off == f->l3_off + DLO_IPV6_HLEN && dlo_is_from_station(p->head) &&
		!is_our_own(plan, p) && dlo_packet_l4_sum_is_good(p);
}

enum dlo_verdict
dlo_nd_decide(const struct dlo_plan *plan, struct dlo_packet *p)
{
	const struct dlo_frame *f = &p->frame;
	const uint8_t *dst = p->head + f->l3_off + DLO_IPV6_DST;
	const uint8_t *icmp = p->head + f->l4_off;
	enum dlo_verdict v;
	uint32_t end = (uint32_t)f->l4_off + DLO_ND_HLEN;

	if (f->l4 != DLO_L4_ICMPV6 || !dlo_is_to_us_or_group(plan, p->head))
		return DLO_PASS;
	if (icmp[DLO_ICMP_TYPE] != DLO_ICMPV6_NS && icmp[DLO_ICMP_TYPE] != DLO_ICMPV6_NA)
		return DLO_PASS;
	if (end > p->head_len || end > f->l3_end)
		return dlo_is_ours6(plan, dst) ? DLO_DROP_TRUNCATED : DLO_PASS;
	if (is_conflict(plan, p))
		return DLO_DROP_CONFLICT;
	if (icmp[DLO_ICMP_TYPE] == DLO_ICMPV6_NA) {
		return dlo_is_ours6(plan, dst) || dlo_is_ours6(plan, icmp + DLO_ND_TARGET) ?
			DLO_DROP_NOT_REQUEST : DLO_PASS;
	}
	if (!dlo_is_ours6(plan, icmp + DLO_ND_TARGET))
		return DLO_PASS;
	v = check_solicitation(plan, p);
	if (v != DLO_PASS)
		return v;

	/*
	 * RFC 4861 4.4: our link-layer address must be in the reply to a multicast solicitation. A
	 * unicast one comes from who has it already: there it is left out when there is no room.
	 */
	p->reply_len = dlo_packet_fit(p, end + DLO_ND_OPT_LLA_LEN);
	if (p->reply_len < end + DLO_ND_OPT_LLA_LEN) {
		if (dst[0] == 0xff)
			return DLO_DROP_TOO_BIG;
		p->reply_len = dlo_packet_fit(p, end);
	}
	return DLO_ANSWERED_ND;
}

void
dlo_nd_write(const struct dlo_plan *plan, struct dlo_packet *p)
{
	uint8_t *ip = p->head + p->frame.l3_off;
	uint8_t *icmp = p->head + p->frame.l4_off;
	bool from_nobody = is_unspecified(ip + DLO_IPV6_SRC);
	uint32_t len = DLO_ND_HLEN;
	uint32_t end = p->frame.l4_off + len;

	memcpy(p->head + DLO_ETHER_DST, from_nobody ? all_nodes_mac : p->head + DLO_ETHER_SRC,
		DLO_MAC_LEN);
	memcpy(p->head + DLO_ETHER_SRC, plan->mac.addr_bytes, DLO_MAC_LEN);

	memcpy(ip + DLO_IPV6_DST, from_nobody ? all_nodes : ip + DLO_IPV6_SRC, 16);
	memcpy(ip + DLO_IPV6_SRC, icmp + DLO_ND_TARGET, 16);
	ip[DLO_IPV6_HOPS] = 255;

	icmp[DLO_ICMP_TYPE] = DLO_ICMPV6_NA;
	dlo_put32(icmp + DLO_ND_FLAGS,
		DLO_ND_OVERRIDE | (from_nobody ? 0 : DLO_ND_SOLICITED));
	if (end + DLO_ND_OPT_LLA_LEN <= p->reply_len) {
		icmp[DLO_ND_HLEN] = DLO_ND_OPT_TLLA;
		icmp[DLO_ND_HLEN + 1] = 1;
		memcpy(icmp + DLO_ND_HLEN + 2, plan->mac.addr_bytes, DLO_MAC_LEN);
		len += DLO_ND_OPT_LLA_LEN;
	}
	dlo_put16(ip + DLO_IPV6_PAYLOAD, len);
	dlo_put16(icmp + DLO_ICMP_CKSUM, 0);
	dlo_put16(icmp + DLO_ICMP_CKSUM,
		~dlo_cksum_fold(dlo_cksum_pseudo6(ip, DLO_PROTO_ICMPV6, len) +
			dlo_cksum_sum(icmp, len)));
}
