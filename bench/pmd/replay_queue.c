/* SPDX-License-Identifier: BSD-3-Clause */
#include "replay.h"

#include <errno.h>
#include <string.h>

#include <rte_errno.h>
#include <rte_malloc.h>
#include <rte_mbuf_dyn.h>
#include <rte_mempool.h>

#define CACHE 256
/* So many frames may be held by the application, or wait in mempool caches, at any time. */
#define SPARE 2048

static uint32_t *
slot_of(struct rte_mbuf *m)
{
	return RTE_MBUF_DYNFIELD(m, replay_slot_offset, uint32_t *);
}

static struct rte_mbuf *
make_frame(const struct replay_queue *q, uint32_t slot)
{
	const struct replay_frame *frame = &q->file->frames[slot % q->file->nb_frames];
	struct rte_mbuf *m = rte_pktmbuf_alloc(q->pool);

	if (m == NULL)
		return NULL;
	/* The pool's buffers were made for the longest frame. */
	memcpy(rte_pktmbuf_append(m, (uint16_t)frame->len), frame->data, frame->len);
	m->port = q->port_id;
	*slot_of(m) = slot;
	return m;
}

/*
 * rte_pktmbuf_pool_create() wants buffers that a device can reach. Without hugepages it puts each
 * on a page of its own, all at the same offset, where they push each other out of the cache.
 */
static struct rte_mempool *
make_pool(const char *name, uint32_t nb, uint32_t room, int socket)
{
	struct rte_pktmbuf_pool_private priv = { .mbuf_data_room_size = (uint16_t)room };
	struct rte_mempool *pool = rte_mempool_create_empty(name, nb,
		sizeof(struct rte_mbuf) + room, CACHE, sizeof(priv), socket,
		RTE_MEMPOOL_F_NO_IOVA_CONTIG);

	if (pool == NULL)
		return NULL;
	rte_pktmbuf_pool_init(pool, &priv);
	if (rte_mempool_populate_default(pool) < 0) {
		rte_mempool_free(pool);
		return NULL;
	}
	rte_mempool_obj_iter(pool, rte_pktmbuf_init, NULL);
	return pool;
}

int
replay_queue_load(struct replay_queue *q, const char *name, const struct replay_file *file,
	uint32_t nb_slots, uint16_t port_id, int socket)
{
	uint32_t room = RTE_MAX(RTE_ALIGN_CEIL(file->longest + RTE_PKTMBUF_HEADROOM,
					RTE_CACHE_LINE_SIZE),
		(uint32_t)RTE_MBUF_DEFAULT_BUF_SIZE);

	q->file = file;
	q->port_id = port_id;
	q->nb_slots = nb_slots;
	q->pool = make_pool(name, nb_slots + SPARE, room, socket);
	q->slots = rte_zmalloc_socket(name, nb_slots * sizeof(*q->slots), RTE_CACHE_LINE_SIZE,
		socket);
	q->in = rte_malloc_socket(name, nb_slots, RTE_CACHE_LINE_SIZE, socket);
	if (q->pool == NULL || q->slots == NULL || q->in == NULL) {
		REPLAY_LOG(ERR, "no memory for %u frames of up to %u bytes: give EAL more with -m",
			nb_slots, file->longest);
		replay_queue_unload(q);
		return -ENOMEM;
	}
	memset(q->in, 1, nb_slots);
	/* As many as slots and more are in the pool, and nobody else takes from it. */
	for (uint32_t i = 0; i < nb_slots; i++)
		q->slots[i] = make_frame(q, i);
	return 0;
}

static void
be_careful(struct replay_queue *q)
{
	uint32_t slot = q->tail;

	for (uint32_t i = 0; i < q->nb_out; i++) {
		q->in[slot] = 0;
		if (++slot == q->nb_slots)
			slot = 0;
	}
	q->careful = true;
}

void
replay_queue_unload(struct replay_queue *q)
{
	if (q->slots != NULL && q->in != NULL) {
		if (!q->careful)
			be_careful(q);
		for (uint32_t i = 0; i < q->nb_slots; i++) {
			if (q->in[i])
				rte_pktmbuf_free(q->slots[i]);
		}
	}
	rte_free(q->slots);
	rte_free(q->in);
	/* A frame that somebody still has would come back to freed memory. */
	if (q->pool != NULL && rte_mempool_full(q->pool))
		rte_mempool_free(q->pool);
	else if (q->pool != NULL)
		REPLAY_LOG(NOTICE, "%u frames are still in use: their memory stays",
			rte_mempool_in_use_count(q->pool));
	*q = (struct replay_queue){0};
}

/* Slot by slot: what is not here is made anew. */
static uint16_t
rx_careful(struct replay_queue *q, struct rte_mbuf **pkts, uint16_t nb)
{
	uint16_t n = 0;

	while (n < nb && n < q->nb_slots) {
		uint32_t slot = q->head;

		if (!q->in[slot]) {
			struct rte_mbuf *m = make_frame(q, slot);

			if (m == NULL) {
				q->no_mbuf++;
				break;
			}
			q->slots[slot] = m;
			q->refilled++;
			q->nb_out--;
		}
		q->in[slot] = 0;
		q->nb_out++;
		pkts[n++] = q->slots[slot];
		q->head = slot + 1 == q->nb_slots ? 0 : slot + 1;
	}
	q->rx += n;
	return n;
}

uint16_t
replay_rx_burst(void *queue, struct rte_mbuf **pkts, uint16_t nb)
{
	struct replay_queue *q = queue;
	uint32_t first;

	if (unlikely(q->nb_slots == 0))
		return 0;
	if (unlikely(q->careful) && q->nb_out == 0) {
		q->careful = false;
		q->tail = q->head;
	}
	if (unlikely(nb > q->nb_slots))
		nb = (uint16_t)q->nb_slots;
	if (unlikely(!q->careful && nb > q->nb_slots - q->nb_out))
		be_careful(q);
	if (unlikely(q->careful))
		return rx_careful(q, pkts, nb);

	first = RTE_MIN((uint32_t)nb, q->nb_slots - q->head);
	memcpy(pkts, q->slots + q->head, first * sizeof(*pkts));
	memcpy(pkts + first, q->slots, (nb - first) * sizeof(*pkts));
	q->head += nb;
	if (q->head >= q->nb_slots)
		q->head -= q->nb_slots;
	q->nb_out += nb;
	q->rx += nb;
	return nb;
}

/* Do the oldest frames that are out come back in order? No mbuf has to be looked at for that. */
static bool
in_order(const struct replay_queue *q, struct rte_mbuf **pkts, uint16_t nb)
{
	uint32_t first = RTE_MIN((uint32_t)nb, q->nb_slots - q->tail);

	return nb <= q->nb_out &&
		memcmp(pkts, q->slots + q->tail, first * sizeof(*pkts)) == 0 &&
		memcmp(pkts + first, q->slots, (nb - first) * sizeof(*pkts)) == 0;
}

static void
take_back(struct replay_queue *q, struct rte_mbuf *m)
{
	uint32_t slot = *slot_of(m);

	/* What others still refer to is theirs: the slot gets a new one when its turn comes. */
	if (m->pool == q->pool && slot < q->nb_slots && q->slots[slot] == m && !q->in[slot] &&
			rte_mbuf_refcnt_read(m) == 1 && RTE_MBUF_DIRECT(m)) {
		q->in[slot] = 1;
		q->nb_out--;
	} else {
		q->foreign++;
		rte_pktmbuf_free(m);
	}
}

uint16_t
replay_tx_burst(void *queue, struct rte_mbuf **pkts, uint16_t nb)
{
	struct replay_queue *q = queue;

	q->tx += nb;
	if (likely(!q->careful)) {
		if (likely(in_order(q, pkts, nb))) {
			q->tail += nb;
			if (q->tail >= q->nb_slots)
				q->tail -= q->nb_slots;
			q->nb_out -= nb;
			return nb;
		}
		be_careful(q);
	}
	for (uint16_t i = 0; i < nb; i++)
		take_back(q, pkts[i]);
	return nb;
}
