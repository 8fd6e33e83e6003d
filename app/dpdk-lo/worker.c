/* SPDX-License-Identifier: BSD-3-Clause */
#include "worker.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_malloc.h>
#include <rte_pause.h>
#include <rte_rcu_qsbr.h>

#include "answer/answer.h"
#include "capture.h"
#include "drop.h"
#include "forward.h"
#include "idle.h"
#include "impair.h"
#include "log.h"
#include "outbox.h"
#include "offload.h"
#include "reflect/packet.h"
#include "transmit.h"
#include "watch.h"

/* Turns between two looks at anything that is not a frame. */
#define HOUSEKEEPING_TURNS 256
/* After this many turns with frames in a row the clock is read at housekeeping only: it costs ten
 * frames. The first turn without counts as busy then; it is a short one, sleep comes much later. */
#define CLOCK_TURNS 8
/* For how long a queue that costs a system call is left alone, and how exact that is. */
#define REST_US 10
#define REST_CLOCK_TURNS 8
#define CONTROL_PERIOD_MS 10
/* When lo is let go of: turns without a frame, a pause after each, and turns at most. */
#define DRAIN_EMPTY 4
#define DRAIN_PAUSE_NS 500000
#define DRAIN_TURNS 4096

unsigned int
workers_count(void)
{
	unsigned int nb = rte_lcore_count() - 1;

	return nb == 0 ? 1 : nb;
}

int
workers_create(struct app *app)
{
	unsigned int nb = workers_count(), lcore, i = 0;

	app->workers = rte_zmalloc("dlo_workers", nb * sizeof(*app->workers), RTE_CACHE_LINE_SIZE);
	if (app->workers == NULL) {
		say_error("no memory for %u workers; give EAL more with -m", nb);
		return -ENOMEM;
	}
	app->nb_workers = nb;
	RTE_LCORE_FOREACH(lcore) {
		if (lcore == rte_get_main_lcore() && rte_lcore_count() > 1)
			continue;
		app->workers[i].lcore = lcore;
		app->workers[i++].adaptive = app->adaptive;
	}
	/* Ports with fewer queues than there are workers start at different ones. */
	for (unsigned int p = 0; p < app->nb_ports; p++) {
		for (uint16_t q = 0; q < app->ports[p].nb_queues; q++) {
			struct worker *w = &app->workers[(p + q) % nb];

			if (w->nb_queues == QUEUES_MAX) {
				say_error("lcore %u would poll more than %u queues; give more lcores", w->lcore,
					QUEUES_MAX);
				return -E2BIG;
			}
			w->queues[w->nb_queues++] = app->ports[p].queues[q];
			app->ports[p].queues[q]->worker = w;
		}
	}
	return 0;
}

static void
free_frames(struct rte_mbuf **pkts, unsigned int nb)
{
	if (nb > 0)
		rte_pktmbuf_free_bulk(pkts, nb);
}

/* Count what the transmit queue has taken, frame by frame: not everything, or answers among it. */
static void
count_sent(struct queue *q, struct rte_mbuf **pkts, const struct dlo_burst *burst, uint16_t sent)
{
	struct dlo_counters *c = &q->counters;
	uint64_t bytes = burst->back_bytes;

	for (uint16_t i = 0; i < sent; i++)
		dlo_count(&c->verdict[burst->verdict[i]], 1);
	/* Sent frames may be freed by now; those left behind are still ours to ask. */
	for (uint16_t i = sent; i < burst->nb_back; i++)
		bytes -= rte_pktmbuf_pkt_len(pkts[i]);
	dlo_count(&c->tx, sent);
	dlo_count(&c->tx_bytes, bytes);
	dlo_count(&c->verdict[DLO_DROP_TX_FULL], burst->nb_back - sent);
}

/* Send what goes back; a verdict counts when the transmit queue has taken the frame. */
static void
send_back(struct queue *q, struct rte_mbuf **pkts, const struct dlo_burst *burst,
	const struct watch_marks *marks)
{
	struct dlo_counters *c = &q->counters;
	struct capture_burst captured;
	uint16_t nb = burst->nb_back, sent = 0;

	if (unlikely(q->worker->forward != NULL)) {
		if (burst->nb_reflected != nb)
			forward_count_answers(q, pkts, burst->verdict, nb);
		if (q->tx_shared)
			rte_spinlock_lock(&q->tx_lock);
	}
	if (q->plan->loop_guard != NULL && burst->nb_reflected > 0)
		loop_watch_note(&q->loop_watch, pkts, burst->verdict, nb);
	/* As late as can be, but captures shall show what is sent. */
	if (unlikely(q->lane.nb_timed > 0))
		dlo_answer_depart(q->plan, &q->lane, pkts, nb);
	if (unlikely(q->capture != NULL))
		capture_tx_begin(q->capture, q, pkts, nb, &captured);
	sent = transmit(q, pkts, nb);
	if (likely(sent == nb && burst->nb_reflected == nb)) {
		dlo_count(&c->verdict[DLO_REFLECTED], nb);
		dlo_count(&c->tx, nb);
		dlo_count(&c->tx_bytes, burst->back_bytes);
	} else {
		count_sent(q, pkts, burst, sent);
	}
	if (unlikely(q->capture != NULL))
		capture_tx_end(q->capture, q, &captured, pkts, nb, sent);
	if (unlikely(q->tx_shared))
		rte_spinlock_unlock(&q->tx_lock);
	if (unlikely(q->watch != NULL))
		watch_sent(q, marks, sent);
	free_frames(pkts + sent, nb - sent);
}

/* A port that cannot chain gets what is linear; the rest cannot leave. */
static void
drop_chains(struct queue *q, struct rte_mbuf **pkts, struct dlo_burst *burst)
{
	uint16_t kept = 0;

	for (uint16_t i = 0; i < burst->nb_back; i++) {
		if (pkts[i]->nb_segs == 1) {
			burst->verdict[kept] = burst->verdict[i];
			pkts[kept++] = pkts[i];
		} else {
			burst->back_bytes -= rte_pktmbuf_pkt_len(pkts[i]);
			burst->nb_reflected -= burst->verdict[i] == DLO_REFLECTED;
			queue_drop(q, pkts[i], DLO_DROP_TOO_BIG);
		}
	}
	burst->nb_back = kept;
	burst->nb_chained = 0;
}

/* Captures show the frames of the wire, too; what cannot be put back is dropped by name later. */
static void
capture_received(struct queue *q, struct rte_mbuf **pkts, uint16_t nb, struct capture_burst *ret)
{
	for (uint16_t i = 0; i < nb && q->plan->restore_tags; i++) {
		if ((pkts[i]->ol_flags & DLO_TAGS_STRIPPED) != 0)
			dlo_packet_put_tags(pkts[i]);
	}
	capture_rx_begin(q->capture, q, pkts, nb, ret);
}

static uint16_t
queue_poll(struct queue *q, uint64_t now)
{
	struct dlo_counters *c = &q->counters;
	struct capture_burst captured;
	struct rte_mbuf *pkts[BURST];
	struct watch_marks marks;
	struct dlo_burst burst;
	uint64_t received = 0;
	uint16_t nb, kept;

	nb = rte_eth_rx_burst(q->port_id, q->queue_id, pkts, q->burst);
	if (unlikely(q->plan->settings.timed))
		dlo_lane_arrive(&q->lane, rte_rdtsc(), q->plan->settings.lag_max);
	if (nb == 0)
		return 0;
	if (unlikely(q->watch != NULL))
		received = rte_rdtsc();
	if (unlikely(q->capture != NULL))
		capture_received(q, pkts, nb, &captured);
	q->lane.now = now;
	dlo_reflect_burst(q->plan, &q->lane, pkts, nb, &burst);
	if (unlikely(q->capture != NULL))
		capture_rx_end(q->capture, q, &captured, pkts, burst.verdict);
	dlo_count(&c->rx, nb);
	dlo_count(&c->rx_bytes, burst.rx_bytes);

	kept = burst.nb_back + burst.nb_punt;
	for (uint16_t i = kept; i < nb; i++) {
		dlo_count(&c->verdict[burst.verdict[i]], 1);
		if (unlikely(burst.verdict[i] == DLO_DROP_CONFLICT))
			claims_note(&q->heard, pkts[i]);
	}
	if (unlikely(q->worker->forward != NULL)) {
		forward_hear(q, pkts + kept, burst.verdict + kept, nb - kept);
		if (burst.nb_punt > 0)
			forward_frames(q, pkts + burst.nb_back, burst.verdict + burst.nb_back,
				burst.nb_punt);
	}
	free_frames(pkts + kept, nb - kept);

	if (unlikely(burst.nb_chained > 0 && !q->port->multi_seg_tx))
		drop_chains(q, pkts, &burst);
	if (unlikely(q->port->offload_by_flags))
		offload_turn_round(pkts, burst.nb_back);
	if (unlikely(q->watch != NULL))
		watch_burst(q, pkts, &burst, received, &marks);
	if (unlikely(q->impair != NULL))
		impair_burst(q, pkts, &burst, &marks);
	if (burst.nb_back > 0)
		send_back(q, pkts, &burst, &marks);
	return nb;
}

/* @return whether there were frames whose time had come by @now */
static bool
send_held(struct worker *w, uint64_t now)
{
	struct rte_mbuf *pkts[BURST];
	struct watch_marks marks;
	struct dlo_burst burst;
	bool any = false;

	for (unsigned int i = 0; i < w->nb_queues; i++) {
		struct queue *q = w->queues[i];

		if (q->impair == NULL)
			continue;
		if (unlikely(atomic_load_explicit(&q->port->away, memory_order_relaxed)))
			impair_give_up(q);
		while (impair_due(q, now, pkts, &burst, &marks) > 0) {
			send_back(q, pkts, &burst, &marks);
			any = true;
		}
	}
	return any;
}

static uint64_t
next_held(const struct worker *w)
{
	uint64_t next = UINT64_MAX;

	for (unsigned int i = 0; i < w->nb_queues; i++) {
		if (w->queues[i]->impair != NULL)
			next = RTE_MIN(next, impair_next(w->queues[i]));
	}
	return next;
}

/* What is held has waited long enough: nobody waits for an appliance that ends. */
static void
let_go_of_held(struct worker *w)
{
	for (unsigned int i = 0; i < w->nb_queues; i++) {
		if (w->queues[i]->impair != NULL)
			impair_cease(w->queues[i]);
	}
	send_held(w, UINT64_MAX);
}

static void
housekeeping(struct app *app, struct worker *w)
{
	for (unsigned int i = 0; i < w->nb_queues; i++) {
		struct queue *q = w->queues[i];

		q->plan = atomic_load(&q->port->plan);
		if (unlikely(q->queue_id == 0 && outbox_is_waiting(q->port)))
			outbox_flush(q);
	}
	rte_rcu_qsbr_quiescent(app->rcu, w->lcore);
}

/* @now: TSC of a moment ago, good enough for rates. */
static bool
poll_all(struct worker *w, uint64_t now)
{
	uint64_t frames = 0;

	for (unsigned int i = 0; i < w->nb_queues; i++) {
		struct queue *q = w->queues[i];

		if (likely(!atomic_load_explicit(&q->port->away, memory_order_acquire)))
			frames += queue_poll(q, now);
	}
	dlo_count(&w->frames, frames);
	return frames > 0;
}

/*
 * The same where looking into one queue in vain costs more than a burst of another: while others have
 * frames it is left alone for REST_US after each vain look. With nothing anywhere it is not.
 */
static bool
poll_rested(struct worker *w, uint64_t now, uint64_t rest)
{
	uint64_t frames = 0;

	if (++w->rest_turns % REST_CLOCK_TURNS == 0)
		w->rest_clock = rte_rdtsc();
	for (unsigned int i = 0; i < w->nb_queues; i++) {
		struct queue *q = w->queues[i];
		uint16_t nb;

		if (atomic_load_explicit(&q->port->away, memory_order_acquire) ||
			(q->dear && w->rest_clock < q->rest_until))
			continue;
		nb = queue_poll(q, now);
		q->rest_until = nb == 0 ? w->rest_clock + rest : 0;
		frames += nb;
	}
	for (unsigned int i = 0; frames == 0 && i < w->nb_queues; i++)
		w->queues[i]->rest_until = 0;
	dlo_count(&w->frames, frames);
	return frames > 0;
}

/*
 * Lo goes its native way when this is not heard for CARRY_STALL_MS. It is said before a turn, so that
 * a sleep between two turns is seen for what it is.
 */
static void
give_beat(const struct worker *w, bool alive)
{
	struct timespec ts = { 0 };

	/* The clock that the BPF program reads. */
	if (alive)
		clock_gettime(CLOCK_MONOTONIC_COARSE, &ts);
	for (unsigned int i = 0; i < w->nb_queues; i++) {
		if (w->queues[i]->beat != NULL)
			__atomic_store_n(w->queues[i]->beat,
				(uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec,
				__ATOMIC_RELAXED);
	}
}

/* No packet of lo is lost by an orderly stop: it gets back what is under way. */
static void
let_go_of_lo(struct worker *w)
{
	const struct timespec pause = { .tv_nsec = DRAIN_PAUSE_NS };

	give_beat(w, false);
	for (unsigned int empty = 0, turn = 0; empty < DRAIN_EMPTY && turn < DRAIN_TURNS; turn++) {
		if (poll_all(w, rte_rdtsc())) {
			empty = 0;
			continue;
		}
		empty++;
		nanosleep(&pause, NULL);
	}
}

/* The loop of every polling lcore; @control is NULL but on a main lcore that is alone. */
static void
worker_loop(struct app *app, struct worker *w, control_fn control)
{
	uint64_t control_tsc = rte_get_tsc_hz() / 1000 * CONTROL_PERIOD_MS;
	const uint64_t rest = rte_get_tsc_hz() / 1000000 * REST_US;
	uint64_t then = rte_rdtsc(), next_control = 0;
	unsigned int turn = 0, busy_turns = 0;
	struct idle idle;

	for (unsigned int i = 0; i < w->nb_queues; i++) {
		w->carries |= w->queues[i]->beat != NULL;
		w->rests |= w->queues[i]->dear && w->nb_queues > 1;
	}
	idle_init(&idle, w);
	rte_rcu_qsbr_thread_register(app->rcu, w->lcore);
	rte_rcu_qsbr_thread_online(app->rcu, w->lcore);
	/* Plans from before count as seen by us: run none of them. */
	housekeeping(app, w);
	while (!atomic_load_explicit(&app->stop, memory_order_relaxed)) {
		bool busy, slept = false, due;
		uint64_t now;

		if (w->carries)
			give_beat(w, true);
		busy = w->rests ? poll_rested(w, then, rest) : poll_all(w, then);
		if (unlikely(w->impairs))
			busy |= send_held(w, rte_rdtsc());
		if (busy) {
			idle_reset(&idle);
		} else {
			if (unlikely(w->impairs))
				idle.due = next_held(w);
			slept = idle_wait(&idle);
		}
		busy_turns = busy ? busy_turns + 1 : 0;
		due = ++turn % HOUSEKEEPING_TURNS == 0 || slept;
		if (busy_turns > CLOCK_TURNS && !due)
			continue;
		now = rte_rdtsc();
		dlo_count(busy ? &w->busy_cycles : &w->idle_cycles, now - then);
		then = now;
		if (!due)
			continue;
		housekeeping(app, w);
		/*
		 * After control may have heard that we have been here, before we sleep again: descriptors may be
		 * closed from now on. Looked at before, what control asks for in between would be missed.
		 */
		if (unlikely(atomic_load_explicit(&w->refit, memory_order_acquire))) {
			atomic_store(&w->refit, false);
			idle_init(&idle, w);
		}
		if (control != NULL && now >= next_control) {
			next_control = now + control_tsc;
			control(app);
		}
	}
	dlo_count(busy_turns > 0 ? &w->busy_cycles : &w->idle_cycles, rte_rdtsc() - then);
	if (w->impairs)
		let_go_of_held(w);
	if (w->carries)
		let_go_of_lo(w);
	rte_rcu_qsbr_thread_offline(app->rcu, w->lcore);
	rte_rcu_qsbr_thread_unregister(app->rcu, w->lcore);
}

static int
worker_main(void *arg)
{
	struct app *app = arg;

	for (unsigned int i = 0; i < app->nb_workers; i++) {
		if (app->workers[i].lcore == rte_lcore_id())
			worker_loop(app, &app->workers[i], NULL);
	}
	return 0;
}

int
workers_run(struct app *app, control_fn control)
{
	const struct timespec period = { .tv_nsec = CONTROL_PERIOD_MS * 1000000 };
	int ret;

	if (app->nb_workers == 1 && app->workers[0].lcore == rte_get_main_lcore()) {
		worker_loop(app, &app->workers[0], control);
		return 0;
	}
	ret = rte_eal_mp_remote_launch(worker_main, app, SKIP_MAIN);
	if (ret != 0) {
		say_error("workers do not start: %s", strerror(-ret));
		return ret;
	}
	while (!atomic_load(&app->stop)) {
		control(app);
		nanosleep(&period, NULL);
	}
	rte_eal_mp_wait_lcore();
	return 0;
}

void
workers_free(struct app *app)
{
	rte_free(app->workers);
	app->workers = NULL;
	app->nb_workers = 0;
}
