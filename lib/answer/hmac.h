/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_ANSWER_HMAC_H
#define DLO_ANSWER_HMAC_H

/**
 * @file
 * HMAC-SHA-256 (RFC 2104, FIPS 180-4) by OpenSSL's SHA-256, truncated to 16 bytes (RFC 4868).
 *
 * The hash states behind the two keyed pads are computed once. They are read-only ever after, so
 * that they can be part of a plan; a message costs copies of them on the stack and no allocation
 * (libcrypto's own HMAC allocates twice for each message: its contexts are duplicated on the heap).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DLO_HMAC_LEN 16 /**< bytes of a truncated digest */
#define DLO_HMAC_KEY_MAX 64 /**< longer keys would be hashed first; nobody needs them */

/** A running SHA-256, opaque; room for a SHA256_CTX. */
struct dlo_hmac_state {
	uint32_t words[28];
};

/** A key, ready for use. Holds secrets. */
struct dlo_hmac {
	struct dlo_hmac_state inner;
	struct dlo_hmac_state outer;
};

/** @param len 1 .. DLO_HMAC_KEY_MAX. @return false when libcrypto has no SHA-256. Thread: any. */
bool dlo_hmac_init(struct dlo_hmac *hmac, const uint8_t *key, size_t len);

/** Start a message. */
static inline void
dlo_hmac_begin(const struct dlo_hmac *hmac, struct dlo_hmac_state *state)
{
	*state = hmac->inner;
}

/** Add bytes to a message. */
void dlo_hmac_add(struct dlo_hmac_state *state, const void *bytes, size_t len);

/** End a message. @param ret its digest */
void dlo_hmac_end(const struct dlo_hmac *hmac, struct dlo_hmac_state *state,
	uint8_t ret[DLO_HMAC_LEN]);

/** @return true when two digests are the same, in a time that does not depend on them. */
bool dlo_hmac_equal(const uint8_t a[DLO_HMAC_LEN], const uint8_t b[DLO_HMAC_LEN]);

#endif
