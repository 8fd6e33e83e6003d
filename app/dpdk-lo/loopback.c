/* SPDX-License-Identifier: BSD-3-Clause */
#include "loopback.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "link.h"
#include "log.h"
#include "netif.h"
#include "netif_rule.h"

/* Tables that are taken in turn: one per running dpdk-lo of this network namespace. */
#define TABLE_FIRST 19800
#define TABLES 64
#define RULES_MAX (TABLES * DLO_CONF_LOOPBACKS_MAX)

/*
 * A table without a route belongs to nobody who is alive: its interface went with its process, and
 * the routes with that. The rules that lead there are all that is left.
 */
static int
remove_stale_rules(struct netif *n)
{
	struct netif_rule *rules = calloc(RULES_MAX, sizeof(*rules));
	int nb = rules != NULL ? netif_rules(n, rules, RULES_MAX) : -ENOMEM;
	int ret = nb < 0 ? nb : 0;

	for (int i = 0; ret == 0 && i < nb; i++) {
		int used = netif_table_used(n, rules[i].table);

		if (used == 0)
			ret = netif_rule_set(n, &rules[i], false);
		else if (used < 0)
			ret = used;
	}
	free(rules);
	return ret;
}

static int
choose_table(struct netif *n, uint32_t *ret)
{
	for (uint32_t table = TABLE_FIRST; table < TABLE_FIRST + TABLES; table++) {
		int used = netif_table_used(n, table);

		if (used < 0)
			return used;
		if (used == 0) {
			*ret = table;
			return 0;
		}
	}
	return -EBUSY;
}

/* A packet of the host must fit every port that it may leave by. */
static unsigned int
route_mtu(const struct app *app)
{
	unsigned int mtu = app->link_dev.mtu;

	for (unsigned int i = 0; i < app->nb_ports; i++) {
		const struct port *p = &app->ports[i];

		if (p->link == NULL && p->mtu != 0 && p->mtu < mtu)
			mtu = p->mtu;
	}
	return mtu < app->link_dev.mtu ? mtu : 0;
}

static int
set_routes(const struct app *app)
{
	const struct link_dev *link = &app->link_dev;
	bool done[2] = { false, false };
	int ret = 0;

	for (unsigned int i = 0; ret == 0 && i < app->conf.nb_loopbacks; i++) {
		uint8_t family = app->conf.loopbacks[i].addr.family;

		/* The first prefix of the family; validation has seen that there is one. */
		for (unsigned int k = 0; !done[family == 6] && k < app->conf.link.nb_ips; k++) {
			struct dlo_prefix via;

			if (app->conf.link.ips[k].family != family)
				continue;
			via = link_peer(&app->conf.link.ips[k]);
			ret = netif_default_route(link->netif, link->ifindex, app->route_table,
				&via, route_mtu(app));
			done[family == 6] = true;
		}
	}
	return ret;
}

static int
add_loopback(const struct app *app, const struct dlo_conf_loopback *lo)
{
	const struct link_dev *link = &app->link_dev;
	struct netif_rule rule = { .from = lo->addr, .table = app->route_table };
	char text[DLO_PREFIX_STRLEN];
	int err = netif_add_addr(link->netif, link->ifindex, &lo->addr);

	if (err == 0)
		err = netif_rule_set(link->netif, &rule, true);
	if (err != 0)
		say_error("cannot set up loopback %s=%s on interface %s: %s; %s", lo->name,
			dlo_prefix_format(&lo->addr, text), link->ifname, strerror(-err),
			lo->addr.family == 6 ? "see whether the host has IPv6 switched off" :
					       "choose another address");
	return err;
}

int
loopback_install(struct app *app)
{
	struct netif *n = app->link_dev.netif;
	int ret = remove_stale_rules(n);
	bool gone = false;

	if (app->conf.nb_loopbacks == 0)
		return 0;
	if (ret == 0)
		ret = choose_table(n, &app->route_table);
	if (ret == 0)
		ret = set_routes(app);
	if (ret != 0) {
		say_error("cannot set up routes for loopbacks on interface %s: %s; see 'ip rule' and "
			"'ip route show table %u'",
			app->link_dev.ifname, strerror(-ret), TABLE_FIRST);
		return ret;
	}
	for (unsigned int i = 0; ret == 0 && i < app->conf.nb_loopbacks; i++)
		ret = add_loopback(app, &app->conf.loopbacks[i]);
	/* Take in the new addresses before the first plan is made. */
	link_poll(&app->link_dev, &gone);
	return ret;
}

void
loopback_refresh(struct app *app)
{
	const struct link_dev *link = &app->link_dev;

	if (app->route_table == 0 || link->netif == NULL || link->ifindex == 0 || !link->up)
		return;
	if (set_routes(app) != 0)
		say_warning("the routes from the loopbacks through %s could not be put back: "
			"replies of this host take its default route now", link->ifname);
}

void
loopback_remove(struct app *app)
{
	if (app->route_table == 0 || app->link_dev.netif == NULL)
		return;
	for (unsigned int i = 0; i < app->conf.nb_loopbacks; i++) {
		struct netif_rule rule = {
			.from = app->conf.loopbacks[i].addr,
			.table = app->route_table,
		};

		netif_rule_set(app->link_dev.netif, &rule, false);
	}
	app->route_table = 0;
}
