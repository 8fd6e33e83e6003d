/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_OUTBOX_H
#define DLO_APP_OUTBOX_H

/**
 * @file
 * Frames that control wants sent: a queue belongs to the worker that polls it, so control hands
 * frames over and the worker sends them when it looks after other things. Not counted as sent: no
 * received frame became of them.
 */

#include <rte_ring.h>

#include "app.h"

/** Make one for each port. Thread: control, before launch. @return 0, or -ENOMEM after saying so */
int outboxes_init(struct app *app);

/** Free them and what is in them. Workers are stopped. */
void outboxes_free(struct app *app);

/**
 * Have a frame sent by @p port.
 * @param frame copied
 * @param len bytes, at most 256
 * @return false when there is no room or no buffer. Thread: control.
 */
bool outbox_put(struct port *port, const uint8_t *frame, uint32_t len);

/** @return true when there are frames to be sent. Thread: any. */
static inline bool
outbox_is_waiting(const struct port *port)
{
	return port->outbox != NULL && !rte_ring_empty(port->outbox) &&
		!atomic_load_explicit(&port->away, memory_order_acquire);
}

/** Send what is there. Thread: the worker that owns the port's first queue. */
void outbox_flush(struct queue *q);

#endif
