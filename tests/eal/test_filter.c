/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * --filter as a plan has it: engines that are wrong are found out, equal expressions share one
 * filter, and with real filters every variant of the burst function says what the scalar one says.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include <rte_malloc.h>
#include <rte_mbuf.h>

#include "eal_start.h"
#include "filter.h"
#include "filter_trace.h"
#include "filter_try.h"
#include "frame/build.h"
#include "frame/bytes.h"
#include "mbufs.h"
#include "reflect/reflect.h"

#define FRAMES 64

static void
compile(const char *expression, struct bpf_program *ret)
{
	pcap_t *pcap = pcap_open_dead(DLT_EN10MB, FILTER_FRAME_MAX);

	assert_non_null(pcap);
	assert_int_equal(pcap_compile(pcap, ret, expression, 1, PCAP_NETMASK_UNKNOWN), 0);
	pcap_close(pcap);
}

static bool
match_program(const void *ctx, const struct rte_mbuf *m)
{
	return filter_run_libpcap(ctx, m);
}

static bool
match_all(const void *ctx, const struct rte_mbuf *m)
{
	(void)ctx;
	(void)m;
	return true;
}

/* Right but for what lies in a second segment. */
static bool
match_first_segment(const void *ctx, const struct rte_mbuf *m)
{
	const struct bpf_program *p = ctx;

	return bpf_filter(p->bf_insns, rte_pktmbuf_mtod(m, const uint8_t *), m->pkt_len,
		m->data_len) != 0;
}

static void
wrong_engines_are_found_out(void **state)
{
	static const struct {
		const char *right, *wrong;
	} pairs[] = {
		{ "udp port 7", "udp port 8" },
		{ "udp port 7", "udp dst port 7" },
		{ "tcp[tcpflags] & tcp-syn != 0", "tcp[tcpflags] & tcp-ack != 0" },
		{ "tcp[tcpflags] & tcp-syn != 0", "tcp[12] & tcp-syn != 0" },
		{ "ether multicast", "ether[0] != 0" },
		{ "ip[8] < 64", "ip[8] <= 64" },
		{ "vlan 7 and udp", "vlan 7" },
		{ "len > 100", "len >= 100" },
		{ "net 198.18.0.0/15", "net 198.18.0.0/16" },
		{ "ip6 host 2001:2::2", "ip6 host 2001:2::3" },
	};

	(void)state;
	for (unsigned int i = 0; i < RTE_DIM(pairs); i++) {
		struct bpf_program right, wrong;

		compile(pairs[i].right, &right);
		compile(pairs[i].wrong, &wrong);
		assert_true(filter_try_match(&right, match_program, &right));
		assert_true(filter_try_trace(&right));
		assert_false(filter_try_match(&right, match_all, NULL));
		/* "len" looks at no byte. */
		if (i != 7 && filter_try_match(&right, match_first_segment, &right))
			fail_msg("'%s' passes without a second segment", pairs[i].right);
		if (filter_try_match(&right, match_program, &wrong))
			fail_msg("'%s' passes for '%s'", pairs[i].wrong, pairs[i].right);
		pcap_freecode(&right);
		pcap_freecode(&wrong);
	}
}

static void
equal_ones_are_shared(void **state)
{
	struct dlo_filter a, b, c, none;
	char err[DLO_CONF_ERR];

	(void)state;
	assert_int_equal(filter_acquire("", &none), 0);
	assert_null(none.match);
	filter_release(&none);
	assert_int_equal(filter_acquire("udp port 7", &a), 0);
	assert_int_equal(filter_acquire("udp port 7", &b), 0);
	assert_int_equal(filter_acquire("udp port 8", &c), 0);
	assert_ptr_equal(a.ctx, b.ctx);
	assert_int_equal(a.serial, b.serial);
	assert_int_not_equal(a.serial, c.serial);
	assert_int_not_equal(a.serial, 0);
	filter_release(&a);
	filter_release(&b);
	/* A new one is never taken for one that is gone. */
	assert_int_equal(filter_acquire("udp port 7", &a), 0);
	assert_int_not_equal(a.serial, b.serial);
	filter_release(&a);
	filter_release(&c);
	assert_int_equal(filter_check("udp port 7", err), 0);
	assert_int_not_equal(filter_check("udp portt 7", err), 0);
	assert_non_null(strstr(err, "udp portt 7"));
	assert_non_null(strstr(err, "pcap-filter(7)"));
	assert_int_not_equal(filter_acquire("udp portt 7", &a), 0);
}

/* Frames of one kind and a few ports, or of all kinds. */
static struct rte_mbuf *
frame(unsigned int i, bool mix, unsigned int ports)
{
	const struct dlo_build spec = {
		.dst_mac = { 2, 0, 0, 0, 0, 1 },
		.src_mac = { 2, 0, 0, 0, 0, 2 },
		.src_ip = { 198, 18, 0, (uint8_t)(1 + i % 3) },
		.dst_ip = { 198, 51, 100, 7 },
		.ipv6 = mix && i % 3 == 0,
		.vlan = mix && i % 5 == 0 ? 7 : 0,
		.l4 = mix && i % 2 == 0 ? DLO_BUILD_TCP : DLO_BUILD_UDP,
		.src_port = (uint16_t)(5000 + i % ports),
		.dst_port = (uint16_t)(7 + i % ports),
	};
	uint8_t b[128];

	return mbuf_chain(b, (uint32_t)dlo_build_frame(b, mix ? 64 + i % 4 * 16 : 64, &spec), NULL, 0,
		16);
}

static void
burst(const struct dlo_plan *plan, struct dlo_lane *lane, bool mix, unsigned int ports,
	struct dlo_burst *ret, unsigned int order[FRAMES])
{
	struct rte_mbuf *pkts[FRAMES], *made[FRAMES];

	for (unsigned int i = 0; i < FRAMES; i++)
		made[i] = pkts[i] = frame(i, mix, ports);
	dlo_reflect_burst(plan, lane, pkts, FRAMES, ret);
	for (unsigned int i = 0; i < FRAMES; i++) {
		for (unsigned int k = 0; k < FRAMES; k++) {
			if (pkts[i] == made[k])
				order[i] = k;
		}
	}
	for (unsigned int i = 0; i < FRAMES; i++)
		mbuf_free(pkts[i]);
}

static void
same_in_every_variant(void **state)
{
	static const char *const expressions[] = {
		"udp", "tcp", "ip6", "vlan", "udp port 7", "udp src port 5003", "less 80",
		"tcp[tcpflags] & tcp-syn != 0", "ether multicast", "ip[8] = 64 and net 198.18.0.0/15",
		"udp and (port 7 or 8 or 9 or 10 or 5001 or 5002 or 5003 or 5004 or 5005 or 5006)",
	};
	struct dlo_plan plan = { .mode = DLO_MODE_L4, .accept = DLO_ACCEPT_ANY, .guards = true };
	struct dlo_lane lane = { 0 };
	struct dlo_burst want, got;
	unsigned int want_order[FRAMES], got_order[FRAMES];
	unsigned int seen[2] = { 0 };
	const char *name;

	(void)state;
	plan.addresses = dlo_addr_table_create(NULL, 0);
	for (unsigned int e = 0; e < RTE_DIM(expressions) * 6; e++) {
		bool mix = e % 2;
		unsigned int ports = e / 2 % 3 == 0 ? 1 : e / 2 % 3 == 1 ? 3 : 13;

		assert_int_equal(filter_acquire(expressions[e / 6], &plan.filter), 0);
		assert_int_equal(dlo_plan_use_variant(&plan, "scalar"), 0);
		burst(&plan, NULL, mix, ports, &want, want_order);
		seen[0] += want.nb_back;
		seen[1] += FRAMES - want.nb_back;
		for (unsigned int v = 0; (name = dlo_variant_name(v)) != NULL; v++) {
			/* Twice: the second time the class is known. */
			for (unsigned int n = 0; n < 2 && dlo_plan_use_variant(&plan, name) == 0; n++) {
				burst(&plan, &lane, mix, ports, &got, got_order);
				assert_int_equal(got.nb_back, want.nb_back);
				assert_memory_equal(got.verdict, want.verdict, FRAMES);
				assert_memory_equal(got_order, want_order, sizeof(want_order));
			}
		}
		filter_release(&plan.filter);
	}
	assert_true(seen[0] > 500 && seen[1] > 500);
	dlo_addr_table_free((struct dlo_addr_table *)(uintptr_t)plan.addresses);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wrong_engines_are_found_out),
		cmocka_unit_test(equal_ones_are_shared),
		cmocka_unit_test(same_in_every_variant),
	};
	int failed;

	test_eal_start(1, NULL);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	test_eal_stop();
	return failed;
}
