/* SPDX-License-Identifier: BSD-3-Clause */
#include "filters.h"

#include <stddef.h>
#include <string.h>

#include <rte_mbuf.h>

struct look {
	const struct rte_mbuf *m; /* NULL: data and len */
	const uint8_t *data;
	uint32_t len;
	uint8_t *mask; /* NULL: nobody asks what is looked at */
	bool far;
};

static bool
look(struct look *l, uint32_t off, uint32_t n, uint32_t *ret)
{
	uint8_t buf[2];
	const uint8_t *p = l->data + off;

	if (off + n > l->len)
		return false;
	if (l->m != NULL)
		p = rte_pktmbuf_read(l->m, off, n, buf);
	*ret = n == 1 ? p[0] : (uint32_t)(p[0] << 8 | p[1]);
	for (uint32_t i = off; l->mask != NULL && i < off + n; i++) {
		if (i < DLO_FILTER_REACH)
			l->mask[i] = 0xff;
		else
			l->far = true;
	}
	return true;
}

static bool
any_term(const struct filter_terms *f, struct look *l)
{
	for (unsigned int i = 0; i < f->nb; i++) {
		const struct filter_term *t = &f->terms[i];
		uint32_t off = t->off, v;

		if (t->behind_ipv4) {
			if (!look(l, 14, 1, &v))
				return false;
			off += 14 + (v & 15) * 4;
		}
		if (!look(l, off, 2, &v))
			return false;
		if ((v & t->mask) == t->value)
			return true;
	}
	return false;
}

static bool
match(const void *ctx, const struct rte_mbuf *m)
{
	struct look l = { .m = m, .len = rte_pktmbuf_pkt_len(m) };

	return any_term(ctx, &l);
}

static bool
trace(const void *ctx, const uint8_t *data, uint32_t len, uint8_t mask[DLO_FILTER_REACH])
{
	struct look l = { .data = data, .len = len, .mask = mask };

	memset(mask, 0, DLO_FILTER_REACH);
	return any_term(ctx, &l) && !l.far;
}

struct dlo_filter
filter_of(const struct filter_terms *terms)
{
	static uint64_t serial;

	return (struct dlo_filter){
		.match = match,
		.trace = trace,
		.ctx = terms,
		.serial = ++serial,
	};
}
