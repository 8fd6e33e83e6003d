/* SPDX-License-Identifier: BSD-3-Clause */
/* Echo: RFC 792, RFC 1122 3.2.2.6, RFC 4443 4.2. */
#include "frames.h"

#include <arpa/inet.h>

#include "frame/cksum.h"

static void
echo4(struct frame *f, uint64_t mac, const char *src, const char *dst, uint32_t payload)
{
	frame_ether(f, mac, MAC_TESTER, 0x0800);
	frame_ipv4(f, 1, src, dst, NULL, 0);
	frame_icmp(f, 8, 0, 0xbeef0001, payload);
	frame_finish(f);
}

static void
echo6(struct frame *f, uint64_t mac, const char *src, const char *dst, uint32_t payload)
{
	frame_ether(f, mac, MAC_TESTER, 0x86dd);
	frame_ipv6(f, 58, src, dst);
	frame_icmp(f, 128, 0, 0xbeef0001, payload);
	frame_finish(f);
}

/* What the reply must be, made from scratch: full sums, not updates. */
static void
reply_to(const struct frame *in, struct frame *ret)
{
	frame_turned(in, 64, ret);
	ret->b[ret->l4] = in->b[in->l3] >> 4 == 4 ? 0 : 129;
	frame_finish(ret);
	if (in->len > ret->len)
		frame_pad(ret, in->len < 60 ? in->len : 60, 0);
}

static void
answered(const char *what, const struct dlo_plan *plan, const struct frame *in)
{
	struct frame want, got;

	reply_to(in, &want);
	assert_verdict(reflect_room(plan, in, 64, &got), DLO_ANSWERED_ICMP);
	assert_frame(what, &got, &want);
	assert_true(frame_sums_good(&got));
}

/* Every mode, guards, wire and link: data entirely, ID kept, fresh TTL, never longer than asked. */
static void
echo_is_answered(void **state)
{
	static const uint32_t payloads[] = { 0, 1, 17, 18, 19, 56, 210, 214, 215, 1472, 8972 };

	(void)state;
	for (unsigned int i = 0; i < DLO_MODE_MAX * 4; i++) {
		struct dlo_plan *plan = plan_of(i / 4, i % 2, i & 2);
		struct frame f;

		for (unsigned int n = 0; n < sizeof(payloads) / sizeof(payloads[0]); n++) {
			echo4(&f, MAC_OURS, IP_TESTER, IP_OURS, payloads[n]);
			answered("ICMP", plan, &f);
			echo6(&f, MAC_OURS, IP6_TESTER, IP6_OURS, payloads[n]);
			answered("ICMPv6", plan, &f);
		}
		plan_free(plan);
	}
}

static void
cut_anywhere(void **state)
{
	struct dlo_plan *plan = plan_of(DLO_MODE_L4, true, false);
	uint32_t lens[40];
	struct frame in, want, got;

	(void)state;
	for (uint32_t payload = 0; payload < 500; payload += 61) {
		echo4(&in, MAC_OURS, IP_TESTER, IP_OURS, payload);
		reply_to(&in, &want);
		assert_any_split(plan, &in, 0, DLO_ANSWERED_ICMP, &want);
		echo6(&in, MAC_OURS, IP6_TESTER, IP6_OURS, payload);
		reply_to(&in, &want);
		assert_any_split(plan, &in, 0, DLO_ANSWERED_ICMP, &want);
	}
	/* Odd pieces throughout: the sum walks over all of them. */
	echo4(&in, MAC_OURS, IP_TESTER, IP_OURS, 1000);
	reply_to(&in, &want);
	for (unsigned int size = 1; size < 26; size++) {
		struct rte_mbuf *m;

		for (unsigned int i = 0; i < 40; i++)
			lens[i] = size;
		m = mbuf_segments(&in, lens, 40, 0);
		assert_verdict(reflect_mbuf(plan, m), DLO_ANSWERED_ICMP);
		got = in;
		mbuf_read(m, &got);
		assert_frame("pieces", &got, &want);
		mbuf_free(m);
	}
	plan_free(plan);
}

static void
padding_does_not_come_back(void **state)
{
	struct dlo_plan *plan = plan_of(DLO_MODE_L4, true, false);
	struct frame f;

	(void)state;
	for (uint32_t len = 42; len < 130; len++) {
		echo4(&f, MAC_OURS, IP_TESTER, IP_OURS, 0);
		frame_pad(&f, len, 0x77);
		answered("padded", plan, &f);
	}
	plan_free(plan);
}

static void
tags_are_kept(void **state)
{
	struct dlo_plan *plan = plan_of(DLO_MODE_L4, true, false);
	struct frame f;

	(void)state;
	frame_ether(&f, MAC_OURS, MAC_TESTER, 0x0800);
	frame_tag(&f, 0x88a8, 0x6064);
	frame_tag(&f, 0x8100, 0xb005);
	frame_ipv4(&f, 1, IP_TESTER, IP_OURS, NULL, 0);
	frame_icmp(&f, 8, 0, 7, 56);
	frame_finish(&f);
	answered("QinQ", plan, &f);
	plan_free(plan);
}

/*
 * Without end-around carry an update goes wrong for old sums of 0xf800 and above; and the reply
 * whose words are all zero wants 0xffff. So: every sum that there is, both families.
 */
static void
finding_8_every_checksum(void **state)
{
	struct dlo_plan *plan = plan_of(DLO_MODE_L4, true, false);
	struct frame in4, in6, want, got;

	(void)state;
	frame_ether(&in4, MAC_OURS, MAC_TESTER, 0x0800);
	frame_ipv4(&in4, 1, IP_TESTER, IP_OURS, NULL, 0);
	frame_icmp(&in4, 8, 0, 0, 0);
	frame_ether(&in6, MAC_OURS, MAC_TESTER, 0x86dd);
	frame_ipv6(&in6, 58, IP6_TESTER, IP6_OURS);
	frame_icmp(&in6, 128, 0, 0, 0);
	for (uint32_t id = 0; id < 65536; id++) {
		put16(in4.b + in4.l4 + 4, id);
		put16(in4.b + in4.l3 + 4, id);
		frame_finish(&in4);
		reply_to(&in4, &want);
		assert_verdict(reflect(plan, &in4, &got), DLO_ANSWERED_ICMP);
		assert_frame("ICMP", &got, &want);
		put16(in6.b + in6.l4 + 4, id);
		frame_finish(&in6);
		reply_to(&in6, &want);
		assert_verdict(reflect(plan, &in6, &got), DLO_ANSWERED_ICMP);
		assert_frame("ICMPv6", &got, &want);
	}
	plan_free(plan);
}

/* Options in front of the message, and only a ping that is for us by MAC and by address. */
static void
finding_2_lengths_options_and_whose_it_is(void **state)
{
	static const uint8_t nops[40] = { 1, 1, 1, 1, 1, 1, 1, 1, 0 };
	struct dlo_plan *plan = plan_of(DLO_MODE_L4, true, false);
	struct frame f;

	(void)state;
	for (uint32_t len = 0; len <= 40; len += 4) {
		frame_ether(&f, MAC_OURS, MAC_TESTER, 0x0800);
		frame_ipv4(&f, 1, IP_TESTER, IP_OURS, nops, len);
		frame_icmp(&f, 8, 0, 1, 56);
		frame_finish(&f);
		answered("options", plan, &f);
	}
	echo4(&f, MAC_OTHER, IP_TESTER, IP_OURS, 56);
	verdict_is(plan, &f, DLO_REFLECTED);
	echo4(&f, MAC_OURS, IP_TESTER, IP_OTHER, 56);
	verdict_is(plan, &f, DLO_REFLECTED);
	echo6(&f, MAC_OTHER, IP6_TESTER, IP6_OURS, 56);
	verdict_is(plan, &f, DLO_REFLECTED);
	echo6(&f, MAC_OURS, IP6_TESTER, IP6_OTHER, 56);
	verdict_is(plan, &f, DLO_REFLECTED);

	/* The frame ends anywhere, or the datagram does. */
	for (uint32_t len = 0; len < 42; len++) {
		echo4(&f, MAC_OURS, IP_TESTER, IP_OURS, 0);
		f.len = len;
		verdict_is(plan, &f, len < 14 ? DLO_DROP_SHORT : DLO_DROP_TRUNCATED);
		if (len >= 34)
			frame_finish(&f);
		verdict_is(plan, &f, len < 14 ? DLO_DROP_SHORT : DLO_DROP_TRUNCATED);
	}
	for (uint32_t len = 0; len < 62; len++) {
		echo6(&f, MAC_OURS, IP6_TESTER, IP6_OURS, 0);
		f.len = len;
		verdict_is(plan, &f, len < 14 ? DLO_DROP_SHORT : DLO_DROP_TRUNCATED);
		if (len >= 54)
			frame_finish(&f);
		verdict_is(plan, &f, len < 14 ? DLO_DROP_SHORT : DLO_DROP_TRUNCATED);
	}
	plan_free(plan);
}

/* A reply made of a group's ping would have a multicast source, and feed a smurf. */
static void
finding_3_groups_are_not_answered(void **state)
{
	static const uint64_t macs[] = { 0xffffffffffffull, 0x01005e000001ull, 0x333300000001ull };
	struct dlo_plan *plan = plan_of(DLO_MODE_L4, true, false);
	struct frame f;

	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		echo4(&f, macs[i], IP_TESTER, IP_OURS, 56);
		verdict_is(plan, &f, DLO_DROP_MCAST_DST);
		echo6(&f, macs[i], IP6_TESTER, IP6_OURS, 56);
		verdict_is(plan, &f, DLO_DROP_MCAST_DST);
	}
	/* All of 224/4, also behind a unicast MAC. */
	echo4(&f, MAC_OURS, IP_TESTER, "224.0.0.1", 56);
	verdict_is(plan, &f, DLO_DROP_MARTIAN);
	echo4(&f, MAC_OURS, IP_TESTER, "239.1.2.3", 56);
	verdict_is(plan, &f, DLO_DROP_MARTIAN);
	echo4(&f, MAC_OURS, "239.1.2.3", IP_OURS, 56);
	verdict_is(plan, &f, DLO_DROP_MARTIAN);
	echo4(&f, MAC_OURS, "0.0.0.0", IP_OURS, 56);
	verdict_is(plan, &f, DLO_DROP_MARTIAN);
	echo4(&f, MAC_OURS, "127.0.0.1", IP_OURS, 56);
	verdict_is(plan, &f, DLO_DROP_MARTIAN);
	echo4(&f, MAC_OURS, "255.255.255.255", IP_OURS, 56);
	verdict_is(plan, &f, DLO_DROP_MARTIAN);
	echo4(&f, MAC_OURS, IP_OURS, IP_OURS, 56);
	verdict_is(plan, &f, DLO_DROP_LAND);
	echo6(&f, MAC_OURS, "ff02::1", IP6_OURS, 56);
	verdict_is(plan, &f, DLO_DROP_MARTIAN);
	echo6(&f, MAC_OURS, "::", IP6_OURS, 56);
	verdict_is(plan, &f, DLO_DROP_MARTIAN);
	echo6(&f, MAC_OURS, IP6_OURS, IP6_OURS, 56);
	verdict_is(plan, &f, DLO_DROP_LAND);
	/* The same with guards off: answers keep their own rules. */
	plan->guards = false;
	echo4(&f, MAC_OURS, "239.1.2.3", IP_OURS, 56);
	verdict_is(plan, &f, DLO_DROP_MARTIAN);
	echo4(&f, MAC_OURS, IP_TESTER, IP_OURS, 56);
	put48(f.b + 6, 0x010000000001ull);
	verdict_is(plan, &f, DLO_DROP_MCAST_SRC);
	plan_free(plan);
}

/* Every bit of the message is covered; the IPv4 header by its own sum. */
static void
wrong_sums_are_not_answered(void **state)
{
	struct dlo_plan *plan = plan_of(DLO_MODE_L4, true, false);
	struct frame good, f;

	(void)state;
	for (unsigned int bit = 0; bit < 8; bit++) {
		echo4(&good, MAC_OURS, IP_TESTER, IP_OURS, 300);
		for (uint32_t at = good.l4 + 2; at < good.len; at++) {
			f = good;
			f.b[at] ^= 1 << bit;
			verdict_is(plan, &f, DLO_DROP_BAD_CKSUM);
		}
		f = good;
		f.b[f.l3 + 4] ^= 1 << bit;
		verdict_is(plan, &f, DLO_DROP_BAD_CKSUM);
		echo6(&good, MAC_OURS, IP6_TESTER, IP6_OURS, 300);
		for (uint32_t at = good.l4 + 2; at < good.len; at++) {
			f = good;
			f.b[at] ^= 1 << bit;
			verdict_is(plan, &f, DLO_DROP_BAD_CKSUM);
		}
	}
	plan_free(plan);
}

/* A sum left for others to finish says nothing; the reply leaves finished, its flags cleared. */
static void
partial_sums_are_finished(void **state)
{
	(void)state;
	for (unsigned int link = 0; link < 2; link++) {
		struct dlo_plan *plan = plan_of(DLO_MODE_IP, true, link);

		for (uint32_t payload = 10; payload < 1500; payload += 700) {
			struct frame in, want, got;
			struct rte_mbuf *m;

			echo6(&in, MAC_OURS, IP6_TESTER, IP6_OURS, payload);
			reply_to(&in, &want);
			put16(in.b + in.l4 + 2, 0x1111);
			m = mbuf_of(&in, 0);
			m->ol_flags = RTE_MBUF_F_RX_L4_CKSUM_NONE | UINT64_C(1) << 30;
			assert_verdict(reflect_mbuf(plan, m), DLO_ANSWERED_ICMP);
			got = in;
			mbuf_read(m, &got);
			assert_frame("finished", &got, &want);
			assert_int_equal(m->ol_flags, 0);
			mbuf_free(m);
		}
		plan_free(plan);
	}
}

static void
replies_and_errors_are_not_answered(void **state)
{
	static const uint8_t replies4[] = { 0, 3, 4, 5, 11, 12 };
	static const uint8_t replies6[] = { 1, 2, 3, 4, 100, 127, 129 };
	struct dlo_plan *wire = plan_of(DLO_MODE_L4, true, false);
	struct dlo_plan *link = plan_of(DLO_MODE_IP, true, true);
	struct frame f;

	(void)state;
	for (unsigned int i = 0; i < sizeof(replies4); i++) {
		echo4(&f, MAC_OURS, IP_TESTER, IP_OURS, 56);
		f.b[f.l4] = replies4[i];
		frame_finish(&f);
		verdict_is(wire, &f, DLO_DROP_NOT_REQUEST);
		/* On the link it is the host that talks to itself. */
		verdict_is(link, &f, DLO_REFLECTED);
	}
	for (unsigned int i = 0; i < sizeof(replies6); i++) {
		echo6(&f, MAC_OURS, IP6_TESTER, IP6_OURS, 56);
		f.b[f.l4] = replies6[i];
		frame_finish(&f);
		verdict_is(wire, &f, DLO_DROP_NOT_REQUEST);
		verdict_is(link, &f, DLO_REFLECTED);
	}
	/* Requests of other kinds are bulk. */
	echo4(&f, MAC_OURS, IP_TESTER, IP_OURS, 56);
	f.b[f.l4] = 13;
	frame_finish(&f);
	verdict_is(wire, &f, DLO_REFLECTED);
	/* A code that RFC 792 does not know. */
	echo4(&f, MAC_OURS, IP_TESTER, IP_OURS, 56);
	f.b[f.l4 + 1] = 1;
	frame_finish(&f);
	verdict_is(wire, &f, DLO_DROP_NOT_REQUEST);
	echo6(&f, MAC_OURS, IP6_TESTER, IP6_OURS, 56);
	f.b[f.l4 + 1] = 1;
	frame_finish(&f);
	verdict_is(wire, &f, DLO_DROP_NOT_REQUEST);
	plan_free(wire);
	plan_free(link);
}

/* No reassembly: a fragment is never answered; by the link the host reassembles what comes back. */
static void
fragments_are_not_answered(void **state)
{
	static const uint16_t frag4[] = { 0x2000, 0x2001, 0x0001, 0x1fff };
	static const uint16_t frag6[] = { 0x0001, 0x0009, 0x0008, 0xfff8 };
	struct dlo_plan *wire = plan_of(DLO_MODE_L4, true, false);
	struct dlo_plan *link = plan_of(DLO_MODE_IP, true, true);
	struct frame f;

	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		echo4(&f, MAC_OURS, IP_TESTER, IP_OURS, 56);
		put16(f.b + f.l3 + 6, frag4[i]);
		frame_finish(&f);
		verdict_is(wire, &f, DLO_DROP_FRAGMENT);
		verdict_is(link, &f, DLO_REFLECTED);
		frame_ether(&f, MAC_OURS, MAC_TESTER, 0x86dd);
		frame_ipv6(&f, 44, IP6_TESTER, IP6_OURS);
		frame_ext(&f, 44, 58, 8);
		put16(f.b + f.len - 6, frag6[i]);
		frame_icmp(&f, 128, 0, 1, 56);
		frame_finish(&f);
		verdict_is(wire, &f, DLO_DROP_FRAGMENT);
		verdict_is(link, &f, DLO_REFLECTED);
	}
	/* Don't fragment is no fragment; an atomic fragment is whole (RFC 6946). */
	echo4(&f, MAC_OURS, IP_TESTER, IP_OURS, 56);
	put16(f.b + f.l3 + 6, 0x4000);
	frame_finish(&f);
	answered("DF", wire, &f);
	frame_ether(&f, MAC_OURS, MAC_TESTER, 0x86dd);
	frame_ipv6(&f, 44, IP6_TESTER, IP6_OURS);
	frame_ext(&f, 44, 58, 8);
	frame_icmp(&f, 128, 0, 1, 56);
	frame_finish(&f);
	answered("atomic", wire, &f);
	plan_free(wire);
	plan_free(link);
}

static void
routed_requests_are_not_answered(void **state)
{
	static const uint8_t lsrr[] = { 131, 7, 4, 198, 51, 100, 1, 0 };
	static const uint8_t ssrr[] = { 1, 137, 7, 8, 198, 51, 100, 1 };
	static const uint8_t overrun[] = { 1, 1, 148, 3 };
	static const uint8_t no_len[] = { 1, 1, 1, 148 };
	static const uint8_t len_1[] = { 148, 1, 0, 0 };
	const struct {
		const uint8_t *bytes;
		uint32_t len;
	} bad[] = {
		{ lsrr, 8 }, { ssrr, 8 }, { overrun, 4 }, { no_len, 4 }, { len_1, 4 },
	};
	struct dlo_plan *plan = plan_of(DLO_MODE_MAC, true, false);
	struct frame f;

	(void)state;
	for (unsigned int i = 0; i < 5; i++) {
		frame_ether(&f, MAC_OURS, MAC_TESTER, 0x0800);
		frame_ipv4(&f, 1, IP_TESTER, IP_OURS, bad[i].bytes, bad[i].len);
		frame_icmp(&f, 8, 0, 1, 56);
		frame_finish(&f);
		verdict_is(plan, &f, DLO_DROP_OPTIONS);
	}
	/* Type 0 even when spent; others only while segments are left. */
	for (unsigned int i = 0; i < 4; i++) {
		frame_ether(&f, MAC_OURS, MAC_TESTER, 0x86dd);
		frame_ipv6(&f, 43, IP6_TESTER, IP6_OURS);
		frame_ext(&f, 43, 58, 24);
		f.b[f.l4 - 24 + 2] = i & 1 ? 4 : 0;
		f.b[f.l4 - 24 + 3] = i & 2 ? 1 : 0;
		frame_icmp(&f, 128, 0, 1, 56);
		frame_finish(&f);
		if (i == 1)
			answered("no segments left", plan, &f);
		else
			verdict_is(plan, &f, DLO_DROP_OPTIONS);
	}
	frame_ether(&f, MAC_OURS, MAC_TESTER, 0x86dd);
	frame_ipv6(&f, 51, IP6_TESTER, IP6_OURS);
	frame_ext(&f, 51, 58, 24);
	frame_icmp(&f, 128, 0, 1, 56);
	frame_finish(&f);
	verdict_is(plan, &f, DLO_DROP_OPTIONS);
	plan_free(plan);
}

/* RFC 1122 3.2.2.6: we write ourselves into the list when there is room. */
static void
record_route(void **state)
{
	struct dlo_plan *plan = plan_of(DLO_MODE_L4, true, false);
	struct frame in, want, got;

	(void)state;
	for (unsigned int pointer = 0; pointer < 256; pointer++) {
		const uint8_t option[] = { 1, 7, 11, pointer, 9, 9, 9, 9, 8, 8, 8, 8 };
		bool full = pointer > 11;

		frame_ether(&in, MAC_OURS, MAC_TESTER, 0x0800);
		frame_ipv4(&in, 1, IP_TESTER, IP_OURS, option, sizeof(option));
		frame_icmp(&in, 8, 0, 1, 56);
		frame_finish(&in);
		/* Three bytes or less do not hold an address. */
		if (pointer < 4 || (pointer > 8 && !full)) {
			verdict_is(plan, &in, DLO_DROP_OPTIONS);
			continue;
		}
		reply_to(&in, &want);
		if (!full) {
			assert_int_equal(inet_pton(AF_INET, IP_OURS,
				want.b + want.l3 + 20 + pointer), 1);
			want.b[want.l3 + 23] += 4;
			frame_finish(&want);
		}
		assert_verdict(reflect(plan, &in, &got), DLO_ANSWERED_ICMP);
		assert_frame("record route", &got, &want);
	}
	plan_free(plan);
}

static void
disabled_is_bulk(void **state)
{
	struct dlo_plan *plan = plan_of(DLO_MODE_L4, true, false);
	struct frame f;

	(void)state;
	plan->answers = ~(1u << DLO_ANSWER_ICMP);
	echo4(&f, MAC_OURS, IP_TESTER, IP_OURS, 56);
	verdict_is(plan, &f, DLO_REFLECTED);
	echo6(&f, MAC_OURS, IP6_TESTER, IP6_OURS, 56);
	verdict_is(plan, &f, DLO_REFLECTED);
	plan_free(plan);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(echo_is_answered),
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(padding_does_not_come_back),
		cmocka_unit_test(tags_are_kept),
		cmocka_unit_test(finding_8_every_checksum),
		cmocka_unit_test(finding_2_lengths_options_and_whose_it_is),
		cmocka_unit_test(finding_3_groups_are_not_answered),
		cmocka_unit_test(wrong_sums_are_not_answered),
		cmocka_unit_test(partial_sums_are_finished),
		cmocka_unit_test(replies_and_errors_are_not_answered),
		cmocka_unit_test(fragments_are_not_answered),
		cmocka_unit_test(routed_requests_are_not_answered),
		cmocka_unit_test(record_route),
		cmocka_unit_test(disabled_is_bulk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
