/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <string.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>

#include "address/address.h"
#include "address/prefix.h"

static struct dlo_addr_rule
rule(const char *text, uint16_t owner)
{
	struct dlo_addr_rule r = { .owner = owner };

	assert_int_equal(dlo_prefix_parse(text, &r.prefix), 0);
	return r;
}

static uint16_t
owner(const struct dlo_addr_table *t, const char *text)
{
	uint8_t addr[16];
	uint32_t addr4;

	if (inet_pton(AF_INET, text, &addr4) == 1)
		return dlo_addr_owner4(t, addr4);
	assert_int_equal(inet_pton(AF_INET6, text, addr), 1);
	return dlo_addr_owner6(t, addr);
}

static void
prefixes_are_read_and_written(void **state)
{
	static const struct {
		const char *in, *out;
	} good[] = {
		{ "198.18.0.1/15", "198.18.0.1/15" },
		{ "10.0.0.1", "10.0.0.1/32" },
		{ "0.0.0.0/0", "0.0.0.0/0" },
		{ "2001:2::1/48", "2001:2::1/48" },
		{ "2001:2:0:0:0:0:0:1", "2001:2::1/128" },
		{ "::/0", "::/0" },
		{ "::ffff:1.2.3.4", "::ffff:1.2.3.4/128" },
	};
	static const char *const bad[] = {
		"", "/", "/24", "10.0.0.1/", "10.0.0.1/33", "10.0.0.1/-1", "10.0.0.1/+1",
		"10.0.0.1/ 1", "10.0.0.1/1 ", "10.0.0.1/08", "10.0.0.1/24/24", "10.0.0",
		"10.0.0.256",
		" 10.0.0.1", "::1/129", "::1/0128", "::1%lo", "2001:2:::1", "host",
		"10.0.0.1/999999999999999999999",
		"1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc:dddd:eeee",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		char buf[DLO_PREFIX_STRLEN];
		struct dlo_prefix p;

		assert_int_equal(dlo_prefix_parse(good[i].in, &p), 0);
		assert_string_equal(dlo_prefix_format(&p, buf), good[i].out);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct dlo_prefix p, untouched;

		memset(&p, 0xa5, sizeof(p));
		memset(&untouched, 0xa5, sizeof(untouched));
		if (dlo_prefix_parse(bad[i], &p) != -EINVAL)
			fail_msg("\"%s\" was taken for a prefix", bad[i]);
		assert_memory_equal(&p, &untouched, sizeof(p));
	}
}

static void
longest_text_fits(void **state)
{
	struct dlo_prefix p = { .family = 6, .len = 128 };
	char buf[DLO_PREFIX_STRLEN];

	(void)state;
	memset(p.addr, 0xfe, sizeof(p.addr));
	assert_string_equal(dlo_prefix_format(&p, buf),
		"fefe:fefe:fefe:fefe:fefe:fefe:fefe:fefe/128");
}

static void
prefixes_contain_and_overlap(void **state)
{
	struct dlo_prefix a, b, c, all, six;

	(void)state;
	assert_int_equal(dlo_prefix_parse("198.18.0.1/15", &a), 0);
	assert_int_equal(dlo_prefix_parse("198.19.255.255/32", &b), 0);
	assert_int_equal(dlo_prefix_parse("198.20.0.0/32", &c), 0);
	assert_int_equal(dlo_prefix_parse("0.0.0.0/0", &all), 0);
	assert_int_equal(dlo_prefix_parse("::/0", &six), 0);
	assert_true(dlo_prefix_contains(&a, 4, b.addr));
	assert_false(dlo_prefix_contains(&a, 4, c.addr));
	assert_false(dlo_prefix_contains(&six, 4, c.addr));
	assert_true(dlo_prefix_contains(&all, 4, c.addr));
	assert_true(dlo_prefix_overlaps(&a, &b));
	assert_true(dlo_prefix_overlaps(&b, &a));
	assert_false(dlo_prefix_overlaps(&a, &c));
	assert_true(dlo_prefix_overlaps(&all, &c));
	assert_false(dlo_prefix_overlaps(&all, &six));
}

static void
empty_table_owns_nothing(void **state)
{
	struct dlo_addr_table *t = dlo_addr_table_create(NULL, 0);

	(void)state;
	assert_non_null(t);
	assert_int_equal(owner(t, "0.0.0.0"), DLO_OWNER_NOBODY);
	assert_int_equal(owner(t, "198.18.0.2"), DLO_OWNER_NOBODY);
	assert_int_equal(owner(t, "255.255.255.255"), DLO_OWNER_NOBODY);
	assert_int_equal(owner(t, "2001:2::2"), DLO_OWNER_NOBODY);
	assert_int_equal(owner(t, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), DLO_OWNER_NOBODY);
	dlo_addr_table_free(t);
	dlo_addr_table_free(NULL);
}

/* The host link's rules: the prefixes are ours, one address in each is the host's. */
static void
link_rules(void **state)
{
	const struct dlo_addr_rule rules[] = {
		rule("198.18.0.1", DLO_OWNER_HOST),
		rule("198.18.0.1/15", DLO_OWNER_PORT),
		rule("2001:2::1/48", DLO_OWNER_PORT),
		rule("2001:2::1", DLO_OWNER_HOST),
	};
	struct dlo_addr_table *t = dlo_addr_table_create(rules, 4);

	(void)state;
	assert_non_null(t);
	assert_int_equal(owner(t, "198.17.255.255"), DLO_OWNER_NOBODY);
	assert_int_equal(owner(t, "198.18.0.0"), DLO_OWNER_NOBODY);
	assert_int_equal(owner(t, "198.18.0.1"), DLO_OWNER_HOST);
	assert_int_equal(owner(t, "198.18.0.2"), DLO_OWNER_PORT);
	assert_int_equal(owner(t, "198.19.255.254"), DLO_OWNER_PORT);
	assert_int_equal(owner(t, "198.19.255.255"), DLO_OWNER_NOBODY);
	assert_int_equal(owner(t, "198.20.0.0"), DLO_OWNER_NOBODY);
	assert_int_equal(owner(t, "2001:1:ffff:ffff:ffff:ffff:ffff:ffff"), DLO_OWNER_NOBODY);
	assert_int_equal(owner(t, "2001:2::"), DLO_OWNER_NOBODY);
	assert_int_equal(owner(t, "2001:2::1"), DLO_OWNER_HOST);
	assert_int_equal(owner(t, "2001:2::2"), DLO_OWNER_PORT);
	assert_int_equal(owner(t, "2001:2:0:ffff:ffff:ffff:ffff:ffff"), DLO_OWNER_PORT);
	assert_int_equal(owner(t, "2001:2:1::"), DLO_OWNER_NOBODY);
	dlo_addr_table_free(t);
}

static void
later_of_equals_and_specials(void **state)
{
	const struct dlo_addr_rule rules[] = {
		rule("0.0.0.0/0", DLO_OWNER_PORT),
		rule("::/0", DLO_OWNER_PORT),
		rule("10.0.0.0/24", DLO_OWNER_LOOPBACK + 1),
		rule("10.0.0.0/24", DLO_OWNER_LOOPBACK + 2),
		rule("10.0.0.255/32", DLO_OWNER_LOOPBACK + 3),
		rule("10.0.1.0/31", DLO_OWNER_LOOPBACK + 4),
		rule("2001:db8::/127", DLO_OWNER_LOOPBACK + 5),
		rule("127.0.0.1", DLO_OWNER_PORT),
	};
	struct dlo_addr_table *t = dlo_addr_table_create(rules, 8);

	(void)state;
	assert_non_null(t);
	assert_int_equal(owner(t, "10.0.0.0"), DLO_OWNER_NOBODY);
	assert_int_equal(owner(t, "10.0.0.7"), DLO_OWNER_LOOPBACK + 2);
	/* A rule for the one address beats the broadcast of the prefix around it. */
	assert_int_equal(owner(t, "10.0.0.255"), DLO_OWNER_LOOPBACK + 3);
	/* RFC 3021: both addresses of a /31 are hosts; RFC 6164 for a /127. */
	assert_int_equal(owner(t, "10.0.1.0"), DLO_OWNER_LOOPBACK + 4);
	assert_int_equal(owner(t, "10.0.1.1"), DLO_OWNER_LOOPBACK + 4);
	assert_int_equal(owner(t, "10.0.1.2"), DLO_OWNER_PORT);
	assert_int_equal(owner(t, "2001:db8::"), DLO_OWNER_LOOPBACK + 5);
	assert_int_equal(owner(t, "2001:db8::1"), DLO_OWNER_LOOPBACK + 5);
	assert_int_equal(owner(t, "2001:db8::2"), DLO_OWNER_PORT);
	assert_int_equal(owner(t, "0.0.0.0"), DLO_OWNER_NOBODY);
	assert_int_equal(owner(t, "126.255.255.255"), DLO_OWNER_PORT);
	assert_int_equal(owner(t, "127.0.0.1"), DLO_OWNER_NOBODY);
	assert_int_equal(owner(t, "127.255.255.255"), DLO_OWNER_NOBODY);
	assert_int_equal(owner(t, "128.0.0.0"), DLO_OWNER_PORT);
	assert_int_equal(owner(t, "224.0.0.1"), DLO_OWNER_NOBODY);
	assert_int_equal(owner(t, "239.255.255.255"), DLO_OWNER_NOBODY);
	assert_int_equal(owner(t, "255.255.255.255"), DLO_OWNER_NOBODY);
	assert_int_equal(owner(t, "::"), DLO_OWNER_NOBODY);
	assert_int_equal(owner(t, "::1"), DLO_OWNER_NOBODY);
	assert_int_equal(owner(t, "::2"), DLO_OWNER_PORT);
	assert_int_equal(owner(t, "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), DLO_OWNER_PORT);
	assert_int_equal(owner(t, "ff02::1"), DLO_OWNER_NOBODY);
	dlo_addr_table_free(t);
}

/* Against the definition itself, on a small world: 10.0.0.0/24 and random rules inside it. */
static void
agrees_with_the_definition(void **state)
{
	uint32_t seed = 12345;

	(void)state;
	for (int round = 0; round < 300; round++) {
		struct dlo_addr_rule rules[12];
		unsigned int nb = round % 13;
		struct dlo_addr_table *t;

		for (unsigned int i = 0; i < nb; i++) {
			seed = seed * 1103515245 + 12345;
			rules[i] = (struct dlo_addr_rule){
				.prefix = { .family = 4, .len = 24 + (seed >> 8) % 9,
					.addr = { 10, 0, 0, seed >> 16 } },
				.owner = 100 + i,
			};
		}
		t = dlo_addr_table_create(rules, nb);
		assert_non_null(t);
		for (unsigned int last = 0; last < 256; last++) {
			uint8_t addr[4] = { 10, 0, 0, last };
			uint32_t addr4;
			uint16_t want = DLO_OWNER_NOBODY;
			int best = -1;

			for (unsigned int i = 0; i < nb; i++) {
				const struct dlo_prefix *p = &rules[i].prefix;
				unsigned int mask = 0xff >> (p->len - 24);

				if (!dlo_prefix_contains(p, 4, addr) || p->len < best)
					continue;
				best = p->len;
				want = rules[i].owner;
				if (p->len <= 30 && ((last & mask) == 0 || (last & mask) == mask))
					want = DLO_OWNER_NOBODY;
			}
			memcpy(&addr4, addr, 4);
			assert_int_equal(dlo_addr_owner4(t, addr4), want);
		}
		dlo_addr_table_free(t);
	}
}

/* Inside the block one owner, and no larger one would do. */
static void
blocks(void **state)
{
	static const struct {
		const char *addr;
		uint8_t len;
	} want[] = {
		{ "198.51.100.1", 32 }, /* a single address */
		{ "198.51.100.0", 32 },
		{ "198.51.100.2", 31 },
		{ "198.51.100.9", 29 },
		{ "198.51.101.1", 24 },
		{ "11.0.0.1", 1 },
		{ "223.255.255.255", 4 },
		{ "225.1.1.1", 3 },
		{ "2001:db8::1", 128 },
		{ "2001:db8::2", 127 },
		{ "2001:db8::9", 125 },
		{ "2001:db9::", 32 },
		{ "3000::", 4 },
	};
	struct dlo_addr_rule rules[] = {
		rule("198.51.100.1", DLO_OWNER_LOOPBACK),
		rule("2001:db8::1", DLO_OWNER_LOOPBACK),
	};
	struct dlo_addr_table *t = dlo_addr_table_create(rules, 2);

	(void)state;
	assert_non_null(t);
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		uint8_t addr[16], got;
		uint32_t addr4;

		if (inet_pton(AF_INET, want[i].addr, &addr4) == 1) {
			got = dlo_addr_block4(t, addr4);
		} else {
			assert_int_equal(inet_pton(AF_INET6, want[i].addr, addr), 1);
			got = dlo_addr_block6(t, addr);
		}
		if (got != want[i].len)
			fail_msg("%s: /%u instead of /%u", want[i].addr, got, want[i].len);
	}
	dlo_addr_table_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks),
		cmocka_unit_test(prefixes_are_read_and_written),
		cmocka_unit_test(longest_text_fits),
		cmocka_unit_test(prefixes_contain_and_overlap),
		cmocka_unit_test(empty_table_owns_nothing),
		cmocka_unit_test(link_rules),
		cmocka_unit_test(later_of_equals_and_specials),
		cmocka_unit_test(agrees_with_the_definition),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
