/* SPDX-License-Identifier: BSD-3-Clause */
#include "frame/frame.h"

#include <stdbool.h>

#include "frame/bytes.h"
#include "frame/proto.h"

/* A later header that the reader may look at: sound lengths, but how far may bytes be read? */
struct bounds {
	const uint8_t *head;
	uint32_t readable; /* of head */
	uint32_t end; /* of the datagram; may lie beyond readable */
};

enum reach {
	REACH_OK,
	REACH_CUT, /* the datagram ends before */
	REACH_FAR, /* it is there, but beyond what we look at */
};

static inline enum reach
reach(const struct bounds *b, uint32_t off, uint32_t len)
{
	if (off + len > b->end)
		return REACH_CUT;
	return off + len > b->readable ? REACH_FAR : REACH_OK;
}

static inline bool
is_tag(uint16_t type)
{
	return type == DLO_TYPE_VLAN || type == DLO_TYPE_QINQ || type == DLO_TYPE_QINQ_OLD;
}

/*
 * First fragments need the whole fixed header too: shorter ones exist only to slip past filters
 * (RFC 1858, RFC 3128). Their length fields speak of the whole datagram and are not compared.
 */
static void
parse_l4(const struct bounds *b, uint32_t off, bool v6, struct dlo_frame *f)
{
	bool whole = (f->flags & DLO_FRAME_FRAGMENT) == 0;
	uint32_t room = b->end - off;
	uint32_t fixed, says;
	uint8_t l4 = DLO_L4_PORTS;

	switch (f->proto) {
	case DLO_PROTO_TCP:
		fixed = DLO_TCP_HLEN;
		break;
	case DLO_PROTO_UDP:
		fixed = DLO_UDP_HLEN;
		break;
	case DLO_PROTO_SCTP:
		fixed = DLO_SCTP_HLEN;
		break;
	case DLO_PROTO_ICMP:
		if (v6)
			return;
		fixed = DLO_ICMP_HLEN;
		l4 = DLO_L4_ICMP;
		break;
	case DLO_PROTO_ICMPV6:
		if (!v6)
			return;
		fixed = DLO_ICMPV6_HLEN;
		l4 = DLO_L4_ICMPV6;
		break;
	default:
		return;
	}

	switch (reach(b, off, fixed)) {
	case REACH_CUT:
		f->fault = DLO_FAULT_TRUNCATED;
		return;
	case REACH_FAR:
		f->flags |= DLO_FRAME_OPTIONS;
		return;
	case REACH_OK:
		break;
	}

	says = fixed;
	if (f->proto == DLO_PROTO_TCP)
		says = (uint32_t)(b->head[off + DLO_TCP_DOFF] >> 4) * 4;
	else if (f->proto == DLO_PROTO_UDP)
		says = dlo_get16(b->head + off + DLO_UDP_LENGTH);
	if (says < fixed || (whole && says > room)) {
		f->fault = DLO_FAULT_TRUNCATED;
		return;
	}
	f->l4 = l4;
	f->l4_off = off;
}

/* Options that are malformed, or that route: RFC 791 3.1, RFC 7126 4.3 and 4.4. */
static bool
ipv4_options_bad(const uint8_t *opt, uint32_t len)
{
	uint32_t i = 0;

	while (i < len) {
		uint32_t opt_len;

		if (opt[i] == DLO_IPOPT_END)
			return false;
		if (opt[i] == DLO_IPOPT_NOP) {
			i++;
			continue;
		}
		if (opt[i] == DLO_IPOPT_LSRR || opt[i] == DLO_IPOPT_SSRR || i + 1 >= len)
			return true;
		opt_len = opt[i + 1];
		if (opt_len < 2 || opt_len > len - i)
			return true;
		i += opt_len;
	}
	return false;
}

static void
parse_ipv4(const uint8_t *head, uint32_t len, struct dlo_frame *f)
{
	const uint8_t *ip = head + f->l3_off;
	uint32_t room = len - f->l3_off;
	uint32_t hlen, total;
	struct bounds b;
	uint16_t frag;

	if (room < DLO_IPV4_HLEN) {
		f->fault = DLO_FAULT_TRUNCATED;
		return;
	}
	/* Some other protocol under IPv4's number: not ours to judge, a frame like any other. */
	if (ip[0] >> 4 != 4)
		return;
	hlen = (uint32_t)(ip[0] & 0x0f) * 4;
	if (hlen < DLO_IPV4_HLEN || hlen > room) {
		f->fault = DLO_FAULT_TRUNCATED;
		return;
	}
	f->l3 = DLO_L3_IPV4;
	f->proto = ip[DLO_IPV4_PROTO];
	frag = dlo_get16(ip + DLO_IPV4_FRAG);
	if ((frag & (DLO_IPV4_MORE | DLO_IPV4_OFFSET)) != 0)
		f->flags |= DLO_FRAME_FRAGMENT;
	if ((frag & DLO_IPV4_OFFSET) != 0)
		f->flags |= DLO_FRAME_LATER;
	if (hlen > DLO_IPV4_HLEN && ipv4_options_bad(ip + DLO_IPV4_HLEN, hlen - DLO_IPV4_HLEN))
		f->flags |= DLO_FRAME_OPTIONS;

	total = dlo_get16(ip + DLO_IPV4_TOTAL);
	if (total < hlen || total > room) {
		f->l3_end = len;
		f->fault = DLO_FAULT_TRUNCATED;
		return;
	}
	f->l3_end = f->l3_off + total;
	if ((f->flags & DLO_FRAME_LATER) != 0)
		return;
	b = (struct bounds){
		.head = head,
		.readable = len < DLO_HEAD_MAX ? len : DLO_HEAD_MAX,
		.end = f->l3_end,
	};
	parse_l4(&b, f->l3_off + hlen, false, f);
}

static inline bool
is_ext(uint8_t proto)
{
	return proto == DLO_PROTO_HOPOPT || proto == DLO_PROTO_ROUTING ||
		proto == DLO_PROTO_FRAGMENT || proto == DLO_PROTO_AH || proto == DLO_PROTO_DSTOPTS;
}

/* Take in one extension header at ext (8 bytes readable) and return its length in bytes. */
static uint32_t
ipv6_ext(const uint8_t *ext, struct dlo_frame *f)
{
	uint32_t len = ((uint32_t)ext[1] + 1) * 8;
	uint16_t frag;

	switch (f->proto) {
	case DLO_PROTO_ROUTING:
		/* Type 0 is deprecated whatever it says (RFC 5095); segments left: not final. */
		if (ext[2] == 0 || ext[3] != 0)
			f->flags |= DLO_FRAME_OPTIONS;
		break;
	case DLO_PROTO_FRAGMENT:
		len = 8;
		f->flags |= DLO_FRAME_FRAG_HDR;
		frag = dlo_get16(ext + 2);
		/* Neither offset nor more to come: an atomic fragment is whole (RFC 6946). */
		if ((frag & (DLO_IPV6_MORE | DLO_IPV6_OFFSET)) != 0)
			f->flags |= DLO_FRAME_FRAGMENT;
		if ((frag & DLO_IPV6_OFFSET) != 0)
			f->flags |= DLO_FRAME_LATER;
		break;
	case DLO_PROTO_AH:
		len = ((uint32_t)ext[1] + 2) * 4;
		f->flags |= DLO_FRAME_AUTH;
		break;
	}
	return len;
}

static void
parse_ipv6(const uint8_t *head, uint32_t len, struct dlo_frame *f)
{
	const uint8_t *ip = head + f->l3_off;
	uint32_t room = len - f->l3_off;
	struct bounds b;
	uint32_t off;

	if (room < DLO_IPV6_HLEN) {
		f->fault = DLO_FAULT_TRUNCATED;
		return;
	}
	if (ip[0] >> 4 != 6)
		return;
	f->l3 = DLO_L3_IPV6;
	f->proto = ip[DLO_IPV6_NEXT];
	off = f->l3_off + DLO_IPV6_HLEN;
	f->l3_end = off + dlo_get16(ip + DLO_IPV6_PAYLOAD);
	if (f->l3_end > len) {
		f->l3_end = len;
		f->fault = DLO_FAULT_TRUNCATED;
		return;
	}
	b = (struct bounds){
		.head = head,
		.readable = len < DLO_HEAD_MAX ? len : DLO_HEAD_MAX,
		.end = f->l3_end,
	};
	for (unsigned int n = 0; is_ext(f->proto); n++) {
		enum reach r = reach(&b, off, 8);
		uint32_t ext_len;

		if (r == REACH_CUT) {
			f->fault = DLO_FAULT_TRUNCATED;
			return;
		}
		if (r == REACH_FAR || n == DLO_EXT_MAX) {
			f->flags |= DLO_FRAME_OPTIONS;
			return;
		}
		ext_len = ipv6_ext(head + off, f);
		if (ext_len > f->l3_end - off) {
			f->fault = DLO_FAULT_TRUNCATED;
			return;
		}
		f->proto = head[off];
		off += ext_len;
		if ((f->flags & DLO_FRAME_LATER) != 0)
			return;
	}
	parse_l4(&b, off, true, f);
}

static void
parse_arp(const uint8_t *head, uint32_t len, struct dlo_frame *f)
{
	const uint8_t *arp = head + f->l3_off;
	uint32_t room = len - f->l3_off;
	uint32_t arp_len;

	if (room < DLO_ARP_FIXED) {
		f->fault = DLO_FAULT_TRUNCATED;
		return;
	}
	arp_len = DLO_ARP_FIXED + 2 * ((uint32_t)arp[DLO_ARP_HLN] + arp[DLO_ARP_PLN]);
	if (arp_len > room) {
		f->fault = DLO_FAULT_TRUNCATED;
		return;
	}
	f->l3 = DLO_L3_ARP;
	f->l3_end = f->l3_off + arp_len;
}

/* Straight into ret: a copy of fields just written would wait for them to leave the store buffer. */
void
dlo_frame_parse(const uint8_t *head, uint32_t len, struct dlo_frame *ret)
{
	uint32_t off = DLO_ETHER_HLEN;
	uint16_t type;

	*ret = (struct dlo_frame){ 0 };
	if (len < DLO_ETHER_HLEN) {
		ret->fault = DLO_FAULT_SHORT;
		return;
	}
	type = dlo_get16(head + DLO_ETHER_TYPE);
	while (is_tag(type) && ret->nb_tags < DLO_TAGS_MAX) {
		if (off + DLO_TAG_LEN > len) {
			ret->ether_type = type;
			ret->fault = DLO_FAULT_SHORT;
			return;
		}
		type = dlo_get16(head + off + 2);
		ret->nb_tags++;
		off += DLO_TAG_LEN;
	}
	ret->ether_type = type;
	ret->l3_off = off;
	ret->l3_end = len;
	switch (type) {
	case DLO_TYPE_IPV4:
		parse_ipv4(head, len, ret);
		break;
	case DLO_TYPE_IPV6:
		parse_ipv6(head, len, ret);
		break;
	case DLO_TYPE_ARP:
		parse_arp(head, len, ret);
		break;
	default:
		/* IEEE 802.3 3.2.6: up to 1500 it is the length of what follows. */
		if (type <= DLO_ETHER_LENGTH_MAX && type > len - off)
			ret->fault = DLO_FAULT_TRUNCATED;
		break;
	}
}

static inline bool
has_ports(uint8_t proto)
{
	return proto == DLO_PROTO_TCP || proto == DLO_PROTO_UDP || proto == DLO_PROTO_SCTP;
}

/* Where the L4 header of a quoted packet should start; end when there can be none. */
static uint32_t
quoted_ipv4(const uint8_t *head, uint32_t off, uint32_t end, struct dlo_frame *f)
{
	const uint8_t *ip = head + off;
	uint32_t hlen = (uint32_t)(ip[0] & 0x0f) * 4;

	if (hlen < DLO_IPV4_HLEN)
		return end;
	f->l3 = DLO_L3_IPV4;
	f->proto = ip[DLO_IPV4_PROTO];
	if ((dlo_get16(ip + DLO_IPV4_FRAG) & DLO_IPV4_OFFSET) != 0)
		f->flags |= DLO_FRAME_FRAGMENT | DLO_FRAME_LATER;
	return off + hlen;
}

static uint32_t
quoted_ipv6(const uint8_t *head, uint32_t off, uint32_t end, struct dlo_frame *f)
{
	f->l3 = DLO_L3_IPV6;
	f->proto = head[off + DLO_IPV6_NEXT];
	off += DLO_IPV6_HLEN;
	for (unsigned int n = 0; n < DLO_EXT_MAX && is_ext(f->proto) && off + 8 <= end; n++) {
		uint32_t ext_len = ipv6_ext(head + off, f);

		f->proto = head[off];
		off += ext_len;
		if ((f->flags & DLO_FRAME_LATER) != 0)
			break;
	}
	return off;
}

void
dlo_frame_parse_quoted(const uint8_t *head, uint32_t off, uint32_t end, struct dlo_frame *ret)
{
	struct dlo_frame f = { .l3_off = off, .l3_end = end };
	uint32_t l4_off = end;

	if (off + DLO_IPV4_HLEN <= end && head[off] >> 4 == 4)
		l4_off = quoted_ipv4(head, off, end, &f);
	else if (off + DLO_IPV6_HLEN <= end && head[off] >> 4 == 6)
		l4_off = quoted_ipv6(head, off, end, &f);
	if ((f.flags & DLO_FRAME_LATER) == 0 && has_ports(f.proto) && l4_off + 4 <= end) {
		f.l4 = DLO_L4_PORTS;
		f.l4_off = l4_off;
	}
	*ret = f;
}
