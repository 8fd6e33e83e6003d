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

/** Fold a sum of 16-bit words into one, carries added at the end. */
static inline uint16_t
dlo_cksum_fold(uint64_t sum)
{
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

/**
 * @return the sum of @p len bytes as 16-bit words, an odd last byte padded with zero; folded already.
 *
 * Four bytes at a time in the machine's own order: with end-around carry the order of the bytes in a
 * word may be put right at the end (RFC 1071 2 (B)). 0 for zeroes alone.
 */
static inline uint64_t
dlo_cksum_sum(const uint8_t *p, size_t len)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i + 4 <= len; i += 4) {
		uint32_t word;

		memcpy(&word, p + i, sizeof(word));
		sum += word;
	}
	if ((len & 2) != 0) {
		uint16_t word;

		memcpy(&word, p + i, sizeof(word));
		sum += word;
		i += sizeof(word);
	}
	if ((len & 1) != 0)
		sum += rte_cpu_to_be_16((uint16_t)(p[i] << 8));
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
