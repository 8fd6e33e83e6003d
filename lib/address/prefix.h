/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_ADDRESS_PREFIX_H
#define DLO_ADDRESS_PREFIX_H

/**
 * @file
 * IPv4 and IPv6 prefixes as the user writes them ("198.18.0.1/15", "2001:2::1"). Host bits are
 * kept: "198.18.0.1/15" is both an address and the prefix it sits in. Addresses in network order.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Longest text of a prefix, with the terminating zero. */
#define DLO_PREFIX_STRLEN 52

struct dlo_prefix {
	uint8_t family; /**< 4 or 6 */
	uint8_t len; /**< prefix length in bits: 0..32 or 0..128 */
	uint8_t addr[16]; /**< network order, host bits kept; IPv4 in the first four bytes */
};

/**
 * Read "ADDR" or "ADDR/LEN"; without a length it is that one address.
 * @param text what the user wrote
 * @param ret written only on success
 * @return 0, or -EINVAL when @p text is no IPv4 or IPv6 prefix. Thread: any.
 */
int dlo_prefix_parse(const char *text, struct dlo_prefix *ret);

/** Write "ADDR/LEN" into @p buf and return @p buf. Thread: any. */
const char *dlo_prefix_format(const struct dlo_prefix *p, char buf[DLO_PREFIX_STRLEN]);

/** @return true when @p addr (network order, 4 or 16 bytes by @p family) lies in @p p. */
bool dlo_prefix_contains(const struct dlo_prefix *p, uint8_t family, const void *addr);

/** @return true when bits behind the prefix length are set: 192.0.2.1/24, not 192.0.2.0/24. */
bool dlo_prefix_has_host_bits(const struct dlo_prefix *p);

/** @return true when the two prefixes share an address. */
bool dlo_prefix_overlaps(const struct dlo_prefix *a, const struct dlo_prefix *b);

#endif
