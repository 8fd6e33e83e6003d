/* SPDX-License-Identifier: BSD-3-Clause */
#include "address/address.h"

#include <stdbool.h>
#include <stdlib.h>

#include "frame/bytes.h"

/* An address of either family as a number; IPv4 in the low 32 bits of lo. */
struct key {
	uint64_t hi;
	uint64_t lo;
};

/* From start up to the next range's start all addresses have one owner; the first starts at 0. */
struct range4 {
	uint32_t start;
	uint16_t owner;
};

struct range6 {
	struct key start;
	uint16_t owner;
};

struct dlo_addr_table {
	unsigned int nb4;
	unsigned int nb6;
	struct range4 *v4;
	struct range6 *v6;
};

/* A rule with its first and last address. */
struct span {
	struct key first;
	struct key last;
	uint8_t len;
	uint8_t single; /* the rule names one address */
	uint16_t owner;
};

static inline int
key_cmp(struct key a, struct key b)
{
	if (a.hi != b.hi)
		return a.hi < b.hi ? -1 : 1;
	return a.lo < b.lo ? -1 : a.lo > b.lo;
}

static bool
key_eq(struct key a, struct key b)
{
	return a.hi == b.hi && a.lo == b.lo;
}

/* The next address; wraps to 0 after the last of the family. */
static struct key
key_next(struct key k, uint8_t family)
{
	k.lo++;
	if (family == 4)
		k.lo &= UINT32_MAX;
	else if (k.lo == 0)
		k.hi++;
	return k;
}

static int
key_order(const void *a, const void *b)
{
	return key_cmp(*(const struct key *)a, *(const struct key *)b);
}

/* Ones in the last host_bits of 128. */
static struct key
host_mask(unsigned int host_bits)
{
	struct key m;

	m.hi = host_bits > 64 ? UINT64_MAX >> (128 - host_bits) : 0;
	m.lo = host_bits >= 64 ? UINT64_MAX : (UINT64_C(1) << host_bits) - 1;
	return m;
}

static struct span
span_of(const struct dlo_addr_rule *rule)
{
	const struct dlo_prefix *p = &rule->prefix;
	unsigned int max = p->family == 4 ? 32 : 128;
	struct key mask = host_mask(max - p->len);
	struct key a = { 0 };

	if (p->family == 4) {
		a.lo = dlo_get32(p->addr);
	} else {
		a.hi = dlo_get64(p->addr);
		a.lo = dlo_get64(p->addr + 8);
	}
	return (struct span){
		.first = { a.hi & ~mask.hi, a.lo & ~mask.lo },
		.last = { a.hi | mask.hi, a.lo | mask.lo },
		.len = p->len,
		.single = p->len == max,
		.owner = rule->owner,
	};
}

/* Addresses that no node may have: RFC 1122 3.2.1.3, RFC 4291 2.5.2, 2.5.3, 2.7. */
static bool
owned_by_nobody(struct key k, uint8_t family)
{
	if (family == 6)
		return k.hi >> 56 == 0xff || (k.hi == 0 && k.lo <= 1);
	return k.lo == 0 || k.lo >> 24 == 127 || k.lo >> 28 == 0xe || k.lo == UINT32_MAX;
}

static uint16_t
owner_of(struct key k, uint8_t family, const struct span *spans, unsigned int nb_spans)
{
	const struct span *best = NULL;

	if (owned_by_nobody(k, family))
		return DLO_OWNER_NOBODY;
	for (unsigned int i = 0; i < nb_spans; i++) {
		const struct span *s = &spans[i];

		if (key_cmp(s->first, k) <= 0 && key_cmp(k, s->last) <= 0 &&
			(best == NULL || s->len >= best->len))
			best = s;
	}
	if (best == NULL)
		return DLO_OWNER_NOBODY;
	if (!best->single && best->len <= (family == 4 ? 30 : 126)) {
		if (key_eq(k, best->first) || (family == 4 && key_eq(k, best->last)))
			return DLO_OWNER_NOBODY;
	}
	return best->owner;
}

/* Where owned_by_nobody() changes its mind. */
static const struct key fixed4[] = {
	{ 0, 0 }, { 0, 1 }, { 0, 0x7f000000 }, { 0, 0x80000000 }, { 0, 0xe0000000 },
	{ 0, 0xf0000000 }, { 0, 0xffffffff },
};
static const struct key fixed6[] = {
	{ 0, 0 }, { 0, 2 }, { UINT64_C(0xff) << 56, 0 },
};

#define NB_FIXED_MAX 8
#define NB_CUTS_PER_SPAN 4

/*
 * Every address where the owner may change, sorted; the caller finds the owner of each. Rules are
 * few (tens), so that n * n at start-up costs nothing and stays readable.
 */
static unsigned int
collect_cuts(uint8_t family, const struct span *spans, unsigned int nb_spans, struct key *cuts)
{
	const struct key *fixed = family == 4 ? fixed4 : fixed6;
	unsigned int nb_fixed = family == 4 ? sizeof(fixed4) / sizeof(*fixed4) :
		sizeof(fixed6) / sizeof(*fixed6);
	unsigned int n = 0;

	for (unsigned int i = 0; i < nb_fixed; i++)
		cuts[n++] = fixed[i];
	for (unsigned int i = 0; i < nb_spans; i++) {
		cuts[n++] = spans[i].first;
		cuts[n++] = key_next(spans[i].first, family);
		cuts[n++] = spans[i].last;
		cuts[n++] = key_next(spans[i].last, family);
	}
	qsort(cuts, n, sizeof(*cuts), key_order);
	return n;
}

/* Ranges of one family into v6 form; returns how many. */
static unsigned int
compile(uint8_t family, const struct span *spans, unsigned int nb_spans, struct key *cuts,
	struct range6 *ranges)
{
	unsigned int nb_cuts = collect_cuts(family, spans, nb_spans, cuts);
	unsigned int n = 0;

	for (unsigned int i = 0; i < nb_cuts; i++) {
		uint16_t owner = owner_of(cuts[i], family, spans, nb_spans);

		if (n > 0 && (key_eq(cuts[i], ranges[n - 1].start) || owner == ranges[n - 1].owner))
			continue;
		ranges[n++] = (struct range6){ .start = cuts[i], .owner = owner };
	}
	return n;
}

static int
fill(struct dlo_addr_table *t, const struct dlo_addr_rule *rules, unsigned int nb_rules,
	struct span *spans, struct key *cuts, struct range6 *ranges)
{
	unsigned int nb = 0;

	for (unsigned int i = 0; i < nb_rules; i++) {
		if (rules[i].prefix.family == 4)
			spans[nb++] = span_of(&rules[i]);
	}
	t->nb4 = compile(4, spans, nb, cuts, ranges);
	t->v4 = calloc(t->nb4, sizeof(*t->v4));
	if (t->v4 == NULL)
		return -1;
	for (unsigned int i = 0; i < t->nb4; i++)
		t->v4[i] = (struct range4){ ranges[i].start.lo, ranges[i].owner };

	nb = 0;
	for (unsigned int i = 0; i < nb_rules; i++) {
		if (rules[i].prefix.family == 6)
			spans[nb++] = span_of(&rules[i]);
	}
	t->nb6 = compile(6, spans, nb, cuts, ranges);
	t->v6 = calloc(t->nb6, sizeof(*t->v6));
	if (t->v6 == NULL)
		return -1;
	memcpy(t->v6, ranges, t->nb6 * sizeof(*t->v6));
	return 0;
}

struct dlo_addr_table *
dlo_addr_table_create(const struct dlo_addr_rule *rules, unsigned int nb_rules)
{
	size_t nb_cuts = (size_t)nb_rules * NB_CUTS_PER_SPAN + NB_FIXED_MAX;
	struct dlo_addr_table *t = calloc(1, sizeof(*t));
	struct span *spans = calloc((size_t)nb_rules + 1, sizeof(*spans));
	struct key *cuts = calloc(nb_cuts, sizeof(*cuts));
	struct range6 *ranges = calloc(nb_cuts, sizeof(*ranges));

	if (t == NULL || spans == NULL || cuts == NULL || ranges == NULL ||
		fill(t, rules, nb_rules, spans, cuts, ranges) != 0) {
		dlo_addr_table_free(t);
		t = NULL;
	}
	free(ranges);
	free(cuts);
	free(spans);
	return t;
}

void
dlo_addr_table_free(struct dlo_addr_table *table)
{
	if (table == NULL)
		return;
	free(table->v4);
	free(table->v6);
	free(table);
}

/* The last range that starts at or before the address: there always is one, the first is at 0. */
static unsigned int
find4(const struct dlo_addr_table *table, uint32_t key)
{
	unsigned int low = 0, n = table->nb4;

	while (n > 1) {
		unsigned int half = n / 2;

		if (table->v4[low + half].start <= key)
			low += half;
		n -= half;
	}
	return low;
}

static unsigned int
find6(const struct dlo_addr_table *table, struct key key)
{
	unsigned int low = 0, n = table->nb6;

	while (n > 1) {
		unsigned int half = n / 2;

		if (key_cmp(table->v6[low + half].start, key) <= 0)
			low += half;
		n -= half;
	}
	return low;
}

static struct key
key6(const uint8_t *addr)
{
	return (struct key){ dlo_get64(addr), dlo_get64(addr + 8) };
}

uint16_t
dlo_addr_owner4(const struct dlo_addr_table *table, uint32_t addr)
{
	return table->v4[find4(table, rte_be_to_cpu_32(addr))].owner;
}

uint16_t
dlo_addr_owner6(const struct dlo_addr_table *table, const uint8_t *addr)
{
	return table->v6[find6(table, key6(addr))].owner;
}

/* Shortest prefix of a that b does not share; they differ. */
static uint8_t
apart4(uint32_t a, uint32_t b)
{
	return __builtin_clz(a ^ b) + 1;
}

static uint8_t
apart6(struct key a, struct key b)
{
	return a.hi != b.hi ? __builtin_clzll(a.hi ^ b.hi) + 1 : __builtin_clzll(a.lo ^ b.lo) + 65;
}

/* A prefix around key that leaves out the two neighbours of its range lies inside the range. */
uint8_t
dlo_addr_block4(const struct dlo_addr_table *table, uint32_t addr)
{
	uint32_t key = rte_be_to_cpu_32(addr);
	unsigned int i = find4(table, key);
	uint8_t below = i > 0 ? apart4(key, table->v4[i].start - 1) : 0;
	uint8_t above = i + 1 < table->nb4 ? apart4(key, table->v4[i + 1].start) : 0;

	return below > above ? below : above;
}

uint8_t
dlo_addr_block6(const struct dlo_addr_table *table, const uint8_t *addr)
{
	struct key key = key6(addr), before;
	unsigned int i = find6(table, key);
	uint8_t below = 0, above = 0;

	if (i > 0) {
		before = table->v6[i].start;
		before.hi -= before.lo == 0;
		before.lo--;
		below = apart6(key, before);
	}
	if (i + 1 < table->nb6)
		above = apart6(key, table->v6[i + 1].start);
	return below > above ? below : above;
}
