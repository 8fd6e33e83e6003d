/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_CARRY_H
#define DLO_APP_CARRY_H

/**
 * @file
 * --localhost: connects lib/localhost with the link, its workers and what people are told.
 * Thread: control, all functions.
 */

#include <stdio.h>

#include "app.h"

/** lo takes over when a poll loop gives no sign of life for so long. */
#define CARRY_STALL_MS 40
/** Longest sleep of a poll loop that lo waits for. */
#define CARRY_WAIT_MS (CARRY_STALL_MS / 3)

/**
 * @return true for "dpdk-lo --localhost off" and nothing else: what one types after a crash must not
 * need "--", nor start anything
 */
bool carry_is_clean(int argc, char **argv);

/** What that does: put right what a killed one left. @return 0, or -errno said */
int carry_clean(void);

/**
 * Before EAL: the same, quietly, whoever asks for what; with --localhost also look for what would
 * fail. @return 0, or -errno after saying why
 */
int carry_precheck(const struct dlo_conf *conf);

/**
 * When the link is configured and the workers are created, before they run; nothing to do without
 * --localhost. Carrying begins with the poll loops' first beats.
 * @return 0, or -errno after saying why
 */
int carry_start(struct app *app);

/** Now and then: a link that is set down carries nothing. */
void carry_tick(struct app *app);

/** What was carried and what was not, for the final report. */
void carry_report(const struct app *app, FILE *out);

/** Take everything back. Not started before is fine. */
void carry_stop(struct app *app);

#endif
