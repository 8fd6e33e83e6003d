/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_STEER_MATCH_BPF_H
#define DLO_STEER_MATCH_BPF_H

/*
 * Does a rule ask for this frame? The same for an XDP program and one of tc: where the bytes come from
 * is the business of peek(), which whoever includes this has, and of its context's type.
 */

#include <linux/if_ether.h>
#include <bpf/bpf_endian.h>

#include "steer/shared.h"

#define TAGS_MAX 2
#define NO_TAG 0xffff

#define PROTO_TCP 6
#define PROTO_UDP 17
#define PROTO_SCTP 132

#define IPV4_OFFSET_MASK 0x1fff

/* Room for whatever is looked at in one piece, for a peek() that has to copy. */
struct piece {
	__u64 words[5];
};

/* @return @len bytes at @at of the frame, in @room or elsewhere; NULL: it is shorter than that */
static __always_inline const void *peek(STEER_CTX *ctx, __u32 at, __u32 len, struct piece *room);

/* Filled in before the program is loaded: constants to the verifier, which removes what no rule asks for. */
const volatile struct dlo_steer_table table = { .magic = DLO_STEER_MAGIC };

struct ethernet {
	__u8 dst[6];
	__u8 src[6];
	__be16 type;
};

struct tag {
	__be16 tci;
	__be16 type;
};

struct ipv4 {
	__u8 version_ihl;
	__u8 tos;
	__be16 len, id, frag;
	__u8 ttl;
	__u8 proto;
	__be16 sum;
	__u32 src, dst;
};

struct ipv6 {
	__u32 version;
	__be16 len;
	__u8 next;
	__u8 hops;
	__u32 src[4], dst[4];
};

/* What rules look at. Ports are there when has_ports is. */
struct packet {
	__u64 src_mac, dst_mac;
	__u32 src[4], dst[4];
	__u32 vlan; /* of the outer tag; NO_TAG */
	__u32 type;
	__u32 proto; /* 256: no IP */
	__u32 has_ports;
	__u32 src_port, dst_port;
};

static __always_inline __u64
mac_of(const __u8 *b)
{
	return (__u64)b[0] << 40 | (__u64)b[1] << 32 | (__u64)b[2] << 24 | (__u64)b[3] << 16 |
		(__u64)b[4] << 8 | b[5];
}

static __always_inline void
parse_ports(struct packet *p, STEER_CTX *ctx, __u32 at)
{
	struct piece room;
	const __be16 *ports;

	if (p->proto != PROTO_TCP && p->proto != PROTO_UDP && p->proto != PROTO_SCTP)
		return;
	ports = peek(ctx, at, 2 * sizeof(*ports), &room);
	if (!ports)
		return;
	p->src_port = bpf_ntohs(ports[0]);
	p->dst_port = bpf_ntohs(ports[1]);
	p->has_ports = 1;
}

static __always_inline void
parse_ip(struct packet *p, STEER_CTX *ctx, __u32 at)
{
	struct piece room;

	if (p->type == ETH_P_IP) {
		const struct ipv4 *ip = peek(ctx, at, sizeof(*ip), &room);
		__u32 len;

		if (!ip || ip->version_ihl >> 4 != 4)
			return;
		p->proto = ip->proto;
		p->src[0] = ip->src;
		p->dst[0] = ip->dst;
		len = (ip->version_ihl & 0x0f) * 4;
		if (len >= sizeof(*ip) && (ip->frag & bpf_htons(IPV4_OFFSET_MASK)) == 0)
			parse_ports(p, ctx, at + len);
	} else if (p->type == ETH_P_IPV6) {
		const struct ipv6 *ip = peek(ctx, at, sizeof(*ip), &room);

		if (!ip)
			return;
		p->proto = ip->next;
		for (int i = 0; i < 4; i++) {
			p->src[i] = ip->src[i];
			p->dst[i] = ip->dst[i];
		}
		parse_ports(p, ctx, at + sizeof(*ip));
	}
}

/*
 * @param vlan of a tag in front of the frame that was taken out of it; NO_TAG: none was
 * @return 0 for a frame without an Ethernet header.
 */
static __always_inline int
parse(struct packet *p, STEER_CTX *ctx, __u32 vlan)
{
	struct piece room;
	const struct ethernet *eth = peek(ctx, 0, sizeof(*eth), &room);
	__u32 at = sizeof(*eth);

	if (!eth)
		return 0;
	p->dst_mac = mac_of(eth->dst);
	p->src_mac = mac_of(eth->src);
	p->type = bpf_ntohs(eth->type);
	p->vlan = vlan;
	p->proto = 256;
	for (int i = vlan != NO_TAG; i < TAGS_MAX; i++) {
		const struct tag *tag;

		if (p->type != ETH_P_8021Q && p->type != ETH_P_8021AD)
			break;
		tag = peek(ctx, at, sizeof(*tag), &room);
		if (!tag)
			return 1;
		if (p->vlan == NO_TAG)
			p->vlan = bpf_ntohs(tag->tci) & 0x0fff;
		p->type = bpf_ntohs(tag->type);
		at += sizeof(*tag);
	}
	parse_ip(p, ctx, at);
	return 1;
}

static __always_inline int
is_in(const volatile struct dlo_steer_addr *a, const __u32 *addr, __u32 type)
{
	if (type == ETH_P_IP)
		return (addr[0] & a->mask[0]) == a->addr[0];
	return (((addr[0] & a->mask[0]) ^ a->addr[0]) | ((addr[1] & a->mask[1]) ^ a->addr[1]) |
		((addr[2] & a->mask[2]) ^ a->addr[2]) | ((addr[3] & a->mask[3]) ^ a->addr[3])) == 0;
}

static __always_inline int
is_port(const volatile struct dlo_steer_ports *ports, __u32 port)
{
	return port >= ports->first && port <= ports->last;
}

static __always_inline int
matches_link(const volatile struct dlo_steer_rule *r, const struct packet *p)
{
	__u32 want = r->want;

	if (want & DLO_STEER_SRC_MAC && p->src_mac != r->src_mac)
		return 0;
	if (want & DLO_STEER_DST_MAC && p->dst_mac != r->dst_mac)
		return 0;
	if (want & DLO_STEER_MAC && p->src_mac != r->src_mac && p->dst_mac != r->dst_mac)
		return 0;
	if (want & DLO_STEER_VLAN && p->vlan != r->vlan)
		return 0;
	return !(want & DLO_STEER_TYPE) || p->type == r->type;
}

static __always_inline int
matches(const volatile struct dlo_steer_rule *r, const struct packet *p)
{
	__u32 want = r->want;

	if (!matches_link(r, p))
		return 0;
	if (want & DLO_STEER_PROTO && p->proto != r->proto)
		return 0;
	if (want & DLO_STEER_SRC_ADDR && !is_in(&r->src, p->src, r->type))
		return 0;
	if (want & DLO_STEER_DST_ADDR && !is_in(&r->dst, p->dst, r->type))
		return 0;
	if (want & DLO_STEER_ADDR && !is_in(&r->src, p->src, r->type) &&
		!is_in(&r->dst, p->dst, r->type))
		return 0;
	if (want & (DLO_STEER_SRC_PORT | DLO_STEER_DST_PORT | DLO_STEER_PORT) && !p->has_ports)
		return 0;
	if (want & DLO_STEER_SRC_PORT && !is_port(&r->src_port, p->src_port))
		return 0;
	if (want & DLO_STEER_DST_PORT && !is_port(&r->dst_port, p->dst_port))
		return 0;
	if (want & DLO_STEER_PORT && !is_port(&r->src_port, p->src_port) &&
		!is_port(&r->dst_port, p->dst_port))
		return 0;
	return 1;
}

/* @return whether any rule asks for it */
static __always_inline int
is_asked_for(STEER_CTX *ctx, __u32 vlan)
{
	struct packet p = {};

	if (!parse(&p, ctx, vlan))
		return 0;
#pragma unroll
	for (unsigned int i = 0; i < DLO_STEER_RULES_MAX; i++) {
		if (i < table.nb_rules && matches(&table.rules[i], &p))
			return 1;
	}
	return 0;
}

#endif
