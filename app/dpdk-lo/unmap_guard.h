/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_UNMAP_GUARD_H
#define DLO_APP_UNMAP_GUARD_H

/**
 * @file
 * net_memif unmaps its rings in EAL's interrupt thread as soon as its peer has ended, without regard to who is
 * polling them (rte_eth_memif.c, memif_free_regions(), up to 24.11). It has marked the port as unconnected by then,
 * and looks at that mark first in every burst. So munmap() of that thread, ours in place of the C library's, waits
 * until every worker has begun another round. Nothing is added to the data path.
 */

struct rte_rcu_qsbr;

/**
 * From now on munmap() in EAL's interrupt thread waits for the readers of @p rcu, a second at the most.
 * @param rcu the variable that workers report to; NULL: wait for nobody, and nobody does any more when this returns.
 *   Thread: control.
 */
void unmap_guard(struct rte_rcu_qsbr *rcu);

#endif
