/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every variant of the burst function against the scalar one, on bursts made of sound, mutated and
 * random frames in all sorts of mbufs: the same verdicts, the same order, and the same bytes, before
 * and behind the frames, too. Buffers end at a page that cannot be touched, so that a byte read
 * beyond one ends the test on any build.
 *
 * DLO_TEST_FRAMES=10000000 makes it long; DLO_TEST_SEED=N repeats one. Variants that this CPU cannot
 * run are skipped and said to be.
 */
#include "filters.h"
#include "frames.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/mman.h>

#include <rte_mbuf.h>

#include "frame/cksum.h"
#include "reflect/probe.h"

#define FRAMES_DEFAULT 1000000
#define SLOTS DLO_BURST_MAX
#define SEGS 3 /* most per frame */
#define BUF_MAX 2048
#define SHAPES_MAX 80
#define ROOM 224 /* of most buffers, from the start of the frame */
#define SERVICE 0x5670 /* a UDP port that answers; near those of other frames */
#define NONCE 0x1234

/* Small, fast and always the same: xorshift64*. */
static uint64_t seed = 88172645463325252ull;

static uint32_t
draw(uint32_t below)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return (uint32_t)((seed * 2685821657736338717ull) >> 33) % below;
}

static bool
one_in(uint32_t n)
{
	return draw(n) == 0;
}

/* How a frame lies in memory; made once per frame and built twice. */
enum holder {
	HOLD_PLAIN,
	HOLD_CHAIN,
	HOLD_COUNTED, /* a second reference to the mbuf */
	HOLD_INDIRECT, /* attached to another mbuf */
	HOLD_EXTERNAL,
	HOLD_EXTERNAL_SHARED,
	HOLD_EXTERNAL_UNKNOWN, /* no shared info: nobody says who else reads */
	HOLD_MAX
};

struct recipe {
	enum holder holder;
	unsigned int nb_segs;
	uint32_t lens[SEGS];
	uint32_t headroom;
	uint32_t tailroom;
	uint64_t ol_flags;
	uint16_t port;
	bool parent_counted; /* HOLD_INDIRECT: somebody else is attached, too */
	uint32_t len;
	uint8_t bytes[BUF_MAX];
};

/* Where one side (the oracle's or the variant's) has its frames. */
struct segment {
	struct rte_mbuf m;
	struct rte_mbuf_ext_shared_info shinfo;
} __rte_cache_aligned;

struct side {
	uint8_t *pages; /* SLOTS * SEGS times BUF_MAX bytes and a page that faults */
	struct segment segs[SLOTS][SEGS];
	struct rte_mbuf *pkts[SLOTS];
	struct dlo_burst burst;
};

static struct side want, got;
static size_t page;
static struct frame *shapes[SHAPES_MAX];
static struct dlo_loop_guard guard = { .id = 77, .nonces = { NONCE } };
static unsigned int nb_shapes;

static uint8_t *
buffer_end(const struct side *s, unsigned int slot, unsigned int seg)
{
	size_t room = RTE_ALIGN_CEIL((size_t)BUF_MAX, page);

	return s->pages + (slot * SEGS + seg) * (room + page) + room;
}

static void
side_init(struct side *s)
{
	size_t room = RTE_ALIGN_CEIL((size_t)BUF_MAX, page);

	s->pages = mmap(NULL, SLOTS * SEGS * (room + page), PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_true(s->pages != MAP_FAILED);
	for (unsigned int i = 0; i < SLOTS; i++)
		for (unsigned int j = 0; j < SEGS; j++)
			assert_int_equal(mprotect(buffer_end(s, i, j), page, PROT_NONE), 0);
}

static struct frame *
shape(void)
{
	struct frame *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	assert_true(nb_shapes < SHAPES_MAX);
	shapes[nb_shapes++] = f;
	return f;
}

static void
shape_tags(struct frame *f, unsigned int tags)
{
	static const uint16_t tpid[] = { 0x88a8, 0x8100, 0x9100 };

	for (unsigned int i = 0; i < tags; i++)
		frame_tag(f, tpid[i % 3], 0x2000 + i);
}

static void
shape_l4(struct frame *f, uint8_t proto)
{
	switch (proto) {
	case 6:
		frame_tcp(f, 1000, 2000, 13);
		break;
	case 17:
		frame_udp(f, 1000, 2000, 20);
		break;
	case 132:
		frame_sctp(f, 1000, 2000, 16);
		break;
	case 1:
	case 58:
		frame_icmp(f, proto == 1 ? 8 : 128, 0, 0x00010002, 30);
		break;
	default:
		frame_fill(f, 40);
		break;
	}
}

static void
make_shapes(void)
{
	static const uint8_t protos[] = { 6, 17, 132, 1, 58, 47 };
	static const uint8_t options[] = { 7, 7, 4, 0, 0, 0, 0, 1 };
	struct frame *f;

	for (unsigned int tags = 0; tags <= 3; tags++) {
		for (size_t i = 0; i < sizeof(protos); i++) {
			f = shape();
			frame_ether(f, MAC_OTHER, MAC_TESTER, 0x0800);
			shape_tags(f, tags);
			frame_ipv4(f, protos[i], IP_TESTER, IP_OTHER, NULL, 0);
			shape_l4(f, protos[i]);
			frame_finish(f);
			f = shape();
			frame_ether(f, MAC_OTHER, MAC_TESTER, 0x86dd);
			shape_tags(f, tags);
			frame_ipv6(f, protos[i], IP6_TESTER, IP6_OTHER);
			shape_l4(f, protos[i]);
			frame_finish(f);
		}
		f = shape();
		frame_ether(f, MAC_OTHER, MAC_TESTER, 0x88b6);
		shape_tags(f, tags);
		frame_fill(f, 50);
	}
	f = shape();
	frame_ether(f, MAC_OURS, MAC_TESTER, 0x0800);
	frame_ipv4(f, 17, IP_TESTER, IP_OTHER, options, sizeof(options));
	shape_l4(f, 17);
	frame_finish(f);
	f = shape();
	frame_ether(f, MAC_OURS, MAC_TESTER, 0x86dd);
	frame_ipv6(f, 44, IP6_TESTER, IP6_OTHER);
	frame_ext(f, 44, 17, 8);
	frame_udp(f, 5, 6, 24);
	frame_finish(f);
	f = shape();
	frame_ether(f, MAC_OURS, MAC_TESTER, 0x0800);
	frame_ipv4(f, 1, IP_TESTER, IP_OURS, NULL, 0);
	shape_l4(f, 1);
	frame_finish(f);
	f = shape();
	frame_ether(f, 0xffffffffffff, MAC_TESTER, 0x0806);
	frame_arp(f, 1, MAC_TESTER, IP_TESTER, 0, IP_OURS);
	f = shape();
	frame_udp4(f, 1000);
	f = shape();
	frame_udp4(f, 18);
	/* Near a service: vary() finds its port and our address. */
	for (unsigned int i = 0; i < 4; i++) {
		f = shape();
		if (i % 2 == 0)
			frame_udp4(f, 18);
		else
			frame_udp6(f, 18);
		put16(f->b + f->l4 + 2, SERVICE + i / 2);
	}
	f = shape();
	frame_ether(f, MAC_OTHER, MAC_TESTER, 0x88b5); /* looks like a loop probe from afar */
	frame_fill(f, 50);
	f = shape();
	frame_ether(f, MAC_OURS, MAC_TESTER, 40); /* IEEE 802.3 length */
	frame_fill(f, 46);
	/* A loop probe, another port's, and what only has its EtherType. */
	for (unsigned int i = 0; i < 3; i++) {
		f = shape();
		frame_ether(f, MAC_OURS, MAC_TESTER, 0);
		f->len = dlo_probe_write(f->b, f->b, 12, guard.id + i, NONCE);
		if (i == 2)
			memset(f->b + 14, 0x11, 20);
	}
}

/* Fields that decide something get values that decide otherwise. */
static void
mutate(struct recipe *r)
{
	static const uint8_t values[] = { 0, 1, 0x7f, 0x80, 0xff, 0x45, 0x46, 0x60, 6, 17, 132, 0x08,
		0x81, 0x86, 0xdd, 0x88, 0xa8, 0x91, 0xe0, 0x20, 0x3f };
	uint32_t n = 1 + draw(3), reach = r->len < 90 ? r->len : 90;

	while (n-- > 0 && reach > 0) {
		uint32_t at = draw(reach);

		switch (draw(4)) {
		case 0:
			r->bytes[at] ^= 1 << draw(8);
			break;
		case 1:
			r->bytes[at] = (uint8_t)draw(256);
			break;
		case 2:
			r->bytes[at] = values[draw(sizeof(values))];
			break;
		default:
			/* Addresses that are alike: MACs, IPv4, IPv6. */
			if (one_in(3))
				memmove(r->bytes, r->bytes + 6, r->len < 12 ? 0 : 6);
			else if (one_in(2))
				memmove(r->bytes + 30, r->bytes + 26, r->len < 34 ? 0 : 4);
			else
				memmove(r->bytes + 38, r->bytes + 22, r->len < 54 ? 0 : 16);
			break;
		}
	}
}

static void
resize(struct recipe *r)
{
	uint32_t len = one_in(2) ? draw(r->len + 1) : r->len + draw(40);

	if (len > BUF_MAX - 128)
		len = BUF_MAX - 128;
	for (uint32_t i = r->len; i < len; i++)
		r->bytes[i] = (uint8_t)draw(256);
	r->len = len;
}

/* What may differ between frames of one flow, and should not matter. */
static void
vary(struct recipe *r, const struct frame *f)
{
	bool v4 = f->len > f->l3 && f->b[f->l3] >> 4 == 4;

	if (f->l3 == 0 || r->len < f->l3 + 48u)
		return;
	if (v4) {
		r->bytes[f->l3 + 1] = (uint8_t)draw(256);
		r->bytes[f->l3 + 5] = (uint8_t)draw(256);
		r->bytes[f->l3 + 8] = (uint8_t)draw(256);
		r->bytes[f->l3 + 15] = (uint8_t)draw(4);
		r->bytes[f->l3 + 19] = (uint8_t)draw(4);
	} else {
		r->bytes[f->l3 + 3] = (uint8_t)draw(256);
		r->bytes[f->l3 + 23] = (uint8_t)draw(4);
		r->bytes[f->l3 + 39] = (uint8_t)draw(4);
	}
	if (f->l4 != 0)
		r->bytes[f->l4 + 1] = (uint8_t)draw(256);
	/* No checksum, or nobody would be answered. */
	if (f->l4 != 0 && (get16(f->b + f->l4 + 2) & ~1) == SERVICE) {
		put16(r->bytes + f->l4 + 6, 0);
		if (one_in(4))
			r->bytes[f->l4 + 3] ^= 1;
	}
	if (v4 && one_in(2)) {
		put16(r->bytes + f->l3 + 10, 0);
		put16(r->bytes + f->l3 + 10,
			~dlo_cksum_fold(dlo_cksum_sum(r->bytes + f->l3, 20)));
	}
}

static void
hold(struct recipe *r, bool odd, bool pooled)
{
	r->holder = HOLD_PLAIN;
	r->nb_segs = 1;
	r->headroom = odd ? draw(128) : 64;
	r->tailroom = draw(3) * draw(40);
	/* As pools have them, all buffers of one size, and room behind the frame. */
	if (!odd && pooled && r->len < ROOM)
		r->tailroom = ROOM - r->len;
	r->ol_flags = 0;
	r->port = (uint16_t)draw(4);
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
		r->holder = draw(HOLD_MAX);
	r->parent_counted = one_in(2);
	if (r->holder == HOLD_CHAIN) {
		uint32_t left = r->len;

		r->nb_segs = 2 + draw(2);
		for (unsigned int i = 0; i + 1 < r->nb_segs; i++) {
			r->lens[i] = one_in(2) ? draw(left + 1) : draw(left < 80 ? left + 1 : 80);
			left -= r->lens[i];
		}
		r->lens[r->nb_segs - 1] = left;
	} else {
		r->lens[0] = r->len;
	}
}

static uint64_t
holder_flags(const struct recipe *r)
{
	switch (r->holder) {
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

static void
hold_segment(const struct recipe *r, struct segment *seg)
{
	struct rte_mbuf *m = &seg->m;

	rte_mbuf_refcnt_set(m, 1);
	switch (r->holder) {
	case HOLD_COUNTED:
		rte_mbuf_refcnt_set(m, 2);
		break;
	case HOLD_EXTERNAL:
	case HOLD_EXTERNAL_SHARED:
		m->shinfo = &seg->shinfo;
		rte_mbuf_ext_refcnt_set(m->shinfo, r->holder == HOLD_EXTERNAL ? 1 : 2);
		break;
	default:
		break;
	}
}

static void
build(struct side *s, unsigned int slot, const struct recipe *r)
{
	const uint8_t *from = r->bytes;

	for (unsigned int i = 0; i < r->nb_segs; i++) {
		struct segment *seg = &s->segs[slot][i];
		struct rte_mbuf *m = &seg->m;
		uint32_t len = r->nb_segs == 1 ? r->len : r->lens[i];
		uint32_t tailroom = i + 1 == r->nb_segs ? r->tailroom : 0;
		uint8_t *buf = buffer_end(s, slot, i) - tailroom - len - r->headroom;

		memset(m, 0, sizeof(*m));
		if (r->holder == HOLD_INDIRECT) {
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
		m->nb_segs = i == 0 ? (uint16_t)r->nb_segs : 1;
		m->port = r->port;
		m->pkt_len = i == 0 ? r->len : len;
		m->data_len = (uint16_t)len;
		m->ol_flags = (i == 0 ? r->ol_flags : 0) | holder_flags(r);
		m->packet_type = RTE_PTYPE_L2_ETHER;
		m->vlan_tci = 0x2005;
		m->vlan_tci_outer = 0x6064;
		m->next = i + 1 < r->nb_segs ? &s->segs[slot][i + 1].m : NULL;
		hold_segment(r, seg);
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
compare_segment(const char *what, unsigned int slot, unsigned int seg, const struct recipe *r)
{
	const struct rte_mbuf *a = &want.segs[slot][seg].m, *b = &got.segs[slot][seg].m;
	uint32_t room = r->headroom + (r->nb_segs == 1 ? r->len : r->lens[seg]) +
		(seg + 1 == r->nb_segs ? r->tailroom : 0);
	const uint8_t *end_a = buffer_end(&want, slot, seg), *end_b = buffer_end(&got, slot, seg);

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
compare(const char *what, const struct recipe *r, unsigned int nb)
{
	assert_int_equal(got.burst.nb_back, want.burst.nb_back);
	assert_int_equal(got.burst.nb_punt, want.burst.nb_punt);
	assert_int_equal(got.burst.nb_reflected, want.burst.nb_reflected);
	assert_int_equal(got.burst.nb_chained, want.burst.nb_chained);
	assert_int_equal(got.burst.rx_bytes, want.burst.rx_bytes);
	assert_int_equal(got.burst.back_bytes, want.burst.back_bytes);
	for (unsigned int i = 0; i < nb; i++) {
		if (slot_of(&got, got.pkts[i]) != slot_of(&want, want.pkts[i]))
			fail_msg("%s: place %u has frame %u, not %u", what, i,
				slot_of(&got, got.pkts[i]), slot_of(&want, want.pkts[i]));
		if (got.burst.verdict[i] != want.burst.verdict[i])
			fail_msg("%s: frame %u is %s, not %s", what, i,
				dlo_verdict_name(got.burst.verdict[i]),
				dlo_verdict_name(want.burst.verdict[i]));
	}
	for (unsigned int i = 0; i < nb; i++)
		for (unsigned int j = 0; j < r[i].nb_segs; j++)
			compare_segment(what, i, j, &r[i]);
}

static void
take_shape(struct recipe *r, const struct frame *f)
{
	r->len = f->len;
	memcpy(r->bytes, f->b, f->len);
}

/* Runs of one kind with something else in between, pure mixes, and noise. */
static void
make_burst(struct recipe *r, unsigned int nb)
{
	uint32_t style = draw(8);
	const struct frame *f = shapes[draw(nb_shapes)];
	bool odd = one_in(4), pooled = one_in(2);

	for (unsigned int i = 0; i < nb; i++) {
		bool deviates = style < 3 ? one_in(40) : style < 6 ? one_in(6) : style == 6;

		if (style >= 5 || (deviates && one_in(4)))
			f = shapes[draw(nb_shapes)];
		take_shape(&r[i], f);
		/* Varied frames have wrong sums, which answers look at. */
		if (!one_in(8))
			vary(&r[i], f);
		if (deviates && !one_in(3))
			mutate(&r[i]);
		if (deviates && one_in(4))
			resize(&r[i]);
		if (style == 7 && one_in(4)) {
			r[i].len = draw(120);
			for (uint32_t j = 0; j < r[i].len; j++)
				r[i].bytes[j] = (uint8_t)draw(256);
		}
		hold(&r[i], odd && (deviates || one_in(8)), pooled);
	}
}

/* Loopbacks among the addresses that varied frames have. */
static void
add_loopbacks(struct dlo_plan *plan)
{
	static const char *const addresses[] = { IP_OURS, IP6_OURS, "198.51.100.2", "2001:db8::2",
		"198.18.0.3", "2001:2::3" };
	struct dlo_addr_rule rules[6];

	for (unsigned int i = 0; i < 6; i++) {
		assert_int_equal(dlo_prefix_parse(addresses[i], &rules[i].prefix), 0);
		rules[i].owner = i < 2 ? DLO_OWNER_PORT :
			plan->link     ? DLO_OWNER_HOST_LOOPBACK :
					 DLO_OWNER_LOOPBACK + i;
	}
	dlo_addr_table_free((struct dlo_addr_table *)(uintptr_t)plan->addresses);
	plan->addresses = dlo_addr_table_create(rules, 6);
	assert_non_null(plan->addresses);
	plan->punt = !plan->link && !one_in(4);
	plan->forward = plan->link;
	if (!one_in(4))
		put48(plan->mac.addr_bytes, MAC_OTHER);
}

/* What expressions look at: EtherType, protocol, ports, addresses, lengths; and what they seldom do. */
static void
add_filter(struct dlo_plan *plan)
{
	static const struct filter_term known[] = {
		{ 12, false, 0xffff, 0x0800 },
		{ 12, false, 0xffff, 0x86dd },
		{ 12, false, 0xff00, 0x8100 },
		{ 22, false, 0x00ff, 17 },
		{ 22, false, 0x00ff, 6 },
		{ 20, false, 0xff00, 0x1100 },
		{ 0, true, 0xffff, 1000 },
		{ 2, true, 0xffff, 2000 },
		{ 0, true, 0xff00, 0x0300 },
		{ 2, true, 0xffff, SERVICE },
		{ 54, false, 0xffff, 1000 },
		{ 26, false, 0xffff, 0xc612 },
		{ 16, false, 0xff00, 0 },
		{ 60, false, 0x000f, 5 },
	};
	static struct filter_terms terms;

	terms.nb = 1 + draw(TERMS_MAX);
	for (unsigned int i = 0; i < terms.nb; i++) {
		terms.terms[i] = known[draw(sizeof(known) / sizeof(known[0]))];
		if (one_in(6)) {
			terms.terms[i].off = (uint16_t)draw(90);
			terms.terms[i].mask = (uint16_t)(1 << draw(16));
			terms.terms[i].value = one_in(2) ? terms.terms[i].mask : 0;
		}
	}
	plan->filter = filter_of(&terms);
	plan->unmatched_punt = !plan->link && one_in(2);
}

static struct dlo_plan *
make_plan(void)
{
	struct dlo_plan *plan = plan_of(draw(DLO_MODE_MAX), !one_in(4), one_in(6));

	plan->accept = draw(DLO_ACCEPT_MAX);
	if (plan->accept == DLO_ACCEPT_OWN && one_in(2))
		put48(plan->mac.addr_bytes, MAC_OTHER);
	if (one_in(3))
		plan->answers = draw(UINT32_C(1) << DLO_ANSWER_MAX);
	if (one_in(2))
		plan->settings.udp_echo.port = SERVICE;
	if (one_in(4))
		put48(plan->own_macs[1].addr_bytes, MAC_TESTER);
	if (one_in(8))
		plan->nb_own_macs = 0;
	if (one_in(3))
		add_loopbacks(plan);
	if (one_in(3))
		add_filter(plan);
	plan->restore_tags = !one_in(4);
	if (one_in(2))
		plan->loop_guard = &guard;
	plan->loop_stop = one_in(8);
	return plan;
}

static unsigned long
number(const char *name, unsigned long otherwise)
{
	const char *text = getenv(name);

	return text == NULL ? otherwise : strtoul(text, NULL, 10);
}

static void
differential(void **state)
{
	const char *variant = *state;
	unsigned long frames = number("DLO_TEST_FRAMES", FRAMES_DEFAULT);
	static struct recipe r[SLOTS];
	struct dlo_lane lane = { 0 };
	char what[64];

	seed = number("DLO_TEST_SEED", 88172645463325252ul);
	for (unsigned long done = 0; done < frames;) {
		struct dlo_plan *plan = make_plan();

		assert_int_equal(dlo_plan_use_variant(plan, variant), 0);
		for (unsigned int n = 0; n < 64 && done < frames; n++) {
			unsigned int nb = one_in(3) ? 32 : draw(SLOTS + 1);
			uint64_t before = seed;

			make_burst(r, nb);
			for (unsigned int i = 0; i < nb; i++) {
				build(&want, i, &r[i]);
				build(&got, i, &r[i]);
			}
			memset(&want.burst, 0xee, sizeof(want.burst));
			want.burst.lane = NULL;
			memset(&got.burst, 0xdd, sizeof(got.burst));
			dlo_reflect_burst_scalar(plan, want.pkts, nb, &want.burst);
			/* What the lane remembers of frames holds for all bursts of one plan; the
			 * limit of answers is none. */
			dlo_reflect_burst(plan, one_in(4) ? NULL : &lane, got.pkts, nb, &got.burst);
			got.burst.lane = NULL;
			snprintf(what, sizeof(what), "%s, %s, burst %" PRIu64, variant,
				dlo_mode_name(plan->mode), before);
			compare(what, r, nb);
			done += nb == 0 ? 1 : nb;
		}
		plan_free(plan);
	}
}

static void
every_kind_is_there(void **state)
{
	struct dlo_plan *plan = plan_of(DLO_MODE_L4, true, false);
	unsigned int seen[DLO_VERDICT_MAX] = { 0 };
	static struct recipe r[SLOTS];

	(void)state;
	plan->settings.udp_echo.port = SERVICE;
	/* A generator that only ever makes frames of one fate would prove nothing. */
	for (unsigned int n = 0; n < 2000; n++) {
		make_burst(r, SLOTS);
		for (unsigned int i = 0; i < SLOTS; i++)
			build(&want, i, &r[i]);
		want.burst.lane = NULL;
		dlo_reflect_burst_scalar(plan, want.pkts, SLOTS, &want.burst);
		for (unsigned int i = 0; i < SLOTS; i++)
			seen[want.burst.verdict[i]]++;
	}
	for (unsigned int v = 0; v < DLO_VERDICT_MAX; v++) {
		switch (v) {
		case DLO_REFLECTED:
			assert_in_range(seen[v], 2000 * SLOTS / 4, 2000 * SLOTS);
			break;
		case DLO_ANSWERED_ICMP:
		case DLO_ANSWERED_UDP_ECHO:
		case DLO_DROP_SHORT:
		case DLO_DROP_TRUNCATED:
		case DLO_DROP_MCAST_SRC:
		case DLO_DROP_MCAST_DST:
		case DLO_DROP_SRC_IS_DST:
		case DLO_DROP_LAND:
		case DLO_DROP_MARTIAN:
		case DLO_DROP_OPTIONS:
		case DLO_DROP_SHARED:
			if (seen[v] == 0)
				fail_msg("no frame is %s", dlo_verdict_name(v));
			break;
		default:
			break;
		}
	}
	plan_free(plan);
}

static void
names(void **state)
{
	struct dlo_plan *plan = plan_of(DLO_MODE_L4, true, false);
	unsigned int n = 0;

	(void)state;
	assert_int_equal(dlo_plan_use_variant(plan, "abacus"), -ENOENT);
	assert_int_equal(dlo_plan_use_variant(plan, "scalar"), 0);
	assert_ptr_equal(plan->burst, dlo_reflect_burst_scalar);
	assert_string_equal(dlo_plan_variant(plan), "scalar");
	while (dlo_variant_name(n) != NULL)
		n++;
	assert_string_equal(dlo_variant_name(n - 1), "scalar");
	dlo_plan_choose_burst(plan);
	assert_string_not_equal(dlo_plan_variant(plan), "?");
	plan_free(plan);
}

int
main(void)
{
	struct CMUnitTest tests[16] = {
		cmocka_unit_test(names),
		cmocka_unit_test(every_kind_is_there),
	};
	static char labels[16][32];
	struct dlo_plan plan = { 0 };
	unsigned int nb = 2;
	const char *name;

	page = (size_t)sysconf(_SC_PAGESIZE);
	side_init(&want);
	side_init(&got);
	make_shapes();
	for (unsigned int i = 0; (name = dlo_variant_name(i)) != NULL; i++) {
		if (dlo_plan_use_variant(&plan, name) != 0) {
			printf("# %s: this CPU has no such instructions: not tested here\n", name);
			continue;
		}
		snprintf(labels[i], sizeof(labels[i]), "differential_%s", name);
		tests[nb].name = labels[i];
		tests[nb].test_func = differential;
		tests[nb++].initial_state = (void *)(uintptr_t)name;
	}
	return _cmocka_run_group_tests("variants", tests, nb, NULL, NULL);
}
