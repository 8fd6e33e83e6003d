/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The burst function in vectors, once for all instruction sets: each burst_ISA.c says how wide its
 * vectors are and how bytes are shuffled, and includes this file.
 *
 * Plain vector types do the rest, so one text serves x86 and arm. Loads and stores of a frame stay
 * inside its bytes; nothing is written before the mbuf is known to be ours alone.
 */

#include <stddef.h>

#include <rte_branch_prediction.h>
#include <rte_mbuf.h>

#include "answer/lane.h"
#include "answer/udp.h"
#include "frame/bytes.h"
#include "frame/proto.h"
#include "reflect/burst.h"
#include "reflect/burst_types.h"
#include "reflect/memo.h"
#include "reflect/packet.h"
#include "reflect/reflect.h"
#include "reflect/row.h"
#include "reflect/scalar.h"

#define GROUP 4

/* What the frames of a run have to agree on, in registers as far as they reach. */
struct like {
	vec32 mbuf;
	vec32 mbuf_mask;
	vec32 head;
	vec32 head_mask;
	vec32 win;
	vec32 win_mask;
	vec16 tail;
	vec16 tail_mask;
	vec16 land_mask; /* ones where a pair of equal IPv4 addresses shows; zeroes: no such guard */
	vec16 turn_win; /* IPv4: addresses and ports, or addresses alone */
	uint32_t win_off;
	uint32_t tail_off;
	uint32_t l4_off;
	bool ports; /* IPv6: swap them */
	bool land; /* IPv6: drop when the addresses are equal */
};

/* From data_off to the RSS hash. What says where the frame is may differ, how it is held may not. */
#define MBUF_OFF offsetof(struct rte_mbuf, data_off)
static const struct {
	uint16_t data_off, refcnt, nb_segs, port;
	uint64_t ol_flags;
	uint32_t packet_type, pkt_len;
	uint16_t data_len, vlan_tci;
	uint32_t hash;
} mbuf_mask = { 0, UINT16_MAX, UINT16_MAX, 0, UINT64_MAX, 0, UINT32_MAX, UINT16_MAX, 0, 0 };

static const vec16 turn_macs = { 6, 7, 8, 9, 10, 11, 0, 1, 2, 3, 4, 5, 12, 13, 14, 15 };
static const vec16 turn_v4 = { 4, 5, 6, 7, 0, 1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 15 };
static const vec16 turn_v4_ports = { 4, 5, 6, 7, 0, 1, 2, 3, 10, 11, 8, 9, 12, 13, 14, 15 };

/* What a mode does to the frames of a shape. */
enum turn {
	TURN_NONE,
	TURN_MACS,
	TURN_DEEP,
};

static void
like_first(const struct dlo_plan *plan, const struct dlo_run *run, const void *m, struct like *l)
{
	const struct dlo_row *row = run->row;
	bool guarded = plan->guards && plan->mode >= DLO_MODE_IP;

	l->mbuf = load32((const uint8_t *)m + MBUF_OFF);
	l->mbuf_mask = load32(&mbuf_mask);
	l->head = load32(run->data);
	l->head_mask = load32(run->head_mask);
	l->win_off = row->win;
	l->win = load32(run->data + row->win);
	l->win_mask = load32(run->win_mask);
	l->tail_off = row->tail;
	l->tail = load16(run->data + row->tail);
	l->tail_mask = load16(run->tail_mask);
	l->l4_off = row->l4;
	l->ports = row->l4 != 0 && plan->mode >= DLO_MODE_L4;
	l->land = guarded;
	l->land_mask = (vec16)(vec16_u32){ guarded ? UINT32_MAX : 0 };
	l->turn_win = l->ports ? turn_v4_ports : turn_v4;
}

/* n frames at once: all of them or none. Differences are gathered first and masked once. */
INLINE bool
run_group(enum dlo_shape shape, enum turn turn, bool offloads, unsigned int n,
	struct rte_mbuf **pkts, const struct like *l)
{
	vec32 mbuf = { 0 }, head = { 0 }, win = { 0 };
	vec16 tail = { 0 }, land = { 0 }, macs[GROUP], turned[GROUP], v6[GROUP][2];
	uint8_t *d[GROUP];

	for (unsigned int i = 0; i < n; i++)
		mbuf |= load32((uint8_t *)pkts[i] + MBUF_OFF) ^ l->mbuf;
	mbuf &= l->mbuf_mask;
	if (unlikely(!all_zero16(low16(mbuf) | high16(mbuf))))
		return false;

	for (unsigned int i = 0; i < n; i++) {
		d[i] = rte_pktmbuf_mtod(pkts[i], uint8_t *);
		head |= load32(d[i]) ^ l->head;
		if (turn != TURN_NONE)
			macs[i] = shuffle16(load16(d[i]), turn_macs);
		if (shape != DLO_SHAPE_L2)
			win |= load32(d[i] + l->win_off) ^ l->win;
		if (shape == DLO_SHAPE_V4) {
			vec16 w = load16(d[i] + l->win_off);

			turned[i] = shuffle16(w, l->turn_win);
			land |= (vec16)((vec16_u32)w == (vec16_u32)turned[i]);
		} else if (shape == DLO_SHAPE_V6) {
			tail |= load16(d[i] + l->tail_off) ^ l->tail;
			v6[i][0] = load16(d[i] + l->win_off);
			v6[i][1] = load16(d[i] + l->win_off + 16);
		}
	}
	head = (head & l->head_mask) | (win & l->win_mask);
	tail = (tail & l->tail_mask) | (land & l->land_mask);
	if (unlikely(!all_zero16(low16(head) | high16(head) | tail)))
		return false;
	if (shape == DLO_SHAPE_V6 && l->land) {
		for (unsigned int i = 0; i < n; i++)
			if (unlikely(all_zero16(v6[i][0] ^ v6[i][1])))
				return false;
	}

	for (unsigned int i = 0; i < n; i++) {
		if (turn != TURN_NONE)
			store16(d[i], macs[i]);
		if (turn == TURN_DEEP && shape == DLO_SHAPE_V4) {
			store16(d[i] + l->win_off, turned[i]);
		} else if (turn == TURN_DEEP && shape == DLO_SHAPE_V6) {
			store16(d[i] + l->win_off, v6[i][1]);
			store16(d[i] + l->win_off + 16, v6[i][0]);
			if (l->ports) {
				uint32_t p;

				memcpy(&p, d[i] + l->l4_off, sizeof(p));
				p = p << 16 | p >> 16;
				memcpy(d[i] + l->l4_off, &p, sizeof(p));
			}
		}
		if (offloads)
			pkts[i]->ol_flags = 0;
	}
	return true;
}

/* @return how many frames from the start were like the first, and are turned round. */
INLINE uint16_t
run_frames(enum dlo_shape shape, enum turn turn, bool offloads, struct rte_mbuf **pkts,
	uint16_t nb, const struct like *like)
{
	const struct like l = *like;
	size_t i = 0, end = nb;

	for (; i + GROUP <= end; i += GROUP)
		if (!run_group(shape, turn, offloads, GROUP, pkts + i, &l))
			return (uint16_t)i;
	for (; i < end; i++)
		if (!run_group(shape, turn, offloads, 1, pkts + i, &l))
			break;
	return (uint16_t)i;
}

INLINE uint16_t
run_shape(enum dlo_shape shape, enum turn turn, bool offloads, struct rte_mbuf **pkts, uint16_t nb,
	const struct like *l)
{
	return offloads ? run_frames(shape, turn, true, pkts, nb, l) :
			  run_frames(shape, turn, false, pkts, nb, l);
}

static uint16_t
run_like(const struct dlo_plan *plan, const struct dlo_run *start, const void *first,
	struct rte_mbuf **pkts, uint16_t nb)
{
	bool off = start->offloads;
	struct like l;

	like_first(plan, start, first, &l);
	if (plan->mode >= DLO_MODE_IP) {
		switch (start->row->shape) {
		case DLO_SHAPE_V4:
			return run_shape(DLO_SHAPE_V4, TURN_DEEP, off, pkts, nb, &l);
		case DLO_SHAPE_V6:
			return run_shape(DLO_SHAPE_V6, TURN_DEEP, off, pkts, nb, &l);
		default:
			return run_shape(DLO_SHAPE_L2, TURN_MACS, off, pkts, nb, &l);
		}
	}
	switch (start->row->shape) {
	case DLO_SHAPE_V4:
		return plan->mode == DLO_MODE_WIRE ?
			run_shape(DLO_SHAPE_V4, TURN_NONE, off, pkts, nb, &l) :
			run_shape(DLO_SHAPE_V4, TURN_MACS, off, pkts, nb, &l);
	case DLO_SHAPE_V6:
		return plan->mode == DLO_MODE_WIRE ?
			run_shape(DLO_SHAPE_V6, TURN_NONE, off, pkts, nb, &l) :
			run_shape(DLO_SHAPE_V6, TURN_MACS, off, pkts, nb, &l);
	default:
		return plan->mode == DLO_MODE_WIRE ?
			run_shape(DLO_SHAPE_L2, TURN_NONE, off, pkts, nb, &l) :
			run_shape(DLO_SHAPE_L2, TURN_MACS, off, pkts, nb, &l);
	}
}

/* Of which known kind the first frame may be; NULL: of none. */
INLINE struct dlo_memo_class *
find_class(struct dlo_memo *memo, const struct rte_mbuf *m)
{
	struct dlo_memo_class *c;

	if (unlikely(m->buf_len < m->data_off + DLO_MEMO_ROOM))
		return NULL;
	c = &memo->classes[dlo_memo_slot(memo, m)];
	return c->run.row != NULL ? c : NULL;
}

/* The first frame is judged, unless the queue knows its kind. */
static uint16_t
run(const struct dlo_plan *plan, struct dlo_memo *memo, struct dlo_lane *lane,
	struct rte_mbuf **pkts, uint16_t nb)
{
	struct dlo_run start;

	if (memo != NULL) {
		const struct dlo_memo_class *c = find_class(memo, pkts[0]);
		uint16_t n = c != NULL ? run_like(plan, &c->run, c->mbuf, pkts, nb) : 0;

		if (likely(n > 0))
			return n;
	}
	dlo_run_start(plan, lane, pkts[0], &start);
	if (start.row == NULL)
		return 0;
	if (memo != NULL)
		dlo_memo_keep(plan, memo, pkts[0], &start, false);
	return run_like(plan, &start, pkts[0], pkts, nb);
}

#include "reflect/mix_kernel.h"

/* Ones for the first n frames. */
INLINE uint64_t
first(uint16_t n)
{
	return n < 64 ? (UINT64_C(1) << n) - 1 : UINT64_MAX;
}

/* Is it worth to judge the first frame for the others? A guess, from a few of them. */
static bool
seem_alike(struct rte_mbuf *const *pkts, uint16_t nb)
{
	const uint8_t *head = rte_pktmbuf_mtod(pkts[0], const uint8_t *);
	uint16_t len = rte_pktmbuf_data_len(pkts[0]);

	if (len < DLO_ETHER_HLEN + DLO_IPV4_HLEN)
		return false;
	for (unsigned int i = 1; i < RTE_MIN(nb, 4u); i++) {
		const uint8_t *other = rte_pktmbuf_mtod(pkts[i], const uint8_t *);

		if (rte_pktmbuf_data_len(pkts[i]) != len ||
			memcmp(head + DLO_ETHER_TYPE, other + DLO_ETHER_TYPE, 2) != 0)
			return false;
		if (dlo_get16(head + DLO_ETHER_TYPE) == DLO_TYPE_IPV4 &&
			head[DLO_ETHER_HLEN + DLO_IPV4_PROTO] != other[DLO_ETHER_HLEN + DLO_IPV4_PROTO])
			return false;
	}
	return true;
}

INLINE uint64_t
bytes_of(struct rte_mbuf *const *pkts, uint16_t nb)
{
	uint64_t bytes = 0;

	for (uint16_t i = 0; i < nb; i++)
		bytes += rte_pktmbuf_pkt_len(pkts[i]);
	return bytes;
}

#ifdef LINES
#include "reflect/line_kernel.h"
#else
/*
 * @param bytes becomes those of all frames
 * @return a bit for each frame that is turned round
 */
INLINE uint64_t
turn_round(const struct dlo_plan *plan, struct dlo_lane *lane, struct rte_mbuf **pkts, uint16_t nb,
	uint64_t *bytes)
{
	struct dlo_memo *memo = NULL;
	uint16_t alike = 0;

	if (nb > 1 && seem_alike(pkts, nb)) {
		if (RTE_BYTE_ORDER == RTE_LITTLE_ENDIAN && lane != NULL &&
			dlo_memo_ready(&lane->memo, plan->serial))
			memo = &lane->memo;
		alike = run(plan, memo, lane, pkts, nb);
	}
	*bytes = alike > 0 ? (uint64_t)alike * rte_pktmbuf_pkt_len(pkts[0]) : 0;
	if (alike == nb)
		return first(nb);
	*bytes += bytes_of(pkts + alike, nb - alike);
	return first(alike) | mix(plan, pkts + alike, nb - alike) << alike;
}
#endif

void
BURST(const struct dlo_plan *plan, struct rte_mbuf **pkts, uint16_t nb_pkts, struct dlo_burst *ret)
{
	uint64_t bytes = 0, done = 0;

	if (likely(nb_pkts > 0))
		done = turn_round(plan, ret->lane, pkts, nb_pkts, &bytes);
	/* No call for sixty-four bytes. */
	for (unsigned int i = 0; i < sizeof(ret->verdict); i += sizeof(vec32))
		store32(ret->verdict + i, (vec32){ 0 } + DLO_REFLECTED);
	if (unlikely(done != first(nb_pkts) || nb_pkts == 0)) {
		dlo_reflect_rest(plan, pkts, nb_pkts, done, ret);
		return;
	}
	ret->rx_bytes = bytes;
	ret->nb_back = nb_pkts;
	ret->nb_punt = 0;
	ret->nb_reflected = nb_pkts;
	ret->nb_chained = 0;
	ret->back_bytes = bytes;
}
