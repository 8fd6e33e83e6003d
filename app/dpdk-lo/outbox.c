/* SPDX-License-Identifier: BSD-3-Clause */
#include "outbox.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <rte_ring.h>

#include "log.h"
#include "transmit.h"

#define ROOM 128 /* frames; one less is held */

int
outboxes_init(struct app *app)
{
	for (unsigned int i = 0; i < app->nb_ports; i++) {
		struct port *p = &app->ports[i];
		char name[RTE_RING_NAMESIZE];

		snprintf(name, sizeof(name), "dlo_out%u", p->id);
		p->outbox = rte_ring_create(name, ROOM, rte_eth_dev_socket_id(p->id),
			RING_F_SP_ENQ | RING_F_SC_DEQ);
		if (p->outbox == NULL) {
			say_error("no memory for the frames that port %s sends by itself; give EAL more "
				"with -m", p->name);
			return -ENOMEM;
		}
	}
	return 0;
}

void
outboxes_free(struct app *app)
{
	for (unsigned int i = 0; i < app->nb_ports; i++) {
		struct rte_ring *ring = app->ports[i].outbox;
		void *m;

		while (ring != NULL && rte_ring_sc_dequeue(ring, &m) == 0)
			rte_pktmbuf_free(m);
		rte_ring_free(ring);
		app->ports[i].outbox = NULL;
	}
}

bool
outbox_put(struct port *port, const uint8_t *frame, uint32_t len)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(port->pool);
	char *to = m != NULL ? rte_pktmbuf_append(m, (uint16_t)len) : NULL;

	if (to != NULL) {
		memcpy(to, frame, len);
		if (rte_ring_sp_enqueue(port->outbox, m) == 0)
			return true;
	}
	rte_pktmbuf_free(m);
	return false;
}

void
outbox_flush(struct queue *q)
{
	struct rte_mbuf *pkts[BURST];
	unsigned int nb = rte_ring_sc_dequeue_burst(q->port->outbox, (void **)pkts, BURST, NULL);
	uint16_t sent;

	if (nb == 0)
		return;
	if (q->tx_shared)
		rte_spinlock_lock(&q->tx_lock);
	/* With patience: a probe for loops has to get into a queue that a loop keeps full. */
	sent = transmit(q, pkts, (uint16_t)nb);
	q->tx_uncounted += sent;
	if (q->tx_shared)
		rte_spinlock_unlock(&q->tx_lock);
	if (sent == nb)
		return;
	rte_pktmbuf_free_bulk(pkts + sent, nb - sent);
	__atomic_store_n(&q->port->outbox_lost, q->port->outbox_lost + nb - sent, __ATOMIC_RELAXED);
}
