/* SPDX-License-Identifier: BSD-3-Clause */
#include "overlap.h"

#include <errno.h>
#include <string.h>

static enum overlap
compare(const struct dlo_prefix *mine, const struct host_net *net)
{
	if (net->prefix.len == 0 && !net->is_addr)
		return OVERLAP_NONE;
	if (net->is_addr && dlo_prefix_contains(mine, net->prefix.family, net->prefix.addr))
		return OVERLAP_ADDRESS;
	if (!dlo_prefix_overlaps(mine, &net->prefix))
		return OVERLAP_NONE;
	if (net->is_addr)
		return OVERLAP_HIDES;
	return net->prefix.len >= mine->len ? OVERLAP_ROUTE : OVERLAP_NONE;
}

enum overlap
overlap_check(const struct dlo_prefix *mine, const struct host_net *nets, unsigned int nb_nets,
	const struct host_net **ret_which)
{
	enum overlap worst = OVERLAP_NONE;

	for (unsigned int i = 0; i < nb_nets; i++) {
		enum overlap o = compare(mine, &nets[i]);

		if (o > worst) {
			worst = o;
			*ret_which = &nets[i];
		}
	}
	return worst;
}

/* The next prefix of the same length, in place; false when it leaves the pool. */
static bool
next_prefix(struct dlo_prefix *p, const struct dlo_prefix *pool)
{
	for (int bit = p->len - 1; bit >= pool->len; bit--) {
		uint8_t mask = 0x80 >> (bit % 8);

		p->addr[bit / 8] ^= mask;
		if (p->addr[bit / 8] & mask)
			return true;
	}
	return false;
}

struct pool {
	struct dlo_prefix prefix;
	uint8_t largest; /* prefix length of the largest part to take */
};

static int
search_pool(const struct pool *pool, const struct host_net *nets, unsigned int nb_nets,
	struct dlo_prefix *ret)
{
	const uint8_t smallest = pool->prefix.family == 4 ? 24 : 64;
	const struct host_net *which;

	for (uint8_t len = pool->largest; len <= smallest; len++) {
		struct dlo_prefix p = pool->prefix;
		unsigned int tries = 256; /* of one size; who has more routes needs no hint */

		p.len = len;
		do {
			if (overlap_check(&p, nets, nb_nets, &which) == OVERLAP_NONE) {
				p.addr[p.family == 4 ? 3 : 15] |= 1;
				*ret = p;
				return 0;
			}
		} while (--tries > 0 && next_prefix(&p, &pool->prefix));
	}
	return -ENOENT;
}

int
overlap_free_prefix(uint8_t family, const struct host_net *nets, unsigned int nb_nets,
	struct dlo_prefix *ret)
{
	/*
	 * The benchmarking blocks first, then those of documentation: nothing real may live there.
	 * Private networks may be in use behind the default route, where we cannot see them: little
	 * of those, and last.
	 */
	static const struct pool pools[] = {
		{ { 4, 15, { 198, 18 } }, 15 },
		{ { 4, 24, { 192, 0, 2 } }, 24 },
		{ { 4, 24, { 198, 51, 100 } }, 24 },
		{ { 4, 24, { 203, 0, 113 } }, 24 },
		{ { 4, 12, { 172, 16 } }, 24 },
		{ { 4, 8, { 10 } }, 24 },
		{ { 6, 48, { 0x20, 0x01, 0x00, 0x02 } }, 48 },
		{ { 6, 48, { 0xfd, 0xd1, 0x00, 0x19, 0x81, 0x80 } }, 48 },
	};

	for (unsigned int i = 0; i < sizeof(pools) / sizeof(pools[0]); i++)
		if (pools[i].prefix.family == family &&
			search_pool(&pools[i], nets, nb_nets, ret) == 0)
			return 0;
	return -ENOENT;
}
