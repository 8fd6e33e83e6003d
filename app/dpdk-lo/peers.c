/* SPDX-License-Identifier: BSD-3-Clause */
#include "peers.h"

#include <string.h>

#include <rte_cycles.h>
#include <rte_jhash.h>
#include <rte_malloc.h>
#include <rte_random.h>

#define BUCKETS 512
#define WAYS 8

/*
 * A reader that finds seq odd, or changed afterwards, has met the writer and tries again; the
 * writer never waits. All fields are words that are loaded and stored whole, so that a reader in
 * the way of the writer sees old or new words, and seq tells that they do not belong together.
 */
#define WORDS 6

struct entry {
	uint32_t seq;
	uint64_t words[WORDS];
};

union content {
	struct peer_hop hop;
	uint64_t words[WORDS];
};

_Static_assert(sizeof(struct peer_hop) <= WORDS * sizeof(uint64_t), "a hop fits its words");

struct peers {
	uint32_t seed; /* so that nobody outside can aim at one bucket */
	struct entry entries[BUCKETS][WAYS];
};

struct peers *
peers_create(void)
{
	struct peers *p = rte_zmalloc("dlo_peers", sizeof(*p), RTE_CACHE_LINE_SIZE);

	if (p != NULL)
		p->seed = (uint32_t)rte_rand();
	return p;
}

void
peers_free(struct peers *p)
{
	rte_free(p);
}

static unsigned int
bucket_of(const struct peers *p, const struct dlo_station *who)
{
	return rte_jhash(who->addr, sizeof(who->addr), p->seed ^ who->family) % BUCKETS;
}

static bool
same_peer(const struct dlo_station *a, const struct dlo_station *b)
{
	return a->family == b->family && memcmp(a->addr, b->addr, sizeof(a->addr)) == 0;
}

static void
entry_read(const struct entry *e, union content *ret)
{
	uint32_t before, after;

	do {
		before = __atomic_load_n(&e->seq, __ATOMIC_ACQUIRE);
		for (unsigned int i = 0; i < WORDS; i++)
			ret->words[i] = __atomic_load_n(&e->words[i], __ATOMIC_RELAXED);
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		after = __atomic_load_n(&e->seq, __ATOMIC_RELAXED);
	} while (before != after || (before & 1) != 0);
}

static void
entry_write(struct entry *e, const union content *c)
{
	uint32_t seq = e->seq;

	__atomic_store_n(&e->seq, seq + 1, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_RELEASE);
	for (unsigned int i = 0; i < WORDS; i++)
		__atomic_store_n(&e->words[i], c->words[i], __ATOMIC_RELAXED);
	__atomic_store_n(&e->seq, seq + 2, __ATOMIC_RELEASE);
}

void
peers_learn(struct peers *p, const struct dlo_station *station, uint16_t port, uint64_t now)
{
	struct entry *bucket = p->entries[bucket_of(p, station)], *place = NULL;
	uint64_t oldest = UINT64_MAX;
	union content c;

	for (unsigned int i = 0; i < WAYS; i++) {
		entry_read(&bucket[i], &c);
		if (c.hop.heard != 0 && c.hop.port == port && same_peer(&c.hop.station, station)) {
			place = &bucket[i];
			break;
		}
		if (c.hop.heard < oldest) {
			oldest = c.hop.heard;
			place = &bucket[i];
		}
	}
	memset(&c, 0, sizeof(c));
	c.hop.station = *station;
	c.hop.port = port;
	c.hop.heard = now;
	entry_write(place, &c);
}

bool
peers_find(const struct peers *p, const struct dlo_station *who, uint64_t usable,
	struct peer_hop *ret)
{
	const struct entry *bucket = p->entries[bucket_of(p, who)];
	bool found = false;
	union content c;

	for (unsigned int i = 0; i < WAYS; i++) {
		entry_read(&bucket[i], &c);
		if (c.hop.heard > ret->heard && same_peer(&c.hop.station, who) &&
			(usable & UINT64_C(1) << c.hop.port) != 0) {
			*ret = c.hop;
			found = true;
		}
	}
	return found;
}
