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
 */

#include <stdint.h>

#include "app.h"

struct capture;

/** Frames of one receive burst, copied before they are turned round. On the worker's stack. */
struct capture_burst {
	uint16_t nb;
	struct rte_mbuf *orig[BURST]; /**< in order of arrival */
	struct rte_mbuf *copy[BURST]; /**< NULL: filtered out, or no room */
};

/**
 * Open the file, write its headers (one interface per port, named after it), compile the filter
 * and start the writer.
 * @return the capture, or NULL after saying why. Thread: control.
 */
struct capture *capture_open(const struct dlo_conf_capture *conf, struct app *app);

/** @return true when frames of @p port are to be captured. Thread: control. */
bool capture_wants(const struct capture *c, const struct port *port);

/** Before reflection: copy what the filter matches. Thread: worker. */
void capture_rx_begin(struct capture *c, struct queue *q, struct rte_mbuf **pkts, uint16_t nb_pkts,
	struct capture_burst *ret);

/**
 * After reflection: hand the copies to the writer, dropped frames with "dropped: REASON" as packet
 * comment. @p pkts and @p verdict are what dlo_reflect_burst() made of the burst. Thread: worker.
 */
void capture_rx_end(struct capture *c, struct queue *q, struct capture_burst *burst,
	struct rte_mbuf *const *pkts, const uint8_t *verdict);

/** Before transmit: copy and hand over what the filter matches. Thread: worker. */
void capture_tx(struct capture *c, struct queue *q, struct rte_mbuf *const *pkts, uint16_t nb_pkts);

/** Write what is left, close, say how many frames were written and lost. Workers are stopped. */
void capture_close(struct capture *c);

#endif
