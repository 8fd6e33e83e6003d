/* SPDX-License-Identifier: BSD-3-Clause */
#include "engine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_branch_prediction.h>
#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_mbuf.h>
#include <rte_memcpy.h>

#include "stats/lines.h"

#define TURNS_PER_TICK 256
#define DUPLICATE_TURNS 1024

static uint64_t
template_cost(const struct frame_template *t, const struct gen_load *load, double hz)
{
	unsigned int bits = (t->len + GEN_FCS + GEN_WIRE_EXTRA) * 8U;

	if (load->speed > 0)
		return (uint64_t)(t->gap_ns / 1e9 / load->speed * hz * (1 << PACE_FRACTION));
	return pace_cost(load->bps > 0 ? load->bps / bits : load->pps, (uint64_t)hz);
}

static void
path_free(struct gen_path *path)
{
	struct gen_tx *tx = &path->tx;
	struct gen_rx *rx = &path->rx;

	if (tx->nb_pending > 0)
		rte_pktmbuf_free_bulk(tx->pending, tx->nb_pending);
	tx->nb_pending = 0;
	free(tx->costs);
	free(tx->seqs);
	free(tx->sent);
	free(tx->jitter);
	free(tx->log);
	free(rx->streams);
	free(rx->log);
	tx->costs = tx->seqs = tx->sent = NULL;
	tx->jitter = NULL;
	rx->streams = NULL;
	tx->log = rx->log = NULL;
}

int
engine_path_init(struct gen_path *path, const struct pattern *pattern, const struct gen_load *load,
	bool with_log)
{
	struct gen_tx *tx = &path->tx;
	struct gen_rx *rx = &path->rx;
	double hz = (double)rte_get_tsc_hz();

	tx->pattern = rx->pattern = pattern;
	tx->costs = dlo_lines_zalloc(pattern->nb_templates, sizeof(*tx->costs));
	tx->seqs = dlo_lines_zalloc(pattern->nb_streams, sizeof(*tx->seqs));
	tx->sent = dlo_lines_zalloc(pattern->nb_streams, sizeof(*tx->sent));
	tx->jitter = dlo_lines_zalloc(1, sizeof(*tx->jitter));
	rx->streams = dlo_lines_zalloc(pattern->nb_streams, sizeof(*rx->streams));
	if (with_log) {
		tx->log = dlo_lines_zalloc(1, sizeof(*tx->log));
		rx->log = dlo_lines_zalloc(1, sizeof(*rx->log));
	}
	if (tx->costs == NULL || tx->seqs == NULL || tx->sent == NULL || tx->jitter == NULL ||
		rx->streams == NULL || (with_log && (tx->log == NULL || rx->log == NULL))) {
		path_free(path);
		return -ENOMEM;
	}
	dlo_histogram_init(tx->jitter);
	for (unsigned int i = 0; i < pattern->nb_streams; i++)
		dlo_histogram_init(&rx->streams[i].latency);
	for (unsigned int i = 0; i < pattern->nb_templates; i++)
		tx->costs[i] = template_cost(&pattern->templates[i], load, hz);
	return 0;
}

void
engine_free(struct gen_run *run)
{
	for (unsigned int i = 0; i < run->nb_paths; i++)
		path_free(&run->paths[i]);
}

uint64_t
engine_path_received(const struct gen_path *path)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < path->rx.pattern->nb_streams; i++)
		sum += path->rx.streams[i].track.received;
	return sum;
}

uint64_t
engine_received(const struct gen_run *run)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < run->nb_paths; i++)
		sum += engine_path_received(&run->paths[i]);
	return sum;
}

bool
engine_broke(const struct gen_run *run)
{
	for (unsigned int i = 0; i < run->nb_paths; i++) {
		if (atomic_load_explicit(&run->paths[i].rx.broke, memory_order_relaxed))
			return true;
	}
	return false;
}

static void
log_event(struct gen_log *log, uint64_t seq, uint16_t stream, uint64_t sent, uint64_t received)
{
	log->events[log->nb++ % GEN_LOG] = (struct gen_event){ seq, sent, received, stream };
}

/* Frames whose time has come join those that the port did not take. */
static void
tx_make(struct gen_tx *tx, uint64_t now)
{
	const struct pattern *p = tx->pattern;

	while (tx->nb_pending < GEN_BURST && pace_due(&tx->pace, now) &&
		(tx->count == 0 || tx->made < tx->count)) {
		const struct frame_template *t = &p->templates[tx->at];
		struct rte_mbuf *m = rte_pktmbuf_alloc(tx->pool);
		unsigned int n = tx->nb_pending;

		if (unlikely(m == NULL)) {
			tx->no_mbuf++;
			return;
		}
		m->data_len = t->len;
		m->pkt_len = t->len;
		rte_memcpy(rte_pktmbuf_mtod(m, uint8_t *), t->data, t->len);
		tx->pending[n] = m;
		tx->pending_template[n] = t;
		tx->pending_flow[n] = tx->flow;
		tx->pending_seq[n] = t->stamp != 0 ? tx->seqs[t->stream]++ : 0;
		tx->nb_pending++;
		tx->made++;
		pace_take(&tx->pace, now, tx->costs[tx->at]);
		tx->last_due_cost = tx->costs[tx->at];
		if (++tx->at == p->nb_templates)
			tx->at = 0;
		if (++tx->flow == p->flows)
			tx->flow = 0;
	}
}

/* The gap before the frame at @i of those just sent, against what was asked. */
static void
tx_note_gap(struct gen_tx *tx, unsigned int i, uint64_t now)
{
	/* A counter that went back, on another CPU, is no gap; what it does to latency is said. */
	uint64_t gap = i == 0 && now > tx->last_tsc ? now - tx->last_tsc : 0;
	uint64_t asked = tx->last_due_cost >> PACE_FRACTION;

	dlo_histogram_add(tx->jitter, gap > asked ? gap - asked : asked - gap);
}

static unsigned int
tx_poll(struct gen_tx *tx, uint64_t now)
{
	unsigned int n, nb_sent;

	tx_make(tx, now);
	n = tx->nb_pending;
	if (n == 0)
		return 0;
	/* As late as can be; a frame that waited gets a new time, so that waiting here is not latency. */
	now = rte_rdtsc();
	for (unsigned int i = 0; i < n; i++) {
		if (likely(tx->pending_template[i]->stamp != 0))
			pattern_stamp(tx->pattern, tx->pending_template[i],
				rte_pktmbuf_mtod(tx->pending[i], uint8_t *), tx->pending_flow[i],
				tx->pending_seq[i], now);
	}
	nb_sent = rte_eth_tx_burst(tx->port, 0, tx->pending, (uint16_t)n);
	for (unsigned int i = 0; i < nb_sent; i++) {
		const struct frame_template *t = tx->pending_template[i];

		if (likely(t->stamp != 0))
			tx->sent[t->stream]++;
		else
			tx->unstamped++;
		tx->bytes += t->len + GEN_FCS;
		if (tx->first_tsc != 0)
			tx_note_gap(tx, i, now);
		else
			tx->first_tsc = now;
		if (unlikely(tx->log != NULL))
			log_event(tx->log, tx->pending_seq[i], t->stream, now, 0);
	}
	if (nb_sent > 0) {
		tx->last_tsc = now;
		atomic_store_explicit(&tx->sent_all,
			atomic_load_explicit(&tx->sent_all, memory_order_relaxed) + nb_sent,
			memory_order_relaxed);
	}
	if (likely(nb_sent == n)) {
		tx->nb_pending = 0;
		return n;
	}
	tx->refused++;
	tx->nb_pending = n - nb_sent;
	for (unsigned int i = 0; i < tx->nb_pending; i++) {
		tx->pending[i] = tx->pending[i + nb_sent];
		tx->pending_template[i] = tx->pending_template[i + nb_sent];
		tx->pending_flow[i] = tx->pending_flow[i + nb_sent];
		tx->pending_seq[i] = tx->pending_seq[i + nb_sent];
	}
	return nb_sent;
}

static void
rx_frame(struct gen_rx *rx, const uint8_t *stamp, uint64_t now)
{
	uint16_t stream = dlo_get16(stamp + STAMP_STREAM);
	struct gen_stream *s = &rx->streams[stream];
	uint64_t seq = dlo_get64(stamp + STAMP_STREAM) & 0xffffffffffff;
	uint64_t sent = dlo_get64(stamp + STAMP_TIME - 2) & 0xffffffffffff;
	uint64_t latency = (now - sent) & 0xffffffffffff;
	enum track_result result = track_frame(&s->track, seq);

	/* Received before it was sent: the clocks of two CPUs differ, or were read out of order. */
	if (unlikely(latency >> (STAMP_TIME_BITS - 1) != 0)) {
		uint64_t back = (sent - now) & 0xffffffffffff;

		if (back > rx->clock_back)
			rx->clock_back = back;
		latency = 0;
	}
	if (unlikely(rx->log != NULL))
		log_event(rx->log, seq, stream, now - latency, now);
	if (unlikely(rx->break_above != 0 && latency > rx->break_above &&
		!atomic_load_explicit(&rx->broke, memory_order_relaxed))) {
		rx->slow = (struct gen_event){ seq, now - latency, now, stream };
		atomic_store(&rx->broke, true);
	}
	if (result == TRACK_DUPLICATE ||
		(unlikely(rx->latency_from != 0) && (int64_t)(now - latency - rx->latency_from) < 0))
		return;
	dlo_histogram_add(&s->latency, latency);
	if (result == TRACK_IN_ORDER) {
		if (s->previous != 0) {
			s->ipdv_sum += latency > s->previous ? latency - s->previous :
				s->previous - latency;
			s->ipdv_nb++;
		}
		s->previous = latency;
	}
}

static unsigned int
rx_poll(struct gen_rx *rx)
{
	struct rte_mbuf *pkts[GEN_BURST];
	unsigned int nb, nb_ours = 0;
	uint64_t now;

	nb = rte_eth_rx_burst(rx->port, 0, pkts, GEN_BURST);
	if (nb == 0)
		return 0;
	now = rte_rdtsc();
	for (unsigned int i = 0; i < nb; i++)
		rte_prefetch0(rte_pktmbuf_mtod(pkts[i], const uint8_t *));
	for (unsigned int i = 0; i < nb; i++) {
		const uint8_t *stamp = pattern_find(rx->pattern,
			rte_pktmbuf_mtod(pkts[i], const uint8_t *), rte_pktmbuf_data_len(pkts[i]));

		if (likely(stamp != NULL)) {
			nb_ours++;
			rx_frame(rx, stamp, now);
		} else {
			rx->foreign++;
			if (rx->neighbour != NULL && neighbour_answer(rx->neighbour, pkts[i]))
				pkts[i] = NULL;
		}
	}
	rte_pktmbuf_free_bulk(pkts, nb);
	atomic_store_explicit(&rx->received_all,
		atomic_load_explicit(&rx->received_all, memory_order_relaxed) + nb_ours,
		memory_order_relaxed);
	return nb;
}

static bool
path_finished(const struct gen_tx *tx)
{
	return tx->count != 0 && tx->made == tx->count && tx->nb_pending == 0;
}

static bool
tx_finished(const struct gen_run *run, uint64_t now, uint64_t end)
{
	bool all = true;

	if ((end != 0 && now >= end) || atomic_load_explicit(run->stop, memory_order_relaxed) ||
		engine_broke(run))
		return true;
	for (unsigned int i = 0; i < run->nb_paths; i++)
		all = all && path_finished(&run->paths[i].tx);
	return all;
}

static uint64_t
tx_begin(struct gen_run *run)
{
	uint64_t hz = rte_get_tsc_hz(), now = rte_rdtsc();

	for (unsigned int i = 0; i < run->nb_paths; i++)
		pace_start(&run->paths[i].tx.pace, now, hz);
	return run->duration_s > 0 ? now + (uint64_t)(run->duration_s * (double)hz) : 0;
}

static int
tx_loop(void *arg)
{
	struct gen_run *run = arg;
	uint64_t end = tx_begin(run), now;

	while (now = rte_rdtsc(), !tx_finished(run, now, end)) {
		for (unsigned int i = 0; i < run->nb_paths; i++)
			tx_poll(&run->paths[i].tx, now);
	}
	atomic_store(&run->tx_done, true);
	return 0;
}

static unsigned int
rx_poll_all(struct gen_run *run)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < run->nb_paths; i++)
		n += rx_poll(&run->paths[i].rx);
	return n;
}

static bool
all_back(const struct gen_run *run)
{
	for (unsigned int i = 0; i < run->nb_paths; i++) {
		const struct gen_path *p = &run->paths[i];

		if (engine_path_received(p) < atomic_load(&p->tx.sent_all) - p->tx.unstamped)
			return false;
	}
	return true;
}

/* Everything is back, or the time for it is over. */
static void
drain(struct gen_run *run)
{
	uint64_t end = rte_rdtsc() + (uint64_t)(run->drain_s * (double)rte_get_tsc_hz());

	if (engine_broke(run))
		return;
	/* Some ports never stop giving frames: the clock decides, not they. */
	while (!all_back(run) && rte_rdtsc() < end)
		rx_poll_all(run);
	/* What is there twice comes soon after. */
	for (unsigned int i = 0; i < DUPLICATE_TURNS && rx_poll_all(run) > 0; i++)
		;
}

void
engine_run(struct gen_run *run)
{
	bool alone = run->tx_lcore == LCORE_ID_ANY;
	uint64_t start = rte_rdtsc(), now = start, end = 0;
	unsigned int turns = 0;

	for (unsigned int i = 0; run->latency_from_s > 0 && i < run->nb_paths; i++)
		run->paths[i].rx.latency_from = start +
			(uint64_t)(run->latency_from_s * (double)rte_get_tsc_hz());
	/* Over memif only a look at the queue gives the far end room for what is to come back. */
	for (unsigned int i = 0; i < run->nb_paths; i++)
		rx_poll(&run->paths[i].rx);
	if (alone)
		end = tx_begin(run);
	else
		rte_eal_remote_launch(tx_loop, run, run->tx_lcore);
	for (;;) {
		now = rte_rdtsc();
		if (alone && tx_finished(run, now, end))
			break;
		if (!alone && atomic_load_explicit(&run->tx_done, memory_order_acquire))
			break;
		for (unsigned int i = 0; i < run->nb_paths; i++) {
			if (alone)
				tx_poll(&run->paths[i].tx, now);
			rx_poll(&run->paths[i].rx);
		}
		if (++turns % TURNS_PER_TICK == 0)
			progress_tick(run, start, now);
	}
	if (!alone)
		rte_eal_wait_lcore(run->tx_lcore);
	run->seconds = (double)(rte_rdtsc() - start) / (double)rte_get_tsc_hz();
	drain(run);
}
