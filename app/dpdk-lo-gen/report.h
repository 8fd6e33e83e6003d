/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_GEN_REPORT_H
#define DLO_GEN_REPORT_H

/**
 * @file
 * What a run has shown: table, JSON, the frames around a slow one. Thread: control, after the run.
 */

#include "engine.h"
#include "gen_conf.h"

struct gen_report {
	const struct gen_conf *conf;
	const struct gen_run *run;
	const struct gen_run *bias; /**< NULL: not measured */
	double asked_pps; /**< 0: as fast as can be */
	const char *tx_name, *rx_name;
};

/** @return frames a second while sending, 0 when fewer than two were sent. */
double report_offered_pps(const struct gen_run *run);

/** Print the table. */
void report_print(const struct gen_report *r);

/** Say why less was offered than asked, and why nothing came back, where that is so. */
void report_say_why(const struct gen_report *r);

/** Print the last frames of both sides; only where --break-above stopped the run. */
void report_slow(const struct gen_report *r);

/** @return 0, or -errno after saying why the file could not be written. */
int report_json(const struct gen_report *r, const char *path);

#endif
