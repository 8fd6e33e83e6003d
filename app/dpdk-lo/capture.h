/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_CAPTURE_H
#define DLO_APP_CAPTURE_H

/**
 * @file
 * --capture: frames as they are received and sent, written as pcapng by a thread of its own.
 *
 * Workers copy frames (the only copies in the appliance, and only while a capture is on) into a
 * bounded ring; the writer drains it. A slow disk costs captured frames, which are counted, never
 * traffic.
 *
 * What is in the file: every frame as it was received (inbound), before it was turned round, with
 * "dropped: REASON" as packet comment when it was; every frame that a port took (outbound); frames
 * that were to be sent and could not be (outbound, with the reason). With `drops` only frames that
 * have a reason. Times are those of the burst.
 */

#include <stdint.h>

#include "app.h"

struct capture;

/** Copies of one burst, between the two calls around what happens to it. On the worker's stack. */
struct capture_burst {
	uint64_t time_ns; /**< of the burst, since 1970 */
	uint16_t nb; /**< frames that the filter matches */
	uint8_t place[BURST]; /**< position in the first call */
	struct rte_mbuf *orig[BURST]; /**< may be gone by the second call: never followed */
	struct rte_mbuf *copy[BURST]; /**< NULL: no room; lost if it turns out to be wanted */
};

/**
 * Open the file, write its headers (one interface per port, named after it), compile the filter
 * and start the writer. Ports have their names and MACs by now.
 * @return the capture, or NULL after saying why. Thread: control.
 */
struct capture *capture_open(const struct dlo_conf_capture *conf, struct app *app);

/** @return true when frames of @p port are to be captured. Thread: control. */
bool capture_wants(const struct capture *c, const struct port *port);

/** Before reflection: copy what the filter matches. @p nb_pkts <= BURST. Thread: worker. */
void capture_rx_begin(struct capture *c, struct queue *q, struct rte_mbuf **pkts, uint16_t nb_pkts,
	struct capture_burst *ret);

/**
 * After reflection: hand the copies to the writer, dropped frames with "dropped: REASON" as packet
 * comment. @p pkts and @p verdict are what dlo_reflect_burst() made of the burst. Thread: worker.
 */
void capture_rx_end(struct capture *c, struct queue *q, struct capture_burst *burst,
	struct rte_mbuf *const *pkts, const uint8_t *verdict);

/**
 * Before transmit: copy what the filter matches, because a driver may free what it takes.
 * @p nb_pkts <= BURST. Thread: worker.
 */
void capture_tx_begin(struct capture *c, struct queue *q, struct rte_mbuf *const *pkts,
	uint16_t nb_pkts, struct capture_burst *ret);

/**
 * After transmit, before what was not taken is freed: hand over the copies; frames from
 * pkts[nb_sent] on were not taken and get the comment "dropped: tx_full". @p pkts and @p nb_pkts
 * as before. Thread: worker.
 */
void capture_tx_end(struct capture *c, struct queue *q, struct capture_burst *burst,
	struct rte_mbuf *const *pkts, uint16_t nb_pkts, uint16_t nb_sent);

/** One frame that was turned round and yet cannot be sent, and why. Thread: worker. */
void capture_tx_drop(struct capture *c, struct queue *q, struct rte_mbuf *pkt,
	enum dlo_verdict reason);

/** Write what is left, close, say how many frames were written and lost. Workers are stopped. */
void capture_close(struct capture *c);

#endif
