/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_REFLECT_BURST_H
#define DLO_REFLECT_BURST_H

/**
 * @file
 * The burst function in several instruction sets, and what they share. All have the contract of
 * dlo_reflect_burst(); each may run only on a CPU that has its instructions.
 */

#include <stdint.h>

#include "reflect/plan.h"

struct rte_mbuf;
struct dlo_burst;

void dlo_reflect_burst_sse(const struct dlo_plan *plan, struct rte_mbuf **pkts, uint16_t nb_pkts,
	struct dlo_burst *ret);
void dlo_reflect_burst_avx2(const struct dlo_plan *plan, struct rte_mbuf **pkts, uint16_t nb_pkts,
	struct dlo_burst *ret);

/**
 * Judge and turn round pkts[done] and what comes after, one by one, and write the whole of @p ret
 * but verdict[0 .. done).
 * @param done frames in front that are reflected already
 * @param bytes of those
 */
void dlo_reflect_rest(const struct dlo_plan *plan, struct rte_mbuf **pkts, uint16_t nb_pkts,
	uint16_t done, uint64_t bytes, struct dlo_burst *ret);

#endif
