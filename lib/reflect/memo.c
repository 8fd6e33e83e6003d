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

_Static_assert(DLO_MEMO_SLOTS == 1 << (64 - 59), "the hash makes another number of slots");

static bool
may_take(struct dlo_memo *memo, const struct dlo_memo_class *c)
{
	if (c->run.row == NULL)
		return true;
	memo->evictions++;
	if (memo->evictions % (EVICT_EVERY * SALT_EVERY) == 0) {
		memo->salt += UINT64_C(0xd1342543de82ef96);
		for (unsigned int i = 0; i < DLO_MEMO_SLOTS; i++)
			memset(&memo->classes[i], 0, sizeof(memo->classes[i]));
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
	c->no_land = 1;
	if (plan->mode != DLO_MODE_WIRE)
		change_places(c->line_turn, 0, RTE_ETHER_ADDR_LEN, RTE_ETHER_ADDR_LEN);
	if (plan->mode < DLO_MODE_IP || row->shape == DLO_SHAPE_L2)
		return true;
	if (row->win + 2 * len > DLO_LINE)
		return false;
	change_places(c->line_turn, row->win, row->win + len, len);
	if (plan->guards) {
		c->land = ((UINT64_C(1) << len) - 1) << row->win;
		c->no_land = 0;
	}
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
	c->after_off = DLO_LINE;
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
	const struct dlo_run *run)
{
	struct dlo_memo_class *c;

	if (m->buf_len < m->data_off + DLO_MEMO_ROOM)
		return false;
	c = &memo->classes[dlo_memo_slot(memo, run->data, rte_pktmbuf_data_len(m))];
	if (!may_take(memo, c))
		return false;
	memset(c, 0, sizeof(*c));
	memcpy(c->mbuf, m, sizeof(c->mbuf));
	memcpy(c->data, run->data, sizeof(c->data));
	c->run = *run;
	c->run.data = c->data;
	c->data_off = m->data_off;
	c->offloads = run->offloads;
	c->lines = set_turn(plan, run->row, c) && set_masks(run, c);
	/* Half a mask would let anything through: by lines no frame is proved to be of this kind. */
	if (!c->lines) {
		c->land = 0;
		c->no_land = 0;
	}
	return true;
}
