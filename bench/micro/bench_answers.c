/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What an answer costs, nothing else around it: bursts of 32 requests in memory, deciding, writing and
 * departing. One line each: NAME VALUE ns. Answers do not come back as requests, so every pass
 * begins with writing the requests anew; what that takes is measured alone and taken off.
 * "reflected" is a frame of the same size that no answer claims, for comparison.
 *
 * With arguments one case alone, for a profiler: NAME PASSES, and what is printed is the number of
 * answers.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer/answer.h"
#include "answer/stamp.h"
#include "frame/build.h"
#include "frame/cksum.h"
#include "micro.h"

#define NAME "bench_answers"
#define SECONDS 0.06
#define SERVICE 862

static const uint8_t key[] = "a key of thirty-two bytes or so.";

struct bench_case {
	const char *name;
	enum dlo_verdict want;
	enum dlo_build_l4 l4;
	bool ipv6;
	uint16_t size; /* without FCS */
	uint16_t dst_port;
	bool stateful;
	bool auth;
	uint8_t oam; /* opcode of an OAM request, and the length of its fields */
	uint8_t oam_fields;
};

static const struct bench_case cases[] = {
	{ .name = "reflected", .want = DLO_REFLECTED, .l4 = DLO_BUILD_UDP, .size = 60, .dst_port = 9999 },
	{ .name = "icmp4", .want = DLO_ANSWERED_ICMP, .l4 = DLO_BUILD_ICMP, .size = 60 },
	{ .name = "icmp4_1514", .want = DLO_ANSWERED_ICMP, .l4 = DLO_BUILD_ICMP, .size = 1514 },
	{ .name = "icmp6", .want = DLO_ANSWERED_ICMP, .l4 = DLO_BUILD_ICMP, .ipv6 = true, .size = 80 },
	{ .name = "udp_echo", .want = DLO_ANSWERED_UDP_ECHO, .l4 = DLO_BUILD_UDP, .size = 60,
		.dst_port = 7 },
	{ .name = "stamp4", .want = DLO_ANSWERED_STAMP, .l4 = DLO_BUILD_STAMP, .size = 108,
		.dst_port = SERVICE },
	{ .name = "stamp4_1514", .want = DLO_ANSWERED_STAMP, .l4 = DLO_BUILD_STAMP, .size = 1514,
		.dst_port = SERVICE },
	{ .name = "stamp6", .want = DLO_ANSWERED_STAMP, .l4 = DLO_BUILD_STAMP, .ipv6 = true,
		.size = 128, .dst_port = SERVICE },
	{ .name = "stamp4_stateful", .want = DLO_ANSWERED_STAMP, .l4 = DLO_BUILD_STAMP, .size = 108,
		.dst_port = SERVICE, .stateful = true },
	{ .name = "stamp4_auth", .want = DLO_ANSWERED_STAMP, .l4 = DLO_BUILD_UDP, .size = 154,
		.dst_port = SERVICE, .auth = true },
	{ .name = "lbm", .want = DLO_ANSWERED_OAM, .l4 = DLO_BUILD_LBM, .size = 60 },
	{ .name = "dmm", .want = DLO_ANSWERED_OAM, .l4 = DLO_BUILD_LBM, .size = 60, .oam = 47,
		.oam_fields = 32 },
	{ .name = "slm", .want = DLO_ANSWERED_OAM, .l4 = DLO_BUILD_LBM, .size = 60, .oam = 55,
		.oam_fields = 16 },
};

static struct dlo_clock clock_;
static struct dlo_addr_table *addresses;
static struct rte_mbuf *pkts[BURST];
static uint8_t originals[BURST][FRAME_ROOM];

static void
seal(uint8_t *udp, const uint8_t *ip, uint32_t len)
{
	struct dlo_hmac_state state;
	struct dlo_hmac hmac;

	dlo_hmac_init(&hmac, key, sizeof(key) - 1);
	dlo_hmac_begin(&hmac, &state);
	dlo_hmac_add(&state, udp + 8, DLO_STAMP_HMAC);
	dlo_hmac_end(&hmac, &state, udp + 8 + DLO_STAMP_HMAC);
	dlo_put16(udp + DLO_UDP_CKSUM, 0);
	dlo_put16(udp + DLO_UDP_CKSUM, (uint16_t)~dlo_cksum_fold(dlo_cksum_sum(udp, len) +
		dlo_cksum_pseudo4(ip, DLO_PROTO_UDP, len)));
}

static void
make_request(const struct bench_case *c, unsigned int n, uint8_t *frame)
{
	struct dlo_build spec = {
		.dst_mac = { 0x02, 0xd1, 0, 0, 0, 0xff },
		.src_mac = { 0x02, 0xd1, 0, 0, 0, 1 },
		.ipv6 = c->ipv6,
		.l4 = c->l4,
		.src_port = (uint16_t)(0xc000 + n * 37),
		.dst_port = c->dst_port,
	};

	if (c->ipv6) {
		memcpy(spec.src_ip, (const uint8_t[6]){ 0x20, 0x01, 0x00, 0x02 }, 6);
		memcpy(spec.dst_ip, spec.src_ip, 6);
		spec.src_ip[15] = 1;
		spec.dst_ip[15] = 2;
	} else {
		memcpy(spec.src_ip, (const uint8_t[4]){ 198, 18, 0, 1 }, 4);
		memcpy(spec.dst_ip, (const uint8_t[4]){ 198, 18, 0, 2 }, 4);
	}
	if (dlo_build_frame(frame, c->size, &spec) != c->size)
		die(NAME, "a request has no room for itself");
	if (c->auth)
		seal(frame + 34, frame + 14, c->size - 34u);
	if (c->oam != 0) {
		frame[15] = c->oam;
		frame[17] = c->oam_fields;
	}
}

static void
make_plan(const struct bench_case *c, struct dlo_plan *plan)
{
	micro_plan(plan, addresses);
	plan->answers = UINT32_MAX;
	plan->settings.allowed = addresses;
	plan->settings.udp_echo.port = 7;
	plan->settings.timed = true;
	plan->settings.clock = &clock_;
	plan->settings.stamp.port = SERVICE;
	plan->settings.stamp.stateful = c->stateful;
	plan->settings.stamp.authenticated = c->auth;
	plan->settings.stamp.tlv_hmac = c->auth;
	if (!dlo_hmac_init(&plan->settings.stamp.hmac, key, sizeof(key) - 1))
		die(NAME, "no SHA-256");
	plan->settings.oam.on = true;
	plan->settings.oam.mep = 1;
	dlo_plan_choose_burst(plan);
}

static void
restore(const struct bench_case *c)
{
	for (unsigned int i = 0; i < BURST; i++) {
		memcpy(rte_pktmbuf_mtod(pkts[i], void *), originals[i], c->size);
		pkts[i]->data_len = c->size;
		pkts[i]->pkt_len = c->size;
	}
}

static void
answer(const struct bench_case *c, const struct dlo_plan *plan, struct dlo_lane *lane)
{
	struct dlo_burst burst;

	restore(c);
	dlo_lane_arrive(lane, rte_rdtsc(), 0);
	dlo_reflect_burst(plan, lane, pkts, BURST, &burst);
	if (burst.nb_back != BURST || burst.verdict[BURST - 1] != c->want)
		die(NAME, dlo_verdict_name(burst.verdict[BURST - 1]));
	if (lane->nb_timed > 0)
		dlo_answer_depart(plan, lane, pkts, BURST);
}

/* TSC cycles for one frame, the best of many bursts. */
static double
best(const struct bench_case *c, const struct dlo_plan *plan, struct dlo_lane *lane)
{
	double end = now_ns() + SECONDS * 1e9;
	uint64_t least = UINT64_MAX;

	do {
		for (unsigned int i = 0; i < 100; i++) {
			uint64_t t = rte_rdtsc();

			if (plan != NULL)
				answer(c, plan, lane);
			else
				restore(c);
			t = rte_rdtsc() - t;
			if (t < least)
				least = t;
		}
	} while (now_ns() < end);
	return (double)least / BURST;
}

static void
start_case(const struct bench_case *c, struct dlo_plan *plan, struct dlo_lane *lane)
{
	for (unsigned int i = 0; i < BURST; i++)
		make_request(c, i, originals[i]);
	make_plan(c, plan);
	dlo_sessions_free(lane->sessions);
	memset(lane, 0, sizeof(*lane));
	lane->now = 1;
	lane->sessions = dlo_sessions_create(1024, UINT64_C(3000000000), 1);
	if (lane->sessions == NULL)
		die(NAME, "no memory");
}

static void
make_world(void)
{
	struct dlo_clock_line line = { .tsc = rte_rdtsc(), .ns = UINT64_C(1800000000) * 1000000000,
		.slope = UINT64_C(1) << 31, .error_ns = 1000 };
	struct dlo_addr_rule rules[2] = { { .owner = DLO_OWNER_PORT }, { .owner = DLO_OWNER_PORT } };
	uint8_t *memory = aligned_alloc(64, (BURST * STRIDE + 63) / 64 * 64);

	if (memory == NULL || dlo_prefix_parse("198.18.0.0/15", &rules[0].prefix) != 0 ||
		dlo_prefix_parse("2001:2::/48", &rules[1].prefix) != 0)
		die(NAME, "no memory");
	addresses = dlo_addr_table_create(rules, 2);
	if (addresses == NULL)
		die(NAME, "no memory");
	dlo_clock_write(&clock_, &line);
	for (unsigned int i = 0; i < BURST; i++)
		pkts[i] = micro_mbuf(memory, i);
}

int
main(int argc, char **argv)
{
	static struct dlo_lane lane;
	static struct dlo_plan plan;
	double rate = tsc_rate();

	make_world();
	for (size_t i = 0; i < RTE_DIM(cases); i++) {
		const struct bench_case *c = &cases[i];

		if (argc == 3 && strcmp(argv[1], c->name) != 0)
			continue;
		start_case(c, &plan, &lane);
		if (argc == 3) {
			for (int n = 0; n < atoi(argv[2]); n++)
				answer(c, &plan, &lane);
			printf("%d\n", atoi(argv[2]) * BURST);
			continue;
		}
		printf("answer_%s %.3f ns\n", c->name,
			(best(c, &plan, &lane) - best(c, NULL, NULL)) / rate);
		fflush(stdout);
	}
	return 0;
}
