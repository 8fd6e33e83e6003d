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

static int
search_pool(const struct dlo_prefix *pool, const struct host_net *nets, unsigned int nb_nets,
	struct dlo_prefix *ret)
{
	const uint8_t smallest = pool->family == 4 ? 24 : 64;
	const struct host_net *which;

	for (uint8_t len = pool->len; len <= smallest; len++) {
		struct dlo_prefix p = *pool;
		unsigned int tries = 256; /* of one size; who has more routes needs no hint */

		p.len = len;
		do {
			if (overlap_check(&p, nets, nb_nets, &which) == OVERLAP_NONE) {
				p.addr[p.family == 4 ? 3 : 15] |= 1;
				*ret = p;
				return 0;
			}
		} while (--tries > 0 && next_prefix(&p, pool));
	}
	return -ENOENT;
}

int
overlap_free_prefix(uint8_t family, const struct host_net *nets, unsigned int nb_nets,
	struct dlo_prefix *ret)
{
	/* The benchmarking blocks first: nothing real may live there. */
	static const struct dlo_prefix pools[] = {
		{ 4, 15, { 198, 18 } },
		{ 4, 12, { 172, 16 } },
		{ 4, 8, { 10 } },
		{ 6, 48, { 0x20, 0x01, 0x00, 0x02 } },
		{ 6, 48, { 0xfd, 0xd1, 0x00, 0x19, 0x81, 0x80 } },
	};

	for (unsigned int i = 0; i < sizeof(pools) / sizeof(pools[0]); i++)
		if (pools[i].family == family && search_pool(&pools[i], nets, nb_nets, ret) == 0)
			return 0;
	return -ENOENT;
}
