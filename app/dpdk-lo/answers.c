/* SPDX-License-Identifier: BSD-3-Clause */
#include "answers.h"

#include <errno.h>
#include <stdlib.h>

#include <rte_cycles.h>
#include <rte_random.h>

#include "log.h"

/* Chosen for the user: every --address of every port, the link's prefixes, the fixed ones. */
#define RULES_MAX (PORTS_MAX * DLO_CONF_ADDRESSES_MAX + DLO_CONF_LINK_IPS_MAX + 2)

/* Sessions that a queue remembers: 90 KiB. */
#define SESSIONS 1024

/* What it takes a kernel to wake a sleeper, at most: no frame lay longer in front of one. */
#define WAKE_US 1000

/* Blocks reserved for benchmarking: RFC 2544 appendix C.2.2, RFC 5180 section 8. */
static const struct dlo_prefix benchmarking[] = {
	{ .family = 4, .len = 15, .addr = { 198, 18 } },
	{ .family = 6, .len = 48, .addr = { 0x20, 0x01, 0x00, 0x02 } },
};

static inline bool
has_answer(const struct port *port, enum dlo_answer answer)
{
	return (port->conf.answers & UINT32_C(1) << answer) != 0;
}

static unsigned int
add_prefixes(struct dlo_addr_rule *rules, unsigned int nb, const struct dlo_prefix *prefixes,
	unsigned int nb_prefixes)
{
	for (unsigned int i = 0; i < nb_prefixes; i++)
		rules[nb++] = (struct dlo_addr_rule){ prefixes[i], DLO_OWNER_PORT };
	return nb;
}

/* Who may ask: what the user said, else whoever is near. */
static struct dlo_addr_table *
make_allowed(const struct app *app)
{
	struct dlo_addr_rule *rules = calloc(RULES_MAX, sizeof(*rules));
	struct dlo_addr_table *table = NULL;
	unsigned int nb = 0;

	if (rules == NULL)
		return NULL;
	if (app->conf.nb_allow > 0) {
		nb = add_prefixes(rules, nb, app->conf.allow, app->conf.nb_allow);
	} else {
		nb = add_prefixes(rules, nb, benchmarking, RTE_DIM(benchmarking));
		for (unsigned int i = 0; i < app->nb_ports; i++) {
			const struct dlo_conf_port *conf = &app->ports[i].conf;

			nb = add_prefixes(rules, nb, conf->addresses, conf->nb_addresses);
		}
		if (app->link != NULL)
			nb = add_prefixes(rules, nb, app->conf.link.ips, app->conf.link.nb_ips);
	}
	table = dlo_addr_table_create(rules, nb);
	free(rules);
	return table;
}

/* One queue's share, 0: no limit. RSS may give it more, and then it refuses before its time. */
static uint64_t
rate_share(const struct app *app, const struct port *port)
{
	uint64_t rate = app->conf.answer_rate;

	return rate == 0 ? 0 : RTE_MAX(rate / RTE_MAX(port->nb_queues, 1), UINT64_C(1));
}

/* The interval at which that many come, rounded up; never 0, which would mean "send none". */
static uint32_t
interval_us(uint64_t per_second)
{
	return per_second == 0 ? 1 : (uint32_t)((1000000 + per_second - 1) / per_second);
}

static void
compile_sbfd(const struct app *app, const struct port *port, struct dlo_answer_settings *s)
{
	s->sbfd.echo = has_answer(port, DLO_ANSWER_SBFD);
	s->sbfd.discriminator = port->conf.sbfd.discriminator;
	s->sbfd.admin_down = port->conf.sbfd.admin_down;
	s->sbfd.min_rx_us = interval_us(rate_share(app, port));
}

static int
compile_stamp(const struct port *port, struct dlo_answer_settings *s)
{
	const struct dlo_conf_stamp *conf = &port->conf.stamp;

	if (!has_answer(port, DLO_ANSWER_STAMP))
		return 0;
	s->stamp.port = conf->port;
	s->stamp.stateful = conf->stateful;
	s->stamp.ptp = conf->ptp;
	s->stamp.same_port = conf->same_port;
	s->timed = true;
	if (conf->key_len == 0)
		return 0;
	s->stamp.tlv_hmac = true;
	s->stamp.authenticated = !conf->tlv_hmac;
	if (!dlo_hmac_init(&s->stamp.hmac, conf->key, conf->key_len)) {
		say_error("port %s: libcrypto does not do SHA-256; leave key-file out of --stamp",
			port->name);
		return -ENOTSUP;
	}
	return 0;
}

static void
compile_oam(const struct port *port, struct dlo_answer_settings *s)
{
	if (!has_answer(port, DLO_ANSWER_OAM))
		return;
	s->oam.on = true;
	s->oam.level = port->conf.oam.level;
	s->oam.mep = port->conf.oam.mep;
	s->oam.vlan = port->conf.oam.vlan;
	s->timed = true;
}

/* Before a plan that needs them is published; they stay until the port is closed. */
static int
make_sessions(const struct port *port)
{
	if (!has_answer(port, DLO_ANSWER_OAM) &&
		!(has_answer(port, DLO_ANSWER_STAMP) && port->conf.stamp.stateful))
		return 0;
	for (uint16_t q = 0; q < port->nb_queues; q++) {
		struct dlo_lane *lane = &port->queues[q]->lane;

		if (lane->sessions == NULL)
			lane->sessions = dlo_sessions_create(SESSIONS, rte_get_tsc_hz(), rte_rand());
		if (lane->sessions == NULL)
			return -ENOMEM;
	}
	return 0;
}

void
answers_free_sessions(struct port *port)
{
	for (uint16_t q = 0; q < port->nb_queues; q++) {
		/* There are none yet on a port for which memory was short. */
		if (port->queues[q] == NULL)
			continue;
		dlo_sessions_free(port->queues[q]->lane.sessions);
		port->queues[q]->lane.sessions = NULL;
	}
}

int
answers_compile(const struct app *app, const struct port *port, struct dlo_answer_settings *ret)
{
	struct dlo_answer_settings s = { 0 };
	int rc;

	s.allowed = make_allowed(app);
	if (s.allowed == NULL)
		return -ENOMEM;
	s.rate = dlo_rate_make(rate_share(app, port), rte_get_tsc_hz());
	s.udp_echo.port = port->conf.udp_echo.port;
	s.udp_echo.low_ports = port->conf.udp_echo.low_ports;
	compile_sbfd(app, port, &s);
	compile_oam(port, &s);
	s.clock = &app->clock;
	s.lag_max = rte_get_tsc_hz() / 1000000 * WAKE_US;
	rc = compile_stamp(port, &s);
	if (rc == 0)
		rc = make_sessions(port);
	if (rc != 0) {
		answers_release(&s);
		return rc;
	}
	*ret = s;
	return 0;
}

void
answers_release(const struct dlo_answer_settings *settings)
{
	dlo_addr_table_free((struct dlo_addr_table *)(uintptr_t)settings->allowed);
}
