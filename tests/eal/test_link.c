/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The host link against a real kernel, in a network namespace of its own: what the host does to the
 * interface must be seen, and nothing may stay behind.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/syscall.h>
#include <cmocka.h>

#include <rte_dev.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>

#include "app_fake.h"
#include "eal_start.h"
#include "link.h"

#define SKIP 77

static struct rte_mempool *pool;

static void
run(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static void
run(const char *fmt, ...)
{
	char command[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(command, sizeof(command), fmt, ap);
	va_end(ap);
	if (system(command) != 0)
		fail_msg("failed: %s", command);
}

/* What a command prints; the caller frees it. */
static char *
output_of(const char *command)
{
	size_t len = 0, size = 1 << 20;
	char *text = malloc(size);
	FILE *f = popen(command, "r");

	assert_non_null(text);
	assert_non_null(f);
	for (size_t n; (n = fread(text + len, 1, size - 1 - len, f)) > 0;)
		len += n;
	text[len] = '\0';
	pclose(f);
	return text;
}

/*
 * A command soon prints nothing. The kernel ends the detection of duplicates, which the link has
 * switched off, in a work queue (addrconf_dad_work() of net/ipv6/addrconf.c), and on a machine that
 * does something else besides that takes its time.
 */
static void
assert_settles(const char *command)
{
	char *text = output_of(command);

	for (int i = 0; text[0] != '\0' && i < 500; i++) {
		free(text);
		usleep(20 * 1000);
		text = output_of(command);
	}
	assert_string_equal(text, "");
	free(text);
}

/* Everything that a link could leave behind. */
static char *
host_state(void)
{
	return output_of("ip -4 rule; ip -6 rule; ip -4 route show table all;"
		"ip -6 route show table all; ip -o link | cut -d' ' -f2; ip -o addr; ip -o neigh;"
		"grep -r . /proc/sys/net 2>/dev/null | grep -v nf_conntrack | sort");
}

static struct dlo_conf_link
default_conf(void)
{
	struct dlo_conf_link conf = { .wanted = true, .name = "dlo0", .nb_ips = 2 };

	assert_int_equal(dlo_prefix_parse("198.18.0.1/15", &conf.ips[0]), 0);
	assert_int_equal(dlo_prefix_parse("2001:2::1/48", &conf.ips[1]), 0);
	return conf;
}

struct call {
	const struct dlo_conf_link *conf;
	struct link_dev *link;
	int ret;
};

static void
call_precheck(void *arg)
{
	struct call *c = arg;

	c->ret = link_precheck(c->conf);
}

static void
call_create(void *arg)
{
	struct call *c = arg;

	c->ret = link_create(c->conf, 1, c->link);
}

static void
call_configure(void *arg)
{
	struct call *c = arg;

	c->ret = link_configure(c->conf, c->link, false);
}

static void
call_preflight(void *arg)
{
	struct call *c = arg;

	link_preflight(c->conf, c->link);
}

/* Call, and want this result and this text (NULL: silence) among what it says. */
static void
assert_says(void (*fn)(void *), struct call *c, int ret, const char *text)
{
	char *said = app_fake_output(fn, c);

	if (c->ret != ret || (text == NULL ? said[0] != '\0' : strstr(said, text) == NULL))
		fail_msg("returned %d, not %d; said: %s; wanted: %s", c->ret, ret, said,
			text != NULL ? text : "nothing");
	free(said);
}

static void
start_port(const struct link_dev *link)
{
	const struct rte_eth_conf conf = { 0 };
	uint16_t id;

	assert_int_equal(rte_eth_dev_get_port_by_name(link->vdev, &id), 0);
	assert_int_equal(rte_eth_dev_configure(id, 1, 1, &conf), 0);
	assert_int_equal(rte_eth_rx_queue_setup(id, 0, 256, SOCKET_ID_ANY, NULL, pool), 0);
	assert_int_equal(rte_eth_tx_queue_setup(id, 0, 256, SOCKET_ID_ANY, NULL), 0);
	assert_int_equal(rte_eth_dev_start(id), 0);
}

static void
close_port(const struct link_dev *link)
{
	uint16_t id;

	assert_int_equal(rte_eth_dev_get_port_by_name(link->vdev, &id), 0);
	rte_eth_dev_stop(id);
	assert_int_equal(rte_eth_dev_close(id), 0);
	rte_eal_hotplug_remove("vdev", link->vdev);
}

static void
make_link(const struct dlo_conf_link *conf, struct link_dev *link)
{
	assert_int_equal(link_create(conf, 1, link), 0);
	start_port(link);
	assert_int_equal(link_configure(conf, link, false), 0);
}

static void
drop_link(struct link_dev *link)
{
	link_destroy(link);
	close_port(link);
}

static bool
has_addr(const struct link_dev *link, const char *want)
{
	char text[DLO_PREFIX_STRLEN];

	for (unsigned int i = 0; i < link->nb_host_addrs; i++)
		if (strcmp(dlo_prefix_format(&link->host_addrs[i], text), want) == 0)
			return true;
	return false;
}

/* Notifications are queued before the command that caused them returns. */
static void
assert_changed(struct link_dev *link)
{
	bool gone = false;

	assert_true(link_poll(link, &gone));
	assert_false(gone);
}

static void
assert_calm(struct link_dev *link)
{
	bool gone = false;

	assert_false(link_poll(link, &gone));
	assert_false(gone);
}

static void
precheck_free_host(void **state)
{
	struct dlo_conf_link conf = default_conf();
	struct call c = { .conf = &conf };

	(void)state;
	assert_says(call_precheck, &c, 0, NULL);
	run("ip link set lo up");
	assert_says(call_precheck, &c, 0, NULL);
}

static void
precheck_name_taken(void **state)
{
	struct dlo_conf_link conf = default_conf();
	struct call c = { .conf = &conf };

	(void)state;
	run("ip tuntap add dlo0 mode tap");
	assert_says(call_precheck, &c, -EEXIST,
		"interface dlo0 exists already");
	assert_says(call_precheck, &c, -EEXIST,
		"--link dlo1,ip=198.18.0.1/15,ip=2001:2::1/48");
	/* As a running dpdk-lo would have it: name and prefixes are taken. */
	run("ip addr add 198.18.0.1/15 dev dlo0");
	run("ip addr add 2001:2::1/48 dev dlo0");
	assert_says(call_precheck, &c, -EEXIST,
		"--link dlo1,ip=192.0.2.1/24,ip=fdd1:19:8180::1/48");
	run("ip link del dlo0");
	assert_says(call_precheck, &c, 0, NULL);
}

static void
precheck_overlaps(void **state)
{
	struct dlo_conf_link conf = default_conf();
	struct call c = { .conf = &conf };

	(void)state;
	run("ip tuntap add other0 mode tap");
	run("ip link set other0 up");
	run("ip route add default dev other0");
	run("ip route add 198.0.0.0/8 dev other0");
	run("ip -6 route add default dev other0");
	assert_says(call_precheck, &c, 0, NULL);

	run("ip addr add 198.18.7.1/24 dev other0");
	assert_says(call_precheck, &c, -EADDRINUSE, "198.18.7.1/24 that the host has on other0");
	assert_says(call_precheck, &c, -EADDRINUSE,
		"use --link dlo0,ip=198.19.0.1/16,ip=2001:2::1/48");
	run("ip route add blackhole 198.19.4.0/22");
	assert_says(call_precheck, &c, -EADDRINUSE,
		"use --link dlo0,ip=198.18.128.1/17,ip=2001:2::1/48");
	run("ip addr del 198.18.7.1/24 dev other0");
	assert_says(call_precheck, &c, -EADDRINUSE, "198.19.4.0/22 that the host has a route to");
	run("ip route del blackhole 198.19.4.0/22");

	run("ip addr add 2001:2:0:8000::7/64 dev other0 nodad");
	conf.type = DLO_LINK_TAP;
	conf.mtu = 9000;
	assert_says(call_precheck, &c, -EADDRINUSE,
		"use --link dlo0,type=tap,mtu=9000,ip=198.18.0.1/15,ip=2001:2::1/49");
	run("ip addr del 2001:2:0:8000::7/64 dev other0");

	run("ip addr add 10.0.0.5/8 dev other0");
	assert_int_equal(dlo_prefix_parse("10.64.0.1/24", &conf.ips[0]), 0);
	assert_says(call_precheck, &c, 0, "is a part of the network 10.0.0.5/8 on other0");
	run("ip link del other0");
}

static void
precheck_rights(void **state)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
	struct dlo_conf_link conf = default_conf();
	struct call c = { .conf = &conf };

	(void)state;
	assert_int_equal(syscall(SYS_capget, &header, data), 0);
	data[0].effective &= ~CAP_TO_MASK(CAP_NET_ADMIN);
	assert_int_equal(syscall(SYS_capset, &header, data), 0);
	assert_says(call_precheck, &c, -EPERM, "CAP_NET_ADMIN is missing; run dpdk-lo as root");
	data[0].effective |= CAP_TO_MASK(CAP_NET_ADMIN);
	assert_int_equal(syscall(SYS_capset, &header, data), 0);
	assert_says(call_precheck, &c, 0, NULL);
}

/* In a mount namespace of our own, so that only this program misses it. */
static void
precheck_no_tun(void **state)
{
	struct dlo_conf_link conf = default_conf();
	struct call c = { .conf = &conf };

	(void)state;
	if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
		mount("none", "/dev/net", "tmpfs", 0, NULL) != 0)
		skip();
	assert_says(call_precheck, &c, -ENOENT, "/dev/net/tun is missing: load the tun module");
	/* A device node without a driver, as after a failed modprobe. */
	if (mknod("/dev/net/tun", S_IFCHR | 0600, makedev(10, 254)) == 0)
		assert_says(call_precheck, &c, -ENODEV, "/dev/net/tun has no driver behind it");
	assert_int_equal(umount("/dev/net"), 0);
	assert_says(call_precheck, &c, 0, NULL);
}

static void
types_that_cannot_be(void **state)
{
	struct dlo_conf_link conf = default_conf();
	struct link_dev link = { 0 };
	struct call c = { .conf = &conf, .link = &link };

	(void)state;
	conf.type = DLO_LINK_VIRTIO_USER;
	if (access("/dev/vhost-net", F_OK) != 0)
		assert_says(call_create, &c, -ENOENT,
			"/dev/vhost-net is missing (modprobe vhost_net)");
#ifndef DLO_HAVE_VTAP
	conf.type = DLO_LINK_VTAP;
	assert_says(call_create, &c, -ENOTSUP, "cannot make the link dlo0 of type vtap");
#endif
	assert_string_equal(link.vdev, "");
}

static void
host_changes_are_followed(void **state)
{
	struct dlo_conf_link conf = default_conf();
	struct link_dev link;
	char *text;
	uint16_t port, mtu;
	bool gone = false;

	(void)state;
	conf.type = *(enum dlo_link_type *)*state;
	make_link(&conf, &link);
	assert_int_equal(rte_eth_dev_get_port_by_name(link.vdev, &port), 0);
	assert_true(link.up);
	assert_int_equal(link.mtu, 1500);
	assert_true(has_addr(&link, "198.18.0.1/15"));
	assert_true(has_addr(&link, "2001:2::1/48"));
	assert_int_equal(link.nb_host_addrs, 3); /* with the link-local one */
	text = output_of("ip -o addr show dev dlo0 tentative");
	assert_string_equal(text, "");
	free(text);
	/* What configuring itself has caused is known already. */
	assert_calm(&link);

	run("ip addr add 192.0.2.9/24 dev dlo0");
	assert_changed(&link);
	assert_true(has_addr(&link, "192.0.2.9/24"));
	assert_calm(&link);
	run("ip addr add 2001:db8::9/64 dev dlo0");
	assert_changed(&link);
	assert_true(has_addr(&link, "2001:db8::9/64"));
	run("ip addr del 192.0.2.9/24 dev dlo0");
	assert_changed(&link);
	assert_false(has_addr(&link, "192.0.2.9/24"));
	assert_int_equal(link.nb_host_addrs, 4);

	run("ip link set dlo0 mtu 1400");
	assert_changed(&link);
	assert_int_equal(link.mtu, 1400);
	assert_int_equal(rte_eth_dev_get_mtu(port, &mtu), 0);
	assert_int_equal(mtu, 1400);
	run("ip link set dlo0 address 02:00:00:00:00:42");
	assert_changed(&link);
	assert_memory_equal(&link.kernel_mac, "\2\0\0\0\0\x42", 6);
	run("ip link set dlo0 down");
	assert_changed(&link);
	assert_false(link.up);
	assert_true(has_addr(&link, "198.18.0.1/15"));
	/* A renamed interface is the same interface. */
	run("ip link set dlo0 name mirror0");
	assert_calm(&link);
	assert_string_equal(link.ifname, "mirror0");
	run("ip link set mirror0 up");
	assert_changed(&link);
	assert_true(link.up);
	assert_true(has_addr(&link, "198.18.0.1/15"));
	assert_true(has_addr(&link, "2001:2::1/48"));
	assert_settles("ip -o addr show dev mirror0 tentative");

	/* Somebody else's business is not ours. */
	run("ip tuntap add other0 mode tap; ip addr add 10.9.9.9/24 dev other0");
	run("ip link del other0");
	assert_calm(&link);

	run("ip link del mirror0");
	link_poll(&link, &gone);
	assert_true(gone);
	assert_int_equal(link.nb_host_addrs, 0);
	gone = false;
	assert_false(link_poll(&link, &gone));
	assert_true(gone);
	drop_link(&link);
	link_destroy(&link);
}

/* More notifications than the socket holds: the kernel drops some, the end result must be right. */
static void
lost_notifications(void **state)
{
	struct dlo_conf_link conf = default_conf();
	struct link_dev link;

	conf.type = *(enum dlo_link_type *)*state;
	make_link(&conf, &link);
	run("{ for op in add del; do for i in $(seq 1 250); do for j in 1 2 3 4 5 6; do "
		"echo addr $op 10.$j.$i.1/24 dev dlo0; done; done; done; "
		"echo addr add 192.0.2.77/32 dev dlo0; } | ip -batch -");
	for (unsigned int i = 0; i < 16 && !has_addr(&link, "192.0.2.77/32"); i++) {
		bool gone = false;

		link_poll(&link, &gone);
		assert_false(gone);
	}
	assert_true(has_addr(&link, "192.0.2.77/32"));
	assert_int_equal(link.nb_host_addrs, 4);
	drop_link(&link);
}

static void
too_many_addresses(void **state)
{
	struct dlo_conf_link conf = default_conf();
	struct link_dev link;
	bool gone = false;

	conf.type = *(enum dlo_link_type *)*state;
	make_link(&conf, &link);
	assert_true(LINK_HOST_ADDRS_MAX < 400);
	run("for i in $(seq 1 400); do echo addr add 10.$((i / 200)).$((i %% 200)).1/24 dev dlo0; done |"
	    " ip -batch -");
	assert_true(link_poll(&link, &gone));
	assert_int_equal(link.nb_host_addrs, LINK_HOST_ADDRS_MAX);
	drop_link(&link);
}

static void
moved_away(void **state)
{
	struct dlo_conf_link conf = default_conf();
	struct link_dev link;
	bool gone = false;
	char *text = output_of("unshare --net sleep 30 >/dev/null 2>&1 & echo $!");
	int pid = atoi(text);

	free(text);
	assert_true(pid > 1);
	conf.type = *(enum dlo_link_type *)*state;
	make_link(&conf, &link);
	/* Until the child has left our namespace the kernel says EEXIST or nothing happens. */
	for (unsigned int i = 0; i < 100 && !gone; i++) {
		usleep(20 * 1000);
		run("ip link set dlo0 netns %d 2>/dev/null || true", pid);
		link_poll(&link, &gone);
	}
	assert_true(gone);
	drop_link(&link);
	run("kill %d", pid);
}

static void
without_ipv6(void **state)
{
	struct dlo_conf_link conf = default_conf();
	struct link_dev link;
	struct call c = { .conf = &conf, .link = &link };

	conf.type = *(enum dlo_link_type *)*state;
	run("echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6");
	assert_int_equal(link_create(&conf, 1, &link), 0);
	start_port(&link);
	assert_says(call_configure, &c, 0,
		"goes without its IPv6 addresses: the host has IPv6 switched off");
	assert_int_equal(link.nb_host_addrs, 1);
	assert_true(has_addr(&link, "198.18.0.1/15"));
	drop_link(&link);

	conf.ips[0] = conf.ips[1];
	conf.nb_ips = 1;
	assert_int_equal(link_create(&conf, 1, &link), 0);
	start_port(&link);
	assert_says(call_configure, &c, -EAFNOSUPPORT, "was to have IPv6 addresses only");
	drop_link(&link);
	run("echo 0 >/proc/sys/net/ipv6/conf/default/disable_ipv6");
}

static void
small_mtu(void **state)
{
	struct dlo_conf_link conf = default_conf();
	struct link_dev link;
	struct call c = { .conf = &conf, .link = &link };

	conf.type = *(enum dlo_link_type *)*state;
	conf.mtu = 1000;
	assert_int_equal(link_create(&conf, 1, &link), 0);
	start_port(&link);
	assert_says(call_configure, &c, 0, "below the 1280 that IPv6 needs");
	assert_int_equal(link.mtu, 1000);
	assert_int_equal(link.nb_host_addrs, 1);
	drop_link(&link);
}

static void
asked_mac(void **state)
{
	struct dlo_conf_link conf = default_conf();
	struct link_dev link;

	conf.type = *(enum dlo_link_type *)*state;
	conf.has_mac = true;
	memcpy(conf.mac, "\2\0\0\0\0\7", 6);
	make_link(&conf, &link);
	assert_memory_equal(&link.kernel_mac, conf.mac, 6);
	drop_link(&link);
}

static void
preflight(void **state)
{
	struct dlo_conf_link conf = default_conf();
	struct link_dev link;
	const struct sockaddr_in local = { .sin_family = AF_INET, .sin_port = htons(8080),
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	struct call c = { .conf = &conf, .link = &link };
	int fd;

	conf.type = *(enum dlo_link_type *)*state;
	make_link(&conf, &link);
	assert_says(call_preflight, &c, 0, NULL);

	fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(fd, (const struct sockaddr *)&local, sizeof(local)), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_says(call_preflight, &c, 0, "the server at TCP port 8080 listens on 127.0.0.1 only "
		"and cannot be reached through 198.18.0.2: bind to 198.18.0.1 or 0.0.0.0 as well");
	close(fd);

	/* A VPN's way of taking everything. */
	run("ip tuntap add vpn0 mode tap; ip link set vpn0 up; ip addr add 10.8.0.1/24 dev vpn0");
	run("ip route add default dev vpn0 table 77; ip rule add priority 5 lookup 77");
	assert_says(call_preflight, &c, 0,
		"the host sends to 198.18.0.2 by vpn0 and not by dlo0");
	run("ip rule del priority 5; ip rule add priority 5 to 198.18.0.2 prohibit");
	assert_says(call_preflight, &c, 0, "the host has no way to 198.18.0.2");
	run("ip rule del priority 5; ip link del vpn0");

	drop_link(&link);
}

static void
firewalls(void **state)
{
	struct dlo_conf_link conf = default_conf();
	struct link_dev link;
	struct call c = { .conf = &conf, .link = &link };

	if (system("command -v nft >/dev/null") != 0)
		skip();
	conf.type = *(enum dlo_link_type *)*state;
	make_link(&conf, &link);
	/* Neither an open chain nor a closed one that is not on the way in. */
	run("nft add table inet t; nft add chain inet t out "
		"'{ type filter hook output priority 0; policy drop; }'");
	run("nft add chain inet t in '{ type filter hook input priority 0; policy accept; }'");
	assert_says(call_preflight, &c, 0, NULL);
	run("nft add chain inet t in '{ policy drop; }'");
	assert_says(call_preflight, &c, 0, "nft insert rule inet t in iifname dlo0 accept");
	run("nft delete table inet t");
	run("nft add table ip6 filter; nft add chain ip6 filter INPUT "
		"'{ type filter hook input priority 0; policy drop; }'");
	assert_says(call_preflight, &c, 0, "ip6tables -I INPUT -i dlo0 -j ACCEPT");
	run("nft delete table ip6 filter");
	run("nft add table inet firewalld; nft add chain inet firewalld filter_INPUT "
		"'{ type filter hook input priority 10; policy accept; }'");
	assert_says(call_preflight, &c, 0, "--zone=trusted --add-interface=dlo0");
	run("nft delete table inet firewalld");
	assert_says(call_preflight, &c, 0, NULL);
	drop_link(&link);
}

/* Nothing asked for: the best type, and the MTU that a whole GSO frame fits. */
static void
chosen_for_the_user(void **state)
{
	struct dlo_conf_link conf = default_conf();
	struct link_dev link;
	uint16_t port, mtu;
	bool vtap;

	(void)state;
	assert_int_equal(link_create(&conf, 1, &link), 0);
	vtap = link.type == DLO_LINK_VTAP;
#ifdef DLO_HAVE_VTAP
	assert_true(vtap);
	assert_string_equal(link.vdev, "net_vtap_dlo0");
#else
	assert_non_null(strstr(link.why, "not vtap: "));
#endif
	assert_true(link.why[0] != '\0');
	start_port(&link);
	assert_int_equal(link_configure(&conf, &link, true), 0);
	assert_int_equal(link.mtu, vtap ? 65521 : 1500);
	assert_int_equal(rte_eth_dev_get_port_by_name(link.vdev, &port), 0);
	/* The driver's own thread may still be busy with news from before the change. */
	for (unsigned int i = 0; i < 200; i++) {
		assert_int_equal(rte_eth_dev_get_mtu(port, &mtu), 0);
		if (mtu == link.mtu)
			break;
		usleep(10000);
	}
	assert_int_equal(mtu, link.mtu);
	drop_link(&link);
}

static void
nothing_stays(void **state)
{
	struct dlo_conf_link conf = default_conf();
	char *before = host_state();
	struct link_dev link;
	char *during, *after;

	conf.type = *(enum dlo_link_type *)*state;
	make_link(&conf, &link);
	during = host_state();
	assert_string_not_equal(before, during);
	drop_link(&link);
	after = host_state();
	assert_string_equal(before, after);
	free(before);
	free(during);
	free(after);
}

static int
cannot_run(const char *why)
{
	printf("skipped: %s\n", why);
	return SKIP;
}

static int
run_with(enum dlo_link_type *type)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(nothing_stays, type),
		cmocka_unit_test_prestate(host_changes_are_followed, type),
		cmocka_unit_test_prestate(lost_notifications, type),
		cmocka_unit_test_prestate(too_many_addresses, type),
		cmocka_unit_test_prestate(moved_away, type),
		cmocka_unit_test_prestate(without_ipv6, type),
		cmocka_unit_test_prestate(small_mtu, type),
		cmocka_unit_test_prestate(asked_mac, type),
		cmocka_unit_test_prestate(preflight, type),
		cmocka_unit_test_prestate(firewalls, type),
	};

	return cmocka_run_group_tests_name(link_type_name(*type), tests, NULL, NULL);
}

int
main(void)
{
	static enum dlo_link_type types[] = {
		DLO_LINK_TAP,
#ifdef DLO_HAVE_VTAP
		DLO_LINK_VTAP,
#endif
	};
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(precheck_free_host),
		cmocka_unit_test(precheck_name_taken),
		cmocka_unit_test(precheck_overlaps),
		cmocka_unit_test(precheck_rights),
		cmocka_unit_test(precheck_no_tun),
		cmocka_unit_test(types_that_cannot_be),
		cmocka_unit_test(chosen_for_the_user),
	};
	int fd, ret;

	if (geteuid() != 0)
		return cannot_run("needs root, for an interface in a network namespace of its own");
	if (unshare(CLONE_NEWNET) != 0)
		return cannot_run("no network namespace can be made here");
	fd = open("/dev/net/tun", O_RDWR);
	if (fd < 0)
		return cannot_run("/dev/net/tun cannot be opened");
	close(fd);
	if (system("ip link show lo >/dev/null") != 0)
		return cannot_run("there is no ip command (iproute2)");
	/* Quiet drivers: some of what is done to them here is meant to fail. */
	test_eal_start(1, "--log-level=pmd.net.tap:emergency", NULL);
	pool = rte_pktmbuf_pool_create("pool", 4095, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE,
		SOCKET_ID_ANY);
	if (pool == NULL)
		return 1;
	ret = cmocka_run_group_tests(tests, NULL, NULL);
	for (unsigned int i = 0; i < RTE_DIM(types); i++)
		ret += run_with(&types[i]);
	rte_mempool_free(pool);
	test_eal_stop();
	return ret;
}
