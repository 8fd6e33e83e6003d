/* SPDX-License-Identifier: BSD-3-Clause */
#include "transmit.h"

#include <rte_cycles.h>
#include <rte_pause.h>

uint64_t
transmit_patience(uint64_t ns)
{
	uint64_t cycles = (uint64_t)((double)ns * (double)rte_get_tsc_hz() / 1e9);

	return ns > 0 && cycles == 0 ? 1 : cycles;
}

/* Frames that the queue has ever taken, of whatever kind, say whether it has moved since it was given up. */
static uint64_t
moved(const struct queue *q, uint16_t sent)
{
	return dlo_count_read(&q->counters.tx) + q->tx_uncounted + sent + 1;
}

uint16_t
transmit_rest(struct queue *q, struct rte_mbuf **pkts, uint16_t nb, uint16_t sent)
{
	uint64_t start, last, now;

	if (q->tx_patience == 0 || q->tx_stalled == moved(q, sent))
		return sent;
	start = rte_rdtsc();
	last = start;
	do {
		uint16_t n;

		rte_pause();
		n = rte_eth_tx_burst(q->port_id, q->queue_id, pkts + sent, nb - sent);
		sent += n;
		if (sent == nb)
			return sent;
		now = rte_rdtsc();
		if (n > 0)
			last = now;
		else if (now - last >= q->tx_patience) {
			q->tx_stalled = moved(q, sent);
			return sent;
		}
	} while (now - start < TRANSMIT_LIMIT * q->tx_patience);
	return sent;
}
