/* SPDX-License-Identifier: BSD-3-Clause */
/* The rules of --steer: what is read, and what is refused with which words. */
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <arpa/inet.h>
#include <cmocka.h>

#include "conf/conf.h"
#include "steer/rule.h"

static struct dlo_steer_rule rules[DLO_STEER_RULES_MAX];
static unsigned int nb;
static char err[DLO_STEER_ERR];

static const struct dlo_steer_rule *
read_one(const char *text)
{
	nb = 0;
	if (dlo_steer_parse(text, rules, &nb, err) != 0)
		fail_msg("'%s': %s", text, err);
	assert_int_equal(nb, 1);
	return &rules[0];
}

static void
refused(const char *text, const char *words)
{
	nb = 1;
	memset(rules, 0x5a, sizeof(rules));
	if (dlo_steer_parse(text, rules, &nb, err) == 0)
		fail_msg("'%s' is taken", text);
	if (strstr(err, words) == NULL)
		fail_msg("'%s': '%s' does not say '%s'", text, err, words);
	assert_int_equal(nb, 1);
	assert_int_equal(rules[1].want, 0x5a5a5a5a);
}

static void
ports(void **state)
{
	const struct dlo_steer_rule *r = read_one("udp port 862");

	(void)state;
	assert_int_equal(r->want, DLO_STEER_PROTO | DLO_STEER_PORT);
	assert_int_equal(r->proto, 17);
	assert_int_equal(r->src_port.first, 862);
	assert_int_equal(r->dst_port.last, 862);
	r = read_one("  tcp   dst portrange 8000-8010 and src port 0 ");
	assert_int_equal(r->want, DLO_STEER_PROTO | DLO_STEER_DST_PORT | DLO_STEER_SRC_PORT);
	assert_int_equal(r->dst_port.first, 8000);
	assert_int_equal(r->dst_port.last, 8010);
	assert_int_equal(r->src_port.last, 0);
	r = read_one("ip6 sctp port 65535");
	assert_int_equal(r->want, DLO_STEER_TYPE | DLO_STEER_PROTO | DLO_STEER_PORT);
	assert_int_equal(r->type, 0x86dd);
	refused("udp port 65536", "'65536' is no port");
	refused("udp port -1", "'-1' is no port");
	refused("udp port", "'' is no port");
	refused("portrange 9-8", "'9-8' is no range");
	refused("portrange 9", "'9' is no range");
	refused("udp port 1 and port 2", "twice");
	refused("udp port 1 and dst port 2", "twice");
	refused("icmp and port 2", "ICMP has no ports");
	refused("arp and port 2", "no ports");
}

static void
addresses(void **state)
{
	const struct dlo_steer_rule *r = read_one("dst net 192.0.2.9/24");
	struct in6_addr a;

	(void)state;
	assert_int_equal(r->want, DLO_STEER_TYPE | DLO_STEER_DST_ADDR);
	assert_int_equal(r->type, 0x0800);
	assert_int_equal(r->dst.addr[0], htonl(0xc0000200));
	assert_int_equal(r->dst.mask[0], htonl(0xffffff00));
	r = read_one("udp and src host 2001:db8::1");
	assert_int_equal(r->want, DLO_STEER_TYPE | DLO_STEER_PROTO | DLO_STEER_SRC_ADDR);
	inet_pton(AF_INET6, "2001:db8::1", &a);
	assert_memory_equal(r->src.addr, &a, 16);
	assert_int_equal(r->src.mask[3], UINT32_MAX);
	r = read_one("host 192.0.2.1");
	assert_int_equal(r->want, DLO_STEER_TYPE | DLO_STEER_ADDR);
	assert_memory_equal(&r->src, &r->dst, sizeof(r->src));
	r = read_one("net 0.0.0.0/0");
	assert_int_equal(r->src.mask[0], 0);
	refused("host 192.0.2.0/24", "is no address");
	refused("net 192.0.2.0/33", "is no network");
	refused("host nowhere", "'nowhere' is no address");
	refused("ip and host 2001:db8::1", "0x0800 and 0x86dd");
	refused("src host 192.0.2.1 and dst host 2001:db8::1", "0x0800 and 0x86dd");
	refused("src host 192.0.2.1 and host 192.0.2.2", "twice");
}

static void
ethernet(void **state)
{
	const struct dlo_steer_rule *r = read_one("ether dst 02:00:00:00:00:0A and vlan 7");

	(void)state;
	assert_int_equal(r->want, DLO_STEER_DST_MAC | DLO_STEER_VLAN);
	assert_true(r->dst_mac == UINT64_C(0x02000000000a));
	assert_int_equal(r->vlan, 7);
	assert_int_equal(read_one("ether host 02:00:00:00:00:01")->want, DLO_STEER_MAC);
	assert_int_equal(read_one("ether src host 02:00:00:00:00:01")->want, DLO_STEER_SRC_MAC);
	r = read_one("ether proto 0x8902");
	assert_int_equal(r->want, DLO_STEER_TYPE);
	assert_int_equal(r->type, 0x8902);
	refused("ether proto 46", "'46' is no EtherType");
	refused("ether proto 0x10000", "is no EtherType");
	refused("ether dst 02:00:00:00:00", "is no MAC address");
	refused("ether dst 02:00:00:00:00:00:01", "is no MAC address");
	refused("ether", "'' is no MAC address");
	refused("vlan 4096", "is no VLAN");
	refused("vlan 1 and vlan 2", "twice");
	refused("ether proto 0x8902 and udp", "no IP protocol");
}

static void
sentences(void **state)
{
	(void)state;
	nb = 0;
	assert_int_equal(dlo_steer_parse("udp port 1 or tcp port 2 or arp", rules, &nb, err), 0);
	assert_int_equal(nb, 3);
	assert_int_equal(rules[1].proto, 6);
	assert_int_equal(dlo_steer_parse("vlan 5", rules, &nb, err), 0);
	assert_int_equal(nb, 4);
	refused("", "empty");
	refused("   ", "empty");
	refused("udp or", "empty");
	refused("or udp", "'or' is not understood");
	refused("udp and", "missing at the end");
	refused("and udp", "'and' is not understood");
	refused("udp port 1 host 192.0.2.1", "missing before 'host'");
	refused("not udp", "'not' is not understood");
	refused("(udp)", "'(udp)' is not understood");
	refused("src", "missing at the end");
	nb = DLO_STEER_RULES_MAX;
	assert_int_not_equal(dlo_steer_parse("udp", rules, &nb, err), 0);
	nb = DLO_STEER_RULES_MAX - 1;
	assert_int_equal(dlo_steer_parse("udp", rules, &nb, err), 0);
}

/* As an option: rules add up, and are a port's own. */
static void
option(void **state)
{
	const struct dlo_conf_port_facts facts = { .name = "net_af_xdp1", .driver = "net_af_xdp" };
	static struct dlo_conf conf;
	static struct dlo_conf_port port;
	char why[DLO_CONF_ERR];

	(void)state;
	dlo_conf_init(&conf);
	assert_int_equal(dlo_conf_set(&conf, "steer", "udp port 1", why), 0);
	assert_int_equal(dlo_conf_set(&conf, "steer", "udp port 2", why), 0);
	dlo_conf_resolve(&conf, &facts, &port);
	assert_int_equal(port.steer.nb_rules, 2);
	assert_int_equal(dlo_conf_set(&conf, "steer", "arp@net_af_xdp1", why), 0);
	dlo_conf_resolve(&conf, &facts, &port);
	assert_int_equal(port.steer.nb_rules, 1);
	assert_int_equal(port.steer.rules[0].type, 0x0806);
	assert_int_equal(dlo_conf_set(&conf, "steer", "udp prt 1", why), -EINVAL);
	assert_non_null(strstr(why, "--steer: 'udp prt 1': 'prt'"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ports),
		cmocka_unit_test(addresses),
		cmocka_unit_test(ethernet),
		cmocka_unit_test(sentences),
		cmocka_unit_test(option),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
