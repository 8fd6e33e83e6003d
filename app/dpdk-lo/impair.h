/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_IMPAIR_H
#define DLO_APP_IMPAIR_H

/**
 * @file
 * --impair: what goes back is lost, doubled, overtaken or late on purpose. Stands between
 * reflection and transmit; impair/impair.h decides, this moves mbufs, counts and provides memory.
 *
 * A link's queue has up to two lines: one for what of localhost is carried, one for the rest. What
 * no line takes (ARP, ND, a port without --impair) never waits behind what one holds.
 */

#include "app.h"

struct impair;
struct watch_marks;

/** Buffers that --impair asks for. */
struct impair_memory {
	unsigned int mbufs; /**< beyond those that the port needs anyway, all queues together */
	unsigned int long_frames; /**< on the link: frames of up to 64 KiB held in each queue */
};

/** What the lines of a port with so many queues may hold. Thread: control. */
struct impair_memory impair_memory(const struct app *app, const struct port *port,
	unsigned int nb_queues);

/**
 * Before the link is made: tell it how many long frames are held, see impair_memory().
 * Thread: control.
 */
void impair_prepare_link(struct app *app, unsigned int nb_queues);

/**
 * Make the lines of all queues, and say what they do. Thread: control, before launch.
 * @return 0, or -ENOMEM after saying so
 */
int impair_start(struct app *app);

/** Free them. Workers are stopped, and have let go of what they held. */
void impair_stop(struct app *app);

/**
 * Take what is to be impaired out of what is to be sent back. Thread: the queue's worker.
 * @param pkts, burst as dlo_reflect_burst() left them; the part to send back gets shorter
 * @param marks of the same frames; only looked at where the queue is watched
 */
void impair_burst(struct queue *q, struct rte_mbuf **pkts, struct dlo_burst *burst,
	struct watch_marks *marks);

/**
 * Frames whose time has come, ready to be sent back. Thread: as above.
 * @param now TSC; UINT64_MAX: all that are held
 * @param pkts room for BURST frames
 * @param burst written whole, as dlo_reflect_burst() would
 * @param marks those of the frames
 * @return how many
 */
uint16_t impair_due(struct queue *q, uint64_t now, struct rte_mbuf **pkts, struct dlo_burst *burst,
	struct watch_marks *marks);

/** Drop all that is held, as tx_full: the port has gone. Thread: as above. */
void impair_give_up(struct queue *q);

/** @return TSC when the next frame is due; UINT64_MAX: nothing is held. Thread: as above. */
uint64_t impair_next(const struct queue *q);

/** From now on let everything pass: the end has come. Thread: as above. */
void impair_cease(struct queue *q);

#endif
