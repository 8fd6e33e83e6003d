/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_TRANSMIT_H
#define DLO_APP_TRANSMIT_H

/**
 * @file
 * Sending, and patience with a transmit queue that is full (--tx-retry).
 *
 * What a queue does not take at once is offered again while it takes frames, and for q->tx_patience
 * cycles after it has taken the last one, but for no more than TRANSMIT_LIMIT times that in all.
 * A queue that had taken nothing for so long is stalled: nobody may be at its other end, and it is
 * offered each burst once until it takes a frame, so that a dead peer costs the others no time.
 *
 * Thread: the worker that owns the queue; where q->tx_shared who holds q->tx_lock.
 */

#include <stdint.h>

#include <rte_branch_prediction.h>
#include <rte_ethdev.h>

#include "app.h"

/** Most patience with one burst, in q->tx_patience: a peer may take its frames one by one. */
#define TRANSMIT_LIMIT 8

/** @return TSC cycles of @p ns nanoseconds, at least 1 unless that is 0. EAL is up. */
uint64_t transmit_patience(uint64_t ns);

/** What is left of a burst when the queue has taken @p sent frames of it; see transmit(). */
uint16_t transmit_rest(struct queue *q, struct rte_mbuf **pkts, uint16_t nb, uint16_t sent);

/**
 * Send a burst.
 * @param q its counters stand as they were before this burst; counting is the caller's, in counters.tx or,
 *   what no received frame became, in tx_uncounted
 * @return how many frames from the start the queue has taken; the others stay the caller's
 */
static inline uint16_t
transmit(struct queue *q, struct rte_mbuf **pkts, uint16_t nb)
{
	uint16_t sent = rte_eth_tx_burst(q->port_id, q->queue_id, pkts, nb);

	return likely(sent == nb) ? sent : transmit_rest(q, pkts, nb, sent);
}

#endif
