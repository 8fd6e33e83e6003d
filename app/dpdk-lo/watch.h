/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_WATCH_H
#define DLO_APP_WATCH_H

/**
 * @file
 * What --latency and --localhost look at: how long frames are inside, from receive to transmit, and
 * who talks to whom on localhost. A queue that nobody watches has none of it, and no cost.
 */

#include "app.h"
#include "stats/histogram.h"
#include "watch/talk.h"

struct watch;

/** Not localhost's. */
#define WATCH_NOBODY UINT16_MAX

/** Frames on their way to transmit: since when they are inside, and whose they are. */
struct watch_marks {
	uint64_t since[BURST]; /**< TSC */
	uint16_t talk[BURST]; /**< dlo_talk_see()'s place, or WATCH_NOBODY */
};

/** Times in nanoseconds, for people. */
struct watch_times {
	uint64_t count;
	double min, mean, p50, p90, p99, p99_9, max;
};

/** One pair of all queues together. */
struct watch_talk {
	struct dlo_talk talk;
	const char *proto; /**< "tcp", "udp", "icmp", "sctp", or a number; "others": the rest */
	char client[48]; /**< address; "" for the rest */
	char server[48];
};

/**
 * Make what the queues need. Thread: control, before launch.
 * @return 0, or -ENOMEM after saying so
 */
int watch_start(struct app *app);

/** Free it. Workers are stopped. */
void watch_stop(struct app *app);

/** Note when a burst came and who is talking in it, before it is sent. Thread: worker. */
void watch_burst(struct queue *q, struct rte_mbuf *const *pkts, const struct dlo_burst *burst,
	uint64_t received, struct watch_marks *marks);

/** The first @p nb of the marked frames have been taken by the transmit queue. Thread: worker. */
void watch_sent(struct queue *q, const struct watch_marks *marks, uint16_t nb);

/** How long a port's frames are inside; all zero without --latency. Thread: any but the worker. */
void watch_port_times(const struct port *port, struct watch_times *ret);

/**
 * The same as a histogram in TSC cycles. Thread: any but the worker.
 * @return for the caller to free; NULL without --latency or memory
 */
struct dlo_histogram *watch_port_histogram(const struct port *port);

/**
 * Who talks on localhost, in an order that stays while nobody comes or goes.
 * @param ret an array of *ret_nb, to be freed with free(); NULL when there is none
 * @return 0, or -ENOMEM. Thread: any but the worker.
 */
int watch_talks(const struct app *app, struct watch_talk **ret, unsigned int *ret_nb);

/** @return what an array of watch_talks() has of the same pair as @p like, or NULL. Thread: any. */
const struct watch_talk *watch_find(const struct watch_talk *list, unsigned int nb,
	const struct watch_talk *like);

/**
 * How long a pair's frames are inside, and its answers take.
 * @return 0, or -ENOMEM. Thread: any but the worker.
 */
int watch_talk_times(const struct app *app, const struct dlo_talk_key *key,
	struct watch_times *residence, struct watch_times *round_trip);

#endif
