/* SPDX-License-Identifier: BSD-3-Clause */
#include "answers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_random.h>

#include "answer/compile.h"
#include "log.h"

/* Every --address of every port, and the link's prefixes. */
#define NEAR_MAX (PORTS_MAX * DLO_CONF_ADDRESSES_MAX + DLO_CONF_LINK_IPS_MAX)

static unsigned int
add_near(struct dlo_prefix *near, unsigned int nb, const struct dlo_prefix *prefixes,
	unsigned int nb_prefixes)
{
	memcpy(near + nb, prefixes, nb_prefixes * sizeof(*near));
	return nb + nb_prefixes;
}

static struct dlo_addr_table *
make_allowed(const struct app *app)
{
	struct dlo_prefix *near = calloc(NEAR_MAX, sizeof(*near));
	struct dlo_addr_table *table;
	unsigned int nb = 0;

	if (near == NULL)
		return NULL;
	for (unsigned int i = 0; i < app->nb_ports; i++) {
		const struct dlo_conf_port *conf = &app->ports[i].conf;

		nb = add_near(near, nb, conf->addresses, conf->nb_addresses);
	}
	if (app->link != NULL)
		nb = add_near(near, nb, app->conf.link.ips, app->conf.link.nb_ips);
	table = dlo_answer_allowed(&app->conf, near, nb);
	free(near);
	return table;
}

/* One queue's share, 0: no limit. RSS may give it more, and then it refuses before its time. */
static uint64_t
rate_share(const struct app *app, const struct port *port)
{
	uint64_t rate = app->conf.answer_rate;

	return rate == 0 ? 0 : RTE_MAX(rate / RTE_MAX(port->nb_queues, 1), UINT64_C(1));
}

/* Before a plan that needs them is published; they stay until the port is closed. */
static int
make_sessions(const struct port *port)
{
	if (!dlo_answer_needs_sessions(&port->conf))
		return 0;
	for (uint16_t q = 0; q < port->nb_queues; q++) {
		struct dlo_lane *lane = &port->queues[q]->lane;

		if (lane->sessions == NULL)
			lane->sessions = dlo_sessions_create(DLO_ANSWER_SESSIONS, rte_get_tsc_hz(),
				rte_rand());
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
	s.clock = &app->clock;
	rc = dlo_answer_compile(&port->conf, rate_share(app, port), rte_get_tsc_hz(), &s);
	if (rc != 0)
		say_error("port %s: libcrypto does not do SHA-256; leave key-file out of --stamp",
			port->name);
	else
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
