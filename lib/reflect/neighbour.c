/* SPDX-License-Identifier: BSD-3-Clause */
/* The asking side of ARP (RFC 826) and neighbour discovery (RFC 4861 7.2). */
#include <string.h>

#include <rte_mbuf.h>

#include "answer/answer.h"
#include "frame/cksum.h"
#include "reflect/guard.h"
#include "reflect/packet.h"
#include "reflect/punt.h"

static bool
arp_heard(const struct dlo_plan *plan, const struct dlo_packet *p, struct dlo_station *ret)
{
	const uint8_t *arp = p->head + p->frame.l3_off;

	if (dlo_get16(arp + DLO_ARP_HRD) != 1 || dlo_get16(arp + DLO_ARP_PRO) != DLO_TYPE_IPV4 ||
		arp[DLO_ARP_HLN] != 6 || arp[DLO_ARP_PLN] != 4 ||
		dlo_get16(arp + DLO_ARP_OP) != DLO_ARP_REPLY ||
		!dlo_is_ours4(plan, arp + DLO_ARP_TPA) ||
		memcmp(arp + DLO_ARP_SHA, p->head + DLO_ETHER_SRC, DLO_MAC_LEN) != 0)
		return false;
	ret->family = 4;
	memcpy(ret->addr, arp + DLO_ARP_SPA, 4);
	memcpy(ret->mac.addr_bytes, arp + DLO_ARP_SHA, DLO_MAC_LEN);
	return true;
}

/* RFC 4861 7.1.2, as far as it is about what is taken over here. */
static bool
na_heard(const struct dlo_plan *plan, const struct dlo_packet *p, struct dlo_station *ret)
{
	const struct dlo_frame *f = &p->frame;
	const uint8_t *ip = p->head + f->l3_off, *icmp = p->head + f->l4_off, *lla;

	if (f->l4 != DLO_L4_ICMPV6 || f->l4_off != f->l3_off + DLO_IPV6_HLEN ||
		(f->flags & DLO_FRAME_FRAG_HDR) != 0 ||
		(uint32_t)f->l4_off + DLO_ND_HLEN > f->l3_end ||
		icmp[DLO_ICMP_TYPE] != DLO_ICMPV6_NA || icmp[DLO_ICMP_CODE] != 0 ||
		ip[DLO_IPV6_HOPS] != 255 || !dlo_is_ours6(plan, ip + DLO_IPV6_DST) ||
		(dlo_get32(icmp + DLO_ND_FLAGS) & DLO_ND_SOLICITED) == 0)
		return false;
	lla = dlo_nd_lla(p, DLO_ND_OPT_TLLA);
	if (lla == NULL || !dlo_packet_l4_sum_is_good(p))
		return false;
	ret->family = 6;
	memcpy(ret->addr, icmp + DLO_ND_TARGET, 16);
	memcpy(ret->mac.addr_bytes, lla, DLO_MAC_LEN);
	return true;
}

bool
dlo_neighbour_heard(const struct dlo_plan *plan, struct rte_mbuf *m, struct dlo_station *ret)
{
	struct dlo_station from = { 0 };
	struct dlo_packet p;
	uint64_t mac;
	bool heard;

	dlo_packet_load(&p, m);
	if (p.len < DLO_ETHER_HLEN)
		return false;
	dlo_frame_parse(p.head, p.len, &p.frame);
	if (p.frame.fault != DLO_FAULT_NONE || p.frame.nb_tags > 0 ||
		!dlo_is_to_our_mac(plan, p.head))
		return false;
	if (p.frame.l3 == DLO_L3_ARP)
		heard = arp_heard(plan, &p, &from);
	else
		heard = p.frame.l3 == DLO_L3_IPV6 && na_heard(plan, &p, &from);
	mac = dlo_get48(from.mac.addr_bytes);
	if (!heard || mac == 0 || dlo_mac_is_group(mac))
		return false;
	*ret = from;
	return true;
}

bool
dlo_neighbour_conflict(struct rte_mbuf *m, struct dlo_station *ret)
{
	struct dlo_station from = { 0 };
	const uint8_t *l3;
	struct dlo_packet p;

	dlo_packet_load(&p, m);
	if (p.len < DLO_ETHER_HLEN)
		return false;
	dlo_frame_parse(p.head, p.len, &p.frame);
	l3 = p.head + p.frame.l3_off;
	if (p.frame.fault != DLO_FAULT_NONE)
		return false;
	if (p.frame.l3 == DLO_L3_ARP) {
		from.family = 4;
		/* A probe has no sender: it is about what it asks for. */
		memcpy(from.addr, l3 + (dlo_get32(l3 + DLO_ARP_SPA) != 0 ? DLO_ARP_SPA : DLO_ARP_TPA), 4);
		memcpy(from.mac.addr_bytes, l3 + DLO_ARP_SHA, DLO_MAC_LEN);
	} else if (p.frame.l3 == DLO_L3_IPV6 && p.frame.l4 == DLO_L4_ICMPV6 &&
		(uint32_t)p.frame.l4_off + DLO_ND_HLEN <= p.head_len) {
		from.family = 6;
		memcpy(from.addr, dlo_nd_claimed(&p), 16);
		memcpy(from.mac.addr_bytes, p.head + DLO_ETHER_SRC, DLO_MAC_LEN);
	} else {
		return false;
	}
	*ret = from;
	return true;
}

/* A broadcast request; @sender: IPv4 address, @target: the one that is asked for */
static uint32_t
put_arp(uint8_t *buf, const struct rte_ether_addr *mac, const uint8_t *sender, const uint8_t *target)
{
	uint8_t *arp = buf + DLO_ETHER_HLEN;

	memset(buf, 0, DLO_ETHER_MIN);
	memset(buf + DLO_ETHER_DST, 0xff, DLO_MAC_LEN);
	memcpy(buf + DLO_ETHER_SRC, mac->addr_bytes, DLO_MAC_LEN);
	dlo_put16(buf + DLO_ETHER_TYPE, DLO_TYPE_ARP);
	dlo_put16(arp + DLO_ARP_HRD, 1);
	dlo_put16(arp + DLO_ARP_PRO, DLO_TYPE_IPV4);
	arp[DLO_ARP_HLN] = 6;
	arp[DLO_ARP_PLN] = 4;
	dlo_put16(arp + DLO_ARP_OP, DLO_ARP_REQUEST);
	memcpy(arp + DLO_ARP_SHA, mac->addr_bytes, DLO_MAC_LEN);
	memcpy(arp + DLO_ARP_SPA, sender, 4);
	memcpy(arp + DLO_ARP_TPA, target, 4);
	return DLO_ETHER_MIN;
}

/* A message to a group; @opt: type of the option with our MAC in it. All addresses are of 16 bytes. */
static uint32_t
put_nd(uint8_t *buf, const struct rte_ether_addr *mac, uint8_t type, const uint8_t *src,
	const uint8_t *group, const uint8_t *target, uint8_t opt)
{
	const uint32_t len = DLO_ND_HLEN + DLO_ND_OPT_LLA_LEN;
	uint8_t *ip = buf + DLO_ETHER_HLEN, *icmp = ip + DLO_IPV6_HLEN;

	memset(buf, 0, DLO_ETHER_HLEN + DLO_IPV6_HLEN + len);
	/* RFC 2464 7 */
	buf[DLO_ETHER_DST] = 0x33;
	buf[DLO_ETHER_DST + 1] = 0x33;
	memcpy(buf + DLO_ETHER_DST + 2, group + 12, 4);
	memcpy(buf + DLO_ETHER_SRC, mac->addr_bytes, DLO_MAC_LEN);
	dlo_put16(buf + DLO_ETHER_TYPE, DLO_TYPE_IPV6);
	ip[0] = 0x60;
	dlo_put16(ip + DLO_IPV6_PAYLOAD, len);
	ip[DLO_IPV6_NEXT] = DLO_PROTO_ICMPV6;
	ip[DLO_IPV6_HOPS] = 255;
	memcpy(ip + DLO_IPV6_SRC, src, 16);
	memcpy(ip + DLO_IPV6_DST, group, 16);
	icmp[DLO_ICMP_TYPE] = type;
	if (type == DLO_ICMPV6_NA)
		dlo_put32(icmp + DLO_ND_FLAGS, DLO_ND_OVERRIDE);
	memcpy(icmp + DLO_ND_TARGET, target, 16);
	icmp[DLO_ND_HLEN] = opt;
	icmp[DLO_ND_HLEN + 1] = 1;
	memcpy(icmp + DLO_ND_HLEN + 2, mac->addr_bytes, DLO_MAC_LEN);
	dlo_put16(icmp + DLO_ICMP_CKSUM,
		~dlo_cksum_fold(dlo_cksum_pseudo6(ip, DLO_PROTO_ICMPV6, len) +
			dlo_cksum_sum(icmp, len)));
	return DLO_ETHER_HLEN + DLO_IPV6_HLEN + len;
}

uint32_t
dlo_neighbour_ask(uint8_t *buf, const struct dlo_station *who, const struct rte_ether_addr *mac,
	const uint8_t *own)
{
	static const uint8_t unspecified[16];
	/* RFC 4291 2.7.1: ends like the address. */
	uint8_t group[16] = { 0xff, 0x02, [11] = 0x01, 0xff };
	bool is_probe;

	if (who->family == 4)
		return put_arp(buf, mac, own, who->addr);
	memcpy(group + 13, who->addr + 13, 3);
	is_probe = memcmp(own, unspecified, 16) == 0;
	/* RFC 7527: by its nonce what a mirror sends back is known; nobody else has our MAC. */
	return put_nd(buf, mac, DLO_ICMPV6_NS, own, group, who->addr,
		is_probe ? DLO_ND_OPT_NONCE : DLO_ND_OPT_SLLA);
}

uint32_t
dlo_neighbour_tell(uint8_t *buf, const struct dlo_station *who, const struct rte_ether_addr *mac)
{
	static const uint8_t all_nodes[16] = { 0xff, 0x02, [15] = 0x01 };

	return who->family == 4 ?
		put_arp(buf, mac, who->addr, who->addr) :
		put_nd(buf, mac, DLO_ICMPV6_NA, who->addr, all_nodes, who->addr, DLO_ND_OPT_TLLA);
}
