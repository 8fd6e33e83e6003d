/* SPDX-License-Identifier: BSD-3-Clause */
#include "lo.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_kvargs.h>

#include "answer/compile.h"
#include "conf/conf.h"

/*
 * The keys are dpdk-lo's options: they are read by its setters and have its defaults. "ip" is
 * --address under the name by which DPDK's device arguments call such a thing.
 */
static const struct {
	const char *key;
	const char *option;
	bool pairs; /* of keys and values: a second '=' would end the first value, so they have ':' */
} keys[] = {
	{ "mode", "mode" },
	{ "accept", "accept" },
	{ "guards", "guards" },
	{ "ip", "address" },
	{ "answer", "answer" },
	{ "allow", "allow" },
	{ "answer-rate", "answer-rate" },
	{ "udp-echo", "udp-echo", true },
	{ "stamp", "stamp", true },
	{ "oam", "oam", true },
	{ "sbfd", "sbfd", true },
};

/* A list stands in brackets, since a comma would end it: answer=[arp,nd]. */
static int
set_option(const char *key, const char *value, void *conf)
{
	char text[256], err[DLO_CONF_ERR];
	const char *option = NULL;
	bool pairs = false;
	size_t len = value != NULL ? strlen(value) : 0;

	for (unsigned int i = 0; i < RTE_DIM(keys); i++) {
		if (strcmp(key, keys[i].key) != 0)
			continue;
		option = keys[i].option;
		pairs = keys[i].pairs;
	}
	if (len == 0) {
		LO_LOG(ERR, "%s needs a value: see docs/driver-lo.md", key);
		return -EINVAL;
	}
	if (len >= sizeof(text) || strchr(value, '@') != NULL) {
		LO_LOG(ERR, "%s=%s: give a shorter value, and none with '@': there is but this port", key, value);
		return -EINVAL;
	}
	if (value[0] == '[' && value[len - 1] == ']')
		snprintf(text, sizeof(text), "%.*s", (int)len - 2, value + 1);
	else
		snprintf(text, sizeof(text), "%s", value);
	for (char *c = strchr(text, ':'); pairs && c != NULL; c = strchr(c, ':'))
		*c = '=';
	if (dlo_conf_set(conf, option, text, err) == 0)
		return 0;
	LO_LOG(ERR, "%s=%s: %s", key, value, err);
	return -EINVAL;
}

static int
set_queues(const char *key, const char *value, void *ret)
{
	unsigned long number = 0;
	char *end = NULL;

	if (value != NULL)
		number = strtoul(value, &end, 10);
	if (end == NULL || end == value || *end != '\0' || number < 1 || number > LO_QUEUES_MAX) {
		LO_LOG(ERR, "%s=%s: give a number from 1 to %u", key, value != NULL ? value : "",
			LO_QUEUES_MAX);
		return -EINVAL;
	}
	*(uint32_t *)ret = (uint32_t)number;
	return 0;
}

static int
set_mac(const char *key, const char *value, void *ret)
{
	struct rte_ether_addr mac;

	if (value == NULL || rte_ether_unformat_addr(value, &mac) != 0 ||
		!rte_is_valid_assigned_ether_addr(&mac)) {
		LO_LOG(ERR, "%s=%s: give a unicast MAC address such as 02:00:00:00:00:01", key,
			value != NULL ? value : "");
		return -EINVAL;
	}
	*(struct rte_ether_addr *)ret = mac;
	return 0;
}

static int
read_pairs(struct lo *lo, struct dlo_conf *conf, const char *text)
{
	const char *names[RTE_DIM(keys) + 3] = { "queues", "mac" };
	struct rte_kvargs *args;
	int ret;

	for (unsigned int i = 0; i < RTE_DIM(keys); i++)
		names[i + 2] = keys[i].key;
	args = rte_kvargs_parse(text, names);
	if (args == NULL) {
		LO_LOG(ERR, "\"%s\": known keys are queues, mac, mode, accept, guards, ip, answer, allow, "
			"answer-rate, udp-echo, stamp, oam and sbfd, each with a value; one with commas "
			"stands in brackets, as in answer=[arp,nd]", text);
		return -EINVAL;
	}
	ret = rte_kvargs_process(args, "queues", set_queues, &lo->nb_queues);
	if (ret == 0)
		ret = rte_kvargs_process(args, "mac", set_mac, &lo->plan.mac);
	for (unsigned int i = 0; ret == 0 && i < RTE_DIM(keys); i++)
		ret = rte_kvargs_process(args, keys[i].key, set_option, conf);
	rte_kvargs_free(args);
	return ret == 0 ? 0 : -EINVAL;
}

static int
make_settings(struct lo *lo, const struct dlo_conf *conf, const struct dlo_conf_port *port)
{
	struct dlo_answer_settings *s = &lo->plan.settings;
	uint64_t rate = conf->answer_rate;
	int ret;

	s->allowed = dlo_answer_allowed(conf, port->addresses, port->nb_addresses);
	if (s->allowed == NULL)
		return -ENOMEM;
	s->clock = &lo_clock;
	/* Each queue's: who sends on one only is to have all of it. */
	ret = dlo_answer_compile(port, rate, rte_get_tsc_hz(), s);
	if (ret != 0)
		LO_LOG(ERR, "stamp: libcrypto does not do SHA-256; leave key-file out");
	lo->sessions = dlo_answer_needs_sessions(port);
	return ret;
}

static int
make_plan(struct lo *lo, const struct dlo_conf *conf, const struct dlo_conf_port *port)
{
	struct dlo_addr_rule rules[DLO_CONF_ADDRESSES_MAX];

	for (unsigned int i = 0; i < port->nb_addresses; i++) {
		struct dlo_prefix p = port->addresses[i];
		uint8_t whole = p.family == 4 ? 32 : 128;

		/* As dpdk-lo takes it: with host bits it is one address. */
		if (dlo_prefix_has_host_bits(&p))
			p.len = whole;
		rules[i] = (struct dlo_addr_rule){ p,
			p.len == whole ? DLO_OWNER_STATION : DLO_OWNER_PORT };
	}
	lo->plan.addresses = dlo_addr_table_create(rules, port->nb_addresses);
	if (lo->plan.addresses == NULL)
		return -ENOMEM;
	lo->plan.mode = port->mode;
	lo->plan.accept = port->accept;
	lo->plan.guards = port->guards;
	lo->plan.answers = port->answers;
	lo->plan.own_macs[0] = lo->plan.mac;
	lo->plan.nb_own_macs = 1;
	dlo_plan_choose_burst(&lo->plan);
	return make_settings(lo, conf, port);
}

void
lo_plan_free(struct dlo_plan *plan)
{
	dlo_addr_table_free((struct dlo_addr_table *)(uintptr_t)plan->addresses);
	dlo_addr_table_free((struct dlo_addr_table *)(uintptr_t)plan->settings.allowed);
	plan->addresses = plan->settings.allowed = NULL;
}

int
lo_args_read(struct lo *lo, const char *text)
{
	const struct dlo_conf_port_facts facts = { .name = "net_lo", .driver = "net_lo" };
	struct dlo_conf_port *port = malloc(sizeof(*port));
	struct dlo_conf *conf = malloc(sizeof(*conf));
	int ret = -ENOMEM;

	if (port != NULL && conf != NULL) {
		dlo_conf_init(conf);
		lo->nb_queues = LO_QUEUES_MAX;
		rte_eth_random_addr(lo->plan.mac.addr_bytes);
		ret = text != NULL && text[0] != '\0' ? read_pairs(lo, conf, text) : 0;
		if (ret == 0) {
			dlo_conf_resolve(conf, &facts, port);
			ret = make_plan(lo, conf, port);
		}
	}
	free(conf);
	free(port);
	return ret;
}
