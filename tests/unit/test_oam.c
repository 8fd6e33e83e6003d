/* SPDX-License-Identifier: BSD-3-Clause */
/* Ethernet OAM: IEEE 802.1Q clauses 20 and 21, ITU-T G.8013/Y.1731 9. */
#include "frames.h"

#define LEVEL 3
#define MEP 77
#define LBM 3
#define DMM 47
#define SLM 55

static struct dlo_plan *
oam_plan(struct dlo_lane *lane, bool guards)
{
	struct dlo_plan *plan = plan_of(DLO_MODE_L4, guards, false);

	timed_init(plan, lane);
	plan->settings.oam.on = true;
	plan->settings.oam.level = LEVEL;
	plan->settings.oam.mep = MEP;
	return plan;
}

/* tags: 0, 1 (C-tag) or 2 (S-tag outside); fields and one Data or End TLV behind them. */
static void
request(struct frame *f, uint8_t opcode, uint8_t fields, unsigned int tags, uint32_t rest)
{
	uint8_t *pdu;

	frame_ether(f, MAC_OURS, MAC_TESTER, 0x8902);
	if (tags > 1)
		frame_tag(f, 0x88a8, 0xd000 | 200);
	if (tags > 0)
		frame_tag(f, 0x8100, 0xa000 | 100);
	f->l3 = f->len;
	pdu = f->b + f->len;
	memset(pdu, 0x5a, 4u + fields + rest);
	pdu[0] = LEVEL << 5 | 1;
	pdu[1] = opcode;
	pdu[2] = 0x01;
	pdu[3] = fields;
	if (opcode == DMM)
		memset(pdu + 12, 0, 24);
	pdu[4 + fields] = 0; /* End TLV */
	f->len += 4 + fields + rest;
}

static void
swap_macs(struct frame *f)
{
	put48(f->b, MAC_TESTER);
	put48(f->b + 6, MAC_OURS);
}

static void
oam_verdict_is(const struct dlo_plan *plan, struct dlo_lane *lane, const struct frame *f,
	enum dlo_verdict want)
{
	assert_verdict(reflect_timed(plan, lane, f, 0, NULL), want);
}

static void
loopback_messages_come_back(void **state)
{
	struct dlo_lane lane;
	struct frame f, got, want;

	(void)state;
	for (unsigned int guards = 0; guards < 2; guards++) {
		struct dlo_plan *plan = oam_plan(&lane, guards);

		for (unsigned int tags = 0; tags < 3; tags++) {
			for (uint32_t rest = 1; rest < 1500; rest += 83) {
				request(&f, LBM, 4, tags, rest);
				want = f;
				swap_macs(&want);
				want.b[f.l3 + 1] = 2;
				assert_verdict(reflect_timed(plan, &lane, &f, 0, &got),
					DLO_ANSWERED_OAM);
				assert_frame("LBR", &got, &want);
				assert_any_split(plan, &f, 0, DLO_ANSWERED_OAM, &want);
			}
		}
		plan_free(plan);
		timed_free(&lane);
	}
}

static void
delay_is_stamped(void **state)
{
	struct dlo_lane lane;
	struct dlo_plan *plan = oam_plan(&lane, true);
	uint64_t now = TIMED_SYNCED_NS / 1000000000 + TIMED_TAI;
	struct frame f, got, want;

	(void)state;
	for (unsigned int tags = 0; tags < 3; tags++) {
		request(&f, DMM, 32, tags, 25);
		for (uint32_t at = 0; at < f.len; at++) {
			struct rte_mbuf *m = at == 0 ? mbuf_of(&f, 0) : mbuf_split(&f, at, 0);
			const uint8_t *pdu;

			got = f;
			assert_verdict(reflect_timed_mbuf(plan, &lane, m), DLO_ANSWERED_OAM);
			mbuf_read(m, &got);
			pdu = got.b + f.l3;
			assert_in_range(get64(pdu + 12) >> 32, now, now + 3600);
			assert_true((get64(pdu + 12) & UINT32_MAX) < 1000000000);
			assert_true(get64(pdu + 20) > get64(pdu + 12));
			want = f;
			swap_macs(&want);
			want.b[f.l3 + 1] = 46;
			memcpy(want.b + f.l3 + 12, pdu + 12, 16);
			assert_frame("DMR", &got, &want);
			mbuf_free(m);
		}
	}
	plan_free(plan);
	timed_free(&lane);
}

/* One counter for each end point, test, level and VLAN that asks. */
static void
losses_are_counted(void **state)
{
	struct dlo_lane lane;
	struct dlo_plan *plan = oam_plan(&lane, true);
	struct frame f, got, want;

	(void)state;
	for (uint32_t n = 1; n < 4; n++) {
		for (unsigned int who = 0; who < 5; who++) {
			request(&f, SLM, 16, who == 4, 1);
			if (who == 1)
				f.b[11] ^= 1; /* source MAC */
			else if (who == 2)
				f.b[f.l3 + 5] ^= 1; /* source end point */
			else if (who == 3)
				f.b[f.l3 + 11] ^= 1; /* test */
			want = f;
			memcpy(want.b, f.b + 6, 6);
			put48(want.b + 6, MAC_OURS);
			want.b[f.l3 + 1] = 54;
			put16(want.b + f.l3 + 6, MEP);
			put16(want.b + f.l3 + 16, 0);
			put16(want.b + f.l3 + 18, n);
			assert_verdict(reflect_timed(plan, &lane, &f, 0, &got), DLO_ANSWERED_OAM);
			assert_frame("SLR", &got, &want);
		}
	}
	dlo_sessions_free(lane.sessions);
	lane.sessions = NULL;
	oam_verdict_is(plan, &lane, &f, DLO_DROP_NO_SESSION);
	plan_free(plan);
}

static void
only_what_is_for_us(void **state)
{
	struct dlo_lane lane;
	struct frame f;

	(void)state;
	for (unsigned int guards = 0; guards < 2; guards++) {
		struct dlo_plan *plan = oam_plan(&lane, guards);

		for (unsigned int level = 0; level < 8; level++) {
			request(&f, LBM, 4, 0, 40);
			f.b[f.l3] = level << 5;
			oam_verdict_is(plan, &lane, &f,
				level == LEVEL ? DLO_ANSWERED_OAM : DLO_DROP_L2_CONTROL);
		}
		/* Replies, continuity checks, link trace, LMM and all others: never. */
		for (unsigned int opcode = 0; opcode < 256; opcode++) {
			if (opcode == LBM || opcode == DMM || opcode == SLM)
				continue;
			request(&f, opcode, 32, 0, 40);
			oam_verdict_is(plan, &lane, &f, DLO_DROP_NOT_REQUEST);
		}
		/* To another station, and to the group of the level: whole segments would answer at once. */
		request(&f, LBM, 4, 0, 40);
		put48(f.b, MAC_OTHER);
		oam_verdict_is(plan, &lane, &f, DLO_DROP_L2_CONTROL);
		put48(f.b, 0x0180c2000030ull + LEVEL);
		oam_verdict_is(plan, &lane, &f, DLO_DROP_L2_CONTROL);
		request(&f, LBM, 4, 0, 40);
		f.b[6] |= 1;
		oam_verdict_is(plan, &lane, &f, DLO_DROP_MCAST_SRC);
		put48(f.b + 6, 0);
		oam_verdict_is(plan, &lane, &f, DLO_DROP_MCAST_SRC);
		plan_free(plan);
		timed_free(&lane);
	}
}

static void
vlans_are_filtered(void **state)
{
	struct dlo_lane lane;
	struct dlo_plan *plan = oam_plan(&lane, true);
	struct frame f;

	(void)state;
	plan->settings.oam.vlan = 200;
	for (unsigned int tags = 0; tags < 3; tags++) {
		request(&f, LBM, 4, tags, 40);
		oam_verdict_is(plan, &lane, &f, tags == 2 ? DLO_ANSWERED_OAM : DLO_DROP_L2_CONTROL);
	}
	plan->settings.oam.vlan = 100;
	for (unsigned int tags = 0; tags < 3; tags++) {
		request(&f, LBM, 4, tags, 40);
		oam_verdict_is(plan, &lane, &f, tags == 1 ? DLO_ANSWERED_OAM : DLO_DROP_L2_CONTROL);
	}
	/* Off: as it was. */
	plan->settings.oam.on = false;
	oam_verdict_is(plan, &lane, &f, DLO_DROP_L2_CONTROL);
	plan_free(plan);
	timed_free(&lane);
}

static void
every_length(void **state)
{
	static const struct {
		uint8_t opcode, fields;
	} cases[] = { { LBM, 4 }, { DMM, 32 }, { SLM, 16 } };
	struct dlo_lane lane;
	struct dlo_plan *plan = oam_plan(&lane, true);
	struct frame f;

	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		for (unsigned int tags = 0; tags < 3; tags++) {
			request(&f, cases[i].opcode, cases[i].fields, tags, 0);
			for (uint32_t len = f.len; len >= f.l3; len--) {
				f.len = len;
				oam_verdict_is(plan, &lane, &f,
					len < f.l3 + 4 ? DLO_DROP_L2_CONTROL :
					len < f.l3 + 4 + cases[i].fields ? DLO_DROP_TRUNCATED :
									   DLO_ANSWERED_OAM);
			}
			/* Fields that are said to be shorter than they are. */
			request(&f, cases[i].opcode, cases[i].fields, tags, 1);
			f.b[f.l3 + 3]--;
			oam_verdict_is(plan, &lane, &f, DLO_DROP_TRUNCATED);
		}
	}
	plan_free(plan);
	timed_free(&lane);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loopback_messages_come_back),
		cmocka_unit_test(delay_is_stamped),
		cmocka_unit_test(losses_are_counted),
		cmocka_unit_test(only_what_is_for_us),
		cmocka_unit_test(vlans_are_filtered),
		cmocka_unit_test(every_length),
	};

	return cmocka_run_group_tests_name("oam", tests, NULL, NULL);
}
