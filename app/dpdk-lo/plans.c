/* SPDX-License-Identifier: BSD-3-Clause */
#include "plans.h"

#include <errno.h>
#include <stdlib.h>

#include <rte_malloc.h>
#include <rte_rcu_qsbr.h>

#include "answers.h"
#include "claims.h"
#include "filter.h"
#include "link.h"
#include "log.h"
#include "telemetry.h"
#include "unmap_guard.h"

/* Rules of one port: its --address list, the loopbacks, and on the link what link_addr_rules() has. */
#define RULES_MAX                                                                                  \
	(DLO_CONF_ADDRESSES_MAX + DLO_CONF_LOOPBACKS_MAX + DLO_CONF_LINK_IPS_MAX +                 \
		LINK_HOST_ADDRS_MAX)

/** A plan, and what else workers have to know of a port's settings. */
struct port_plan {
	struct dlo_plan plan; /* first: a pointer to one is a pointer to the other */
	unsigned int nb_neighbours;
	struct dlo_prefix neighbours[DLO_CONF_ADDRESSES_MAX];
};

/** A plan that was replaced, until no worker can see it any more. */
struct retired_plan {
	struct retired_plan *next;
	const struct dlo_plan *plan;
	uint64_t token; /**< RCU token of the moment it was replaced */
};

int
plans_init(struct app *app)
{
	size_t size = rte_rcu_qsbr_get_memsize(RTE_MAX_LCORE);

	app->rcu = rte_zmalloc("dlo_rcu", size, RTE_CACHE_LINE_SIZE);
	if (app->rcu == NULL || rte_rcu_qsbr_init(app->rcu, RTE_MAX_LCORE) != 0) {
		say_error("no memory for %zu bytes of worker state; give EAL more with -m", size);
		return -ENOMEM;
	}
	unmap_guard(app->rcu);
	return 0;
}

static void
plan_destroy(const struct dlo_plan *plan)
{
	dlo_addr_table_free((struct dlo_addr_table *)(uintptr_t)plan->addresses);
	answers_release(&plan->settings);
	filter_release(&plan->filter);
	rte_free((void *)(uintptr_t)plan);
}

static void
plan_free(const struct dlo_plan *plan)
{
	if (plan == NULL)
		return;
	/* No worker sees it any more, but a telemetry thread may be reading it out. */
	telemetry_lock();
	plan_destroy(plan);
	telemetry_unlock();
}

static bool
is_network(const struct dlo_prefix *p)
{
	return p->len < (p->family == 4 ? 32 : 128);
}

static struct dlo_addr_table *
make_addresses(const struct app *app, const struct port *port)
{
	struct dlo_addr_rule rules[RULES_MAX];
	unsigned int nb = 0;

	for (unsigned int i = 0; i < port->conf.nb_addresses; i++) {
		rules[nb].prefix = port->conf.addresses[i];
		/* With host bits it is one address, in a network where its neighbours are. */
		if (dlo_prefix_has_host_bits(&rules[nb].prefix))
			rules[nb].prefix.len = rules[nb].prefix.family == 4 ? 32 : 128;
		rules[nb].owner = is_network(&rules[nb].prefix) || port->link != NULL ?
			DLO_OWNER_PORT : DLO_OWNER_STATION;
		if (rules[nb].owner == DLO_OWNER_STATION && claims_is_tentative(port, &rules[nb].prefix))
			rules[nb].owner = DLO_OWNER_TENTATIVE;
		nb++;
	}
	/* After the user's own, so that what the host owns stays the host's. */
	if (port->link != NULL)
		nb += link_addr_rules(&app->conf.link, port->link, rules + nb, RULES_MAX - nb);
	for (unsigned int i = 0; i < app->conf.nb_loopbacks; i++) {
		if (app->conf.loopbacks[i].shut)
			continue;
		rules[nb].prefix = app->conf.loopbacks[i].addr;
		rules[nb].owner = port->link != NULL ? DLO_OWNER_HOST_LOOPBACK :
						       DLO_OWNER_LOOPBACK + app->loopback_slots[i];
		if (claims_is_tentative(port, &rules[nb].prefix))
			rules[nb].owner = DLO_OWNER_TENTATIVE;
		nb++;
	}
	return dlo_addr_table_create(rules, nb);
}

/* Addresses that say where neighbours are: they have the length of their network. */
static void
add_neighbours(struct port_plan *p, const struct dlo_conf_port *conf)
{
	for (unsigned int i = 0; i < conf->nb_addresses; i++) {
		if (dlo_prefix_has_host_bits(&conf->addresses[i]))
			p->neighbours[p->nb_neighbours++] = conf->addresses[i];
	}
}

static struct dlo_plan *
plan_make(const struct app *app, const struct port *port)
{
	struct port_plan *p = rte_zmalloc("dlo_plan", sizeof(*p), RTE_CACHE_LINE_SIZE);
	struct dlo_plan *plan = &p->plan;
	/* A zero MAC would be taken for a carried frame: rather punt nothing. */
	bool has_host = port->link == NULL && app->link != NULL &&
		!rte_is_zero_ether_addr(&app->link_dev.kernel_mac);

	if (p == NULL)
		return NULL;
	add_neighbours(p, &port->conf);
	plan->mode = port->conf.mode;
	plan->accept = port->conf.accept;
	plan->guards = port->conf.guards;
	plan->answers = port->conf.answers;
	plan->link = port->link != NULL;
	/* Not on the link: its driver takes none out, and net_vtap keeps its header in the headroom. */
	plan->restore_tags = !plan->link;
	plan->carry = plan->link && dlo_conf_carries(&app->conf);
	plan->mac = port->mac;
	plan->forward = port->forwards;
	if (port->conf.loop_guard) {
		/* The one part that is not the plan's own; it lives as long as the port. */
		plan->loop_guard = (struct dlo_loop_guard *)(uintptr_t)&port->loop.guard;
		plan->loop_stop = port->loop.stopped;
	}
	plan->punt = has_host && app->link->forwards;
	plan->unmatched_punt = has_host && port->conf.unmatched_to_host;
	if (has_host) {
		plan->punt_dst = app->link_dev.kernel_mac;
		plan->punt_src = app->link->mac;
	}
	for (unsigned int i = 0; i < app->nb_ports; i++)
		plan->own_macs[plan->nb_own_macs++] = app->ports[i].mac;
	plan->addresses = make_addresses(app, port);
	if (plan->addresses == NULL || answers_compile(app, port, &plan->settings) != 0 ||
		filter_acquire(port->conf.filter, &plan->filter) != 0) {
		plan_destroy(plan);
		return NULL;
	}
	dlo_plan_choose_burst(plan);
	return plan;
}

static void
plan_retire(struct app *app, const struct dlo_plan *plan)
{
	struct retired_plan *r = malloc(sizeof(*r));

	if (r == NULL) {
		/* Rather leak one plan than pull it from under a worker. */
		return;
	}
	r->plan = plan;
	r->token = rte_rcu_qsbr_start(app->rcu);
	r->next = app->retired;
	app->retired = r;
}

static void
publish(struct app *app, struct port *port, const struct dlo_plan *plan)
{
	const struct dlo_plan *old = atomic_exchange(&port->plan, plan);

	if (old == NULL) {
		for (uint16_t q = 0; q < port->nb_queues; q++)
			port->queues[q]->plan = plan;
	} else {
		plan_retire(app, old);
	}
}

int
plans_publish(struct app *app, struct port *port)
{
	const struct dlo_plan *plan = plan_make(app, port);

	if (plan == NULL) {
		say_error("port %s: no memory for a new plan; the old one stays in force", port->name);
		return -ENOMEM;
	}
	publish(app, port, plan);
	return 0;
}

int
plans_make_all(const struct app *app, const struct dlo_plan *plans[PORTS_MAX])
{
	for (unsigned int i = 0; i < app->nb_ports; i++) {
		plans[i] = plan_make(app, &app->ports[i]);
		if (plans[i] != NULL)
			continue;
		plans_discard(plans, i);
		return -ENOMEM;
	}
	return 0;
}

void
plans_discard(const struct dlo_plan *const plans[], unsigned int nb)
{
	for (unsigned int i = 0; i < nb; i++)
		plan_destroy(plans[i]);
}

void
plans_publish_made(struct app *app, const struct dlo_plan *const plans[PORTS_MAX])
{
	for (unsigned int i = 0; i < app->nb_ports; i++)
		publish(app, &app->ports[i], plans[i]);
}

int
plans_publish_all(struct app *app)
{
	const struct dlo_plan *plans[PORTS_MAX];
	int ret = plans_make_all(app, plans);

	if (ret == 0)
		plans_publish_made(app, plans);
	else
		say_error("no memory for the plans of %u ports; give EAL more with -m", app->nb_ports);
	return ret;
}

const struct dlo_prefix *
plans_neighbours(const struct dlo_plan *plan, unsigned int *ret_nb)
{
	const struct port_plan *p = (const struct port_plan *)plan;

	*ret_nb = p->nb_neighbours;
	return p->neighbours;
}

static void
reclaim(struct app *app, bool all)
{
	struct retired_plan **link = &app->retired;

	while (*link != NULL) {
		struct retired_plan *r = *link;

		if (all || rte_rcu_qsbr_check(app->rcu, r->token, false) == 1) {
			*link = r->next;
			plan_free(r->plan);
			free(r);
		} else {
			link = &r->next;
		}
	}
}

void
plans_reclaim(struct app *app)
{
	if (app->retired != NULL)
		reclaim(app, false);
}

void
plans_free(struct app *app)
{
	reclaim(app, true);
	for (unsigned int i = 0; i < app->nb_ports; i++)
		plan_free(atomic_exchange(&app->ports[i].plan, NULL));
	unmap_guard(NULL);
	rte_free(app->rcu);
	app->rcu = NULL;
}
