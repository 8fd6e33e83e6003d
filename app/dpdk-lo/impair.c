/* SPDX-License-Identifier: BSD-3-Clause */
#include "impair.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_mbuf.h>
#include <rte_random.h>

#include "drop.h"
#include "impair/flow.h"
#include "impair/impair.h"
#include "log.h"
#include "reflect/guard.h"
#include "reflect/packet.h"
#include "stats/lines.h"
#include "watch.h"

/* Frames of more than a small buffer that a link's queues may hold together: 48 MiB, as much as
 * 40 ms of 10 Gbit/s. */
#define LONG_FRAMES 768
#define LONG_FRAMES_MIN 64

enum {
	LINE_PORT,
	LINE_CARRIED,
	LINES,
};

/* One line of one queue. */
struct line {
	struct dlo_impair *sched; /* NULL: nothing is impaired */
	bool by_flow; /* flows are told apart */
};

struct impair {
	struct line lines[LINES];
	struct rte_mempool *pool; /* for doubled frames */
	/* The link's driver reads shared frames; on other ports the other end may be given them. */
	bool clones;
	bool ceased;
};

static const struct dlo_conf_impair *
rule_of(const struct app *app, const struct port *port, unsigned int line,
	struct dlo_conf_impair *buf)
{
	if (line == LINE_PORT)
		return &port->conf.impair;
	*buf = (struct dlo_conf_impair){ 0 };
	if (port->link != NULL && dlo_conf_carries(&app->conf))
		dlo_conf_resolve_localhost(&app->conf, buf);
	return buf;
}

static unsigned int
long_frames(unsigned int nb_queues)
{
	return RTE_MAX(LONG_FRAMES / RTE_MAX(nb_queues, 1U), (unsigned int)LONG_FRAMES_MIN);
}

struct impair_memory
impair_memory(const struct app *app, const struct port *port, unsigned int nb_queues)
{
	struct impair_memory ret = { 0 };

	for (unsigned int line = 0; line < LINES; line++) {
		struct dlo_conf_impair buf;
		const struct dlo_conf_impair *rule = rule_of(app, port, line, &buf);

		if (!dlo_conf_impairs(rule))
			continue;
		/* With a segment beyond the first for each frame, where there are any. */
		ret.mbufs += nb_queues * (port->multi_seg_tx ? 2 : 1) * rule->limit;
		if (port->link != NULL)
			ret.long_frames += long_frames(nb_queues);
	}
	return ret;
}

void
impair_prepare_link(struct app *app, unsigned int nb_queues)
{
	char vdev[DLO_CONF_PORT_NAME];
	struct link_dev made_later = { 0 };
	struct port port = { .link = &made_later };
	struct dlo_conf_port_facts facts = { .name = vdev, .ifname = app->conf.link.name };

	/* Only that type has frames so long. */
	snprintf(vdev, sizeof(vdev), "net_vtap_%s", app->conf.link.name);
	if (app->conf.link.queues != 0)
		nb_queues = app->conf.link.queues;
	dlo_conf_resolve(&app->conf, &facts, &port.conf);
	app->conf.link.long_frames = impair_memory(app, &port, nb_queues).long_frames;
}

static uint64_t
ticks(uint64_t ns)
{
	return (uint64_t)((double)ns * (double)rte_get_tsc_hz() / 1e9 + 0.5);
}

static struct dlo_impair_rule
make_rule(const struct dlo_conf_impair *conf, const struct port *port)
{
	double hz = (double)rte_get_tsc_hz();

	return (struct dlo_impair_rule){
		.delay = ticks(conf->delay_ns),
		.jitter = RTE_MIN(ticks(conf->jitter_ns), ticks(conf->delay_ns)),
		.loss = conf->loss,
		.dup = conf->dup,
		.reorder = conf->reorder,
		.extent = conf->extent,
		.byte_ticks = conf->rate == 0 ? 0 :
						(uint64_t)(8 * hz * (1 << 20) / (double)conf->rate + 0.5),
		.queue = ticks(conf->queue_ns),
		.tick_hz = rte_get_tsc_hz(),
		.max_frames = conf->limit,
		.max_extra = port->link != NULL ? long_frames(port->nb_queues) : conf->limit,
	};
}

static int
make_lines(struct app *app, struct queue *q, uint64_t chosen_seed)
{
	const uint64_t stream = (uint64_t)(q->port - app->ports) << 32 | (uint64_t)q->queue_id << 8;
	struct impair *im = NULL;

	for (unsigned int line = 0; line < LINES; line++) {
		struct dlo_conf_impair buf;
		const struct dlo_conf_impair *conf = rule_of(app, q->port, line, &buf);
		struct dlo_impair_rule rule;

		if (!dlo_conf_impairs(conf))
			continue;
		if (im == NULL)
			im = dlo_lines_zalloc(1, sizeof(*im));
		if (im == NULL)
			return -ENOMEM;
		q->impair = im;
		im->pool = q->port->pool;
		im->clones = q->port->link != NULL;
		rule = make_rule(conf, q->port);
		/* Queues draw independently of each other, and the same ones every time. */
		rule.seed = (conf->has_seed ? conf->seed : chosen_seed) + (stream | line);
		im->lines[line].by_flow = rule.jitter > 0 || rule.reorder > 0;
		im->lines[line].sched = dlo_impair_create(&rule);
		if (im->lines[line].sched == NULL)
			return -ENOMEM;
	}
	return 0;
}

/* " delay=1ms" as the user might have said it. */
static void
say_line(const char *whose, const struct dlo_conf_impair *c, uint64_t chosen_seed)
{
	char text[256] = "";
	size_t len = 0;

#define ADD(wanted, ...) \
	len += (wanted) ? (size_t)snprintf(text + len, sizeof(text) - len, __VA_ARGS__) : 0
	ADD(c->delay_ns > 0, " delay=%gms", (double)c->delay_ns / 1e6);
	ADD(c->jitter_ns > 0, " jitter=%gms", (double)c->jitter_ns / 1e6);
	ADD(c->loss > 0, " loss=%g%%", (double)c->loss * 100 / DLO_IMPAIR_ALWAYS);
	ADD(c->dup > 0, " dup=%g%%", (double)c->dup * 100 / DLO_IMPAIR_ALWAYS);
	ADD(c->reorder > 0, " reorder=%g%% extent=%u", (double)c->reorder * 100 / DLO_IMPAIR_ALWAYS,
		c->extent);
	ADD(c->rate > 0, " rate=%gmbit queue=%gms", (double)c->rate / 1e6,
		(double)c->queue_ns / 1e6);
#undef ADD
	say("%s is impaired:%s, draws repeat with seed=%" PRIu64, whose, text,
		c->has_seed ? c->seed : chosen_seed);
}

int
impair_start(struct app *app)
{
	/* Short enough to be typed. */
	uint64_t chosen_seed = rte_rand() & UINT32_MAX;

	for (unsigned int i = 0; i < app->nb_ports; i++) {
		const struct port *p = &app->ports[i];

		for (uint16_t q = 0; q < p->nb_queues; q++) {
			if (make_lines(app, p->queues[q], chosen_seed) != 0) {
				say_error("port %s: no memory for --impair; give a smaller limit=",
					p->name);
				return -ENOMEM;
			}
			if (p->queues[q]->impair != NULL)
				p->queues[q]->worker->impairs = true;
		}
		for (unsigned int line = 0; line < LINES; line++) {
			struct dlo_conf_impair buf;
			const struct dlo_conf_impair *conf = rule_of(app, p, line, &buf);

			if (dlo_conf_impairs(conf))
				say_line(line == LINE_CARRIED ? "localhost" : app_port_label(p), conf,
					chosen_seed);
		}
	}
	return 0;
}

void
impair_give_up(struct queue *q)
{
	struct dlo_impair_held held;

	for (unsigned int line = 0; line < LINES; line++) {
		struct dlo_impair *sched = q->impair->lines[line].sched;

		while (sched != NULL && dlo_impair_take(sched, UINT64_MAX, &held, 1) == 1) {
			dlo_count(&q->counters.held, -UINT64_C(1));
			queue_drop(q, held.frame, DLO_DROP_TX_FULL);
		}
	}
}

void
impair_stop(struct app *app)
{
	for (unsigned int i = 0; i < app->nb_ports; i++) {
		for (uint16_t n = 0; n < app->ports[i].nb_queues; n++) {
			struct queue *q = app->ports[i].queues[n];

			if (q == NULL || q->impair == NULL)
				continue;
			/* Of a worker that never ran. */
			impair_give_up(q);
			for (unsigned int line = 0; line < LINES; line++)
				dlo_impair_free(q->impair->lines[line].sched);
			free(q->impair);
			q->impair = NULL;
		}
	}
}

/* @return the line that the frame takes, or NULL: it is not impaired */
static struct line *
line_for(struct queue *q, const struct rte_mbuf *m, uint8_t verdict)
{
	struct line *line = &q->impair->lines[LINE_PORT];

	/* Without its neighbours a link is no link at all, worse than anybody asked for. */
	if (verdict == DLO_ANSWERED_ARP || verdict == DLO_ANSWERED_ND)
		return NULL;
	if (q->plan->carry && verdict == DLO_REFLECTED &&
		dlo_is_carried(rte_pktmbuf_mtod(m, const uint8_t *)))
		line = &q->impair->lines[LINE_CARRIED];
	return line->sched != NULL ? line : NULL;
}

static uint32_t
flow_of(struct rte_mbuf *m)
{
	struct dlo_packet p;

	dlo_packet_load(&p, m);
	return dlo_impair_flow(p.head, p.len);
}

static void
hold_copy(struct queue *q, struct line *line, const struct dlo_impair_fate *original,
	const struct dlo_impair_held *held, uint64_t now)
{
	const struct dlo_impair_fate fate = dlo_impair_draw_copy(original);
	struct dlo_impair_held copy = *held;

	copy.frame = q->impair->clones ?
		rte_pktmbuf_clone(held->frame, q->impair->pool) :
		rte_pktmbuf_copy(held->frame, q->impair->pool, 0, UINT32_MAX);
	if (copy.frame == NULL)
		return;
	copy.segments = ((struct rte_mbuf *)copy.frame)->nb_segs;
	if ((copy.segments > held->segments && !q->port->multi_seg_tx) ||
		!dlo_impair_hold(line->sched, &fate, &copy, now)) {
		rte_pktmbuf_free(copy.frame);
		return;
	}
	dlo_count(&q->counters.dup, 1);
	dlo_count(&q->counters.held, 1);
}

static void
take_in(struct queue *q, struct line *line, struct rte_mbuf *m, const struct dlo_impair_held *mark,
	uint64_t now)
{
	const struct dlo_impair_fate fate = dlo_impair_draw(line->sched);
	struct dlo_impair_held held = *mark;

	if (fate.lost) {
		queue_drop(q, m, DLO_DROP_LOST);
		return;
	}
	held.frame = m;
	held.bytes = rte_pktmbuf_pkt_len(m);
	held.flow = line->by_flow ? flow_of(m) : 0;
	held.segments = m->nb_segs;
	if (!dlo_impair_hold(line->sched, &fate, &held, now)) {
		queue_drop(q, m, DLO_DROP_HELD_FULL);
		return;
	}
	dlo_count(&q->counters.held, 1);
	if (fate.dup)
		hold_copy(q, line, &fate, &held, now);
}

void
impair_burst(struct queue *q, struct rte_mbuf **pkts, struct dlo_burst *burst,
	struct watch_marks *marks)
{
	uint64_t now = rte_rdtsc();
	uint16_t kept = 0;

	if (q->impair->ceased)
		return;
	for (uint16_t i = 0; i < burst->nb_back; i++) {
		struct rte_mbuf *m = pkts[i];
		struct dlo_impair_held mark = { .verdict = burst->verdict[i] };
		struct line *line = line_for(q, m, mark.verdict);

		if (q->watch != NULL) {
			mark.since = marks->since[i];
			mark.owner = marks->talk[i];
		}
		if (line == NULL) {
			burst->verdict[kept] = mark.verdict;
			marks->since[kept] = mark.since;
			marks->talk[kept] = mark.owner;
			pkts[kept++] = m;
			continue;
		}
		burst->back_bytes -= rte_pktmbuf_pkt_len(m);
		burst->nb_reflected -= mark.verdict == DLO_REFLECTED;
		take_in(q, line, m, &mark, now);
	}
	burst->nb_back = kept;
}

uint16_t
impair_due(struct queue *q, uint64_t now, struct rte_mbuf **pkts, struct dlo_burst *burst,
	struct watch_marks *marks)
{
	struct dlo_impair_held held[BURST];
	unsigned int nb = 0;

	for (unsigned int line = 0; line < LINES; line++) {
		struct dlo_impair *sched = q->impair->lines[line].sched;

		if (sched != NULL && nb < BURST)
			nb += dlo_impair_take(sched, now, held + nb, BURST - nb);
	}
	burst->lane = &q->lane;
	burst->nb_back = (uint16_t)nb;
	burst->nb_punt = 0;
	burst->nb_reflected = 0;
	burst->nb_chained = 0;
	burst->rx_bytes = 0;
	burst->back_bytes = 0;
	for (unsigned int i = 0; i < nb; i++) {
		pkts[i] = held[i].frame;
		burst->verdict[i] = held[i].verdict;
		marks->since[i] = held[i].since;
		marks->talk[i] = held[i].owner;
		burst->nb_reflected += held[i].verdict == DLO_REFLECTED;
		burst->back_bytes += rte_pktmbuf_pkt_len(pkts[i]);
	}
	dlo_count(&q->counters.held, -(uint64_t)nb);
	return (uint16_t)nb;
}

uint64_t
impair_next(const struct queue *q)
{
	uint64_t next = UINT64_MAX;

	for (unsigned int line = 0; line < LINES; line++) {
		const struct dlo_impair *sched = q->impair->lines[line].sched;

		if (sched != NULL)
			next = RTE_MIN(next, dlo_impair_next(sched));
	}
	return next;
}

void
impair_cease(struct queue *q)
{
	q->impair->ceased = true;
}
