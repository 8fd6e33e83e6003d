/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <jansson.h>
#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_telemetry.h>

#include "app_fake.h"
#include "eal_start.h"
#include "link.h"
#include "telemetry.h"

static struct app *app;
static int sock = -1;

/** What dpdk-telemetry.py does: one packet there, one packet back. @return the command's value. */
static json_t *
ask(const char *command)
{
	static char reply[64 * 1024];
	char name[64];
	json_t *root, *value;
	ssize_t len;

	assert_int_equal(send(sock, command, strlen(command), 0), (ssize_t)strlen(command));
	len = recv(sock, reply, sizeof(reply) - 1, 0);
	assert_true(len > 0);
	reply[len] = '\0';
	root = json_loads(reply, JSON_REJECT_DUPLICATES, NULL);
	if (root == NULL)
		fail_msg("%s: this is no JSON: %s", command, reply);
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(command, ","), command);
	value = json_incref(json_object_get(root, name));
	assert_non_null(value);
	json_decref(root);
	return value;
}

static const char *
text(const json_t *obj, const char *key)
{
	const char *s = json_string_value(json_object_get(obj, key));

	assert_non_null(s);
	return s;
}

static json_int_t
number(const json_t *obj, const char *key)
{
	const json_t *n = json_object_get(obj, key);

	assert_true(json_is_integer(n));
	return json_integer_value(n);
}

/** A list of words, blanks between. */
static const char *
words(const json_t *obj, const char *key)
{
	static char all[512];
	const json_t *list = json_object_get(obj, key), *item;
	size_t i;

	assert_true(json_is_array(list));
	all[0] = '\0';
	json_array_foreach(list, i, item)
		snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s%s", i > 0 ? " " : "",
			json_string_value(item));
	return all;
}

static int
open_socket(void **state)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	char hello[1024];

	(void)state;
	app = app_fake();
	assert_int_equal(telemetry_register(app), 0);
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/dpdk_telemetry.v2",
		rte_eal_get_runtime_dir());
	sock = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(sock, (struct sockaddr *)&addr, sizeof(addr)), 0);
	assert_true(recv(sock, hello, sizeof(hello), 0) > 0);
	return 0;
}

static int
close_socket(void **state)
{
	(void)state;
	return close(sock);
}

static void
ports_are_objects(void **state)
{
	json_t *ports = ask("/dlo/ports");
	const json_t *null = json_object_get(ports, "0");
	const json_t *link = json_object_get(ports, "1");

	(void)state;
	assert_int_equal(json_object_size(ports), 2);
	assert_string_equal(text(null, "name"), "net_null0");
	assert_null(json_object_get(null, "ifname"));
	assert_string_equal(text(link, "ifname"), "dlo0");
	assert_string_equal(text(link, "driver"), "net_vtap");
	assert_string_equal(text(link, "mode"), "ip");
	assert_string_equal(text(link, "accept"), "own");
	assert_string_equal(text(link, "guards"), "on");
	assert_string_equal(text(link, "mac"), "02:00:00:00:00:02");
	assert_string_equal(text(link, "link"), "gone");
	assert_int_equal(number(link, "queues"), 1);
	assert_int_equal(number(link, "mtu"), 65521);
	json_decref(ports);
}

static void
longest_list_of_ports_is_paged(void **state)
{
	struct port *ports = app->ports;
	struct port saved = ports[0];
	json_t *page;

	(void)state;
	app->nb_ports = PORTS_MAX;
	for (unsigned int i = 0; i < PORTS_MAX; i++) {
		if (i != 1)
			ports[i] = ports[1];
		ports[i].id = i;
		memset(ports[i].name, 'n', sizeof(ports[i].name) - 1);
		snprintf(ports[i].name + 60, 4, "%03u", i);
	}
	for (unsigned int first = 0; first < PORTS_MAX; first += 32) {
		char command[32], key[8];
		const json_t *last;

		snprintf(command, sizeof(command), "/dlo/ports,%u", first);
		page = ask(command);
		assert_int_equal(json_object_size(page), 32);
		snprintf(key, sizeof(key), "%u", first + 31);
		last = json_object_get(page, key);
		assert_string_equal(text(last, "name"), ports[first + 31].name);
		assert_string_equal(text(last, "link"), "gone");
		json_decref(page);
	}
	page = ask("/dlo/ports,64");
	assert_int_equal(json_object_size(page), 0);
	json_decref(page);
	page = ask("/dlo/stats,nobody");
	assert_int_equal(json_array_size(json_object_get(page, "ports")), PORTS_MAX);
	json_decref(page);
	for (unsigned int i = 2; i < PORTS_MAX; i++)
		memset(&ports[i], 0, sizeof(ports[i]));
	ports[0] = saved;
	snprintf(ports[1].name, sizeof(ports[1].name), "net_vtap_dlo0");
	ports[1].id = 63;
	app->nb_ports = 2;
}

static void
counters_of_one_port(void **state)
{
	struct dlo_counters *c = &app->ports[0].queues[1]->counters;
	json_t *stats, *drops;

	(void)state;
	dlo_count(&c->rx, UINT64_C(1) << 40);
	dlo_count(&c->verdict[DLO_DROP_LAND], 5);
	dlo_count(&c->verdict[DLO_ANSWERED_ND], 6);
	stats = ask("/dlo/stats,net_null0");
	assert_int_equal(number(stats, "rx"), INT64_C(1) << 40);
	assert_int_equal(number(stats, "drop_land"), 5);
	assert_int_equal(number(stats, "drops"), 5);
	assert_int_equal(number(stats, "answered_nd"), 6);
	assert_int_equal(number(stats, "no_mbuf"), 0);
	json_decref(stats);
	drops = ask("/dlo/drops,net_null0");
	assert_int_equal(json_object_size(drops), DLO_VERDICT_MAX - DLO_DROP_FIRST);
	assert_int_equal(number(drops, "land"), 5);
	json_decref(drops);
	/* The link goes by its kernel name too. */
	drops = ask("/dlo/drops,dlo0");
	assert_int_equal(number(drops, "land"), 0);
	json_decref(drops);
}

static void
missing_port_is_named_or_the_only_one(void **state)
{
	json_t *reply = ask("/dlo/stats");

	(void)state;
	assert_non_null(strstr(text(reply, "error"), "more than one port"));
	assert_int_equal(json_array_size(json_object_get(reply, "ports")), 2);
	json_decref(reply);
	reply = ask("/dlo/stats,\"\\x");
	assert_non_null(strstr(text(reply, "error"), "no such port"));
	json_decref(reply);
	app->nb_ports = 1;
	reply = ask("/dlo/plan");
	app->nb_ports = 2;
	assert_string_equal(text(reply, "name"), "net_null0");
	json_decref(reply);
}

static void
plan_as_the_data_path_has_it(void **state)
{
	static struct dlo_plan plan = {
		.mode = DLO_MODE_MAC,
		.accept = DLO_ACCEPT_UNICAST,
		.guards = true,
		.answers = 1u << DLO_ANSWER_ARP | 1u << DLO_ANSWER_ICMP,
		.mac = { { 2, 3, 4, 5, 6, 7 } },
	};
	struct dlo_conf_port *conf = &app->ports[0].conf;
	json_t *reply;
	const json_t *answers;

	(void)state;
	plan.burst = dlo_reflect_burst_scalar;
	for (unsigned int i = 0; i < DLO_CONF_ADDRESSES_MAX; i++) {
		conf->addresses[i] = (struct dlo_prefix){ .family = 6, .len = 128 };
		memset(conf->addresses[i].addr, 0x20 + i, 16);
	}
	conf->nb_addresses = DLO_CONF_ADDRESSES_MAX;
	atomic_store(&app->ports[0].plan, &plan);
	reply = ask("/dlo/plan,net_null0");
	assert_string_equal(text(reply, "variant"), dlo_plan_variant(&plan));
	assert_string_equal(text(reply, "mode"), "mac");
	assert_string_equal(text(reply, "accept"), "unicast");
	assert_string_equal(text(reply, "mac"), "02:03:04:05:06:07");
	answers = json_object_get(reply, "answers");
	assert_int_equal(json_array_size(answers), 2);
	assert_string_equal(json_string_value(json_array_get(answers, 1)), "icmp");
	assert_int_equal(json_array_size(json_object_get(reply, "addresses")),
		DLO_CONF_ADDRESSES_MAX);
	json_decref(reply);
}

static void
link_and_no_link(void **state)
{
	struct port *port = app->link;
	struct link_dev *link = port->link;
	json_t *reply;

	(void)state;
	link->host_addrs[0] = (struct dlo_prefix){ 4, 15, { 198, 18, 0, 1 } };
	link->nb_host_addrs = 1;
	memset(link->why, 'w', sizeof(link->why) - 1);
	reply = ask("/dlo/link");
	assert_string_equal(text(reply, "ifname"), "dlo0");
	assert_string_equal(text(reply, "type"), "vtap");
	/* A longer reason is cut by DPDK; it was printed whole at start. */
	assert_int_equal(strlen(text(reply, "why")),
		RTE_MIN(sizeof(link->why), (size_t)RTE_TEL_MAX_STRING_LEN) - 1);
	assert_int_equal(number(reply, "mtu"), 65521);
	assert_string_equal(text(reply, "link"), "up");
	assert_string_equal(
		json_string_value(json_array_get(json_object_get(reply, "addresses"), 0)),
		"198.18.0.1/15");
	/* There is no such interface, so the kernel leaves nothing undone on it. */
	assert_string_equal(words(reply, "from_host"), "");
	json_decref(reply);
	app->link = NULL;
	reply = ask("/dlo/link");
	app->link = port;
	assert_non_null(strstr(text(reply, "error"), "--link"));
	json_decref(reply);
}

static void
link_says_who_leaves_what_to_whom(void **state)
{
	struct port *port = app->link;
	enum dlo_link_type type = port->link->type;
	char ifname[IFNAMSIZ];
	json_t *reply;

	(void)state;
	snprintf(ifname, sizeof(ifname), "%s", port->link->ifname);
	/* An interface that is everywhere, and whose features nobody can switch off. */
	snprintf(port->link->ifname, sizeof(port->link->ifname), "lo");
	port->tx_offloads = RTE_ETH_TX_OFFLOAD_TCP_CKSUM | RTE_ETH_TX_OFFLOAD_UDP_CKSUM |
		RTE_ETH_TX_OFFLOAD_UDP_TSO | RTE_ETH_TX_OFFLOAD_MULTI_SEGS;
	port->rx_offloads = RTE_ETH_RX_OFFLOAD_SCATTER;
	reply = ask("/dlo/link");
	assert_non_null(strstr(words(reply, "from_host"), "checksum"));
	assert_string_equal(words(reply, "to_host"), "checksum uso");
	assert_string_equal(text(reply, "mergeable_buffers"), "yes");
	assert_string_equal(words(reply, "rx_offloads"), "SCATTER");
	json_decref(reply);
	port->tx_offloads = RTE_ETH_TX_OFFLOAD_TCP_CKSUM | RTE_ETH_TX_OFFLOAD_TCP_TSO;
	port->rx_offloads = 0;
	reply = ask("/dlo/link");
	/* Sums of TCP alone are no word of the kernel's. */
	assert_string_equal(words(reply, "to_host"), "tso4 tso6");
	assert_string_equal(text(reply, "mergeable_buffers"), "no");
	json_decref(reply);
	port->link->type = DLO_LINK_TAP;
	reply = ask("/dlo/link");
	assert_string_equal(words(reply, "to_host"), "");
	json_decref(reply);
	port->link->type = type;
	port->tx_offloads = 0;
	snprintf(port->link->ifname, sizeof(port->link->ifname), "%s", ifname);
}

static void
stopped_app_is_not_touched(void **state)
{
	json_t *reply;

	(void)state;
	telemetry_stop();
	memset(app, 0xa5, sizeof(*app));
	reply = ask("/dlo/stats,net_null0");
	assert_non_null(strstr(text(reply, "error"), "stopping"));
	json_decref(reply);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ports_are_objects),
		cmocka_unit_test(longest_list_of_ports_is_paged),
		cmocka_unit_test(counters_of_one_port),
		cmocka_unit_test(missing_port_is_named_or_the_only_one),
		cmocka_unit_test(plan_as_the_data_path_has_it),
		cmocka_unit_test(link_and_no_link),
		cmocka_unit_test(link_says_who_leaves_what_to_whom),
		cmocka_unit_test(stopped_app_is_not_touched),
	};
	int failed;

	test_eal_start(1, "--vdev", "net_null0", "--telemetry", NULL);
	failed = cmocka_run_group_tests(tests, open_socket, close_socket);
	test_eal_stop();
	return failed;
}
