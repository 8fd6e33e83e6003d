/* SPDX-License-Identifier: BSD-3-Clause */
#include "telemetry.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_ethdev.h>
#include <rte_telemetry.h>

#include "claims.h"
#include "compat.h"
#include "filter.h"
#include "forward.h"
#include "latency.h"
#include "link.h"
#include "link_report.h"
#include "localhost/localhost.h"
#include "log.h"
#include "talks.h"
#include "telemetry_add.h"

/**
 * Ports in one reply of /dlo/ports: the longest object is under 400 bytes, and DPDK cuts a reply
 * at 16 KiB without a word.
 */
#define PORTS_PER_REPLY 32

/* Commands run in threads that EAL makes and nobody can stop: the lock is what stops them. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const struct app *the_app;

/** Keys "PREFIXverdict" for a range of verdicts. */
static void
add_verdicts(struct rte_tel_data *d, const char *prefix, const struct dlo_counters *c,
	unsigned int first, unsigned int end)
{
	char key[64];

	for (unsigned int v = first; v < end; v++) {
		snprintf(key, sizeof(key), "%s%s", prefix, dlo_verdict_name(v));
		dlo_tel_add_dict_uint(d, key, c->verdict[v]);
	}
}

static bool
link_is_up(const struct port *port)
{
	struct rte_eth_link status;

	return app_port_has_ethdev(port) && rte_eth_link_get_nowait(port->id, &status) == 0 &&
		status.link_status == RTE_ETH_LINK_UP;
}

static void
add_port(struct rte_tel_data *d, const struct port *port)
{
	rte_tel_data_add_dict_string(d, "name", port->name);
	if (port->link != NULL)
		rte_tel_data_add_dict_string(d, "ifname", port->link->ifname);
	rte_tel_data_add_dict_string(d, "driver", port->driver);
	rte_tel_data_add_dict_string(d, "mode", dlo_mode_name(port->conf.mode));
	rte_tel_data_add_dict_string(d, "accept", dlo_accept_name(port->conf.accept));
	rte_tel_data_add_dict_string(d, "guards", port->conf.guards ? "on" : "off");
	telemetry_add_mac(d, "mac", &port->mac);
	rte_tel_data_add_dict_int(d, "queues", port->nb_queues);
	rte_tel_data_add_dict_int(d, "mtu", port->mtu);
	rte_tel_data_add_dict_string(d, "link",
		atomic_load(&port->gone) ? "gone" : atomic_load(&port->away) ? "away" :
		link_is_up(port) ? "up" : "down");
	rte_tel_data_add_dict_int(d, "peer_losses", (int)atomic_load(&port->peer_losses));
}

/**
 * An object of objects: DPDK 22.11 takes an object into an object but none into an array. Keys are
 * places in the order of start, because names have characters that keys may not have.
 */
static int
reply_ports(const struct app *app, const char *params, struct rte_tel_data *d)
{
	/* "/dlo/ports,32": from the 33rd port on. */
	unsigned long from = params != NULL ? strtoul(params, NULL, 10) : 0;
	char key[24];

	rte_tel_data_start_dict(d);
	for (unsigned long i = from; i < app->nb_ports && i - from < PORTS_PER_REPLY; i++) {
		struct rte_tel_data *port = rte_tel_data_alloc();

		if (port == NULL)
			break;
		rte_tel_data_start_dict(port);
		add_port(port, &app->ports[i]);
		snprintf(key, sizeof(key), "%lu", i);
		if (rte_tel_data_add_dict_container(d, key, port, 0) != 0)
			rte_tel_data_free(port);
	}
	return 0;
}

static void
fill_stats(const struct app *app, const struct port *port, struct rte_tel_data *d)
{
	struct dlo_counters c;

	(void)app;
	app_port_counters(port, &c);
	dlo_tel_add_dict_uint(d, "rx", c.rx);
	dlo_tel_add_dict_uint(d, "tx", c.tx);
	dlo_tel_add_dict_uint(d, "bytes_rx", c.rx_bytes);
	dlo_tel_add_dict_uint(d, "bytes_tx", c.tx_bytes);
	add_verdicts(d, "", &c, 0, DLO_ANSWERED_FIRST);
	add_verdicts(d, "answered_", &c, DLO_ANSWERED_FIRST, DLO_DROP_FIRST);
	dlo_tel_add_dict_uint(d, "held", c.held);
	dlo_tel_add_dict_uint(d, "dup", c.dup);
	dlo_tel_add_dict_uint(d, "no_mbuf", app_port_no_mbuf(port));
	dlo_tel_add_dict_uint(d, "missed", app_port_missed(port));
	dlo_tel_add_dict_uint(d, "tx_errors", app_port_tx_errors(port));
	dlo_tel_add_dict_uint(d, "drops", dlo_counters_drops(&c));
	add_verdicts(d, "drop_", &c, DLO_DROP_FIRST, DLO_VERDICT_MAX);
}

static void
fill_drops(const struct app *app, const struct port *port, struct rte_tel_data *d)
{
	struct dlo_counters c;

	(void)app;
	app_port_counters(port, &c);
	add_verdicts(d, "", &c, DLO_DROP_FIRST, DLO_VERDICT_MAX);
}

static void
fill_plan(const struct app *app, const struct port *port, struct rte_tel_data *d)
{
	const struct dlo_plan *plan = atomic_load(&port->plan);
	struct rte_tel_data *answers = rte_tel_data_alloc();

	rte_tel_data_add_dict_string(d, "name", port->name);
	if (plan != NULL) {
		rte_tel_data_add_dict_string(d, "variant", dlo_plan_variant(plan));
		rte_tel_data_add_dict_string(d, "mode", dlo_mode_name(plan->mode));
		rte_tel_data_add_dict_string(d, "accept", dlo_accept_name(plan->accept));
		rte_tel_data_add_dict_string(d, "guards", plan->guards ? "on" : "off");
		rte_tel_data_add_dict_string(d, "host_link", plan->link ? "yes" : "no");
		telemetry_add_mac(d, "mac", &plan->mac);
		rte_tel_data_add_dict_string(d, "loop_guard", plan->loop_guard != NULL ? "on" : "off");
		rte_tel_data_add_dict_string(d, "loop", plan->loop_stop ? "stopped" : "none");
		dlo_tel_add_dict_uint(d, "loops", port->loop.nb_stops);
		dlo_tel_add_dict_uint(d, "loop_found_ms", port->loop.found_ms);
		dlo_tel_add_dict_uint(d, "loop_probes", port->loop.nb_probes);
		rte_tel_data_add_dict_string(d, "filter", port->conf.filter);
		if (plan->filter.match != NULL) {
			rte_tel_data_add_dict_string(d, "filter_engine", filter_engine(&plan->filter));
			rte_tel_data_add_dict_string(d, "unmatched",
				plan->unmatched_punt ? "host" : "drop");
		}
	}
	rte_tel_data_add_dict_string(d, "mac_generated", port->mac_generated ? "yes" : "no");
	if (answers != NULL) {
		rte_tel_data_start_array(answers, RTE_TEL_STRING_VAL);
		for (unsigned int a = 0; plan != NULL && a < DLO_ANSWER_MAX; a++) {
			if ((plan->answers & (UINT32_C(1) << a)) != 0)
				rte_tel_data_add_array_string(answers, dlo_answer_name(a));
		}
		if (rte_tel_data_add_dict_container(d, "answers", answers, 0) != 0)
			rte_tel_data_free(answers);
	}
	telemetry_add_prefixes(d, "addresses", port->conf.addresses, port->conf.nb_addresses);
	if (port->link != NULL)
		telemetry_add_prefixes(d, "link_prefixes", app->conf.link.ips, app->conf.link.nb_ips);
}

/** An object of objects by number, as in reply_ports(). */
static int
reply_loopbacks(const struct app *app, const char *params, struct rte_tel_data *d)
{
	unsigned long from = params != NULL ? strtoul(params, NULL, 10) : 0;
	char key[24], text[DLO_PREFIX_STRLEN];

	rte_tel_data_start_dict(d);
	for (unsigned long i = from; i < app->conf.nb_loopbacks && i - from < PORTS_PER_REPLY; i++) {
		const struct dlo_conf_loopback *lo = &app->conf.loopbacks[i];
		struct rte_tel_data *one = rte_tel_data_alloc();
		struct loopback_counters c;
		uint64_t conflicts;
		bool contested;

		if (one == NULL)
			break;
		forward_counters(app, (unsigned int)i, &c);
		claims_loopback(app, (unsigned int)i, &conflicts, &contested);
		rte_tel_data_start_dict(one);
		rte_tel_data_add_dict_string(one, "name", lo->name);
		rte_tel_data_add_dict_string(one, "address", dlo_prefix_format(&lo->addr, text));
		rte_tel_data_add_dict_string(one, "host", lo->host);
		rte_tel_data_add_dict_string(one, "state", lo->shut ? "shut" : "up");
		dlo_tel_add_dict_uint(one, "answered", c.answered);
		dlo_tel_add_dict_uint(one, "punted", c.punted);
		dlo_tel_add_dict_uint(one, "forwarded", c.forwarded);
		rte_tel_data_add_dict_string(one, "conflict", contested ? "yes" : "no");
		dlo_tel_add_dict_uint(one, "conflicts", conflicts);
		snprintf(key, sizeof(key), "%lu", i);
		if (rte_tel_data_add_dict_container(d, key, one, 0) != 0)
			rte_tel_data_free(one);
	}
	return 0;
}

static int
reply_localhost(const struct app *app, const char *params, struct rte_tel_data *d)
{
	static const char *const protos[] = {
		[DLO_LOCALHOST_TCP] = "tcp",
		[DLO_LOCALHOST_UDP] = "udp",
		[DLO_LOCALHOST_ICMP] = "icmp",
		[DLO_LOCALHOST_OTHER] = "other",
	};
	/* "/dlo/localhost,12": pairs from the 13th on, and nothing else. */
	unsigned long first = params != NULL ? strtoul(params, NULL, 10) : 0;
	struct dlo_localhost_counts c;
	char key[32];

	if (app->localhost == NULL)
		return telemetry_reply_error(d, "localhost is not carried: start dpdk-lo with --localhost");
	if (dlo_localhost_read(app->localhost, &c) != 0)
		return telemetry_reply_error(d, "the kernel does not give the counters");
	rte_tel_data_start_dict(d);
	talks_add(d, app, first);
	if (first > 0)
		return 0;
	rte_tel_data_add_dict_string(d, "carrying",
		dlo_localhost_is_carrying(app->localhost) ? "on" : "off");
	rte_tel_data_add_dict_string(d, "attachment", dlo_localhost_attachment(app->localhost));
	rte_tel_data_add_dict_string(d, "link", app->link_dev.ifname);
	for (unsigned int i = 0; i < DLO_LOCALHOST_PROTOS; i++) {
		snprintf(key, sizeof(key), "out_%s", protos[i]);
		dlo_tel_add_dict_uint(d, key, c.out[i]);
		snprintf(key, sizeof(key), "back_%s", protos[i]);
		dlo_tel_add_dict_uint(d, key, c.back[i]);
	}
	dlo_tel_add_dict_uint(d, "out_bytes", c.out_bytes);
	dlo_tel_add_dict_uint(d, "back_bytes", c.back_bytes);
	dlo_tel_add_dict_uint(d, "native_off", c.native_off);
	dlo_tel_add_dict_uint(d, "native_stalled", c.native_stalled);
	dlo_tel_add_dict_uint(d, "native_gone", c.native_gone);
	return 0;
}

/** An object of objects by lcore. */
static int
reply_lcores(const struct app *app, const char *params, struct rte_tel_data *d)
{
	char key[24];

	(void)params;
	rte_tel_data_start_dict(d);
	for (unsigned int i = 0; i < app->nb_workers; i++) {
		const struct worker *w = &app->workers[i];
		struct rte_tel_data *one = rte_tel_data_alloc();

		if (one == NULL)
			break;
		rte_tel_data_start_dict(one);
		rte_tel_data_add_dict_int(one, "queues", (int)w->nb_queues);
		dlo_tel_add_dict_uint(one, "busy_cycles", dlo_count_read(&w->busy_cycles));
		dlo_tel_add_dict_uint(one, "idle_cycles", dlo_count_read(&w->idle_cycles));
		dlo_tel_add_dict_uint(one, "frames", dlo_count_read(&w->frames));
		snprintf(key, sizeof(key), "%u", w->lcore);
		if (rte_tel_data_add_dict_container(d, key, one, 0) != 0)
			rte_tel_data_free(one);
	}
	return 0;
}

/** @return the port, the only port when there is no name, or NULL. */
static const struct port *
find_port(const struct app *app, const char *name)
{
	if (name == NULL || name[0] == '\0')
		return app->nb_ports == 1 ? &app->ports[0] : NULL;
	for (unsigned int i = 0; i < app->nb_ports; i++) {
		const struct port *port = &app->ports[i];

		if (strcmp(port->name, name) == 0 ||
			(port->link != NULL && strcmp(port->link->ifname, name) == 0))
			return port;
	}
	return NULL;
}

static int
reply_no_port(const struct app *app, const char *params, struct rte_tel_data *d)
{
	struct rte_tel_data *names = rte_tel_data_alloc();

	telemetry_reply_error(d, params == NULL || params[0] == '\0' ?
			"there is more than one port: add ,PORT with one of these" :
			"there is no such port: use one of these");
	if (names == NULL)
		return 0;
	rte_tel_data_start_array(names, RTE_TEL_STRING_VAL);
	for (unsigned int i = 0; i < app->nb_ports; i++)
		rte_tel_data_add_array_string(names, app->ports[i].name);
	if (rte_tel_data_add_dict_container(d, "ports", names, 0) != 0)
		rte_tel_data_free(names);
	return 0;
}

/** One row per command: those about one port fill an object, the others make their own reply. */
static const struct command {
	const char *name;
	const char *help;
	int (*reply)(const struct app *app, const char *params, struct rte_tel_data *d);
	void (*fill)(const struct app *app, const struct port *port, struct rte_tel_data *d);
} commands[] = {
	{ "/dlo/ports", "Ports of dpdk-lo, 32 at a time. Parameters: number of the first (0)",
		reply_ports, NULL },
	{ "/dlo/stats", "All counters of a port. Parameters: port name", NULL, fill_stats },
	{ "/dlo/drops", "Dropped frames of a port by reason. Parameters: port name", NULL,
		fill_drops },
	{ "/dlo/link", "The host link. No parameters", link_reply, NULL },
	{ "/dlo/loopbacks", "Loopback addresses, 32 at a time. Parameters: number of the first (0)",
		reply_loopbacks, NULL },
	{ "/dlo/addresses", "Whose our addresses are, 32 at a time. Parameters: number of the first (0)",
		claims_reply, NULL },
	{ "/dlo/lcores", "What lcores poll and how busy they are, in TSC cycles. No parameters",
		reply_lcores, NULL },
	{ "/dlo/localhost", "What is carried of localhost, and who talks to whom, 12 pairs at a time. "
		"Parameters: number of the first pair (0)", reply_localhost, NULL },
	{ "/dlo/latency", "How long frames of a port are inside. Parameters: port name", NULL,
		latency_fill },
	{ "/dlo/latency_buckets", "The same as a histogram since the start: ns in ascending order, and frames "
		"that took about so long. Parameters: port name", NULL, latency_fill_buckets },
	{ "/dlo/plan", "What a port does with its frames. Parameters: port name", NULL, fill_plan },
};

static int
run_locked(const struct app *app, const struct command *c, const char *params,
	struct rte_tel_data *d)
{
	const struct port *port;

	if (app == NULL)
		return telemetry_reply_error(d, "dpdk-lo is stopping");
	if (c->reply != NULL)
		return c->reply(app, params, d);
	port = find_port(app, params);
	if (port == NULL)
		return reply_no_port(app, params, d);
	rte_tel_data_start_dict(d);
	c->fill(app, port, d);
	return 0;
}

static int
on_command(const char *cmd, const char *params, struct rte_tel_data *d)
{
	int rc = -1;

	for (unsigned int i = 0; i < RTE_DIM(commands); i++) {
		if (strcmp(cmd, commands[i].name) != 0)
			continue;
		pthread_mutex_lock(&lock);
		rc = run_locked(the_app, &commands[i], params, d);
		pthread_mutex_unlock(&lock);
		break;
	}
	return rc;
}

int
telemetry_register(const struct app *app)
{
	for (unsigned int i = 0; i < RTE_DIM(commands); i++) {
		int rc = rte_telemetry_register_cmd(commands[i].name, on_command, commands[i].help);

		if (rc != 0) {
			say_error("cannot register telemetry command %s: %s; start with "
				"--no-telemetry to do without",
				commands[i].name, strerror(-rc));
			return rc;
		}
	}
	telemetry_lock();
	the_app = app;
	telemetry_unlock();
	return 0;
}

void
telemetry_lock(void)
{
	pthread_mutex_lock(&lock);
}

void
telemetry_unlock(void)
{
	pthread_mutex_unlock(&lock);
}

void
telemetry_stop(void)
{
	telemetry_lock();
	the_app = NULL;
	telemetry_unlock();
}
