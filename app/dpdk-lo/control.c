/* SPDX-License-Identifier: BSD-3-Clause */
#include "control.h"

#include <rte_cycles.h>

#include "answer/wallclock.h"
#include "carry.h"
#include "claims.h"
#include "link.h"
#include "loop_guard.h"
#include "loopback.h"
#include "log.h"
#include "plans.h"
#include "port.h"
#include "reconnect.h"
#include "reload.h"
#include "report.h"
#include "service.h"
#include "telemetry.h"

#define CHECK_PORTS_S 0.5
#define CHECK_LINK_S 0.05
#define CHECK_CLOCK_S 0.1

/* Only the control thread is here; one appliance a process. */
static struct {
	uint64_t next_stats; /* TSC */
	uint64_t next_ports;
	uint64_t next_link;
	uint64_t next_clock;
	uint64_t last_rx; /* frames received in all when last looked */
	uint64_t last_rx_tsc; /* when that number last grew */
	bool failed;
} control;

static uint64_t
cycles(double seconds)
{
	return (uint64_t)(seconds * (double)rte_get_tsc_hz());
}

static uint64_t
received(const struct app *app)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < app->nb_ports; i++) {
		for (uint16_t q = 0; q < app->ports[i].nb_queues; q++)
			sum += dlo_count_read(&app->ports[i].queues[q]->counters.rx);
	}
	return sum;
}

void
control_start(struct app *app)
{
	uint64_t now = rte_rdtsc();

	app->start_tsc = now;
	control.last_rx_tsc = now;
	control.next_stats = now + cycles(app->conf.stats_s);
	control.next_ports = now + cycles(CHECK_PORTS_S);
	control.next_link = now;
	control.next_clock = now + cycles(CHECK_CLOCK_S);
}

void
control_reloaded(const struct app *app)
{
	control.next_stats = rte_rdtsc() + cycles(app->conf.stats_s);
}

static void
stop(struct app *app)
{
	atomic_store(&app->stop, true);
}

static void
check_limits(struct app *app, uint64_t now)
{
	const struct dlo_conf *conf = &app->conf;
	uint64_t rx;

	if (conf->duration_s > 0 && now - app->start_tsc >= cycles(conf->duration_s))
		stop(app);
	if (conf->count == 0 && conf->exit_when_idle_s == 0)
		return;
	rx = received(app);
	if (rx != control.last_rx) {
		control.last_rx = rx;
		control.last_rx_tsc = now;
	}
	if (conf->count != 0 && rx >= conf->count)
		stop(app);
	if (conf->exit_when_idle_s > 0 && now - control.last_rx_tsc >= cycles(conf->exit_when_idle_s))
		stop(app);
}

static void
check_ports(struct app *app)
{
	if (ports_check_gone(app) == 0) {
		control.failed = true;
		stop(app);
	}
}

static void
check_link(struct app *app)
{
	bool gone = false, changed;

	if (app->link == NULL || atomic_load(&app->link->gone))
		return;
	telemetry_lock();
	changed = link_poll(app->link->link, &gone);
	telemetry_unlock();
	/* Down and up again between two looks is no change, but the routes are gone. */
	if (app->link->link->news)
		loopback_refresh(app);
	if (changed) {
		/* The others punt to its MAC. */
		for (unsigned int i = 0; app->link->forwards && i < app->nb_ports; i++)
			plans_publish(app, &app->ports[i]);
		if (!app->link->forwards)
			plans_publish(app, app->link);
	}
	if (gone)
		port_set_gone(app->link);
	else
		link_say_news(&app->conf, app->link->link);
	carry_tick(app);
}

void
control_tick(struct app *app)
{
	uint64_t now = rte_rdtsc();

	if (atomic_exchange(&app->reload, false))
		reload(app);
	service_tick(app, now);
	check_limits(app, now);
	plans_reclaim(app);
	loop_guard_tick(app, now);
	reconnect_tick(app, now);
	if (now >= control.next_link) {
		control.next_link = now + cycles(CHECK_LINK_S);
		check_link(app);
		if (app->conf.nb_loopbacks > 0 || claims_any(app))
			ports_check_usable(app);
		claims_tick(app, now);
	}
	if (now >= control.next_clock) {
		control.next_clock = now + cycles(CHECK_CLOCK_S);
		dlo_wallclock_tick(&app->clock);
	}
	if (now >= control.next_ports) {
		control.next_ports = now + cycles(CHECK_PORTS_S);
		check_ports(app);
	}
	if (app->conf.stats_s > 0 && now >= control.next_stats) {
		control.next_stats += cycles(app->conf.stats_s);
		report_live(app);
	}
}

bool
control_failed(void)
{
	return control.failed;
}
