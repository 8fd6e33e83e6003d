/* SPDX-License-Identifier: BSD-3-Clause */
#include "lo.h"

#include <rte_alarm.h>
#include <rte_cycles.h>

#include "answer/wallclock.h"

#define TICK_US 1000000

struct dlo_clock lo_clock;

/* Ports that need it. Ports are made and closed by control threads, one at a time. */
static unsigned int users;

/* EAL's interrupt thread, the only one that ticks. */
static void
tick(void *arg)
{
	RTE_SET_USED(arg);
	dlo_wallclock_tick(&lo_clock);
	if (rte_eal_alarm_set(TICK_US, tick, NULL) != 0)
		LO_LOG(WARNING, "no alarm from EAL: the time in answers drifts from the host's from now on");
}

int
lo_clock_start(void)
{
	int ret = 0;

	if (users == 0) {
		dlo_wallclock_start(&lo_clock, rte_get_tsc_hz());
		ret = rte_eal_alarm_set(TICK_US, tick, NULL);
	}
	if (ret == 0)
		users++;
	return ret;
}

void
lo_clock_stop(void)
{
	if (users > 0 && --users == 0)
		rte_eal_alarm_cancel(tick, NULL);
}
