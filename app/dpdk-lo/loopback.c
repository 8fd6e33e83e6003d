/* SPDX-License-Identifier: BSD-3-Clause */
#include "loopback.h"

#include <errno.h>
#include <stdio.h>
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
set_routes(const struct app *app, const struct dlo_conf *conf)
{
	const struct link_dev *link = &app->link_dev;
	bool done[2] = { false, false };
	int ret = 0;

	for (unsigned int i = 0; ret == 0 && i < conf->nb_loopbacks; i++) {
		uint8_t family = conf->loopbacks[i].addr.family;

		/* The first prefix of the family; validation has seen that there is one. */
		for (unsigned int k = 0; !done[family == 6] && k < conf->link.nb_ips; k++) {
			struct dlo_prefix via;

			if (conf->link.ips[k].family != family)
				continue;
			via = link_peer(&conf->link.ips[k]);
			ret = netif_default_route(link->netif, link->ifindex, app->route_table,
				&via, route_mtu(app));
			done[family == 6] = true;
		}
	}
	return ret;
}

static int
host_has(const struct app *app, const struct dlo_conf_loopback *lo)
{
	const struct link_dev *link = &app->link_dev;
	struct netif_rule rule = { .from = lo->addr, .table = app->route_table };
	int err = netif_add_addr(link->netif, link->ifindex, &lo->addr);

	return err == 0 ? netif_rule_set(link->netif, &rule, true) : err;
}

static void
host_has_not(const struct app *app, const struct dlo_conf_loopback *lo)
{
	const struct link_dev *link = &app->link_dev;
	struct netif_rule rule = { .from = lo->addr, .table = app->route_table };

	netif_rule_set(link->netif, &rule, false);
	netif_remove_addr(link->netif, link->ifindex, &lo->addr);
}

/* @return 0, or -errno with @p err */
static int
add_loopback(const struct app *app, const struct dlo_conf_loopback *lo, char err[DLO_CONF_ERR])
{
	char text[DLO_PREFIX_STRLEN];
	int ret = host_has(app, lo);

	if (ret != 0)
		snprintf(err, DLO_CONF_ERR, "cannot set up loopback %s=%s on interface %s: %s; %s",
			lo->name, dlo_prefix_format(&lo->addr, text), app->link_dev.ifname,
			strerror(-ret), lo->addr.family == 6 ?
				"see whether the host has IPv6 switched off" :
				"choose another address");
	return ret;
}

/* One that is shut is none. */
static const struct dlo_conf_loopback *
find(const struct dlo_conf *conf, const struct dlo_prefix *addr)
{
	for (unsigned int i = 0; i < conf->nb_loopbacks; i++) {
		const struct dlo_conf_loopback *lo = &conf->loopbacks[i];

		if (!lo->shut && lo->addr.family == addr->family &&
			memcmp(lo->addr.addr, addr->addr, sizeof(addr->addr)) == 0)
			return lo;
	}
	return NULL;
}

int
loopback_install(struct app *app)
{
	struct netif *n = app->link_dev.netif;
	int ret = remove_stale_rules(n);
	char err[DLO_CONF_ERR];
	bool gone = false;

	for (unsigned int i = 0; i < app->conf.nb_loopbacks; i++)
		app->loopback_slots[i] = (uint16_t)i;
	if (app->conf.nb_loopbacks == 0)
		return 0;
	if (ret == 0)
		ret = choose_table(n, &app->route_table);
	if (ret == 0)
		ret = set_routes(app, &app->conf);
	if (ret != 0) {
		say_error("cannot set up routes for loopbacks on interface %s: %s; see 'ip rule' and "
			"'ip route show table %u'",
			app->link_dev.ifname, strerror(-ret), TABLE_FIRST);
		return ret;
	}
	for (unsigned int i = 0; ret == 0 && i < app->conf.nb_loopbacks; i++) {
		if (app->conf.loopbacks[i].shut)
			continue;
		ret = add_loopback(app, &app->conf.loopbacks[i], err);
		if (ret != 0)
			say_error("%s", err);
	}
	/* Take in the new addresses before the first plan is made. */
	link_poll(&app->link_dev, &gone);
	return ret;
}

int
loopback_add(struct app *app, const struct dlo_conf *next, char err[DLO_CONF_ERR])
{
	int ret = 0;

	if (app->route_table == 0)
		return 0;
	for (unsigned int i = 0; i < next->nb_loopbacks; i++) {
		const struct dlo_conf_loopback *lo = &next->loopbacks[i];

		if (lo->shut || find(&app->conf, &lo->addr) != NULL)
			continue;
		ret = add_loopback(app, lo, err);
		if (ret != 0)
			break;
	}
	if (ret == 0) {
		ret = set_routes(app, next);
		if (ret != 0)
			snprintf(err, DLO_CONF_ERR, "cannot set up routes for loopbacks on "
				"interface %s: %s", app->link_dev.ifname, strerror(-ret));
	}
	for (unsigned int i = 0; ret != 0 && i < next->nb_loopbacks; i++) {
		if (!next->loopbacks[i].shut &&
			find(&app->conf, &next->loopbacks[i].addr) == NULL)
			host_has_not(app, &next->loopbacks[i]);
	}
	return ret;
}

void
loopback_drop(struct app *app, const struct dlo_conf *old)
{
	if (app->route_table == 0)
		return;
	for (unsigned int i = 0; i < old->nb_loopbacks; i++) {
		if (!old->loopbacks[i].shut &&
			find(&app->conf, &old->loopbacks[i].addr) == NULL)
			host_has_not(app, &old->loopbacks[i]);
	}
}

void
loopback_refresh(struct app *app)
{
	const struct link_dev *link = &app->link_dev;

	if (app->route_table == 0 || link->netif == NULL || link->ifindex == 0 || !link->up)
		return;
	if (set_routes(app, &app->conf) != 0)
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
