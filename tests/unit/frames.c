/* SPDX-License-Identifier: BSD-3-Clause */
#include "frames.h"

#include <arpa/inet.h>

#include "frame/cksum.h"

void
put16(uint8_t *p, uint16_t v)
{
	p[0] = v >> 8;
	p[1] = v;
}

uint16_t
get16(const uint8_t *p)
{
	return p[0] << 8 | p[1];
}

void
put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v);
}

void
put48(uint8_t *p, uint64_t v)
{
	for (int i = 0; i < 6; i++)
		p[i] = v >> (40 - 8 * i);
}

uint64_t
get48(const uint8_t *p)
{
	uint64_t v = 0;

	for (int i = 0; i < 6; i++)
		v = v << 8 | p[i];
	return v;
}

uint64_t
get64(const uint8_t *p)
{
	return get48(p) << 16 | get16(p + 6);
}

void
frame_bytes(struct frame *f, const void *bytes, uint32_t len)
{
	assert_true(f->len + len <= FRAME_MAX);
	if (len > 0)
		memcpy(f->b + f->len, bytes, len);
	f->len += len;
}

void
frame_fill(struct frame *f, uint32_t len)
{
	assert_true(f->len + len <= FRAME_MAX);
	for (uint32_t i = 0; i < len; i++)
		f->b[f->len + i] = 0x51 + i * 7;
	f->len += len;
}

void
frame_ether(struct frame *f, uint64_t dst, uint64_t src, uint16_t type)
{
	memset(f, 0, sizeof(*f));
	put48(f->b, dst);
	put48(f->b + 6, src);
	put16(f->b + 12, type);
	f->len = 14;
	f->l3 = 14;
}

void
frame_tag(struct frame *f, uint16_t tpid, uint16_t tci)
{
	uint16_t type = get16(f->b + f->len - 2);

	put16(f->b + f->len - 2, tpid);
	put16(f->b + f->len, tci);
	put16(f->b + f->len + 2, type);
	f->len += 4;
	f->l3 = f->len;
}

void
frame_ipv4(struct frame *f, uint8_t proto, const char *src, const char *dst, const void *options,
	uint32_t options_len)
{
	uint8_t h[20] = { 0x45 + options_len / 4, 0, 0, 0, 0xab, 0xcd, 0, 0, 17, proto };

	assert_int_equal(inet_pton(AF_INET, src, h + 12), 1);
	assert_int_equal(inet_pton(AF_INET, dst, h + 16), 1);
	f->l3 = f->len;
	frame_bytes(f, h, sizeof(h));
	frame_bytes(f, options, options_len);
	f->l4 = f->len;
}

void
frame_ipv6(struct frame *f, uint8_t next, const char *src, const char *dst)
{
	uint8_t h[40] = { 0x60, 0x0b, 0xee, 0xf1, 0, 0, next, 33 };

	assert_int_equal(inet_pton(AF_INET6, src, h + 8), 1);
	assert_int_equal(inet_pton(AF_INET6, dst, h + 24), 1);
	f->l3 = f->len;
	frame_bytes(f, h, sizeof(h));
	f->l4 = f->len;
}

void
frame_ext(struct frame *f, uint8_t proto, uint8_t next, uint32_t len)
{
	uint8_t *ext = f->b + f->len;

	memset(ext, 0, len);
	ext[0] = next;
	if (proto == 51)
		ext[1] = len / 4 - 2;
	else if (proto != 44)
		ext[1] = len / 8 - 1;
	f->len += len;
	f->l4 = f->len;
}

void
frame_udp(struct frame *f, uint16_t sport, uint16_t dport, uint32_t payload)
{
	uint8_t h[8] = { sport >> 8, sport, dport >> 8, dport, (payload + 8) >> 8, payload + 8 };

	frame_bytes(f, h, sizeof(h));
	frame_fill(f, payload);
}

void
frame_tcp(struct frame *f, uint16_t sport, uint16_t dport, uint32_t payload)
{
	uint8_t h[20] = { sport >> 8, sport, dport >> 8, dport, 1, 2, 3, 4, 5, 6, 7, 8, 0x50 };

	frame_bytes(f, h, sizeof(h));
	frame_fill(f, payload);
}

void
frame_sctp(struct frame *f, uint16_t sport, uint16_t dport, uint32_t payload)
{
	uint8_t h[12] = { sport >> 8, sport, dport >> 8, dport, 1, 2, 3, 4, 5, 6, 7, 8 };

	frame_bytes(f, h, sizeof(h));
	frame_fill(f, payload);
}

void
frame_icmp(struct frame *f, uint8_t type, uint8_t code, uint32_t rest, uint32_t payload)
{
	uint8_t h[8] = { type, code, 0, 0, rest >> 24, rest >> 16, rest >> 8, rest };

	frame_bytes(f, h, sizeof(h));
	frame_fill(f, payload);
}

void
frame_arp(struct frame *f, uint16_t op, uint64_t sha, const char *spa, uint64_t tha,
	const char *tpa)
{
	uint8_t a[28] = { 0, 1, 8, 0, 6, 4, op >> 8, op };

	put48(a + 8, sha);
	assert_int_equal(inet_pton(AF_INET, spa, a + 14), 1);
	put48(a + 18, tha);
	assert_int_equal(inet_pton(AF_INET, tpa, a + 24), 1);
	frame_bytes(f, a, sizeof(a));
}

void
frame_nd(struct frame *f, uint8_t type, const char *target, uint8_t opt, uint64_t lla)
{
	uint8_t h[24] = { type };
	uint8_t o[8] = { opt, 1 };

	assert_int_equal(inet_pton(AF_INET6, target, h + 8), 1);
	frame_bytes(f, h, sizeof(h));
	f->b[f->l3 + 7] = 255;
	if (opt != 0) {
		put48(o + 2, lla);
		frame_bytes(f, o, sizeof(o));
	}
}

/* Where the L4 checksum is and over what, by an own reading that shares nothing with the parser
 * under test; -1 when there is none. */
static int
l4_cksum_at(const struct frame *f, uint8_t proto)
{
	switch (proto) {
	case 1:
	case 58:
		return f->l4 + 2;
	case 6:
		return f->l4 + 16;
	case 17:
		return f->l4 + 6;
	default:
		return -1;
	}
}

static uint64_t
l4_sum(const struct frame *f, uint8_t proto, uint32_t end)
{
	uint64_t sum = dlo_cksum_sum(f->b + f->l4, end - f->l4);

	if (proto == 1)
		return sum;
	if (f->b[f->l3] >> 4 == 4)
		return sum + dlo_cksum_pseudo4(f->b + f->l3, proto, end - f->l4);
	return sum + dlo_cksum_pseudo6(f->b + f->l3, proto, end - f->l4);
}

static uint8_t
last_proto(const struct frame *f)
{
	uint32_t off = f->l3 + 40;
	uint8_t proto = f->b[f->l3 + 6];

	if (f->b[f->l3] >> 4 == 4)
		return f->b[f->l3 + 9];
	while (off < f->l4) {
		uint32_t len = proto == 44 ? 8 : proto == 51 ? (f->b[off + 1] + 2) * 4 :
			(f->b[off + 1] + 1) * 8;

		proto = f->b[off];
		off += len;
	}
	return proto;
}

void
frame_finish(struct frame *f)
{
	uint8_t *ip = f->b + f->l3;
	uint8_t proto;
	int at;

	if (ip[0] >> 4 == 4) {
		put16(ip + 2, f->len - f->l3);
		put16(ip + 10, 0);
		put16(ip + 10, ~dlo_cksum_fold(dlo_cksum_sum(ip, f->l4 - f->l3)));
	} else {
		put16(ip + 4, f->len - f->l3 - 40);
	}
	proto = last_proto(f);
	at = l4_cksum_at(f, proto);
	if (at >= 0 && (uint32_t)at + 2 <= f->len) {
		put16(f->b + at, 0);
		put16(f->b + at, ~dlo_cksum_fold(l4_sum(f, proto, f->len)));
		/* RFC 768: 0 would say that there is none. */
		if (proto == 17 && get16(f->b + at) == 0)
			put16(f->b + at, 0xffff);
	}
}

bool
frame_sums_good(const struct frame *f)
{
	const uint8_t *ip = f->b + f->l3;
	uint32_t end = f->l3 + (ip[0] >> 4 == 4 ? get16(ip + 2) : 40u + get16(ip + 4));

	if (ip[0] >> 4 == 4 && dlo_cksum_fold(dlo_cksum_sum(ip, (ip[0] & 15) * 4)) != 0xffff)
		return false;
	if (l4_cksum_at(f, last_proto(f)) < 0)
		return true;
	return dlo_cksum_fold(l4_sum(f, last_proto(f), end)) == 0xffff;
}

void
frame_pad(struct frame *f, uint32_t len, uint8_t with)
{
	assert_true(len <= FRAME_MAX);
	while (f->len < len)
		f->b[f->len++] = with;
}

void
frame_udp4(struct frame *f, uint32_t payload)
{
	frame_ether(f, MAC_OURS, MAC_TESTER, 0x0800);
	frame_ipv4(f, 17, IP_TESTER, IP_OURS, NULL, 0);
	frame_udp(f, 0x1234, 0x5678, payload);
	frame_finish(f);
}

void
frame_udp6(struct frame *f, uint32_t payload)
{
	frame_ether(f, MAC_OURS, MAC_TESTER, 0x86dd);
	frame_ipv6(f, 17, IP6_TESTER, IP6_OURS);
	frame_udp(f, 0x1234, 0x5678, payload);
	frame_finish(f);
}

void
frame_to_us(struct frame *f, bool v6, uint8_t proto, const char *src, const char *dst)
{
	frame_ether(f, MAC_OURS, MAC_TESTER, v6 ? 0x86dd : 0x0800);
	if (v6)
		frame_ipv6(f, proto, src, dst);
	else
		frame_ipv4(f, proto, src, dst, NULL, 0);
}

void
frame_turned(const struct frame *in, uint8_t ttl, struct frame *ret)
{
	bool v4 = in->b[in->l3] >> 4 == 4;
	uint32_t addr = v4 ? 12 : 8, size = v4 ? 4 : 16;
	uint8_t *ip = ret->b + in->l3;

	*ret = *in;
	memcpy(ret->b, in->b + 6, 6);
	memcpy(ret->b + 6, in->b, 6);
	memcpy(ip + addr, in->b + in->l3 + addr + size, size);
	memcpy(ip + addr + size, in->b + in->l3 + addr, size);
	ip[v4 ? 8 : 7] = ttl;
	ret->len = in->l3 + (v4 ? get16(ip + 2) : 40u + get16(ip + 4));
}
