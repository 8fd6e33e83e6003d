/* SPDX-License-Identifier: BSD-3-Clause */
/* What the receive side of virtio says about a frame, and what its transmit side is then asked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <rte_mbuf.h>

#include "frames.h"
#include "offload.h"

#define SEGMENT 1400

static void
head(struct frame *f, bool tagged, bool ipv6, uint8_t proto)
{
	memset(f, 0, sizeof(*f));
	frame_ether(f, 0x020000000001, 0x020000000002, ipv6 ? 0x86dd : 0x0800);
	if (tagged)
		frame_tag(f, 0x8100, 7);
	if (ipv6)
		frame_ipv6(f, proto, "2001:2::1", "2001:2::2");
	else
		frame_ipv4(f, proto, "198.18.0.1", "198.18.0.2", NULL, 0);
}

static void
check(const struct frame *f, uint64_t said, uint64_t asked, unsigned int l2, unsigned int l3,
	unsigned int l4)
{
	struct rte_mbuf *m = mbuf_of(f, 0);

	m->ol_flags = said;
	m->tso_segsz = SEGMENT;
	m->packet_type = 0;
	offload_turn_round(&m, 1);
	assert_int_equal(m->ol_flags, asked);
	assert_int_equal(m->l2_len, l2);
	assert_int_equal(m->l3_len, l3);
	assert_int_equal(m->l4_len, l4);
	assert_int_equal(m->tso_segsz, SEGMENT);
	mbuf_free(m);
}

static void
test_sums(void **state)
{
	struct frame f;

	(void)state;
	head(&f, false, false, 6);
	frame_tcp(&f, 1, 2, 100);
	frame_finish(&f);
	check(&f, RTE_MBUF_F_RX_L4_CKSUM_NONE, RTE_MBUF_F_TX_TCP_CKSUM | RTE_MBUF_F_TX_IPV4, 14, 20, 20);
	head(&f, true, true, 6);
	frame_tcp(&f, 1, 2, 100);
	frame_finish(&f);
	check(&f, RTE_MBUF_F_RX_L4_CKSUM_NONE, RTE_MBUF_F_TX_TCP_CKSUM | RTE_MBUF_F_TX_IPV6, 18, 40, 20);
	head(&f, false, true, 17);
	frame_udp(&f, 1, 2, 100);
	frame_finish(&f);
	check(&f, RTE_MBUF_F_RX_L4_CKSUM_NONE, RTE_MBUF_F_TX_UDP_CKSUM | RTE_MBUF_F_TX_IPV6, 14, 40, 8);
}

static void
test_segments(void **state)
{
	struct frame f;

	(void)state;
	head(&f, false, false, 6);
	frame_tcp(&f, 1, 2, 1000);
	frame_finish(&f);
	check(&f, RTE_MBUF_F_RX_L4_CKSUM_NONE | RTE_MBUF_F_RX_LRO,
		RTE_MBUF_F_TX_TCP_SEG | RTE_MBUF_F_TX_TCP_CKSUM | RTE_MBUF_F_TX_IPV4, 14, 20, 20);
}

/* Finished frames, frames without a checksum that could be asked for, frames held by others. */
static void
test_left_alone(void **state)
{
	struct rte_mbuf *m;
	struct frame f;

	(void)state;
	head(&f, false, false, 6);
	frame_tcp(&f, 1, 2, 100);
	frame_finish(&f);
	check(&f, 0, 0, 0, 0, 0);
	check(&f, RTE_MBUF_F_RX_L4_CKSUM_GOOD, RTE_MBUF_F_RX_L4_CKSUM_GOOD, 0, 0, 0);
	check(&f, RTE_MBUF_F_RX_L4_CKSUM_BAD, RTE_MBUF_F_RX_L4_CKSUM_BAD, 0, 0, 0);
	m = mbuf_of(&f, 0);
	m->ol_flags = RTE_MBUF_F_RX_L4_CKSUM_NONE;
	rte_mbuf_refcnt_set(m, 2);
	offload_turn_round(&m, 1);
	assert_int_equal(m->ol_flags, RTE_MBUF_F_RX_L4_CKSUM_NONE);
	mbuf_free(m);

	head(&f, false, false, 1);
	frame_icmp(&f, 8, 0, 0, 50);
	frame_finish(&f);
	check(&f, RTE_MBUF_F_RX_L4_CKSUM_NONE, 0, 0, 0, 0);
	/* Cut off in the middle of its headers: no byte beyond it is looked at. */
	head(&f, false, false, 6);
	f.len -= 4;
	check(&f, RTE_MBUF_F_RX_L4_CKSUM_NONE, 0, 0, 0, 0);
}

static void
test_headers_across_segments(void **state)
{
	struct rte_mbuf *m;
	struct frame f;

	(void)state;
	head(&f, false, false, 6);
	frame_tcp(&f, 1, 2, 100);
	frame_finish(&f);
	m = mbuf_split(&f, 30, 0);
	m->ol_flags = RTE_MBUF_F_RX_L4_CKSUM_NONE;
	offload_turn_round(&m, 1);
	assert_int_equal(m->ol_flags, RTE_MBUF_F_TX_TCP_CKSUM | RTE_MBUF_F_TX_IPV4);
	assert_int_equal(m->l3_len, 20);
	mbuf_free(m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sums),
		cmocka_unit_test(test_segments),
		cmocka_unit_test(test_left_alone),
		cmocka_unit_test(test_headers_across_segments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
