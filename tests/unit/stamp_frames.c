/* SPDX-License-Identifier: BSD-3-Clause */
#include "stamp_frames.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#define NTP_1970 UINT64_C(2208988800)

static const uint8_t key[20] = "sixteen and more, ok";

struct dlo_plan *
stamp_plan(struct dlo_lane *lane, bool authenticated)
{
	struct dlo_plan *plan = plan_of(DLO_MODE_L4, true, false);

	timed_init(plan, lane);
	plan->settings.stamp.port = STAMP_PORT;
	if (authenticated) {
		stamp_key(plan);
		plan->settings.stamp.authenticated = true;
	}
	return plan;
}

void
stamp_key(struct dlo_plan *plan)
{
	plan->settings.stamp.tlv_hmac = true;
	assert_true(dlo_hmac_init(&plan->settings.stamp.hmac, key, sizeof(key)));
}

uint32_t
stamp_base(const struct dlo_plan *plan)
{
	return plan->settings.stamp.authenticated ? 112 : 44;
}

uint8_t *
stamp_of(struct frame *f)
{
	return f->b + f->l4 + 8;
}

void
stamp_digest(const uint8_t *bytes, uint32_t len, uint8_t ret[16])
{
	uint8_t whole[32];
	unsigned int whole_len = sizeof(whole);

	assert_non_null(HMAC(EVP_sha256(), key, sizeof(key), bytes, len, whole, &whole_len));
	memcpy(ret, whole, 16);
}

void
stamp_seal(const struct dlo_plan *plan, struct frame *f)
{
	if (plan->settings.stamp.authenticated)
		stamp_digest(stamp_of(f), 96, stamp_of(f) + 96);
	frame_finish(f);
}

void
stamp_request(const struct dlo_plan *plan, struct frame *f, bool v6, uint32_t size)
{
	uint8_t base[112] = { 0 };
	uint32_t at = plan->settings.stamp.authenticated ? 12 : 0;

	put32(base, STAMP_SEQ);
	memset(base + at + 4, 0x5a, 8); /* timestamp */
	put16(base + at + 12, 0x8123); /* error estimate */
	put16(base + at + 14, STAMP_SSID);
	if (plan->settings.stamp.authenticated)
		stamp_digest(base, 96, base + 96);
	frame_to_us(f, v6, 17, v6 ? IP6_TESTER : IP_TESTER, v6 ? IP6_OURS : IP_OURS);
	f->b[f->l3 + (v6 ? 7 : 8)] = STAMP_TTL;
	frame_udp(f, STAMP_SPORT, STAMP_PORT, size);
	memset(stamp_of(f), 0, size);
	memcpy(stamp_of(f), base, size < stamp_base(plan) ? size : stamp_base(plan));
	frame_finish(f);
}

void
stamp_request_tlvs(const struct dlo_plan *plan, struct frame *f, bool v6, const void *tlvs,
	uint32_t len)
{
	stamp_request(plan, f, v6, stamp_base(plan) + len);
	memcpy(stamp_of(f) + stamp_base(plan), tlvs, len);
	frame_finish(f);
}

/* In the format that the plan wants, not before the tests began and not long after. */
static void
judge_time(const struct dlo_plan *plan, const uint8_t *p)
{
	uint64_t s = get64(p) >> 32, rest = get64(p) & UINT32_MAX;
	uint64_t begin = TIMED_SYNCED_NS / 1000000000 +
		(plan->settings.stamp.ptp ? TIMED_TAI : NTP_1970);

	assert_in_range(s, begin & UINT32_MAX, (begin & UINT32_MAX) + 3600);
	if (plan->settings.stamp.ptp)
		assert_true(rest < 1000000000);
}

void
stamp_reply(const struct dlo_plan *plan, const struct frame *in, uint32_t seq,
	const struct frame *got, struct frame *ret)
{
	bool v4 = in->b[in->l3] >> 4 == 4, no_sum = v4 && get16(in->b + in->l4 + 6) == 0;
	bool auth = plan->settings.stamp.authenticated;
	uint32_t addr = v4 ? 12 : 8, size = v4 ? 4 : 16, base = stamp_base(plan);
	uint32_t asked_len = in->l3 + (v4 ? get16(in->b + in->l3 + 2) : 40u + get16(in->b + in->l3 + 4));
	uint32_t payload = asked_len - in->l4 - 8, at = auth ? 12 : 0;
	uint8_t *ip = ret->b + in->l3, *p = ret->b + in->l4 + 8;
	const uint8_t *asked = in->b + in->l4 + 8, *said = got->b + in->l4 + 8;

	*ret = *in;
	memcpy(ret->b, in->b + 6, 6);
	memcpy(ret->b + 6, in->b, 6);
	memcpy(ip + addr, in->b + in->l3 + addr + size, size);
	memcpy(ip + addr + size, in->b + in->l3 + addr, size);
	ip[1] &= v4 ? 0xfc : 0xcf; /* ECN */
	ip[v4 ? 8 : 7] = 255;
	memcpy(ret->b + ret->l4, in->b + in->l4 + 2, 2);
	memcpy(ret->b + ret->l4 + 2, in->b + in->l4, 2);

	memset(p, 0, base);
	put32(p, seq);
	memcpy(p + at + 4, said + at + 4, 8);
	put16(p + at + 12, (plan->settings.stamp.ptp ? 0xc000 : 0x8000) |
		(get16(said + at + 12) & 0x3fff));
	assert_int_not_equal(get16(said + at + 12) & 0xff, 0);
	if (payload >= base)
		memcpy(p + at + 14, asked + at + 14, 2);
	at = auth ? 32 : 16;
	memcpy(p + at, said + at, 8);
	judge_time(plan, said + (auth ? 16 : 4));
	judge_time(plan, said + at);
	assert_true(get64(said + at) < get64(said + (auth ? 16 : 4)));
	memcpy(p + (auth ? 48 : 24), asked, 4);
	memcpy(p + (auth ? 64 : 28), asked + (auth ? 16 : 4), 8);
	memcpy(p + (auth ? 72 : 36), asked + (auth ? 24 : 12), 2);
	p[auth ? 80 : 40] = in->b[in->l3 + (v4 ? 8 : 7)];
	if (auth)
		stamp_digest(p, 96, p + 96);

	ret->len = payload < base ? ret->l4 + 8 + base : asked_len;
	put16(ret->b + ret->l4 + 4, ret->len - ret->l4);
	frame_finish(ret);
	if (no_sum)
		put16(ret->b + ret->l4 + 6, 0);
	if (in->len > ret->len)
		frame_pad(ret, in->len < 60 ? in->len : 60, 0);
}

void
stamp_answered(const struct dlo_plan *plan, struct dlo_lane *lane, const struct frame *in,
	uint32_t seq)
{
	static struct frame want, got;

	assert_verdict(reflect_timed(plan, lane, in, 128, &got), DLO_ANSWERED_STAMP);
	stamp_reply(plan, in, seq, &got, &want);
	assert_frame("reply", &got, &want);
	if (get16(want.b + want.l4 + 6) != 0)
		assert_true(frame_sums_good(&got));
}
