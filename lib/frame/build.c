/* SPDX-License-Identifier: BSD-3-Clause */
#include "frame/build.h"

#include <string.h>

#define ETHER_LEN 14
#define VLAN_LEN 4
#define IPV4_LEN 20
#define IPV6_LEN 40
#define UDP_LEN 8
#define TCP_LEN 20
#define ICMP_LEN 8
#define STAMP_LEN 44
#define STAMP_ERROR 12 /* Error Estimate, from the start of the test packet */
#define TLV_LEN 4 /* of STAMP: flags, type, length */
#define LBM_LEN 8
#define LBM_TLV_LEN 3
#define LBM_END_LEN 1
#define IPPROTO_ICMP_ 1
#define IPPROTO_TCP_ 6
#define IPPROTO_UDP_ 17
#define IPPROTO_ICMPV6_ 58
#define DEFAULT_TTL 64
#define IP_MAX 65535

static uint8_t *
put16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
	return p + 2;
}

/* Sum of big-endian 16-bit words, an odd last byte padded with zero (RFC 1071). */
static uint32_t
sum16(const uint8_t *p, size_t len, uint32_t sum)
{
	for (; len > 1; p += 2, len -= 2)
		sum += (uint32_t)p[0] << 8 | p[1];
	if (len == 1)
		sum += (uint32_t)p[0] << 8;
	return (sum & 0xffff) + (sum >> 16);
}

static uint16_t
finish(uint32_t sum)
{
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static size_t
l3_len(const struct dlo_build *spec)
{
	if (spec->l4 == DLO_BUILD_LBM)
		return 0;
	return spec->ipv6 ? IPV6_LEN : IPV4_LEN;
}

static size_t
l4_len(const struct dlo_build *spec)
{
	static const uint8_t lens[] = {
		[DLO_BUILD_UDP] = UDP_LEN,
		[DLO_BUILD_TCP] = TCP_LEN,
		[DLO_BUILD_ICMP] = ICMP_LEN,
		[DLO_BUILD_STAMP] = UDP_LEN + STAMP_LEN + TLV_LEN,
		[DLO_BUILD_LBM] = LBM_LEN + LBM_TLV_LEN,
	};

	return lens[spec->l4];
}

/* Of the checksum field in the L4 header. */
static size_t
cksum_off(const struct dlo_build *spec)
{
	static const uint8_t offs[] = {
		[DLO_BUILD_UDP] = 6,
		[DLO_BUILD_TCP] = 16,
		[DLO_BUILD_ICMP] = 2,
		[DLO_BUILD_STAMP] = 6,
		[DLO_BUILD_LBM] = 0,
	};

	return offs[spec->l4];
}

static uint8_t
proto_of(const struct dlo_build *spec)
{
	switch (spec->l4) {
	case DLO_BUILD_TCP:
		return IPPROTO_TCP_;
	case DLO_BUILD_ICMP:
		return spec->ipv6 ? IPPROTO_ICMPV6_ : IPPROTO_ICMP_;
	default:
		return IPPROTO_UDP_;
	}
}

void
dlo_build_layout(const struct dlo_build *spec, struct dlo_build_layout *ret)
{
	ret->l4 = ETHER_LEN + (spec->vlan != 0 ? VLAN_LEN : 0) + l3_len(spec);
	ret->cksum = cksum_off(spec) != 0 ? ret->l4 + cksum_off(spec) : 0;
	ret->payload = ret->l4 + l4_len(spec);
	ret->tail = spec->l4 == DLO_BUILD_LBM ? LBM_END_LEN : 0;
}

size_t
dlo_build_min(const struct dlo_build *spec)
{
	struct dlo_build_layout layout;

	dlo_build_layout(spec, &layout);
	return layout.payload + layout.tail;
}

static uint8_t *
put_ethernet(uint8_t *p, const struct dlo_build *spec)
{
	memcpy(p, spec->dst_mac, 6);
	memcpy(p + 6, spec->src_mac, 6);
	p += 12;
	if (spec->vlan != 0) {
		p = put16(p, 0x8100);
		p = put16(p, spec->vlan);
	}
	if (spec->l4 == DLO_BUILD_LBM)
		return put16(p, 0x8902);
	return put16(p, spec->ipv6 ? 0x86dd : 0x0800);
}

/* Returns the sum of the pseudo header without its length field. */
static uint32_t
put_ip(uint8_t *p, const struct dlo_build *spec, size_t payload)
{
	uint8_t proto = proto_of(spec);
	uint8_t ttl = spec->ttl != 0 ? spec->ttl : DEFAULT_TTL;

	if (spec->ipv6) {
		memset(p, 0, IPV6_LEN);
		p[0] = 0x60;
		put16(p + 4, (uint16_t)payload);
		p[6] = proto;
		p[7] = ttl;
		memcpy(p + 8, spec->src_ip, 16);
		memcpy(p + 24, spec->dst_ip, 16);
		return sum16(p + 8, 32, proto);
	}
	memset(p, 0, IPV4_LEN);
	p[0] = 0x45;
	put16(p + 2, (uint16_t)(IPV4_LEN + payload));
	p[8] = ttl;
	p[9] = proto;
	memcpy(p + 12, spec->src_ip, 4);
	memcpy(p + 16, spec->dst_ip, 4);
	put16(p + 10, finish(sum16(p, IPV4_LEN, 0)));
	return sum16(p + 12, 8, proto);
}

/* All but the checksum; the header is zero. size: from l4 to the end of the frame. */
static void
put_l4(uint8_t *l4, const struct dlo_build *spec, size_t size)
{
	switch (spec->l4) {
	case DLO_BUILD_LBM:
		l4[0] = (uint8_t)(spec->level << 5);
		l4[1] = 3; /* loopback message */
		l4[3] = 4; /* the first TLV comes after the transaction identifier */
		l4[LBM_LEN] = 3; /* data */
		put16(l4 + LBM_LEN + 1, (uint16_t)(size - LBM_LEN - LBM_TLV_LEN - LBM_END_LEN));
		l4[size - LBM_END_LEN] = 0;
		return;
	case DLO_BUILD_ICMP:
		l4[0] = spec->ipv6 ? 128 : 8;
		put16(l4 + 4, spec->src_port);
		put16(l4 + 6, spec->dst_port);
		return;
	case DLO_BUILD_TCP:
		l4[12] = (TCP_LEN / 4) << 4;
		l4[13] = 0x10;
		put16(l4 + 14, 0xffff);
		break;
	case DLO_BUILD_STAMP:
		/* A multiplier of zero would make the packet void (RFC 4656 4.1.2). */
		put16(l4 + UDP_LEN + STAMP_ERROR, 1);
		l4[UDP_LEN + STAMP_LEN] = 0x80; /* not recognised until the reflector does */
		l4[UDP_LEN + STAMP_LEN + 1] = 1; /* extra padding */
		put16(l4 + UDP_LEN + STAMP_LEN + 2,
			(uint16_t)(size - UDP_LEN - STAMP_LEN - TLV_LEN));
		__attribute__((fallthrough));
	case DLO_BUILD_UDP:
		put16(l4 + 4, (uint16_t)size);
		break;
	}
	put16(l4, spec->src_port);
	put16(l4 + 2, spec->dst_port);
}

size_t
dlo_build_frame(uint8_t *buf, size_t size, const struct dlo_build *spec)
{
	struct dlo_build_layout layout;
	uint32_t sum = 0;
	uint8_t *l3, *l4;
	size_t l4_size;
	uint16_t cksum;

	dlo_build_layout(spec, &layout);
	if (size < layout.payload + layout.tail)
		return 0;
	l4_size = size - layout.l4;
	if (l4_size + (spec->ipv6 ? 0 : IPV4_LEN) > IP_MAX)
		return 0;
	l3 = put_ethernet(buf, spec);
	l4 = l3 + l3_len(spec);
	if (l4 > l3)
		sum = put_ip(l3, spec, l4_size);
	memset(l4, 0, l4_len(spec));
	for (size_t i = layout.payload; i < size; i++)
		buf[i] = (uint8_t)(i - layout.payload);
	put_l4(l4, spec, l4_size);
	if (layout.cksum == 0)
		return size;
	/* ICMPv4 alone has no pseudo header. */
	if (spec->l4 == DLO_BUILD_ICMP && !spec->ipv6)
		sum = 0;
	else
		sum += (uint32_t)l4_size;
	cksum = finish(sum16(l4, l4_size, sum));
	/* RFC 768: a computed zero goes out as all ones, zero means "no checksum". */
	if (proto_of(spec) == IPPROTO_UDP_ && cksum == 0)
		cksum = 0xffff;
	put16(buf + layout.cksum, cksum);
	return size;
}
