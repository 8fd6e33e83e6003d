/* SPDX-License-Identifier: BSD-3-Clause */
#include "answer/session.h"

#include <stdlib.h>
#include <string.h>

#include "stats/lines.h"

struct dlo_sessions {
	uint64_t seed;
	uint64_t silence; /* TSC cycles */
	uint32_t bucket_mask;
	struct dlo_session places[];
};

struct dlo_sessions *
dlo_sessions_create(uint32_t nb, uint64_t tsc_hz, uint64_t seed)
{
	struct dlo_sessions *s = dlo_lines_zalloc(1, sizeof(*s) + nb * sizeof(s->places[0]));

	if (s == NULL)
		return NULL;
	s->seed = seed;
	s->silence = tsc_hz * DLO_SESSION_SILENCE_S;
	s->bucket_mask = nb / DLO_SESSION_WAYS - 1;
	return s;
}

void
dlo_sessions_free(struct dlo_sessions *s)
{
	free(s);
}

/* Multiply and fold, word by word. */
static uint32_t
hash(const struct dlo_session_key *key, uint64_t seed)
{
	uint64_t h = seed;

	for (unsigned int i = 0; i < DLO_SESSION_KEY / 8; i++) {
		unsigned __int128 product = (unsigned __int128)(h ^ key->words[i]) *
			UINT64_C(0x9e3779b97f4a7c15);

		h = (uint64_t)product ^ (uint64_t)(product >> 64) ^ seed;
	}
	return (uint32_t)(h ^ h >> 32);
}

static void
begin(struct dlo_session *place, const struct dlo_session_key *key)
{
	memset(place, 0, sizeof(*place));
	place->key = *key;
}

struct dlo_session *
dlo_sessions_get(struct dlo_sessions *s, const struct dlo_session_key *key, uint64_t now)
{
	struct dlo_session *bucket =
		&s->places[(hash(key, s->seed) & s->bucket_mask) * DLO_SESSION_WAYS];
	struct dlo_session *place = NULL;

	for (unsigned int i = 0; i < DLO_SESSION_WAYS; i++) {
		struct dlo_session *t = &bucket[i];
		bool over = t->heard == 0 || now - t->heard > s->silence;

		if (!over && memcmp(&t->key, key, sizeof(*key)) == 0) {
			t->heard = now;
			return t;
		}
		if (over && place == NULL)
			place = t;
	}
	if (place == NULL)
		return NULL;
	begin(place, key);
	place->heard = now;
	return place;
}
