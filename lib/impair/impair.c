/* SPDX-License-Identifier: BSD-3-Clause */
#include "impair/impair.h"

#include <stdlib.h>
#include <string.h>

#include "stats/lines.h"

/* Flows whose last departure is known; two that share a place keep an order they need not. */
#define FLOWS 1024
/* Odd, and its multiples fill 64 bits evenly (the golden ratio). */
#define STEP UINT64_C(0x9e3779b97f4a7c15)

/* What the heap compares lies in it; the rest of a frame is only looked at when it leaves. */
struct node {
	uint64_t due;
	uint32_t order; /* of two that are due at the same time, the one that came first */
	uint32_t place; /* in held[] */
};

/* A frame that waits until others have passed. */
struct back {
	uint64_t until; /* then it leaves anyway */
	uint32_t flow;
	uint32_t place;
	unsigned int left; /* frames that still have to pass */
};

struct dlo_impair {
	struct dlo_impair_rule rule;
	uint64_t back_ticks;
	uint64_t nb_draws;
	uint64_t line_free; /* when the last byte so far has left the queue */
	uint64_t line_part; /* and how much later: ticks times 2^20 */
	uint32_t order;
	unsigned int nb_heap;
	unsigned int nb_back;
	unsigned int nb_extra;
	unsigned int nb_free;
	unsigned int count; /* atomic: heap and back together */
	struct back back[DLO_IMPAIR_BACK_MAX];
	uint64_t last_due[FLOWS];
	struct dlo_impair_held *held;
	struct node *heap;
	uint32_t *free_places;
};

struct dlo_impair *
dlo_impair_create(const struct dlo_impair_rule *rule)
{
	struct dlo_impair *s = dlo_lines_zalloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->rule = *rule;
	s->back_ticks = (uint64_t)((double)rule->tick_hz * DLO_IMPAIR_BACK_NS / 1e9);
	s->held = dlo_lines_zalloc(rule->max_frames, sizeof(*s->held));
	s->heap = dlo_lines_zalloc(rule->max_frames, sizeof(*s->heap));
	s->free_places = dlo_lines_zalloc(rule->max_frames, sizeof(*s->free_places));
	if (s->held == NULL || s->heap == NULL || s->free_places == NULL) {
		dlo_impair_free(s);
		return NULL;
	}
	/* The lowest places are handed out first: few frames stay in few cache lines. */
	for (unsigned int i = 0; i < rule->max_frames; i++)
		s->free_places[i] = rule->max_frames - 1 - i;
	s->nb_free = rule->max_frames;
	return s;
}

void
dlo_impair_free(struct dlo_impair *s)
{
	if (s == NULL)
		return;
	free(s->held);
	free(s->heap);
	free(s->free_places);
	free(s);
}

/* The last step of splitmix64: every bit of the result depends on every bit of x. */
static uint64_t
mix(uint64_t x)
{
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

struct dlo_impair_fate
dlo_impair_draw(struct dlo_impair *s)
{
	uint64_t n = s->nb_draws++;
	uint64_t a = mix(s->rule.seed + (2 * n + 1) * STEP);
	uint64_t b = mix(s->rule.seed + (2 * n + 2) * STEP);
	bool lost = a >> 32 < s->rule.loss;

	return (struct dlo_impair_fate){
		.lost = lost,
		.dup = !lost && (a & UINT32_MAX) < s->rule.dup,
		.back = !lost && b >> 32 < s->rule.reorder,
		.jitter = (uint32_t)b,
	};
}

struct dlo_impair_fate
dlo_impair_draw_copy(const struct dlo_impair_fate *original)
{
	return (struct dlo_impair_fate){ .jitter = (uint32_t)mix(original->jitter + STEP) };
}

static bool
is_before(const struct node *a, const struct node *b)
{
	return a->due != b->due ? a->due < b->due : (int32_t)(a->order - b->order) < 0;
}

static void
push(struct dlo_impair *s, uint64_t due, uint32_t place)
{
	const struct node node = { .due = due, .order = s->order++, .place = place };
	unsigned int at = s->nb_heap++;

	for (; at > 0 && is_before(&node, &s->heap[(at - 1) / 2]); at = (at - 1) / 2)
		s->heap[at] = s->heap[(at - 1) / 2];
	s->heap[at] = node;
}

static uint32_t
pop(struct dlo_impair *s)
{
	uint32_t place = s->heap[0].place;
	struct node node = s->heap[--s->nb_heap];
	unsigned int at = 0, child;

	while ((child = 2 * at + 1) < s->nb_heap) {
		if (child + 1 < s->nb_heap && is_before(&s->heap[child + 1], &s->heap[child]))
			child++;
		if (!is_before(&s->heap[child], &node))
			break;
		s->heap[at] = s->heap[child];
		at = child;
	}
	s->heap[at] = node;
	return place;
}

/* When the frame's last byte is out of the queue. @return false: the queue is too long for it */
static bool
leave_queue(struct dlo_impair *s, uint32_t bytes, uint64_t now, uint64_t *ret)
{
	*ret = now;
	if (s->rule.byte_ticks == 0)
		return true;
	if (s->line_free < now) {
		s->line_free = now;
		s->line_part = 0;
	}
	if (s->line_free - now > s->rule.queue)
		return false;
	s->line_part += bytes * s->rule.byte_ticks;
	s->line_free += s->line_part >> 20;
	s->line_part &= (1 << 20) - 1;
	*ret = s->line_free;
	return true;
}

static uint64_t
delay_of(const struct dlo_impair_rule *rule, const struct dlo_impair_fate *fate)
{
	const uint64_t range = 2 * rule->jitter + 1;

	/* Of 96 bits the upper 64; a range of more than 2^32 ticks is more than a second. */
	return rule->delay - rule->jitter + (range >> 32) * fate->jitter +
		((range & UINT32_MAX) * fate->jitter >> 32);
}

/* One more of @flow leaves at @due: what it passes may follow. */
static void
pass_by(struct dlo_impair *s, uint32_t flow, uint64_t due)
{
	for (unsigned int i = 0; i < s->nb_back;) {
		struct back *b = &s->back[i];

		if (b->flow != flow || --b->left > 0) {
			i++;
			continue;
		}
		push(s, due, b->place);
		/* In order: several that one frame has passed leave as they came. */
		memmove(b, b + 1, (--s->nb_back - i) * sizeof(*b));
	}
}

static void
take_in(struct dlo_impair *s, const struct dlo_impair_fate *fate,
	const struct dlo_impair_held *held, uint64_t due)
{
	uint32_t place = s->free_places[--s->nb_free];
	uint64_t *last = &s->last_due[held->flow % FLOWS];

	s->held[place] = *held;
	s->nb_extra += held->segments - 1U;
	__atomic_store_n(&s->count, s->count + 1, __ATOMIC_RELAXED);
	if (s->rule.jitter > 0 && due < *last)
		due = *last;
	if (fate->back && s->nb_back < DLO_IMPAIR_BACK_MAX) {
		s->back[s->nb_back++] = (struct back){
			.until = due + s->back_ticks,
			.flow = held->flow,
			.place = place,
			.left = s->rule.extent,
		};
		return;
	}
	*last = due;
	push(s, due, place);
	if (s->nb_back > 0)
		pass_by(s, held->flow, due);
}

bool
dlo_impair_hold(struct dlo_impair *s, const struct dlo_impair_fate *fate,
	const struct dlo_impair_held *held, uint64_t now)
{
	uint64_t out;

	if (s->nb_free == 0 || held->segments - 1U > s->rule.max_extra - s->nb_extra)
		return false;
	if (!leave_queue(s, held->bytes, now, &out))
		return false;
	take_in(s, fate, held, out + delay_of(&s->rule, fate));
	return true;
}

/* Nobody came to pass them. */
static void
give_up_waiting(struct dlo_impair *s, uint64_t now)
{
	while (s->nb_back > 0 && s->back[0].until <= now) {
		push(s, s->back[0].until, s->back[0].place);
		memmove(&s->back[0], &s->back[1], --s->nb_back * sizeof(s->back[0]));
	}
}

unsigned int
dlo_impair_take(struct dlo_impair *s, uint64_t now, struct dlo_impair_held *ret, unsigned int max)
{
	unsigned int nb = 0;

	if (s->nb_back > 0)
		give_up_waiting(s, now);
	for (; nb < max && s->nb_heap > 0 && s->heap[0].due <= now; nb++) {
		uint32_t place = pop(s);

		ret[nb] = s->held[place];
		s->nb_extra -= ret[nb].segments - 1U;
		s->free_places[s->nb_free++] = place;
	}
	if (nb > 0)
		__atomic_store_n(&s->count, s->count - nb, __ATOMIC_RELAXED);
	return nb;
}

uint64_t
dlo_impair_next(const struct dlo_impair *s)
{
	uint64_t next = s->nb_heap > 0 ? s->heap[0].due : UINT64_MAX;

	/* Not sorted where jitter and rate differ; a little late is as good: nobody waits for it. */
	if (s->nb_back > 0 && s->back[0].until < next)
		next = s->back[0].until;
	return next;
}

unsigned int
dlo_impair_count(const struct dlo_impair *s)
{
	return __atomic_load_n(&s->count, __ATOMIC_RELAXED);
}
