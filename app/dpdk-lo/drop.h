/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_DROP_H
#define DLO_APP_DROP_H

/** @file The end of a frame that had been taken in and cannot leave. Thread: the queue's worker. */

#include <rte_branch_prediction.h>
#include <rte_mbuf.h>

#include "app.h"
#include "capture.h"

/** Count @p why, show @p m to the capture, free it. */
static inline void
queue_drop(struct queue *q, struct rte_mbuf *m, enum dlo_verdict why)
{
	dlo_count(&q->counters.verdict[why], 1);
	if (unlikely(q->capture != NULL))
		capture_tx_drop(q->capture, q, m, why);
	rte_pktmbuf_free(m);
}

#endif
