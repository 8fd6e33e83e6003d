/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Frames of kinds that the queue has met before (reflect/memo.h), each by its first line: one load,
 * one compare under a mask, one permutation, one store. Included by burst_kernel.h where registers
 * hold a line.
 *
 * First as a run, whose kind is in registers (line_run()); what is left each by its own kind
 * (line_singles()), in groups too, with one branch for all: what differs from what it should be is
 * gathered, and where anything is left over the group is looked at again, one by one. What has no
 * known kind goes to columns (line_others()), and one such frame of a burst is learnt (line_learn()).
 *
 * A line is read and written whole, whatever the length of the frame, as far as the buffer goes:
 * what lies behind the frame is written as it was.
 */

/* Frames of a run that are looked at together. */
#define LINE_GROUP 8
/* Else compilers keep in memory what registers have room for. */
#ifdef __clang__
#define UNROLLED _Pragma("clang loop unroll(full)")
#else
#define UNROLLED _Pragma("GCC unroll 8")
#endif
/* Bursts that do without when fewer than half of the frames were of a known kind. */
#define MEMO_PAUSE 16
/* Bursts in which no run is looked for, after one whose first frames were no run. */
#define MIXED_PAUSE 7

#define ONES(type, field) \
	[offsetof(struct rte_mbuf, field)...offsetof(struct rte_mbuf, field) + sizeof(type) - 1] = 0xff

#define ODD_FLAG_BYTES(at) [offsetof(struct rte_mbuf, ol_flags) + (at)] = (uint8_t)(ODD_FLAGS >> 8 * (at))

/* How all mbufs of known frames agree: where the data is in the buffer, and nobody else's. */
static const uint8_t buffer_mask[DLO_LINE] __rte_cache_aligned = {
	ONES(uint16_t, data_off),
	ONES(uint16_t, refcnt),
	ONES(uint16_t, nb_segs),
	ONES(uint16_t, buf_len),
	ODD_FLAG_BYTES(0), ODD_FLAG_BYTES(1), ODD_FLAG_BYTES(2), ODD_FLAG_BYTES(3),
	ODD_FLAG_BYTES(4), ODD_FLAG_BYTES(5), ODD_FLAG_BYTES(6), ODD_FLAG_BYTES(7),
};

static const uint8_t flags_mask[DLO_LINE] __rte_cache_aligned = { ONES(uint64_t, ol_flags) };

/* How those of a run agree, besides. */
static const uint8_t run_mask[DLO_LINE] __rte_cache_aligned = {
	ONES(uint16_t, data_off),
	ONES(uint16_t, refcnt),
	ONES(uint16_t, nb_segs),
	ONES(uint64_t, ol_flags),
	ONES(uint32_t, pkt_len),
	ONES(uint16_t, data_len),
	ONES(uint16_t, buf_len),
};

/* acc | (a ^ b) and acc | (a & b): what differs is gathered, and asked for once. */
#define OR_XOR(acc, a, b) _mm512_ternarylogic_epi64(acc, a, b, 0xf6)
#define OR_AND(acc, a, b) _mm512_ternarylogic_epi64(acc, a, b, 0xf8)

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
	__m512i like = _mm512_loadu_si512(c->mbuf), how = _mm512_load_si512(run_mask);
	__m512i first = _mm512_loadu_si512(c->data), mask = _mm512_loadu_si512(c->line_mask);
	__m512i places = _mm512_loadu_si512(c->line_turn), turned[LINE_GROUP];
	size_t off = c->data_off, i;

	for (i = 0; i + LINE_GROUP <= nb; i += LINE_GROUP) {
		__m512i mbuf = _mm512_setzero_si512(), head = mbuf;
		uint8_t *d[LINE_GROUP];
		__mmask64 apart = _cvtu64_mask64(c->land);

		for (unsigned int j = 0; j < LINE_GROUP; j++)
			mbuf = OR_XOR(mbuf, like, _mm512_loadu_si512(pkts[i + j]));
		if (unlikely(_mm512_test_epi64_mask(mbuf, how) != 0))
			break;
		for (unsigned int j = 0; j < LINE_GROUP; j++) {
			__m512i line;

			d[j] = (uint8_t *)pkts[i + j]->buf_addr + off;
			line = _mm512_loadu_si512(d[j]);
			head = OR_XOR(head, first, line);
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

/* Do addresses have to differ? */
INLINE bool
line_asks_land(const struct dlo_plan *plan)
{
	return plan->guards && plan->mode >= DLO_MODE_IP;
}

INLINE uint16_t
line_run_like(const struct dlo_plan *plan, const struct dlo_memo_class *c, struct rte_mbuf **pkts,
	uint16_t nb)
{
	if (c->lens == 0 || c->after_mask != 0)
		return 0;
	if (plan->mode == DLO_MODE_WIRE)
		return line_run_of(c, false, false, c->offloads, pkts, nb);
	return line_asks_land(plan) ? line_run_of(c, true, true, c->offloads, pkts, nb) :
				      line_run_of(c, true, false, c->offloads, pkts, nb);
}

/*
 * The kind is guessed first: the one that followed the last one the last time. All is compared, so a
 * wrong guess costs time only, and a right one need not wait until the first frame has been read.
 */
INLINE uint16_t
line_run(const struct dlo_plan *plan, struct dlo_memo *memo, struct rte_mbuf **pkts, uint16_t nb)
{
	struct dlo_memo_class *c = memo->last != NULL ? memo->last->next : NULL;
	uint16_t alike = 0;

	for (unsigned int try = 0; try < 2 && alike == 0; try++) {
		if (try > 0 || c == NULL) {
			const struct rte_mbuf *m = pkts[0];

			if (unlikely(m->buf_len < m->data_off + DLO_MEMO_ROOM))
				return 0;
			c = &memo->classes[dlo_memo_slot(memo, m)];
			try = 1;
		}
		alike = line_run_like(plan, c, pkts, nb);
	}
	if (alike == 0) {
		memo->mixed = MIXED_PAUSE;
		return 0;
	}
	if (memo->last != NULL)
		memo->last->next = c;
	memo->last = c;
	return alike;
}

/* See dlo_memo_slot(). */
INLINE const struct dlo_memo_class *
line_class(const struct dlo_memo *memo, const uint8_t *data, __m512i line, uint64_t lens)
{
	uint16_t type;
	__m256i picks;

	memcpy(&type, data + DLO_ETHER_TYPE, sizeof(type));
	picks = _mm256_castsi128_si256(_mm_loadl_epi64((const void *)dlo_memo_picks_of(type)));
	picks = _mm256_permutexvar_epi8(picks, _mm512_castsi512_si256(line));
	return &memo->classes[dlo_memo_hash(memo,
		(uint64_t)_mm_cvtsi128_si64(_mm256_castsi256_si128(picks)), lens)];
}

/* n frames, each of its own kind: all of them or none. */
INLINE bool
line_group(const struct dlo_memo *memo, bool turn, bool land, bool link, unsigned int n,
	struct rte_mbuf **pkts)
{
	const __m512i like = _mm512_load_si512(memo->mbuf);
	size_t off = ((const struct rte_mbuf *)memo->mbuf)->data_off;
	__m512i mbuf = _mm512_setzero_si512(), head = mbuf, turned[LINE_GROUP];
	uint64_t rest = 0;
	uint8_t *d[LINE_GROUP];

	UNROLLED
	for (unsigned int i = 0; i < n; i++)
		mbuf = OR_XOR(mbuf, like, _mm512_loadu_si512(pkts[i]));
	if (unlikely(_mm512_test_epi64_mask(mbuf, _mm512_load_si512(buffer_mask)) != 0))
		return false;
	UNROLLED
	for (unsigned int i = 0; i < n; i++) {
		const struct dlo_memo_class *c;
		uint64_t lens = dlo_memo_lens(pkts[i]);
		__m512i line;
		uint32_t after;

		d[i] = (uint8_t *)pkts[i]->buf_addr + off;
		line = _mm512_loadu_si512(d[i]);
		c = line_class(memo, d[i], line, lens);
		rest |= lens ^ c->lens;
		head = OR_AND(head, _mm512_xor_si512(line, _mm512_load_si512(c->data)),
			_mm512_load_si512(c->line_mask));
		memcpy(&after, d[i] + c->after_off, sizeof(after));
		rest |= (after ^ c->after) & c->after_mask;
		turned[i] = _mm512_permutexvar_epi8(_mm512_load_si512(c->line_turn), line);
		if (land && unlikely(_mm512_mask_cmpneq_epi8_mask(_cvtu64_mask64(c->land), line,
					turned[i]) == 0))
			return false;
	}
	if (unlikely(_mm512_test_epi64_mask(head, head) != 0 || rest != 0))
		return false;
	UNROLLED
	for (unsigned int i = 0; turn && i < n; i++)
		_mm512_storeu_si512(d[i], turned[i]);
	if (unlikely(_mm512_test_epi64_mask(mbuf, _mm512_load_si512(flags_mask)) != 0) && !link) {
		for (unsigned int i = 0; i < n; i++)
			pkts[i]->ol_flags = 0;
	}
	return true;
}

/* @return a bit for each frame of a known kind: it is turned round */
INLINE uint64_t
line_frames(const struct dlo_memo *memo, bool turn, bool land, bool link, struct rte_mbuf **pkts,
	uint16_t nb)
{
	uint64_t done = 0;
	uint16_t i = 0;

	for (; i + LINE_GROUP <= nb; i += LINE_GROUP) {
		if (likely(line_group(memo, turn, land, link, LINE_GROUP, pkts + i)))
			done |= ((UINT64_C(1) << LINE_GROUP) - 1) << i;
		else
			for (uint16_t j = i; j < i + LINE_GROUP; j++)
				done |= (uint64_t)line_group(memo, turn, land, link, 1, pkts + j) << j;
	}
	for (; i < nb; i++)
		done |= (uint64_t)line_group(memo, turn, land, link, 1, pkts + i) << i;
	return done;
}

INLINE uint64_t
line_singles(const struct dlo_plan *plan, const struct dlo_memo *memo, struct rte_mbuf **pkts,
	uint16_t nb)
{
	if (plan->mode == DLO_MODE_WIRE)
		return line_frames(memo, false, false, plan->link, pkts, nb);
	if (line_asks_land(plan))
		return line_frames(memo, true, true, plan->link, pkts, nb);
	return line_frames(memo, true, false, plan->link, pkts, nb);
}

/* One of the frames that were of no known kind may be known from now on. */
static __rte_noinline void
line_learn(const struct dlo_plan *plan, struct dlo_lane *lane, struct rte_mbuf *m, bool few)
{
	struct dlo_run run;

	dlo_run_start(plan, lane, m, &run);
	if ((run.row == NULL || !dlo_memo_keep(plan, &lane->memo, m, &run, true)) && few)
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
	uint64_t *bytes)
{
	struct dlo_memo *memo;
	uint64_t done = 0, missed;
	uint16_t alike = 0;

	if (lane == NULL || !dlo_memo_ready(&lane->memo, plan->serial)) {
		if (nb > 1 && seem_alike(pkts, nb))
			alike = run(plan, NULL, lane, pkts, nb);
		*bytes = bytes_of(pkts, nb);
		return first(alike) | (alike < nb ? mix(plan, pkts + alike, nb - alike) << alike : 0);
	}
	memo = &lane->memo;
	if (memo->mixed > 0)
		memo->mixed--;
	else if (nb >= LINE_GROUP)
		alike = line_run(plan, memo, pkts, nb);
	if (likely(alike == nb)) {
		*bytes = (uint64_t)nb * rte_pktmbuf_pkt_len(pkts[0]);
		return first(nb);
	}
	*bytes = bytes_of(pkts, nb);
	done = first(alike);
	if (unlikely(memo->pause > 0)) {
		memo->pause--;
		return line_others(plan, pkts, nb, done);
	}
	done |= line_singles(plan, memo, pkts + alike, nb - alike) << alike;
	missed = first(nb) & ~done;
	if (likely(missed == 0))
		return done;
	line_learn(plan, lane, pkts[__builtin_ctzll(missed)],
		__builtin_popcountll(done) * 2 < nb);
	return line_others(plan, pkts, nb, done);
}
