/* SPDX-License-Identifier: BSD-3-Clause */
#include "reflect/filter.h"

#include <string.h>

#include "frame/proto.h"

/* Words that together are all bytes in reach; the last two overlap. */
#define WORDS 8
#define WORD_AT(i) ((i) < WORDS - 1 ? (i) * 8 : DLO_FILTER_REACH - 8)

static uint64_t
word(const uint8_t *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof(w));
	return w;
}

static bool
is_of_class(const struct dlo_filter_class *c, const uint8_t *data)
{
	uint64_t differ = 0;

	for (unsigned int i = 0; i < WORDS; i++)
		differ |= (word(data + WORD_AT(i)) ^ word(c->bytes + WORD_AT(i))) &
			word(c->mask + WORD_AT(i));
	return differ == 0;
}

bool
dlo_filter_why(const struct dlo_filter *filter, struct dlo_filter_class *classes,
	const uint8_t *data, uint32_t len, uint8_t mask[DLO_FILTER_REACH])
{
	struct dlo_filter_class *c;

	if (classes == NULL || len < DLO_FILTER_REACH)
		return filter->trace(filter->ctx, data, len, mask);
	/* A place by what tells kinds of traffic apart most often: EtherType, and IPv4's protocol. */
	c = &classes[(data[DLO_ETHER_TYPE] ^ data[DLO_ETHER_TYPE + 1] ^
			     data[DLO_ETHER_HLEN + DLO_IPV4_PROTO]) % DLO_FILTER_CLASSES];
	if (c->serial != filter->serial || c->len != len || !is_of_class(c, data)) {
		c->serial = 0;
		if (!filter->trace(filter->ctx, data, len, c->mask))
			return false;
		memcpy(c->bytes, data, DLO_FILTER_REACH);
		c->len = len;
		c->serial = filter->serial;
	}
	memcpy(mask, c->mask, DLO_FILTER_REACH);
	return true;
}
