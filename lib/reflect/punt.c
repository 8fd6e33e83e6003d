/* SPDX-License-Identifier: BSD-3-Clause */
#include "reflect/punt.h"

#include <string.h>

#include <rte_mbuf.h>

#include "answer/answer.h"
#include "reflect/guard.h"
#include "reflect/packet.h"

/* Ethernet header and the longest IP header without options: what has to be in one piece. */
#define HEAD_WANTED (DLO_ETHER_HLEN + DLO_IPV6_HLEN)

static bool
is_ip(const struct dlo_frame *f)
{
	return f->fault == DLO_FAULT_NONE && (f->l3 == DLO_L3_IPV4 || f->l3 == DLO_L3_IPV6);
}

static uint16_t
owner_at(const struct dlo_plan *plan, const struct dlo_frame *f, const uint8_t *addr)
{
	return f->l3 == DLO_L3_IPV4 ? dlo_owner4(plan, addr) :
				      dlo_addr_owner6(plan->addresses, addr);
}

static const uint8_t *
source_of(const uint8_t *head, const struct dlo_frame *f)
{
	return head + f->l3_off + (f->l3 == DLO_L3_IPV4 ? DLO_IPV4_SRC : DLO_IPV6_SRC);
}

static const uint8_t *
destination_of(const uint8_t *head, const struct dlo_frame *f)
{
	return head + f->l3_off + (f->l3 == DLO_L3_IPV4 ? DLO_IPV4_DST : DLO_IPV6_DST);
}

static bool
is_martian(const struct dlo_frame *f, const uint8_t *addr)
{
	return f->l3 == DLO_L3_IPV4 ? dlo_ipv4_is_martian(dlo_get32(addr)) :
				      dlo_ipv6_is_martian(addr);
}

/* Checked with guards off, too: the host's kernel is behind this door, not a test bench. */
static enum dlo_verdict
decide_punt(const struct dlo_plan *plan, const struct dlo_packet *p)
{
	const struct dlo_frame *f = &p->frame;
	const uint8_t *src = source_of(p->head, f), *dst = destination_of(p->head, f);

	if (owner_at(plan, f, dst) < DLO_OWNER_LOOPBACK || f->nb_tags > DLO_PUNT_TAGS_MAX)
		return DLO_PASS;
	if (!dlo_is_from_station(p->head))
		return DLO_DROP_MCAST_SRC;
	if (memcmp(src, dst, f->l3 == DLO_L3_IPV4 ? 4 : 16) == 0)
		return DLO_DROP_LAND;
	if (is_martian(f, src) || dlo_owner_is_us(owner_at(plan, f, src)))
		return DLO_DROP_MARTIAN;
	if ((f->flags & DLO_FRAME_OPTIONS) != 0)
		return DLO_DROP_OPTIONS;
	return DLO_PUNTED;
}

/* What the host sends to the link's own prefixes is reflected as ever. */
static enum dlo_verdict
decide_forward(const struct dlo_plan *plan, const struct dlo_packet *p)
{
	const struct dlo_frame *f = &p->frame;
	const uint8_t *dst = destination_of(p->head, f);

	if (owner_at(plan, f, source_of(p->head, f)) != DLO_OWNER_HOST_LOOPBACK ||
		owner_at(plan, f, dst) != DLO_OWNER_NOBODY || f->nb_tags > 0)
		return DLO_PASS;
	return is_martian(f, dst) ? DLO_DROP_MARTIAN : DLO_FORWARDED;
}

enum dlo_verdict
dlo_punt_decide(const struct dlo_plan *plan, const struct dlo_packet *p)
{
	if (!is_ip(&p->frame) || !dlo_is_to_our_mac(plan, p->head))
		return DLO_PASS;
	return plan->punt ? decide_punt(plan, p) : decide_forward(plan, p);
}

static bool
is_neighbour_talk(const struct dlo_packet *p)
{
	const struct dlo_frame *f = &p->frame;
	uint8_t type;

	if (f->l3 == DLO_L3_ARP || f->ether_type == DLO_TYPE_ARP)
		return true;
	if (f->l3 != DLO_L3_IPV6 || f->proto != DLO_PROTO_ICMPV6)
		return false;
	/* What cannot be looked at is taken for the worst. RFC 4861 4: types 133 to 137. */
	type = f->l4 == DLO_L4_ICMPV6 ? p->head[f->l4_off + DLO_ICMP_TYPE] : DLO_ICMPV6_NS;
	return type >= 133 && type <= 137;
}

/* Groups and the broadcast address are destinations that a host may listen to. */
static bool
is_ip_group(const struct dlo_frame *f, const uint8_t *addr)
{
	return f->l3 == DLO_L3_IPV6 ? addr[0] == 0xff :
				      addr[0] >> 4 == 0xe || dlo_get32(addr) == UINT32_MAX;
}

static enum dlo_verdict
check_ip_for_host(const struct dlo_plan *plan, const struct dlo_packet *p)
{
	const struct dlo_frame *f = &p->frame;
	const uint8_t *src = source_of(p->head, f), *dst = destination_of(p->head, f);

	if (memcmp(src, dst, f->l3 == DLO_L3_IPV4 ? 4 : 16) == 0)
		return DLO_DROP_LAND;
	if (is_martian(f, src) || dlo_owner_is_us(owner_at(plan, f, src)) ||
		(is_martian(f, dst) && !is_ip_group(f, dst)))
		return DLO_DROP_MARTIAN;
	return (f->flags & DLO_FRAME_OPTIONS) != 0 ? DLO_DROP_OPTIONS : DLO_PUNTED;
}

enum dlo_verdict
dlo_unmatched_decide(const struct dlo_plan *plan, const struct dlo_packet *p)
{
	const struct dlo_frame *f = &p->frame;
	enum dlo_verdict v = DLO_PASS;

	if (!plan->unmatched_punt)
		return DLO_DROP_FILTERED;
	if (plan->punt)
		v = dlo_punt_decide(plan, p);
	/* With guards on this was looked at before. */
	if (v == DLO_PASS && !plan->guards)
		v = dlo_guard_l2(plan, p->head, f);
	if (v != DLO_PASS)
		return v;
	/* To a zero MAC the link has nothing but frames of lo. */
	if (f->fault != DLO_FAULT_NONE || dlo_get48(p->head + DLO_ETHER_DST) == 0 ||
		is_neighbour_talk(p))
		return DLO_DROP_FILTERED;
	if (f->l3 == DLO_L3_IPV4 || f->l3 == DLO_L3_IPV6)
		return check_ip_for_host(plan, p);
	return f->ether_type == DLO_TYPE_IPV4 || f->ether_type == DLO_TYPE_IPV6 ?
		DLO_DROP_FILTERED : DLO_PUNTED;
}

static bool
is_for_loopback(const struct dlo_plan *plan, const struct dlo_packet *p)
{
	return plan->punt && is_ip(&p->frame) && p->frame.nb_tags <= DLO_PUNT_TAGS_MAX &&
		dlo_is_to_our_mac(plan, p->head) && owner_at(plan, &p->frame,
			destination_of(p->head, &p->frame)) >= DLO_OWNER_LOOPBACK;
}

enum dlo_verdict
dlo_punt(const struct dlo_plan *plan, struct rte_mbuf *m, struct dlo_station *ret,
	uint16_t *ret_loopback)
{
	struct dlo_station from = { 0 };
	struct dlo_packet p;
	uint32_t tags;
	uint8_t *head;

	dlo_packet_load(&p, m);
	dlo_frame_parse(p.head, p.len, &p.frame);
	tags = (uint32_t)p.frame.nb_tags * DLO_TAG_LEN;
	if (rte_pktmbuf_data_len(m) < DLO_ETHER_HLEN + tags)
		return DLO_DROP_TOO_BIG;
	if (dlo_segment_is_shared(m))
		return DLO_DROP_SHARED;
	if (!is_for_loopback(plan, &p)) {
		if (dlo_is_to_our_mac(plan, p.head))
			memcpy(rte_pktmbuf_mtod(m, uint8_t *) + DLO_ETHER_DST,
				plan->punt_dst.addr_bytes, DLO_MAC_LEN);
		dlo_packet_clear_offloads(m);
		*ret_loopback = DLO_PUNT_NO_LOOPBACK;
		return DLO_PUNTED;
	}
	from.family = p.frame.l3 == DLO_L3_IPV4 ? 4 : 6;
	from.nb_tags = p.frame.nb_tags;
	memcpy(from.addr, source_of(p.head, &p.frame), from.family == 4 ? 4 : 16);
	memcpy(from.mac.addr_bytes, p.head + DLO_ETHER_SRC, DLO_MAC_LEN);
	memcpy(from.tags, p.head + DLO_ETHER_TYPE, tags);
	*ret_loopback = owner_at(plan, &p.frame, destination_of(p.head, &p.frame)) -
		DLO_OWNER_LOOPBACK;
	*ret = from;

	/* What comes behind the tags moves into the place of the old header's type. */
	head = (uint8_t *)rte_pktmbuf_adj(m, (uint16_t)tags);
	if (tags > 0)
		m->packet_type = RTE_PTYPE_UNKNOWN;
	memcpy(head + DLO_ETHER_DST, plan->punt_dst.addr_bytes, DLO_MAC_LEN);
	memcpy(head + DLO_ETHER_SRC, plan->punt_src.addr_bytes, DLO_MAC_LEN);
	dlo_packet_clear_offloads(m);
	return DLO_PUNTED;
}

enum dlo_verdict
dlo_forward_dst(const struct rte_mbuf *m, struct dlo_station *ret)
{
	const uint8_t *head = rte_pktmbuf_mtod(m, const uint8_t *);
	const uint8_t *ip = head + DLO_ETHER_HLEN;
	bool four;

	if (rte_pktmbuf_data_len(m) < DLO_ETHER_HLEN + DLO_IPV4_HLEN)
		return DLO_DROP_TOO_BIG;
	four = dlo_get16(head + DLO_ETHER_TYPE) == DLO_TYPE_IPV4;
	if (!four && rte_pktmbuf_data_len(m) < HEAD_WANTED)
		return DLO_DROP_TOO_BIG;
	memset(ret, 0, sizeof(*ret));
	ret->family = four ? 4 : 6;
	memcpy(ret->addr, ip + (four ? DLO_IPV4_DST : DLO_IPV6_DST), four ? 4 : 16);
	return DLO_FORWARDED;
}

/* The shortest frame is padded with zeroes; a driver that pads by itself has nothing to do then. */
static void
pad(struct rte_mbuf *m)
{
	uint32_t len = rte_pktmbuf_pkt_len(m);
	char *tail;

	if (len >= DLO_ETHER_MIN)
		return;
	tail = rte_pktmbuf_append(m, (uint16_t)(DLO_ETHER_MIN - len));
	if (tail != NULL)
		memset(tail, 0, DLO_ETHER_MIN - len);
}

enum dlo_verdict
dlo_forward(struct rte_mbuf *m, const struct rte_ether_addr *src, const struct dlo_station *hop,
	uint32_t mtu)
{
	uint16_t tags = (uint16_t)(hop->nb_tags * DLO_TAG_LEN);
	uint8_t *head;

	if (rte_pktmbuf_pkt_len(m) > mtu + DLO_ETHER_HLEN)
		return DLO_DROP_TOO_BIG;
	/* Padding is written to the last one. */
	if (dlo_segment_is_shared(m) || (rte_pktmbuf_pkt_len(m) + tags < DLO_ETHER_MIN &&
		dlo_segment_is_shared(rte_pktmbuf_lastseg(m))))
		return DLO_DROP_SHARED;
	head = (uint8_t *)rte_pktmbuf_prepend(m, tags);
	if (head == NULL)
		return DLO_DROP_TOO_BIG;
	memcpy(head + DLO_ETHER_DST, hop->mac.addr_bytes, DLO_MAC_LEN);
	memcpy(head + DLO_ETHER_SRC, src->addr_bytes, DLO_MAC_LEN);
	memcpy(head + DLO_ETHER_TYPE, hop->tags, tags);
	if (tags > 0)
		m->packet_type = RTE_PTYPE_UNKNOWN;
	pad(m);
	dlo_packet_clear_offloads(m);
	return DLO_FORWARDED;
}

uint16_t
dlo_reply_owner(const struct dlo_plan *plan, const struct rte_mbuf *m)
{
	const uint8_t *head = rte_pktmbuf_mtod(m, const uint8_t *);
	uint32_t len = rte_pktmbuf_data_len(m), off = DLO_ETHER_TYPE;

	for (unsigned int tags = 0; off + 2 <= len && tags <= DLO_TAGS_MAX; tags++) {
		switch (dlo_get16(head + off)) {
		case DLO_TYPE_ARP:
			off += 2 + DLO_ARP_SPA;
			return off + 4 <= len ? dlo_owner4(plan, head + off) : DLO_OWNER_NOBODY;
		case DLO_TYPE_IPV4:
			off += 2 + DLO_IPV4_SRC;
			return off + 4 <= len ? dlo_owner4(plan, head + off) : DLO_OWNER_NOBODY;
		case DLO_TYPE_IPV6:
			off += 2 + DLO_IPV6_SRC;
			return off + 16 <= len ? dlo_addr_owner6(plan->addresses, head + off) :
						 DLO_OWNER_NOBODY;
		default:
			off += DLO_TAG_LEN;
		}
	}
	return DLO_OWNER_NOBODY;
}
