/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_FORWARD_H
#define DLO_APP_FORWARD_H

/**
 * @file
 * The way between ports and the host link: frames for a loopback go to the host, its replies leave
 * by the port where the peer was last heard, else to whom ARP or neighbour discovery finds.
 *
 * Each worker learns in a table of its own and looks into those of all; it transmits by the queue
 * of its own number, which it shares (under a lock) only on ports with fewer queues than workers.
 */

#include "app.h"

/** What came in for one loopback. */
struct loopback_counters {
	uint64_t answered; /**< answers made */
	uint64_t punted; /**< frames that the link took */
	uint64_t forwarded; /**< frames of the host's that a port took */
};

/** Make what each worker needs, when there is a link beside other ports. Thread: control, before launch.
 * @return 0, or -ENOMEM after saying so */
int forward_init(struct app *app);

/** Free it. Workers are stopped. */
void forward_free(struct app *app);

/**
 * Send frames with DLO_PUNTED to the link, frames with DLO_FORWARDED to a port; count their fate
 * and free what could not be sent. Thread: the worker that owns @p q.
 */
void forward_frames(struct queue *q, struct rte_mbuf **pkts, const uint8_t *verdict, uint16_t nb);

/** Look for answers to neighbour questions among dropped frames. Thread: as above. */
void forward_hear(struct queue *q, struct rte_mbuf **pkts, const uint8_t *verdict, uint16_t nb);

/** Count the answers among frames that are about to go back, by loopback. Thread: as above. */
void forward_count_answers(struct queue *q, struct rte_mbuf **pkts, const uint8_t *verdict,
	uint16_t nb);

/** A loopback begins to count in a slot that others had before. Thread: control, as app->conf. */
void forward_reset(const struct app *app, unsigned int slot);

/** Sum of all workers for the loopback at place @p i of the settings. Thread: any, as app->conf. */
void forward_counters(const struct app *app, unsigned int i, struct loopback_counters *ret);

#endif
