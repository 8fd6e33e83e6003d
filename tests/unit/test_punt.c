/* SPDX-License-Identifier: BSD-3-Clause */
/* What reaches the host's loopbacks from a wire, what leaves from them, and what must never. */
#include "frames.h"

#include <arpa/inet.h>
#include <stdlib.h>

#include "address/address.h"
#include "reflect/punt.h"

#define IP_LOOP "192.0.2.1"
#define IP6_LOOP "2001:db8:1::1"
#define MAC_KERNEL 0x02d1000000eeull
#define MAC_LINK 0x02d1000000ddull

static const struct {
	const char *prefix;
	uint16_t port_owner;
	uint16_t link_owner;
} addresses[] = {
	{ IP_OURS, DLO_OWNER_PORT, DLO_OWNER_NOBODY },
	{ IP6_OURS, DLO_OWNER_PORT, DLO_OWNER_NOBODY },
	{ "10.0.0.0/8", DLO_OWNER_NOBODY, DLO_OWNER_PORT },
	{ "10.0.0.1", DLO_OWNER_NOBODY, DLO_OWNER_HOST },
	{ IP_LOOP, DLO_OWNER_LOOPBACK, DLO_OWNER_HOST_LOOPBACK },
	{ IP6_LOOP, DLO_OWNER_LOOPBACK + 3, DLO_OWNER_HOST_LOOPBACK },
};

#define NB_ADDRESSES (sizeof(addresses) / sizeof(addresses[0]))

static struct dlo_plan *
punt_plan(bool guards, bool link)
{
	struct dlo_plan *plan = plan_of(link ? DLO_MODE_IP : DLO_MODE_L4, guards, link);
	struct dlo_addr_rule rules[NB_ADDRESSES];

	for (unsigned int i = 0; i < NB_ADDRESSES; i++) {
		assert_int_equal(dlo_prefix_parse(addresses[i].prefix, &rules[i].prefix), 0);
		rules[i].owner = link ? addresses[i].link_owner : addresses[i].port_owner;
	}
	dlo_addr_table_free((struct dlo_addr_table *)(uintptr_t)plan->addresses);
	plan->addresses = dlo_addr_table_create(rules, NB_ADDRESSES);
	assert_non_null(plan->addresses);
	plan->punt = !link;
	plan->forward = link;
	put48(plan->punt_dst.addr_bytes, MAC_KERNEL);
	put48(plan->punt_src.addr_bytes, MAC_LINK);
	dlo_plan_choose_burst(plan);
	return plan;
}

static void
tcp4(struct frame *f, uint64_t dst_mac, const char *src, const char *dst)
{
	frame_ether(f, dst_mac, MAC_TESTER, 0x0800);
	frame_ipv4(f, 6, src, dst, NULL, 0);
	frame_tcp(f, 50000, 179, 6);
	frame_finish(f);
}

static void
tcp6(struct frame *f, uint64_t dst_mac, const char *src, const char *dst)
{
	frame_ether(f, dst_mac, MAC_TESTER, 0x86dd);
	frame_ipv6(f, 6, src, dst);
	frame_tcp(f, 50000, 179, 6);
	frame_finish(f);
}

/* What a wire may bring, and what becomes of it with guards on; off where it says so. */
static const struct row {
	const char *what;
	uint64_t dst_mac;
	const char *src;
	const char *dst;
	enum dlo_verdict want;
	enum dlo_verdict want_unguarded;
} rows[] = {
	{ "for a loopback", MAC_OURS, IP_TESTER, IP_LOOP, DLO_PUNTED, DLO_PUNTED },
	{ "for a loopback, IPv6", MAC_OURS, IP6_TESTER, IP6_LOOP, DLO_PUNTED, DLO_PUNTED },
	{ "for the port's own address", MAC_OURS, IP_TESTER, IP_OURS, DLO_REFLECTED, DLO_REFLECTED },
	{ "for nobody we know", MAC_OURS, IP_TESTER, IP_OTHER, DLO_REFLECTED, DLO_REFLECTED },
	{ "by somebody else's MAC", MAC_OTHER, IP_TESTER, IP_LOOP, DLO_REFLECTED, DLO_REFLECTED },
	{ "broadcast", 0xffffffffffffull, IP_TESTER, IP_LOOP, DLO_DROP_MCAST_DST,
		DLO_DROP_NOT_MINE },
	{ "MAC of a carried frame", 0, IP_TESTER, IP_LOOP, DLO_REFLECTED, DLO_REFLECTED },
	{ "LAND", MAC_OURS, IP_LOOP, IP_LOOP, DLO_DROP_LAND, DLO_DROP_LAND },
	{ "LAND, IPv6", MAC_OURS, IP6_LOOP, IP6_LOOP, DLO_DROP_LAND, DLO_DROP_LAND },
	{ "spoofed: our own", MAC_OURS, IP_OURS, IP_LOOP, DLO_DROP_MARTIAN, DLO_DROP_MARTIAN },
	{ "spoofed: our own, IPv6", MAC_OURS, IP6_OURS, IP6_LOOP, DLO_DROP_MARTIAN,
		DLO_DROP_MARTIAN },
	{ "from 127/8", MAC_OURS, "127.0.0.1", IP_LOOP, DLO_DROP_MARTIAN, DLO_DROP_MARTIAN },
	{ "from ::1", MAC_OURS, "::1", IP6_LOOP, DLO_DROP_MARTIAN, DLO_DROP_MARTIAN },
	{ "from nowhere", MAC_OURS, "0.0.0.0", IP_LOOP, DLO_DROP_MARTIAN, DLO_DROP_MARTIAN },
	{ "from a group", MAC_OURS, "224.0.0.5", IP_LOOP, DLO_DROP_MARTIAN, DLO_DROP_MARTIAN },
	{ "into 127/8", MAC_OURS, IP_TESTER, "127.0.0.1", DLO_DROP_MARTIAN, DLO_REFLECTED },
	{ "into ::1", MAC_OURS, IP6_TESTER, "::1", DLO_DROP_MARTIAN, DLO_REFLECTED },
};

static void
from_a_wire(void **state)
{
	struct frame in, out;

	(void)state;
	for (unsigned int guards = 0; guards < 2; guards++) {
		struct dlo_plan *plan = punt_plan(guards, false);

		for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			const struct row *r = &rows[i];
			enum dlo_verdict got, want = guards ? r->want : r->want_unguarded;

			if (strchr(r->src, ':') != NULL)
				tcp6(&in, r->dst_mac, r->src, r->dst);
			else
				tcp4(&in, r->dst_mac, r->src, r->dst);
			got = reflect(plan, &in, &out);
			if (got != want)
				fail_msg("%s, guards %u: %s instead of %s", r->what, guards,
					dlo_verdict_name(got), dlo_verdict_name(want));
		}
		plan_free(plan);
	}
}

/* Without a link nothing of this is there: a loopback is an address like the port's. */
static void
no_link(void **state)
{
	struct dlo_plan *plan = punt_plan(true, false);
	struct frame in, out;

	(void)state;
	plan->punt = false;
	tcp4(&in, MAC_OURS, IP_TESTER, IP_LOOP);
	assert_verdict(reflect(plan, &in, &out), DLO_REFLECTED);
	plan_free(plan);
}

/* Answers come first; what answers something, and fragments, are the host's to make sense of. */
static void
icmp(void **state)
{
	struct dlo_plan *plan = punt_plan(true, false);
	static const struct {
		uint8_t type;
		enum dlo_verdict want, want_own; /* to a loopback, to the port's own address */
	} types[] = {
		{ 8, DLO_ANSWERED_ICMP, DLO_ANSWERED_ICMP },
		{ 0, DLO_PUNTED, DLO_DROP_NOT_REQUEST },
		{ 3, DLO_PUNTED, DLO_DROP_NOT_REQUEST },
		{ 13, DLO_PUNTED, DLO_REFLECTED },
	};
	struct frame in, out;

	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		for (unsigned int own = 0; own < 2; own++) {
			frame_ether(&in, MAC_OURS, MAC_TESTER, 0x0800);
			frame_ipv4(&in, 1, IP_TESTER, own ? IP_OURS : IP_LOOP, NULL, 0);
			frame_icmp(&in, types[i].type, 0, 0x00010002, 30);
			frame_finish(&in);
			assert_verdict(reflect(plan, &in, &out),
				own ? types[i].want_own : types[i].want);
		}
	}
	frame_ether(&in, MAC_OURS, MAC_TESTER, 0x0800);
	frame_ipv4(&in, 1, IP_TESTER, IP_LOOP, NULL, 0);
	frame_icmp(&in, 8, 0, 0x00010002, 30);
	put16(in.b + in.l3 + 6, 0x2000);
	frame_finish(&in);
	assert_verdict(reflect(plan, &in, &out), DLO_PUNTED);
	plan->answers = 0;
	frame_ether(&in, MAC_OURS, MAC_TESTER, 0x86dd);
	frame_ipv6(&in, 58, IP6_TESTER, IP6_LOOP);
	frame_icmp(&in, 128, 0, 0x00010002, 30);
	frame_finish(&in);
	assert_verdict(reflect(plan, &in, &out), DLO_PUNTED);
	plan_free(plan);
}

/* The three parts of a burst, each in the order of arrival. */
static void
partition(void **state)
{
	struct dlo_plan *plan = punt_plan(true, false);
	static const struct {
		const char *src, *dst;
	} in[] = {
		{ IP_LOOP, IP_LOOP }, { IP_TESTER, IP_LOOP }, { IP_TESTER, IP_OTHER },
		{ IP_OTHER, IP_LOOP }, { "127.0.0.1", IP_LOOP }, { IP_OTHER, IP_TESTER },
	};
	static const uint8_t want[] = { 2, 5, 1, 3, 0, 4 };
	struct rte_mbuf *pkts[6], *orig[6];
	struct dlo_burst burst;
	struct frame f;

	(void)state;
	for (unsigned int i = 0; i < 6; i++) {
		tcp4(&f, MAC_OURS, in[i].src, in[i].dst);
		orig[i] = pkts[i] = mbuf_of(&f, 0);
	}
	dlo_reflect_burst(plan, NULL, pkts, 6, &burst);
	assert_int_equal(burst.nb_back, 2);
	assert_int_equal(burst.nb_punt, 2);
	for (unsigned int i = 0; i < 6; i++) {
		assert_ptr_equal(pkts[i], orig[want[i]]);
		mbuf_free(pkts[i]);
	}
	assert_verdict(burst.verdict[0], DLO_REFLECTED);
	assert_verdict(burst.verdict[2], DLO_PUNTED);
	assert_verdict(burst.verdict[4], DLO_DROP_LAND);
	assert_verdict(burst.verdict[5], DLO_DROP_MARTIAN);
	plan_free(plan);
}

/* To the link and back: tags off and on again, MACs of the next wire, not a byte of IP touched. */
static void
there_and_back(void **state)
{
	static const struct rte_ether_addr port_mac = { { 2, 0xd1, 0, 0, 0, 0xff } };
	struct dlo_plan *plan = punt_plan(true, false);
	struct dlo_station from;
	uint16_t loopback;

	(void)state;
	for (unsigned int tags = 0; tags <= 2; tags++) {
		struct frame in, out;
		struct rte_mbuf *m;

		frame_ether(&in, MAC_OURS, MAC_TESTER, 0x86dd);
		if (tags > 1)
			frame_tag(&in, 0x88a8, 0x6064);
		if (tags > 0)
			frame_tag(&in, 0x8100, 0x2005);
		frame_ipv6(&in, 6, IP6_TESTER, IP6_LOOP);
		frame_tcp(&in, 50000, 179, 100);
		frame_finish(&in);
		m = mbuf_of(&in, 0);
		m->ol_flags |= RTE_MBUF_F_RX_L4_CKSUM_NONE;
		m->packet_type = RTE_PTYPE_L2_ETHER_VLAN;
		assert_verdict(dlo_punt(plan, m, &from, &loopback), DLO_PUNTED);
		/* What is no more so is not said any more. */
		assert_int_equal(m->packet_type, tags > 0 ? RTE_PTYPE_UNKNOWN : RTE_PTYPE_L2_ETHER_VLAN);
		assert_int_equal(loopback, 3);
		assert_int_equal(m->ol_flags & RTE_MBUF_F_RX_L4_CKSUM_MASK, 0);
		mbuf_read(m, &out);
		assert_int_equal(out.len, in.len - tags * 4);
		assert_int_equal(get48(out.b), MAC_KERNEL);
		assert_int_equal(get48(out.b + 6), MAC_LINK);
		assert_memory_equal(out.b + 12, in.b + 12 + tags * 4, out.len - 12);
		assert_int_equal(from.family, 6);
		assert_int_equal(from.nb_tags, tags);

		m->packet_type = RTE_PTYPE_L2_ETHER;
		assert_verdict(dlo_forward(m, &port_mac, &from, 1500), DLO_FORWARDED);
		assert_int_equal(m->packet_type, tags > 0 ? RTE_PTYPE_UNKNOWN : RTE_PTYPE_L2_ETHER);
		mbuf_read(m, &out);
		assert_int_equal(out.len, in.len);
		assert_int_equal(get48(out.b), MAC_TESTER);
		assert_int_equal(get48(out.b + 6), MAC_OURS);
		assert_memory_equal(out.b + 12, in.b + 12, out.len - 12);
		mbuf_free(m);
	}
	plan_free(plan);
}

static void
forward_limits(void **state)
{
	static const struct rte_ether_addr mac = { { 2 } };
	struct dlo_station hop = { .family = 4, .mac = { { 2, 1 } } }, dst;
	struct rte_mbuf *m;
	struct frame f, out;

	(void)state;
	tcp4(&f, MAC_LINK, IP_LOOP, IP_TESTER);
	m = mbuf_of(&f, 64);
	assert_verdict(dlo_forward_dst(m, &dst), DLO_FORWARDED);
	assert_int_equal(dst.family, 4);
	assert_memory_equal(dst.addr, f.b + f.l3 + 16, 4);
	assert_verdict(dlo_forward(m, &mac, &hop, f.len - 15), DLO_DROP_TOO_BIG);
	rte_mbuf_refcnt_set(m, 2);
	assert_verdict(dlo_forward(m, &mac, &hop, 1500), DLO_DROP_SHARED);
	rte_mbuf_refcnt_set(m, 1);
	assert_verdict(dlo_forward(m, &mac, &hop, f.len - 14), DLO_FORWARDED);
	mbuf_read(m, &out);
	assert_int_equal(out.len, f.len < 60 ? 60 : f.len);
	mbuf_free(m);

	/* Padding is written to the last segment, or not at all. */
	f.len = 58;
	for (unsigned int shared = 0; shared < 2; shared++) {
		m = mbuf_split(&f, 40, 8);
		rte_mbuf_refcnt_set(m->next, (uint16_t)(1 + shared));
		assert_verdict(dlo_forward(m, &mac, &hop, 1500),
			shared ? DLO_DROP_SHARED : DLO_FORWARDED);
		assert_int_equal(m->pkt_len, shared ? 58 : 60);
		assert_int_equal(m->next->data_len, shared ? 18 : 20);
		rte_mbuf_refcnt_set(m->next, 1);
		mbuf_free(m);
	}
	tcp4(&f, MAC_LINK, IP_LOOP, IP_TESTER);
	m = mbuf_split(&f, 20, 0);
	assert_verdict(dlo_forward_dst(m, &dst), DLO_DROP_TOO_BIG);
	mbuf_free(m);
}

/* On the link: only from a loopback, only to where no prefix of the link is. */
static void
from_the_host(void **state)
{
	static const struct {
		const char *src, *dst;
		enum dlo_verdict want;
	} sent[] = {
		{ IP_LOOP, IP_OTHER, DLO_FORWARDED },
		{ IP6_LOOP, IP6_OTHER, DLO_FORWARDED },
		{ "10.0.0.1", "10.0.0.2", DLO_REFLECTED },
		{ "10.0.0.1", IP_OTHER, DLO_REFLECTED },
		{ IP_LOOP, "10.0.0.2", DLO_REFLECTED },
		{ IP_LOOP, "127.0.0.1", DLO_DROP_MARTIAN },
		{ IP_LOOP, "224.0.0.5", DLO_DROP_MARTIAN },
		{ IP6_LOOP, "::1", DLO_DROP_MARTIAN },
	};
	struct dlo_plan *plan = punt_plan(true, true);
	struct frame in, out;

	(void)state;
	for (unsigned int i = 0; i < sizeof(sent) / sizeof(sent[0]); i++) {
		if (strchr(sent[i].src, ':') != NULL)
			tcp6(&in, MAC_OURS, sent[i].src, sent[i].dst);
		else
			tcp4(&in, MAC_OURS, sent[i].src, sent[i].dst);
		assert_verdict(reflect(plan, &in, &out), sent[i].want);
	}
	plan_free(plan);
}

/* Who counts as the one that answered. */
static void
reply_owner(void **state)
{
	struct dlo_plan *plan = punt_plan(true, false);
	struct rte_mbuf *m;
	struct frame f;

	(void)state;
	frame_ether(&f, MAC_OURS, MAC_TESTER, 0x0806);
	frame_tag(&f, 0x8100, 5);
	frame_arp(&f, 1, MAC_TESTER, IP_TESTER, 0, IP_LOOP);
	m = mbuf_of(&f, 64);
	assert_verdict(reflect_mbuf(plan, m), DLO_ANSWERED_ARP);
	assert_int_equal(dlo_reply_owner(plan, m), DLO_OWNER_LOOPBACK);
	mbuf_free(m);
	tcp6(&f, MAC_OURS, IP6_LOOP, IP6_TESTER);
	m = mbuf_of(&f, 0);
	assert_int_equal(dlo_reply_owner(plan, m), DLO_OWNER_LOOPBACK + 3);
	mbuf_free(m);
	for (uint32_t len = 14; len < 38; len++) {
		f.len = len;
		m = mbuf_of(&f, 0);
		assert_int_equal(dlo_reply_owner(plan, m), DLO_OWNER_NOBODY);
		mbuf_free(m);
	}
	plan_free(plan);
}

/* The question is one that our own answers serve, and the reply to it is understood. */
static void
neighbour(void **state)
{
	static const char *const addrs[] = { IP_OURS, IP6_OURS };
	static const char *const askers[] = { IP_TESTER, IP6_TESTER };
	static const struct rte_ether_addr tester = { { 0x02, 0x11, 0x22, 0x33, 0x44, 0xaa } };

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		struct dlo_plan *asked = punt_plan(true, false), *asking = plan_of(DLO_MODE_L4, true, false);
		struct dlo_station who = { .family = i == 0 ? 4 : 6 }, heard;
		struct dlo_addr_rule rule = { .owner = DLO_OWNER_PORT };
		uint8_t buf[DLO_NEIGHBOUR_ASK_MAX], own[16];
		struct frame f, reply;
		struct rte_mbuf *m;

		inet_pton(i == 0 ? AF_INET : AF_INET6, addrs[i], who.addr);
		inet_pton(i == 0 ? AF_INET : AF_INET6, askers[i], own);
		memset(&f, 0, sizeof(f));
		frame_bytes(&f, buf, dlo_neighbour_ask(buf, &who, &tester, own));
		assert_true(f.len <= DLO_NEIGHBOUR_ASK_MAX);
		m = mbuf_of(&f, 64);
		assert_verdict(reflect_mbuf(asked, m), i == 0 ? DLO_ANSWERED_ARP : DLO_ANSWERED_ND);
		mbuf_read(m, &reply);
		mbuf_free(m);

		/* He who asked: its address is the tester's, its MAC too. */
		assert_int_equal(dlo_prefix_parse(askers[i], &rule.prefix), 0);
		dlo_addr_table_free((struct dlo_addr_table *)(uintptr_t)asking->addresses);
		asking->addresses = dlo_addr_table_create(&rule, 1);
		asking->mac = tester;
		asking->nb_own_macs = 0;
		m = mbuf_of(&reply, 0);
		assert_verdict(reflect_mbuf(asking, m), DLO_DROP_NOT_REQUEST);
		assert_true(dlo_neighbour_heard(asking, m, &heard));
		assert_int_equal(get48(heard.mac.addr_bytes), MAC_OURS);
		assert_memory_equal(heard.addr, who.addr, 16);
		mbuf_free(m);
		/* Not for him, or cut off anywhere: nothing is heard. */
		asking->mac.addr_bytes[5]++;
		m = mbuf_of(&reply, 0);
		assert_false(dlo_neighbour_heard(asking, m, &heard));
		mbuf_free(m);
		asking->mac = tester;
		for (uint32_t len = 0; len < (i == 0 ? 42u : 86u); len++) {
			reply.len = len;
			m = mbuf_of(&reply, 0);
			assert_false(dlo_neighbour_heard(asking, m, &heard));
			mbuf_free(m);
		}
		plan_free(asked);
		plan_free(asking);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(from_a_wire),
		cmocka_unit_test(no_link),
		cmocka_unit_test(icmp),
		cmocka_unit_test(partition),
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(forward_limits),
		cmocka_unit_test(from_the_host),
		cmocka_unit_test(reply_owner),
		cmocka_unit_test(neighbour),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
