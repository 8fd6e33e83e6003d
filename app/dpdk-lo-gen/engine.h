/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_GEN_ENGINE_H
#define DLO_GEN_ENGINE_H

/**
 * @file
 * Sending and receiving. The sender's data is written by the sending lcore, the receiver's by the
 * receiving one; both may be the same. The other side's figures are read without locks while the
 * run goes on (a line of rates), and exactly after it.
 */

#include <assert.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "neighbour.h"
#include "pace.h"
#include "pattern.h"
#include "stats/counters.h"
#include "stats/histogram.h"
#include "track.h"

#define GEN_BURST 32
#define GEN_PATHS 2
#define GEN_LOG 1000 /**< frames remembered for --break-above */

struct rte_mbuf;
struct rte_mempool;

/** A frame as --break-above prints it. */
struct gen_event {
	uint64_t seq;
	uint64_t sent; /**< cycles */
	uint64_t received; /**< cycles; 0 on the sender's side */
	uint16_t stream;
};

struct gen_log {
	uint64_t nb; /**< events so far; the newest is at (nb - 1) % GEN_LOG */
	struct gen_event events[GEN_LOG];
};

struct gen_tx {
	uint16_t port;
	struct rte_mempool *pool;
	const struct pattern *pattern;
	uint64_t *costs; /**< per template, see pace_cost() */
	struct pace pace;
	unsigned int at; /**< next template */
	unsigned int flow;
	uint64_t made; /**< frames taken off the schedule */
	uint64_t count; /**< 0: no limit */
	uint64_t *seqs; /**< next number, per stream */
	uint64_t *sent; /**< per stream, taken by the port */
	_Atomic uint64_t sent_all;
	uint64_t bytes; /**< of sent frames, FCS counted */
	uint64_t unstamped; /**< sent frames that had no room for a stamp */
	uint64_t refused; /**< times that the port had no room */
	uint64_t no_mbuf;
	uint64_t first_tsc, last_tsc; /**< of sent frames */
	uint64_t last_due_cost;
	struct dlo_histogram *jitter; /**< |gap - asked gap|, cycles */
	struct gen_log *log; /**< NULL unless --break-above */
	unsigned int nb_pending; /**< made, not yet taken */
	struct rte_mbuf *pending[GEN_BURST];
	const struct frame_template *pending_template[GEN_BURST];
	unsigned int pending_flow[GEN_BURST];
	uint64_t pending_seq[GEN_BURST];
};

/** What came back of one stream. */
struct gen_stream {
	struct track track;
	struct dlo_histogram latency; /**< cycles; duplicates left out */
	uint64_t previous; /**< latency of the frame before, for IPDV */
	uint64_t ipdv_sum;
	uint64_t ipdv_nb;
};

struct gen_rx {
	uint16_t port;
	const struct pattern *pattern;
	struct gen_stream *streams;
	struct neighbour *neighbour; /**< NULL: nobody is answered */
	_Atomic uint64_t received_all; /**< with duplicates */
	uint64_t foreign; /**< frames that are not of this run */
	uint64_t clock_back; /**< cycles by which a frame came before it was sent, at worst */
	uint64_t latency_from; /**< TSC; 0: from the beginning */
	uint64_t break_above; /**< cycles; 0: never */
	struct gen_event slow; /**< the frame that broke */
	_Atomic bool broke;
	struct gen_log *log;
};

/** One direction. */
struct gen_path {
	alignas(DLO_COUNTERS_ALIGN) struct gen_tx tx;
	alignas(DLO_COUNTERS_ALIGN) struct gen_rx rx;
};

/* Two lcores, no line that both write; what the pointers lead to is of dlo_lines_zalloc(). */
static_assert(offsetof(struct gen_path, rx) % DLO_COUNTERS_ALIGN == 0 &&
		sizeof(struct gen_path) % DLO_COUNTERS_ALIGN == 0,
	"sender and receiver have lines of their own");

/** One run. */
struct gen_run {
	unsigned int nb_paths;
	struct gen_path paths[GEN_PATHS];
	atomic_bool *stop; /**< the user's */
	_Atomic bool tx_done; /**< by the sender, once */
	double duration_s; /**< 0: no limit */
	double drain_s; /**< how long to wait for what is under way at the end */
	double latency_from_s; /**< latencies of frames sent before are not kept */
	unsigned int tx_lcore; /**< LCORE_ID_ANY: the main one sends too */
	double stats_s;
	bool quiet; /**< no line of rates, no warning */
	double seconds; /**< sending, after the run */
};

/** What a path is to send: @p bps bits of layer 1 or, when that is 0, @p pps frames; both 0: max. */
struct gen_load {
	double pps;
	double bps;
	double speed; /**< of replayed gaps, 1: as captured; 0: not by them */
};

/** Prepare one path, zeroed before. @return 0, or -ENOMEM */
int engine_path_init(struct gen_path *path, const struct pattern *pattern,
	const struct gen_load *load, bool with_log);

/** Send and receive until duration, count, a signal or a slow frame; then wait for the rest. */
void engine_run(struct gen_run *run);

/** Free all paths; may be called twice. */
void engine_free(struct gen_run *run);

/** @return true when a slow frame has ended the run. */
bool engine_broke(const struct gen_run *run);

/** What a path has received without duplicates; thread: the receiver, or after the run. */
uint64_t engine_path_received(const struct gen_path *path);

/** The same of all paths. */
uint64_t engine_received(const struct gen_run *run);

/** Called on the receiving lcore some thousand times a second. In progress.c. */
void progress_tick(struct gen_run *run, uint64_t start, uint64_t now);

#endif
