/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <rte_ip.h>

#include "frame/build.h"

/* DPDK's own checksum functions are the judge: summing valid data with its sum gives zero. */
static void
check(const struct dlo_build *spec, size_t size)
{
	uint8_t *frame = malloc(size);
	size_t l3 = spec->vlan != 0 ? 18 : 14;
	uint16_t good = spec->l4 == DLO_BUILD_TCP ? 0 : 0xffff; /* UDP never says zero */

	assert_int_equal(dlo_build_frame(frame, size, spec), size);
	if (spec->ipv6) {
		const struct rte_ipv6_hdr *ip = (const void *)(frame + l3);

		assert_int_equal(rte_ipv6_udptcp_cksum(ip, ip + 1), good);
		assert_int_equal(rte_be_to_cpu_16(ip->payload_len) + l3 + 40, size);
	} else {
		const struct rte_ipv4_hdr *ip = (const void *)(frame + l3);

		assert_int_equal(rte_ipv4_cksum(ip), 0);
		assert_int_equal(rte_ipv4_udptcp_cksum(ip, ip + 1), good);
		assert_int_equal(rte_be_to_cpu_16(ip->total_length) + l3, size);
	}
	free(frame);
}

static void
sums_are_right_at_every_size(void **state)
{
	(void)state;
	for (unsigned int kind = 0; kind < 8; kind++) {
		struct dlo_build spec = {
			.dst_mac = { 2, 0, 0, 0, 0, 2 },
			.src_mac = { 2, 0, 0, 0, 0, 1 },
			.vlan = kind & 4 ? 7 : 0,
			.ipv6 = kind & 2,
			.l4 = kind & 1 ? DLO_BUILD_TCP : DLO_BUILD_UDP,
			.src_ip = { 198, 18, 0, 1, 9, 9 },
			.dst_ip = { 198, 18, 0, 2, 7, 7 },
			.src_port = 1024,
			.dst_port = 7,
		};

		for (size_t size = dlo_build_min(&spec); size < 300; size++)
			check(&spec, size);
		check(&spec, 9600);
		check(&spec, 65549 + (spec.ipv6 ? 40 : 0) + (spec.vlan ? 4 : 0));
	}
}

static uint16_t
sum_of(const uint8_t *p, size_t len)
{
	return rte_raw_cksum(p, len);
}

static void
echo_requests_have_their_own_sums(void **state)
{
	struct dlo_build spec = { .l4 = DLO_BUILD_ICMP, .src_port = 77, .dst_port = 5,
		.src_ip = { 198, 18 }, .dst_ip = { 198, 19 } };
	uint8_t buf[512];

	(void)state;
	for (size_t size = dlo_build_min(&spec); size < sizeof(buf); size++) {
		assert_int_equal(dlo_build_frame(buf, size, &spec), size);
		assert_int_equal(buf[14 + 9], 1);
		assert_int_equal(buf[34], 8);
		assert_int_equal(buf[39], 77);
		assert_int_equal(sum_of(buf + 34, size - 34), 0xffff);
	}
	spec.ipv6 = true;
	for (size_t size = dlo_build_min(&spec); size < sizeof(buf); size++) {
		const struct rte_ipv6_hdr *ip = (const void *)(buf + 14);

		assert_int_equal(dlo_build_frame(buf, size, &spec), size);
		assert_int_equal(ip->proto, 58);
		assert_int_equal(buf[54], 128);
		assert_int_equal(rte_ipv6_udptcp_cksum(ip, ip + 1), 0);
	}
}

/* RFC 8762 4.2.1, RFC 8972 4: 44 bytes, then one Extra Padding TLV that fills the datagram. */
static void
stamp_is_laid_out_as_the_rfc_has_it(void **state)
{
	struct dlo_build spec = { .l4 = DLO_BUILD_STAMP, .src_port = 4000, .dst_port = 862 };
	struct dlo_build_layout layout;
	uint8_t buf[512];

	(void)state;
	dlo_build_layout(&spec, &layout);
	assert_int_equal(layout.payload, 14 + 20 + 8 + 44 + 4);
	for (size_t size = dlo_build_min(&spec); size < sizeof(buf); size++) {
		const struct rte_ipv4_hdr *ip = (const void *)(buf + 14);

		assert_int_equal(dlo_build_frame(buf, size, &spec), size);
		assert_int_equal(rte_ipv4_udptcp_cksum(ip, ip + 1), 0xffff);
		assert_int_equal(buf[42 + 13], 1);
		assert_int_equal(buf[42 + 45], 1);
		assert_int_equal(buf[42 + 46] << 8 | buf[42 + 47], size - layout.payload);
	}
}

/* ITU-T G.8013 9.3: common header, transaction identifier, Data TLV, End TLV. */
static void
loopback_message_ends_in_its_end_tlv(void **state)
{
	struct dlo_build spec = { .l4 = DLO_BUILD_LBM, .level = 5, .vlan = 9 };
	uint8_t buf[512];

	(void)state;
	for (size_t size = dlo_build_min(&spec); size < sizeof(buf); size++) {
		assert_int_equal(dlo_build_frame(buf, size, &spec), size);
		assert_int_equal(buf[16] << 8 | buf[17], 0x8902);
		assert_int_equal(buf[18], 5 << 5);
		assert_int_equal(buf[19], 3);
		assert_int_equal(buf[26], 3);
		assert_int_equal(29 + (buf[27] << 8 | buf[28]) + 1, size);
		assert_int_equal(buf[size - 1], 0);
	}
}

static void
impossible_sizes_are_refused(void **state)
{
	struct dlo_build spec = { .src_port = 1 };
	uint8_t *buf = calloc(1, 70000);

	(void)state;
	assert_int_equal(dlo_build_frame(buf, dlo_build_min(&spec) - 1, &spec), 0);
	assert_int_equal(dlo_build_frame(buf, 65550, &spec), 0);
	spec.ipv6 = true;
	assert_int_equal(dlo_build_frame(buf, 65590, &spec), 0);
	for (size_t i = 0; i < 70000; i++)
		assert_int_equal(i < 65590 ? 0 : buf[i], 0);
	free(buf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sums_are_right_at_every_size),
		cmocka_unit_test(echo_requests_have_their_own_sums),
		cmocka_unit_test(stamp_is_laid_out_as_the_rfc_has_it),
		cmocka_unit_test(loopback_message_ends_in_its_end_tlv),
		cmocka_unit_test(impossible_sizes_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
