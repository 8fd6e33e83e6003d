/* SPDX-License-Identifier: BSD-3-Clause */
#include "frame/build.h"

#include <string.h>

#define ETHER_LEN 14
#define VLAN_LEN 4
#define IPV4_LEN 20
#define IPV6_LEN 40
#define UDP_LEN 8
#define TCP_LEN 20
#define IPPROTO_TCP_ 6
#define IPPROTO_UDP_ 17
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
	return spec->ipv6 ? IPV6_LEN : IPV4_LEN;
}

static size_t
l4_len(const struct dlo_build *spec)
{
	return spec->tcp ? TCP_LEN : UDP_LEN;
}

size_t
dlo_build_min(const struct dlo_build *spec)
{
	return ETHER_LEN + (spec->vlan != 0 ? VLAN_LEN : 0) + l3_len(spec) + l4_len(spec);
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
	return put16(p, spec->ipv6 ? 0x86dd : 0x0800);
}

/* Returns the sum of the pseudo header without its length field. */
static uint32_t
put_ip(uint8_t *p, const struct dlo_build *spec, size_t payload)
{
	uint8_t proto = spec->tcp ? IPPROTO_TCP_ : IPPROTO_UDP_;
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

size_t
dlo_build_frame(uint8_t *buf, size_t size, const struct dlo_build *spec)
{
	size_t head = dlo_build_min(spec);
	uint8_t *l3, *l4, *payload;
	size_t l4_size;
	uint16_t cksum;
	uint32_t sum;

	if (size < head)
		return 0;
	l3 = put_ethernet(buf, spec);
	l4 = l3 + l3_len(spec);
	l4_size = size - (size_t)(l4 - buf);
	if (l4_size + (spec->ipv6 ? 0 : IPV4_LEN) > IP_MAX)
		return 0;
	sum = put_ip(l3, spec, l4_size);
	memset(l4, 0, l4_len(spec));
	put16(l4, spec->src_port);
	put16(l4 + 2, spec->dst_port);
	if (spec->tcp) {
		l4[12] = (TCP_LEN / 4) << 4;
		l4[13] = 0x10;
		put16(l4 + 14, 0xffff);
	} else {
		put16(l4 + 4, (uint16_t)l4_size);
	}
	payload = l4 + l4_len(spec);
	for (size_t i = 0; i < size - head; i++)
		payload[i] = (uint8_t)i;
	cksum = finish(sum16(l4, l4_size, sum + (uint32_t)l4_size));
	/* RFC 768: a computed zero goes out as all ones, zero means "no checksum". */
	if (!spec->tcp && cksum == 0)
		cksum = 0xffff;
	put16(l4 + (spec->tcp ? 16 : 6), cksum);
	return size;
}
