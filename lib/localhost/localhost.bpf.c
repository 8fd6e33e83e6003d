/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * Two programs that lead lo through the link: one where lo sends, one where the link receives. Lo's
 * own traffic goes on untouched whenever anything is not as it should be: each test here that fails
 * says "not mine", and the packet takes the way it would have taken without us.
 */

#include <linux/types.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "localhost/shared.h"

/* In every network namespace (kernel: LOOPBACK_IFINDEX). */
#define LO_IFINDEX 1

#define PROTO_HOP_BY_HOP 0
#define PROTO_ICMP 1
#define PROTO_TCP 6
#define PROTO_UDP 17
#define PROTO_FRAGMENT 44
#define PROTO_ICMPV6 58

#define IPV4_OFFSET_MASK 0x1fff
#define IPV6_OFFSET_MASK 0xfff8

char LICENSE[] SEC("license") = "BSD";

/* Set before the programs are loaded: the verifier removes what cannot happen. */
const volatile __u32 nb_beats = 0;
const volatile __u64 stall_ns = 0;
const volatile __u8 carry_all = 0;
const volatile __u8 tcp_ports[DLO_LOCALHOST_PORT_BYTES] = {};
const volatile __u8 udp_ports[DLO_LOCALHOST_PORT_BYTES] = {};

/*
 * A table and no switch: pointers that differ by the path they came on are for those with
 * CAP_PERFMON, which is not needed otherwise. The rest is DLO_LOCALHOST_OTHER.
 */
const volatile __u8 proto_index[256] = {
	[PROTO_ICMP] = DLO_LOCALHOST_ICMP,
	[PROTO_TCP] = DLO_LOCALHOST_TCP,
	[PROTO_UDP] = DLO_LOCALHOST_UDP,
	[PROTO_ICMPV6] = DLO_LOCALHOST_ICMP,
};

/* Written by the process while the programs run. */
struct dlo_localhost_beat beats[DLO_LOCALHOST_BEATS] = {};
volatile __u32 enabled = 0;

/*
 * The kernel takes the entry out when the link's interface goes, whoever killed its owner; an
 * ifindex of our own keeping could be dead, or somebody else's by now.
 */
struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} the_link SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct dlo_localhost_counts);
} counts SEC(".maps");

struct packet {
	__u8 proto;
	__u8 has_ports; /* TCP or UDP, and not a later fragment */
	__u32 l4;
};

/* 127.0.0.0/8, without the two addresses of it that are broadcasts. */
static __always_inline int
is_loopback4(__u32 addr)
{
	return addr >> 24 == 127 && addr != 0x7f000000 && addr != 0x7fffffff;
}

static __always_inline int
parse_ipv4(struct __sk_buff *skb, struct packet *p)
{
	__u8 ip[20];
	__u32 src, dst;

	if (bpf_skb_load_bytes(skb, ETH_HLEN, ip, sizeof(ip)) != 0)
		return 0;
	__builtin_memcpy(&src, ip + 12, sizeof(src));
	__builtin_memcpy(&dst, ip + 16, sizeof(dst));
	if (ip[0] >> 4 != 4 || !is_loopback4(bpf_ntohl(src)) || !is_loopback4(bpf_ntohl(dst)))
		return 0;
	p->proto = ip[9];
	p->l4 = ETH_HLEN + (ip[0] & 0xf) * 4;
	p->has_ports = ((ip[6] << 8 | ip[7]) & IPV4_OFFSET_MASK) == 0;
	return 1;
}

static __always_inline int
is_loopback6(const __u8 *addr)
{
	__u32 word[4];

	__builtin_memcpy(word, addr, sizeof(word));
	return (word[0] | word[1] | word[2]) == 0 && word[3] == bpf_htonl(1);
}

static __always_inline int
parse_ipv6(struct __sk_buff *skb, struct packet *p)
{
	__u8 ip[40], ext[4];

	if (bpf_skb_load_bytes(skb, ETH_HLEN, ip, sizeof(ip)) != 0)
		return 0;
	if (ip[0] >> 4 != 6 || !is_loopback6(ip + 8) || !is_loopback6(ip + 24))
		return 0;
	p->proto = ip[6];
	p->l4 = ETH_HLEN + sizeof(ip);
	p->has_ports = 1;
	/* With the jumbo option TCP makes frames of more than 64 KiB; the link's driver cuts them. */
	if (p->proto == PROTO_HOP_BY_HOP) {
		if (bpf_skb_load_bytes(skb, p->l4, ext, sizeof(ext)) != 0)
			return 0;
		p->proto = ext[0];
		p->l4 += (ext[1] + 1) * 8;
	}
	if (p->proto == PROTO_FRAGMENT) {
		if (bpf_skb_load_bytes(skb, p->l4, ext, sizeof(ext)) != 0)
			return 0;
		p->proto = ext[0];
		p->l4 += 8;
		p->has_ports = ((ext[2] << 8 | ext[3]) & IPV6_OFFSET_MASK) == 0;
	}
	return 1;
}

/* @return whether the packet goes from a loopback address to one */
static __always_inline int
parse(struct __sk_buff *skb, struct packet *p)
{
	/* A tag in front of it: nothing that lo makes. */
	if (skb->vlan_present)
		return 0;
	if (skb->protocol == bpf_htons(ETH_P_IP))
		return parse_ipv4(skb, p);
	if (skb->protocol == bpf_htons(ETH_P_IPV6))
		return parse_ipv6(skb, p);
	return 0;
}

static __always_inline int
has_port(const volatile __u8 *ports, __u16 port)
{
	__u32 at = port >> 3;

	/* The verifier of Linux 6.1 does not see that a swapped port has 16 bits, and the compiler does. */
	asm volatile("" : "+r"(at));
	return ports[at & (DLO_LOCALHOST_PORT_BYTES - 1)] >> (port & 7) & 1;
}

/* Either side's port counts. A later fragment has none: it stays with lo, where both ends meet. */
static __always_inline int
is_wanted(struct __sk_buff *skb, const struct packet *p)
{
	__u16 port[2];

	if (carry_all)
		return 1;
	if (!p->has_ports || (p->proto != PROTO_TCP && p->proto != PROTO_UDP))
		return 0;
	if (bpf_skb_load_bytes(skb, p->l4, port, sizeof(port)) != 0)
		return 0;
	port[0] = bpf_ntohs(port[0]);
	port[1] = bpf_ntohs(port[1]);
	if (p->proto == PROTO_TCP)
		return has_port(tcp_ports, port[0]) || has_port(tcp_ports, port[1]);
	return has_port(udp_ports, port[0]) || has_port(udp_ports, port[1]);
}

/*
 * The oldest sign of life decides: a flow must not depend on the queue that it hashes to.
 *
 * Unrolled, for the kernel also follows the ways that a CPU might guess: there the loop's counter is
 * not known, and Linux 6.1 lets only those with CAP_PERFMON move a pointer by what is not known.
 */
static __always_inline int
is_polled(void)
{
	__u64 now = bpf_ktime_get_coarse_ns();

#pragma clang loop unroll(full)
	for (__u32 i = 0; i < DLO_LOCALHOST_BEATS; i++) {
		__u64 beat = *(volatile __u64 *)&beats[i].ns;

		if (i >= nb_beats)
			break;
		if ((__s64)(now - beat) > (__s64)stall_ns)
			return 0;
	}
	return 1;
}

SEC("tc")
int
dlo_lo_egress(struct __sk_buff *skb)
{
	struct dlo_localhost_counts *c;
	struct packet p = {};
	__u32 zero = 0;
	__u32 *ifindex;

	if (!parse(skb, &p) || !is_wanted(skb, &p))
		return TC_ACT_UNSPEC;
	c = bpf_map_lookup_elem(&counts, &zero);
	if (c == NULL)
		return TC_ACT_UNSPEC;
	if (!enabled) {
		c->native_off++;
		return TC_ACT_UNSPEC;
	}
	if (!is_polled()) {
		c->native_stalled++;
		return TC_ACT_UNSPEC;
	}
	ifindex = bpf_map_lookup_elem(&the_link, &zero);
	if (ifindex == NULL) {
		c->native_gone++;
		return TC_ACT_UNSPEC;
	}
	c->out[proto_index[p.proto] & (DLO_LOCALHOST_PROTOS - 1)]++;
	c->out_bytes += skb->len;
	return bpf_redirect(*ifindex, 0);
}

/*
 * Only what left lo comes back to it: both MACs zero, as lo makes them, and loopback addresses at
 * both ends. Nothing that a wire sends looks like that, for the pipeline gives the host its frames
 * with the interface's own MAC.
 */
SEC("tc")
int
dlo_link_ingress(struct __sk_buff *skb)
{
	struct dlo_localhost_counts *c;
	struct packet p = {};
	__u32 zero = 0;
	__u32 mac[3];

	if (bpf_skb_load_bytes(skb, 0, mac, sizeof(mac)) != 0)
		return TC_ACT_UNSPEC;
	if ((mac[0] | mac[1] | mac[2]) != 0 || !parse(skb, &p))
		return TC_ACT_UNSPEC;
	c = bpf_map_lookup_elem(&counts, &zero);
	if (c != NULL) {
		c->back[proto_index[p.proto] & (DLO_LOCALHOST_PROTOS - 1)]++;
		c->back_bytes += skb->len;
	}
	return bpf_redirect(LO_IFINDEX, BPF_F_INGRESS);
}
