/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_GEN_REPORT_H
#define DLO_GEN_REPORT_H

/**
 * @file
 * What a run has shown: table, JSON, the frames around a slow one. Thread: control, after the run.
 */

#include <jansson.h>

#include "engine.h"
#include "gen_conf.h"
#include "totals.h"

struct gen_report {
	const struct gen_conf *conf;
	const struct gen_run *run;
	const struct gen_run *bias; /**< NULL: not measured */
	double asked_pps; /**< in each direction; 0: as fast as can be */
	const char *names[GEN_PATHS][2]; /**< of the ports that send and receive */
};

/** Print the table. */
void report_print(const struct gen_report *r);

/** Print one line of latencies, when there are any. */
void report_latency(const char *what, const struct dlo_histogram *h);

/** Say why less was offered than asked, and why nothing came back, where that is so. */
void report_say_why(const struct gen_report *r);

/** Print the last frames of both sides; only where --break-above stopped the run. */
void report_slow(const struct gen_report *r);

/** @return latencies as design and man page have them: "min" to "max", ns. */
json_t *report_latency_json(const struct dlo_histogram *h);

/** Write @p all, which is let go of, to @p path. @return 0, or -errno after saying why not. */
int report_write(json_t *all, const char *path);

/** @return 0, or -errno after saying why the file could not be written. */
int report_json(const struct gen_report *r, const char *path);

#endif
