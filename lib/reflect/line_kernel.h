/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Frames of kinds that the queue has met before (reflect/memo.h), each by its first line: one load,
 * one compare under a mask, one permutation, one store. Included by burst_kernel.h where registers
 * hold a line.
 *
 * A line is read and written whole, whatever the length of the frame, as far as the buffer goes:
 * what lies behind the frame is written as it was.
 */

/* Frames of a run that are looked at together. */
#define LINE_GROUP 8
/* Bursts that do without when fewer than half of the frames were of a known kind. */
#define MEMO_PAUSE 16

#define ONES(type, field) \
	[offsetof(struct rte_mbuf, field)...offsetof(struct rte_mbuf, field) + sizeof(type) - 1] = 0xff

/* How the mbufs of a kind agree: where the data is in the buffer, and how it is held. */
static const uint8_t mbuf_line_mask[DLO_LINE] __rte_cache_aligned = {
	ONES(uint16_t, data_off),
	ONES(uint16_t, refcnt),
	ONES(uint16_t, nb_segs),
	ONES(uint64_t, ol_flags),
	ONES(uint32_t, pkt_len),
	ONES(uint16_t, data_len),
	ONES(uint16_t, buf_len),
};

/* Bits: of those of land, bytes in which a line and what it becomes differ. */
INLINE uint64_t
line_differs(uint64_t land, __m512i line, __m512i turned)
{
	return _cvtmask64_u64(_mm512_mask_cmpneq_epi8_mask(_cvtu64_mask64(land), line, turned));
}

/*
 * Addresses: all frames of a group have to differ in one and the same byte. Where each differs in
 * another one nothing is proved, and they are looked at one by one.
 *
 * @return how many frames from the start, a multiple of LINE_GROUP, are turned round
 */
INLINE uint16_t
line_run_of(const struct dlo_memo_class *c, bool turn, bool land, bool offloads,
	struct rte_mbuf **pkts, uint16_t nb)
{
	__m512i like = _mm512_loadu_si512(c->mbuf), how = _mm512_loadu_si512(mbuf_line_mask);
	__m512i first = _mm512_loadu_si512(c->data), mask = _mm512_loadu_si512(c->line_mask);
	__m512i places = _mm512_loadu_si512(c->line_turn), turned[LINE_GROUP];
	size_t off = c->data_off, i;

	for (i = 0; i + LINE_GROUP <= nb; i += LINE_GROUP) {
		__m512i mbuf = _mm512_setzero_si512(), head = mbuf;
		uint8_t *d[LINE_GROUP];
		__mmask64 apart = _cvtu64_mask64(c->land);

		for (unsigned int j = 0; j < LINE_GROUP; j++)
			mbuf = _mm512_ternarylogic_epi64(mbuf, like,
				_mm512_loadu_si512(pkts[i + j]), 0xf6);
		if (unlikely(_mm512_test_epi64_mask(mbuf, how) != 0))
			break;
		for (unsigned int j = 0; j < LINE_GROUP; j++) {
			__m512i line;

			d[j] = (uint8_t *)pkts[i + j]->buf_addr + off;
			line = _mm512_loadu_si512(d[j]);
			head = _mm512_ternarylogic_epi64(head, first, line, 0xf6);
			turned[j] = _mm512_permutexvar_epi8(places, line);
			if (land)
				apart = _mm512_mask_cmpneq_epi8_mask(apart, line, turned[j]);
		}
		if (unlikely(_mm512_test_epi64_mask(head, mask) != 0 || (land && apart == 0)))
			break;
		for (unsigned int j = 0; j < LINE_GROUP; j++) {
			if (turn)
				_mm512_storeu_si512(d[j], turned[j]);
			if (offloads)
				pkts[i + j]->ol_flags = 0;
		}
	}
	return (uint16_t)i;
}

INLINE uint16_t
line_run(const struct dlo_plan *plan, const struct dlo_memo_class *c, struct rte_mbuf **pkts,
	uint16_t nb)
{
	if (!c->lines || c->after_mask != 0)
		return 0;
	if (plan->mode == DLO_MODE_WIRE)
		return line_run_of(c, false, false, c->offloads, pkts, nb);
	return c->no_land != 0 ? line_run_of(c, true, false, c->offloads, pkts, nb) :
				 line_run_of(c, true, true, c->offloads, pkts, nb);
}

INLINE bool
line_frame(const struct dlo_memo *memo, bool turn, struct rte_mbuf *m)
{
	uint8_t *d = rte_pktmbuf_mtod(m, uint8_t *);
	const struct dlo_memo_class *c;
	__m512i line, turned, mbuf;
	uint32_t after;

	if (unlikely(m->buf_len < m->data_off + DLO_MEMO_ROOM))
		return false;
	c = &memo->classes[dlo_memo_slot(memo, d, rte_pktmbuf_data_len(m))];
	line = _mm512_loadu_si512(d);
	mbuf = _mm512_xor_si512(_mm512_loadu_si512(m), _mm512_loadu_si512(c->mbuf));
	turned = _mm512_permutexvar_epi8(_mm512_loadu_si512(c->line_turn), line);
	memcpy(&after, d + c->after_off, sizeof(after));
	if (unlikely((_mm512_test_epi64_mask(mbuf, _mm512_loadu_si512(mbuf_line_mask)) |
			     _mm512_test_epi64_mask(_mm512_xor_si512(line, _mm512_loadu_si512(c->data)),
				     _mm512_loadu_si512(c->line_mask))) != 0 ||
		    ((after ^ c->after) & c->after_mask) != 0 ||
		    (line_differs(c->land, line, turned) | c->no_land) == 0))
		return false;
	if (turn)
		_mm512_storeu_si512(d, turned);
	if (c->offloads)
		m->ol_flags = 0;
	return true;
}

INLINE uint64_t
line_frames(const struct dlo_memo *memo, bool turn, struct rte_mbuf **pkts, uint16_t nb)
{
	uint64_t done = 0;

	for (uint16_t i = 0; i < nb; i++)
		done |= (uint64_t)line_frame(memo, turn, pkts[i]) << i;
	return done;
}

/* One of the frames that were of no known kind may be known from now on. */
static __rte_noinline void
line_learn(const struct dlo_plan *plan, struct dlo_lane *lane, struct rte_mbuf *m, bool few)
{
	struct dlo_run run;

	dlo_run_start(plan, lane, m, &run);
	if ((run.row == NULL || !dlo_memo_keep(plan, &lane->memo, m, &run)) && few)
		lane->memo.pause = MEMO_PAUSE;
}

/* What is left is closed up for the code that knows nothing. @return the bits of all that is done */
static __rte_noinline uint64_t
line_others(const struct dlo_plan *plan, struct rte_mbuf **pkts, uint16_t nb, uint64_t done)
{
	struct rte_mbuf *others[DLO_BURST_MAX];
	uint8_t places[DLO_BURST_MAX];
	uint16_t n = 0;

	for (uint64_t left = first(nb) & ~done; left != 0; left &= left - 1) {
		places[n] = (uint8_t)__builtin_ctzll(left);
		others[n] = pkts[places[n]];
		n++;
	}
	for (uint64_t found = mix(plan, others, n); found != 0; found &= found - 1)
		done |= UINT64_C(1) << places[__builtin_ctzll(found)];
	return done;
}

/* See burst_kernel.h. */
INLINE uint64_t
turn_round(const struct dlo_plan *plan, struct dlo_lane *lane, struct rte_mbuf **pkts, uint16_t nb,
	uint16_t *ret_alike)
{
	const struct dlo_memo_class *c;
	uint64_t done = 0, missed;
	uint16_t alike = 0;

	if (lane == NULL || !dlo_memo_ready(&lane->memo, plan->serial)) {
		if (nb > 1 && seem_alike(pkts, nb))
			alike = run(plan, NULL, lane, pkts, nb);
		*ret_alike = alike;
		return first(alike) | (alike < nb ? mix(plan, pkts + alike, nb - alike) << alike : 0);
	}
	c = find_class(&lane->memo, pkts[0]);
	if (c != NULL && nb >= LINE_GROUP)
		alike = line_run(plan, c, pkts, nb);
	*ret_alike = alike;
	if (alike == nb)
		return first(nb);
	done = first(alike);
	if (unlikely(lane->memo.pause > 0)) {
		lane->memo.pause--;
		return line_others(plan, pkts, nb, done);
	}
	done |= (plan->mode == DLO_MODE_WIRE ?
				line_frames(&lane->memo, false, pkts + alike, nb - alike) :
				line_frames(&lane->memo, true, pkts + alike, nb - alike))
		<< alike;
	missed = first(nb) & ~done;
	if (likely(missed == 0))
		return done;
	line_learn(plan, lane, pkts[__builtin_ctzll(missed)],
		__builtin_popcountll(done) * 2 < nb);
	return line_others(plan, pkts, nb, done);
}
