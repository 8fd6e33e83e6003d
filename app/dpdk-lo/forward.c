/* SPDX-License-Identifier: BSD-3-Clause */
#include "forward.h"

#include <errno.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_jhash.h>
#include <rte_malloc.h>
#include <rte_mbuf.h>

#include "capture.h"
#include "drop.h"
#include "log.h"
#include "peers.h"
#include "plans.h"
#include "transmit.h"

/* Neighbours that one worker asks for at a time; RFC 4861 10: one question a second each. */
#define ASKED_MAX 64
#define ASK_PERIOD_S 1

struct forwarder {
	struct app *app;
	unsigned int index; /* of the worker */
	struct peers *peers; /* this worker writes, all read */
	uint64_t asked[ASKED_MAX]; /* the same; who was asked for, 0: nobody */
	uint64_t asked_tsc[ASKED_MAX]; /* this worker's alone: when */
	struct loopback_counters *counters; /* this worker writes, any thread reads */
};

/* What earlier loopbacks in the same slots had counted; as app->conf. */
static struct loopback_counters since[LOOPBACK_SLOTS];

int
forward_init(struct app *app)
{
	const size_t size = LOOPBACK_SLOTS * sizeof(struct loopback_counters);

	/* A reload may bring what is punted; the link alone has nothing to punt. */
	if (app->link == NULL || app->nb_ports == 1)
		return 0;
	for (unsigned int i = 0; i < app->nb_ports; i++) {
		struct port *p = &app->ports[i];

		if (p->link == NULL)
			atomic_fetch_or(&app->usable_ports, UINT64_C(1) << i);
		for (uint16_t q = 0; q < p->nb_queues; q++) {
			rte_spinlock_init(&p->queues[q]->tx_lock);
			p->queues[q]->tx_shared = p->nb_queues < app->nb_workers;
		}
	}
	for (unsigned int i = 0; i < app->nb_workers; i++) {
		struct forwarder *f = rte_zmalloc("dlo_forward", sizeof(*f), RTE_CACHE_LINE_SIZE);

		app->workers[i].forward = f;
		if (f != NULL) {
			f->app = app;
			f->index = i;
			f->peers = peers_create();
			f->counters = rte_zmalloc("dlo_loopbacks", size, DLO_COUNTERS_ALIGN);
		}
		if (f == NULL || f->peers == NULL || f->counters == NULL) {
			say_error("no memory for the peers of loopbacks; give EAL more with -m");
			return -ENOMEM;
		}
	}
	return 0;
}

void
forward_free(struct app *app)
{
	for (unsigned int i = 0; app->workers != NULL && i < app->nb_workers; i++) {
		struct forwarder *f = app->workers[i].forward;

		app->workers[i].forward = NULL;
		if (f == NULL)
			continue;
		peers_free(f->peers);
		rte_free(f->counters);
		rte_free(f);
	}
}

/* The queue of this worker's number: its own, as workers_create() shares them out, or a shared one. */
static struct queue *
tx_queue_of(const struct forwarder *f, const struct port *out)
{
	unsigned int nb = f->app->nb_workers;
	unsigned int first = (unsigned int)(out - f->app->ports) % nb;

	return out->queues[(f->index + nb - first) % nb % out->nb_queues];
}

/* @return how many frames from the start were taken; the others stay the caller's */
static uint16_t
send_by(const struct forwarder *f, const struct port *out, struct rte_mbuf **pkts, uint16_t nb)
{
	struct queue *q = tx_queue_of(f, out);
	struct capture_burst captured;
	uint64_t bytes = 0;
	uint16_t sent = 0;

	if (atomic_load_explicit(&out->away, memory_order_acquire))
		return 0;
	for (uint16_t i = 0; i < nb; i++)
		bytes += rte_pktmbuf_pkt_len(pkts[i]);
	if (q->tx_shared)
		rte_spinlock_lock(&q->tx_lock);
	if (unlikely(q->capture != NULL))
		capture_tx_begin(q->capture, q, pkts, nb, &captured);
	sent = transmit(q, pkts, nb);
	for (uint16_t i = sent; i < nb; i++)
		bytes -= rte_pktmbuf_pkt_len(pkts[i]);
	dlo_count(&q->counters.tx, sent);
	dlo_count(&q->counters.tx_bytes, bytes);
	if (unlikely(q->capture != NULL))
		capture_tx_end(q->capture, q, &captured, pkts, nb, sent);
	if (q->tx_shared)
		rte_spinlock_unlock(&q->tx_lock);
	return sent;
}

/* @slots: of each frame's loopback, where it is one's */
static void
flush(struct queue *q, const struct port *out, struct rte_mbuf **pkts, const uint16_t *slots,
	uint16_t nb, enum dlo_verdict sent_verdict, enum dlo_verdict full_verdict)
{
	struct loopback_counters *counters = q->worker->forward->counters;
	uint16_t sent;

	if (nb == 0)
		return;
	sent = send_by(q->worker->forward, out, pkts, nb);
	dlo_count(&q->counters.verdict[sent_verdict], sent);
	for (uint16_t i = 0; i < sent; i++) {
		if (slots[i] < LOOPBACK_SLOTS)
			dlo_count(sent_verdict == DLO_PUNTED ? &counters[slots[i]].punted :
							       &counters[slots[i]].forwarded, 1);
	}
	for (uint16_t i = sent; i < nb; i++)
		dlo_count(&q->counters.verdict[full_verdict], 1);
	if (sent < nb)
		rte_pktmbuf_free_bulk(pkts + sent, nb - sent);
}

static void
punt_frames(struct queue *q, struct rte_mbuf **pkts, uint16_t nb)
{
	struct forwarder *f = q->worker->forward;
	uint16_t port = (uint16_t)(q->port - f->app->ports), kept = 0;
	uint16_t slots[DLO_BURST_MAX];
	uint64_t now = rte_rdtsc();

	for (uint16_t i = 0; i < nb; i++) {
		struct dlo_station from;
		uint16_t loopback;
		enum dlo_verdict v = dlo_punt(q->plan, pkts[i], &from, &loopback);

		if (v != DLO_PUNTED) {
			queue_drop(q, pkts[i], v);
			continue;
		}
		if (loopback != DLO_PUNT_NO_LOOPBACK)
			peers_learn(f->peers, &from, port, now);
		slots[kept] = loopback;
		pkts[kept++] = pkts[i];
	}
	flush(q, f->app->link, pkts, slots, kept, DLO_PUNTED, DLO_DROP_LINK_FULL);
}

/* Never 0. Two halves that differ, so that an answer nobody asked for is as good as never taken. */
static uint64_t
asked_key(const struct dlo_station *who)
{
	uint32_t low = rte_jhash(who->addr, sizeof(who->addr), who->family);

	return (uint64_t)rte_jhash(who->addr, sizeof(who->addr), ~low) << 32 | low | 1;
}

/* Outside the counters: no frame that was received became of it. */
static void
send_question(const struct forwarder *f, const struct port *out, const struct dlo_station *who,
	const uint8_t *own)
{
	struct queue *q = tx_queue_of(f, out);
	struct rte_mbuf *m = rte_pktmbuf_alloc(out->pool);
	uint16_t sent;

	if (m == NULL)
		return;
	m->data_len = (uint16_t)dlo_neighbour_ask(rte_pktmbuf_mtod(m, uint8_t *), who, &out->mac,
		own);
	m->pkt_len = m->data_len;
	if (q->tx_shared)
		rte_spinlock_lock(&q->tx_lock);
	sent = rte_eth_tx_burst(q->port_id, q->queue_id, &m, 1);
	if (q->tx_shared)
		rte_spinlock_unlock(&q->tx_lock);
	if (sent == 0)
		rte_pktmbuf_free(m);
}

/* Ask on all ports that have the address among their neighbours, not more than once a second. */
static void
ask(struct forwarder *f, const struct dlo_station *who, uint64_t usable)
{
	uint64_t key = asked_key(who), now = rte_rdtsc();
	unsigned int slot = (unsigned int)(key >> 32) % ASKED_MAX;
	size_t bytes = who->family == 4 ? 4 : 16;

	if (f->asked[slot] == key && now - f->asked_tsc[slot] < ASK_PERIOD_S * rte_get_tsc_hz())
		return;
	f->asked_tsc[slot] = now;
	__atomic_store_n(&f->asked[slot], key, __ATOMIC_RELAXED);
	for (unsigned int i = 0; i < f->app->nb_ports; i++) {
		const struct port *p = &f->app->ports[i];
		unsigned int nb;
		const struct dlo_prefix *own = plans_neighbours(atomic_load(&p->plan), &nb);

		for (; (usable & UINT64_C(1) << i) != 0 && nb > 0; nb--, own++) {
			if (dlo_prefix_contains(own, who->family, who->addr) &&
				memcmp(own->addr, who->addr, bytes) != 0) {
				send_question(f, p, who, own->addr);
				break;
			}
		}
	}
}

/* @return the port to leave by with @p ret filled, or NULL: nobody knows the way, and it is asked */
static const struct port *
find_hop(struct forwarder *f, const struct dlo_station *who, struct peer_hop *ret)
{
	const struct app *app = f->app;
	uint64_t usable = atomic_load_explicit(&app->usable_ports, memory_order_relaxed);

	ret->heard = 0;
	for (unsigned int i = 0; i < app->nb_workers; i++)
		peers_find(app->workers[i].forward->peers, who, usable, ret);
	if (ret->heard != 0)
		return &app->ports[ret->port];
	ask(f, who, usable);
	return NULL;
}

static void
route_frames(struct queue *q, struct rte_mbuf **pkts, uint16_t nb)
{
	const struct port *out = NULL;
	uint16_t first = 0, kept = 0;
	uint16_t slots[DLO_BURST_MAX];

	for (uint16_t i = 0; i < nb; i++) {
		const struct port *to = NULL;
		struct rte_mbuf *m = pkts[i];
		struct dlo_station who;
		struct peer_hop hop;
		enum dlo_verdict v = dlo_forward_dst(m, &who);

		if (v == DLO_FORWARDED) {
			to = find_hop(q->worker->forward, &who, &hop);
			if (to == NULL)
				v = DLO_DROP_NO_ROUTE;
			else if (m->nb_segs > 1 && !to->multi_seg_tx)
				v = DLO_DROP_TOO_BIG;
			else
				v = dlo_forward(m, &to->mac, &hop.station, to->mtu);
		}
		if (v != DLO_FORWARDED) {
			queue_drop(q, m, v);
			continue;
		}
		/* Neighbours in the burst for one port go together; their order stays. */
		if (to != out) {
			flush(q, out, pkts + first, slots + first, kept - first, DLO_FORWARDED,
				DLO_DROP_TX_FULL);
			first = kept;
			out = to;
		}
		/* As the port sees it, which answers for the loopback; others wrap round to none. */
		slots[kept] = dlo_reply_owner(atomic_load(&to->plan), m) - DLO_OWNER_LOOPBACK;
		pkts[kept++] = m;
	}
	flush(q, out, pkts + first, slots + first, kept - first, DLO_FORWARDED, DLO_DROP_TX_FULL);
}

void
forward_frames(struct queue *q, struct rte_mbuf **pkts, const uint8_t *verdict, uint16_t nb)
{
	/* A plan either punts or forwards, never both. */
	if (verdict[0] == DLO_PUNTED)
		punt_frames(q, pkts, nb);
	else
		route_frames(q, pkts, nb);
}

void
forward_hear(struct queue *q, struct rte_mbuf **pkts, const uint8_t *verdict, uint16_t nb)
{
	struct forwarder *f = q->worker->forward;

	for (uint16_t i = 0; i < nb; i++) {
		struct dlo_station from;
		unsigned int slot;
		uint64_t key;

		if (verdict[i] != DLO_DROP_NOT_REQUEST || q->port->link != NULL ||
			!dlo_neighbour_heard(q->plan, pkts[i], &from))
			continue;
		key = asked_key(&from);
		slot = (unsigned int)(key >> 32) % ASKED_MAX;
		/* The question may have been another worker's. */
		for (unsigned int w = 0; w < f->app->nb_workers; w++) {
			const uint64_t *asked = f->app->workers[w].forward->asked;

			if (__atomic_load_n(&asked[slot], __ATOMIC_RELAXED) == key) {
				peers_learn(f->peers, &from, (uint16_t)(q->port - f->app->ports),
					rte_rdtsc());
				break;
			}
		}
	}
}

void
forward_count_answers(struct queue *q, struct rte_mbuf **pkts, const uint8_t *verdict, uint16_t nb)
{
	struct forwarder *f = q->worker->forward;

	for (uint16_t i = 0; i < nb; i++) {
		uint16_t owner;

		if (!dlo_verdict_is_answer(verdict[i]))
			continue;
		owner = dlo_reply_owner(q->plan, pkts[i]);
		if (owner >= DLO_OWNER_LOOPBACK &&
			owner - DLO_OWNER_LOOPBACK < LOOPBACK_SLOTS)
			dlo_count(&f->counters[owner - DLO_OWNER_LOOPBACK].answered, 1);
	}
}

static void
sum_counters(const struct app *app, unsigned int slot, struct loopback_counters *ret)
{
	memset(ret, 0, sizeof(*ret));
	for (unsigned int w = 0; w < app->nb_workers; w++) {
		const struct forwarder *f = app->workers[w].forward;

		if (f == NULL)
			continue;
		ret->answered += dlo_count_read(&f->counters[slot].answered);
		ret->punted += dlo_count_read(&f->counters[slot].punted);
		ret->forwarded += dlo_count_read(&f->counters[slot].forwarded);
	}
}

void
forward_reset(const struct app *app, unsigned int slot)
{
	sum_counters(app, slot, &since[slot]);
}

void
forward_counters(const struct app *app, unsigned int i, struct loopback_counters *ret)
{
	unsigned int slot = app->loopback_slots[i];

	sum_counters(app, slot, ret);
	ret->answered -= since[slot].answered;
	ret->punted -= since[slot].punted;
	ret->forwarded -= since[slot].forwarded;
}
