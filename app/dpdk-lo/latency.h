/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_LATENCY_H
#define DLO_APP_LATENCY_H

/**
 * @file
 * /dlo/latency and /dlo/latency_buckets of telemetry: how long a port's frames are inside.
 * Thread: telemetry's, under its lock.
 */

#include <rte_telemetry.h>

#include "app.h"

/** Add count, min, mean, quantiles and max in nanoseconds to a dictionary, or "error". */
void latency_fill(const struct app *app, const struct port *port, struct rte_tel_data *d);

/**
 * Add two arrays of the same length to a dictionary, or "error": "ns", the times, in ascending order,
 * 3 % exact, and "frames", how many took that long since the start. Times of no frame are left out.
 */
void latency_fill_buckets(const struct app *app, const struct port *port, struct rte_tel_data *d);

#endif
