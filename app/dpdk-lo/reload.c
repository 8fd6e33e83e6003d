/* SPDX-License-Identifier: BSD-3-Clause */
#include "reload.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifdef DLO_HAVE_SYSTEMD
#include <systemd/sd-daemon.h>
#endif

#include "appliance.h"
#include "claims.h"
#include "control.h"
#include "forward.h"
#include "hosts.h"
#include "link.h"
#include "log.h"
#include "loopback.h"
#include "plans.h"
#include "port.h"
#include "steer.h"
#include "telemetry.h"

/* What is in force, kept until what comes in its place has proved itself. */
struct settings {
	struct dlo_conf conf;
	uint16_t loopback_slots[DLO_CONF_LOOPBACKS_MAX];
	struct dlo_conf_port ports[PORTS_MAX];
};

/* systemd's protocol for Type=notify-reload, and a state that `systemctl status` shows for all. */
static void
tell_systemd(bool reloading)
{
#ifdef DLO_HAVE_SYSTEMD
	struct timespec now = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (reloading)
		sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lld",
			(long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
	else
		sd_notify(0, "READY=1");
#else
	(void)reloading;
#endif
}

/* What only an open port or interface decides. @return 0, or -EINVAL with @p err */
static int
check_running(const struct app *app, const struct dlo_conf *next, char err[DLO_CONF_ERR])
{
	const char *option = dlo_conf_differs(&app->conf, next);

	if (option != NULL) {
		snprintf(err, DLO_CONF_ERR, "'%s' cannot change while dpdk-lo runs: put it back as it "
			"was, or start dpdk-lo anew", option);
		return -EINVAL;
	}
	if (next->link.wanted && app->link == NULL) {
		snprintf(err, DLO_CONF_ERR, "the host link that this needs cannot be made while dpdk-lo "
			"runs: start dpdk-lo anew");
		return -EINVAL;
	}
	if (next->nb_loopbacks > 0 && app->route_table == 0) {
		snprintf(err, DLO_CONF_ERR, "'loopback' cannot have its first address while dpdk-lo "
			"runs, because the host link was opened for none: start dpdk-lo anew");
		return -EINVAL;
	}
	return app_check_port_names(app, next, err);
}

/* @return the same settings with @p next in their place, to be checked by making plans of them */
static void
swap(struct app *app, struct settings *other)
{
	static struct settings now;

	telemetry_lock();
	now.conf = app->conf;
	memcpy(now.loopback_slots, app->loopback_slots, sizeof(now.loopback_slots));
	for (unsigned int i = 0; i < app->nb_ports; i++)
		now.ports[i] = app->ports[i].conf;
	app->conf = other->conf;
	memcpy(app->loopback_slots, other->loopback_slots, sizeof(app->loopback_slots));
	for (unsigned int i = 0; i < app->nb_ports; i++)
		app->ports[i].conf = other->ports[i];
	telemetry_unlock();
	*other = now;
}

static int
find_loopback(const struct dlo_conf *conf, const struct dlo_prefix *addr)
{
	for (unsigned int i = 0; i < conf->nb_loopbacks; i++) {
		if (conf->loopbacks[i].addr.family == addr->family &&
			memcmp(conf->loopbacks[i].addr.addr, addr->addr, sizeof(addr->addr)) == 0)
			return (int)i;
	}
	return -1;
}

/*
 * A loopback that stays keeps its counters; a new one counts where none counts now, so that frames
 * still under way by an old plan are not taken for its own.
 */
static void
choose_slots(const struct app *app, struct settings *next)
{
	bool used[LOOPBACK_SLOTS] = { false };
	uint16_t slot = 0;

	for (unsigned int i = 0; i < app->conf.nb_loopbacks; i++)
		used[app->loopback_slots[i]] = true;
	for (unsigned int i = 0; i < next->conf.nb_loopbacks; i++) {
		int k = find_loopback(&app->conf, &next->conf.loopbacks[i].addr);

		while (k < 0 && used[slot])
			slot++;
		next->loopback_slots[i] = k < 0 ? slot++ : app->loopback_slots[k];
	}
}

/* @return 0 with @p next filled, or -errno with @p err */
static int
read_settings(const struct app *app, struct settings *next, char err[DLO_CONF_ERR])
{
	int ret = appliance_reread(&next->conf, err);

	if (ret == 0)
		ret = check_running(app, &next->conf, err);
	if (ret != 0)
		return ret;
	/* It is there, whoever wanted it, and goes by the name that it has now. */
	next->conf.link = app->conf.link;
	for (unsigned int i = 0; i < app->nb_ports; i++)
		app_resolve(&next->conf, &app->ports[i], &next->ports[i]);
	choose_slots(app, next);
	return 0;
}

static void
begin_counting(const struct app *app, const struct dlo_conf *old)
{
	for (unsigned int i = 0; i < app->conf.nb_loopbacks; i++) {
		if (find_loopback(old, &app->conf.loopbacks[i].addr) < 0)
			forward_reset(app, app->loopback_slots[i]);
	}
}

static void
update_hosts(const struct app *app, struct settings *old)
{
	if (old->conf.hosts[0] != '\0' && strcmp(old->conf.hosts, app->conf.hosts) != 0)
		hosts_remove(old->conf.hosts);
	if (app->conf.hosts[0] != '\0')
		hosts_write(app);
}

/* @return 0, or -errno with @p err, and then all is as it was */
static int
take_over(struct app *app, struct settings *other, char err[DLO_CONF_ERR])
{
	const struct dlo_plan *plans[PORTS_MAX];
	int ret = loopback_add(app, &other->conf, err);

	if (ret != 0)
		return ret;
	swap(app, other);
	ret = plans_make_all(app, plans);
	if (ret != 0) {
		snprintf(err, DLO_CONF_ERR, "no memory for new plans; give EAL more with -m");
		swap(app, other);
		/* What the host was given just now it has to give back. */
		loopback_drop(app, &other->conf);
		return ret;
	}
	begin_counting(app, &other->conf);
	plans_publish_made(app, plans);
	claims_refresh(app);
	loopback_drop(app, &other->conf);
	ports_update_filters(app);
	steer_update_filters(app);
	ports_warn_open(app);
	update_hosts(app, other);
	control_reloaded(app);
	return 0;
}

void
reload(struct app *app)
{
	struct settings *next = calloc(1, sizeof(*next));
	char err[DLO_CONF_ERR];
	int ret = next != NULL ? 0 : -ENOMEM;

	tell_systemd(true);
	if (ret != 0)
		snprintf(err, sizeof(err), "no memory");
	if (ret == 0)
		ret = read_settings(app, next, err);
	if (ret == 0)
		ret = take_over(app, next, err);
	free(next);
	tell_systemd(false);
	if (ret == 0)
		say("%s was read again and is in force", app->conf.config);
	else
		say_error("%s was read again, and nothing was changed: %s", app->conf.config, err);
}
