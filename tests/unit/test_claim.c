/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Asking whether an address of ours is somebody else's: RFC 5227 2.1.1, 2.3, 2.4; RFC 4862 5.4;
 * RFC 4861 7.2.6. When which frame is sent, what they look like, and what comes back of them.
 */
#include "frames.h"

#include <arpa/inet.h>

#include "answer/claim.h"

#define HZ UINT64_C(1000000000)
#define MS (HZ / 1000)
#define START (1000 * HZ)
#define SENT_MAX 64

static const struct rte_ether_addr ours = { { 0x02, 0xd1, 0, 0, 0, 0xff } };
static const struct rte_ether_addr other = { { 0x02, 0xaa, 0xbb, 0xcc, 0xdd, 0x01 } };

static struct {
	unsigned int nb;
	uint64_t ms[SENT_MAX]; /* since START */
	struct frame frames[SENT_MAX];
} sent;

static uint64_t now;

static void
begin(struct dlo_claim *c, const char *addr, uint32_t random)
{
	memset(c, 0, sizeof(*c));
	c->who.family = strchr(addr, ':') != NULL ? 6 : 4;
	inet_pton(c->who.family == 6 ? AF_INET6 : AF_INET, addr, c->who.addr);
	now = START;
	sent.nb = 0;
	assert_string_equal(dlo_claim_state_name(c), "idle");
	dlo_claim_begin(c, now, HZ, random);
	assert_string_equal(dlo_claim_state_name(c), "asking");
}

static void
run(struct dlo_claim *c, uint64_t ms, uint32_t random)
{
	for (uint64_t end = now + ms * MS; now < end; now += 10 * MS) {
		uint8_t buf[DLO_CLAIM_FRAME_MAX];
		uint32_t len = dlo_claim_step(c, &ours, now, HZ, random, buf);

		if (len == 0)
			continue;
		assert_true(sent.nb < SENT_MAX && len <= DLO_CLAIM_FRAME_MAX);
		sent.ms[sent.nb] = (now - START) / MS;
		memset(&sent.frames[sent.nb], 0, sizeof(sent.frames[0]));
		frame_bytes(&sent.frames[sent.nb++], buf, len);
	}
}

static void
assert_times(const uint64_t *want, unsigned int nb)
{
	assert_int_equal(sent.nb, nb);
	for (unsigned int i = 0; i < nb; i++)
		assert_in_range(sent.ms[i], want[i], want[i] + 20);
}

static void
want_arp(struct frame *f, const char *spa, const char *tpa)
{
	frame_ether(f, 0xffffffffffffull, MAC_OURS, 0x0806);
	frame_arp(f, 1, MAC_OURS, spa, 0, tpa);
	frame_pad(f, 60, 0);
}

/* At the shortest and the longest of random delays. */
static void
ipv4_probes_and_announcements(void **state)
{
	static const uint64_t soon[] = { 0, 1000, 2000, 4000, 6000 };
	static const uint64_t late[] = { 1000, 3000, 5000, 7000, 9000 };
	struct dlo_claim c;
	struct frame want;

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		begin(&c, IP_OURS, i == 0 ? 0 : UINT32_MAX);
		run(&c, 60000, i == 0 ? 0 : UINT32_MAX);
		assert_times(i == 0 ? soon : late, 5);
		assert_string_equal(dlo_claim_state_name(&c), "ours");
		assert_false(c.contested);
		want_arp(&want, "0.0.0.0", IP_OURS);
		for (unsigned int k = 0; k < 3; k++)
			assert_frame("probe", &sent.frames[k], &want);
		want_arp(&want, IP_OURS, IP_OURS);
		for (unsigned int k = 3; k < 5; k++)
			assert_frame("announcement", &sent.frames[k], &want);
	}
}

static void
ipv6_solicitation_and_advertisements(void **state)
{
	static const uint64_t soon[] = { 0, 1000, 3000 };
	static const uint64_t late[] = { 1000, 2000, 4000 };
	struct dlo_claim c;
	struct frame want;

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		begin(&c, IP6_OURS, i == 0 ? 0 : UINT32_MAX);
		run(&c, 60000, i == 0 ? 0 : UINT32_MAX);
		assert_times(i == 0 ? soon : late, 3);
		assert_string_equal(dlo_claim_state_name(&c), "ours");
		/* No source link-layer address: nobody has one who has no address. A nonce (RFC 7527). */
		frame_ether(&want, 0x3333ff000002ull, MAC_OURS, 0x86dd);
		frame_ipv6(&want, 58, "::", "ff02::1:ff00:2");
		frame_nd(&want, 135, IP6_OURS, 14, MAC_OURS);
		memcpy(want.b + want.l3, "\x60\0\0", 4);
		want.b[want.l3 + 7] = 255;
		frame_finish(&want);
		assert_frame("solicitation", &sent.frames[0], &want);
		frame_ether(&want, 0x333300000001ull, MAC_OURS, 0x86dd);
		frame_ipv6(&want, 58, IP6_OURS, "ff02::1");
		frame_nd(&want, 136, IP6_OURS, 2, MAC_OURS);
		memcpy(want.b + want.l3, "\x60\0\0", 4);
		want.b[want.l3 + 7] = 255;
		want.b[want.l4 + 4] = 0x20; /* override, not solicited, no router */
		frame_finish(&want);
		assert_frame("advertisement", &sent.frames[1], &want);
		assert_frame("advertisement", &sent.frames[2], &want);
	}
}

/* Found to be taken: not announced, not defended, and asked again a minute after the other was heard. */
static void
taken_ones_are_not_announced(void **state)
{
	static const char *const addrs[] = { IP_OURS, IP6_OURS };
	struct dlo_claim c;

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		const unsigned int nb_probes = i == 0 ? 3 : 1;

		begin(&c, addrs[i], 0);
		run(&c, 50, 0);
		assert_int_equal(sent.nb, 1);
		assert_true(dlo_claim_hear(&c, &other, now, HZ));
		assert_false(dlo_claim_hear(&c, &other, now, HZ));
		assert_string_equal(dlo_claim_state_name(&c), "conflict");
		run(&c, 59900, 0);
		assert_int_equal(sent.nb, 1);
		/* Still there: heard after the next question, which is the last for a minute. */
		run(&c, 200, 0);
		assert_int_equal(sent.nb, 2);
		assert_false(dlo_claim_hear(&c, &other, now, HZ));
		run(&c, 59900, 0);
		assert_int_equal(sent.nb, 2);
		assert_true(c.contested);
		/* Gone. */
		run(&c, 60000, 0);
		assert_int_equal(sent.nb, 2 + nb_probes + 2);
		assert_false(c.contested);
		assert_string_equal(dlo_claim_state_name(&c), "ours");
		assert_int_equal(c.nb_conflicts, 3);
		/* Whoever comes back is news. */
		assert_true(dlo_claim_hear(&c, &other, now, HZ));
	}
}

/* RFC 5227 2.4 (c): one announcement, but none within ten seconds of the conflict before. */
static void
ours_are_defended(void **state)
{
	struct dlo_claim c;
	struct frame want;
	unsigned int before;

	(void)state;
	begin(&c, IP_OURS, 0);
	run(&c, 20000, 0);
	before = sent.nb;
	assert_true(dlo_claim_hear(&c, &other, now, HZ));
	run(&c, 9000, 0);
	assert_int_equal(sent.nb, before + 1);
	want_arp(&want, IP_OURS, IP_OURS);
	assert_frame("defence", &sent.frames[before], &want);
	/* Every nine seconds: never again. */
	for (unsigned int i = 0; i < 5; i++) {
		dlo_claim_hear(&c, &other, now, HZ);
		run(&c, 9000, 0);
		assert_int_equal(sent.nb, before + 1);
	}
	run(&c, 2000, 0);
	dlo_claim_hear(&c, &other, now, HZ);
	run(&c, 1000, 0);
	assert_int_equal(sent.nb, before + 2);

	/* IPv6 knows no defence. */
	begin(&c, IP6_OURS, 0);
	run(&c, 20000, 0);
	before = sent.nb;
	dlo_claim_hear(&c, &other, now, HZ);
	run(&c, 9000, 0);
	assert_int_equal(sent.nb, before);
}

/* RFC 5227 2.1.1, 2.4 (b); RFC 4862 5.4.5: used when found free, defended once, then given up. */
static void
yielding_ones_come_second(void **state)
{
	struct dlo_claim c;

	(void)state;
	begin(&c, IP_OURS, 0);
	assert_true(dlo_claim_in_use(&c));
	c.yields = true;
	run(&c, 3900, 0);
	assert_false(dlo_claim_in_use(&c));
	run(&c, 200, 0);
	assert_true(dlo_claim_in_use(&c));
	/* Ten seconds apart they may come for ever. */
	for (unsigned int i = 0; i < 5; i++) {
		run(&c, 10000, 0);
		dlo_claim_hear(&c, &other, now, HZ);
		assert_true(dlo_claim_in_use(&c));
		assert_string_equal(dlo_claim_state_name(&c), "conflict");
	}
	run(&c, 9000, 0);
	dlo_claim_hear(&c, &other, now, HZ);
	assert_false(dlo_claim_in_use(&c));
	run(&c, 59900, 0);
	dlo_claim_hear(&c, &other, now, HZ);
	run(&c, 59900, 0);
	assert_false(dlo_claim_in_use(&c));
	run(&c, 4200, 0);
	assert_true(dlo_claim_in_use(&c));
	assert_string_equal(dlo_claim_state_name(&c), "ours");
	/* One that was in use stays so while it is asked for again. */
	run(&c, 20000, 0);
	dlo_claim_hear(&c, &other, now, HZ);
	run(&c, 61000, 0);
	assert_true(dlo_claim_in_use(&c));
	/* A port that comes up knows nothing. */
	dlo_claim_end(&c);
	dlo_claim_begin(&c, now, HZ, 0);
	assert_false(dlo_claim_in_use(&c));

	begin(&c, IP6_OURS, 0);
	c.yields = true;
	run(&c, 50, 0);
	dlo_claim_hear(&c, &other, now, HZ);
	run(&c, 59900, 0);
	assert_false(dlo_claim_in_use(&c));
	run(&c, 2000, 0);
	assert_true(dlo_claim_in_use(&c));
	/* Detection is over: told and counted, as RFC 4862 has no more to say. */
	for (unsigned int i = 0; i < 3; i++)
		dlo_claim_hear(&c, &other, now, HZ);
	assert_true(dlo_claim_in_use(&c));
}

static void
others_are_told_apart(void **state)
{
	struct rte_ether_addr mac = other;
	struct dlo_claim c;

	(void)state;
	begin(&c, IP_OURS, 0);
	for (unsigned int i = 0; i < 100; i++) {
		mac.addr_bytes[5] = (uint8_t)i;
		assert_true(dlo_claim_hear(&c, &mac, now, HZ));
		assert_true(rte_is_same_ether_addr(&c.others[0], &mac));
		assert_true(c.nb_others <= DLO_CLAIM_OTHERS);
	}
	for (unsigned int i = 100 - DLO_CLAIM_OTHERS; i < 100; i++) {
		mac.addr_bytes[5] = (uint8_t)i;
		assert_false(dlo_claim_hear(&c, &mac, now, HZ));
		assert_true(rte_is_same_ether_addr(&c.others[0], &mac));
	}
	mac.addr_bytes[5] = 1;
	assert_true(dlo_claim_hear(&c, &mac, now, HZ));
}

/* A port that comes up again asks again; what was contested is so until it has. */
static void
down_and_up(void **state)
{
	struct dlo_claim c;

	(void)state;
	begin(&c, IP_OURS, 0);
	run(&c, 500, 0);
	dlo_claim_hear(&c, &other, now, HZ);
	dlo_claim_end(&c);
	run(&c, 120000, 0);
	assert_int_equal(sent.nb, 1);
	assert_string_equal(dlo_claim_state_name(&c), "conflict");
	dlo_claim_hear(&c, &other, now, HZ); /* was under way */
	run(&c, 120000, 0);
	assert_int_equal(sent.nb, 1);
	dlo_claim_begin(&c, now, HZ, 0);
	run(&c, 20000, 0);
	assert_int_equal(sent.nb, 6);
	assert_string_equal(dlo_claim_state_name(&c), "ours");
}

/* What another dlo_claim sends, put through the data path of a port that has the address. */
static void
assert_hears(const struct dlo_plan *plan, const struct frame *f, bool conflict)
{
	struct rte_mbuf *m = mbuf_of(f, 0);
	enum dlo_verdict v = reflect_mbuf(plan, m);
	struct dlo_station who;

	assert_int_equal(v == DLO_DROP_CONFLICT, conflict);
	if (conflict) {
		assert_true(dlo_neighbour_conflict(m, &who));
		assert_true(rte_is_same_ether_addr(&who.mac, &other));
	}
	mbuf_free(m);
}

/* As somebody else would have sent it. */
static void
others_own(struct frame *f, const struct frame *from, bool is_arp)
{
	*f = *from;
	memcpy(f->b + 6, other.addr_bytes, 6);
	if (is_arp) {
		memcpy(f->b + 14 + 8, other.addr_bytes, 6);
		return;
	}
	f->l3 = 14;
	f->l4 = 54;
	memcpy(f->b + f->l4 + 26, other.addr_bytes, 6);
	frame_finish(f);
}

/* One that is not answered for yet: who asks for it, too, or has it, is heard; nobody gets an answer. */
static void
tentative_ones_are_not_answered(void **state)
{
	static const char *const addrs[] = { IP_OURS, IP6_OURS };

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		struct dlo_plan *plan = plan_of(DLO_MODE_L4, true, false);
		struct dlo_claim c;
		struct frame f;

		plan_own(plan, DLO_OWNER_TENTATIVE);
		begin(&c, addrs[i], 0);
		run(&c, 20000, 0);
		for (unsigned int k = 0; k < sent.nb; k++) {
			assert_hears(plan, &sent.frames[k], false);
			f = sent.frames[k];
			memcpy(f.b, sent.frames[k].b + 6, 6);
			memcpy(f.b + 6, other.addr_bytes, 6);
			assert_hears(plan, &f, false);
			others_own(&f, &sent.frames[k], i == 0);
			assert_hears(plan, &f, true);
		}
		/* A neighbour who has an address asks for ours. */
		if (i == 0) {
			frame_ether(&f, 0xffffffffffffull, MAC_TESTER, 0x0806);
			frame_arp(&f, 1, MAC_TESTER, IP_TESTER, 0, IP_OURS);
		} else {
			frame_ether(&f, 0x3333ff000002ull, MAC_TESTER, 0x86dd);
			frame_ipv6(&f, 58, IP6_TESTER, "ff02::1:ff00:2");
			frame_nd(&f, 135, IP6_OURS, 1, MAC_TESTER);
			f.b[f.l3 + 7] = 255;
			frame_finish(&f);
		}
		assert_false(dlo_verdict_is_answer(reflect(plan, &f, NULL)));
		plan_free(plan);
	}
}

static void
two_that_have_it(void **state)
{
	static const char *const addrs[] = { IP_OURS, IP6_OURS };

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		struct dlo_plan *plan = plan_of(DLO_MODE_L4, true, false);
		struct frame f, reply;
		struct dlo_station who;
		struct rte_mbuf *m;
		struct dlo_claim c;
		unsigned int nb_probes = i == 0 ? 3 : 1;

		plan_own(plan, DLO_OWNER_STATION);
		begin(&c, addrs[i], 0);
		run(&c, 20000, 0);
		for (unsigned int k = 0; k < sent.nb; k++) {
			/* Our own, by a looped cable. */
			assert_hears(plan, &sent.frames[k], false);
			/* Our own, by a mirror that has swapped MACs, or put its own in front. */
			f = sent.frames[k];
			memcpy(f.b, sent.frames[k].b + 6, 6);
			memcpy(f.b + 6, sent.frames[k].b, 6);
			assert_hears(plan, &f, false);
			memcpy(f.b + 6, other.addr_bytes, 6);
			assert_hears(plan, &f, false);
			/* Somebody else's: probes are answered, all the rest is conflict. */
			others_own(&f, &sent.frames[k], i == 0);
			if (k >= nb_probes) {
				assert_hears(plan, &f, true);
				continue;
			}
			assert_true(dlo_verdict_is_answer(reflect_room(plan, &f, 64, &reply)));
			/* Whoever asked hears from the answer that it is ours. */
			memcpy(plan->mac.addr_bytes, other.addr_bytes, 6);
			plan->own_macs[0] = plan->mac;
			plan->nb_own_macs = 1;
			m = mbuf_of(&reply, 0);
			assert_verdict(reflect_mbuf(plan, m), DLO_DROP_CONFLICT);
			assert_true(dlo_neighbour_conflict(m, &who));
			assert_true(rte_is_same_ether_addr(&who.mac, &ours));
			assert_memory_equal(who.addr, c.who.addr, 16);
			mbuf_free(m);
			memcpy(plan->mac.addr_bytes, ours.addr_bytes, 6);
			plan->own_macs[0] = plan->mac;
		}
		plan_free(plan);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ipv4_probes_and_announcements),
		cmocka_unit_test(ipv6_solicitation_and_advertisements),
		cmocka_unit_test(taken_ones_are_not_announced),
		cmocka_unit_test(ours_are_defended),
		cmocka_unit_test(yielding_ones_come_second),
		cmocka_unit_test(others_are_told_apart),
		cmocka_unit_test(down_and_up),
		cmocka_unit_test(tentative_ones_are_not_answered),
		cmocka_unit_test(two_that_have_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
