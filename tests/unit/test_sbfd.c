/* SPDX-License-Identifier: BSD-3-Clause */
/* S-BFD: RFC 7880, RFC 7881, RFC 5880 6.8.6; BFD echo: RFC 5881, RFC 9747. */
#include "frames.h"

#define MINE 0x0a0b0c0du
#define THEIRS 0x11223344u
#define MIN_RX 77

static const char *const sources[] = { IP_TESTER, IP6_TESTER };
static const char *const ours[] = { IP_OURS, IP6_OURS };

static struct dlo_plan *
sbfd_plan(bool link)
{
	struct dlo_plan *plan = plan_of(link ? DLO_MODE_IP : DLO_MODE_L4, true, link);

	plan->settings.sbfd.discriminator = MINE;
	plan->settings.sbfd.echo = true;
	plan->settings.sbfd.min_rx_us = MIN_RX;
	return plan;
}

/* RFC 5880 4.1; extra bytes follow the packet. */
static void
request(struct frame *f, unsigned int v6, uint8_t flags, uint32_t extra)
{
	uint8_t *bfd;

	frame_to_us(f, v6, 17, sources[v6], ours[v6]);
	frame_udp(f, 49155, 7784, 24 + extra);
	bfd = f->b + f->l4 + 8;
	bfd[0] = 0x20 | 3; /* version 1, some diagnostic */
	bfd[1] = 1 << 6 | flags; /* down: what an initiator starts with */
	bfd[2] = 5;
	bfd[3] = 24;
	put32(bfd + 4, THEIRS);
	put32(bfd + 8, MINE);
	put32(bfd + 12, 123456);
	put32(bfd + 16, 0);
	put32(bfd + 20, 0);
	frame_finish(f);
}

static uint8_t *
bfd_of(struct frame *f)
{
	return f->b + f->l4 + 8;
}

#define D 0x02
#define P 0x20

/* From scratch, by the letter of RFC 7880 7.2.2 and RFC 7881 6.1. */
static void
reply_to(const struct frame *in, bool down, struct frame *ret)
{
	uint8_t *bfd = ret->b + in->l4 + 8;
	const uint8_t *asked = in->b + in->l4 + 8;

	frame_turned(in, 255, ret);
	put16(ret->b + ret->l4, 7784);
	memcpy(ret->b + ret->l4 + 2, in->b + in->l4, 2);
	put16(ret->b + ret->l4 + 4, 32);
	bfd[0] = 0x20 | (down ? 7 : 0);
	bfd[1] = (down ? 0 : 3) << 6 | ((asked[1] & P) != 0 ? 0x10 : 0);
	bfd[2] = asked[2];
	bfd[3] = 24;
	memcpy(bfd + 4, asked + 8, 4);
	memcpy(bfd + 8, asked + 4, 4);
	memcpy(bfd + 12, asked + 12, 4);
	put32(bfd + 16, MIN_RX);
	put32(bfd + 20, MIN_RX);
	ret->len = ret->l4 + 32;
	frame_finish(ret);
	frame_pad(ret, in->len < 60 ? in->len : 60, 0);
}

static void
answered(const struct dlo_plan *plan, const struct frame *in)
{
	struct frame want, got;

	reply_to(in, plan->settings.sbfd.admin_down, &want);
	assert_verdict(reflect_room(plan, in, 64, &got), DLO_ANSWERED_SBFD);
	assert_frame("reply", &got, &want);
	assert_true(frame_sums_good(&got));
}

static void
control_packets_are_answered(void **state)
{
	struct frame f;

	(void)state;
	for (unsigned int i = 0; i < 8; i++) {
		struct dlo_plan *plan = sbfd_plan(i & 1);

		plan->settings.sbfd.admin_down = (i & 2) != 0;
		for (unsigned int v6 = 0; v6 < 2; v6++) {
			request(&f, v6, (i & 4) != 0 ? D | P : D, 0);
			answered(plan, &f);
			/* Whatever state, diagnostic and other harmless bits the initiator sends. */
			for (unsigned int bits = 0; bits < 256; bits++) {
				if ((bits & 0x05) != 0 || (bits & D) == 0)
					continue;
				bfd_of(&f)[1] = bits;
				bfd_of(&f)[0] = 0x20 | (bits & 31);
				frame_finish(&f);
				answered(plan, &f);
			}
		}
		plan_free(plan);
	}
}

/* RFC 5880 6.8.6: the payload may be longer than the packet; what follows does not come back. */
static void
what_follows_is_left_out(void **state)
{
	struct dlo_plan *plan = sbfd_plan(false);
	struct frame f, want;

	(void)state;
	for (uint32_t extra = 0; extra < 60; extra++) {
		for (unsigned int v6 = 0; v6 < 2; v6++) {
			request(&f, v6, D, extra);
			answered(plan, &f);
			/* A longer packet without authentication: we know of no more than 24. */
			bfd_of(&f)[3] = 24 + extra;
			frame_finish(&f);
			answered(plan, &f);
		}
	}
	for (unsigned int v6 = 0; v6 < 2; v6++) {
		request(&f, v6, D | P, 0);
		reply_to(&f, false, &want);
		assert_any_split(plan, &f, 0, DLO_ANSWERED_SBFD, &want);
	}
	plan_free(plan);
}

static void
rfc5880_6_8_6(void **state)
{
	static const struct {
		uint8_t at, value;
		enum dlo_verdict want;
	} cases[] = {
		{ 0, 0x00, DLO_DROP_NOT_REQUEST }, /* version */
		{ 0, 0x40, DLO_DROP_NOT_REQUEST },
		{ 0, 0xe0, DLO_DROP_NOT_REQUEST },
		{ 2, 0, DLO_DROP_NOT_REQUEST }, /* detection multiplier */
		{ 3, 0, DLO_DROP_TRUNCATED }, /* length */
		{ 3, 23, DLO_DROP_TRUNCATED },
		{ 3, 25, DLO_DROP_TRUNCATED },
		{ 3, 255, DLO_DROP_TRUNCATED },
		{ 1, 0xc0 | D | 1, DLO_DROP_NOT_REQUEST }, /* multipoint */
		{ 1, 0xc0 | D | 4, DLO_DROP_NOT_REQUEST }, /* authentication, without a key */
	};
	struct dlo_plan *plan = sbfd_plan(false);
	struct frame f;

	(void)state;
	for (unsigned int v6 = 0; v6 < 2; v6++) {
		for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
			request(&f, v6, D, 0);
			bfd_of(&f)[cases[i].at] = cases[i].value;
			frame_finish(&f);
			verdict_is(plan, &f, cases[i].want);
		}
		request(&f, v6, D, 0);
		put32(bfd_of(&f) + 4, 0); /* my discriminator */
		frame_finish(&f);
		verdict_is(plan, &f, DLO_DROP_NOT_REQUEST);
		/* Every length that is too short, of a datagram that is sound. */
		for (uint32_t len = 0; len < 24; len++) {
			request(&f, v6, D, 0);
			f.len = f.l4 + 8 + len;
			put16(f.b + f.l4 + 4, 8 + len);
			frame_finish(&f);
			verdict_is(plan, &f, DLO_DROP_TRUNCATED);
		}
	}
	plan_free(plan);
}

/* RFC 7880 7.2.1, 7.2.3; RFC 7881 6: what keeps two reflectors from talking for ever. */
static void
only_initiators_are_answered(void **state)
{
	struct dlo_plan *plan = sbfd_plan(false);
	struct frame f, reply;

	(void)state;
	for (unsigned int v6 = 0; v6 < 2; v6++) {
		request(&f, v6, 0, 0);
		verdict_is(plan, &f, DLO_DROP_NOT_REQUEST);
		request(&f, v6, D, 0);
		put32(bfd_of(&f) + 8, MINE + 1);
		frame_finish(&f);
		verdict_is(plan, &f, DLO_DROP_NOT_REQUEST);
		put32(bfd_of(&f) + 8, 0);
		frame_finish(&f);
		verdict_is(plan, &f, DLO_DROP_NOT_REQUEST);
		request(&f, v6, D, 0);
		put16(f.b + f.l4, 7784);
		frame_finish(&f);
		verdict_is(plan, &f, DLO_DROP_SRC_PORT);
		/* Our own reply, sent to us from a port of ours. */
		request(&f, v6, D, 0);
		assert_verdict(reflect_room(plan, &f, 64, &reply), DLO_ANSWERED_SBFD);
		put48(reply.b, MAC_OURS);
		put48(reply.b + 6, MAC_TESTER);
		memcpy(reply.b + reply.l3, f.b + f.l3, reply.l4 - reply.l3);
		put16(reply.b + reply.l4 + 2, 7784);
		frame_finish(&reply);
		verdict_is(plan, &reply, DLO_DROP_SRC_PORT);
	}
	/* Not configured: a datagram like any other. */
	plan->settings.sbfd.discriminator = 0;
	request(&f, 0, D, 0);
	verdict_is(plan, &f, DLO_REFLECTED);
	plan_free(plan);
}

/* RFC 7881 7: sources are filtered, and martians not acted upon. */
static void
who_may_ask(void **state)
{
	static const char *const bad[] = { IP_OTHER, "127.0.0.1", IP_OURS };
	static const enum dlo_verdict want[] = { DLO_DROP_NOT_ALLOWED, DLO_DROP_MARTIAN,
		DLO_DROP_LAND };
	struct dlo_plan *plan = sbfd_plan(false);
	struct frame f;

	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		uint8_t body[24];

		request(&f, 0, D, 0);
		memcpy(body, bfd_of(&f), sizeof(body));
		frame_ether(&f, MAC_OURS, MAC_TESTER, 0x0800);
		frame_ipv4(&f, 17, bad[i], IP_OURS, NULL, 0);
		frame_udp(&f, 49155, 7784, 24);
		memcpy(bfd_of(&f), body, sizeof(body));
		frame_finish(&f);
		verdict_is(plan, &f, want[i]);
	}
	request(&f, 0, D, 0);
	f.b[f.l4 + 9] ^= P;
	verdict_is(plan, &f, DLO_DROP_BAD_CKSUM);
	/* RFC 7881 5.1.1: whatever TTL is left. */
	for (unsigned int ttl = 0; ttl < 256; ttl += 51) {
		request(&f, 0, D, 0);
		f.b[f.l3 + 8] = ttl;
		frame_finish(&f);
		answered(plan, &f);
	}
	plan_free(plan);
}

/* Its own addresses on both sides, as its sender wants it back. */
static void
echo(struct frame *f, unsigned int v6, const char *src, const char *dst, uint8_t ttl)
{
	frame_to_us(f, v6, 17, src, dst);
	f->b[f->l3 + (v6 ? 7 : 8)] = ttl;
	frame_udp(f, 3785, 3785, 20);
	frame_finish(f);
}

static void
echo_packets_come_back(void **state)
{
	struct frame f, got;

	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		struct dlo_plan *plan = sbfd_plan(i & 1);
		unsigned int v6 = i >> 1;
		struct frame want;

		for (unsigned int same = 0; same < 2; same++) {
			echo(&f, v6, same ? sources[v6] : v6 ? IP6_OTHER : IP_OTHER, sources[v6],
				255);
			want = f;
			memcpy(want.b, f.b + 6, 6);
			memcpy(want.b + 6, f.b, 6);
			want.b[f.l3 + (v6 ? 7 : 8)] = 254;
			frame_finish(&want);
			assert_verdict(reflect_room(plan, &f, 64, &got), DLO_ANSWERED_SBFD);
			frame_pad(&want, got.len, 0);
			assert_frame("echo", &got, &want);
			assert_any_split(plan, &f, 0, DLO_ANSWERED_SBFD, &want);
		}
		plan_free(plan);
	}
}

static void
echo_packets_do_not_loop(void **state)
{
	struct dlo_plan *plan = sbfd_plan(false);
	struct frame f;

	(void)state;
	for (unsigned int v6 = 0; v6 < 2; v6++) {
		/* Returned once, by us or by somebody else: enough. */
		for (unsigned int ttl = 0; ttl < 255; ttl++) {
			echo(&f, v6, sources[v6], sources[v6], ttl);
			verdict_is(plan, &f, DLO_DROP_NOT_REQUEST);
		}
		echo(&f, v6, sources[v6], ours[v6], 255);
		verdict_is(plan, &f, DLO_DROP_NOT_REQUEST);
		echo(&f, v6, sources[v6], v6 ? IP6_OTHER : IP_OTHER, 255);
		verdict_is(plan, &f, DLO_DROP_NOT_ALLOWED);
		echo(&f, v6, sources[v6], v6 ? "ff02::1" : "224.0.0.1", 255);
		verdict_is(plan, &f, DLO_DROP_MARTIAN);
		echo(&f, v6, v6 ? "::1" : "127.0.0.1", sources[v6], 255);
		verdict_is(plan, &f, DLO_DROP_MARTIAN);
		echo(&f, v6, sources[v6], sources[v6], 255);
		put48(f.b, 0xffffffffffffull);
		verdict_is(plan, &f, DLO_DROP_MCAST_DST);
	}
	echo(&f, 0, IP_TESTER, IP_TESTER, 255);
	f.b[f.l3 + 10] ^= 1;
	verdict_is(plan, &f, DLO_DROP_BAD_CKSUM);
	/* RFC 9747 2: what it holds is nobody's business but its sender's. */
	echo(&f, 0, IP_TESTER, IP_TESTER, 255);
	f.b[f.len - 1] ^= 1;
	verdict_is(plan, &f, DLO_ANSWERED_SBFD);
	echo(&f, 0, IP_TESTER, IP_TESTER, 255);
	put16(f.b + f.l3 + 6, 0x2000);
	frame_finish(&f);
	verdict_is(plan, &f, DLO_DROP_FRAGMENT);
	/* Not wanted: bulk, and LAND. */
	plan->settings.sbfd.echo = false;
	echo(&f, 0, IP_TESTER, IP_TESTER, 255);
	verdict_is(plan, &f, DLO_DROP_LAND);
	plan_free(plan);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(control_packets_are_answered),
		cmocka_unit_test(what_follows_is_left_out),
		cmocka_unit_test(rfc5880_6_8_6),
		cmocka_unit_test(only_initiators_are_answered),
		cmocka_unit_test(who_may_ask),
		cmocka_unit_test(echo_packets_come_back),
		cmocka_unit_test(echo_packets_do_not_loop),
	};

	return cmocka_run_group_tests_name("sbfd", tests, NULL, NULL);
}
