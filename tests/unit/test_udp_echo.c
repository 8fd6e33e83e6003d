/* SPDX-License-Identifier: BSD-3-Clause */
/* UDP echo: RFC 862 and RFC 768, and the guards of CA-1996-01 and CVE-2024-2169. */
#include "frames.h"

#include "address/address.h"

static const char *const sources[] = { IP_TESTER, IP6_TESTER };
static const char *const ours[] = { IP_OURS, IP6_OURS };

static struct dlo_plan *
echo_plan(enum dlo_mode mode, bool guards, bool link)
{
	struct dlo_plan *plan = plan_of(mode, guards, link);

	plan->settings.udp_echo.port = 7;
	return plan;
}

/* A request: family 0 is IPv4, 1 is IPv6. */
static void
request(struct frame *f, unsigned int v6, const char *src, const char *dst, uint16_t sport,
	uint32_t payload)
{
	frame_to_us(f, v6, 17, src, dst);
	frame_udp(f, sport, 7, payload);
	frame_finish(f);
}

/* What must come back, made from scratch with whole sums. */
static void
reply_to(const struct frame *in, struct frame *ret)
{
	frame_turned(in, 64, ret);
	memcpy(ret->b + ret->l4, in->b + in->l4 + 2, 2);
	memcpy(ret->b + ret->l4 + 2, in->b + in->l4, 2);
	frame_finish(ret);
	if (in->len > ret->len)
		frame_pad(ret, in->len < 60 ? in->len : 60, 0);
}

static void
answered(const struct dlo_plan *plan, const struct frame *in)
{
	struct frame want, got;

	reply_to(in, &want);
	assert_verdict(reflect_room(plan, in, 64, &got), DLO_ANSWERED_UDP_ECHO);
	assert_frame("reply", &got, &want);
	assert_true(frame_sums_good(&got));
}

/* In every mode, with and without guards, on a wire and on the link: the same bytes come back. */
static void
the_data_come_back(void **state)
{
	static const uint32_t payloads[] = { 0, 1, 18, 19, 200, 213, 214, 215, 1472, 8972 };
	struct frame f;

	(void)state;
	for (unsigned int i = 0; i < DLO_MODE_MAX * 4; i++) {
		struct dlo_plan *plan = echo_plan(i / 4, i % 2, i & 2);

		for (unsigned int n = 0; n < sizeof(payloads) / sizeof(payloads[0]); n++) {
			for (unsigned int v6 = 0; v6 < 2; v6++) {
				request(&f, v6, sources[v6], ours[v6], 49153, payloads[n]);
				answered(plan, &f);
			}
		}
		plan_free(plan);
	}
}

static void
tags_and_pieces(void **state)
{
	struct dlo_plan *plan = echo_plan(DLO_MODE_L4, true, false);
	struct frame f, want;

	(void)state;
	frame_ether(&f, MAC_OURS, MAC_TESTER, 0x0800);
	frame_tag(&f, 0x88a8, 0x6064);
	frame_tag(&f, 0x8100, 0xb005);
	frame_ipv4(&f, 17, IP_TESTER, IP_OURS, NULL, 0);
	frame_udp(&f, 49153, 7, 77);
	frame_finish(&f);
	answered(plan, &f);
	for (unsigned int v6 = 0; v6 < 2; v6++) {
		request(&f, v6, sources[v6], ours[v6], 49153, 301);
		reply_to(&f, &want);
		assert_any_split(plan, &f, 0, DLO_ANSWERED_UDP_ECHO, &want);
	}
	plan_free(plan);
}

/* Never a byte more than was asked: amplification 1.0, whatever the padding. */
static void
nothing_is_amplified(void **state)
{
	struct dlo_plan *plan = echo_plan(DLO_MODE_L4, true, false);
	struct frame f, got;

	(void)state;
	for (uint32_t len = 42; len < 130; len++) {
		request(&f, 0, IP_TESTER, IP_OURS, 49153, 0);
		frame_pad(&f, len, 0x77);
		answered(plan, &f);
		assert_verdict(reflect_room(plan, &f, 64, &got), DLO_ANSWERED_UDP_ECHO);
		assert_true(got.len <= f.len);
	}
	plan_free(plan);
}

static void
only_what_is_for_us(void **state)
{
	struct dlo_plan *plan = echo_plan(DLO_MODE_L4, true, false);
	struct frame f;

	(void)state;
	request(&f, 0, IP_TESTER, IP_OTHER, 49153, 20);
	verdict_is(plan, &f, DLO_REFLECTED);
	request(&f, 1, IP6_TESTER, IP6_OTHER, 49153, 20);
	verdict_is(plan, &f, DLO_REFLECTED);
	request(&f, 0, IP_TESTER, IP_OURS, 49153, 20);
	put48(f.b, MAC_OTHER);
	verdict_is(plan, &f, DLO_REFLECTED);
	put48(f.b, 0xffffffffffffull);
	verdict_is(plan, &f, DLO_DROP_MCAST_DST);
	/* Another port, and TCP to this one. */
	request(&f, 0, IP_TESTER, IP_OURS, 49153, 20);
	put16(f.b + f.l4 + 2, 8);
	verdict_is(plan, &f, DLO_REFLECTED);
	frame_ether(&f, MAC_OURS, MAC_TESTER, 0x0800);
	frame_ipv4(&f, 6, IP_TESTER, IP_OURS, NULL, 0);
	frame_tcp(&f, 49153, 7, 20);
	frame_finish(&f);
	verdict_is(plan, &f, DLO_REFLECTED);
	plan_free(plan);
}

/* Off unless asked for: by answer, and by port. */
static void
off_means_off(void **state)
{
	struct dlo_plan *plan = echo_plan(DLO_MODE_L4, true, false);
	struct frame f;

	(void)state;
	request(&f, 0, IP_TESTER, IP_OURS, 49153, 20);
	plan->answers = ~(UINT32_C(1) << DLO_ANSWER_UDP_ECHO);
	verdict_is(plan, &f, DLO_REFLECTED);
	plan->answers = UINT32_MAX;
	plan->settings.udp_echo.port = 0;
	verdict_is(plan, &f, DLO_REFLECTED);
	put16(f.b + f.l4 + 2, 0);
	frame_finish(&f);
	verdict_is(plan, &f, DLO_REFLECTED);
	plan->settings.udp_echo.port = 7007;
	put16(f.b + f.l4 + 2, 7007);
	frame_finish(&f);
	answered(plan, &f);
	plan_free(plan);
}

/* One forged packet between two echo services would go on for ever. */
static void
no_loop_can_start(void **state)
{
	static const uint16_t services[] = { 7, 13, 17, 19, 37, 53, 69, 123, 161, 389, 862, 1900,
		3784, 3785, 6784, 7784, 11211 };
	struct dlo_plan *plan = echo_plan(DLO_MODE_L4, true, false);
	struct frame f;

	(void)state;
	for (uint32_t port = 0; port < 65536; port++) {
		enum dlo_verdict want = port < 1024 ? DLO_DROP_SRC_PORT : DLO_ANSWERED_UDP_ECHO;

		for (unsigned int i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
			if (port == services[i])
				want = DLO_DROP_SRC_PORT;
		}
		request(&f, port & 1, sources[port & 1], ours[port & 1], port, 20);
		verdict_is(plan, &f, port == 0 ? DLO_DROP_NOT_REQUEST : want);
	}
	/* With low ports served, services are still not; nor is our own port, wherever it is. */
	plan->settings.udp_echo.low_ports = true;
	request(&f, 0, IP_TESTER, IP_OURS, 1023, 20);
	answered(plan, &f);
	for (unsigned int i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
		request(&f, 0, IP_TESTER, IP_OURS, services[i], 20);
		verdict_is(plan, &f, DLO_DROP_SRC_PORT);
	}
	plan->settings.udp_echo.port = 40007;
	request(&f, 0, IP_TESTER, IP_OURS, 40007, 20);
	put16(f.b + f.l4 + 2, 40007);
	frame_finish(&f);
	verdict_is(plan, &f, DLO_DROP_SRC_PORT);
	plan_free(plan);
}

static void
only_allowed_sources(void **state)
{
	struct dlo_plan *plan = echo_plan(DLO_MODE_L4, true, false);
	struct dlo_addr_table *allowed = (struct dlo_addr_table *)(uintptr_t)plan->settings.allowed;
	struct frame f;

	(void)state;
	request(&f, 0, IP_OTHER, IP_OURS, 49153, 20);
	verdict_is(plan, &f, DLO_DROP_NOT_ALLOWED);
	request(&f, 1, IP6_OTHER, IP6_OURS, 49153, 20);
	verdict_is(plan, &f, DLO_DROP_NOT_ALLOWED);
	request(&f, 0, "198.19.255.254", IP_OURS, 49153, 20);
	answered(plan, &f);
	/* The broadcast address of an allowed prefix is no source. */
	request(&f, 0, "198.19.255.255", IP_OURS, 49153, 20);
	verdict_is(plan, &f, DLO_DROP_NOT_ALLOWED);
	/* Nobody set means nobody served. */
	plan->settings.allowed = NULL;
	request(&f, 0, IP_TESTER, IP_OURS, 49153, 20);
	verdict_is(plan, &f, DLO_DROP_NOT_ALLOWED);
	request(&f, 1, IP6_TESTER, IP6_OURS, 49153, 20);
	verdict_is(plan, &f, DLO_DROP_NOT_ALLOWED);
	plan->settings.allowed = allowed;
	plan_free(plan);
}

static void
sources_that_nobody_has(void **state)
{
	static const char *const martians[] = { "0.0.0.0", "127.0.0.1", "224.0.0.1",
		"255.255.255.255", "240.0.0.1" };
	static const char *const martians6[] = { "::", "::1", "ff02::1", "::ffff:198.18.0.1" };

	(void)state;
	for (unsigned int guards = 0; guards < 2; guards++) {
		struct dlo_plan *plan = echo_plan(DLO_MODE_MAC, guards, false);
		struct frame f;

		for (unsigned int i = 0; i < 5; i++) {
			request(&f, 0, martians[i], IP_OURS, 49153, 20);
			verdict_is(plan, &f, DLO_DROP_MARTIAN);
		}
		for (unsigned int i = 0; i < 4; i++) {
			request(&f, 1, martians6[i], IP6_OURS, 49153, 20);
			verdict_is(plan, &f, DLO_DROP_MARTIAN);
		}
		request(&f, 0, IP_OURS, IP_OURS, 49153, 20);
		verdict_is(plan, &f, DLO_DROP_LAND);
		request(&f, 1, IP6_OURS, IP6_OURS, 49153, 20);
		verdict_is(plan, &f, DLO_DROP_LAND);
		request(&f, 0, IP_TESTER, IP_OURS, 49153, 20);
		put48(f.b + 6, 0x010000000001ull);
		verdict_is(plan, &f, DLO_DROP_MCAST_SRC);
		put48(f.b + 6, 0);
		verdict_is(plan, &f, DLO_DROP_MCAST_SRC);
		plan_free(plan);
	}
}

static void
sums(void **state)
{
	struct dlo_plan *plan = echo_plan(DLO_MODE_L4, true, false);
	struct frame good, f, want, got;
	struct rte_mbuf *m;

	(void)state;
	for (unsigned int v6 = 0; v6 < 2; v6++) {
		request(&good, v6, sources[v6], ours[v6], 49153, 300);
		for (uint32_t at = good.l4; at < good.len; at++) {
			f = good;
			f.b[at] ^= 1 << (at & 7);
			if (at == good.l4 + 2 || at == good.l4 + 3)
				continue; /* another port */
			verdict_is(plan, &f, at == good.l4 + 4 || at == good.l4 + 5 ?
				DLO_DROP_TRUNCATED : DLO_DROP_BAD_CKSUM);
		}
	}
	request(&good, 0, IP_TESTER, IP_OURS, 49153, 300);
	f = good;
	f.b[f.l3 + 4] ^= 1;
	verdict_is(plan, &f, DLO_DROP_BAD_CKSUM);
	/* RFC 768: none is none, and stays so; RFC 8200 8.1: not in IPv6. */
	f = good;
	put16(f.b + f.l4 + 6, 0);
	assert_verdict(reflect(plan, &f, &got), DLO_ANSWERED_UDP_ECHO);
	assert_int_equal(get16(got.b + got.l4 + 6), 0);
	request(&f, 1, IP6_TESTER, IP6_OURS, 49153, 300);
	put16(f.b + f.l4 + 6, 0);
	verdict_is(plan, &f, DLO_DROP_BAD_CKSUM);
	/* Left for others to finish: the reply leaves finished. */
	for (unsigned int v6 = 0; v6 < 2; v6++) {
		request(&f, v6, sources[v6], ours[v6], 49153, 301);
		reply_to(&f, &want);
		put16(f.b + f.l4 + 6, v6 ? 0 : 0x1111);
		m = mbuf_of(&f, 0);
		m->ol_flags = RTE_MBUF_F_RX_L4_CKSUM_NONE;
		assert_verdict(reflect_mbuf(plan, m), DLO_ANSWERED_UDP_ECHO);
		got = f;
		mbuf_read(m, &got);
		assert_frame("finished", &got, &want);
		assert_int_equal(m->ol_flags, 0);
		mbuf_free(m);
	}
	plan_free(plan);
}

/* A sum that comes out as 0 is sent as 0xffff: all payloads of two bytes have one such. */
static void
a_sum_of_zero(void **state)
{
	struct dlo_plan *plan = echo_plan(DLO_MODE_L4, true, false);
	unsigned int zeroes = 0;
	struct frame f, got;

	(void)state;
	for (uint32_t word = 0; word < 65536; word++) {
		struct rte_mbuf *m;

		frame_ether(&f, MAC_OURS, MAC_TESTER, 0x86dd);
		frame_ipv6(&f, 17, IP6_TESTER, IP6_OURS);
		frame_udp(&f, 49153, 7, 2);
		put16(f.b + f.l4 + 8, word);
		frame_finish(&f);
		m = mbuf_of(&f, 0);
		m->ol_flags = RTE_MBUF_F_RX_L4_CKSUM_NONE;
		assert_verdict(reflect_mbuf(plan, m), DLO_ANSWERED_UDP_ECHO);
		got = f;
		mbuf_read(m, &got);
		assert_int_not_equal(get16(got.b + got.l4 + 6), 0);
		assert_true(frame_sums_good(&got));
		zeroes += get16(got.b + got.l4 + 6) == 0xffff;
		mbuf_free(m);
	}
	assert_int_equal(zeroes, 1);
	plan_free(plan);
}

static void
fragments_options_and_lengths(void **state)
{
	static const uint8_t nops[8] = { 1, 1, 1, 0 };
	struct dlo_plan *wire = echo_plan(DLO_MODE_L4, true, false);
	struct dlo_plan *link = echo_plan(DLO_MODE_IP, true, true);
	struct rte_mbuf *m;
	struct frame f;

	(void)state;
	request(&f, 0, IP_TESTER, IP_OURS, 49153, 20);
	put16(f.b + f.l3 + 6, 0x2000);
	frame_finish(&f);
	verdict_is(wire, &f, DLO_DROP_FRAGMENT);
	verdict_is(link, &f, DLO_REFLECTED);
	frame_ether(&f, MAC_OURS, MAC_TESTER, 0x86dd);
	frame_ipv6(&f, 44, IP6_TESTER, IP6_OURS);
	frame_ext(&f, 44, 17, 8);
	frame_udp(&f, 49153, 7, 20);
	frame_finish(&f);
	answered(wire, &f); /* an atomic fragment is whole */
	f.b[f.l3 + 43] = 1;
	verdict_is(wire, &f, DLO_DROP_FRAGMENT);

	frame_ether(&f, MAC_OURS, MAC_TESTER, 0x0800);
	frame_ipv4(&f, 17, IP_TESTER, IP_OURS, nops, 4);
	frame_udp(&f, 49153, 7, 20);
	frame_finish(&f);
	verdict_is(wire, &f, DLO_DROP_OPTIONS);
	frame_ether(&f, MAC_OURS, MAC_TESTER, 0x86dd);
	frame_ipv6(&f, 60, IP6_TESTER, IP6_OURS);
	frame_ext(&f, 60, 17, 16);
	frame_udp(&f, 49153, 7, 20);
	frame_finish(&f);
	answered(wire, &f);
	frame_ether(&f, MAC_OURS, MAC_TESTER, 0x86dd);
	frame_ipv6(&f, 51, IP6_TESTER, IP6_OURS);
	frame_ext(&f, 51, 17, 24);
	frame_udp(&f, 49153, 7, 20);
	frame_finish(&f);
	verdict_is(wire, &f, DLO_DROP_OPTIONS);

	/* UDP ends before IP does. */
	request(&f, 0, IP_TESTER, IP_OURS, 49153, 20);
	put16(f.b + f.l4 + 4, 20);
	verdict_is(wire, &f, DLO_DROP_TRUNCATED);
	/* Several datagrams that the host's kernel left in one frame. */
	request(&f, 0, IP_TESTER, IP_OURS, 49153, 2000);
	m = mbuf_of(&f, 0);
	m->ol_flags = RTE_MBUF_F_RX_LRO;
	assert_verdict(reflect_mbuf(link, m), DLO_REFLECTED);
	mbuf_free(m);
	plan_free(wire);
	plan_free(link);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_data_come_back),
		cmocka_unit_test(tags_and_pieces),
		cmocka_unit_test(nothing_is_amplified),
		cmocka_unit_test(only_what_is_for_us),
		cmocka_unit_test(off_means_off),
		cmocka_unit_test(no_loop_can_start),
		cmocka_unit_test(only_allowed_sources),
		cmocka_unit_test(sources_that_nobody_has),
		cmocka_unit_test(sums),
		cmocka_unit_test(a_sum_of_zero),
		cmocka_unit_test(fragments_options_and_lengths),
	};

	return cmocka_run_group_tests_name("udp_echo", tests, NULL, NULL);
}
