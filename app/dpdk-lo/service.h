/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_SERVICE_H
#define DLO_APP_SERVICE_H

/**
 * @file
 * What systemd wants to hear: sd_notify(3). Nothing is said where there is no systemd.
 * Thread: control.
 */

#include <stdint.h>

#include "app.h"

/** All ports are up. */
void service_ready(void);

/** The end has begun. */
void service_stopping(void);

/**
 * Feed the watchdog (WatchdogSec=) four times in its period, when every worker has gone round since:
 * a control loop that goes on while an lcore hangs is no sign of life.
 * @param now_tsc TSC
 */
void service_tick(const struct app *app, uint64_t now_tsc);

#endif
