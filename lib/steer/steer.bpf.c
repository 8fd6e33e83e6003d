/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * Frames that match a rule go to the AF_XDP socket of their receive queue; all others, and those of
 * queues without a socket, take the way that they would have taken without this program. net_af_xdp
 * loads it, by its xdp_prog= argument: hence the name of the map.
 */

#include <linux/types.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "steer/shared.h"

#define QUEUES_MAX 256
#define TAGS_MAX 2

#define PROTO_TCP 6
#define PROTO_UDP 17
#define PROTO_SCTP 132

#define IPV4_OFFSET_MASK 0x1fff

char LICENSE[] SEC("license") = "BSD";

struct {
	__uint(type, BPF_MAP_TYPE_XSKMAP);
	__uint(max_entries, QUEUES_MAX);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} xsks_map SEC(".maps");

/* Filled in in the object file: constants to the verifier, which removes what no rule asks for. */
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
	__u32 vlan; /* 0xffff: no tag */
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
parse_ports(struct packet *p, const void *at, const void *end)
{
	const __be16 *ports = at;

	if ((const void *)(ports + 2) > end)
		return;
	if (p->proto != PROTO_TCP && p->proto != PROTO_UDP && p->proto != PROTO_SCTP)
		return;
	p->src_port = bpf_ntohs(ports[0]);
	p->dst_port = bpf_ntohs(ports[1]);
	p->has_ports = 1;
}

static __always_inline void
parse_ip(struct packet *p, const void *at, const void *end)
{
	if (p->type == ETH_P_IP) {
		const struct ipv4 *ip = at;
		__u32 len;

		if ((const void *)(ip + 1) > end || ip->version_ihl >> 4 != 4)
			return;
		p->proto = ip->proto;
		p->src[0] = ip->src;
		p->dst[0] = ip->dst;
		len = (ip->version_ihl & 0x0f) * 4;
		if (len >= sizeof(*ip) && (ip->frag & bpf_htons(IPV4_OFFSET_MASK)) == 0)
			parse_ports(p, at + len, end);
	} else if (p->type == ETH_P_IPV6) {
		const struct ipv6 *ip = at;

		if ((const void *)(ip + 1) > end)
			return;
		p->proto = ip->next;
		for (int i = 0; i < 4; i++) {
			p->src[i] = ip->src[i];
			p->dst[i] = ip->dst[i];
		}
		parse_ports(p, ip + 1, end);
	}
}

/* @return 0 for a frame without an Ethernet header. */
static __always_inline int
parse(struct packet *p, const void *at, const void *end)
{
	const struct ethernet *eth = at;

	if ((const void *)(eth + 1) > end)
		return 0;
	p->dst_mac = mac_of(eth->dst);
	p->src_mac = mac_of(eth->src);
	p->type = bpf_ntohs(eth->type);
	p->vlan = 0xffff;
	p->proto = 256;
	at = eth + 1;
	for (int i = 0; i < TAGS_MAX; i++) {
		const struct tag *tag = at;

		if (p->type != ETH_P_8021Q && p->type != ETH_P_8021AD)
			break;
		if ((const void *)(tag + 1) > end)
			return 1;
		if (i == 0)
			p->vlan = bpf_ntohs(tag->tci) & 0x0fff;
		p->type = bpf_ntohs(tag->type);
		at = tag + 1;
	}
	parse_ip(p, at, end);
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

/* Frames in several pieces, too: all headers lie in the first, and the kernel need not join them. */
SEC("xdp.frags")
int
dlo_steer(struct xdp_md *ctx)
{
	struct packet p = {};

	if (!parse(&p, (const void *)(long)ctx->data, (const void *)(long)ctx->data_end))
		return XDP_PASS;
#pragma unroll
	for (unsigned int i = 0; i < DLO_STEER_RULES_MAX; i++) {
		if (i < table.nb_rules && matches(&table.rules[i], &p))
			return bpf_redirect_map(&xsks_map, ctx->rx_queue_index, XDP_PASS);
	}
	return XDP_PASS;
}
