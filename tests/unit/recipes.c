/* SPDX-License-Identifier: BSD-3-Clause */
#include "recipes.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include <sys/mman.h>

#include "reflect/packet.h"

#define ROOM 224 /* of most buffers, from the start of the frame */

uint64_t seed = UINT64_C(88172645463325252);

static size_t
page_size(void)
{
	static size_t size;

	if (size == 0)
		size = (size_t)sysconf(_SC_PAGESIZE);
	return size;
}

static uint8_t *
buffer_end(const struct side *s, unsigned int slot, unsigned int seg)
{
	const size_t page = page_size(), room = RTE_ALIGN_CEIL((size_t)BUF_MAX, page);

	return s->pages + (slot * SEGS + seg) * (room + page) + room;
}

void
side_init(struct side *s)
{
	const size_t page = page_size(), room = RTE_ALIGN_CEIL((size_t)BUF_MAX, page);

	s->pages = mmap(NULL, SLOTS * SEGS * (room + page), PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_true(s->pages != MAP_FAILED);
	for (unsigned int i = 0; i < SLOTS; i++)
		for (unsigned int j = 0; j < SEGS; j++)
			assert_int_equal(mprotect(buffer_end(s, i, j), page, PROT_NONE), 0);
}

/* Pieces, each held in a way of its own. */
static void
cut(struct recipe *r)
{
	uint32_t left = r->len;

	r->nb_segs = 2 + draw(2);
	for (unsigned int i = 0; i + 1 < r->nb_segs; i++) {
		r->lens[i] = one_in(2) ? draw(left + 1) : draw(left < 80 ? left + 1 : 80);
		left -= r->lens[i];
	}
	r->lens[r->nb_segs - 1] = left;
	for (unsigned int i = 0; i < r->nb_segs; i++) {
		r->holder[i] = one_in(3) ? draw(HOLD_MAX) : HOLD_PLAIN;
		if (r->holder[i] == HOLD_CHAIN)
			r->holder[i] = HOLD_PLAIN;
	}
}

/* An mbuf whose lengths contradict each other: somebody's mistake, or somebody's malice. */
static void
lie(struct recipe *r)
{
	if (one_in(2))
		r->said_len = one_in(2) ? draw(2 * r->len + 2) : r->len + 1 - 2 * draw(2);
	else
		r->said_segs = draw(r->nb_segs + 3);
}

void
recipe_hold(struct recipe *r, bool odd, bool pooled)
{
	r->holder[0] = HOLD_PLAIN;
	r->nb_segs = 1;
	r->headroom = odd ? draw(128) : 64;
	r->tailroom = draw(3) * draw(40);
	/* As pools have them, all buffers of one size, and room behind the frame. */
	if (!odd && pooled && r->len < ROOM)
		r->tailroom = ROOM - r->len;
	r->ol_flags = 0;
	r->port = (uint16_t)draw(4);
	r->lens[0] = r->len;
	r->said_segs = 1;
	r->said_len = r->len;
	if (!odd)
		return;
	if (one_in(3))
		r->ol_flags = RTE_MBUF_F_RX_RSS_HASH | RTE_MBUF_F_RX_L4_CKSUM_NONE;
	/* Tags that are to be put back, where there is room and nobody else looks. */
	if (one_in(6))
		r->ol_flags |= RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED;
	if (one_in(6))
		r->ol_flags |= RTE_MBUF_F_RX_QINQ | RTE_MBUF_F_RX_QINQ_STRIPPED;
	if (one_in(2))
		r->holder[0] = draw(HOLD_MAX);
	r->parent_counted = one_in(2);
	if (r->holder[0] == HOLD_CHAIN)
		cut(r);
	r->said_segs = r->nb_segs;
	if (one_in(12))
		lie(r);
}

static uint64_t
holder_flags(enum holder holder)
{
	switch (holder) {
	case HOLD_INDIRECT:
		return RTE_MBUF_F_INDIRECT;
	case HOLD_EXTERNAL:
	case HOLD_EXTERNAL_SHARED:
	case HOLD_EXTERNAL_UNKNOWN:
		return RTE_MBUF_F_EXTERNAL;
	default:
		return 0;
	}
}

/* May somebody else read this segment's data? */
static bool
is_shared(const struct recipe *r, unsigned int seg)
{
	switch (r->holder[seg]) {
	case HOLD_COUNTED:
	case HOLD_EXTERNAL_SHARED:
	case HOLD_EXTERNAL_UNKNOWN:
		return true;
	case HOLD_INDIRECT:
		return r->parent_counted;
	default:
		return false;
	}
}

static void
hold_segment(enum holder holder, struct segment *seg)
{
	struct rte_mbuf *m = &seg->m;

	rte_mbuf_refcnt_set(m, 1);
	switch (holder) {
	case HOLD_COUNTED:
		rte_mbuf_refcnt_set(m, 2);
		break;
	case HOLD_EXTERNAL:
	case HOLD_EXTERNAL_SHARED:
		m->shinfo = &seg->shinfo;
		rte_mbuf_ext_refcnt_set(m->shinfo, holder == HOLD_EXTERNAL ? 1 : 2);
		break;
	default:
		break;
	}
}

void
side_build(struct side *s, unsigned int slot, const struct recipe *r)
{
	const uint8_t *from = r->bytes;

	for (unsigned int i = 0; i < r->nb_segs; i++) {
		struct segment *seg = &s->segs[slot][i];
		struct rte_mbuf *m = &seg->m;
		uint32_t len = r->lens[i];
		uint32_t tailroom = i + 1 == r->nb_segs ? r->tailroom : 0;
		uint8_t *buf = buffer_end(s, slot, i) - tailroom - len - r->headroom;

		memset(m, 0, sizeof(*m));
		if (r->holder[i] == HOLD_INDIRECT) {
			/* A parent mbuf in front of the data, as a pool has it. */
			struct rte_mbuf *parent = (struct rte_mbuf *)RTE_PTR_ALIGN_FLOOR(
				buf - sizeof(*parent), RTE_CACHE_LINE_SIZE);

			memset(parent, 0, (size_t)(buf - (uint8_t *)parent));
			rte_mbuf_refcnt_set(parent, r->parent_counted ? 2 : 1);
			m->buf_addr = parent + 1;
			m->data_off = (uint16_t)(buf + r->headroom - (uint8_t *)m->buf_addr);
		} else {
			m->buf_addr = buf;
			m->data_off = (uint16_t)r->headroom;
		}
		m->buf_len = (uint16_t)(m->data_off + len + tailroom);
		m->nb_segs = i == 0 ? (uint16_t)r->said_segs : 1;
		m->port = r->port;
		m->pkt_len = i == 0 ? r->said_len : len;
		m->data_len = (uint16_t)len;
		m->ol_flags = (i == 0 ? r->ol_flags : 0) | holder_flags(r->holder[i]);
		m->packet_type = RTE_PTYPE_L2_ETHER;
		m->vlan_tci = 0x2005;
		m->vlan_tci_outer = 0x6064;
		m->next = i + 1 < r->nb_segs ? &s->segs[slot][i + 1].m : NULL;
		hold_segment(r->holder[i], seg);
		memset(buf, 0xa5, r->headroom);
		memcpy(buf + r->headroom, from, len);
		memset(buf + r->headroom + len, 0x5a, tailroom);
		from += len;
	}
	s->pkts[slot] = &s->segs[slot][0].m;
}

static unsigned int
slot_of(const struct side *s, const struct rte_mbuf *m)
{
	return (unsigned int)(RTE_PTR_DIFF(m, s->segs) / sizeof(s->segs[0]));
}

static void
compare_segment(const char *what, const struct side *want, const struct side *got, unsigned int slot,
	unsigned int seg, const struct recipe *r)
{
	const struct rte_mbuf *a = &want->segs[slot][seg].m, *b = &got->segs[slot][seg].m;
	uint32_t room = r->headroom + r->lens[seg] + (seg + 1 == r->nb_segs ? r->tailroom : 0);
	const uint8_t *end_a = buffer_end(want, slot, seg), *end_b = buffer_end(got, slot, seg);

	assert_int_equal(b->data_off, a->data_off);
	assert_int_equal(b->data_len, a->data_len);
	assert_int_equal(b->pkt_len, a->pkt_len);
	assert_int_equal(b->nb_segs, a->nb_segs);
	assert_int_equal(b->port, a->port);
	assert_int_equal(b->packet_type, a->packet_type);
	assert_int_equal(rte_mbuf_refcnt_read(b), rte_mbuf_refcnt_read(a));
	if (b->ol_flags != a->ol_flags)
		fail_msg("%s: flags are %" PRIx64 ", not %" PRIx64, what, b->ol_flags, a->ol_flags);
	for (uint32_t i = 1; i <= room; i++) {
		if (end_a[-(ptrdiff_t)i] != end_b[-(ptrdiff_t)i])
			fail_msg("%s: slot %u, byte %d of %u is %02x, not %02x", what, slot,
				(int)(room - i) - (int)r->headroom, r->len, end_b[-(ptrdiff_t)i],
				end_a[-(ptrdiff_t)i]);
	}
}

static void
check_bytes(const char *what, const char *which, unsigned int slot, const uint8_t *is,
	const uint8_t *was, uint32_t len)
{
	for (uint32_t i = 0; i < len; i++)
		if (is[i] != was[i])
			fail_msg("%s: slot %u, byte %u of %u %s has become %02x, and was %02x", what, slot, i,
				len, which, is[i], was[i]);
}

/*
 * Whatever becomes of a frame: in front of it nothing changes, behind it nothing unless an answer is
 * longer than its request, shared data not at all, and of what is not sent back not a byte. Tags that
 * are put back are the exception, in a segment that is not shared.
 */
static void
check_untouched(const char *what, const struct side *got, unsigned int slot, const struct recipe *r,
	enum dlo_verdict v)
{
	static uint8_t front[BUF_MAX], behind[BUF_MAX];
	const uint8_t *bytes = r->bytes;
	bool tags = (r->ol_flags & DLO_TAGS_STRIPPED) != 0;

	memset(front, 0xa5, sizeof(front));
	memset(behind, 0x5a, sizeof(behind));
	for (unsigned int i = 0; i < r->nb_segs; i++) {
		uint32_t len = r->lens[i], tailroom = i + 1 == r->nb_segs ? r->tailroom : 0;
		const uint8_t *data = buffer_end(got, slot, i) - tailroom - len;
		bool shared = is_shared(r, i), same = shared || v == DLO_PUNTED || v == DLO_FORWARDED ||
			dlo_verdict_is_drop(v);

		if (!tags || i > 0 || shared)
			check_bytes(what, "in front", slot, data - r->headroom, front, r->headroom);
		if (same && (!tags || i > 0 || shared))
			check_bytes(what, shared ? "of shared data" : "of a frame that stays", slot, data,
				bytes, len);
		if (shared || !dlo_verdict_is_answer(v))
			check_bytes(what, "behind", slot, data + len, behind, tailroom);
		bytes += len;
	}
}

void
sides_compare(const char *what, const struct side *want, const struct side *got,
	const struct recipe *r, unsigned int nb)
{
	assert_int_equal(got->burst.nb_back, want->burst.nb_back);
	assert_int_equal(got->burst.nb_punt, want->burst.nb_punt);
	assert_int_equal(got->burst.nb_reflected, want->burst.nb_reflected);
	assert_int_equal(got->burst.nb_chained, want->burst.nb_chained);
	assert_int_equal(got->burst.rx_bytes, want->burst.rx_bytes);
	assert_int_equal(got->burst.back_bytes, want->burst.back_bytes);
	for (unsigned int i = 0; i < nb; i++) {
		if (slot_of(got, got->pkts[i]) != slot_of(want, want->pkts[i]))
			fail_msg("%s: place %u has frame %u, not %u", what, i,
				slot_of(got, got->pkts[i]), slot_of(want, want->pkts[i]));
		if (got->burst.verdict[i] != want->burst.verdict[i])
			fail_msg("%s: frame %u is %s, not %s", what, i,
				dlo_verdict_name(got->burst.verdict[i]),
				dlo_verdict_name(want->burst.verdict[i]));
	}
	for (unsigned int i = 0; i < nb; i++)
		for (unsigned int j = 0; j < r[i].nb_segs; j++)
			compare_segment(what, want, got, i, j, &r[i]);
	for (unsigned int i = 0; i < nb; i++) {
		unsigned int slot = slot_of(got, got->pkts[i]);

		check_untouched(what, got, slot, &r[slot], got->burst.verdict[i]);
	}
}
