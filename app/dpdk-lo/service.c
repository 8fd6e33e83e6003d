/* SPDX-License-Identifier: BSD-3-Clause */
#include "service.h"

#ifdef DLO_HAVE_SYSTEMD

#include <stdbool.h>
#include <systemd/sd-daemon.h>

#include <rte_cycles.h>
#include <rte_lcore.h>

#define FEEDS 4 /* in a period of the watchdog */

/* One appliance a process. */
static struct {
	uint64_t period; /* TSC cycles between two feeds; 0: nobody watches */
	uint64_t next;
	uint64_t went[RTE_MAX_LCORE]; /* cycles that each worker had counted when it was last seen */
} watchdog;

void
service_ready(void)
{
	uint64_t usec = 0;

	if (sd_watchdog_enabled(0, &usec) > 0)
		watchdog.period = rte_get_tsc_hz() / 1000 * (usec / FEEDS / 1000);
	sd_notify(0, "READY=1");
}

void
service_stopping(void)
{
	sd_notify(0, "STOPPING=1");
}

/* Cycles count up at every turn, or at every 256th of a busy lcore, asleep or not. */
static bool
all_went_round(const struct app *app)
{
	bool all = true;

	for (unsigned int i = 0; i < app->nb_workers && i < RTE_MAX_LCORE; i++) {
		const struct worker *w = &app->workers[i];
		uint64_t went = dlo_count_read(&w->busy_cycles) + dlo_count_read(&w->idle_cycles);

		all &= went != watchdog.went[i] || w->nb_queues == 0;
	}
	return all;
}

void
service_tick(const struct app *app, uint64_t now_tsc)
{
	if (watchdog.period == 0 || now_tsc < watchdog.next || !all_went_round(app))
		return;
	watchdog.next = now_tsc + watchdog.period;
	for (unsigned int i = 0; i < app->nb_workers && i < RTE_MAX_LCORE; i++)
		watchdog.went[i] = dlo_count_read(&app->workers[i].busy_cycles) +
			dlo_count_read(&app->workers[i].idle_cycles);
	sd_notify(0, "WATCHDOG=1");
}

#else

void
service_ready(void)
{
}

void
service_stopping(void)
{
}

void
service_tick(const struct app *app, uint64_t now_tsc)
{
	(void)app;
	(void)now_tsc;
}

#endif
