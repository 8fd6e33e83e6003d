/* SPDX-License-Identifier: BSD-3-Clause */
#include "lo.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_kvargs.h>

#include "conf/conf.h"

/*
 * The keys are dpdk-lo's options: they are read by its setters and have its defaults. "ip" is
 * --address under the name by which DPDK's device arguments call such a thing.
 */
static const struct {
	const char *key;
	const char *option;
} keys[] = {
	{ "mode", "mode" },
	{ "accept", "accept" },
	{ "guards", "guards" },
	{ "ip", "address" },
	{ "answer", "answer" },
};

/* A list stands in brackets, since a comma would end it: answer=[arp,nd]. */
static int
set_option(const char *key, const char *value, void *conf)
{
	char text[256], err[DLO_CONF_ERR];
	const char *option = NULL;
	size_t len = value != NULL ? strlen(value) : 0;

	for (unsigned int i = 0; i < RTE_DIM(keys); i++) {
		if (strcmp(key, keys[i].key) == 0)
			option = keys[i].option;
	}
	if (len == 0 || len >= sizeof(text) || strchr(value, '@') != NULL) {
		LO_LOG(ERR, "%s needs a value, as in %s=%s", key, key,
			strcmp(key, "ip") == 0 ? "198.18.0.2/15" : "all");
		return -EINVAL;
	}
	if (value[0] == '[' && value[len - 1] == ']')
		snprintf(text, sizeof(text), "%.*s", (int)len - 2, value + 1);
	else
		snprintf(text, sizeof(text), "%s", value);
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
read_pairs(struct lo *lo, struct dlo_conf *conf, const char *text)
{
	const char *names[RTE_DIM(keys) + 2] = { "queues" };
	struct rte_kvargs *args;
	int ret;

	for (unsigned int i = 0; i < RTE_DIM(keys); i++)
		names[i + 1] = keys[i].key;
	args = rte_kvargs_parse(text, names);
	if (args == NULL) {
		LO_LOG(ERR, "\"%s\": known keys are queues, mode, accept, guards, ip and answer, each "
			"with a value",
			text);
		return -EINVAL;
	}
	ret = rte_kvargs_process(args, "queues", set_queues, &lo->nb_queues);
	for (unsigned int i = 0; ret == 0 && i < RTE_DIM(keys); i++)
		ret = rte_kvargs_process(args, keys[i].key, set_option, conf);
	rte_kvargs_free(args);
	return ret == 0 ? 0 : -EINVAL;
}

static int
make_plan(struct lo *lo, const struct dlo_conf_port *port)
{
	struct dlo_addr_rule rules[DLO_CONF_ADDRESSES_MAX];

	for (unsigned int i = 0; i < port->nb_addresses; i++)
		rules[i] = (struct dlo_addr_rule){ port->addresses[i], DLO_OWNER_PORT };
	lo->plan.addresses = dlo_addr_table_create(rules, port->nb_addresses);
	if (lo->plan.addresses == NULL)
		return -ENOMEM;
	lo->plan.mode = port->mode;
	lo->plan.accept = port->accept;
	lo->plan.guards = port->guards;
	lo->plan.answers = port->answers;
	rte_eth_random_addr(lo->plan.mac.addr_bytes);
	lo->plan.own_macs[0] = lo->plan.mac;
	lo->plan.nb_own_macs = 1;
	dlo_plan_choose_burst(&lo->plan);
	return 0;
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
		ret = text != NULL && text[0] != '\0' ? read_pairs(lo, conf, text) : 0;
		if (ret == 0) {
			dlo_conf_resolve(conf, &facts, port);
			ret = make_plan(lo, port);
		}
	}
	free(conf);
	free(port);
	return ret;
}
