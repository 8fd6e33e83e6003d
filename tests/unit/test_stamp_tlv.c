/* SPDX-License-Identifier: BSD-3-Clause */
/* Extensions of STAMP: RFC 8972 section 4, with its errata 8199 and 8339. */
#include "stamp_frames.h"

#define U 0x80
#define M 0x40
#define I 0x20

struct text {
	uint32_t len;
	uint8_t b[1024];
};

static void
add(struct text *t, uint8_t flags, uint8_t type, uint16_t len, const void *value, uint32_t there)
{
	t->b[t->len++] = flags;
	t->b[t->len++] = type;
	put16(t->b + t->len, len);
	t->len += 2;
	memcpy(t->b + t->len, value, there);
	t->len += there;
}

/* One TLV, whole. */
static void
one(struct text *t, uint8_t flags, uint8_t type, uint16_t len, const void *value)
{
	t->len = 0;
	add(t, flags, type, len, value, len);
}

static const uint8_t zeroes[64];

/* The reply to asked is want behind the base packet, cut anywhere; sums and all the rest as ever. */
static void
becomes(const struct dlo_plan *plan, struct dlo_lane *lane, bool v6, const struct text *asked,
	const struct text *want)
{
	static struct frame f, got, whole;

	assert_int_equal(asked->len, want->len);
	stamp_request_tlvs(plan, &f, v6, asked->b, asked->len);
	for (uint32_t at = 0; at < f.len; at++) {
		struct rte_mbuf *m = at == 0 ? mbuf_of(&f, 0) : mbuf_split(&f, at, 0);

		/* Numbers of a session start anew, so that one reply is like the other. */
		if (lane->sessions != NULL) {
			dlo_sessions_free(lane->sessions);
			lane->sessions = dlo_sessions_create(8, 1000000000, 1);
		}
		got = f;
		assert_verdict(reflect_timed_mbuf(plan, lane, m), DLO_ANSWERED_STAMP);
		mbuf_read(m, &got);
		stamp_reply(plan, &f, plan->settings.stamp.stateful ? 0 : STAMP_SEQ, &got, &whole);
		memcpy(stamp_of(&whole) + stamp_base(plan), want->b, want->len);
		if (!v6)
			whole.b[whole.l3 + 1] = got.b[got.l3 + 1];
		frame_finish(&whole);
		assert_frame("reply with TLVs", &got, &whole);
		mbuf_free(m);
	}
}

static void
both(const struct dlo_plan *plan, struct dlo_lane *lane, const struct text *asked,
	const struct text *want)
{
	becomes(plan, lane, false, asked, want);
	becomes(plan, lane, true, asked, want);
}

static void
padding_and_strangers(void **state)
{
	/* RFC 9503, 9534, 10052 (several replies to one request), private and reserved ones. */
	static const uint8_t unknown[] = { 9, 10, 11, 12, 13, 175, 240, 246, 247, 251, 252, 254, 255 };
	struct dlo_lane lane;
	struct dlo_plan *plan = stamp_plan(&lane, false);
	struct text asked, want;
	uint8_t value[200];

	(void)state;
	memset(value, 0x77, sizeof(value));
	for (uint16_t len = 0; len < sizeof(value); len += 13) {
		one(&asked, U, 1, len, value);
		one(&want, 0, 1, len, value);
		both(plan, &lane, &asked, &want);
	}
	/* Reserved flags are ignored, and zero in the reply. */
	one(&asked, U | I | 0x1f, 1, 8, value);
	one(&want, 0, 1, 8, value);
	both(plan, &lane, &asked, &want);
	for (unsigned int i = 0; i < sizeof(unknown); i++) {
		one(&asked, 0, unknown[i], 12, value);
		one(&want, U, unknown[i], 12, value);
		add(&asked, U, 1, 3, value, 3);
		add(&want, 0, 1, 3, value, 3);
		both(plan, &lane, &asked, &want);
	}
	/* Without a key an HMAC TLV says nothing to us. */
	one(&asked, U, 8, 16, value);
	both(plan, &lane, &asked, &asked);
	/* A TWAMP Light sender's zeroes are no TLVs: not a bit is changed. */
	memset(&asked, 0, sizeof(asked));
	for (asked.len = 1; asked.len < 40; asked.len++) {
		asked.b[0] = asked.b[1] = 0;
		memset(asked.b + 2, 0x55, 50);
		both(plan, &lane, &asked, &asked);
	}
	plan_free(plan);
	timed_free(&lane);
}

/* RFC 8972 4: M, and what follows is copied. */
static void
malformed_tlvs_end_it(void **state)
{
	static const struct {
		uint8_t type;
		uint8_t good; /* length */
	} fixed[] = { { 4, 4 }, { 5, 12 }, { 6, 4 } };
	struct dlo_lane lane;
	struct dlo_plan *plan = stamp_plan(&lane, false);
	struct text asked, want;
	uint8_t value[40];

	(void)state;
	memset(value, 0x11, sizeof(value));
	for (unsigned int i = 0; i < 3; i++) {
		for (uint16_t len = 0; len < 20; len++) {
			if (len == fixed[i].good)
				continue;
			one(&asked, U, fixed[i].type, len, value);
			one(&want, M, fixed[i].type, len, value);
			add(&asked, U, 1, 4, value, 4);
			add(&want, U, 1, 4, value, 4);
			both(plan, &lane, &asked, &want);
		}
	}
	/* Beyond the packet: of a type that we know, of one that we do not. */
	one(&asked, 0, 1, 4, value);
	one(&want, 0, 1, 4, value);
	add(&asked, U, 1, 20, value, 19);
	add(&want, M, 1, 20, value, 19);
	both(plan, &lane, &asked, &want);
	one(&asked, U, 1, 4, value);
	one(&want, 0, 1, 4, value);
	add(&asked, 0, 99, 65535, value, 7);
	add(&want, U | M, 99, 65535, value, 7);
	both(plan, &lane, &asked, &want);
	/* Not even a head. */
	for (uint32_t cut = 1; cut < 4; cut++) {
		one(&asked, U, 1, 4, value);
		one(&want, 0, 1, 4, value);
		add(&asked, 0, 1, 0, value, 0);
		add(&want, U | M, 1, 0, value, 0);
		asked.len -= cut;
		want.len -= cut;
		both(plan, &lane, &asked, &want);
	}
	/* Timestamp information wants four bytes, Location its ports. */
	for (uint16_t len = 0; len < 4; len++) {
		for (uint8_t type = 2; type < 4; type++) {
			one(&asked, U, type, len, value);
			one(&want, M, type, len, value);
			both(plan, &lane, &asked, &want);
		}
	}
	plan_free(plan);
	timed_free(&lane);
}

static void
location_says_where_it_came_from(void **state)
{
	struct dlo_lane lane;
	struct dlo_plan *plan = stamp_plan(&lane, false);
	struct text asked, want, subs;
	uint8_t value[16];

	(void)state;
	for (unsigned int v6 = 0; v6 < 2; v6++) {
		struct frame f;

		stamp_request(plan, &f, v6, 44);
		subs.len = 0;
		memset(subs.b, 0, 4);
		subs.len = 4;
		add(&subs, U, 1, 8, zeroes, 8);
		add(&subs, U, 4, 16, zeroes, 16);
		add(&subs, U, 7, 16, zeroes, 16);
		add(&subs, U, 77, 3, "abc", 3);
		one(&asked, U, 2, subs.len, subs.b);
		/* Destination port first. */
		put16(subs.b, STAMP_PORT);
		put16(subs.b + 2, STAMP_SPORT);
		subs.len = 4;
		memset(value, 0, 16);
		put48(value, MAC_TESTER);
		add(&subs, 0, 2, 8, value, 8);
		memset(value, 0, 16);
		memcpy(value, f.b + f.l3 + (v6 ? 24 : 16), v6 ? 16 : 4);
		add(&subs, 0, v6 ? 6 : 5, 16, value, 16);
		memset(value, 0, 16);
		memcpy(value, f.b + f.l3 + (v6 ? 8 : 12), v6 ? 16 : 4);
		add(&subs, 0, v6 ? 9 : 8, 16, value, 16);
		add(&subs, U, 77, 3, "abc", 3);
		one(&want, 0, 2, subs.len, subs.b);
		becomes(plan, &lane, v6, &asked, &want);
	}
	/* A sub-TLV of another length, or beyond its TLV: nothing is filled in. */
	for (unsigned int bad = 0; bad < 3; bad++) {
		subs.len = 4;
		memset(subs.b, 0, 4);
		add(&subs, U, 1, 8, zeroes, 8);
		add(&subs, U, bad == 0 ? 1 : 4, bad == 2 ? 16 : 12, zeroes, 12);
		one(&asked, U, 2, subs.len, subs.b);
		subs.b[16] = M;
		one(&want, M, 2, subs.len, subs.b);
		both(plan, &lane, &asked, &want);
	}
	plan_free(plan);
	timed_free(&lane);
}

static void
timestamps_explain_themselves(void **state)
{
	/* NTP and by software, as long as the clock is disciplined; then free-running. */
	static const uint8_t synced[] = { 1, 2, 1, 2, 9 }, free_running[] = { 5, 2, 5, 2, 9 };
	struct dlo_lane lane;
	struct dlo_plan *plan = stamp_plan(&lane, false);
	struct dlo_clock *clock = (struct dlo_clock *)(uintptr_t)plan->settings.clock;
	static struct frame f, got;
	struct text asked, want;

	(void)state;
	for (uint16_t len = 4; len < 6; len++) {
		one(&asked, U, 3, len, "\0\0\0\0\x09");
		one(&want, 0, 3, len, synced);
		both(plan, &lane, &asked, &want);
	}
	clock->line.synced = false;
	stamp_request_tlvs(plan, &f, false, asked.b, asked.len);
	assert_verdict(reflect_timed(plan, &lane, &f, 0, &got), DLO_ANSWERED_STAMP);
	assert_memory_equal(stamp_of(&got) + 48, free_running, 5);
	assert_int_equal(stamp_of(&got)[12] & 0x80, 0);
	plan_free(plan);
	timed_free(&lane);
}

/* RFC 8972 4.4, erratum 8199. */
static void
class_of_service(void **state)
{
	struct dlo_lane lane;
	struct dlo_plan *plan = stamp_plan(&lane, false);
	static struct frame f, got;

	(void)state;
	for (unsigned int wanted = 0; wanted < 64; wanted++) {
		for (unsigned int came = 0; came < 256; came += 29) {
			for (unsigned int v6 = 0; v6 < 2; v6++) {
				struct text asked;
				uint8_t value[4] = { wanted << 2 | 3, 0xff, 0xff, 0xff };
				unsigned int dscp = came >> 2, ecn = came & 3, got_class;
				bool permitted = wanted < 48;

				one(&asked, U, 4, 4, value);
				stamp_request_tlvs(plan, &f, v6, asked.b, asked.len);
				put16(f.b + f.l3, v6 ? 0x6000 | came << 4 | 3 : 0x4500 | came);
				frame_finish(&f);
				assert_verdict(reflect_timed(plan, &lane, &f, 0, &got),
					DLO_ANSWERED_STAMP);
				assert_true(frame_sums_good(&got));
				got_class = v6 ? get16(got.b + got.l3) >> 4 & 0xff : got.b[got.l3 + 1];
				assert_int_equal(got_class, (permitted ? wanted : dscp) << 2);
				if (v6)
					assert_int_equal(get16(got.b + got.l3) & 0xf00f, 0x6003);
				/* DSCP1, DSCP2, ECN, RP; reserved. */
				assert_int_equal(get16(stamp_of(&got) + 48),
					wanted << 10 | dscp << 4 | ecn << 2 | !permitted);
				assert_int_equal(get16(stamp_of(&got) + 50), 0);
				assert_int_equal(stamp_of(&got)[44], 0);
			}
		}
	}
	plan_free(plan);
	timed_free(&lane);
}

static void
counters_need_a_session(void **state)
{
	struct dlo_lane lane;
	struct dlo_plan *plan = stamp_plan(&lane, false);
	static struct frame f, got;
	struct text asked, want;
	uint64_t left = 0;

	(void)state;
	/* Stateless: Direct Measurement is not understood, Follow-Up is zero. */
	one(&asked, 0, 5, 12, "\1\2\3\4\5\6\7\1\2\3\4\5");
	one(&want, U, 5, 12, "\1\2\3\4\5\6\7\1\2\3\4\5");
	both(plan, &lane, &asked, &want);
	one(&asked, U, 7, 16, "\1\2\3\4\5\6\7\1\2\3\4\5\6\7\1\2");
	one(&want, 0, 7, 16, zeroes);
	both(plan, &lane, &asked, &want);
	/* Erratum 8339: other lengths are malformed, and zero as far as there are fields. */
	for (uint16_t len = 0; len < 20; len++) {
		uint8_t value[20];

		if (len == 16)
			continue;
		memset(value, 0x99, sizeof(value));
		one(&asked, U, 7, len, value);
		memset(value, 0, 12);
		one(&want, M, 7, len, value);
		both(plan, &lane, &asked, &want);
	}
	one(&asked, U, 7, 16, zeroes);
	add(&asked, U, 5, 12, "\1\2\3\4\5\6\7\1\2\3\4\5", 12);
	plan->settings.stamp.stateful = true;
	for (uint32_t n = 0; n < 4; n++) {
		const uint8_t *tlv;

		stamp_request_tlvs(plan, &f, false, asked.b, asked.len);
		assert_verdict(reflect_timed(plan, &lane, &f, 0, &got), DLO_ANSWERED_STAMP);
		tlv = stamp_of(&got) + 44;
		assert_int_equal(tlv[0] | tlv[20], 0);
		if (n == 0) {
			assert_memory_equal(tlv + 4, zeroes, 16);
		} else {
			assert_int_equal(get16(tlv + 6), n - 1);
			assert_memory_equal(tlv + 8, &left, 8);
			assert_int_equal(tlv[16], 2);
		}
		assert_memory_equal(tlv + 24, "\1\2\3\4", 4);
		assert_int_equal(get16(tlv + 30), n + 1);
		assert_int_equal(get16(tlv + 34), n + 1);
		memcpy(&left, stamp_of(&got) + 4, 8);
	}
	plan_free(plan);
	timed_free(&lane);
}

static void
access_reports(void **state)
{
	struct dlo_lane lane;
	struct dlo_plan *plan = stamp_plan(&lane, false);
	struct text asked, want;

	(void)state;
	for (unsigned int id = 0; id < 16; id++) {
		uint8_t value[4] = { id << 4 | 9, 2, 7, 7 };

		one(&asked, 0, 6, 4, value);
		if (id == 1 || id == 2) {
			value[0] &= 0xf0;
			value[2] = value[3] = 0;
			one(&want, 0, 6, 4, value);
		} else {
			one(&want, U, 6, 4, value);
		}
		both(plan, &lane, &asked, &want);
	}
	plan_free(plan);
	timed_free(&lane);
}

/* The HMAC TLV of a text, over the sequence number and what is there (RFC 8972 4.8). */
static void
seal(struct text *t, uint8_t flags, uint32_t seq)
{
	uint8_t whole[4 + sizeof(t->b)], digest[16];

	put16(whole, seq >> 16);
	put16(whole + 2, seq);
	memcpy(whole + 4, t->b, t->len);
	stamp_digest(whole, 4 + t->len, digest);
	add(t, flags, 8, 16, digest, 16);
}

static void
tlvs_are_authenticated(void **state)
{
	struct dlo_lane lane;

	(void)state;
	for (unsigned int base_too = 0; base_too < 2; base_too++) {
		struct dlo_plan *plan = stamp_plan(&lane, base_too);
		struct text asked, want;

		if (!base_too)
			stamp_key(plan);
		/* Alone, Extra Padding needs none. */
		one(&asked, U, 1, 9, zeroes);
		one(&want, 0, 1, 9, zeroes);
		both(plan, &lane, &asked, &want);
		/* The reply's digest is over what the reply says. */
		one(&asked, U, 3, 4, zeroes);
		one(&want, 0, 3, 4, "\1\2\1\2");
		add(&asked, U, 200, 5, "abcde", 5);
		add(&want, U, 200, 5, "abcde", 5);
		seal(&asked, U, STAMP_SEQ);
		seal(&want, 0, STAMP_SEQ);
		both(plan, &lane, &asked, &want);
		/* Extra Padding may follow. */
		add(&asked, U, 1, 7, "paddiNG", 7);
		add(&want, 0, 1, 7, "paddiNG", 7);
		both(plan, &lane, &asked, &want);
		/* In sessions the sequence number is ours. */
		plan->settings.stamp.stateful = true;
		one(&asked, U, 5, 12, zeroes);
		one(&want, 0, 5, 12, "\0\0\0\0\0\0\0\1\0\0\0\1");
		seal(&asked, U, STAMP_SEQ);
		seal(&want, 0, 0);
		both(plan, &lane, &asked, &want);
		plan_free(plan);
		timed_free(&lane);
	}
}

static void
tlvs_that_are_not_are_refused(void **state)
{
	struct dlo_lane lane;
	struct dlo_plan *plan = stamp_plan(&lane, true);
	struct text good, asked, want;

	(void)state;
	one(&good, U, 3, 4, zeroes);
	add(&good, U, 2, 4, zeroes, 4);
	seal(&good, U, STAMP_SEQ);
	/* A bit anywhere but in the flags of the HMAC TLV itself, which it does not cover. */
	for (uint32_t i = 0; i < good.len; i++) {
		asked = good;
		asked.b[i] ^= 0x02;
		if (i == 16 || i % 8 == 2 || i % 8 == 3)
			continue; /* lengths: another chain of TLVs */
		want = asked;
		for (uint32_t at = 0; at < 24; at += 8)
			want.b[at] = U | I;
		both(plan, &lane, &asked, &want);
	}
	/* None, in the wrong place, twice, of another length. */
	for (unsigned int bad = 0; bad < 4; bad++) {
		asked = good;
		if (bad == 0)
			asked.len = 16;
		else if (bad == 1)
			add(&asked, U, 3, 4, zeroes, 4);
		else if (bad == 2)
			seal(&asked, U, STAMP_SEQ);
		else
			asked.b[19]--, asked.len--;
		want = asked;
		want.b[0] = want.b[8] = U | I;
		if (bad > 0)
			want.b[16] = U | I;
		if (bad == 1 || bad == 2)
			want.b[36] = U | I;
		both(plan, &lane, &asked, &want);
	}
	plan_free(plan);
	timed_free(&lane);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(padding_and_strangers),
		cmocka_unit_test(malformed_tlvs_end_it),
		cmocka_unit_test(location_says_where_it_came_from),
		cmocka_unit_test(timestamps_explain_themselves),
		cmocka_unit_test(class_of_service),
		cmocka_unit_test(counters_need_a_session),
		cmocka_unit_test(access_reports),
		cmocka_unit_test(tlvs_are_authenticated),
		cmocka_unit_test(tlvs_that_are_not_are_refused),
	};

	return cmocka_run_group_tests_name("stamp_tlv", tests, NULL, NULL);
}
