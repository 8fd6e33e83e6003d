/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_TOP_LATENCY_H
#define DLO_TOP_LATENCY_H

/**
 * @file
 * How long a port's frames are inside: two looks at its histogram since the start tell of the time
 * between. Thread: one.
 */

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#define LATENCY_BUCKETS_MAX 512 /* as an array of telemetry */

struct latency {
	unsigned int nb;
	uint64_t ns[LATENCY_BUCKETS_MAX]; /**< ascending */
	uint64_t frames[LATENCY_BUCKETS_MAX]; /**< of them, since the start */
};

struct latency_times {
	uint64_t frames;
	double p50_ns;
	double p99_ns;
	double max_ns;
};

/** Take the reply of /dlo/latency_buckets. @return false when it is none; @p ret is empty then */
bool latency_parse(json_t *reply, struct latency *ret);

/**
 * @param ret of the frames between @p before and @p now, 3 % exact; of all of them when it has
 *   started anew in between
 * @return false when there are none
 */
bool latency_between(const struct latency *now, const struct latency *before,
	struct latency_times *ret);

#endif
