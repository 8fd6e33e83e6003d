/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "link.h"

static struct dlo_prefix
prefix(const char *text)
{
	struct dlo_prefix p;

	assert_int_equal(dlo_prefix_parse(text, &p), 0);
	return p;
}

static void
assert_rule(const struct dlo_addr_rule *rule, const char *want, uint16_t owner)
{
	char text[DLO_PREFIX_STRLEN];

	assert_string_equal(dlo_prefix_format(&rule->prefix, text), want);
	assert_int_equal(rule->owner, owner);
}

static void
fill(struct dlo_conf_link *conf, struct link_dev *link)
{
	memset(conf, 0, sizeof(*conf));
	memset(link, 0, sizeof(*link));
	conf->ips[conf->nb_ips++] = prefix("198.18.0.1/15");
	conf->ips[conf->nb_ips++] = prefix("2001:2::1/48");
	link->host_addrs[link->nb_host_addrs++] = prefix("198.18.0.1/15");
	link->host_addrs[link->nb_host_addrs++] = prefix("192.0.2.9/24");
	link->host_addrs[link->nb_host_addrs++] = prefix("2001:2::1/48");
	link->host_addrs[link->nb_host_addrs++] = prefix("fe80::ff:fe00:1/64");
}

static void
rules(void **state)
{
	struct dlo_addr_rule r[16];
	struct dlo_conf_link conf;
	struct link_dev link;

	(void)state;
	fill(&conf, &link);
	assert_int_equal(link_addr_rules(&conf, &link, r, 16), 6);
	assert_rule(&r[0], "198.18.0.1/15", DLO_OWNER_PORT);
	assert_rule(&r[1], "2001:2::1/48", DLO_OWNER_PORT);
	assert_rule(&r[2], "198.18.0.1/32", DLO_OWNER_HOST);
	assert_rule(&r[3], "192.0.2.9/32", DLO_OWNER_HOST);
	assert_rule(&r[4], "2001:2::1/128", DLO_OWNER_HOST);
	assert_rule(&r[5], "fe80::ff:fe00:1/128", DLO_OWNER_HOST);
	r[3].owner = 99;
	assert_int_equal(link_addr_rules(&conf, &link, r, 3), 3);
	assert_int_equal(r[3].owner, 99);
	assert_int_equal(link_addr_rules(&conf, &link, r, 0), 0);
}

/* What the rules are for, through the table that the data path reads. */
static void
ownership(void **state)
{
	struct dlo_addr_rule r[16];
	struct dlo_addr_table *table;
	struct dlo_conf_link conf;
	struct link_dev link;

	(void)state;
	fill(&conf, &link);
	table = dlo_addr_table_create(r, link_addr_rules(&conf, &link, r, 16));
	assert_non_null(table);
#define OWNER4(text) dlo_addr_owner4(table, ({ uint32_t a; memcpy(&a, prefix(text).addr, 4); a; }))
#define OWNER6(text) dlo_addr_owner6(table, prefix(text).addr)
	assert_int_equal(OWNER4("198.18.0.1"), DLO_OWNER_HOST);
	assert_int_equal(OWNER4("198.18.0.2"), DLO_OWNER_PORT);
	assert_int_equal(OWNER4("198.19.255.254"), DLO_OWNER_PORT);
	assert_int_equal(OWNER4("198.19.255.255"), DLO_OWNER_NOBODY);
	assert_int_equal(OWNER4("198.18.0.0"), DLO_OWNER_NOBODY);
	assert_int_equal(OWNER4("192.0.2.9"), DLO_OWNER_HOST);
	assert_int_equal(OWNER4("192.0.2.10"), DLO_OWNER_NOBODY);
	assert_int_equal(OWNER6("2001:2::1"), DLO_OWNER_HOST);
	assert_int_equal(OWNER6("2001:2::2"), DLO_OWNER_PORT);
	assert_int_equal(OWNER6("2001:2::"), DLO_OWNER_NOBODY);
	assert_int_equal(OWNER6("fe80::ff:fe00:1"), DLO_OWNER_HOST);
	assert_int_equal(OWNER6("fe80::2"), DLO_OWNER_NOBODY);
	dlo_addr_table_free(table);
}

static void
peers(void **state)
{
	static const char *const rows[][2] = {
		{ "198.18.0.1/15", "198.18.0.2/32" },
		{ "198.18.0.2/15", "198.18.0.1/32" },
		{ "198.19.7.7/15", "198.18.0.1/32" },
		{ "10.0.0.6/30", "10.0.0.5/32" },
		{ "10.0.0.5/30", "10.0.0.6/32" },
		{ "10.0.0.0/31", "10.0.0.1/32" },
		{ "10.0.0.1/31", "10.0.0.0/32" },
		{ "2001:2::1/48", "2001:2::2/128" },
		{ "2001:2:0:5::9/64", "2001:2:0:5::1/128" },
		{ "2001:2::1/127", "2001:2::/128" },
	};
	char text[DLO_PREFIX_STRLEN];

	(void)state;
	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct dlo_prefix ip = prefix(rows[i][0]);
		struct dlo_prefix peer = link_peer(&ip);

		assert_string_equal(dlo_prefix_format(&peer, text), rows[i][1]);
	}
}

static void
mtu(void **state)
{
	struct dlo_conf_link conf = { 0 };

	(void)state;
	assert_int_equal(link_mtu(&conf, DLO_LINK_VTAP, true), 65521);
	assert_int_equal(link_mtu(&conf, DLO_LINK_VTAP, false), 1500);
	assert_int_equal(link_mtu(&conf, DLO_LINK_TAP, true), 1500);
	assert_int_equal(link_mtu(&conf, DLO_LINK_VIRTIO_USER, true), 1500);
	conf.mtu = 9000;
	assert_int_equal(link_mtu(&conf, DLO_LINK_VTAP, false), 9000);
	assert_int_equal(link_mtu(&conf, DLO_LINK_TAP, true), 9000);
}

static void
type_names(void **state)
{
	(void)state;
	assert_string_equal(link_type_name(DLO_LINK_AUTO), "auto");
	assert_string_equal(link_type_name(DLO_LINK_VTAP), "vtap");
	assert_string_equal(link_type_name(DLO_LINK_VIRTIO_USER), "virtio-user");
	assert_string_equal(link_type_name(DLO_LINK_TAP), "tap");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules),
		cmocka_unit_test(ownership),
		cmocka_unit_test(peers),
		cmocka_unit_test(mtu),
		cmocka_unit_test(type_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
