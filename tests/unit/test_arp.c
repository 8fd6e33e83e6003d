/* SPDX-License-Identifier: BSD-3-Clause */
/* ARP: RFC 826, RFC 5227. */
#include "frames.h"

#define BROADCAST 0xffffffffffffull

static void
request(struct frame *f, uint64_t dst, const char *spa, const char *tpa)
{
	frame_ether(f, dst, MAC_TESTER, 0x0806);
	frame_arp(f, 1, MAC_TESTER, spa, 0, tpa);
}

static void
reply(struct frame *f, const char *spa, const char *tpa)
{
	frame_ether(f, MAC_TESTER, MAC_OURS, 0x0806);
	frame_arp(f, 2, MAC_OURS, spa, MAC_TESTER, tpa);
}

/* In every mode, guards on or off, by broadcast and by unicast; cut anywhere. */
static void
request_for_ours_is_answered(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < DLO_MODE_MAX * 4; i++) {
		struct dlo_plan *plan = plan_of(i / 4, i % 2, false);
		struct frame in, want, got;

		request(&in, i & 2 ? BROADCAST : MAC_OURS, IP_TESTER, IP_OURS);
		frame_pad(&in, 60, 0);
		reply(&want, IP_OURS, IP_TESTER);
		frame_pad(&want, 60, 0);
		assert_verdict(reflect(plan, &in, &got), DLO_ANSWERED_ARP);
		assert_frame("reply", &got, &want);
		plan_free(plan);
	}
}

static void
reply_is_padded_with_zeroes(void **state)
{
	struct dlo_plan *plan = plan_of(DLO_MODE_L4, true, false);
	struct frame in, want, got;

	(void)state;
	reply(&want, IP_OURS, IP_TESTER);
	request(&in, BROADCAST, IP_TESTER, IP_OURS);

	/* No room, no padding; room for some of it only, none. */
	assert_verdict(reflect_room(plan, &in, 17, &got), DLO_ANSWERED_ARP);
	assert_frame("no room", &got, &want);
	frame_pad(&want, 60, 0);
	assert_verdict(reflect_room(plan, &in, 18, &got), DLO_ANSWERED_ARP);
	assert_frame("just enough room", &got, &want);
	assert_any_split(plan, &in, 18, DLO_ANSWERED_ARP, &want);

	/* What the request was padded with does not come back, nor a trailer. */
	frame_pad(&in, 60, 0x77);
	assert_verdict(reflect(plan, &in, &got), DLO_ANSWERED_ARP);
	assert_frame("padded request", &got, &want);
	assert_any_split(plan, &in, 0, DLO_ANSWERED_ARP, &want);
	frame_pad(&in, 130, 0x77);
	assert_verdict(reflect(plan, &in, &got), DLO_ANSWERED_ARP);
	assert_frame("trailer", &got, &want);
	plan_free(plan);
}

static void
tags_are_kept(void **state)
{
	struct dlo_plan *plan = plan_of(DLO_MODE_L4, true, false);
	struct frame in, want, got;

	(void)state;
	frame_ether(&in, BROADCAST, MAC_TESTER, 0x0806);
	frame_tag(&in, 0x88a8, 0x6064);
	frame_tag(&in, 0x8100, 0xb005);
	frame_arp(&in, 1, MAC_TESTER, IP_TESTER, 0, IP_OURS);
	frame_ether(&want, MAC_TESTER, MAC_OURS, 0x0806);
	frame_tag(&want, 0x88a8, 0x6064);
	frame_tag(&want, 0x8100, 0xb005);
	frame_arp(&want, 2, MAC_OURS, IP_OURS, MAC_TESTER, IP_TESTER);
	frame_pad(&want, 60, 0);
	assert_verdict(reflect_room(plan, &in, 10, &got), DLO_ANSWERED_ARP);
	assert_frame("QinQ", &got, &want);
	plan_free(plan);
}

/* A reflector that answers for everybody takes the whole link over, and breaks RFC 5227. */
static void
finding_1_never_for_addresses_of_others(void **state)
{
	struct dlo_plan *plan = plan_of(DLO_MODE_L4, true, false);
	struct frame f;

	(void)state;
	request(&f, BROADCAST, IP_TESTER, IP_OTHER);
	verdict_is(plan, &f, DLO_DROP_MCAST_DST);
	request(&f, BROADCAST, "0.0.0.0", IP_OTHER);
	verdict_is(plan, &f, DLO_DROP_MCAST_DST);
	request(&f, BROADCAST, IP_TESTER, IP_TESTER);
	verdict_is(plan, &f, DLO_DROP_MCAST_DST);
	/* To our MAC: bulk like any other frame. */
	request(&f, MAC_OURS, IP_TESTER, IP_OTHER);
	verdict_is(plan, &f, DLO_REFLECTED);
	/* For ours, but not to us: bulk too. */
	request(&f, MAC_OTHER, IP_TESTER, IP_OURS);
	verdict_is(plan, &f, DLO_REFLECTED);
	plan->accept = DLO_ACCEPT_OWN;
	verdict_is(plan, &f, DLO_DROP_NOT_MINE);
	plan_free(plan);
}

static void
loopbacks_are_ours_and_the_hosts_are_not(void **state)
{
	struct dlo_plan *plan = plan_of(DLO_MODE_L4, true, false);
	struct dlo_addr_rule rules[2] = {
		{ .owner = DLO_OWNER_HOST },
		{ .owner = DLO_OWNER_LOOPBACK + 3 },
	};
	struct frame f;

	(void)state;
	assert_int_equal(dlo_prefix_parse("10.0.0.1", &rules[0].prefix), 0);
	assert_int_equal(dlo_prefix_parse("10.0.0.2", &rules[1].prefix), 0);
	dlo_addr_table_free((struct dlo_addr_table *)(uintptr_t)plan->addresses);
	plan->addresses = dlo_addr_table_create(rules, 2);
	request(&f, BROADCAST, IP_TESTER, "10.0.0.1");
	verdict_is(plan, &f, DLO_DROP_MCAST_DST);
	request(&f, BROADCAST, IP_TESTER, "10.0.0.2");
	verdict_is(plan, &f, DLO_ANSWERED_ARP);
	plan_free(plan);
}

/* RFC 5227 2.1.1 on a wire; on the host link the host shall have what it asks for. */
static void
probes(void **state)
{
	struct dlo_plan *wire = plan_of(DLO_MODE_L4, true, false);
	struct dlo_plan *link = plan_of(DLO_MODE_IP, true, true);
	struct frame in, want, got;

	(void)state;
	request(&in, BROADCAST, "0.0.0.0", IP_OURS);
	reply(&want, IP_OURS, "0.0.0.0");
	frame_pad(&want, 60, 0);
	assert_verdict(reflect_room(wire, &in, 64, &got), DLO_ANSWERED_ARP);
	assert_frame("probe", &got, &want);
	verdict_is(link, &in, DLO_DROP_MCAST_DST);
	put48(in.b, MAC_OURS);
	verdict_is(link, &in, DLO_DROP_NOT_REQUEST);
	request(&in, BROADCAST, IP_TESTER, IP_OURS);
	verdict_is(link, &in, DLO_ANSWERED_ARP);
	plan_free(wire);
	plan_free(link);
}

static void
not_a_request(void **state)
{
	struct dlo_plan *plan = plan_of(DLO_MODE_L4, true, false);
	struct frame f;

	(void)state;
	/* Replies, reverse and inverse ARP. */
	for (unsigned int op = 0; op < 12; op++) {
		request(&f, MAC_OURS, IP_TESTER, IP_OURS);
		put16(f.b + 14 + 6, op);
		verdict_is(plan, &f, op == 1 ? DLO_ANSWERED_ARP : DLO_DROP_NOT_REQUEST);
	}
	/* Somebody announces our address, or uses it as its own (RFC 5227 2.4). */
	request(&f, BROADCAST, IP_OURS, IP_OURS);
	verdict_is(plan, &f, DLO_DROP_NOT_REQUEST);
	/* Senders that cannot be. */
	request(&f, BROADCAST, "224.0.0.5", IP_OURS);
	verdict_is(plan, &f, DLO_DROP_NOT_REQUEST);
	request(&f, BROADCAST, "255.255.255.255", IP_OURS);
	verdict_is(plan, &f, DLO_DROP_NOT_REQUEST);
	request(&f, BROADCAST, "127.0.0.1", IP_OURS);
	verdict_is(plan, &f, DLO_DROP_NOT_REQUEST);
	/* ar$sha is not the sender: a group, or somebody else who would get the reply. */
	request(&f, BROADCAST, IP_TESTER, IP_OURS);
	put48(f.b + 14 + 8, BROADCAST);
	verdict_is(plan, &f, DLO_DROP_NOT_REQUEST);
	put48(f.b + 14 + 8, MAC_OTHER);
	verdict_is(plan, &f, DLO_DROP_NOT_REQUEST);
	/* Not Ethernet. */
	request(&f, BROADCAST, IP_TESTER, IP_OURS);
	put16(f.b + 14, 6);
	verdict_is(plan, &f, DLO_DROP_NOT_REQUEST);
	/* Guards off: still nothing is sent to a group's or nobody's MAC. */
	plan->guards = false;
	request(&f, BROADCAST, IP_TESTER, IP_OURS);
	put48(f.b + 6, 0x010000000001ull);
	put48(f.b + 14 + 8, 0x010000000001ull);
	verdict_is(plan, &f, DLO_DROP_NOT_REQUEST);
	put48(f.b + 6, 0);
	put48(f.b + 14 + 8, 0);
	verdict_is(plan, &f, DLO_DROP_NOT_REQUEST);
	plan_free(plan);
}

/* Protocol and address lengths that are not IPv4 over Ethernet say nothing about our addresses. */
static void
other_layouts_are_bulk(void **state)
{
	struct dlo_plan *plan = plan_of(DLO_MODE_L4, true, false);
	struct frame f;

	(void)state;
	request(&f, MAC_OURS, IP_TESTER, IP_OURS);
	put16(f.b + 14 + 2, 0x86dd);
	verdict_is(plan, &f, DLO_REFLECTED);
	request(&f, MAC_OURS, IP_TESTER, IP_OURS);
	f.b[14 + 4] = 0;
	verdict_is(plan, &f, DLO_REFLECTED);
	request(&f, MAC_OURS, IP_TESTER, IP_OURS);
	f.b[14 + 5] = 3;
	verdict_is(plan, &f, DLO_REFLECTED);
	f.b[14 + 5] = 5;
	verdict_is(plan, &f, DLO_DROP_TRUNCATED);
	plan_free(plan);
}

static void
every_length(void **state)
{
	struct dlo_plan *plan = plan_of(DLO_MODE_L4, true, false);
	struct frame f;

	(void)state;
	request(&f, BROADCAST, IP_TESTER, IP_OURS);
	for (f.len = 0; f.len < 42; f.len++)
		verdict_is(plan, &f, f.len < 14 ? DLO_DROP_SHORT : DLO_DROP_TRUNCATED);
	verdict_is(plan, &f, DLO_ANSWERED_ARP);
	plan_free(plan);
}

static void
disabled_is_bulk(void **state)
{
	struct dlo_plan *plan = plan_of(DLO_MODE_L4, true, false);
	struct frame f;

	(void)state;
	plan->answers = ~(1u << DLO_ANSWER_ARP);
	request(&f, BROADCAST, IP_TESTER, IP_OURS);
	verdict_is(plan, &f, DLO_DROP_MCAST_DST);
	request(&f, MAC_OURS, IP_TESTER, IP_OURS);
	verdict_is(plan, &f, DLO_REFLECTED);
	plan_free(plan);
}

/* RFC 5227 2.4: whoever has an address of ours for his own, but not in a network that is all ours. */
static void
conflicts(void **state)
{
	static const struct {
		uint16_t owner;
		enum dlo_verdict want;
	} owners[] = { { DLO_OWNER_STATION, DLO_DROP_CONFLICT }, { DLO_OWNER_LOOPBACK + 5, DLO_DROP_CONFLICT },
		{ DLO_OWNER_PORT, DLO_DROP_NOT_REQUEST } };
	struct frame f;

	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		struct dlo_plan *plan = plan_of(DLO_MODE_L4, true, false);

		plan_own(plan, owners[i].owner);
		/* Asked as ever. */
		request(&f, BROADCAST, IP_TESTER, IP_OURS);
		verdict_is(plan, &f, DLO_ANSWERED_ARP);
		request(&f, BROADCAST, "0.0.0.0", IP_OURS);
		verdict_is(plan, &f, DLO_ANSWERED_ARP);
		/* An announcement; a question for somebody else; the reply to a probe of ours. */
		request(&f, BROADCAST, IP_OURS, IP_OURS);
		verdict_is(plan, &f, owners[i].want);
		request(&f, BROADCAST, IP_OURS, IP_TESTER);
		verdict_is(plan, &f, i < 2 ? DLO_DROP_CONFLICT : DLO_DROP_MCAST_DST);
		request(&f, MAC_OURS, IP_OURS, "0.0.0.0");
		put16(f.b + 14 + 6, 2);
		verdict_is(plan, &f, i < 2 ? DLO_DROP_CONFLICT : DLO_REFLECTED);
		/* A cable that is looped is another matter, and nobody's MAC is nobody. */
		plan->guards = false;
		put48(f.b + 14 + 8, MAC_OURS);
		verdict_is(plan, &f, DLO_REFLECTED);
		put48(f.b + 14 + 8, 0);
		verdict_is(plan, &f, DLO_REFLECTED);
		put48(f.b + 14 + 8, BROADCAST);
		verdict_is(plan, &f, DLO_REFLECTED);
		plan_free(plan);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(request_for_ours_is_answered),
		cmocka_unit_test(reply_is_padded_with_zeroes),
		cmocka_unit_test(tags_are_kept),
		cmocka_unit_test(finding_1_never_for_addresses_of_others),
		cmocka_unit_test(loopbacks_are_ours_and_the_hosts_are_not),
		cmocka_unit_test(probes),
		cmocka_unit_test(not_a_request),
		cmocka_unit_test(conflicts),
		cmocka_unit_test(other_layouts_are_bulk),
		cmocka_unit_test(every_length),
		cmocka_unit_test(disabled_is_bulk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
