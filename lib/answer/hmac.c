/* SPDX-License-Identifier: BSD-3-Clause */
/* What replaces SHA256_Init() and its like in OpenSSL 3 allocates: see hmac.h. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "answer/hmac.h"

#include <assert.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/sha.h>

#define BLOCK SHA256_CBLOCK
#define INNER_PAD 0x36
#define OUTER_PAD 0x5c

static_assert(sizeof(struct dlo_hmac_state) >= sizeof(SHA256_CTX), "room for libcrypto's state");
static_assert(DLO_HMAC_KEY_MAX <= BLOCK, "keys fit a block");

static SHA256_CTX *
ctx_of(struct dlo_hmac_state *state)
{
	return (SHA256_CTX *)(void *)state->words;
}

static bool
hash_pad(struct dlo_hmac_state *state, const uint8_t *key, size_t len, uint8_t with)
{
	uint8_t pad[BLOCK];
	bool ok;

	memset(pad, with, sizeof(pad));
	for (size_t i = 0; i < len; i++)
		pad[i] ^= key[i];
	memset(state, 0, sizeof(*state));
	ok = SHA256_Init(ctx_of(state)) == 1 && SHA256_Update(ctx_of(state), pad, sizeof(pad)) == 1;
	OPENSSL_cleanse(pad, sizeof(pad));
	return ok;
}

bool
dlo_hmac_init(struct dlo_hmac *hmac, const uint8_t *key, size_t len)
{
	return hash_pad(&hmac->inner, key, len, INNER_PAD) &&
		hash_pad(&hmac->outer, key, len, OUTER_PAD);
}

void
dlo_hmac_add(struct dlo_hmac_state *state, const void *bytes, size_t len)
{
	SHA256_Update(ctx_of(state), bytes, len);
}

void
dlo_hmac_end(const struct dlo_hmac *hmac, struct dlo_hmac_state *state, uint8_t ret[DLO_HMAC_LEN])
{
	uint8_t digest[SHA256_DIGEST_LENGTH];

	SHA256_Final(digest, ctx_of(state));
	*state = hmac->outer;
	SHA256_Update(ctx_of(state), digest, sizeof(digest));
	SHA256_Final(digest, ctx_of(state));
	memcpy(ret, digest, DLO_HMAC_LEN);
}

bool
dlo_hmac_equal(const uint8_t a[DLO_HMAC_LEN], const uint8_t b[DLO_HMAC_LEN])
{
	return CRYPTO_memcmp(a, b, DLO_HMAC_LEN) == 0;
}
