/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "overlap.h"

static struct host_net
net(const char *text, bool is_addr)
{
	struct host_net n = { .is_addr = is_addr, .ifname = "eth0" };

	assert_int_equal(dlo_prefix_parse(text, &n.prefix), 0);
	return n;
}

static void
pairs(void **state)
{
	static const struct {
		const char *mine;
		const char *host;
		bool is_addr;
		enum overlap want;
	} rows[] = {
		/* addresses of the host */
		{ "198.18.0.1/15", "198.19.255.254/24", true, OVERLAP_ADDRESS },
		{ "198.18.0.1/15", "198.20.0.1/24", true, OVERLAP_NONE },
		{ "198.18.0.1/15", "198.18.0.1/32", true, OVERLAP_ADDRESS },
		{ "10.64.0.1/24", "10.0.0.5/8", true, OVERLAP_HIDES },
		{ "10.64.0.1/24", "10.64.0.200/8", true, OVERLAP_ADDRESS },
		{ "10.64.0.1/24", "11.0.0.5/8", true, OVERLAP_NONE },
		{ "2001:2::1/48", "2001:2:0:ffff::9/64", true, OVERLAP_ADDRESS },
		{ "2001:2::1/48", "2001:2:1::9/64", true, OVERLAP_NONE },
		{ "2001:2:0:1::1/64", "2001:2::9/32", true, OVERLAP_HIDES },
		{ "2001:2::1/48", "198.18.0.1/15", true, OVERLAP_NONE },
		/* routes */
		{ "198.18.0.1/15", "198.18.0.0/15", false, OVERLAP_ROUTE },
		{ "198.18.0.1/15", "198.19.4.0/22", false, OVERLAP_ROUTE },
		{ "198.18.0.1/15", "198.19.4.1/32", false, OVERLAP_ROUTE },
		{ "198.18.0.1/15", "198.0.0.0/8", false, OVERLAP_NONE },
		{ "198.18.0.1/15", "0.0.0.0/0", false, OVERLAP_NONE },
		{ "198.18.0.1/15", "198.20.0.0/15", false, OVERLAP_NONE },
		{ "2001:2::1/48", "2001:2::/48", false, OVERLAP_ROUTE },
		{ "2001:2::1/48", "2001::/16", false, OVERLAP_NONE },
		{ "2001:2::1/48", "::/0", false, OVERLAP_NONE },
		{ "2001:2::1/48", "198.18.0.0/15", false, OVERLAP_NONE },
	};

	(void)state;
	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct host_net host = net(rows[i].host, rows[i].is_addr);
		const struct host_net *which = NULL;
		struct dlo_prefix mine;
		enum overlap o;

		assert_int_equal(dlo_prefix_parse(rows[i].mine, &mine), 0);
		o = overlap_check(&mine, &host, 1, &which);
		if (o != rows[i].want)
			fail_msg("%s against %s: %d", rows[i].mine, rows[i].host, o);
		assert_ptr_equal(which, o != OVERLAP_NONE ? &host : NULL);
	}
}

static void
worst_is_named(void **state)
{
	struct host_net nets[] = { net("198.18.0.0/16", false), net("198.18.3.4/24", true),
		net("0.0.0.0/0", false), net("198.19.0.0/16", false) };
	const struct host_net *which = NULL;
	struct dlo_prefix mine;

	(void)state;
	assert_int_equal(dlo_prefix_parse("198.18.0.1/15", &mine), 0);
	assert_int_equal(overlap_check(&mine, nets, 4, &which), OVERLAP_ADDRESS);
	assert_ptr_equal(which, &nets[1]);
	assert_int_equal(overlap_check(&mine, nets, 0, &which), OVERLAP_NONE);
}

static void
assert_free(uint8_t family, const struct host_net *nets, unsigned int nb, const char *want)
{
	char text[DLO_PREFIX_STRLEN];
	struct dlo_prefix p;

	assert_int_equal(overlap_free_prefix(family, nets, nb, &p), 0);
	assert_string_equal(dlo_prefix_format(&p, text), want);
}

static void
largest_free_part(void **state)
{
	struct host_net nets[] = { net("198.18.7.1/24", true), net("198.19.0.0/16", false),
		net("2001:2:0:8000::/64", false), net("192.0.2.1/24", true),
		net("198.51.100.0/24", false), net("203.0.113.128/25", false) };

	(void)state;
	assert_free(4, NULL, 0, "198.18.0.1/15");
	assert_free(6, NULL, 0, "2001:2::1/48");
	assert_free(4, nets, 1, "198.19.0.1/16");
	assert_free(4, nets, 2, "198.18.128.1/17");
	assert_free(6, nets, 3, "2001:2::1/49");
	/* As another dpdk-lo has it. */
	nets[0] = net("198.18.0.1/15", true);
	nets[2] = net("2001:2::1/48", true);
	assert_free(4, nets, 3, "192.0.2.1/24");
	assert_free(6, nets, 3, "fdd1:19:8180::1/48");
	assert_free(4, nets, 4, "198.51.100.1/24");
	assert_free(4, nets, 5, "203.0.113.1/24");
	assert_free(4, nets, 6, "172.16.0.1/24");
	nets[1] = net("172.16.0.9/24", true);
	assert_free(4, nets, 6, "172.16.1.1/24");
	nets[1] = net("172.16.0.9/12", true);
	assert_free(4, nets, 6, "10.0.0.1/24");
}

static void
none_left(void **state)
{
	struct host_net nets[] = { net("198.18.0.1/15", true), net("172.16.0.1/12", true),
		net("10.0.0.1/8", true), net("192.0.2.1/24", true), net("198.51.100.1/24", true),
		net("203.0.113.1/24", true) };
	struct dlo_prefix p = { .family = 9 };

	(void)state;
	assert_int_equal(overlap_free_prefix(4, nets, 6, &p), -ENOENT);
	assert_int_equal(p.family, 9);
	assert_int_equal(overlap_free_prefix(5, NULL, 0, &p), -ENOENT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pairs),
		cmocka_unit_test(worst_is_named),
		cmocka_unit_test(largest_free_part),
		cmocka_unit_test(none_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
