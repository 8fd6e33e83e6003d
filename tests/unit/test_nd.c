/* SPDX-License-Identifier: BSD-3-Clause */
/* Neighbour discovery: RFC 4861 4.3, 4.4, 7.1.1, 7.2.4; RFC 4862 5.4; RFC 6980. */
#include "frames.h"

#include <arpa/inet.h>

#define NODE "ff02::1:ff00:2" /* solicited-node group of IP6_OURS */
#define NODE_MAC 0x3333ff000002ull
#define NS 135
#define NA 136
#define SLLA 1
#define TLLA 2

static void
solicit(struct frame *f, uint64_t mac, const char *src, const char *dst, const char *target,
	uint64_t slla)
{
	frame_ether(f, mac, MAC_TESTER, 0x86dd);
	frame_ipv6(f, 58, src, dst);
	frame_nd(f, NS, target, slla != 0 ? SLLA : 0, slla);
	frame_finish(f);
}

static void
advert(struct frame *f, uint64_t mac, const char *dst, uint32_t flags, bool tlla)
{
	frame_ether(f, mac, MAC_OURS, 0x86dd);
	frame_ipv6(f, 58, IP6_OURS, dst);
	frame_nd(f, NA, IP6_OURS, tlla ? TLLA : 0, MAC_OURS);
	f->b[f->l4 + 4] = flags >> 24;
	frame_finish(f);
}

/* Override and solicited set, router clear, our MAC in an option, hop limit 255. */
static void
multicast_solicitation(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < DLO_MODE_MAX * 4; i++) {
		struct dlo_plan *plan = plan_of(i / 4, i % 2, i & 2);
		struct frame in, want, got;

		solicit(&in, NODE_MAC, IP6_TESTER, NODE, IP6_OURS, MAC_TESTER);
		advert(&want, MAC_TESTER, IP6_TESTER, 0x60000000, true);
		assert_verdict(reflect(plan, &in, &got), DLO_ANSWERED_ND);
		assert_frame("advertisement", &got, &want);
		assert_true(frame_sums_good(&got));
		assert_any_split(plan, &in, 0, DLO_ANSWERED_ND, &want);
		plan_free(plan);
	}
}

/* Without an option of its own, ours needs room; it may be left out only in reply to unicast. */
static void
room_for_our_address(void **state)
{
	struct dlo_plan *plan = plan_of(DLO_MODE_L4, true, false);
	struct frame in, want, got;

	(void)state;
	solicit(&in, MAC_OURS, IP6_TESTER, IP6_OURS, IP6_OURS, 0);
	advert(&want, MAC_TESTER, IP6_TESTER, 0x60000000, false);
	assert_verdict(reflect_room(plan, &in, 7, &got), DLO_ANSWERED_ND);
	assert_frame("no room", &got, &want);
	advert(&want, MAC_TESTER, IP6_TESTER, 0x60000000, true);
	assert_verdict(reflect_room(plan, &in, 8, &got), DLO_ANSWERED_ND);
	assert_frame("room", &got, &want);
	assert_any_split(plan, &in, 8, DLO_ANSWERED_ND, &want);

	solicit(&in, NODE_MAC, IP6_TESTER, NODE, IP6_OURS, 0);
	assert_verdict(reflect_room(plan, &in, 7, NULL), DLO_DROP_TOO_BIG);
	assert_verdict(reflect_room(plan, &in, 8, &got), DLO_ANSWERED_ND);
	assert_frame("room", &got, &want);
	plan_free(plan);
}

/* Unknown options are skipped and not echoed (RFC 4861 4.3; RFC 7527 nonce); trailers go. */
static void
options_and_trailers_do_not_come_back(void **state)
{
	struct dlo_plan *plan = plan_of(DLO_MODE_L4, true, false);
	static const uint8_t nonce[8] = { 14, 1, 1, 2, 3, 4, 5, 6 };
	struct frame in, want, got;

	(void)state;
	solicit(&in, NODE_MAC, IP6_TESTER, NODE, IP6_OURS, MAC_TESTER);
	frame_bytes(&in, nonce, sizeof(nonce));
	frame_finish(&in);
	frame_pad(&in, in.len + 10, 0x77);
	advert(&want, MAC_TESTER, IP6_TESTER, 0x60000000, true);
	assert_verdict(reflect(plan, &in, &got), DLO_ANSWERED_ND);
	assert_frame("nonce", &got, &want);
	plan_free(plan);
}

static void
tags_are_kept(void **state)
{
	struct dlo_plan *plan = plan_of(DLO_MODE_L4, true, false);
	struct frame in, want, got;

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct frame *f = i == 0 ? &in : &want;

		frame_ether(f, i == 0 ? NODE_MAC : MAC_TESTER,
			i == 0 ? MAC_TESTER : MAC_OURS, 0x86dd);
		frame_tag(f, 0x8100, 0xe123);
		frame_ipv6(f, 58, i == 0 ? IP6_TESTER : IP6_OURS, i == 0 ? NODE : IP6_TESTER);
		frame_nd(f, i == 0 ? NS : NA, IP6_OURS, i == 0 ? SLLA : TLLA,
			i == 0 ? MAC_TESTER : MAC_OURS);
		if (i == 1)
			f->b[f->l4 + 4] = 0x60;
		frame_finish(f);
	}
	assert_verdict(reflect(plan, &in, &got), DLO_ANSWERED_ND);
	assert_frame("tagged", &got, &want);
	plan_free(plan);
}

/* RFC 4862 5.4.3, RFC 4861 7.2.4: to all nodes, not solicited. On the host link: never. */
static void
duplicate_address_detection(void **state)
{
	struct dlo_plan *plan = plan_of(DLO_MODE_L4, true, false);
	struct dlo_plan *link = plan_of(DLO_MODE_IP, true, true);
	struct frame in, want, got;

	(void)state;
	solicit(&in, NODE_MAC, "::", NODE, IP6_OURS, 0);
	advert(&want, 0x333300000001ull, "ff02::1", 0x20000000, true);
	assert_verdict(reflect_room(plan, &in, 8, &got), DLO_ANSWERED_ND);
	assert_frame("DAD", &got, &want);
	verdict_is(link, &in, DLO_DROP_MCAST_DST);
	put48(in.b, MAC_OURS);
	verdict_is(link, &in, DLO_DROP_NOT_REQUEST);

	solicit(&in, NODE_MAC, "::", NODE, IP6_OURS, MAC_TESTER);
	verdict_is(plan, &in, DLO_DROP_NOT_REQUEST);
	solicit(&in, MAC_OURS, "::", IP6_OURS, IP6_OURS, 0);
	verdict_is(plan, &in, DLO_DROP_NOT_REQUEST);
	solicit(&in, NODE_MAC, "::", "ff02::1:ff00:3", IP6_OURS, 0);
	verdict_is(plan, &in, DLO_DROP_NOT_REQUEST);
	plan_free(plan);
	plan_free(link);
}

static void
finding_1_never_for_addresses_of_others(void **state)
{
	struct dlo_plan *plan = plan_of(DLO_MODE_L4, true, false);
	struct frame f;

	(void)state;
	solicit(&f, NODE_MAC, IP6_TESTER, NODE, IP6_OTHER, MAC_TESTER);
	verdict_is(plan, &f, DLO_DROP_MCAST_DST);
	solicit(&f, NODE_MAC, "::", NODE, IP6_OTHER, 0);
	verdict_is(plan, &f, DLO_DROP_MCAST_DST);
	solicit(&f, NODE_MAC, IP6_TESTER, NODE, "ff02::1", MAC_TESTER);
	verdict_is(plan, &f, DLO_DROP_MCAST_DST);
	solicit(&f, MAC_OURS, IP6_TESTER, IP6_OTHER, IP6_OTHER, MAC_TESTER);
	verdict_is(plan, &f, DLO_REFLECTED);
	solicit(&f, MAC_OTHER, IP6_TESTER, IP6_OURS, IP6_OURS, MAC_TESTER);
	verdict_is(plan, &f, DLO_REFLECTED);
	plan_free(plan);
}

/* RFC 4861 7.1.1, clause by clause. */
static void
validity(void **state)
{
	struct dlo_plan *plan = plan_of(DLO_MODE_L4, true, false);
	struct frame f;

	(void)state;
	for (unsigned int hops = 0; hops < 256; hops++) {
		solicit(&f, NODE_MAC, IP6_TESTER, NODE, IP6_OURS, MAC_TESTER);
		f.b[f.l3 + 7] = hops;
		verdict_is(plan, &f, hops == 255 ? DLO_ANSWERED_ND : DLO_DROP_NOT_REQUEST);
	}
	/* Checksum: any bit of it, and of what it covers. */
	for (uint32_t at = f.l4 + 2; at < f.len; at++) {
		if (at >= f.l4 + 8 && at < f.l4 + 26)
			continue; /* the target, the option's kind and length */
		solicit(&f, NODE_MAC, IP6_TESTER, NODE, IP6_OURS, MAC_TESTER);
		f.b[at] ^= 0x10;
		verdict_is(plan, &f, DLO_DROP_BAD_CKSUM);
	}
	solicit(&f, NODE_MAC, IP6_TESTER, NODE, IP6_OURS, MAC_TESTER);
	f.b[f.l4 + 1] = 1;
	frame_finish(&f);
	verdict_is(plan, &f, DLO_DROP_NOT_REQUEST);
	/* An option of length 0; one that runs out of the message; half an option. */
	solicit(&f, NODE_MAC, IP6_TESTER, NODE, IP6_OURS, MAC_TESTER);
	f.b[f.l4 + 25] = 0;
	frame_finish(&f);
	verdict_is(plan, &f, DLO_DROP_NOT_REQUEST);
	f.b[f.l4 + 25] = 2;
	frame_finish(&f);
	verdict_is(plan, &f, DLO_DROP_TRUNCATED);
	solicit(&f, NODE_MAC, IP6_TESTER, NODE, IP6_OURS, MAC_TESTER);
	f.len -= 7;
	frame_finish(&f);
	verdict_is(plan, &f, DLO_DROP_NOT_REQUEST);
	/* Sources that cannot ask. */
	solicit(&f, NODE_MAC, IP6_OURS, NODE, IP6_OURS, MAC_TESTER);
	verdict_is(plan, &f, DLO_DROP_NOT_REQUEST);
	solicit(&f, NODE_MAC, "ff02::1", NODE, IP6_OURS, MAC_TESTER);
	verdict_is(plan, &f, DLO_DROP_NOT_REQUEST);
	solicit(&f, NODE_MAC, "::1", NODE, IP6_OURS, MAC_TESTER);
	verdict_is(plan, &f, DLO_DROP_NOT_REQUEST);
	/* To somebody else, about us. */
	solicit(&f, MAC_OURS, IP6_TESTER, IP6_OTHER, IP6_OURS, MAC_TESTER);
	verdict_is(plan, &f, DLO_DROP_NOT_REQUEST);
	plan_free(plan);
}

static void
every_length(void **state)
{
	struct dlo_plan *plan = plan_of(DLO_MODE_L4, true, false);
	struct frame f;

	(void)state;
	for (uint32_t len = 14; len <= 78; len++) {
		/* The frame ends early ... */
		solicit(&f, MAC_OURS, IP6_TESTER, IP6_OURS, IP6_OURS, 0);
		f.len = len;
		verdict_is(plan, &f, len < 78 ? DLO_DROP_TRUNCATED : DLO_ANSWERED_ND);
		/* ... or the payload length does. */
		if (len < 54)
			continue;
		frame_finish(&f);
		verdict_is(plan, &f, len < 78 ? DLO_DROP_TRUNCATED : DLO_ANSWERED_ND);
	}
	plan_free(plan);
}

/* RFC 6980: no fragment header, not even an atomic one; nor do we build behind other headers. */
static void
no_extension_headers(void **state)
{
	static const uint8_t headers[] = { 44, 0, 60, 51 };
	struct dlo_plan *plan = plan_of(DLO_MODE_L4, true, false);

	(void)state;
	for (unsigned int i = 0; i < sizeof(headers); i++) {
		struct frame f;

		frame_ether(&f, NODE_MAC, MAC_TESTER, 0x86dd);
		frame_ipv6(&f, headers[i], IP6_TESTER, NODE);
		frame_ext(&f, headers[i], 58, 8);
		frame_nd(&f, NS, IP6_OURS, SLLA, MAC_TESTER);
		frame_finish(&f);
		verdict_is(plan, &f, i == 0 ? DLO_DROP_FRAGMENT : DLO_DROP_OPTIONS);
	}
	plan_free(plan);
}

static void
advertisements_are_never_answered(void **state)
{
	(void)state;
	for (unsigned int link = 0; link < 2; link++) {
		struct dlo_plan *plan = plan_of(DLO_MODE_IP, true, link);
		struct frame f;

		frame_ether(&f, MAC_OURS, MAC_TESTER, 0x86dd);
		frame_ipv6(&f, 58, IP6_TESTER, IP6_OURS);
		frame_nd(&f, NA, IP6_TESTER, TLLA, MAC_TESTER);
		frame_finish(&f);
		verdict_is(plan, &f, DLO_DROP_NOT_REQUEST);
		/* Somebody claims our address to all nodes. */
		frame_ether(&f, 0x333300000001ull, MAC_TESTER, 0x86dd);
		frame_ipv6(&f, 58, IP6_TESTER, "ff02::1");
		frame_nd(&f, NA, IP6_OURS, TLLA, MAC_TESTER);
		frame_finish(&f);
		verdict_is(plan, &f, DLO_DROP_NOT_REQUEST);
		/* The host announces its own. */
		frame_ether(&f, 0x333300000001ull, MAC_TESTER, 0x86dd);
		frame_ipv6(&f, 58, IP6_TESTER, "ff02::1");
		frame_nd(&f, NA, IP6_TESTER, TLLA, MAC_TESTER);
		frame_finish(&f);
		verdict_is(plan, &f, DLO_DROP_MCAST_DST);
		plan_free(plan);
	}
}

/* RFC 4862 5.4.4: an address of ours is advertised by another, in a packet that can be believed. */
static void
conflicts(void **state)
{
	static const uint16_t owners[] = { DLO_OWNER_STATION, DLO_OWNER_LOOPBACK + 5, DLO_OWNER_PORT };
	struct frame f;

	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		struct dlo_plan *plan = plan_of(DLO_MODE_L4, true, false);
		enum dlo_verdict want = i < 2 ? DLO_DROP_CONFLICT : DLO_DROP_NOT_REQUEST;

		plan_own(plan, owners[i]);
		frame_ether(&f, 0x333300000001ull, MAC_TESTER, 0x86dd);
		frame_ipv6(&f, 58, IP6_OURS, "ff02::1");
		frame_nd(&f, NA, IP6_OURS, TLLA, MAC_TESTER);
		frame_finish(&f);
		verdict_is(plan, &f, want);
		f.b[f.l4 + 30] ^= 1;
		verdict_is(plan, &f, DLO_DROP_NOT_REQUEST);
		f.b[f.l4 + 30] ^= 1;
		f.b[f.l3 + 7] = 64;
		verdict_is(plan, &f, DLO_DROP_NOT_REQUEST);
		f.b[f.l3 + 7] = 255;
		put48(f.b + 6, MAC_OURS);
		plan->guards = false;
		verdict_is(plan, &f, DLO_DROP_NOT_REQUEST);
		plan->guards = true;
		/* Somebody detects duplicates: it is told. Somebody asks from our address: he has it. */
		solicit(&f, NODE_MAC, "::", NODE, IP6_OURS, 0);
		verdict_is(plan, &f, DLO_ANSWERED_ND);
		solicit(&f, 0x3333ff000007ull, IP6_OURS, "ff02::1:ff00:7", IP6_OTHER, MAC_TESTER);
		verdict_is(plan, &f, i < 2 ? DLO_DROP_CONFLICT : DLO_DROP_MCAST_DST);
		plan_free(plan);
	}
}

static void
disabled_is_bulk(void **state)
{
	struct dlo_plan *plan = plan_of(DLO_MODE_L4, true, false);
	struct frame f;

	(void)state;
	plan->answers = ~(1u << DLO_ANSWER_ND);
	solicit(&f, NODE_MAC, IP6_TESTER, NODE, IP6_OURS, MAC_TESTER);
	verdict_is(plan, &f, DLO_DROP_MCAST_DST);
	plan_free(plan);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(multicast_solicitation),
		cmocka_unit_test(room_for_our_address),
		cmocka_unit_test(options_and_trailers_do_not_come_back),
		cmocka_unit_test(tags_are_kept),
		cmocka_unit_test(duplicate_address_detection),
		cmocka_unit_test(finding_1_never_for_addresses_of_others),
		cmocka_unit_test(validity),
		cmocka_unit_test(every_length),
		cmocka_unit_test(no_extension_headers),
		cmocka_unit_test(advertisements_are_never_answered),
		cmocka_unit_test(conflicts),
		cmocka_unit_test(disabled_is_bulk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
