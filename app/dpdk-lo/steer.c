/* SPDX-License-Identifier: BSD-3-Clause */
#include "steer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "devarg.h"
#include "log.h"
#include "steer/beside.h"
#include "steer_way.h"

#define EXAMPLES "--vdev net_af_xdp0,iface=eth0 or --vdev net_vtap0,beside=eth0"

static const struct steer_way *const ways[] = { &steer_by_xdp, &steer_by_tc };

struct steer {
	unsigned int nb;
	struct steered ports[PORTS_MAX];
};

struct port *
steer_port(struct app *app, const struct steered *s)
{
	for (unsigned int i = 0; i < app->nb_ports; i++) {
		if (strcmp(app->ports[i].name, s->port) == 0)
			return &app->ports[i];
	}
	return NULL;
}

/* @return NULL for a device that cannot be steered to: a TAP is one only if it says beside what */
static const struct steer_way *
way_of(const char *devargs)
{
	const char *said;

	for (unsigned int i = 0; i < RTE_DIM(ways); i++) {
		if (devarg_of_driver(devargs, ways[i]->driver) &&
			(ways[i] != &steer_by_tc || devarg(devargs, ways[i]->key, &said) > 0))
			return ways[i];
	}
	return NULL;
}

static int
read_names(struct steered *s, const char *devargs)
{
	const struct steer_way *way = s->way;
	size_t len = strcspn(devargs, ",");
	const char *said;

	if (len >= sizeof(s->port)) {
		say_error("--vdev %s: the name is too long: use one such as %s0", devargs, way->driver);
		return -EINVAL;
	}
	memcpy(s->port, devargs, len);
	s->port[len] = '\0';
	len = devarg(devargs, way->key, &said);
	if (len == 0 || len >= sizeof(s->ifname)) {
		say_error("--vdev %s: no name of an interface: write it as in --vdev %s", devargs,
			way->example);
		return -EINVAL;
	}
	memcpy(s->ifname, said, len);
	s->ifname[len] = '\0';
	if (way->against != NULL && devarg(devargs, way->against, &said) > 0) {
		say_error("--vdev %s: --steer has a program of its own: leave out %s=, or the rules",
			devargs, way->against);
		return -EINVAL;
	}
	return 0;
}

static int
read_rules(struct app *app, struct steered *s)
{
	struct dlo_conf_port_facts facts = { .name = s->port, .driver = s->way->driver };
	struct dlo_conf_port *conf = malloc(sizeof(*conf));

	if (conf == NULL) {
		say_error("out of memory");
		return -ENOMEM;
	}
	dlo_conf_resolve(&app->conf, &facts, conf);
	s->nb_rules = conf->steer.nb_rules;
	memcpy(s->rules, conf->steer.rules, sizeof(s->rules));
	free(conf);
	return 0;
}

/* @return 0 without rules for it, 1 when it is steered, or -errno said */
static int
prepare_port(struct app *app, const char *devargs, struct steered *s)
{
	int ret = read_names(s, devargs);

	if (ret == 0)
		ret = read_rules(app, s);
	if (ret != 0)
		return ret;
	if (s->nb_rules == 0 && s->way == &steer_by_tc) {
		say_error("--vdev %s: say what to take from interface %s, as in --steer 'udp dst port 862'",
			devargs, s->ifname);
		return -EINVAL;
	}
	if (s->nb_rules == 0)
		return 0;
	ret = s->way->prepare(s, devargs);
	/* Not what was written, but what it found. */
	return ret == 0 ? 1 : ret == -EINVAL ? -EIO : ret;
}

static bool
is_steered(const struct steer *steer, const char *port)
{
	for (unsigned int i = 0; i < steer->nb; i++) {
		if (strcmp(steer->ports[i].port, port) == 0)
			return true;
	}
	return false;
}

/* Rules that no port takes would be forgotten silently. */
static int
check_rules_are_used(const struct dlo_conf *conf, const struct steer *steer)
{
	for (unsigned int i = 0; i < conf->nb_ports; i++) {
		if ((conf->ports[i].port.set & DLO_CONF_STEER) != 0 &&
			!is_steered(steer, conf->ports[i].name)) {
			say_error("--steer: there is no port '%s' on an interface in use: make it as in "
				EXAMPLES, conf->ports[i].name);
			return -EINVAL;
		}
	}
	if ((conf->all.set & DLO_CONF_STEER) != 0 && steer->nb == 0) {
		say_error("--steer works on ports on an interface in use, and there is none: make one as in "
			EXAMPLES);
		return -EINVAL;
	}
	return 0;
}

/* @return whether there are rules, or a port that asks for some */
static bool
is_asked_for(const struct dlo_conf *conf, const struct cmdline_eal *eal)
{
	bool is = (conf->all.set & DLO_CONF_STEER) != 0;

	for (unsigned int i = 0; i < conf->nb_ports; i++)
		is |= (conf->ports[i].port.set & DLO_CONF_STEER) != 0;
	for (int i = 1; i < eal->argc && !is; i++) {
		const char *devargs = devarg_vdev(eal, i, NULL);

		is = devargs != NULL && way_of(devargs) == &steer_by_tc;
	}
	return is;
}

int
steer_prepare(struct app *app, struct cmdline_eal *eal)
{
	struct steer *steer;

	if (!is_asked_for(&app->conf, eal))
		return 0;
	steer = calloc(1, sizeof(*steer));
	if (steer == NULL) {
		say_error("out of memory");
		return -ENOMEM;
	}
	app->steer = steer;
	for (int i = 1; i < eal->argc && steer->nb < PORTS_MAX; i++) {
		struct steered *s = &steer->ports[steer->nb];
		const char *option;
		const char *devargs = devarg_vdev(eal, i, &option);
		char *word;
		int ret;

		if (devargs == NULL || way_of(devargs) == NULL)
			continue;
		s->way = way_of(devargs);
		s->object = s->link = -1;
		ret = prepare_port(app, devargs, s);
		if (ret < 0)
			return ret;
		if (ret == 0)
			continue;
		steer->nb++;
		if (asprintf(&word, "%s%s", option, s->devargs) < 0) {
			say_error("out of memory");
			return -ENOMEM;
		}
		free(s->devargs);
		eal->argv[i] = s->devargs = word;
	}
	return check_rules_are_used(&app->conf, steer);
}

unsigned int
steer_beside(const struct app *app, const char *port)
{
	for (unsigned int i = 0; app->steer != NULL && i < app->steer->nb; i++) {
		if (strcmp(app->steer->ports[i].port, port) == 0)
			return app->steer->ports[i].ifindex;
	}
	return 0;
}

int
steer_settle(struct app *app)
{
	int ret = 0;

	for (unsigned int i = 0; app->steer != NULL && i < app->steer->nb && ret == 0; i++) {
		struct steered *s = &app->steer->ports[i];

		if (s->way->settle != NULL)
			ret = s->way->settle(app, s);
	}
	return ret;
}

int
steer_start(struct app *app)
{
	int ret = 0;

	for (unsigned int i = 0; app->steer != NULL && i < app->steer->nb && ret == 0; i++) {
		struct steered *s = &app->steer->ports[i];

		ret = s->way->start(app, s);
	}
	if (ret == 0)
		steer_update_filters(app);
	return ret;
}

void
steer_update_filters(struct app *app)
{
	for (unsigned int i = 0; app->steer != NULL && i < app->steer->nb; i++) {
		const struct steered *s = &app->steer->ports[i];
		const struct port *p = steer_port(app, s);
		bool all = p != NULL && p->conf.accept != DLO_ACCEPT_OWN;
		int ret = s->beside != NULL ? dlo_steer_beside_promiscuous(s->beside, all) : 0;

		if (ret != 0)
			say_warning("port %s: interface %s cannot be made to receive what is for others: %s",
				s->port, s->ifname,
				ret == -EPERM ? "CAP_NET_RAW is missing" : strerror(-ret));
	}
}

bool
steer_needs_net_admin(const struct app *app)
{
	for (unsigned int i = 0; app->steer != NULL && i < app->steer->nb; i++) {
		const struct steered *s = &app->steer->ports[i];

		if (s->beside != NULL && dlo_steer_beside_is_filter(s->beside))
			return true;
	}
	return false;
}

void
steer_stop(struct app *app)
{
	for (unsigned int i = 0; app->steer != NULL && i < app->steer->nb; i++)
		app->steer->ports[i].way->stop(&app->steer->ports[i]);
	free(app->steer);
	app->steer = NULL;
}
