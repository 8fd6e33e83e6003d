/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Loop probes: known when they come back, turned round or not, by whoever else treats them as any
 * frame, and never going round for ever; and what a port with a loop still sends.
 */
#include "frames.h"

#include "reflect/packet.h"
#include "reflect/probe.h"

#define ID 0x0102030405060708ull
#define NONCE 0x1112131415161718ull

static struct dlo_loop_guard guard;

static struct dlo_plan *
guarded_plan(enum dlo_mode mode)
{
	struct dlo_plan *plan = plan_of(mode, true, false);

	guard = (struct dlo_loop_guard){ .id = ID, .nonces = { NONCE, NONCE - 1 } };
	plan->loop_guard = &guard;
	return plan;
}

/* As it leaves after a frame that was sent back from us to the tester. */
static void
probe(struct frame *f, unsigned int tags, uint64_t id, uint64_t nonce)
{
	struct frame sent;

	frame_ether(&sent, MAC_TESTER, MAC_OURS, 0x0800);
	for (unsigned int i = 0; i < tags; i++)
		frame_tag(&sent, i == 0 ? 0x8100 : 0x88a8, 0x2000 + i);
	frame_ipv4(&sent, 17, IP_OURS, IP_TESTER, NULL, 0);
	frame_udp(&sent, 1, 2, 20);
	frame_finish(&sent);
	assert_int_equal(dlo_probe_head(sent.b, sent.len), 12 + 4 * tags);
	memset(f, 0, sizeof(*f));
	f->len = dlo_probe_write(f->b, sent.b, 12 + 4 * tags, id, nonce);
	assert_int_equal(f->len, 60 + 4 * tags);
	assert_memory_equal(f->b, sent.b, 12 + 4 * tags);
}

static void
turn(struct frame *f)
{
	uint8_t dst[6];

	memcpy(dst, f->b, 6);
	memmove(f->b, f->b + 6, 6);
	memcpy(f->b + 6, dst, 6);
}

/* A looped cable gives it back as it left, another reflector turned round; guards do not matter. */
static void
an_own_one_comes_back(void **state)
{
	struct frame f;

	(void)state;
	for (enum dlo_mode mode = 0; mode < DLO_MODE_MAX; mode++) {
		for (unsigned int i = 0; i < 20; i++) {
			struct dlo_plan *plan = guarded_plan(mode);

			plan->guards = i < 10;
			probe(&f, i % 5, ID, i % 2 ? NONCE : NONCE - 1);
			if (i / 5 % 2)
				turn(&f);
			assert_any_split(plan, &f, 0, DLO_DROP_LOOP, &f);
			assert_true(guard.heard > 40);
			plan_free(plan);
		}
	}
}

static void
others_are_frames_like_any(void **state)
{
	static const struct {
		uint64_t id, nonce;
	} others[] = { { ID + 1, NONCE }, { ID, NONCE + 1 }, { ID, 0 }, { 0, 0 } };
	struct frame f, out;

	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		struct dlo_plan *plan = guarded_plan(DLO_MODE_L4);

		guard.nonces[1] = 0;
		probe(&f, 0, others[i].id, others[i].nonce);
		turn(&f);
		assert_verdict(reflect(plan, &f, &out), DLO_REFLECTED);
		turn(&f);
		f.b[14 + 9]--;
		assert_frame("turned", &out, &f);
		assert_int_equal(guard.heard, 0);
		/* Guards and --accept hold for it. */
		put48(f.b, MAC_OTHER);
		put48(f.b + 6, MAC_TESTER);
		plan->accept = DLO_ACCEPT_OWN;
		assert_verdict(reflect(plan, &f, &out), DLO_DROP_NOT_MINE);
		put48(f.b + 6, MAC_OURS);
		assert_verdict(reflect(plan, &f, &out), DLO_DROP_SELF);
		plan_free(plan);
	}
}

/* Between two ports that both know it for another's it ends, in every mode. */
static void
none_runs_for_ever(void **state)
{
	struct frame f, out;

	(void)state;
	for (enum dlo_mode mode = 0; mode < DLO_MODE_MAX; mode++) {
		struct dlo_plan *plan = guarded_plan(mode);
		unsigned int turns = 0;

		plan->accept = DLO_ACCEPT_ANY;
		plan->nb_own_macs = 0;
		probe(&f, 1, ID + 1, NONCE);
		while (reflect(plan, &f, &out) == DLO_REFLECTED) {
			assert_true(++turns <= DLO_PROBE_LIVES);
			f = out;
		}
		assert_int_equal(turns, DLO_PROBE_LIVES);
		assert_verdict(reflect(plan, &f, &out), DLO_DROP_L2_CONTROL);
		plan_free(plan);
	}
}

/* Whoever only uses the EtherType, or sends half a probe, is no prober. */
static void
what_is_none(void **state)
{
	struct dlo_plan *plan = guarded_plan(DLO_MODE_L4);
	struct frame f, out;

	(void)state;
	for (unsigned int at = 14; at <= 22; at++) {
		probe(&f, 0, ID, NONCE);
		turn(&f);
		f.b[at] ^= 1;
		assert_verdict(reflect(plan, &f, &out), DLO_REFLECTED);
		assert_int_equal(out.b[23], f.b[23]);
	}
	probe(&f, 0, ID, NONCE);
	turn(&f);
	for (f.len = 14; f.len < 14 + 28; f.len++)
		assert_verdict(reflect(plan, &f, &out), DLO_REFLECTED);
	assert_verdict(reflect(plan, &f, &out), DLO_DROP_LOOP);
	plan->loop_guard = NULL;
	assert_verdict(reflect(plan, &f, &out), DLO_REFLECTED);
	plan_free(plan);
}

static void
heads(void **state)
{
	struct frame f;

	(void)state;
	frame_ether(&f, MAC_TESTER, MAC_OURS, 0x0800);
	for (f.len = 0; f.len < 14; f.len++)
		assert_int_equal(dlo_probe_head(f.b, f.len), 0);
	assert_int_equal(dlo_probe_head(f.b, 14), 12);
	for (unsigned int i = 0; i < 6; i++)
		frame_tag(&f, 0x8100, i);
	assert_int_equal(dlo_probe_head(f.b, f.len), DLO_PROBE_HEAD_MAX);
	/* A tag whose EtherType is cut off is not taken. */
	assert_int_equal(dlo_probe_head(f.b, 17), 12);
	assert_int_equal(dlo_probe_head(f.b, 18), 16);
	frame_ether(&f, 0xffffffffffff, MAC_OURS, 0x0800);
	assert_int_equal(dlo_probe_head(f.b, f.len), 0);
	frame_ether(&f, 0, 0, 0x0800); /* a carried frame: nothing like it may be sent */
	assert_int_equal(dlo_probe_head(f.b, f.len), 0);
	frame_ether(&f, MAC_TESTER, 0x010000000001, 0x0800);
	assert_int_equal(dlo_probe_head(f.b, f.len), 0);
}

/* While there is a loop: no bulk, no UDP answers; ARP, ND, ping and the probes of others go on. */
static void
stopped(void **state)
{
	struct dlo_plan *plan = guarded_plan(DLO_MODE_L4);
	struct frame f, out;

	(void)state;
	plan->loop_stop = true;
	plan->settings.udp_echo.port = 1000;
	frame_udp4(&f, 20);
	put16(f.b + f.l4 + 2, 2000);
	assert_verdict(reflect(plan, &f, &out), DLO_DROP_LOOP);
	put16(f.b + f.l4 + 2, 1000);
	put16(f.b + f.l4 + 6, 0);
	assert_verdict(reflect(plan, &f, &out), DLO_DROP_LOOP);
	plan->loop_stop = false;
	assert_verdict(reflect(plan, &f, &out), DLO_ANSWERED_UDP_ECHO);
	plan->loop_stop = true;
	frame_ether(&f, 0xffffffffffff, MAC_TESTER, 0x0806);
	frame_arp(&f, 1, MAC_TESTER, IP_TESTER, 0, IP_OURS);
	assert_verdict(reflect(plan, &f, &out), DLO_ANSWERED_ARP);
	frame_ether(&f, MAC_OURS, MAC_TESTER, 0x0800);
	frame_ipv4(&f, 1, IP_TESTER, IP_OURS, NULL, 0);
	frame_icmp(&f, 8, 0, 0x00010002, 30);
	frame_finish(&f);
	assert_verdict(reflect(plan, &f, &out), DLO_ANSWERED_ICMP);
	probe(&f, 0, ID + 1, NONCE);
	turn(&f);
	assert_verdict(reflect(plan, &f, &out), DLO_REFLECTED);
	/* Reasons of their own stay. */
	put48(f.b + 6, 0);
	assert_verdict(reflect(plan, &f, &out), DLO_DROP_MCAST_SRC);
	plan_free(plan);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_own_one_comes_back),
		cmocka_unit_test(others_are_frames_like_any),
		cmocka_unit_test(none_runs_for_ever),
		cmocka_unit_test(what_is_none),
		cmocka_unit_test(heads),
		cmocka_unit_test(stopped),
	};

	return cmocka_run_group_tests_name("probe", tests, NULL, NULL);
}
