/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_GEN_BIAS_H
#define DLO_GEN_BIAS_H

#include "engine.h"

/** @file What this program adds to latencies, measured without a path. Thread: control. */

/**
 * Measure this program alone: send the pattern round a ring port of its own, one lcore for both
 * directions, for a fifth of a second at no more than 100,000 frames a second.
 * @param pps frames a second of the run to come; 0: as many as can be
 * @param frame bytes of its longest frame
 * @return 0, or -errno when there is no ring driver or no memory: then @p run holds nothing
 */
int bias_measure(struct gen_run *run, const struct pattern *pattern, struct rte_mempool *pool,
	double pps, unsigned int frame, atomic_bool *stop);

#endif
