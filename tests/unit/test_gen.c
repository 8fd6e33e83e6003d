/* SPDX-License-Identifier: BSD-3-Clause */
/* Of dpdk-lo-gen what needs no EAL: options, man page, pacing arithmetic, sequences, frames. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include <rte_ip.h>

#include "clock_check.h"
#include "cmdline.h"
#include "gen_conf.h"
#include "manpage.h"
#include "pace.h"
#include "pattern.h"
#include "track.h"

static char err[DLO_CONF_ERR];

static void
sizes_and_rates(void **state)
{
	struct gen_sizes s;
	struct gen_rate r;

	(void)state;
	assert_int_equal(gen_read_sizes("imix", &s, err), 0);
	assert_int_equal(s.nb, 3);
	assert_int_equal(s.weight[0] + s.weight[1] + s.weight[2], 12);
	assert_int_equal(gen_read_sizes("128,512,1518", &s, err), 0);
	assert_int_equal(s.nb, 3);
	assert_int_equal(s.size[1], 512);
	assert_int_equal(gen_read_sizes("64-1518", &s, err), 0);
	assert_int_equal(s.range_end, 1518);
	assert_int_not_equal(gen_read_sizes("63", &s, err), 0);
	assert_int_not_equal(gen_read_sizes("64,64", &s, err), 0);
	assert_int_not_equal(gen_read_sizes("64,", &s, err), 0);
	assert_int_not_equal(gen_read_sizes("1518-64", &s, err), 0);
	assert_int_not_equal(gen_read_sizes("64-", &s, err), 0);
	assert_int_not_equal(gen_read_sizes("", &s, err), 0);

	assert_int_equal(gen_read_rate("100%", &r, err), 0);
	assert_true(r.unit == GEN_RATE_PERCENT && r.value == 100);
	assert_int_equal(gen_read_rate("2.5mpps", &r, err), 0);
	assert_true(r.unit == GEN_RATE_PPS && r.value == 2.5e6);
	assert_int_equal(gen_read_rate("5gbps", &r, err), 0);
	assert_true(r.unit == GEN_RATE_BPS && r.value == 5e9);
	assert_int_equal(gen_read_rate("max", &r, err), 0);
	assert_int_not_equal(gen_read_rate("10", &r, err), 0);
	assert_int_not_equal(gen_read_rate("pps", &r, err), 0);
	assert_int_not_equal(gen_read_rate("0pps", &r, err), 0);
	assert_int_not_equal(gen_read_rate("-1mpps", &r, err), 0);
	assert_int_not_equal(gen_read_rate("1.2.3mpps", &r, err), 0);
}

/* A sender that looks every "turn" cycles: the mean is exact, bursts are bounded. */
static void
check_pace(double pps, uint64_t turn)
{
	const uint64_t hz = 3000000007;
	uint64_t cost = pace_cost(pps, hz), now = 12345, sent = 0;
	struct pace p;
	double want;

	pace_start(&p, now, hz);
	for (uint64_t end = now + hz; now < end; now += turn) {
		while (pace_due(&p, now)) {
			pace_take(&p, now, cost);
			sent++;
		}
	}
	want = pps + 1;
	assert_true((double)sent >= want * 0.9999 - 1 && (double)sent <= want * 1.0001 + 1);
	assert_int_equal(p.given_up, 0);
}

static void
the_mean_rate_is_exact(void **state)
{
	(void)state;
	check_pace(1, 50000);
	check_pace(1000, 1000);
	check_pace(333333.3, 700);
	check_pace(5e6, 300);
	check_pace(14.88e6, 1900);
}

/* After a pause the sender catches up at twice the rate, and gives up what is too old. */
static void
a_late_sender_does_not_burst(void **state)
{
	const uint64_t hz = 1000000000;
	uint64_t cost = pace_cost(1e6, hz), now = 0, sent = 0;
	struct pace p;

	(void)state;
	pace_start(&p, now, hz);
	now = hz / 20;
	for (uint64_t end = now + hz / 1000; now < end; now += 100) {
		while (pace_due(&p, now)) {
			pace_take(&p, now, cost);
			sent++;
		}
	}
	/* One millisecond at twice the rate, and the slack of 2 us. */
	assert_in_range(sent, 1990, 2010);
	assert_int_equal(p.given_up, 0);
	now += hz;
	assert_true(pace_due(&p, now));
	pace_take(&p, now, cost);
	assert_true(p.given_up > hz * 8 / 10);
	assert_true(now - p.next <= hz / 10);
}

static const char *
doubt(const char *sources, bool steady)
{
	static char path[] = "clock_XXXXXX";
	const char *found;
	int fd;

	memcpy(path + 6, "XXXXXX", 6);
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, sources, strlen(sources)), strlen(sources));
	close(fd);
	found = clock_doubt(path, steady);
	unlink(path);
	return found;
}

/* By how much a counter is off, and when it is not to be trusted at all. */
static void
clocks_are_doubted(void **state)
{
	struct clock_moment a = { 1000, 5000 }, b = { 1000 + 2002000000, 5000 + 1000000000 };

	(void)state;
	assert_float_equal(clock_off_ppm(&a, &b, 2000000000), 1000, 0.01);
	b.tsc = 1000 + 1990000000;
	assert_float_equal(clock_off_ppm(&a, &b, 2000000000), -5000, 0.01);
	b.tsc = 500; /* back */
	assert_true(clock_off_ppm(&a, &b, 2000000000) < -999999);
	b.ns = 6000;
	assert_float_equal(clock_off_ppm(&a, &b, 2000000000), 0, 0);
	clock_moment_now(&a);
	do
		clock_moment_now(&b);
	while (b.ns - a.ns < 1000000);
	assert_true(b.tsc > a.tsc);
	assert_null(doubt("tsc hpet acpi_pm \n", true));
	assert_null(doubt("arch_sys_counter \n", true));
	assert_null(doubt("", true));
	assert_non_null(doubt("tsc hpet \n", false));
	assert_non_null(strstr(doubt("hpet acpi_pm \n", true), "available_clocksource"));
	assert_null(clock_doubt("/nonexistent", true));
}

static struct track t;

static void
loss_is_what_is_not_received(void **state)
{
	(void)state;
	memset(&t, 0, sizeof(t));
	for (uint64_t seq = 0; seq < 500000; seq++) {
		if (seq % 1000 != 7)
			track_frame(&t, seq & 0xffffffffffff);
	}
	assert_int_equal(t.received, 500000 - 500);
	assert_int_equal(t.duplicates + t.reordered + t.late, 0);
	assert_int_equal(t.next, 500000);
}

static void
duplicates_and_reordering_are_told_apart(void **state)
{
	static const uint64_t seqs[] = { 0, 1, 2, 2, 5, 3, 4, 3, 6, 5, 7, 0 };

	(void)state;
	memset(&t, 0, sizeof(t));
	for (unsigned int i = 0; i < sizeof(seqs) / sizeof(seqs[0]); i++)
		track_frame(&t, seqs[i]);
	assert_int_equal(t.received, 8);
	assert_int_equal(t.reordered, 2);
	assert_int_equal(t.duplicates, 4);
}

/* Bits of the window are used again; a jump over it leaves none behind. */
static void
the_window_forgets_in_time(void **state)
{
	(void)state;
	memset(&t, 0, sizeof(t));
	for (uint64_t seq = 0; seq < 3 * TRACK_WINDOW; seq += 2)
		assert_int_equal(track_frame(&t, seq), TRACK_IN_ORDER);
	for (uint64_t seq = 2 * TRACK_WINDOW + 1; seq < t.next; seq += 2)
		assert_int_equal(track_frame(&t, seq), TRACK_REORDERED);
	assert_int_equal(t.received, 2 * TRACK_WINDOW - 1);
	assert_int_equal(t.duplicates + t.late, 0);
	assert_int_equal(track_frame(&t, 1), TRACK_REORDERED);
	assert_int_equal(t.late, 1);
	track_frame(&t, 10 * TRACK_WINDOW + 5);
	assert_int_equal(track_frame(&t, 10 * TRACK_WINDOW + 4), TRACK_REORDERED);
	assert_int_equal(track_frame(&t, 10 * TRACK_WINDOW + 4), TRACK_DUPLICATE);
}

/* 48 bits travel: the count goes on beyond. */
static void
numbers_go_on_when_they_wrap(void **state)
{
	const uint64_t wrap = UINT64_C(1) << TRACK_SEQ_BITS;

	(void)state;
	memset(&t, 0, sizeof(t));
	t.next = wrap - 2;
	for (uint64_t seq = wrap - 2; seq < wrap + 2; seq++)
		assert_int_equal(track_frame(&t, seq % wrap), TRACK_IN_ORDER);
	assert_int_equal(t.next, wrap + 2);
	assert_int_equal(track_frame(&t, wrap - 1), TRACK_DUPLICATE);
}

/* DPDK's own functions are the judge; they sum valid data to zero or, for UDP, to all ones. */
static bool
frame_sums_are_right(const struct frame_template *ft, const uint8_t *frame)
{
	const struct rte_ipv6_hdr *ip6 = (const void *)(frame + ft->l4 - 40);
	const struct rte_ipv4_hdr *ip4 = (const void *)(frame + ft->l4 - 20);
	uint16_t sum;

	if (ft->kind == DLO_BUILD_LBM)
		return true;
	if (ft->l4 >= 54 && frame[ft->l4 - 40] == 0x60)
		sum = rte_ipv6_udptcp_cksum(ip6, frame + ft->l4);
	else if (ft->kind == DLO_BUILD_ICMP)
		sum = (uint16_t)~rte_raw_cksum(frame + ft->l4, ft->len - ft->l4);
	else
		sum = rte_ipv4_udptcp_cksum(ip4, frame + ft->l4);
	return sum == 0 || (ft->zero_is_ones && sum == 0xffff);
}

/* Every kind, size, flow: stamped twice, found again, sums right. */
static void
stamped_frames_are_valid(void **state)
{
	(void)state;
	for (unsigned int n = 0; n < 2 * (GEN_MIX + 1); n++) {
		struct gen_conf conf;
		struct pattern p;

		gen_conf_init(&conf);
		conf.kind = n / 2;
		conf.vlan = n % 2 ? 7 : 0;
		conf.flows = 50;
		assert_int_equal(gen_read_sizes("116-300", &conf.sizes, err), 0);
		assert_int_equal(pattern_make(&p, &conf, 0xdeadbeef, err), 0);
		for (unsigned int i = 0; i < p.nb_templates; i++) {
			const struct frame_template *ft = &p.templates[i];
			uint64_t seq = i * UINT64_C(0x123456789), tsc = i * UINT64_C(0xabcdef0123);
			const uint8_t *stamp;
			uint8_t *frame = malloc(ft->len);

			memcpy(frame, ft->data, ft->len);
			pattern_stamp(&p, ft, frame, i % 50, seq + 1, tsc + 1);
			pattern_stamp(&p, ft, frame, i % 50, seq, tsc);
			stamp = pattern_find(&p, frame, ft->len);
			assert_non_null(stamp);
			assert_int_equal(dlo_get64(stamp + STAMP_STREAM) & 0xffffffffffff,
				seq & 0xffffffffffff);
			assert_int_equal(dlo_get64(stamp + STAMP_TIME - 2) & 0xffffffffffff,
				tsc & 0xffffffffffff);
			assert_true(frame_sums_are_right(ft, frame));
			frame[stamp - frame] ^= 1;
			assert_null(pattern_find(&p, frame, ft->len));
			free(frame);
		}
		assert_null(pattern_find(&p, p.templates[0].data, 20));
		pattern_free(&p);
	}
}

static void
sizes_that_hold_no_stamp_are_refused(void **state)
{
	static const uint16_t least[] = { 64, 76, 84, 96, 64, 84, 112, 64, 96 };

	(void)state;
	for (unsigned int kind = 0; kind <= GEN_MIX; kind++) {
		struct gen_conf conf;
		struct pattern p;

		gen_conf_init(&conf);
		conf.kind = kind;
		conf.sizes.size[0] = least[kind];
		assert_int_equal(pattern_make(&p, &conf, 1, err), 0);
		pattern_free(&p);
		conf.sizes.size[0]--;
		if (least[kind] > GEN_SIZE_MIN) {
			assert_int_not_equal(pattern_make(&p, &conf, 1, err), 0);
			assert_non_null(strstr(err, "--size"));
		}
	}
}

/* After a change of the table: dpdk-lo-gen --help=man >docs/dpdk-lo-gen.8 */
static void
man_page_is_committed(void **state)
{
	char *text = NULL, *committed = calloc(1, 1 << 20);
	size_t size = 0, len;
	FILE *out = open_memstream(&text, &size), *f = fopen(GEN_MAN_PAGE, "r");

	(void)state;
	assert_non_null(out);
	assert_non_null(f);
	manpage_print(&program_dpdk_lo_gen, out);
	fclose(out);
	len = fread(committed, 1, (1 << 20) - 1, f);
	fclose(f);
	if (len != size || memcmp(committed, text, len) != 0)
		fail_msg("%s differs from dpdk-lo-gen --help=man: write it anew", GEN_MAN_PAGE);
	free(text);
	free(committed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_and_rates),
		cmocka_unit_test(the_mean_rate_is_exact),
		cmocka_unit_test(a_late_sender_does_not_burst),
		cmocka_unit_test(clocks_are_doubted),
		cmocka_unit_test(loss_is_what_is_not_received),
		cmocka_unit_test(duplicates_and_reordering_are_told_apart),
		cmocka_unit_test(the_window_forgets_in_time),
		cmocka_unit_test(numbers_go_on_when_they_wrap),
		cmocka_unit_test(stamped_frames_are_valid),
		cmocka_unit_test(sizes_that_hold_no_stamp_are_refused),
		cmocka_unit_test(man_page_is_committed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
