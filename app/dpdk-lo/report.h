/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_REPORT_H
#define DLO_APP_REPORT_H

/**
 * @file
 * What people and scripts read: the live line, the final table, the JSON report. Reads counters
 * only. Thread: control, all functions.
 */

#include "app.h"

/** Live line of --stats: rates since the previous call, per port, and every drop reason that grew. */
void report_live(const struct app *app);

/** The final table on stdout. */
void report_final(const struct app *app);

/**
 * Write the JSON report (docs/guide/watching.md has the format). The file appears whole or not at all.
 * @return 0, or -errno after saying why
 */
int report_json(const struct app *app, const char *path);

#endif
