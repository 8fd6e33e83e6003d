/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_REFLECT_SCALAR_H
#define DLO_REFLECT_SCALAR_H

/**
 * @file
 * One frame at a time: what the scalar variant does with every frame, and the faster ones with
 * those that are out of the ordinary. Thread: the lcore that owns the mbuf.
 */

#include "reflect/plan.h"
#include "stats/verdict.h"

struct dlo_lane;
struct dlo_packet;
struct rte_mbuf;

/**
 * Decide the fate of a frame; nothing is written.
 * @param p loaded and at least an Ethernet header long; frame is filled in, and reply_len where
 *          the verdict is an answer
 * @return the verdict; dlo_reflect_frame() then carries it out, or finds a reason not to
 */
enum dlo_verdict dlo_classify(const struct dlo_plan *plan, struct dlo_packet *p);

/**
 * Decide the fate of a frame and carry it out.
 * @param lane see dlo_reflect_burst()
 * @return the verdict
 */
enum dlo_verdict dlo_reflect_frame(const struct dlo_plan *plan, struct dlo_lane *lane,
	struct rte_mbuf *m);

#endif
