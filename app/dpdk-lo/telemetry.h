/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_TELEMETRY_H
#define DLO_APP_TELEMETRY_H

/**
 * @file
 * Read-only commands on DPDK's telemetry socket: /dlo/ports, /dlo/stats, /dlo/drops, /dlo/link,
 * /dlo/plan.
 */

#include "app.h"

/** Register the commands. @p app must live as long as the process. Thread: control. */
int telemetry_register(const struct app *app);

#endif
