/* SPDX-License-Identifier: BSD-3-Clause */
/* Whose memory a frame lies in, what its flags say, and errors that quote frames (host link). */
#include "frames.h"

#include <stdlib.h>

#include "frame/cksum.h"

/* A direct mbuf with room for an indirect one's owner: rte_mbuf_from_indirect() finds it from the
 * data address. */
struct owner {
	struct rte_mbuf m;
	uint8_t data[2048];
};

static struct owner *
owner_of(const struct frame *f)
{
	struct owner *o = aligned_alloc(RTE_CACHE_LINE_SIZE,
		RTE_ALIGN_CEIL(sizeof(*o), RTE_CACHE_LINE_SIZE));

	assert_non_null(o);
	memset(o, 0, sizeof(*o));
	memcpy(o->data, f->b, f->len);
	o->m.buf_addr = o->data;
	o->m.buf_len = sizeof(o->data);
	o->m.data_len = o->m.pkt_len = f->len;
	o->m.nb_segs = 1;
	rte_mbuf_refcnt_set(&o->m, 1);
	return o;
}

static void
shared_direct_mbuf(void **state)
{
	(void)state;
	for (unsigned int mode = 0; mode < DLO_MODE_MAX; mode++) {
		struct dlo_plan *plan = plan_of(mode, true, false);
		struct rte_mbuf *m;
		struct frame in, out;

		frame_udp4(&in, 40);
		m = mbuf_of(&in, 0);
		rte_mbuf_refcnt_set(m, 2);
		m->ol_flags = RTE_MBUF_F_RX_RSS_HASH;
		assert_verdict(reflect_mbuf(plan, m),
			mode == DLO_MODE_WIRE ? DLO_REFLECTED : DLO_DROP_SHARED);
		out = in;
		mbuf_read(m, &out);
		assert_frame("shared", &out, &in);
		/* The other holder's flags are his. */
		assert_int_equal(m->ol_flags, RTE_MBUF_F_RX_RSS_HASH);
		mbuf_free(m);
		plan_free(plan);
	}
}

static void
indirect_mbuf(void **state)
{
	struct dlo_plan *plan = plan_of(DLO_MODE_L4, true, false);
	struct frame in;
	struct owner *o;
	struct rte_mbuf *m;

	(void)state;
	frame_udp4(&in, 40);
	plan->nb_own_macs = 0;
	o = owner_of(&in);
	m = aligned_alloc(RTE_CACHE_LINE_SIZE, sizeof(*m));
	*m = o->m;
	m->ol_flags = RTE_MBUF_F_INDIRECT | RTE_MBUF_F_RX_L4_CKSUM_GOOD;
	assert_ptr_equal(rte_mbuf_from_indirect(m), &o->m);
	/* Its owner has let go: the data is ours alone. */
	assert_verdict(reflect_mbuf(plan, m), DLO_REFLECTED);
	assert_int_equal(m->ol_flags, RTE_MBUF_F_INDIRECT);
	rte_mbuf_refcnt_set(&o->m, 2);
	assert_verdict(reflect_mbuf(plan, m), DLO_DROP_SHARED);
	free(m);
	free(o);
	plan_free(plan);
}

static void
external_buffer(void **state)
{
	struct dlo_plan *plan = plan_of(DLO_MODE_L4, true, false);
	struct rte_mbuf_ext_shared_info shinfo = { 0 };
	struct frame in;
	struct rte_mbuf *m;

	(void)state;
	plan->nb_own_macs = 0;
	frame_udp4(&in, 40);
	m = mbuf_of(&in, 0);
	m->ol_flags = RTE_MBUF_F_EXTERNAL | RTE_MBUF_F_RX_VLAN;
	m->shinfo = &shinfo;
	rte_mbuf_ext_refcnt_set(&shinfo, 1);
	assert_verdict(reflect_mbuf(plan, m), DLO_REFLECTED);
	assert_int_equal(m->ol_flags, RTE_MBUF_F_EXTERNAL);
	rte_mbuf_ext_refcnt_set(&shinfo, 2);
	assert_verdict(reflect_mbuf(plan, m), DLO_DROP_SHARED);
	m->shinfo = NULL;
	assert_verdict(reflect_mbuf(plan, m), DLO_DROP_SHARED);
	mbuf_free(m);
	plan_free(plan);
}

/* Only a segment that would be written to counts: a shared payload may be reflected. */
static void
shared_segments(void **state)
{
	struct frame in, out;

	(void)state;
	frame_udp4(&in, 40);
	for (unsigned int mode = 0; mode < DLO_MODE_MAX; mode++) {
		struct dlo_plan *plan = plan_of(mode, true, false);
		/* Bytes from here on are left alone. */
		uint32_t written = mode == DLO_MODE_WIRE ? 0 : mode == DLO_MODE_MAC ? 12 :
			mode == DLO_MODE_IP ? 34 : 38;

		for (uint32_t at = 0; at < in.len; at++) {
			struct rte_mbuf *m = mbuf_split(&in, at, 0);
			bool touched = at < written;

			rte_mbuf_refcnt_set(m->next, 2);
			assert_verdict(reflect_mbuf(plan, m),
				touched ? DLO_DROP_SHARED : DLO_REFLECTED);
			if (touched) {
				out = in;
				mbuf_read(m, &out);
				assert_frame("shared tail", &out, &in);
			}
			mbuf_free(m);
		}
		plan_free(plan);
	}
}

static void
shared_requests_are_not_answered(void **state)
{
	struct dlo_plan *plan = plan_of(DLO_MODE_L4, true, false);
	struct frame in, out;

	(void)state;
	frame_ether(&in, MAC_OURS, MAC_TESTER, 0x0806);
	frame_arp(&in, 1, MAC_TESTER, IP_TESTER, 0, IP_OURS);
	frame_pad(&in, 80, 0);
	for (uint32_t at = 0; at <= in.len; at++) {
		struct rte_mbuf *m = mbuf_split(&in, at, 0);

		/* The tail is cut off or rewritten, or, from byte 80, not touched at all. */
		rte_mbuf_refcnt_set(m->next, 2);
		assert_verdict(reflect_mbuf(plan, m),
			at >= 60 ? DLO_ANSWERED_ARP : DLO_DROP_SHARED);
		out = in;
		mbuf_read(m, &out);
		if (at < 60)
			assert_frame("shared tail", &out, &in);
		mbuf_free(m);
	}
	plan_free(plan);
}

static void
flags_of_the_receive_side(void **state)
{
	uint64_t keep = RTE_MBUF_F_INDIRECT | RTE_MBUF_F_EXTERNAL;
	struct frame in;

	(void)state;
	frame_udp4(&in, 40);
	for (unsigned int mode = 0; mode < DLO_MODE_MAX; mode++) {
		for (unsigned int link = 0; link < 2; link++) {
			struct dlo_plan *plan = plan_of(mode, true, link);
			struct rte_mbuf *m = mbuf_of(&in, 0);
			uint64_t flags = UINT64_MAX & ~keep;

			m->ol_flags = flags;
			assert_verdict(reflect_mbuf(plan, m), DLO_REFLECTED);
			assert_int_equal(m->ol_flags, link ? flags : 0);
			mbuf_free(m);
			plan_free(plan);
		}
	}
}

/* An error about a datagram from IP_OTHER:7 to IP_TESTER:9, from the tester. */
static void
error4(struct frame *f, uint8_t type, uint32_t quoted)
{
	struct frame inner;

	frame_ether(&inner, MAC_TESTER, MAC_OURS, 0x0800);
	frame_ipv4(&inner, 17, IP_OTHER, IP_TESTER, NULL, 0);
	frame_udp(&inner, 7, 9, 60);
	frame_finish(&inner);
	frame_ether(f, MAC_OURS, MAC_TESTER, 0x0800);
	frame_ipv4(f, 1, IP_TESTER, IP_OTHER, NULL, 0);
	frame_icmp(f, type, 3, 0, 0);
	frame_bytes(f, inner.b + 14, quoted);
	frame_finish(f);
}

static void
error6(struct frame *f, uint8_t type, uint32_t quoted)
{
	struct frame inner;

	frame_ether(&inner, MAC_TESTER, MAC_OURS, 0x86dd);
	frame_ipv6(&inner, 60, IP6_OTHER, IP6_TESTER);
	frame_ext(&inner, 60, 6, 8);
	frame_tcp(&inner, 7, 9, 60);
	frame_finish(&inner);
	frame_ether(f, MAC_OURS, MAC_TESTER, 0x86dd);
	frame_ipv6(f, 58, IP6_TESTER, IP6_OTHER);
	frame_icmp(f, type, 0, 0, 0);
	frame_bytes(f, inner.b + 14, quoted);
	frame_finish(f);
}

/* Swap two neighbouring fields. */
static void
exchange(struct frame *f, uint32_t at, uint32_t len)
{
	uint8_t first[16];

	memcpy(first, f->b + at, len);
	memcpy(f->b + at, f->b + at + len, len);
	memcpy(f->b + at + len, first, len);
}

static void
quoted_headers_on_the_link(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < DLO_MODE_MAX * 2; i++) {
		enum dlo_mode mode = i / 2;
		struct dlo_plan *plan = plan_of(mode, true, i % 2);
		bool deep = i % 2 && mode >= DLO_MODE_IP;

		for (unsigned int type = 0; type < 20; type++) {
			bool error = type == 3 || type == 4 || type == 11 || type == 12;

			for (uint32_t quoted = 0; quoted <= 60; quoted += 2) {
				struct frame in, want, got;

				error4(&in, type, quoted);
				want = in;
				if (mode >= DLO_MODE_MAC)
					exchange(&want, 0, 6);
				if (mode >= DLO_MODE_IP)
					exchange(&want, in.l3 + 12, 4);
				if (deep && error && quoted >= 20)
					exchange(&want, in.l4 + 8 + 12, 4);
				if (deep && error && quoted >= 24 && mode == DLO_MODE_L4)
					exchange(&want, in.l4 + 8 + 20, 2);
				assert_verdict(reflect(plan, &in, &got), DLO_REFLECTED);
				assert_frame("ICMP error", &got, &want);
				assert_true(frame_sums_good(&got));
			}
		}
		for (unsigned int type = 0; type < 8; type++) {
			for (uint32_t quoted = 0; quoted <= 90; quoted += 2) {
				bool error = type >= 1 && type <= 4;
				struct frame in, want, got;

				error6(&in, type, quoted);
				want = in;
				if (mode >= DLO_MODE_MAC)
					exchange(&want, 0, 6);
				if (mode >= DLO_MODE_IP)
					exchange(&want, in.l3 + 8, 16);
				if (deep && error && quoted >= 40)
					exchange(&want, in.l4 + 8 + 8, 16);
				if (deep && error && quoted >= 52 && mode == DLO_MODE_L4)
					exchange(&want, in.l4 + 8 + 48, 2);
				assert_verdict(reflect(plan, &in, &got), DLO_REFLECTED);
				assert_frame("ICMPv6 error", &got, &want);
				assert_true(frame_sums_good(&got));
				if (quoted % 30 == 0)
					assert_any_split(plan, &in, 0, DLO_REFLECTED, &want);
			}
		}
		plan_free(plan);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shared_direct_mbuf),
		cmocka_unit_test(indirect_mbuf),
		cmocka_unit_test(external_buffer),
		cmocka_unit_test(shared_segments),
		cmocka_unit_test(shared_requests_are_not_answered),
		cmocka_unit_test(flags_of_the_receive_side),
		cmocka_unit_test(quoted_headers_on_the_link),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
