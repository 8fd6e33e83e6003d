/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_REFLECT_REFLECT_H
#define DLO_REFLECT_REFLECT_H

/**
 * @file
 * The reflector: a burst of frames in, the same mbufs out, turned round in place and partitioned
 * by fate.
 */

#include <stdint.h>

#include "reflect/plan.h"
#include "stats/verdict.h"

struct dlo_lane;
struct rte_mbuf;

/** Most frames one call takes. */
#define DLO_BURST_MAX 64

/**
 * What became of a burst. After the call the caller's array holds, in this order, nb_back frames
 * to send back, nb_punt frames to hand over, and the rest to free; inside each part the order of
 * arrival is kept. Frames to hand over are as they came: reflect/punt.h makes them ready, for the
 * host link (DLO_PUNTED, on other ports) or for another port (DLO_FORWARDED, on the link).
 */
struct dlo_burst {
	struct dlo_lane *lane; /**< as given to dlo_reflect_burst() */
	uint16_t nb_back; /**< pkts[0 .. nb_back) */
	uint16_t nb_punt; /**< pkts[nb_back .. nb_back + nb_punt): for another port than this one */
	uint16_t nb_reflected; /**< frames to send back with DLO_REFLECTED; the others are answers */
	uint16_t nb_chained; /**< frames to send back that lie in several segments */
	uint64_t rx_bytes; /**< bytes of all frames as they arrived */
	uint64_t back_bytes; /**< bytes of the frames to send back, as they leave */
	uint8_t verdict[DLO_BURST_MAX]; /**< enum dlo_verdict of pkts[i], in the new order */
};

/**
 * Choose plan->burst from the rest of the plan and this CPU. Call it last, before the plan is
 * published. Thread: control.
 */
void dlo_plan_choose_burst(struct dlo_plan *plan);

/** @return the name of the variant that @p plan runs ("scalar"); static. Thread: any. */
const char *dlo_plan_variant(const struct dlo_plan *plan);

/**
 * @return the name of variant @p i, best first, or NULL when there are no more: a static string.
 * Those that this CPU cannot run are named, too. Thread: any.
 */
const char *dlo_variant_name(unsigned int i);

/**
 * Instead of dlo_plan_choose_burst(): take the variant called @p name.
 * @return 0, -ENOENT when there is none of that name, or -ENOTSUP when this CPU or EAL's
 * --force-max-simd-bitwidth does not allow it; the plan is left alone then. Thread: control.
 */
int dlo_plan_use_variant(struct dlo_plan *plan, const char *name);

/**
 * Decide the fate of each frame in the order that docs/architecture.md gives, and turn round or
 * answer in place those that go back. Never allocates, frees, copies a frame or sends; no mbuf is
 * replaced, and data addresses stay, but where VLAN tags that the driver took out are put back
 * (plan->restore_tags) in front of everything else.
 *
 * An answer may change a frame's length (inside its last segment); reflection never does. Offload
 * flags of the receive side are cleared on frames that go back, except on ports whose plan says
 * link, where the frame's virtio header travels with it.
 *
 * @param plan the port's plan
 * Where plan->settings is timed, dlo_lane_arrive() comes before it and dlo_answer_depart() after it.
 *
 * @param lane the queue's own, its `now` set; NULL: answers have no limit and no clock, and those
 *   that cannot do without are not given
 * @param pkts frames, owned by the caller before and after; reordered as struct dlo_burst says
 * @param nb_pkts 0 .. DLO_BURST_MAX
 * @param ret written whole up to verdict[nb_pkts - 1]
 *
 * Thread: any number of lcores with one plan; one lcore per lane and pkts array. Cost: per frame.
 */
static inline void
dlo_reflect_burst(const struct dlo_plan *plan, struct dlo_lane *lane, struct rte_mbuf **pkts,
	uint16_t nb_pkts, struct dlo_burst *ret)
{
	ret->lane = lane;
	plan->burst(plan, pkts, nb_pkts, ret);
}

/**
 * The scalar code: written for clarity, the oracle for every faster variant. Variants find the lane
 * in @p ret.
 */
void dlo_reflect_burst_scalar(const struct dlo_plan *plan, struct rte_mbuf **pkts,
	uint16_t nb_pkts, struct dlo_burst *ret);

#endif
