/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_GEN_TOTALS_H
#define DLO_GEN_TOTALS_H

/**
 * @file
 * What a run, one of its directions or one of their sizes comes to. Thread: control, after the run.
 */

#include "engine.h"

struct totals {
	uint64_t sent, received, lost, duplicates, reordered, late;
	uint64_t ipdv_sum, ipdv_nb;
	struct dlo_histogram latency; /**< cycles */
};

/** Fill @p t from one stream of a path. */
void totals_stream(struct totals *t, const struct gen_path *path, unsigned int stream);

/** Fill @p t from all streams of a path. */
void totals_path(struct totals *t, const struct gen_path *path);

/** Fill @p t from all paths. */
void totals_run(struct totals *t, const struct gen_run *run);

/** @return nanoseconds of @p cycles of the time stamp counter. */
double totals_ns(uint64_t cycles);

/** @return RFC 8219 7.3.1: 99.9th percentile less minimum, ns. */
double totals_pdv_ns(const struct dlo_histogram *h);

/** @return frames a second that a path has sent, 0 when fewer than two were. */
double totals_offered_pps(const struct gen_path *path);

#endif
