/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_PRIVILEGES_H
#define DLO_APP_PRIVILEGES_H

/**
 * @file
 * What the process may do: as much as its start needs, then as little as its run and its end need,
 * in all its threads. Thread: control.
 */

#include <stdbool.h>
#include <stdint.h>

#include "app.h"
#include "cmdline.h"

/**
 * Before EAL, when there is one thread: give up what no start needs, and say which capability is
 * missing for a port of the command line that needs one.
 * @return 0, or -EPERM after saying so
 */
int privileges_begin(const struct dlo_conf *conf, const struct cmdline_eal *eal);

/**
 * Everything is open: keep what privileges_needed() says, and the system calls that are left to do
 * (sandbox.h). Failing to is said as a warning. Nothing is done with --sandbox off.
 */
void privileges_settle(const struct app *app);

/** @return the capabilities that the run and the end of @p app take, as CAPS_BIT()s. */
uint64_t privileges_needed(const struct app *app);

/**
 * @param driver name of an ethdev driver
 * @return the capabilities that a port of that driver takes to be used and closed
 */
uint64_t privileges_of_driver(const char *driver);

#endif
