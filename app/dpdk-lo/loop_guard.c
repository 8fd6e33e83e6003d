/* SPDX-License-Identifier: BSD-3-Clause */
#include "loop_guard.h"

#include <inttypes.h>
#include <string.h>
#include <sys/random.h>

#include <rte_cycles.h>
#include <rte_random.h>

#include "app.h"
#include "log.h"
#include "outbox.h"
#include "plans.h"

#define PERIODS_PER_S 4
/* Silent periods after which a loop is gone; twice as many each time that it was not. */
#define PATIENCE 5
#define PATIENCE_MAX 240
/* A loop so soon after the last is the same one. */
#define SAME_LOOP_S 10

static uint64_t next_period; /* TSC */

static uint64_t
draw(void)
{
	uint64_t n;

	/* Nobody else's to guess, and not 0, which is none. */
	if (getrandom(&n, sizeof(n), GRND_NONBLOCK) != sizeof(n))
		n = rte_rand();
	return n | 1;
}

void
loop_guard_init(struct app *app)
{
	for (unsigned int i = 0; i < app->nb_ports; i++) {
		struct loop_state *s = &app->ports[i].loop;

		s->guard.id = draw();
		s->patience = PATIENCE;
	}
}

static void
probe(struct port *p, const struct loop_sample *sample)
{
	struct loop_state *s = &p->loop;
	uint8_t frame[DLO_PROBE_MAX];
	uint32_t len = dlo_probe_write(frame, sample->head, sample->len, s->guard.id,
		s->guard.nonces[0]);

	s->nb_probes += outbox_put(p, frame, len);
}

/* Take the samples of all queues, probe after each, and remember them. */
static void
probe_traffic(struct port *p, uint64_t now)
{
	struct loop_state *s = &p->loop;
	uint64_t first = UINT64_MAX;

	for (uint16_t q = 0; q < p->nb_queues; q++) {
		for (unsigned int i = 0; i < LOOP_SAMPLES; i++) {
			struct loop_sample *from = &p->queues[q]->loop_watch.samples[i];
			struct loop_sample *to = &s->suspects[s->next_suspect];

			if (__atomic_load_n(&from->full, __ATOMIC_ACQUIRE) == 0)
				continue;
			*to = *from;
			__atomic_store_n(&from->full, 0, __ATOMIC_RELEASE);
			/* It may be of before the last stop, and have waited. */
			first = RTE_MIN(first, RTE_MAX(to->tsc, s->watched_tsc));
			s->next_suspect = (s->next_suspect + 1) % LOOP_SUSPECTS;
			s->nb_suspects = RTE_MIN(s->nb_suspects + 1, (unsigned int)LOOP_SUSPECTS);
			probe(p, to);
		}
	}
	if (first == UINT64_MAX) {
		s->traffic_tsc = 0;
		return;
	}
	s->sent_tsc[0] = now;
	if (s->traffic_tsc == 0)
		s->traffic_tsc = first;
}

static void
publish(struct app *app, struct port *p, bool stopped)
{
	p->loop.stopped = stopped;
	/* Without memory for it the old plan stays; the next period tries again. */
	if (plans_publish(app, p) != 0)
		p->loop.stopped = !stopped;
}

/*
 * @return since when there can have been the loop that was found: its traffic began, or probes that have all
 *   left did not come back, later than that
 */
static uint64_t
loop_began(const struct loop_state *s, uint64_t now)
{
	unsigned int i = __atomic_load_n(&s->guard.heard_nonce, __ATOMIC_RELAXED) == s->guard.nonces[0] ? 0 : 1;
	uint64_t began = RTE_MAX(s->traffic_tsc, s->sent_tsc[i + 1]);

	/* The traffic has ended before its probe came back: that one has left since its nonce is in use. */
	if (began == 0)
		began = now - (i + 1) * rte_get_tsc_hz() / PERIODS_PER_S;
	return RTE_MAX(began, s->watched_tsc);
}

static void
stop(struct app *app, struct port *p, uint64_t now)
{
	struct loop_state *s = &p->loop;
	uint64_t took = now - loop_began(s, now);

	if (s->resumed_tsc != 0 && now - s->resumed_tsc < SAME_LOOP_S * rte_get_tsc_hz())
		s->patience = RTE_MIN(s->patience * 2, (unsigned int)PATIENCE_MAX);
	else
		s->patience = PATIENCE;
	s->found_ms = (uint64_t)((double)took * 1e3 / (double)rte_get_tsc_hz());
	publish(app, p, true);
	if (!s->stopped)
		return;
	s->nb_stops++;
	say_warning("port %s: what it sends back comes back to it, because the far end reflects too or "
		"the cable is looped (found in %" PRIu64 " ms): it sends back nothing until that ends; "
		"--loop-guard off@%s lets it", app_port_label(p), s->found_ms, app_port_label(p));
}

/* What was seen until now says nothing about when the next loop begins. */
static void
watch_anew(struct loop_state *s, uint64_t now)
{
	s->watched_tsc = now;
	s->traffic_tsc = 0;
	memset(s->sent_tsc, 0, sizeof(s->sent_tsc));
}

static void
resume(struct app *app, struct port *p, uint64_t now)
{
	struct loop_state *s = &p->loop;

	publish(app, p, false);
	if (s->stopped)
		return;
	s->resumed_tsc = now;
	s->nb_suspects = 0;
	s->next_suspect = 0;
	watch_anew(s, now);
	say("port %s: the loop is gone, frames are sent back again", app_port_label(p));
}

/* Nobody shall answer with what he heard long ago. */
static void
turn_nonce(struct port *p)
{
	struct loop_state *s = &p->loop;
	uint64_t lost = __atomic_load_n(&p->outbox_lost, __ATOMIC_RELAXED);

	s->sent_tsc[2] = s->sent_tsc[1];
	/* What may not have left proves nothing by staying away. */
	s->sent_tsc[1] = lost == s->lost ? s->sent_tsc[0] : 0;
	s->sent_tsc[0] = 0;
	s->lost = lost;
	__atomic_store_n(&s->guard.nonces[1], s->guard.nonces[0], __ATOMIC_RELAXED);
	__atomic_store_n(&s->guard.nonces[0], draw(), __ATOMIC_RELAXED);
}

static void
hear(struct app *app, struct port *p, uint64_t now)
{
	struct loop_state *s = &p->loop;
	uint64_t heard = __atomic_load_n(&s->guard.heard, __ATOMIC_ACQUIRE);

	if (heard == s->heard)
		return;
	s->heard = heard;
	s->heard_tsc = now;
	if (!s->stopped)
		stop(app, p, now);
}

static void
period(struct app *app, struct port *p, uint64_t now)
{
	struct loop_state *s = &p->loop;

	turn_nonce(p);
	if (!s->stopped) {
		probe_traffic(p, now);
		return;
	}
	if (now - s->heard_tsc > s->patience * rte_get_tsc_hz() / PERIODS_PER_S) {
		resume(app, p, now);
		return;
	}
	for (unsigned int i = 0; i < s->nb_suspects; i++)
		probe(p, &s->suspects[i]);
}

/*
 * Another reflector takes replies of STAMP for requests. Nothing has to be stopped: each such packet ends
 * here (dlo_stamp_admit()). Said when it begins, and when there was none for as long as ends a loop.
 */
static void
hear_replies(struct port *p, uint64_t now)
{
	struct loop_state *s = &p->loop;
	uint64_t heard = 0;

	for (uint16_t q = 0; q < p->nb_queues; q++)
		heard += __atomic_load_n(&p->queues[q]->lane.nb_stamp_loops, __ATOMIC_RELAXED);
	if (heard != s->replies_heard) {
		s->replies_heard = heard;
		s->replies_tsc = now;
		if (!s->replies)
			say_warning("port %s: another STAMP reflector answers the replies of this one, as "
				"after a request with a forged source: its packets are dropped (loop); "
				"find the sender, or narrow --allow", app_port_label(p));
		s->replies = true;
	} else if (s->replies && now - s->replies_tsc > SAME_LOOP_S * rte_get_tsc_hz()) {
		s->replies = false;
		say("port %s: no STAMP reflector answers the replies of this one any more",
			app_port_label(p));
	}
}

void
loop_guard_tick(struct app *app, uint64_t now)
{
	bool due = now >= next_period;

	if (due)
		next_period = now + rte_get_tsc_hz() / PERIODS_PER_S;
	for (unsigned int i = 0; i < app->nb_ports; i++) {
		struct port *p = &app->ports[i];

		if (atomic_load(&p->gone))
			continue;
		hear_replies(p, now);
		if (!p->conf.loop_guard) {
			/* Switched off at a reload: its plan knows that already. */
			p->loop.stopped = false;
			watch_anew(&p->loop, now);
			continue;
		}
		hear(app, p, now);
		if (due)
			period(app, p, now);
	}
}
