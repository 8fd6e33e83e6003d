/* SPDX-License-Identifier: BSD-3-Clause */
/* What stateful answers remember, and the digests by which they know friends: RFC 4231. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <string.h>

#include "answer/hmac.h"
#include "answer/session.h"

#define HZ 1000
#define SILENCE (UINT64_C(1) * HZ * DLO_SESSION_SILENCE_S)

static struct dlo_session_key
key_of(uint64_t n)
{
	struct dlo_session_key key = { { n, 0, 0, 0, ~n } };

	return key;
}

static void
sessions_are_found_again(void **state)
{
	struct dlo_sessions *s = dlo_sessions_create(1024, HZ, 0x1234567);
	unsigned int kept = 0;

	(void)state;
	assert_non_null(s);
	for (uint64_t n = 0; n < 512; n++) {
		struct dlo_session_key key = key_of(n);
		struct dlo_session *t = dlo_sessions_get(s, &key, 1 + n);

		if (t == NULL)
			continue;
		assert_int_equal(t->sent, 0);
		t->sent = (uint32_t)n + 1;
		kept++;
	}
	/* Half full: hardly a bucket is. */
	assert_in_range(kept, 500, 512);
	for (uint64_t n = 0; n < 512; n++) {
		struct dlo_session_key key = key_of(n);
		struct dlo_session *t = dlo_sessions_get(s, &key, 2000);

		assert_true(t == NULL || t->sent == 0 || t->sent == n + 1);
	}
	dlo_sessions_free(s);
}

/* However many come, those that are there keep their place until they are silent. */
static void
a_flood_ends_no_session(void **state)
{
	struct dlo_sessions *s = dlo_sessions_create(DLO_SESSION_WAYS, HZ, 1);
	struct dlo_session_key key = key_of(0);
	struct dlo_session *first = dlo_sessions_get(s, &key, 10);

	(void)state;
	first->sent = 77;
	for (uint64_t n = 1; n < DLO_SESSION_WAYS; n++) {
		key = key_of(n);
		assert_non_null(dlo_sessions_get(s, &key, 10));
	}
	for (uint64_t n = DLO_SESSION_WAYS; n < 1000; n++) {
		key = key_of(n);
		assert_null(dlo_sessions_get(s, &key, 11 + n));
	}
	key = key_of(0);
	assert_ptr_equal(dlo_sessions_get(s, &key, 10 + SILENCE), first);
	assert_int_equal(first->sent, 77);
	/* The others have not been heard for too long: room for new ones, who start from nothing. */
	key = key_of(5000);
	assert_non_null(dlo_sessions_get(s, &key, 11 + SILENCE));
	key = key_of(1);
	assert_int_equal(dlo_sessions_get(s, &key, 11 + SILENCE)->sent, 0);
	/* So does who comes back after that. */
	key = key_of(0);
	assert_int_equal(dlo_sessions_get(s, &key, 12 + 2 * SILENCE)->sent, 0);
	dlo_sessions_free(s);
}

static void
hex(const char *text, uint8_t *ret)
{
	for (; text[0] != '\0'; text += 2) {
		const char digits[] = "0123456789abcdef";

		*ret++ = (uint8_t)((strchr(digits, text[0]) - digits) << 4 |
			(strchr(digits, text[1]) - digits));
	}
}

/* RFC 4231 4.2, 4.3, 4.4, 4.6, cut to 16 bytes as 4.6 does. */
static void
rfc4231(void **state)
{
	static const struct {
		uint8_t key_byte, key_len;
		const char *text;
		uint8_t data_byte, data_len;
		const char *want;
	} cases[] = {
		{ 0x0b, 20, "Hi There", 0, 0, "b0344c61d8db38535ca8afceaf0bf12b" },
		{ 0, 0, "what do ya want for nothing?", 0, 0, "5bdcc146bf60754e6a042426089575c7" },
		{ 0xaa, 20, NULL, 0xdd, 50, "773ea91e36800e46854db8ebd09181a7" },
		{ 0x0c, 20, "Test With Truncation", 0, 0, "a3b6167473100ee06e0c796c2955552b" },
	};

	(void)state;
	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t key[64] = "Jefe", data[64], want[16], got[16];
		size_t key_len = cases[i].key_len == 0 ? 4 : cases[i].key_len;
		size_t len = cases[i].text != NULL ? strlen(cases[i].text) : cases[i].data_len;
		struct dlo_hmac_state running;
		struct dlo_hmac hmac;

		if (cases[i].key_len != 0)
			memset(key, cases[i].key_byte, key_len);
		if (cases[i].text != NULL)
			memcpy(data, cases[i].text, len);
		else
			memset(data, cases[i].data_byte, len);
		hex(cases[i].want, want);
		assert_true(dlo_hmac_init(&hmac, key, key_len));
		/* In two pieces, and twice: a key is not used up. */
		for (size_t cut = 0; cut <= len; cut += len) {
			dlo_hmac_begin(&hmac, &running);
			dlo_hmac_add(&running, data, cut);
			dlo_hmac_add(&running, data + cut, len - cut);
			dlo_hmac_end(&hmac, &running, got);
			assert_memory_equal(got, want, 16);
			assert_true(dlo_hmac_equal(got, want));
		}
		got[15] ^= 1;
		assert_false(dlo_hmac_equal(got, want));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sessions_are_found_again),
		cmocka_unit_test(a_flood_ends_no_session),
		cmocka_unit_test(rfc4231),
	};

	return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
