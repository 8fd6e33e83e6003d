/* SPDX-License-Identifier: BSD-3-Clause */
#include "reflect/memo.h"

#include <stddef.h>

#include <rte_mbuf.h>

#include "frame/proto.h"
#include "reflect/plan.h"

/* So many frames without a place for each that gets one. */
#define EVICT_EVERY 16
/* So many classes that gave way to others for each new hash. */
#define SALT_EVERY 8

_Static_assert(DLO_MEMO_SLOTS == 1 << (64 - 57), "the hash makes another number of slots");

_Static_assert(offsetof(struct rte_mbuf, data_len) == offsetof(struct rte_mbuf, pkt_len) + 4,
	"see dlo_memo_lens()");

#define PICK(a, b, c, d) { a, b, c, d, 8, 9, 10, 11 }
#define IPV4 0x01
#define VLAN 0x10
#define QINQ 0x11
#define QINQ_OLD 0x12
#define IPV6 0xb0
#define AT(type) (((type) << 8 | (type) >> 8) >> 3 & 0xff)

_Static_assert(AT(DLO_TYPE_IPV4) == IPV4 && AT(DLO_TYPE_VLAN) == VLAN && AT(DLO_TYPE_QINQ) == QINQ &&
		AT(DLO_TYPE_QINQ_OLD) == QINQ_OLD && AT(DLO_TYPE_IPV6) == IPV6,
	"see dlo_memo_picks_of()");

const uint8_t dlo_memo_picks[256][8] __rte_cache_aligned = {
	[0 ... IPV4 - 1] = PICK(12, 13, 12, 13),
	/* Fragments, and the protocol. */
	[IPV4] = PICK(13, 20, 21, 23),
	[IPV4 + 1 ... VLAN - 1] = PICK(12, 13, 12, 13),
	/* The type behind the tag, and where the same is found there. */
	[VLAN] = PICK(16, 17, 24, 27),
	[QINQ ... QINQ_OLD] = PICK(16, 17, 20, 21),
	[QINQ_OLD + 1 ... IPV6 - 1] = PICK(12, 13, 12, 13),
	/* The next header. */
	[IPV6] = PICK(13, 20, 20, 20),
	[IPV6 + 1 ... 255] = PICK(12, 13, 12, 13),
};

static void
forget_all(struct dlo_memo *memo)
{
	memset(memo->classes, 0, sizeof(memo->classes));
}

/* All classes are in buffers of one make; another one takes over when it has come often enough. */
static bool
buffer_fits(struct dlo_memo *memo, const struct rte_mbuf *m)
{
	struct rte_mbuf *like = (struct rte_mbuf *)memo->mbuf;
	bool first = like->buf_len == 0;

	if (like->data_off == m->data_off && like->buf_len == m->buf_len)
		return true;
	if (!first && ++memo->evictions % EVICT_EVERY != 0)
		return false;
	forget_all(memo);
	memcpy(memo->mbuf, m, sizeof(memo->mbuf));
	/* Flags that differ from none are those that are set. */
	like->ol_flags = 0;
	return true;
}

static bool
may_take(struct dlo_memo *memo, const struct dlo_memo_class *c)
{
	if (c->run.row == NULL)
		return true;
	memo->evictions++;
	if (memo->evictions % (EVICT_EVERY * SALT_EVERY) == 0) {
		memo->salt += UINT64_C(0xd1342543de82ef96);
		forget_all(memo);
		return false;
	}
	return memo->evictions % EVICT_EVERY == 0;
}

static void
change_places(uint8_t *turn, unsigned int a, unsigned int b, unsigned int len)
{
	for (unsigned int i = 0; i < len; i++) {
		turn[a + i] = (uint8_t)(b + i);
		turn[b + i] = (uint8_t)(a + i);
	}
}

/* @return false when it reaches behind the line */
static bool
set_turn(const struct dlo_plan *plan, const struct dlo_row *row, struct dlo_memo_class *c)
{
	unsigned int len = row->shape == DLO_SHAPE_V4 ? 4 : 16;

	for (unsigned int i = 0; i < DLO_LINE; i++)
		c->line_turn[i] = (uint8_t)i;
	if (plan->mode == DLO_MODE_WIRE)
		return true;
	/* Where a kind has no addresses to compare, its MAC addresses differ, too, or it is not sent back. */
	c->land = (UINT64_C(1) << RTE_ETHER_ADDR_LEN) - 1;
	change_places(c->line_turn, 0, RTE_ETHER_ADDR_LEN, RTE_ETHER_ADDR_LEN);
	if (plan->mode < DLO_MODE_IP || row->shape == DLO_SHAPE_L2)
		return true;
	if (row->win + 2 * len > DLO_LINE)
		return false;
	c->land = ((UINT64_C(1) << len) - 1) << row->win;
	change_places(c->line_turn, row->win, row->win + len, len);
	if (plan->mode < DLO_MODE_L4 || row->l4 == 0)
		return true;
	if (row->l4 + 4 > DLO_LINE)
		return false;
	change_places(c->line_turn, row->l4, row->l4 + 2, 2);
	return true;
}

/* @return false when more bytes matter than the line and four others */
static bool
set_masks(const struct dlo_run *run, struct dlo_memo_class *c)
{
	uint8_t mask[2 * DLO_LINE] = { 0 };
	const struct dlo_row *row = run->row;
	unsigned int end = DLO_LINE;

	memcpy(mask, run->head_mask, sizeof(run->head_mask));
	for (unsigned int i = 0; row->shape != DLO_SHAPE_L2 && i < sizeof(run->win_mask); i++)
		mask[row->win + i] |= run->win_mask[i];
	for (unsigned int i = 0; row->shape == DLO_SHAPE_V6 && i < sizeof(run->tail_mask); i++)
		mask[row->tail + i] |= run->tail_mask[i];
	memcpy(c->line_mask, mask, sizeof(c->line_mask));
	while (end < sizeof(mask) && mask[end] == 0)
		end++;
	c->after_off = DLO_LINE - sizeof(c->after);
	if (end == sizeof(mask))
		return true;
	if (end + sizeof(c->after) > DLO_MEMO_ROOM)
		return false;
	c->after_off = (uint8_t)end;
	memcpy(&c->after_mask, mask + end, sizeof(c->after_mask));
	memcpy(&c->after, run->data + end, sizeof(c->after));
	for (end += sizeof(c->after); end < sizeof(mask); end++)
		if (mask[end] != 0)
			return false;
	return true;
}

bool
dlo_memo_keep(const struct dlo_plan *plan, struct dlo_memo *memo, const struct rte_mbuf *m,
	const struct dlo_run *run, bool by_lines)
{
	struct dlo_memo_class c = { .run = *run, .offloads = run->offloads, .data_off = m->data_off,
		.lens = by_lines ? dlo_memo_lens(m) : 0 };
	struct dlo_memo_class *place;

	if (m->buf_len < m->data_off + DLO_MEMO_ROOM)
		return false;
	/* Half a mask would let anything through. */
	if (by_lines && (!set_turn(plan, run->row, &c) || !set_masks(run, &c)))
		return false;
	if (by_lines && !buffer_fits(memo, m))
		return false;
	place = &memo->classes[dlo_memo_slot(memo, m)];
	if (!may_take(memo, place))
		return false;
	memcpy(c.mbuf, m, sizeof(c.mbuf));
	memcpy(c.data, run->data, sizeof(c.data));
	*place = c;
	place->run.data = place->data;
	return true;
}
