/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_LINK_REPORT_H
#define DLO_APP_LINK_REPORT_H

/**
 * @file
 * The host link for those who watch: what it is, and what its two ends leave to each other.
 */

#include <rte_telemetry.h>

struct app;

/** Reply of /dlo/link, see struct command in telemetry.c. Thread: under telemetry_lock(). */
int link_reply(const struct app *app, const char *params, struct rte_tel_data *d);

#endif
