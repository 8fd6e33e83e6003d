/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Mixed frames in vectors: no two alike, and no branch that depends on what they are. Included by
 * burst_kernel.h, once for each instruction set.
 *
 * LANES frames at a time are turned into columns: lane i of the column "bytes 12..15" has those of
 * frame i. Parsing, lengths and guards are arithmetic on columns, and end in one mask: the frames
 * that are sound, ordinary and nobody's but the sender's. They are turned round, each with the
 * permutation of its shape; all others are left, untouched, for the oracle. So this code has to
 * know what makes a frame ordinary, and nothing about what becomes of those that are not: whenever
 * dlo_classify() learns to look at something new, frames that have it must be odd here.
 *
 * Columns are read from frames of any length, as far as the buffer goes: what lies behind the end of
 * a frame may lead anywhere, but the lengths found there do not hold then, and the frame is odd.
 */

/* Bytes of buffer from the start of the frame that may be read, and written with what they hold:
 * two tags, IPv6, and sixteen bytes of the L4 header. */
#define MIX_ROOM 80
/* Fewer frames are judged one by one. */
#define MIX_MIN 3

#define ODD_FLAGS (RTE_MBUF_F_INDIRECT | RTE_MBUF_F_EXTERNAL | DLO_TAGS_STRIPPED)

/* Numbers of two bytes as they stand in a frame. */
#define BE16(v) ((uint32_t)((v) >> 8 | ((v) & 0xff) << 8))

/*
 * Constants, in all lanes. They lie in memory, where every instruction can take them from: compilers
 * that know the values make them anew each time.
 */
#define CONSTANTS(X)                                                                               \
	X(one, 1) X(low8, 0xff) X(high8, 0xff00) X(low16, 0xffff)                                  \
	X(flags_low, (uint32_t)ODD_FLAGS) X(flags_high, (uint32_t)(ODD_FLAGS >> 32))               \
	X(vlan, BE16(DLO_TYPE_VLAN)) X(qinq, BE16(DLO_TYPE_QINQ))                                  \
	X(qinq_old, BE16(DLO_TYPE_QINQ_OLD)) X(tag_len, DLO_TAG_LEN)                               \
	X(ether_len, DLO_ETHER_HLEN) X(lengths, (DLO_ETHER_LENGTH_MAX >> 8) + 1)                   \
	X(ipv4, BE16(DLO_TYPE_IPV4)) X(ipv4_head, BE16(DLO_TYPE_IPV4) | 0x450000)                  \
	X(ipv4_mask, 0xffffff) X(ipv4_len, DLO_IPV4_HLEN) X(ipv4_src, DLO_IPV4_SRC)                \
	X(ipv6, BE16(DLO_TYPE_IPV6)) X(ipv6_head, BE16(DLO_TYPE_IPV6) | 0x600000)                  \
	X(ipv6_mask, 0xf0ffff) X(ipv6_len, DLO_IPV6_HLEN) X(ipv6_src, DLO_IPV6_SRC)                \
	X(arp, BE16(DLO_TYPE_ARP)) X(mac_control, BE16(DLO_TYPE_MAC_CONTROL))                      \
	X(slow, BE16(DLO_TYPE_SLOW)) X(eapol, BE16(DLO_TYPE_EAPOL))                                \
	X(lldp, BE16(DLO_TYPE_LLDP)) X(ptp, BE16(DLO_TYPE_PTP)) X(cfm, BE16(DLO_TYPE_CFM))         \
	X(ctp, BE16(DLO_TYPE_CTP)) X(probe, BE16(DLO_TYPE_PROBE))                                  \
	X(tcp, DLO_PROTO_TCP) X(udp, DLO_PROTO_UDP) X(sctp, DLO_PROTO_SCTP)                        \
	X(icmp, DLO_PROTO_ICMP) X(icmpv6, DLO_PROTO_ICMPV6) X(hopopt, DLO_PROTO_HOPOPT)            \
	X(routing, DLO_PROTO_ROUTING) X(fragment, DLO_PROTO_FRAGMENT) X(ah, DLO_PROTO_AH)          \
	X(dstopts, DLO_PROTO_DSTOPTS)                                                              \
	X(tcp_len, DLO_TCP_HLEN) X(udp_len, DLO_UDP_HLEN) X(sctp_len, DLO_SCTP_HLEN)               \
	X(icmp_len, DLO_ICMP_HLEN) X(icmpv6_len, DLO_ICMPV6_HLEN) X(tcp_doff, 0x3c)                \
	X(offset, BE16(DLO_IPV4_OFFSET)) X(offset_or_more, BE16(DLO_IPV4_OFFSET | DLO_IPV4_MORE))  \
	X(loopback_net, 127) X(last_net, 223)

struct constants {
#define X(name, value) lanes name;
	CONSTANTS(X)
#undef X
};

#if LANES == 4
#define IN_ALL(v) { v, v, v, v }
#elif LANES == 8
#define IN_ALL(v) { v, v, v, v, v, v, v, v }
#else
#define IN_ALL(v) { v, v, v, v, v, v, v, v, v, v, v, v, v, v, v, v }
#endif

static const struct constants constants = {
#define X(name, value) .name = IN_ALL(value),
	CONSTANTS(X)
#undef X
};

/* What the IP header says about the L4 header; masks, and its shortest length in bytes. */
struct l4 {
	lanes udp, tcp;
	lanes first; /* not a later fragment: the header is there */
	lanes whole; /* no fragment at all: its lengths are the frame's */
	lanes fixed;
};

/* A group of frames between two steps. Masks are ones or zeroes in a whole lane. */
struct group {
	uint8_t *d[LANES];
	uint32_t at_l3[LANES]; /* what is to be turned round: addresses, if any */
	uint32_t at_l4[LANES];
	uint32_t shape[LANES];
	lanes len;
	lanes bad; /* anything but zero: odd */
	lanes has_flags; /* anything but zero: receive offload flags have to be cleared */
	lanes v4, v6, ports;
	lanes to_us;
	lanes l4_len; /* bytes from the L4 header to the end of the datagram */
	struct l4 l4;
};

/* What the plan asks of all frames. Masks again. */
struct asks {
	const struct dlo_plan *plan;
	bool guards;
	bool zero_src; /* a zero source MAC means something: a guard, or a frame of lo */
	uint32_t own_only; /* frames to others are not accepted */
	uint32_t odd_ip_to_us; /* whose address it is decides about IP frames to our MAC */
	uint32_t odd_icmp; /* errors that quote a packet get more turned round than addresses */
	unsigned int nb_services;
	uint16_t services[DLO_UDP_SERVICES_MAX];
};

/* A group's EtherType and what follows it, tags taken out, and where its L3 header starts. */
struct l3 {
	lanes c12, c16, c20;
	lanes off;
};

INLINE lanes
where(lanes mask, lanes yes, lanes no)
{
	return no ^ ((yes ^ no) & mask);
}

INLINE lanes
same(lanes a, lanes b)
{
	return (lanes)(a == b);
}

INLINE lanes
zero(lanes v)
{
	return (lanes)(v == 0);
}

/* For values below 2^31. */
INLINE lanes
above(lanes a, lanes b)
{
	return (lanes)((ilanes)a > (ilanes)b);
}

/* The low two bytes as a number. */
INLINE lanes
number(const struct constants *k, lanes v)
{
	return (v >> 8 & k->low8) | (v << 8 & k->high8);
}

INLINE lanes
is_tag(const struct constants *k, lanes c)
{
	c &= k->low16;
	return same(c, k->vlan) | same(c, k->qinq) | same(c, k->qinq_old);
}

/* The columns of an mbuf that mix_mbufs() reads. */
_Static_assert(offsetof(struct rte_mbuf, data_off) == 16 && offsetof(struct rte_mbuf, refcnt) == 18 &&
		offsetof(struct rte_mbuf, nb_segs) == 20 && offsetof(struct rte_mbuf, ol_flags) == 24 &&
		offsetof(struct rte_mbuf, packet_type) == 32 && offsetof(struct rte_mbuf, pkt_len) == 36 &&
		offsetof(struct rte_mbuf, data_len) == 40,
	"columns of an mbuf are not where they were");

/* Frames at the very end of their buffers are odd, and something else is looked at instead. */
static __rte_noinline void
mix_hide(struct group *g, struct rte_mbuf *const *pkts)
{
	static const uint8_t nothing[MIX_ROOM];
	uint32_t hidden[LANES] = { 0 };
	lanes v;

	for (unsigned int i = 0; i < LANES; i++) {
		if (pkts[i]->buf_len >= pkts[i]->data_off + MIX_ROOM)
			continue;
		g->d[i] = (uint8_t *)(uintptr_t)nothing;
		hidden[i] = 1;
	}
	memcpy(&v, hidden, sizeof(v));
	g->bad |= v;
}

/* Step 1: where the frames are, and how they are held. */
INLINE void
mix_mbufs(struct group *g, struct rte_mbuf *const *pkts, const struct constants *k)
{
	const uint8_t *m[LANES];
	lanes held[4], rx[4];
	int room = 0;

	for (unsigned int i = 0; i < LANES; i++) {
		m[i] = (const uint8_t *)pkts[i];
		g->d[i] = rte_pktmbuf_mtod(pkts[i], uint8_t *);
		room |= (int)pkts[i]->buf_len - (int)pkts[i]->data_off - MIX_ROOM;
	}
	columns(m, offsetof(struct rte_mbuf, data_off), held);
	columns(m, offsetof(struct rte_mbuf, packet_type), rx);
	/* One reference, one segment, data of its own. */
	g->bad = (held[0] >> 16 ^ k->one) | ((held[1] & k->low16) ^ k->one);
	g->bad |= (held[2] & k->flags_low) | (held[3] & k->flags_high);
	g->has_flags = held[2] | held[3];
	g->len = rx[2] & k->low16;
	/* Of one segment, and as long as that. */
	g->bad |= rx[1] ^ g->len;
	if (unlikely(room < 0))
		mix_hide(g, pkts);
}

/* Where a MAC address is the one whose first four bytes and last two are given. */
INLINE lanes
is_mac(lanes head, lanes tail, const struct rte_ether_addr *mac)
{
	uint32_t first, last;

	memcpy(&first, mac->addr_bytes, sizeof(first));
	memcpy(&last, mac->addr_bytes + 2, sizeof(last));
	return zero((head ^ lanes_of(first)) | (tail ^ lanes_of(last) >> 16));
}

INLINE void
mix_macs(struct group *g, const struct asks *asks, const lanes c[4], const struct constants *k)
{
	const struct dlo_plan *plan = asks->plan;
	lanes dst = c[0], dst_tail = c[1] & k->low16;
	lanes src = c[1] >> 16 | c[2] << 16, src_tail = c[2] >> 16;

	/* Groups: of all modes, wire alone would let one pass. */
	g->bad |= dst & k->one;
	if (asks->guards) {
		g->bad |= src & k->one;
		g->bad |= zero((src ^ dst) | (src_tail ^ dst_tail));
		for (unsigned int i = 0; i < plan->nb_own_macs; i++)
			g->bad |= is_mac(src, src_tail, &plan->own_macs[i]);
	}
	if (asks->zero_src)
		g->bad |= zero(src | src_tail);
	g->to_us = is_mac(dst, dst_tail, &plan->mac);
	g->bad |= ~g->to_us & asks->own_only;
}

/* Up to two tags are looked through. @return lanes that have more */
INLINE lanes
mix_tags(struct l3 *l3, lanes c12, const lanes c[4], const struct constants *k)
{
	lanes once = is_tag(k, c12), twice, more = { 0 };

	l3->c12 = where(once, c[0], c12);
	l3->c16 = where(once, c[1], c[0]);
	l3->c20 = where(once, c[2], c[1]);
	l3->off = (once & k->tag_len) + k->ether_len;
	twice = once & is_tag(k, l3->c12);
	if (unlikely(any(twice))) {
		l3->c12 = where(twice, c[1], l3->c12);
		l3->c16 = where(twice, c[2], l3->c16);
		l3->c20 = where(twice, c[3], l3->c20);
		l3->off += twice & k->tag_len;
		more = is_tag(k, l3->c12);
	}
	return more;
}

/* EtherTypes whose frames are odd: links' own protocols, what has an answer, and lengths. */
INLINE lanes
is_odd_type(const struct constants *k, lanes type)
{
	return same(type, k->arp) | same(type, k->mac_control) | same(type, k->slow) |
		same(type, k->eapol) | same(type, k->lldp) | same(type, k->ptp) |
		same(type, k->cfm) | same(type, k->ctp) | same(type, k->probe) | above(k->lengths, type & k->low8);
}

/* Extension headers of IPv6. */
INLINE lanes
is_extension(const struct constants *k, lanes proto)
{
	return same(proto, k->hopopt) | same(proto, k->routing) | same(proto, k->fragment) |
		same(proto, k->ah) | same(proto, k->dstopts);
}

/* What is behind the tags, and where its L4 header is; lengths up to the end of the datagram. */
INLINE void
mix_types(struct group *g, const struct l3 *l3, const struct asks *asks,
	const struct constants *k)
{
	lanes type = l3->c12 & k->low16, v4 = same(l3->c12 & k->ipv4_mask, k->ipv4_head);
	lanes v6 = same(l3->c12 & k->ipv6_mask, k->ipv6_head), ip = v4 | v6;
	lanes proto = where(v6, l3->c20 & k->low8, l3->c20 >> 24);
	lanes udp = ip & same(proto, k->udp), tcp = ip & same(proto, k->tcp);
	lanes sctp = ip & same(proto, k->sctp), frag = v4 & l3->c20;
	lanes icmp = (v4 & same(proto, k->icmp)) | (v6 & same(proto, k->icmpv6));
	lanes len = number(k, where(v6, l3->c16 >> 16, l3->c16)), end, l4;

	g->bad |= (same(type, k->ipv4) | same(type, k->ipv6)) & ~ip;
	g->bad |= is_odd_type(k, type) | (v6 & is_extension(k, proto));
	g->bad |= icmp & (g->to_us | asks->odd_icmp);
	g->bad |= ip & g->to_us & asks->odd_ip_to_us;

	g->l4.first = zero(frag & k->offset);
	g->l4.whole = zero(frag & k->offset_or_more);
	g->l4.fixed = ((udp & k->udp_len) | (tcp & k->tcp_len) | (sctp & k->sctp_len) |
		(icmp & where(v6, k->icmpv6_len, k->icmp_len))) & g->l4.first;
	g->l4.udp = udp & g->l4.first;
	g->l4.tcp = tcp & g->l4.first;

	l4 = l3->off + (v4 & k->ipv4_len) + (v6 & k->ipv6_len);
	end = l3->off + (ip & len) + (v6 & k->ipv6_len);
	g->l4_len = end - l4;
	g->bad |= above(end, g->len) | above(l4 + g->l4.fixed, end);
	store_lanes(g->at_l3, l3->off + (v4 & k->ipv4_src) + (v6 & k->ipv6_src));
	store_lanes(g->at_l4, l4);
	g->v4 = v4;
	g->v6 = v6;
	g->ports = (udp | tcp | sctp) & g->l4.first;
}

/* Step 2: what the first 32 bytes say. */
INLINE void
mix_heads(struct group *g, const struct asks *asks, const struct constants *k)
{
	lanes head[4], tail[4];
	struct l3 l3;

	columns((const uint8_t *const *)g->d, 0, head);
	columns((const uint8_t *const *)g->d, 16, tail);
	mix_macs(g, asks, head, k);
	g->bad |= mix_tags(&l3, head[3], tail, k);
	mix_types(g, &l3, asks, k);
	IN_MEMORY(*g);
}

/* What the L4 header says about lengths, and whose it is. */
INLINE void
mix_l4(struct group *g, const struct asks *asks, const struct constants *k)
{
	const struct l4 *l4 = &g->l4;
	const uint8_t *at[LANES];
	lanes c[4], says;

	for (unsigned int i = 0; i < LANES; i++)
		at[i] = g->d[i] + g->at_l4[i];
	columns(at, 0, c);
	says = (l4->udp & number(k, c[1])) | (l4->tcp & c[3] >> 2 & k->tcp_doff);
	g->bad |= (l4->udp | l4->tcp) &
		(above(l4->fixed, says) | (l4->whole & above(says, g->l4_len)));
	for (unsigned int i = 0; i < asks->nb_services; i++)
		g->bad |= l4->udp & g->to_us &
			same(c[0] >> 16, lanes_of(rte_cpu_to_be_16(asks->services[i])));
}

/* This network and from 224 on; loopback. */
INLINE lanes
martian4(const struct constants *k, lanes addr)
{
	lanes net = addr & k->low8;

	return zero(net) | above(net, k->last_net) | same(net, k->loopback_net);
}

/* Multicast; and those that start with zeroes, which are for the oracle to tell apart. */
INLINE lanes
martian6(const struct constants *k, lanes start)
{
	return zero(start) | same(start & k->low8, k->low8);
}

/* In modes that leave addresses alone those of lo are odd, in the others what nobody has. */
INLINE void
mix_addresses(struct group *g, bool deep, const struct constants *k)
{
	const uint8_t *at[LANES];
	lanes a[4], b[4], differ4, differ6;

	for (unsigned int i = 0; i < LANES; i++)
		at[i] = g->d[i] + g->at_l3[i];
	columns(at, 0, a);
	columns(at, 16, b);
	if (!deep) {
		g->bad |= g->v4 & (same(a[0] & k->low8, k->loopback_net) |
			same(a[1] & k->low8, k->loopback_net));
		g->bad |= g->v6 & (zero(a[0]) | zero(b[0]));
		return;
	}
	differ4 = a[0] ^ a[1];
	differ6 = (a[0] ^ b[0]) | (a[1] ^ b[1]) | (a[2] ^ b[2]) | (a[3] ^ b[3]);
	g->bad |= g->v4 & (zero(differ4) | martian4(k, a[0]) | martian4(k, a[1]));
	g->bad |= g->v6 & (zero(differ6) | martian6(k, a[0]) | martian6(k, b[0]));
}

#include "reflect/mix_windows.h"

/* Step 3: what is further behind. @return a bit for each frame that is ordinary */
INLINE uint32_t
mix_tails(struct group *g, const struct asks *asks, enum turn turn, const struct constants *k)
{
	mix_l4(g, asks, k);
	if (asks->guards)
		mix_addresses(g, turn == TURN_DEEP, k);
	if (turn == TURN_DEEP) {
		g->ports &= lanes_of(asks->plan->mode >= DLO_MODE_L4 ? UINT32_MAX : 0);
		g->bad |= mix_shape(g);
	}
	return bits_of(zero(g->bad));
}

/* Frames that the filter does not take are odd. */
static __rte_noinline uint64_t
mix_filter(const struct dlo_filter *filter, struct rte_mbuf *const *pkts, uint64_t good)
{
	for (uint64_t left = good; left != 0; left &= left - 1) {
		unsigned int i = (unsigned int)__builtin_ctzll(left);

		if (!filter->match(filter->ctx, pkts[i]))
			good &= ~(UINT64_C(1) << i);
	}
	return good;
}

/* Step 4. */
INLINE void
mix_out(const struct group *g, enum turn turn, bool link, struct rte_mbuf **pkts, uint32_t good)
{
	if (likely(good == LANES_ALL)) {
		for (unsigned int i = 0; i < LANES; i++)
			mix_turn(g, turn, i);
	} else {
		for (uint32_t left = good; left != 0; left &= left - 1)
			mix_turn(g, turn, (unsigned int)__builtin_ctz(left));
	}
	if (!link && any(g->has_flags)) {
		for (uint32_t left = good; left != 0; left &= left - 1)
			pkts[__builtin_ctz(left)]->ol_flags = 0;
	}
}

/*
 * Step by step for all groups, and not group by group: the steps of one group wait for each other,
 * those of two do not.
 */
INLINE uint64_t
mix_frames(const struct dlo_plan *plan, enum turn turn, bool guards, struct rte_mbuf **pkts,
	uint16_t nb)
{
	struct rte_mbuf *all[DLO_BURST_MAX];
	struct group groups[DLO_BURST_MAX / LANES];
	unsigned int nb_groups = (nb + LANES - 1u) / LANES;
	const struct constants *k = &constants;
	struct asks asks = {
		.plan = plan,
		.guards = guards,
		.zero_src = guards || plan->carry,
		.own_only = plan->accept == DLO_ACCEPT_OWN ? UINT32_MAX : 0,
		.odd_ip_to_us = plan->punt || plan->forward ? UINT32_MAX : 0,
		.odd_icmp = plan->link ? UINT32_MAX : 0,
	};
	uint64_t wanted = nb < 64 ? (UINT64_C(1) << nb) - 1 : UINT64_MAX, done = 0;

	__asm__("" : "+r"(k));
	asks.nb_services = dlo_udp_services(plan, asks.services);
	if (nb % LANES != 0) {
		/* Lanes that are left over see the last frame again: they look, and do nothing. */
		memcpy(all, pkts, nb * sizeof(*pkts));
		for (unsigned int i = nb; i < nb_groups * LANES; i++)
			all[i] = pkts[nb - 1];
		pkts = all;
	}
	for (unsigned int i = 0; i < nb_groups; i++)
		mix_mbufs(&groups[i], pkts + i * LANES, k);
	for (unsigned int i = 0; i < nb_groups; i++)
		mix_heads(&groups[i], &asks, k);
	for (unsigned int i = 0; i < nb_groups; i++)
		done |= (uint64_t)mix_tails(&groups[i], &asks, turn, k) << i * LANES;
	done &= wanted;
	if (unlikely(plan->filter.match != NULL))
		done = mix_filter(&plan->filter, pkts, done);
	for (unsigned int i = 0; i < nb_groups; i++)
		mix_out(&groups[i], turn, plan->link, pkts + i * LANES,
			(uint32_t)(done >> i * LANES) & LANES_ALL);
	return done;
}

/* @return a bit for each frame that is turned round */
static uint64_t
mix(const struct dlo_plan *plan, struct rte_mbuf **pkts, uint16_t nb)
{
	/* Constants are written for little-endian columns. Where there is a loop nothing is ordinary. */
	if (RTE_BYTE_ORDER != RTE_LITTLE_ENDIAN || plan->loop_stop || nb < MIX_MIN)
		return 0;
	switch (plan->mode) {
	case DLO_MODE_WIRE:
		return plan->guards ? mix_frames(plan, TURN_NONE, true, pkts, nb) :
				      mix_frames(plan, TURN_NONE, false, pkts, nb);
	case DLO_MODE_MAC:
		return plan->guards ? mix_frames(plan, TURN_MACS, true, pkts, nb) :
				      mix_frames(plan, TURN_MACS, false, pkts, nb);
	default:
		return plan->guards ? mix_frames(plan, TURN_DEEP, true, pkts, nb) :
				      mix_frames(plan, TURN_DEEP, false, pkts, nb);
	}
}
