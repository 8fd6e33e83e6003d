/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_DRIVERS_NET_LO_H
#define DLO_DRIVERS_NET_LO_H

/**
 * @file
 * net_lo: a port behind which there is nothing but a mirror. What an application sends comes back
 * on the queue of the same number, turned round or answered by the very code of dpdk-lo, in the
 * same mbufs. docs/driver-lo.md is for its users.
 *
 * Each transmit queue has a ring, with one producer and one consumer: receive queue i takes from transmit
 * queue i and, where there are more of those than receive queues, from each n-th that follows, n being their
 * number. So all may be polled by lcores of their own, and no two lcores may share one: ethdev's ordinary rule.
 */

#include <assert.h>
#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>

#include <rte_common.h>
#include <rte_ether.h>
#include <rte_log.h>
#include <rte_mbuf.h>
#include <rte_ring.h>

#include "answer/lane.h"
#include "reflect/reflect.h"
#include "stats/counters.h"

#define LO_QUEUES_MAX 16

extern int lo_logtype;

#define LO_LOG(level, fmt, ...)                                                                    \
	rte_log(RTE_LOG_##level, lo_logtype, "net_lo: " fmt "\n", ##__VA_ARGS__)

struct rte_eth_dev;
struct rte_eth_stats;
struct rte_eth_xstat;
struct rte_eth_xstat_name;

/** A transmit queue. */
struct lo_queue {
	struct rte_ring *back; /**< control: frames on their way back; NULL: never started */
	const struct dlo_plan *plan; /**< control, before start */
	uint16_t port_id; /**< control */
	uint16_t nb_desc; /**< control */
	int socket; /**< control */
	/** The transmitting lcore, all that follows: to look at the clock now and then. */
	alignas(DLO_COUNTERS_ALIGN) unsigned int nb_bursts;
	struct dlo_lane lane; /**< its sessions: control, before start */
	/** What the mirror did: rx is what the application sent, tx what came back to its receive queue. */
	struct dlo_counters mirror;
};

/* Sender and receiver may be two lcores, and so may the senders of two queues of the array. */
static_assert(offsetof(struct lo_queue, nb_bursts) % DLO_COUNTERS_ALIGN == 0 &&
		offsetof(struct lo_queue, mirror) % DLO_COUNTERS_ALIGN == 0,
	"what the receiver reads and what the sender writes lie on lines of their own");
static_assert(sizeof(struct lo_queue) % DLO_COUNTERS_ALIGN == 0, "and end one");

/** A receive queue: all but next is control's, while the port is stopped. */
struct lo_receiver {
	struct rte_ring *rings[LO_QUEUES_MAX]; /**< of the transmit queues that it takes from */
	uint16_t nb_rings; /**< 0: there are fewer transmit queues */
	uint16_t nb_desc;
	alignas(DLO_COUNTERS_ALIGN) uint16_t next; /**< the receiving lcore: which ring is the first to be asked */
};

/** dev_private: all fields control, but for the queues. */
struct lo {
	struct rte_ether_addr mac; /**< the application's */
	uint32_t nb_queues; /**< the most that may be set up */
	struct dlo_plan plan; /**< plan.mac is the mirror's software MAC */
	bool sessions; /**< queues remember some */
	struct lo_queue *queues; /**< array of nb_queues */
	struct lo_receiver *receivers; /**< the same */
	struct dlo_counters base; /**< what was counted when stats were reset */
};

/**
 * Read the device arguments into @p lo: nb_queues and the plan, ready to run. Says why when it
 * cannot.
 * @param text "key=value,...", may be NULL
 * @return 0, or -errno. What the plan owns is the caller's to free, by lo_plan_free(), in any case.
 */
int lo_args_read(struct lo *lo, const char *text);

/** Free what the plan owns. */
void lo_plan_free(struct dlo_plan *plan);

/**
 * The time of day for answers that carry it: begin to follow the host's clock, or stop; as often
 * one as the other. Thread: control.
 */
int lo_clock_start(void);
void lo_clock_stop(void);
extern struct dlo_clock lo_clock;

/** eth_tx_burst_t: reflect. Takes no more frames than there is room for on the way back. */
uint16_t lo_tx_burst(void *queue, struct rte_mbuf **pkts, uint16_t nb);

/** eth_rx_burst_t */
uint16_t lo_rx_burst(void *queue, struct rte_mbuf **pkts, uint16_t nb);

/* Ethdev's operations, with its contracts. The extended statistics are the verdicts. */
int lo_stats_get(struct rte_eth_dev *dev, struct rte_eth_stats *stats);
int lo_stats_reset(struct rte_eth_dev *dev);
int lo_xstats_get(struct rte_eth_dev *dev, struct rte_eth_xstat *xstats, unsigned int size);
int lo_xstats_get_names(struct rte_eth_dev *dev, struct rte_eth_xstat_name *names,
	unsigned int size);

#endif
