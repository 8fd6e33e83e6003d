/* SPDX-License-Identifier: BSD-3-Clause */
/* The other half of frames.h: frames as mbufs, plans, and what reflection makes of the two. */
#include "frames.h"

#include <stdlib.h>

#include "address/address.h"

struct rte_mbuf *
mbuf_segments(const struct frame *f, const uint32_t *lens, unsigned int nb, uint32_t tailroom)
{
	return mbuf_chain(f->b, f->len, lens, nb, tailroom);
}

struct rte_mbuf *
mbuf_of(const struct frame *f, uint32_t tailroom)
{
	return mbuf_segments(f, NULL, 0, tailroom);
}

struct rte_mbuf *
mbuf_split(const struct frame *f, uint32_t at, uint32_t tailroom)
{
	return mbuf_segments(f, &at, 1, tailroom);
}

void
mbuf_read(const struct rte_mbuf *m, struct frame *ret)
{
	unsigned int nb = 0;

	ret->len = mbuf_bytes(m, ret->b, FRAME_MAX);
	assert_int_equal(ret->len, m->pkt_len);
	for (const struct rte_mbuf *seg = m; seg != NULL; seg = seg->next)
		nb++;
	assert_int_equal(nb, m->nb_segs);
}

struct dlo_plan *
plan_of(enum dlo_mode mode, bool guards, bool link)
{
	struct dlo_addr_rule rules[2] = {
		{ .owner = DLO_OWNER_PORT },
		{ .owner = DLO_OWNER_PORT },
	};
	struct dlo_plan *plan = calloc(1, sizeof(*plan));

	assert_non_null(plan);
	assert_int_equal(dlo_prefix_parse(IP_OURS, &rules[0].prefix), 0);
	assert_int_equal(dlo_prefix_parse(IP6_OURS, &rules[1].prefix), 0);
	plan->mode = mode;
	plan->accept = DLO_ACCEPT_UNICAST;
	plan->guards = guards;
	plan->link = link;
	plan->answers = UINT32_MAX;
	put48(plan->mac.addr_bytes, MAC_OURS);
	plan->nb_own_macs = 2;
	put48(plan->own_macs[0].addr_bytes, MAC_OURS);
	put48(plan->own_macs[1].addr_bytes, MAC_OURS + 1);
	plan->addresses = dlo_addr_table_create(rules, 2);
	assert_non_null(plan->addresses);
	assert_int_equal(dlo_prefix_parse("198.18.0.0/15", &rules[0].prefix), 0);
	assert_int_equal(dlo_prefix_parse("2001:2::/48", &rules[1].prefix), 0);
	plan->settings.allowed = dlo_addr_table_create(rules, 2);
	assert_non_null(plan->settings.allowed);
	dlo_plan_choose_burst(plan);
	return plan;
}

void
plan_free(struct dlo_plan *plan)
{
	dlo_addr_table_free((struct dlo_addr_table *)(uintptr_t)plan->addresses);
	dlo_addr_table_free((struct dlo_addr_table *)(uintptr_t)plan->settings.allowed);
	free(plan);
}

void
plan_own(struct dlo_plan *plan, uint16_t owner)
{
	struct dlo_addr_rule rules[2] = { { .owner = owner }, { .owner = owner } };

	assert_int_equal(dlo_prefix_parse(IP_OURS, &rules[0].prefix), 0);
	assert_int_equal(dlo_prefix_parse(IP6_OURS, &rules[1].prefix), 0);
	dlo_addr_table_free((struct dlo_addr_table *)(uintptr_t)plan->addresses);
	plan->addresses = dlo_addr_table_create(rules, 2);
	assert_non_null(plan->addresses);
}

enum dlo_verdict
reflect_lane(const struct dlo_plan *plan, struct dlo_lane *lane, struct rte_mbuf *m)
{
	struct rte_mbuf *pkts[1] = { m };
	uint32_t len = m->pkt_len;
	struct dlo_burst burst;
	bool over;

	dlo_reflect_burst(plan, lane, pkts, 1, &burst);
	assert_ptr_equal(pkts[0], m);
	assert_int_equal(burst.rx_bytes, len);
	over = burst.verdict[0] == DLO_PUNTED || burst.verdict[0] == DLO_FORWARDED;
	assert_int_equal(burst.nb_punt, over);
	assert_int_equal(burst.nb_back, !over && !dlo_verdict_is_drop(burst.verdict[0]));
	return burst.verdict[0];
}

enum dlo_verdict
reflect_mbuf(const struct dlo_plan *plan, struct rte_mbuf *m)
{
	return reflect_lane(plan, NULL, m);
}

/* What has become of @in in @m, which is freed: dropped, it is as it was. */
static void
take_out(struct rte_mbuf *m, const struct frame *in, enum dlo_verdict v, struct frame *ret)
{
	struct frame out = *in;

	mbuf_read(m, &out);
	if (dlo_verdict_is_drop(v))
		assert_frame("dropped, so untouched", &out, in);
	if (ret != NULL)
		*ret = out;
	mbuf_free(m);
}

enum dlo_verdict
reflect_room(const struct dlo_plan *plan, const struct frame *in, uint32_t tailroom,
	struct frame *ret)
{
	struct rte_mbuf *m = mbuf_of(in, tailroom);
	void *data = rte_pktmbuf_mtod(m, void *);
	enum dlo_verdict v = reflect_mbuf(plan, m);

	assert_ptr_equal(rte_pktmbuf_mtod(m, void *), data);
	take_out(m, in, v, ret);
	return v;
}

void
verdict_is(const struct dlo_plan *plan, const struct frame *f, enum dlo_verdict want)
{
	assert_verdict(reflect_room(plan, f, 64, NULL), want);
}

void
timed_init(struct dlo_plan *plan, struct dlo_lane *lane)
{
	static struct dlo_clock clock;
	/* Ten nanoseconds a cycle: what tests do takes its time. */
	const struct dlo_clock_line line = {
		.tsc = rte_rdtsc(),
		.ns = TIMED_SYNCED_NS,
		.slope = UINT64_C(10) << 32,
		.error_ns = 1000,
		.tai_s = TIMED_TAI,
		.synced = true,
	};

	dlo_clock_write(&clock, &line);
	plan->settings.timed = true;
	plan->settings.clock = &clock;
	memset(lane, 0, sizeof(*lane));
	lane->now = 1;
	lane->sessions = dlo_sessions_create(1024, 1000000000, 42);
	assert_non_null(lane->sessions);
}

void
timed_free(struct dlo_lane *lane)
{
	dlo_sessions_free(lane->sessions);
}

/* Counters of other CPUs than x86 stand still for a while. */
static void
tick(void)
{
	uint64_t now = rte_rdtsc();

	while (rte_rdtsc() == now)
		;
}

enum dlo_verdict
reflect_timed_mbuf(const struct dlo_plan *plan, struct dlo_lane *lane, struct rte_mbuf *m)
{
	enum dlo_verdict v;

	dlo_lane_arrive(lane, rte_rdtsc(), 0);
	v = reflect_lane(plan, lane, m);
	if (dlo_verdict_is_drop(v))
		assert_int_equal(lane->nb_timed, 0);
	tick();
	dlo_answer_depart(plan, lane, &m, 1);
	assert_int_equal(lane->nb_timed, 0);
	return v;
}

enum dlo_verdict
reflect_timed(const struct dlo_plan *plan, struct dlo_lane *lane, const struct frame *in,
	uint32_t tailroom, struct frame *ret)
{
	struct rte_mbuf *m = mbuf_of(in, tailroom);
	enum dlo_verdict v = reflect_timed_mbuf(plan, lane, m);

	take_out(m, in, v, ret);
	return v;
}

enum dlo_verdict
reflect(const struct dlo_plan *plan, const struct frame *in, struct frame *ret)
{
	return reflect_room(plan, in, 0, ret);
}

void
assert_frame(const char *what, const struct frame *got, const struct frame *want)
{
	for (uint32_t i = 0; i < want->len && i < got->len; i++) {
		if (got->b[i] != want->b[i])
			fail_msg("%s: byte %u is %02x, not %02x", what, i, got->b[i], want->b[i]);
	}
	if (got->len != want->len)
		fail_msg("%s: %u bytes, not %u", what, got->len, want->len);
}

void
assert_any_split(const struct dlo_plan *plan, const struct frame *in, uint32_t tailroom,
	enum dlo_verdict want, const struct frame *want_frame)
{
	for (uint32_t at = 0; at < in->len && at < 200; at++) {
		struct rte_mbuf *m = mbuf_split(in, at, tailroom);
		void *data[2] = { m->buf_addr, m->next->buf_addr };
		struct frame out = *in;

		assert_verdict(reflect_mbuf(plan, m), want);
		assert_ptr_equal(m->buf_addr, data[0]);
		assert_ptr_equal(m->next->buf_addr, data[1]);
		mbuf_read(m, &out);
		assert_frame("split", &out, want_frame);
		mbuf_free(m);
	}
}
