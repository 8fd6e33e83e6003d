/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_CONTROL_H
#define DLO_APP_CONTROL_H

/**
 * @file
 * What the main lcore looks after every ten milliseconds: the reasons to stop, the live line, the
 * link's addresses, vanished ports. Thread: control, all functions.
 */

#include "app.h"

/** Start the clocks; call when every port is up. */
void control_start(struct app *app);

/** One look at everything; sets app->stop when it is time. */
void control_tick(struct app *app);

/** Settings have changed: limits hold from the start of the run, live lines begin anew. */
void control_reloaded(const struct app *app);

/** @return true when the run ended because nothing was left to reflect on. */
bool control_failed(void);

#endif
