/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_TELEMETRY_H
#define DLO_APP_TELEMETRY_H

/**
 * @file
 * Read-only commands on DPDK's telemetry socket: /dlo/ports, /dlo/stats, /dlo/drops, /dlo/link,
 * /dlo/plan.
 *
 * PORT is an ethdev name or the host link's kernel interface; it may be left out where there is
 * one port. The answer to a port that is not there is an object with "error" and the names of
 * those that are.
 */

#include "app.h"

/**
 * Register the commands; they answer from then on, in EAL's telemetry threads.
 * @param app read by the commands until telemetry_stop()
 * @return 0, or -errno after saying why. Thread: control.
 */
int telemetry_register(const struct app *app);

/**
 * Keep the commands out while control changes what they read and cannot be read atomically: what
 * is known of the host link, and a plan that is about to be freed. Thread: control.
 */
void telemetry_lock(void);

/** The change is done. Thread: control. */
void telemetry_unlock(void);

/** From now on the commands answer that dpdk-lo is stopping; the app may go. Thread: control. */
void telemetry_stop(void);

#endif
