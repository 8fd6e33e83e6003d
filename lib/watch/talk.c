/* SPDX-License-Identifier: BSD-3-Clause */
#include "watch/talk.h"

#include <stdlib.h>
#include <string.h>

#include "frame/bytes.h"
#include "frame/frame.h"
#include "stats/lines.h"

#define PROTO_ICMP 1
#define PROTO_TCP 6
#define PROTO_ICMPV6 58

#define TCP_SYN 0x02
#define TCP_ACK 0x10

/* Places that are looked at for a pair. */
#define WAYS 8
/* Requests that wait for their answers; one that meets another in its place is forgotten. */
#define OPEN_MAX 4096

/* A request on its way. */
struct open_request {
	uint64_t since; /* 0: none */
	uint32_t place; /* of the pair */
	uint32_t id; /* the client's port, or a ping's identifier and number */
};

struct pair {
	/* Odd: the key is being changed; else it counts the changes. */
	uint32_t seq;
	uint32_t hash; /* 0: nothing is here */
	struct dlo_talk talk;
	struct dlo_histogram *residence;
	struct dlo_histogram *round_trip;
};

struct dlo_talks {
	struct dlo_talks_args args;
	struct dlo_histogram *histograms; /* two for each pair; the kernel gives pages when used */
	struct open_request open[OPEN_MAX];
	struct pair pairs[DLO_TALK_PAIRS];
};

/* What a frame says about who talks. */
struct seen {
	struct dlo_talk_key key;
	enum dlo_talk_way way;
	uint8_t tcp_flags;
	bool has_data; /* a request or an answer, or a part of one */
	uint32_t id;
};

struct dlo_talks *
dlo_talks_create(const struct dlo_talks_args *args)
{
	struct dlo_talks *t = dlo_lines_zalloc(1, sizeof(*t));

	if (t == NULL)
		return NULL;
	t->args = *args;
	if (args->times) {
		/* Not by dlo_histogram_init(), which would touch each page of it. They are more than
		 * malloc() takes from a heap, and so have pages of their own. */
		t->histograms = calloc(2 * (size_t)DLO_TALK_PAIRS, sizeof(*t->histograms));
		if (t->histograms == NULL) {
			free(t);
			return NULL;
		}
	}
	for (unsigned int i = 0; args->times && i < DLO_TALK_PAIRS; i++) {
		t->pairs[i].residence = &t->histograms[(size_t)2 * i];
		t->pairs[i].round_trip = &t->histograms[(size_t)2 * i + 1];
		t->pairs[i].residence->min = UINT64_MAX;
		t->pairs[i].round_trip->min = UINT64_MAX;
	}
	t->pairs[DLO_TALK_OTHERS].hash = 1;
	return t;
}

void
dlo_talks_free(struct dlo_talks *t)
{
	if (t == NULL)
		return;
	free(t->histograms);
	free(t);
}

/* Eight bytes at a time: a key is five times eight. */
static uint32_t
hash_of(const struct dlo_talks *t, const struct dlo_talk_key *key)
{
	uint64_t words[(sizeof(*key) + 7) / 8] = { 0 }, hash = t->args.seed;

	memcpy(words, key, sizeof(*key));
	for (unsigned int i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		hash = (hash ^ words[i]) * UINT64_C(0x9e3779b97f4a7c15);
		hash ^= hash >> 32;
	}
	/* 0 means that nothing is there. */
	return (uint32_t)hash | 1;
}

/* @return the place, or -1 */
static int
find(const struct dlo_talks *t, const struct dlo_talk_key *key, uint32_t hash)
{
	for (unsigned int i = 0; i < WAYS; i++) {
		unsigned int place = 1 + (hash / 2 + i) % (DLO_TALK_PAIRS - 1);

		if (t->pairs[place].hash == hash &&
			memcmp(&t->pairs[place].talk.key, key, sizeof(*key)) == 0)
			return (int)place;
	}
	return -1;
}

static void
add(uint64_t *counter, uint64_t n)
{
	__atomic_store_n(counter, __atomic_load_n(counter, __ATOMIC_RELAXED) + n, __ATOMIC_RELAXED);
}

/* What the pair counted goes over to the others. */
static void
retire(struct dlo_talks *t, struct pair *p)
{
	struct pair *others = &t->pairs[DLO_TALK_OTHERS];

	for (unsigned int way = 0; way < DLO_TALK_WAYS; way++) {
		add(&others->talk.frames[way], p->talk.frames[way]);
		add(&others->talk.bytes[way], p->talk.bytes[way]);
	}
	add(&others->talk.connections, p->talk.connections);
	if (t->args.times) {
		dlo_histogram_merge(others->residence, p->residence);
		dlo_histogram_merge(others->round_trip, p->round_trip);
		dlo_histogram_init(p->residence);
		dlo_histogram_init(p->round_trip);
	}
}

/* @return the new pair's place, or that of the others */
static unsigned int
insert(struct dlo_talks *t, const struct dlo_talk_key *key, uint32_t hash, uint64_t now)
{
	struct pair *p = NULL;

	for (unsigned int i = 0; i < WAYS; i++) {
		struct pair *at = &t->pairs[1 + (hash / 2 + i) % (DLO_TALK_PAIRS - 1)];

		if (at->hash == 0) {
			p = at;
			break;
		}
		if (now - at->talk.last > t->args.idle_ticks &&
			(p == NULL || at->talk.last < p->talk.last))
			p = at;
	}
	if (p == NULL)
		return DLO_TALK_OTHERS;
	__atomic_store_n(&p->seq, p->seq + 1, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_RELEASE);
	if (p->hash != 0)
		retire(t, p);
	memset(&p->talk, 0, sizeof(p->talk));
	p->talk.key = *key;
	__atomic_store_n(&p->hash, hash, __ATOMIC_RELAXED);
	__atomic_store_n(&p->seq, p->seq + 1, __ATOMIC_RELEASE);
	return (unsigned int)(p - t->pairs);
}

static void
swap_ends(struct dlo_talk_key *key)
{
	uint8_t was[16];

	memcpy(was, key->client, sizeof(was));
	memcpy(key->client, key->server, sizeof(was));
	memcpy(key->server, was, sizeof(was));
}

static bool
is_client_port(const struct dlo_talks *t, uint16_t port)
{
	return port >= t->args.first_client_port;
}

/* Nothing is known of either port. @return true when the frame goes to the server */
static bool
guess_to_server(const struct dlo_talks *t, uint8_t proto, uint16_t sport, uint16_t dport)
{
	if (is_client_port(t, sport) != is_client_port(t, dport))
		return is_client_port(t, sport);
	return proto != PROTO_TCP || dport <= sport;
}

/* Of a frame with ports: turn the key so that its server is one. @return the place, or -1 */
static int
orient_ports(const struct dlo_talks *t, struct seen *s, uint16_t sport, uint16_t dport)
{
	bool to_server, is_syn = (s->tcp_flags & TCP_SYN) != 0;
	struct dlo_talk_key back = s->key;
	int place;

	s->key.port = dport;
	back.port = sport;
	swap_ends(&back);
	if (is_syn) {
		to_server = (s->tcp_flags & TCP_ACK) == 0;
	} else {
		place = find(t, &s->key, hash_of(t, &s->key));
		if (place >= 0)
			return place;
		place = find(t, &back, hash_of(t, &back));
		to_server = place < 0 && guess_to_server(t, s->key.proto, sport, dport);
	}
	if (to_server)
		return find(t, &s->key, hash_of(t, &s->key));
	s->key = back;
	s->way = DLO_TALK_TO_CLIENT;
	return find(t, &s->key, hash_of(t, &s->key));
}

/* Of a ping: who asks. Others keep the way they go. */
static void
orient_icmp(struct seen *s, const uint8_t *icmp, uint32_t len)
{
	bool four = s->key.proto == PROTO_ICMP;
	bool reply = icmp[0] == (four ? 0 : 129);

	if (!reply && icmp[0] != (four ? 8 : 128))
		return;
	if (reply) {
		swap_ends(&s->key);
		s->way = DLO_TALK_TO_CLIENT;
	}
	s->has_data = len >= 8;
	s->id = len >= 8 ? dlo_get32(icmp + 4) : 0;
}

/* @return whether there are two addresses to talk about; then *ret_place is the pair's, or -1 */
static bool
read_frame(const struct dlo_talks *t, const uint8_t *head, uint32_t len, struct seen *s,
	int *ret_place)
{
	uint32_t readable = len < DLO_HEAD_MAX ? len : DLO_HEAD_MAX;
	struct dlo_frame f;
	const uint8_t *l4;
	uint32_t l4_len;
	bool four;

	dlo_frame_parse(head, len, &f);
	if (f.l3 != DLO_L3_IPV4 && f.l3 != DLO_L3_IPV6)
		return false;
	four = f.l3 == DLO_L3_IPV4;
	memset(s, 0, sizeof(*s));
	s->key.family = four ? 4 : 6;
	s->key.proto = f.proto;
	memcpy(s->key.client, head + f.l3_off + (four ? 12 : 8), four ? 4 : 16);
	memcpy(s->key.server, head + f.l3_off + (four ? 16 : 24), four ? 4 : 16);
	l4 = head + f.l4_off;
	l4_len = f.l4_off != 0 && f.l4_off < f.l3_end ? f.l3_end - f.l4_off : 0;
	if (f.l4 == DLO_L4_PORTS && f.l4_off + 4u <= readable) {
		bool whole = f.proto == PROTO_TCP && f.l4_off + 14u <= readable;

		s->tcp_flags = whole ? l4[13] : 0;
		*ret_place = orient_ports(t, s, dlo_get16(l4), dlo_get16(l4 + 2));
		s->id = dlo_get16(s->way == DLO_TALK_TO_SERVER ? l4 : l4 + 2);
		s->has_data = l4_len > (whole ? (l4[12] >> 4) * 4u : 8u);
		return true;
	}
	if (f.l4 != DLO_L4_NONE && f.l4_off + 8u <= readable)
		orient_icmp(s, l4, l4_len);
	*ret_place = find(t, &s->key, hash_of(t, &s->key));
	return true;
}

static void
time_answer(struct dlo_talks *t, unsigned int place, const struct seen *s, uint64_t now)
{
	struct open_request *r =
		&t->open[(place * UINT32_C(2654435761) ^ s->id * UINT32_C(40503)) % OPEN_MAX];
	bool same = r->since != 0 && r->place == place && r->id == s->id;

	if (s->way == DLO_TALK_TO_SERVER) {
		if (!same)
			*r = (struct open_request){ .since = now, .place = place, .id = s->id };
	} else if (same) {
		dlo_histogram_add(t->pairs[place].round_trip, now - r->since);
		r->since = 0;
	}
}

unsigned int
dlo_talk_see(struct dlo_talks *t, const uint8_t *head, uint32_t len, uint64_t now)
{
	unsigned int place = DLO_TALK_OTHERS;
	struct seen s = { 0 };
	struct dlo_talk *talk;
	int found = -1;

	if (read_frame(t, head, len, &s, &found))
		place = found >= 0 ? (unsigned int)found :
				     insert(t, &s.key, hash_of(t, &s.key), now);
	talk = &t->pairs[place].talk;
	add(&talk->frames[s.way], 1);
	add(&talk->bytes[s.way], len);
	if ((s.tcp_flags & (TCP_SYN | TCP_ACK)) == TCP_SYN)
		add(&talk->connections, 1);
	__atomic_store_n(&talk->last, now, __ATOMIC_RELAXED);
	if (t->args.times && s.has_data)
		time_answer(t, place, &s, now);
	return place;
}

void
dlo_talk_left(struct dlo_talks *t, unsigned int place, uint64_t ticks)
{
	if (t->args.times)
		dlo_histogram_add(t->pairs[place].residence, ticks);
}

bool
dlo_talk_at(const struct dlo_talks *t, unsigned int place, struct dlo_talk *ret)
{
	const struct pair *p = &t->pairs[place];
	uint32_t before, after, hash;

	do {
		before = __atomic_load_n(&p->seq, __ATOMIC_ACQUIRE);
		hash = __atomic_load_n(&p->hash, __ATOMIC_RELAXED);
		ret->key = p->talk.key;
		for (unsigned int way = 0; way < DLO_TALK_WAYS; way++) {
			ret->frames[way] = __atomic_load_n(&p->talk.frames[way], __ATOMIC_RELAXED);
			ret->bytes[way] = __atomic_load_n(&p->talk.bytes[way], __ATOMIC_RELAXED);
		}
		ret->connections = __atomic_load_n(&p->talk.connections, __ATOMIC_RELAXED);
		ret->last = __atomic_load_n(&p->talk.last, __ATOMIC_RELAXED);
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		after = __atomic_load_n(&p->seq, __ATOMIC_RELAXED);
	} while (before != after || (before & 1) != 0);
	return hash != 0 && ret->frames[0] + ret->frames[1] > 0;
}

void
dlo_talk_add_times(const struct dlo_talks *t, unsigned int place, const struct dlo_talk_key *key,
	struct dlo_histogram *residence, struct dlo_histogram *round_trip)
{
	struct dlo_talk now;

	if (!t->args.times || !dlo_talk_at(t, place, &now) ||
		memcmp(&now.key, key, sizeof(*key)) != 0)
		return;
	dlo_histogram_merge(residence, t->pairs[place].residence);
	dlo_histogram_merge(round_trip, t->pairs[place].round_trip);
}
