/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Turning one frame round in windows of sixteen and thirty-two bytes, for instruction sets that
 * cannot permute a whole line. Everything is loaded before anything is stored: a load that overlaps
 * a store which has just been made waits for it to reach the cache.
 */

/* What the windows behind the MAC addresses become. */
struct shape {
#ifdef TURN32_ANY
	uint8_t addresses[32]; /* of the 32 bytes at the addresses */
#else
	uint8_t same[32]; /* of the 32 bytes at the addresses: from the same half, */
	uint8_t other[32]; /* or from the other one; 0x80: not from here */
#endif
	uint8_t ports[16]; /* of the 16 bytes at the L4 header */
};

#define FROM_8 8, 9, 10, 11, 12, 13, 14, 15
#define AS_IT_IS 0, 1, 2, 3, 4, 5, 6, 7, FROM_8
#define PORTS 2, 3, 0, 1, 4, 5, 6, 7, FROM_8
#define V4_ADDRESSES 4, 5, 6, 7, 0, 1, 2, 3, FROM_8

#ifdef TURN32_ANY
#define UP 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
#define STAY { AS_IT_IS, UP }
#define TURN_V4 { V4_ADDRESSES, UP }
#define TURN_V6 { UP, AS_IT_IS }
#else
#define NOT 0x80
#define NOT_16 NOT, NOT, NOT, NOT, NOT, NOT, NOT, NOT, NOT, NOT, NOT, NOT, NOT, NOT, NOT, NOT
#define STAY { AS_IT_IS, AS_IT_IS }, { NOT_16, NOT_16 }
#define TURN_V4 { V4_ADDRESSES, AS_IT_IS }, { NOT_16, NOT_16 }
#define TURN_V6 { NOT_16, NOT_16 }, { AS_IT_IS, AS_IT_IS }
#endif

/* In the order of mix_shape(). */
static const struct shape shapes[] __rte_cache_aligned = {
	{ STAY, { AS_IT_IS } },
	{ TURN_V4, { AS_IT_IS } },
	{ TURN_V4, { PORTS } },
	{ TURN_V6, { AS_IT_IS } },
	{ TURN_V6, { PORTS } },
};

/* Which shape each frame has. @return lanes of frames that no shape fits */
INLINE lanes
mix_shape(struct group *g)
{
	store_lanes(g->shape, ((g->v4 & 1) + (g->v6 & 3) + (g->ports & 1)) * sizeof(struct shape));
	IN_MEMORY(g->shape);
	return lanes_of(0);
}

INLINE void
mix_turn(const struct group *g, enum turn turn, unsigned int i)
{
	uint8_t *d = g->d[i], *l3 = d + g->at_l3[i], *l4 = d + g->at_l4[i];
	vec16 macs, ports;
	vec32 addresses;

	if (turn == TURN_NONE)
		return;
	macs = shuffle16(load16(d), turn_macs);
	if (turn == TURN_DEEP) {
		const struct shape *s = RTE_PTR_ADD(shapes, g->shape[i]);

#ifdef TURN32_ANY
		addresses = turn32(load32(l3), load32(s->addresses));
#else
		addresses = turn32(load32(l3), load32(s->same), load32(s->other));
#endif
		ports = shuffle16(load16(l4), load16(s->ports));
	}
	store16(d, macs);
	if (turn == TURN_DEEP) {
		store32(l3, addresses);
		/* Last: of an IPv4 frame this window and that one overlap, and here are the ports. */
		store16(l4, ports);
	}
}
