/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <stdint.h>
#include <cmocka.h>

#include "conf/option.h"

static struct dlo_conf conf;
static char err[DLO_CONF_ERR];

static int
setup(void **state)
{
	(void)state;
	dlo_conf_init(&conf);
	err[0] = '\0';
	return 0;
}

/* want: NULL for a good value, else what the sentence must hold. */
static const struct row {
	const char *option;
	const char *value;
	const char *want;
} rows[] = {
	{ "mode", "wire", NULL },
	{ "mode", "l4", NULL },
	{ "mode", "ip@net_ring0", NULL },
	{ "mode", "mac@0000:01:00.0", NULL },
	{ "mode", "foo", "--mode: unknown mode 'foo'; known: wire, mac, ip, l4" },
	{ "mode", "", "empty, expected MODE" },
	{ "mode", NULL, "--mode: needs a value: MODE" },
	{ "mode", "@net_ring0", "empty, expected MODE" },
	{ "mode", "mac@", "no port name after '@'" },
	{ "mode", "mac@a@b", "unknown mode 'mac@a'" },
	{ "mode", "MAC", "unknown mode 'MAC'" },
	{ "mode", "mac ", "unknown mode 'mac '" },
	{ "mode", "mac\n\033[2J", "unknown mode 'mac??[2J'" },
	{ "mode", "mac@0123456789012345678901234567890123456789012345678901234567890123",
		"64 bytes long, at most 63" },
	{ "accept", "own", NULL },
	{ "accept", "any@net_null0", NULL },
	{ "accept", "all", "--accept: unknown rule 'all'; known: own, unicast, any" },
	{ "guards", "on", NULL },
	{ "guards", "off@x", NULL },
	{ "guards", "1", "unknown state '1'; known: off, on" },
	{ "loop-guard", "on@x", NULL },
	{ "loop-guard", "off", NULL },
	{ "tx-retry", "0", NULL },
	{ "tx-retry", "50us@x", NULL },
	{ "tx-retry", "10ms", NULL },
	{ "tx-retry", "11ms", "'11ms' is not a time such as 1ms or 200us, up to 10ms" },
	{ "tx-retry", "5", "'5' is not a time such as 1ms or 200us, up to 10ms" },
	{ "loop-guard", "maybe", "unknown state 'maybe'; known: off, on" },
	{ "duplicate-check", "off@x", NULL },
	{ "duplicate-check", "yield@x", NULL },
	{ "duplicate-check", "maybe", "unknown state 'maybe'; known: off, on, yield" },
	{ "filter", "udp port 862 and not host 192.0.2.1", NULL },
	{ "filter", "ip6@x", NULL },
	{ "filter", "", "the value is empty" },
	{ "unmatched", "host", NULL },
	{ "unmatched", "drop@x", NULL },
	{ "unmatched", "pass", "unknown fate 'pass'; known: drop, host" },
	{ "loopback", "lo0=192.0.2.1", NULL },
	{ "loopback", "lo0=192.0.2.1/32,name=loopback,lo1=2001:db8::1", NULL },
	{ "loopback", "lo0=192.0.2.1,name=loopback,shut,lo1=2001:db8::1", NULL },
	{ "loopback", "shut", "neither loN=ADDRESS" },
	{ "loopback", "lo0=192.0.2.1,shut=yes", "neither loN=ADDRESS" },
	{ "loopback", "192.0.2.1", "neither loN=ADDRESS" },
	{ "loopback", "lo=192.0.2.1", "neither loN=ADDRESS" },
	{ "loopback", "name=x,lo0=192.0.2.1", "neither loN=ADDRESS" },
	{ "loopback", "lo0=192.0.2.1/24", "a loopback is one address: /32" },
	{ "loopback", "lo0=127.0.0.1", "not a unicast address" },
	{ "loopback", "lo0=fe80::1", "not a unicast address" },
	{ "loopback", "lo0=::1", "not a unicast address" },
	{ "loopback", "lo0=192.0.2.1,lo1=192.0.2.1", "is lo0 already" },
	{ "loopback", "lo0=192.0.2.1,name=a b", "not a host name" },
	{ "loopback", "lo0=192.0.2.1,name=localhost", "belongs to the host itself" },
	{ "hosts", NULL, NULL },
	{ "hosts", "/tmp/hosts", NULL },
	{ "hosts", "", "the value is empty" },
	{ "address", "192.0.2.1", NULL },
	{ "address", "192.0.2.1/24,2001:db8::/64@net_ring0", NULL },
	{ "address", "192.0.2.256", "'192.0.2.256' is not an IPv4 or IPv6 address" },
	{ "address", "192.0.2.1/33", "'192.0.2.1/33' is not" },
	{ "address", "192.0.2.1,", "an item of the list is empty" },
	{ "address", "ip=192.0.2.1", "'ip' is not an IPv4 or IPv6" },
	{ "address", "0.0.0.0/0", "not an address of anybody" },
	{ "address", "::", "not an address of anybody" },
	{ "address", "127.0.0.1", "loopback" },
	{ "address", "::1", "loopback" },
	{ "address", "224.0.0.1", "not a unicast" },
	{ "address", "255.255.255.255", "not a unicast" },
	{ "address", "ff02::1", "not a unicast" },
	{ "address", "10.0.0.0/7", "wider than /8" },
	{ "address", "2001:db8::/15", "wider than /16" },
	{ "answer", "arp", NULL },
	{ "answer", "arp,icmp@p", NULL },
	{ "answer", "all", NULL },
	{ "answer", "none", NULL },
	{ "answer", "arp,dns", "--answer: unknown answer 'dns'; known: arp, nd, icmp, udp-echo, "
		"sbfd, stamp, oam, all, none" },
	{ "answer", "all,arp", "'all' stands alone" },
	{ "answer", "arp,none", "'none' stands alone" },
	{ "answer", ",arp", "empty" },
	{ "answer", "arp=1", "by name alone" },
	{ "answer", "udp-echo,arp", NULL },
	{ "answer", "udp_echo", "unknown answer 'udp_echo'" },
	{ "allow", "10.0.0.0/8", NULL },
	{ "allow", "0.0.0.0/0,::/0", NULL },
	{ "allow", "10.0.0.0/33", "'10.0.0.0/33' is not an IPv4 or IPv6" },
	{ "allow", "a=10.0.0.1", "'a' is not an IPv4 or IPv6" },
	{ "allow", "10.0.0.1@p0", "'10.0.0.1@p0' is not" },
	{ "answer-rate", "0", NULL },
	{ "answer-rate", "1000000000", NULL },
	{ "answer-rate", "1000000001", "from 0 to 1000000000" },
	{ "answer-rate", "fast", "not a whole number" },
	{ "udp-echo", "port=7", NULL },
	{ "udp-echo", "port=65535,low-ports@p0", NULL },
	{ "udp-echo", "low-ports", NULL },
	{ "udp-echo", "7", "unknown key '7'; known: port, low-ports" },
	{ "udp-echo", "port=0", "from 1 to 65535" },
	{ "udp-echo", "port=65536", "from 1 to 65535" },
	{ "udp-echo", "port=7,port=8", "given twice" },
	{ "udp-echo", "low-ports=1", "takes no value" },
	{ "localhost", NULL, NULL },
	{ "localhost", "all", NULL },
	{ "localhost", "off", NULL },
	{ "localhost", "tcp:8080,udp:53", NULL },
	{ "localhost", "tcp:65535", NULL },
	{ "localhost", "", "--localhost: the value is empty" },
	{ "localhost", "on", "'on' is neither 'all' nor 'off' nor a port such as tcp:8080" },
	{ "localhost", "tcp:80,all", "'all' is neither" },
	{ "localhost", "tcp:80,,udp:53", "an item of the list is empty" },
	{ "localhost", "sctp:80", "unknown protocol 'sctp'; known: tcp, udp" },
	{ "localhost", "tcp:0", "'0' is not a whole number from 1 to 65535" },
	{ "localhost", "udp:65536", "from 1 to 65535" },
	{ "localhost", "udp:", "from 1 to 65535" },
	{ "localhost", "tcp=80", "'tcp=': ports are written as tcp:8080" },
	{ "latency", NULL, NULL },
	{ "latency", "on", "--latency: takes no value" },
	{ "impair", "delay=1ms", NULL },
	{ "impair", "delay=1ms,jitter=200us,loss=0.1%,dup=0.01%,reorder=0.1%,rate=100mbit,seed=7", NULL },
	{ "impair", "delay=1.5s,extent=3,reorder=100%,queue=10ms,rate=1kbit,limit=1@localhost", NULL },
	{ "impair", "loss=0.000001%@net_ring0", NULL },
	{ "impair", "off@net_ring0", NULL },
	{ "impair", NULL, "needs a value" },
	{ "impair", "delay=0ms", "nothing is made worse" },
	{ "impair", "seed=7", "nothing is made worse" },
	{ "impair", "delay=1", "'1' is not a time such as 1ms" },
	{ "impair", "delay=-1ms", "'-1ms' is not a time" },
	{ "impair", "delay=1.2.3ms", "is not a time" },
	{ "impair", "delay=.5ms", "is not a time" },
	{ "impair", "delay=101s", "is not a time" },
	{ "impair", "delay=ms", "is not a time" },
	{ "impair", "delay=inf", "is not a time" },
	{ "impair", "delay=1ms,delay=2ms", "given twice" },
	{ "impair", "delay=1ms,jitter=1.1ms", "jitter= is more than delay=" },
	{ "impair", "jitter=1ms", "jitter= is more than delay=" },
	{ "impair", "loss=0.1", "'0.1' is not a share such as 0.1%" },
	{ "impair", "loss=101%", "is not a share" },
	{ "impair", "loss=0.00000001%", "less than can be drawn" },
	{ "impair", "rate=100", "is not a rate such as 100mbit" },
	{ "impair", "rate=999bit", "is not a rate" },
	{ "impair", "rate=1001gbit", "is not a rate" },
	{ "impair", "loss=1%,extent=2", "needs reorder=" },
	{ "impair", "loss=1%,queue=2ms", "needs rate=" },
	{ "impair", "reorder=1%,extent=0", "from 1 to 1000" },
	{ "impair", "loss=1%,limit=0", "from 1 to 1048576" },
	{ "impair", "loss=1%,seed=18446744073709551616", "not a whole number" },
	{ "impair", "lose=1%", "unknown key 'lose'; known: delay, jitter, loss, dup, reorder" },
	{ "impair", "loss=1%,off", "unknown key 'off'" },
	{ "udp-echo", "port=7784", "port 7784 belongs to BFD" },
	{ "sbfd", "discriminator=1", NULL },
	{ "sbfd", "discriminator=4294967295,admin-down@p0", NULL },
	{ "sbfd", "discriminator=0", "from 1 to 4294967295" },
	{ "sbfd", "discriminator=4294967296", "from 1 to 4294967295" },
	{ "sbfd", "admin-down", "no discriminator=N" },
	{ "sbfd", "discriminator", "needs a value" },
	{ "steer", "udp dst port 862 or ether proto 0x8902", NULL },
	{ "steer", "vlan 7 and src net 2001:db8::/32@p0", NULL },
	{ "steer", "udp prt 862", "'prt' is not understood" },
	{ "stamp", "port=862", NULL },
	{ "stamp", "stateful,ptp,same-port@p0", NULL },
	{ "stamp", "port=0", "from 1 to 65535" },
	{ "stamp", "port=3785", "port 3785 belongs to BFD" },
	{ "stamp", "stateful=1", "takes no value" },
	{ "stamp", "key-file", "needs a value" },
	{ "stamp", "key-file=/no/such", "key file '/no/such' cannot be read: No such file" },
	{ "stamp", "key-file=/dev/null", "has 0 bytes, give it 16 to 64" },
	{ "stamp", "key-file=/dev/zero", "'/dev/zero' holds more than a key of 64 bytes" },
	{ "stamp", "tlv-hmac", "needs a key, add key-file=FILE" },
	{ "oam", "level=0", NULL },
	{ "oam", "level=7,mep=8191,vlan=4094@p0", NULL },
	{ "oam", "level=8", "from 0 to 7" },
	{ "oam", "mep=0", "from 1 to 8191" },
	{ "oam", "mep=8192", "from 1 to 8191" },
	{ "oam", "vlan=4095", "from 1 to 4094" },
	{ "oam", "level", "needs a value" },
	{ "link", NULL, NULL },
	{ "link", "dlo0", NULL },
	{ "link", "type=auto", NULL },
	{ "link", "x.y-z_1,type=virtio-user,ip=10.1.0.1/16,ip=fd00::1/64,mtu=1500", NULL },
	{ "link", "a,mac=02:00:00:00:00:FF,queues=64,mtu=65521,ip=10.0.0.0/31", NULL },
	{ "link", "", "--link: the value is empty" },
	{ "link", "0123456789abcdef", "16 bytes long, at most 15" },
	{ "link", "a b", "'a b' is not an interface name" },
	{ "link", "a/b", "not an interface name" },
	{ "link", "a%d", "not an interface name" },
	{ "link", "lo", "'lo' belongs to the kernel" },
	{ "link", "..", "'..' belongs to the kernel" },
	{ "link", "dlo0,foo=1", "unknown key 'foo'; known: type, ip, mtu, mac, queues" },
	{ "link", "dlo0,mtu", "key 'mtu' needs a value: mtu=..." },
	{ "link", "dlo0,mtu=", "no value after 'mtu='" },
	{ "link", "dlo0,,mtu=1500", "empty" },
	{ "link", "dlo0,mtu=67", "'67' is not a whole number from 68 to 65521" },
	{ "link", "dlo0,mtu=65522", "from 68 to 65521" },
	{ "link", "dlo0,mtu=1500,mtu=1500", "key 'mtu' is given twice" },
	{ "link", "type=kni", "unknown type 'kni'; known: auto, vtap, virtio-user, tap" },
	{ "link", "queues=0", "from 1 to 64" },
	{ "link", "queues=65", "from 1 to 64" },
	{ "link", "mac=01:00:00:00:00:01", "not a unicast Ethernet address" },
	{ "link", "mac=00:00:00:00:00:00", "not a unicast Ethernet address" },
	{ "link", "mac=02:00:00:00:00:0g", "not a unicast Ethernet address" },
	{ "link", "mac=02-00-00-00-00-01", "not a unicast Ethernet address" },
	{ "link", "mac=02:00:00:00:00:01:02", "not a unicast Ethernet address" },
	{ "link", "ip=10.0.0.1", "needs a prefix length from /8 to /31" },
	{ "link", "ip=fd00::1", "needs a prefix length from /16 to /127" },
	{ "link", "ip=198.18.0.0/15", "is the address of the network itself" },
	{ "link", "ip=198.19.255.255/15", "is the address of the network itself" },
	{ "link", "ip=fd00::/64", "is the address of the network itself" },
	{ "link", "ip=fe80::1/64", "not a unicast address that the host can have" },
	{ "link", "ip=127.0.0.2/8", "not a unicast address that the host can have" },
	{ "link", "ip=10.0.0.1/33", "is not an IPv4 or IPv6" },
	{ "inject", "0", NULL },
	{ "inject", "256,kind=mix,size=1500,flows=16", NULL },
	{ "inject", "1048576,file=a=b.pcap", NULL },
	{ "inject", "42,kind=udp4,size=42", NULL },
	{ "inject", "-1", "'-1' is not a whole number from 0 to 1048576" },
	{ "inject", "1x", "'1x' is not a whole number" },
	{ "inject", "0x10", "'0x10' is not a whole number" },
	{ "inject", " 1", "' 1' is not a whole number" },
	{ "inject", "1048577", "from 0 to 1048576" },
	{ "inject", "99999999999999999999999", "from 0 to 1048576" },
	{ "inject", "kind=udp4", "the number of frames comes first" },
	{ "inject", "1,2", "unknown key '2'" },
	{ "inject", "1,kind", "key 'kind' needs a value" },
	{ "inject", "1,kind=sctp", "unknown kind 'sctp'" },
	{ "inject", "1,size=41", "from 42 to 9600" },
	{ "inject", "1,size=9601", "from 42 to 9600" },
	{ "inject", "1,kind=tcp6,size=73", "the headers of kind 'tcp6' need 74" },
	{ "inject", "1,flows=0", "from 1 to 65536" },
	{ "inject", "1,flows=1,flows=2", "key 'flows' is given twice" },
	{ "inject", "1,file=x,size=64", "file= takes frames as they are" },
	{ "capture", "x.pcapng", NULL },
	{ "capture", "a=b,port=0000:01:00.0,filter=ip[0] & 0xf = 5,drops", NULL },
	{ "capture", "", "empty" },
	{ "capture", ",drops", "the file name is empty" },
	{ "capture", "x,drops=1", "key 'drops' takes no value" },
	{ "capture", "x,port", "key 'port' needs a value" },
	{ "capture", "x,filter=", "no value after 'filter='" },
	{ "capture", "x,drops,drops", "key 'drops' is given twice" },
	{ "capture", "x,snap=3", "unknown key 'snap'; known: port, filter, drops" },
	{ "stats", "1", NULL },
	{ "stats", "0.5", NULL },
	{ "stats", "0", NULL },
	{ "stats", "0.01", "'0.01' is not a number of seconds, 0 or from 0.1 to 31536000" },
	{ "stats", "-1", "'-1' is not a number of seconds" },
	{ "stats", "inf", "'inf' is not a number of seconds" },
	{ "stats", "nan", "'nan' is not a number of seconds" },
	{ "stats", "1e3", "'1e3' is not a number of seconds" },
	{ "stats", ".", "'.' is not a number of seconds" },
	{ "stats", "1,5", "'1,5' is not a number of seconds" },
	{ "json", "report.json", NULL },
	{ "json", "", "--json: the value is empty, expected FILE" },
	{ "idle", "spin", NULL },
	{ "idle", "adaptive", NULL },
	{ "idle", "sleep", "unknown policy 'sleep'; known: spin, adaptive" },
	{ "sandbox", "on", NULL },
	{ "sandbox", "off", NULL },
	{ "sandbox", "maybe", "unknown state 'maybe'; known: off, on" },
	{ "duration", "10", NULL },
	{ "duration", "10s", "'10s' is not a number of seconds" },
	{ "duration", "31536001", "to 31536000" },
	{ "count", "18446744073709551615", NULL },
	{ "count", "18446744073709551616", "from 0 to 18446744073709551615" },
	{ "count", "+1", "'+1' is not a whole number" },
	{ "exit-when-idle", "0.25", NULL },
	{ "exit-when-idle", "soon", "'soon' is not a number of seconds" },
	{ "config", "dlo.ini", NULL },
	{ "config", "", "empty" },
};

/* A wrong value says what the row wants, in one sentence, and changes nothing at all. */
static void
values(void **state)
{
	static struct dlo_conf before;

	(void)state;
	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *r = &rows[i];
		int rc;

		setup(NULL);
		memcpy(&before, &conf, sizeof(conf));
		rc = dlo_conf_set(&conf, r->option, r->value, err);
		if (rc != (r->want == NULL ? 0 : -EINVAL))
			fail_msg("--%s '%s': returned %d, said '%s'", r->option,
				r->value != NULL ? r->value : "(none)", rc, err);
		if (r->want == NULL)
			continue;
		if (strstr(err, r->want) == NULL)
			fail_msg("--%s '%s' said '%s', not '%s'", r->option,
				r->value != NULL ? r->value : "(none)", err, r->want);
		assert_int_equal(strncmp(err, "--", 2), 0);
		assert_null(strchr(err, '\n'));
		assert_memory_equal(&before, &conf, sizeof(conf));
	}
}

/* Whoever adds an option adds a good and a bad value above. */
static void
every_option_has_rows(void **state)
{
	(void)state;
	for (const struct dlo_option *o = dlo_options; o->name != NULL; o++) {
		unsigned int good = 0, bad = 0;

		for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			if (strcmp(rows[i].option, o->name) == 0)
				*(rows[i].want == NULL ? &good : &bad) += 1;
		}
		if (good == 0 || bad == 0)
			fail_msg("--%s has %u good and %u bad values in this "
				"test", o->name, good, bad);
	}
}

static void
table_is_sound(void **state)
{
	uint32_t bits = 0;

	(void)state;
	for (const struct dlo_option *o = dlo_options; o->name != NULL; o++) {
		assert_ptr_equal(dlo_option_by_name(o->name), o);
		assert_non_null(o->set);
		assert_non_null(o->group);
		assert_non_null(o->help);
		assert_null(strchr(o->help, '\n'));
		assert_int_equal(bits & o->port_bit, 0);
		bits |= o->port_bit;
	}
	assert_null(dlo_option_by_name("mod"));
	assert_int_equal(dlo_conf_set(&conf, "mod", "l4", err), -ENOENT);
	assert_string_equal(err, "--mod: no such option, see --help");
}

static void
set_ok(const char *option, const char *value)
{
	if (dlo_conf_set(&conf, option, value, err) != 0)
		fail_msg("--%s %s: %s", option, value != NULL ? value : "(none)", err);
}

static void
defaults(void **state)
{
	static const struct {
		const char *driver;
		const char *ifname;
		enum dlo_mode mode;
		enum dlo_accept accept;
		bool guards;
	} want[] = {
		{ "net_ring", NULL, DLO_MODE_L4, DLO_ACCEPT_UNICAST, true },
		{ "net_pcap", NULL, DLO_MODE_L4, DLO_ACCEPT_UNICAST, true },
		{ "net_memif", NULL, DLO_MODE_L4, DLO_ACCEPT_UNICAST, true },
		{ "net_vhost", NULL, DLO_MODE_L4, DLO_ACCEPT_UNICAST, true },
		{ "net_virtio_user", NULL, DLO_MODE_L4, DLO_ACCEPT_UNICAST, true },
		{ "net_virtio_user", "dlo0", DLO_MODE_IP, DLO_ACCEPT_OWN, true },
		{ "net_vtap", "dlo0", DLO_MODE_IP, DLO_ACCEPT_OWN, true },
		{ "net_null", NULL, DLO_MODE_L4, DLO_ACCEPT_ANY, false },
		{ "net_af_xdp", NULL, DLO_MODE_L4, DLO_ACCEPT_OWN, true },
		{ "net_ixgbe", NULL, DLO_MODE_L4, DLO_ACCEPT_OWN, true },
		{ NULL, NULL, DLO_MODE_L4, DLO_ACCEPT_OWN, true },
	};
	struct dlo_conf_port port;

	(void)state;
	for (unsigned int i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		dlo_conf_resolve(&conf,
			&(struct dlo_conf_port_facts){ "p0", want[i].driver, want[i].ifname },
				&port);
		assert_int_equal(port.set, 0);
		assert_int_equal(port.mode, want[i].mode);
		assert_int_equal(port.accept, want[i].accept);
		assert_int_equal(port.guards, want[i].guards);
		assert_int_equal(port.answers, 1 << DLO_ANSWER_ARP | 1 << DLO_ANSWER_ND |
			1 << DLO_ANSWER_ICMP);
		assert_int_equal(port.nb_addresses, 0);
	}
	assert_false(conf.link.wanted);
	assert_string_equal(conf.link.name, "dlo0");
	assert_int_equal(conf.link.nb_ips, 2);
	assert_int_equal(conf.inject.count, 0);
	assert_int_equal(conf.idle, DLO_IDLE_DEFAULT);
	assert_int_equal(dlo_conf_validate(&conf, err), 0);
}

static void
named_over_general_over_default(void **state)
{
	const struct dlo_conf_port_facts null0 = { "net_null0", "net_null", NULL };
	const struct dlo_conf_port_facts link = { "net_vtap_dlo0", "net_vtap", "dlo0" };
	const struct dlo_conf_port_facts memif0 = { "net_memif0", "net_memif", NULL };
	struct dlo_conf_port port;

	(void)state;
	set_ok("mode", "wire");
	set_ok("mode", "mac@net_null0");
	set_ok("guards", "on@net_null0");
	set_ok("answer", "none");
	set_ok("answer", "icmp@dlo0");
	set_ok("tx-retry", "1.5ms@dlo0");
	set_ok("address", "192.0.2.1");
	set_ok("address", "192.0.2.2");
	set_ok("address", "192.0.2.3/32,2001:db8::/64@net_vtap_dlo0");
	set_ok("address", "192.0.2.4@net_vtap_dlo0");

	dlo_conf_resolve(&conf, &null0, &port);
	assert_int_equal(port.mode, DLO_MODE_MAC);
	assert_true(port.guards);
	assert_int_equal(port.accept, DLO_ACCEPT_ANY);
	assert_int_equal(port.answers, 0);
	assert_int_equal(port.tx_retry_ns, 10000);
	assert_int_equal(port.nb_addresses, 2);
	assert_int_equal(port.addresses[1].addr[3], 2);
	assert_int_equal(port.set, DLO_CONF_MODE | DLO_CONF_GUARDS | DLO_CONF_ANSWER |
		DLO_CONF_ADDRESS);

	dlo_conf_resolve(&conf, &link, &port);
	assert_int_equal(port.mode, DLO_MODE_WIRE);
	assert_int_equal(port.tx_retry_ns, 1500000);
	assert_int_equal(port.answers, 1 << DLO_ANSWER_ICMP);
	assert_int_equal(port.nb_addresses, 3);
	assert_int_equal(port.addresses[0].addr[3], 3);
	assert_int_equal(port.addresses[1].family, 6);

	/* Where there is a network both are on, unless frames are to go round. */
	assert_false(port.loop_guard || port.duplicate_check);
	dlo_conf_resolve(&conf, &null0, &port);
	assert_false(port.loop_guard || port.duplicate_check);
	dlo_conf_resolve(&conf, &memif0, &port);
	assert_true(port.loop_guard && port.duplicate_check);
	set_ok("inject", "1");
	dlo_conf_resolve(&conf, &memif0, &port);
	assert_false(port.loop_guard || port.duplicate_check);
	set_ok("duplicate-check", "on");
	dlo_conf_resolve(&conf, &memif0, &port);
	assert_true(port.duplicate_check);
	dlo_conf_resolve(&conf, &link, &port);
	assert_false(port.duplicate_check);
	set_ok("loop-guard", "on");
	dlo_conf_resolve(&conf, &memif0, &port);
	assert_true(port.loop_guard);
	dlo_conf_resolve(&conf, &link, &port);
	assert_false(port.loop_guard);

	/* On the link a filter holds only where it is asked for. */
	set_ok("filter", "udp");
	set_ok("unmatched", "host");
	assert_true(conf.link.wanted);
	dlo_conf_resolve(&conf, &null0, &port);
	assert_string_equal(port.filter, "udp");
	assert_true(port.unmatched_to_host);
	dlo_conf_resolve(&conf, &link, &port);
	assert_string_equal(port.filter, "");
	assert_false(port.unmatched_to_host);
	set_ok("filter", "tcp@dlo0");
	dlo_conf_resolve(&conf, &link, &port);
	assert_string_equal(port.filter, "tcp");
}

static void
values_arrive(void **state)
{
	(void)state;
	set_ok("link", "x0,type=tap,ip=10.1.0.1/16,ip=fd00::1/64,mtu=1400,mac=02:00:00:00:aB:01,"
		"queues=4");
	assert_true(conf.link.wanted);
	assert_string_equal(conf.link.name, "x0");
	assert_int_equal(conf.link.type, DLO_LINK_TAP);
	assert_int_equal(conf.link.nb_ips, 2);
	assert_int_equal(conf.link.ips[0].addr[0], 10);
	assert_int_equal(conf.link.ips[0].len, 16);
	assert_int_equal(conf.link.ips[1].family, 6);
	assert_int_equal(conf.link.mtu, 1400);
	assert_true(conf.link.has_mac);
	assert_memory_equal(conf.link.mac, "\x02\0\0\0\xab\x01", 6);
	assert_int_equal(conf.link.queues, 4);
	assert_false(dlo_conf_carries(&conf));
	set_ok("localhost", NULL);
	assert_true(conf.localhost.all && dlo_conf_carries(&conf));
	set_ok("localhost", "tcp:8080,udp:53");
	assert_true(!conf.localhost.all && dlo_conf_carries(&conf));
	assert_int_equal(conf.localhost.nb_ports, 2);
	assert_int_equal(conf.localhost.ports[0].proto, DLO_CONF_TCP);
	assert_int_equal(conf.localhost.ports[0].port, 8080);
	assert_int_equal(conf.localhost.ports[1].proto, DLO_CONF_UDP);
	assert_int_equal(conf.localhost.ports[1].port, 53);
	set_ok("localhost", "off");
	assert_false(dlo_conf_carries(&conf));

	/* A later --link starts from the defaults again. */
	set_ok("link", NULL);
	assert_string_equal(conf.link.name, "dlo0");
	assert_int_equal(conf.link.nb_ips, 2);
	assert_int_equal(conf.link.mtu, 0);
	assert_false(conf.link.has_mac);

	set_ok("inject", "7,kind=tcp6");
	assert_int_equal(conf.inject.count, 7);
	assert_int_equal(conf.inject.kind, DLO_INJECT_TCP6);
	assert_int_equal(conf.inject.size, 74);
	assert_int_equal(conf.inject.flows, 1);
	set_ok("inject", "8,flows=3,size=128");
	assert_int_equal(conf.inject.kind, DLO_INJECT_UDP4);
	assert_int_equal(conf.inject.size, 128);
	assert_int_equal(conf.inject.flows, 3);
	set_ok("inject", "8,file=a=b.pcap");
	assert_string_equal(conf.inject.file, "a=b.pcap");

	set_ok("capture", "a=b,port=p0,filter=ip[0] = 5,drops");
	assert_string_equal(conf.capture.file, "a=b");
	assert_string_equal(conf.capture.port, "p0");
	assert_string_equal(conf.capture.filter, "ip[0] = 5");
	assert_true(conf.capture.drops);

	set_ok("stats", "2.25");
	assert_true(conf.stats_s > 2.2499 && conf.stats_s < 2.2501);
	set_ok("duration", "10");
	assert_true(conf.duration_s == 10);
	set_ok("exit-when-idle", ".5");
	assert_true(conf.exit_when_idle_s == 0.5);
	set_ok("count", "18446744073709551615");
	assert_true(conf.count == UINT64_MAX);
	set_ok("idle", "spin");
	assert_int_equal(conf.idle, DLO_IDLE_SPIN);
	set_ok("json", "j");
	assert_string_equal(conf.json, "j");
	set_ok("answer", "all");
	assert_int_equal(conf.all.answers, (1 << DLO_ANSWER_MAX) - 1);
	assert_int_equal(conf.answer_rate, 1000000);
	set_ok("answer-rate", "5");
	assert_int_equal(conf.answer_rate, 5);
	assert_int_equal(conf.nb_allow, 0);
	set_ok("allow", "10.0.0.0/8");
	set_ok("allow", "2001:db8::/32,192.0.2.1");
	assert_int_equal(conf.nb_allow, 3);
	assert_int_equal(conf.allow[1].family, 6);
	assert_int_equal(conf.allow[2].len, 32);
}

static void
limits(void **state)
{
	char value[80];

	(void)state;
	for (int i = 0; i < DLO_CONF_PORTS_MAX; i++) {
		snprintf(value, sizeof(value), "mac@p%d", i);
		set_ok("mode", value);
	}
	set_ok("mode", "ip@p0");
	assert_int_equal(dlo_conf_set(&conf, "mode", "mac@x", err), -EINVAL);
	assert_non_null(strstr(err, "at most 64 ports"));
	for (int i = 0; i < DLO_CONF_ADDRESSES_MAX; i++) {
		snprintf(value, sizeof(value), "192.0.2.%d", i);
		set_ok("address", value);
	}
	assert_int_equal(dlo_conf_set(&conf, "address", "192.0.2.99", err), -EINVAL);
	assert_non_null(strstr(err, "at most 64 addresses"));
	assert_int_equal(conf.all.nb_addresses, DLO_CONF_ADDRESSES_MAX);
}

static void
unknown_ports(void **state)
{
	static const char *const names[] = { "net_ring0", "dlo0" };

	(void)state;
	assert_null(dlo_conf_unknown_port(&conf, NULL, 0));
	set_ok("mode", "ip@dlo0");
	set_ok("mode", "ip@net_ring0");
	assert_null(dlo_conf_unknown_port(&conf, names, 2));
	assert_string_equal(dlo_conf_unknown_port(&conf, names, 1), "dlo0");
	set_ok("capture", "f,port=net_ring1");
	assert_string_equal(dlo_conf_unknown_port(&conf, names, 2), "net_ring1");
}

/* Settings of an answer switch it on, where they are given; --answer says the rest. */
static void
settings_want_their_answer(void **state)
{
	const struct dlo_conf_port_facts p0 = { "p0", "net_ring", NULL };
	const struct dlo_conf_port_facts p1 = { "p1", "net_ring", NULL };
	struct dlo_conf_port port;

	(void)state;
	set_ok("answer", "arp");
	set_ok("udp-echo", "port=7007@p0");
	dlo_conf_resolve(&conf, &p0, &port);
	assert_int_equal(port.answers, 1 << DLO_ANSWER_ARP | 1 << DLO_ANSWER_UDP_ECHO);
	assert_int_equal(port.udp_echo.port, 7007);
	assert_false(port.udp_echo.low_ports);
	dlo_conf_resolve(&conf, &p1, &port);
	assert_int_equal(port.answers, 1 << DLO_ANSWER_ARP);
	assert_int_equal(port.udp_echo.port, 7);
	set_ok("udp-echo", "low-ports");
	dlo_conf_resolve(&conf, &p1, &port);
	assert_int_equal(port.answers, 1 << DLO_ANSWER_ARP | 1 << DLO_ANSWER_UDP_ECHO);
	assert_int_equal(port.udp_echo.port, 7);
	assert_true(port.udp_echo.low_ports);
	set_ok("sbfd", "discriminator=7,admin-down@p1");
	dlo_conf_resolve(&conf, &p1, &port);
	assert_int_equal(port.answers, 1 << DLO_ANSWER_ARP | 1 << DLO_ANSWER_UDP_ECHO |
		1 << DLO_ANSWER_SBFD);
	assert_int_equal(port.sbfd.discriminator, 7);
	assert_true(port.sbfd.admin_down);
	assert_int_equal(port.stamp.port, 862);
	assert_int_equal(port.oam.mep, 1);
	set_ok("stamp", "port=4000,stateful,ptp@p1");
	set_ok("oam", "level=5,mep=9,vlan=3");
	dlo_conf_resolve(&conf, &p1, &port);
	assert_true(port.stamp.port == 4000 && port.stamp.stateful && port.stamp.ptp);
	assert_true(port.oam.level == 5 && port.oam.mep == 9 && port.oam.vlan == 3);
	assert_int_equal(port.answers >> DLO_ANSWER_STAMP, 3);
	dlo_conf_resolve(&conf, &p0, &port);
	assert_int_equal(port.answers >> DLO_ANSWER_STAMP, 2);
}

static mode_t key_mode = 0600;

/* Set --stamp by a key file of this content. */
static int
set_key(const char *content, size_t len)
{
	char file[] = "/tmp/dlo-test-key-XXXXXX", value[64];
	int fd = mkstemp(file), rc;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, content, len), len);
	assert_int_equal(fchmod(fd, key_mode), 0);
	close(fd);
	snprintf(value, sizeof(value), "key-file=%s,tlv-hmac", file);
	rc = dlo_conf_set(&conf, "stamp", value, err);
	unlink(file);
	return rc;
}

static void
keys_are_text_or_hex(void **state)
{
	static const char text[] = "sixteen bytes ok";
	static const char hex[] = "hex:000102030405060708090a0b0c0d0eFF";
	char longest[66];

	(void)state;
	memset(longest, 'x', sizeof(longest));
	assert_int_equal(set_key(text, 16), 0);
	assert_int_equal(conf.all.stamp.key_len, 16);
	assert_memory_equal(conf.all.stamp.key, text, 16);
	assert_true(conf.all.stamp.tlv_hmac);
	assert_false(conf.all.stamp.key_is_open);
	key_mode = 0644;
	assert_int_equal(set_key(text, 16), 0);
	assert_true(conf.all.stamp.key_is_open);
	key_mode = 0640;
	assert_int_equal(set_key(text, 16), 0);
	assert_false(conf.all.stamp.key_is_open);
	/* The line break behind it is the editor's. */
	assert_int_equal(set_key("sixteen bytes ok\n", 17), 0);
	assert_int_equal(conf.all.stamp.key_len, 16);
	assert_int_equal(set_key(hex, sizeof(hex) - 1), 0);
	assert_int_equal(conf.all.stamp.key_len, 16);
	assert_int_equal(conf.all.stamp.key[14], 14);
	assert_int_equal(conf.all.stamp.key[15], 255);
	assert_int_equal(set_key(longest, 64), 0);
	assert_int_equal(conf.all.stamp.key_len, 64);
	assert_int_equal(set_key(longest, 65), -EINVAL);
	assert_non_null(strstr(err, "has 65 bytes, give it 16 to 64"));
	assert_int_equal(set_key(text, 15), -EINVAL);
	assert_int_equal(set_key(hex, sizeof(hex) - 2), -EINVAL);
	assert_non_null(strstr(err, "ends in half a byte"));
	assert_int_equal(set_key("hex:000102030405060708090a0b0c0d0e0g", 36), -EINVAL);
	assert_non_null(strstr(err, "something else than hex digits"));
	/* What was set before stays. */
	assert_int_equal(conf.all.stamp.key_len, 64);
}

static void
contradictions(void **state)
{
	static const struct {
		const char *options[2][2];
		const char *want;
	} cases[] = {
		{ { { "link", "ip=10.0.0.1/8,ip=10.1.0.1/16" } }, "10.0.0.1/8 and ip=10.1.0.1/16 "
			"overlap" },
		{ { { "link", "ip=fd00::1/64,ip=10.0.0.1/8,ip=fd00::2/64" } }, "overlap" },
		{ { { "link", "mtu=1279" } }, "--link: mtu=1279 is too small for 2001:2::1/48" },
		{ { { "link", "mtu=1279,ip=10.0.0.1/8" } }, NULL },
		{ { { "link", "mtu=1280" } }, NULL },
		{ { { "link", NULL }, { "address", "198.18.0.1" } },
			"--address: 198.18.0.1/32 is the host's own address on dlo0" },
		{ { { "link", NULL }, { "address", "2001:2::1/128@p" } }, "is the host's own" },
		{ { { "link", NULL }, { "address", "198.18.0.1/15" } }, NULL },
		{ { { "loopback", "lo0=198.18.0.9" } }, "lies in 198.18.0.1/15 of the host link" },
		{ { { "loopback", "lo0=192.0.2.9" } }, NULL },
		{ { { "link", "dlo0,ip=10.0.0.1/8" }, { "loopback", "lo0=2001:db8::1" } },
			"needs an IPv6 address on the host link" },
		{ { { "address", "198.18.0.1" } }, NULL },
		{ { { "localhost", NULL }, { "link", "type=tap" } }, "--localhost: goes with a link of "
			"type vtap alone" },
		{ { { "localhost", "tcp:80" }, { "link", "type=virtio-user" } }, "--localhost: goes" },
		{ { { "localhost", "tcp:80" }, { "link", "type=vtap" } }, NULL },
		{ { { "localhost", "off" }, { "link", "type=tap" } }, NULL },
		{ { { "unmatched", "host" } }, "without --filter every frame matches" },
		{ { { "unmatched", "host" }, { "filter", "udp@net_ring0" } }, NULL },
		{ { { "unmatched", "host@dlo0" }, { "filter", "udp" } }, "is the host's own end" },
		{ { { "capture", "x" }, { "json", "x" } }, "--capture and --json name the same "
			"file 'x'" },
		{ { { "capture", "x" }, { "inject", "1,file=x" } }, "name the same file" },
		{ { { "json", "x" }, { "config", "x" } }, "name the same file" },
		{ { { "inject", "1,file=x" }, { "config", "y" } }, NULL },
	};

	(void)state;
	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int rc;

		setup(NULL);
		for (unsigned int k = 0; k < 2 && cases[i].options[k][0] != NULL; k++)
			set_ok(cases[i].options[k][0], cases[i].options[k][1]);
		rc = dlo_conf_validate(&conf, err);
		assert_int_equal(rc, cases[i].want == NULL ? 0 : -EINVAL);
		if (cases[i].want != NULL && strstr(err, cases[i].want) == NULL)
			fail_msg("case %u said '%s', not '%s'", i, err, cases[i].want);
	}
}

/* Read a config file of this content. The name is left in path. */
static char path[] = "/tmp/dlo-test-conf-XXXXXX";

#define FILE_MAX (1 << 20)

static int
read_text(const char *text, size_t len)
{
	int fd, rc;

	strcpy(path + sizeof(path) - 7, "XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), len);
	close(fd);
	rc = dlo_conf_read_file(&conf, path, err);
	unlink(path);
	return rc;
}

static void
file_good(void **state)
{
	static const char text[] =
		"# a comment = with an equals sign\n"
		"; another\n"
		"[dpdk-lo]\r\n"
		"mode = mac ; as a bridge\n"
		"  stats=1.5\n"
		"link =\n"
		"capture = a\\;b,drops\n"
		"address = 192.0.2.1,192.0.2.2\n"
		"\n"
		"[port 0000:01:00.0] ; the first\n"
		"mode = ip\n"
		"guards = off\n"
		"[port net_ring0]\n"
		"accept = any";

	(void)state;
	if (read_text(text, sizeof(text) - 1) != 0)
		fail_msg("%s", err);
	assert_string_equal(conf.config, path);
	assert_int_equal(conf.all.mode, DLO_MODE_MAC);
	assert_int_equal(conf.all.nb_addresses, 2);
	assert_true(conf.stats_s == 1.5);
	assert_true(conf.link.wanted);
	assert_string_equal(conf.capture.file, "a;b");
	assert_int_equal(conf.nb_ports, 2);
	assert_string_equal(conf.ports[0].name, "0000:01:00.0");
	assert_int_equal(conf.ports[0].port.mode, DLO_MODE_IP);
	assert_false(conf.ports[0].port.guards);
	assert_int_equal(conf.ports[1].port.accept, DLO_ACCEPT_ANY);
}

static void
file_bad(void **state)
{
	static const struct {
		const char *text;
		const char *want;
	} cases[] = {
		{ "[dpdk-lo]\nmode = foo\n", ": line 2: [dpdk-lo]: mode: unknown mode 'foo'" },
		{ "[dpdk-lo]\nmoode = ip\n", ": line 2: [dpdk-lo]: moode: no such key" },
		{ "[dpdk-lo]\nmode = ip\nmode = ip\n", ": line 3: [dpdk-lo]: mode: given twice" },
		{ "# mode = x\n\n[port a]\n  mode=ip\n[ dpdk-lo ]\nmodes = 1\n", ": line 6: [dpdk-lo]: modes: " },
		{ "[dpdk-lo]\nloopback = lo0=192.0.2.1\n ;loopback = x\nloopback\t= x\n",
			": line 4: [dpdk-lo]: loopback: " },
		{ "[dpdk-lo]\r\nmode = mac\r\nmode = foo\r\n", ": line 3: [dpdk-lo]: mode: given twice" },
		{ "[dpdk-lo]\r\nmode = m\xe4""c\r\n", ": line 2: [dpdk-lo]: mode: unknown mode 'm\xe4""c'" },
		{ "\xef\xbb\xbf[dpdk-lo]\nmode = ip\n", ": line 1: a byte order mark" },
		{ "[dpdk-lo]\nmode = ip@p0\n", "unknown mode 'ip@p0'" },
		{ "[dpdk-lo]\nmode =\n", "mode: the value is empty" },
		{ "[dpdk-lo]\nconfig = x\n", "config: a config file cannot name another" },
		{ "[dpdk-lo]\nmode ip\n", ": line 2: neither 'key = value' nor [section]" },
		{ "[dpdk-lo]\n; ok\nmode ; = ip\n", ": line 3: neither" },
		{ "[dpdk-lo]\n= ip\n", ": line 2: no key before '='" },
		{ "[dpdk-lo\n", ": line 1: ']' is missing" },
		{ "[dpdk;lo]\n", ": line 1: ']' is missing" },
		{ "[dpdk-lo] mode = ip\n", ": line 1: text after ']'" },
		{ "mode = ip\n[dpdk-lo]\n", ": line 1: a key before the first" },
		{ "[dpdk-lo]\n[dpdk-lo]\n", ": line 2: [dpdk-lo]: is there twice" },
		{ "[port a]\n[port a]\n", ": line 2: [port a]: is there twice" },
		{ "[port]\n", ": [port]: no such section" },
		{ "[port ]\n", ": [port]: no such section" },
		{ "[ports a]\nmode = ip\n", ": line 1: [ports a]: no such section; known: [dpdk-lo]" },
		{ "[port a]\nstats = 1\n", ": [port a]: stats: not a setting of one port" },
		{ "[port 0123456789012345678901234567890123456789012345678901234567890]\n",
			": line 1: [port 0123456789012345678901234567890123456789012345678901234567]: the section's "
			"name is too long" },
	};
	static struct dlo_conf before;
	char line[400], *big;

	(void)state;
	memcpy(&before, &conf, sizeof(conf));
	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(read_text(cases[i].text, strlen(cases[i].text)), -EINVAL);
		if (strstr(err, cases[i].want) == NULL || strncmp(err, path, strlen(path)) != 0)
			fail_msg("case %u said '%s', not '%s'", i, err, cases[i].want);
		assert_memory_equal(&before, &conf, sizeof(conf));
	}
	assert_int_equal(read_text("[dpdk-lo]\0\n", 11), -EINVAL);
	assert_non_null(strstr(err, ": line 1: a zero byte"));
	memset(line, 'x', sizeof(line));
	memcpy(line, "[dpdk-lo]\njson = ", 17);
	assert_int_equal(read_text(line, 10 + 256), -EINVAL);
	assert_non_null(strstr(err, ": line 2: longer than 255 bytes"));
	assert_int_equal(read_text(line, 10 + 255), 0);
	assert_int_equal(strlen(conf.json), 255 - 7);

	big = test_malloc(FILE_MAX + 1);
	memset(big, '\n', FILE_MAX + 1);
	assert_int_equal(read_text(big, FILE_MAX), 0);
	assert_int_equal(read_text(big, FILE_MAX + 1), -EINVAL);
	assert_non_null(strstr(err, ": longer than 1 MiB"));
	test_free(big);
	assert_int_equal(dlo_conf_read_file(&conf, "/nonexistent/dlo.ini", err), -ENOENT);
	assert_string_equal(err, "/nonexistent/dlo.ini: cannot be opened: No such file or "
		"directory");
	assert_int_equal(dlo_conf_read_file(&conf, "/", err), -EINVAL);
	assert_string_equal(err, "/: not a regular file");
	assert_int_equal(dlo_conf_read_file(&conf, "", err), -EINVAL);
}

/* What cannot change while dpdk-lo runs is noticed, unless the command line says it anyway. */
static void
differences(void **state)
{
	static const struct {
		const char *before, *after;
		const char *want;
	} cases[] = {
		{ "[dpdk-lo]\nmode = ip\nidle = spin\n", "[dpdk-lo]\nmode = l4\nidle = spin\n", NULL },
		{ "[dpdk-lo]\nidle = spin\n", "[dpdk-lo]\nidle = adaptive\n", "idle" },
		{ "[dpdk-lo]\nidle = spin\n", "[dpdk-lo]\n", "idle" },
		{ "[dpdk-lo]\n", "[dpdk-lo]\nlink =\n", "link" },
		{ "[dpdk-lo]\nlink = a0\n", "[dpdk-lo]\nlink = a1\n", "link" },
		{ "[dpdk-lo]\nlink = a0\nidle = spin\n", "[dpdk-lo]\nidle = spin\nlink = a0\n", NULL },
		{ "[dpdk-lo]\ninject = 5\n", "[dpdk-lo]\ninject = 6\n", "inject" },
	};
	static struct dlo_conf before;

	(void)state;
	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]) * 2; i++) {
		const char *want = cases[i / 2].want, *got;
		bool overridden = i % 2;

		for (unsigned int k = 0; k < 2; k++) {
			const char *text = k == 0 ? cases[i / 2].before : cases[i / 2].after;

			setup(NULL);
			assert_int_equal(read_text(text, strlen(text)), 0);
			if (overridden) {
				set_ok("idle", "spin");
				set_ok("link", "dlo5");
				set_ok("inject", "7");
			}
			if (k == 0)
				memcpy(&before, &conf, sizeof(before));
		}
		got = dlo_conf_differs(&before, &conf);
		if (overridden || want == NULL)
			assert_null(got);
		else
			assert_string_equal(got, want);
	}
}

/* What the command line says replaces the file's, the more general also the more specific. */
static void
command_line_wins(void **state)
{
	static const char text[] =
		"[dpdk-lo]\nmode = mac\naddress = 192.0.2.1\nguards = off\nstats = 1\n"
		"link = x0,mtu=1500\nallow = 10.0.0.0/8,fd00::/8\n"
		"[port p0]\nmode = wire\naddress = 192.0.2.2\nguards = off\n"
		"[port p1]\nmode = wire\naddress = 192.0.2.3\n";
	const struct dlo_conf_port_facts p0 = { "p0", "net_ring", NULL };
	const struct dlo_conf_port_facts p1 = { "p1", "net_ring", NULL };
	const struct dlo_conf_port_facts p2 = { "p2", "net_ring", NULL };
	struct dlo_conf_port port;

	(void)state;
	assert_int_equal(read_text(text, sizeof(text) - 1), 0);
	set_ok("mode", "ip");
	set_ok("mode", "l4@p1");
	set_ok("address", "192.0.2.101@p0");
	set_ok("address", "192.0.2.102@p0");
	set_ok("stats", "2");
	set_ok("link", "y0");
	assert_int_equal(conf.nb_allow, 2);
	set_ok("allow", "192.0.2.0/24");
	set_ok("allow", "192.0.2.1");
	assert_int_equal(conf.nb_allow, 2);
	assert_int_equal(conf.allow[0].addr[0], 192);

	dlo_conf_resolve(&conf, &p0, &port);
	assert_int_equal(port.mode, DLO_MODE_IP);
	assert_false(port.guards);
	assert_int_equal(port.nb_addresses, 2);
	assert_int_equal(port.addresses[0].addr[3], 101);
	assert_int_equal(port.addresses[1].addr[3], 102);
	dlo_conf_resolve(&conf, &p1, &port);
	assert_int_equal(port.mode, DLO_MODE_L4);
	assert_int_equal(port.nb_addresses, 1);
	assert_int_equal(port.addresses[0].addr[3], 3);
	dlo_conf_resolve(&conf, &p2, &port);
	assert_int_equal(port.mode, DLO_MODE_IP);
	assert_int_equal(port.addresses[0].addr[3], 1);
	assert_true(conf.stats_s == 2);
	assert_string_equal(conf.link.name, "y0");
	assert_int_equal(conf.link.mtu, 0);

	set_ok("address", "192.0.2.200");
	dlo_conf_resolve(&conf, &p1, &port);
	assert_int_equal(port.nb_addresses, 1);
	assert_int_equal(port.addresses[0].addr[3], 200);
	/* p0's came from the command line, so they stay. */
	dlo_conf_resolve(&conf, &p0, &port);
	assert_int_equal(port.addresses[0].addr[3], 101);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(values, setup),
		cmocka_unit_test_setup(every_option_has_rows, setup),
		cmocka_unit_test_setup(table_is_sound, setup),
		cmocka_unit_test_setup(defaults, setup),
		cmocka_unit_test_setup(named_over_general_over_default, setup),
		cmocka_unit_test_setup(values_arrive, setup),
		cmocka_unit_test_setup(limits, setup),
		cmocka_unit_test_setup(unknown_ports, setup),
		cmocka_unit_test_setup(settings_want_their_answer, setup),
		cmocka_unit_test_setup(keys_are_text_or_hex, setup),
		cmocka_unit_test_setup(contradictions, setup),
		cmocka_unit_test_setup(file_good, setup),
		cmocka_unit_test_setup(file_bad, setup),
		cmocka_unit_test_setup(command_line_wins, setup),
		cmocka_unit_test_setup(differences, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
