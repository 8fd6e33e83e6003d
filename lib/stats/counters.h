/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_STATS_COUNTERS_H
#define DLO_STATS_COUNTERS_H

/**
 * @file
 * Counters of one receive queue: one writer (the lcore that polls the queue), any reader.
 *
 * The invariant that tests and reports rely on, summed over a port's queues and read after stop:
 *   rx + dup == reflected + sum(answered) + punted + forwarded + held + sum(drops)
 */

#include <stdalign.h>
#include <stdint.h>

#include "stats/verdict.h"

/** One cache line more than strictly needed keeps the adjacent-line prefetcher off a neighbour. */
#define DLO_COUNTERS_ALIGN 128

/**
 * All fields: written by the queue's lcore only, with dlo_count(); read by any thread with
 * dlo_count_read(). Frames unless the name says bytes (Ethernet frame without FCS).
 */
struct dlo_counters {
	alignas(DLO_COUNTERS_ALIGN) uint64_t rx;
	uint64_t rx_bytes;
	uint64_t tx; /**< accepted by this port's transmit queue, whatever port they came from */
	uint64_t tx_bytes;
	uint64_t held; /**< inside impairment now */
	uint64_t dup; /**< extra copies made by impairment */
	uint64_t verdict[DLO_VERDICT_MAX]; /**< by enum dlo_verdict, of frames received here */
};

/** Add @p n to a counter. Single writer: a relaxed load and store, no locked instruction. */
static inline void
dlo_count(uint64_t *counter, uint64_t n)
{
	__atomic_store_n(counter, __atomic_load_n(counter, __ATOMIC_RELAXED) + n, __ATOMIC_RELAXED);
}

/** @return the counter's value, never torn. Thread: any. */
static inline uint64_t
dlo_count_read(const uint64_t *counter)
{
	return __atomic_load_n(counter, __ATOMIC_RELAXED);
}

/** Add every field of @p from (possibly being written) to @p sum (the caller's own). */
void dlo_counters_add(struct dlo_counters *sum, const struct dlo_counters *from);

/** @return the sum of all drop reasons. */
uint64_t dlo_counters_drops(const struct dlo_counters *c);

/**
 * How far the invariant is off: 0 when every received frame has a fate. Only meaningful when the
 * queue is not being polled, because fields are read one after the other.
 */
int64_t dlo_counters_imbalance(const struct dlo_counters *c);

#endif
