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
void dlo_reflect_burst_avx512(const struct dlo_plan *plan, struct rte_mbuf **pkts,
	uint16_t nb_pkts, struct dlo_burst *ret);
void dlo_reflect_burst_neon(const struct dlo_plan *plan, struct rte_mbuf **pkts, uint16_t nb_pkts,
	struct dlo_burst *ret);
void dlo_reflect_burst_avx512w(const struct dlo_plan *plan, struct rte_mbuf **pkts,
	uint16_t nb_pkts, struct dlo_burst *ret);

/**
 * Judge and turn round what the faster code has left, one by one, and write the whole of @p ret.
 * @param done a bit for each frame that is reflected already: bit i for pkts[i]
 */
void dlo_reflect_rest(const struct dlo_plan *plan, struct rte_mbuf **pkts, uint16_t nb_pkts,
	uint64_t done, struct dlo_burst *ret);

#endif
