/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_FRAME_CKSUM_H
#define DLO_FRAME_CKSUM_H

/**
 * @file
 * Internet checksums (RFC 1071) and their incremental update (RFC 1624). Values are 16-bit words
 * as dlo_get16() reads them. Thread: any.
 */

#include <stddef.h>
#include <stdint.h>

#include "frame/bytes.h"
#include "frame/proto.h"

/** Fold a sum of 16-bit words into one, carries added at the end. Without a branch: sums are anything. */
static inline uint16_t
dlo_cksum_fold(uint64_t sum)
{
	sum = (sum & 0xffffffff) + (sum >> 32); /* at most 33 bits are left, */
	sum = (sum & 0xffff) + (sum >> 16); /* 18, */
	sum = (sum & 0xffff) + (sum >> 16); /* 17 with 1 at most in the lower, */
	return (uint16_t)((sum & 0xffff) + (sum >> 16));
}

/**
 * @return the sum of @p len bytes as 16-bit words, an odd last byte padded with zero; folded already.
 *
 * Eight bytes at a time in the machine's own order: with end-around carry the width of the words and the
 * order of the bytes in them may be put right at the end (RFC 1071 2 (B), (C)). 0 for zeroes alone.
 */
static inline uint64_t
dlo_cksum_sum(const uint8_t *p, size_t len)
{
	uint64_t sum = 0, rest = 0, word;

	/* Carries make each step wait for the one before; halves of them can be added side by side. */
	if (len >= 128) {
		const size_t most = len & ~(size_t)31;

		for (size_t i = 0; i < most; i += 4) {
			uint32_t half;

			memcpy(&half, p + i, sizeof(half));
			sum += half;
		}
		p += most;
		len -= most;
	}
	for (; len >= sizeof(word); p += sizeof(word), len -= sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		sum += word;
		sum += sum < word;
	}
	if ((len & 4) != 0) {
		uint32_t half;

		memcpy(&half, p, sizeof(half));
		rest += half;
		p += sizeof(half);
	}
	if ((len & 2) != 0) {
		uint16_t quarter;

		memcpy(&quarter, p, sizeof(quarter));
		rest += quarter;
		p += sizeof(quarter);
	}
	if ((len & 1) != 0)
		rest += rte_cpu_to_be_16((uint16_t)(*p << 8));
	sum += rest;
	sum += sum < rest;
	return rte_be_to_cpu_16(dlo_cksum_fold(sum));
}

/**
 * The checksum after one of the words it covers changed: RFC 1624 equation 3, right for every
 * value (that of RFC 1141 is not).
 *
 * Where the new data may be all zeroes the result 0 is ambiguous: a receiver then wants 0xffff.
 * That cannot be for IP headers and sums with a pseudo-header; who updates others must look.
 */
static inline uint16_t
dlo_cksum_update16(uint16_t cksum, uint16_t old_word, uint16_t new_word)
{
	return ~dlo_cksum_fold((uint64_t)(uint16_t)~cksum + (uint16_t)~old_word + new_word);
}

/** @return sum of the pseudo-header (RFC 9293 3.1) of the IPv4 header at @p ip, not folded. */
static inline uint64_t
dlo_cksum_pseudo4(const uint8_t *ip, uint8_t proto, uint32_t l4_len)
{
	return dlo_cksum_sum(ip + DLO_IPV4_SRC, 8) + proto + l4_len;
}

/** @return sum of the pseudo-header (RFC 8200 8.1) of the IPv6 header at @p ip, not folded. */
static inline uint64_t
dlo_cksum_pseudo6(const uint8_t *ip, uint8_t proto, uint32_t l4_len)
{
	return dlo_cksum_sum(ip + DLO_IPV6_SRC, 32) + proto + (l4_len >> 16) + (l4_len & 0xffff);
}

#endif
