/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_TALKS_H
#define DLO_APP_TALKS_H

/**
 * @file
 * Who talks to whom on localhost, and how long frames are inside, told: to people, as JSON, to
 * telemetry. What is told comes from watch.h.
 */

#include <stdio.h>

#include <jansson.h>
#include <rte_telemetry.h>

#include "app.h"

struct watch_times;

/** Pairs in one reply of telemetry: an object is under 1200 bytes, a reply holds 16 KiB. */
#define TALKS_PER_REPLY 12

/** Lines about the busiest pairs since the last call; none without --localhost. Thread: control. */
void talks_live(const struct app *app);

/** A table of all pairs, the busiest first; nothing when there are none. Thread: control. */
void talks_final(const struct app *app, FILE *out);

/** "12.3 us": three digits, in the unit that fits. @return buf */
const char *talks_format_ns(double ns, char buf[16]);

/** @return count, min, mean, quantiles and max in ns; NULL when memory is short */
json_t *talks_times_json(const struct watch_times *times);

/** @return an array of pairs; NULL when memory is short */
json_t *talks_json(const struct app *app);

/** Add count, min, mean, quantiles and max to a dictionary, as keys PREFIXcount, PREFIXp50_ns. */
void talks_add_times(struct rte_tel_data *d, const char *prefix, const struct watch_times *times);

/** Add "pairs", their number, and objects of TALKS_PER_REPLY pairs from number @p first on. */
void talks_add(struct rte_tel_data *d, const struct app *app, unsigned long first);

#endif
