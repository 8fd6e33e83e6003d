/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_APP_H
#define DLO_APP_APP_H

/**
 * @file
 * The appliance's data: ports, their queues, the workers that poll them. Who writes a field is said
 * where it is declared; "control" is the main lcore, "worker" the lcore that owns the queue.
 */

#include <assert.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <rte_config.h>
#include <rte_common.h>
#include <rte_ether.h>
#include <rte_spinlock.h>

#include "answer/clock.h"
#include "answer/lane.h"
#include "claims.h"
#include "conf/conf.h"
#include "link.h"
#include "loop_guard.h"
#include "reconnect.h"
#include "reflect/reflect.h"
#include "stats/counters.h"

#define PORTS_MAX 64
#define QUEUES_MAX 64 /**< per port, and per worker */
/** Numbers of loopbacks in plans: enough for those that go and those that come in one reload. */
#define LOOPBACK_SLOTS (2 * DLO_CONF_LOOPBACKS_MAX)
#define BURST 32 /**< frames asked for in one receive at most */

struct rte_mempool;
struct rte_ring;
struct rte_rcu_qsbr;
struct capture;
struct forwarder;
struct impair;
struct dlo_localhost;
struct port;
struct retired_plan;
struct steer;
struct watch;
struct worker;

/**
 * One receive queue and the transmit queue of the same number, owned by one worker. The counters
 * come last and start a cache line of their own.
 */
struct queue {
	struct port *port; /**< control, before launch */
	const struct dlo_plan *plan; /**< worker: what it runs now; see port->plan */
	struct capture *capture; /**< control, before launch; NULL: off for this port */
	struct worker *worker; /**< control, before launch: who polls it */
	struct watch *watch; /**< control, before launch; NULL: nobody looks, see watch.h */
	struct impair *impair; /**< control, before launch; NULL: --impair is off for this port */
	rte_spinlock_t tx_lock; /**< held to transmit and to count it, where tx_shared */
	bool tx_shared; /**< control, before launch: several workers transmit by it */
	uint64_t tx_patience; /**< control, before launch: TSC cycles, see transmit.h */
	uint64_t tx_stalled; /**< who transmits: frames ever taken, plus one, when it was given up; 0: never */
	uint64_t tx_uncounted; /**< who transmits: frames taken that counters.tx knows nothing of */
	uint16_t port_id; /**< control, before launch */
	uint16_t queue_id; /**< control, before launch */
	uint16_t burst; /**< control, before launch: frames asked for in one receive, at most BURST */
	bool dear; /**< control, before launch: looking in vain costs a system call */
	uint64_t rest_until; /**< worker: TSC before which a dear queue is left alone; 0: never */
	int intr_fd; /**< control, before launch; -1: cannot be slept on */
	int xsk_fd; /**< control, before launch; the driver's AF_XDP socket, or -1 */
	struct dlo_lane lane; /**< worker */
	/** Worker and control, see there; both on lines apart from what the worker uses all the time. */
	alignas(RTE_CACHE_LINE_SIZE) struct loop_watch loop_watch;
	struct claims_heard heard; /**< worker and control, see claims.h */
	/**
	 * Where the worker says that it polls, see localhost/localhost.h; control, before launch;
	 * NULL: nobody waits for it.
	 */
	alignas(RTE_CACHE_LINE_SIZE) uint64_t *beat;
	struct dlo_counters counters; /**< worker */
};

/*
 * No cache line is written by two lcores while frames go round: a queue's counters share theirs with
 * nothing of another queue, wherever the next one is allocated. What stands before them is written by
 * control before launch, but for plan, tx_stalled, tx_uncounted, rest_until and the lane (kinds of frames that are
 * known, sessions, times of answers), which are the worker's own. What pointers lead to (sessions,
 * watch, impairment, peers, counts of loopbacks) is of dlo_lines_zalloc() or rte_zmalloc(), which both
 * give whole lines.
 *
 * Exceptions, for what two lcores have to agree upon: samples for the loop guard, which control takes
 * four times a second where it is on, and own probes heard, which are proof of a loop; conflicts heard,
 * when there are any; what is handed to control or to --capture, by way of a ring; and, where workers
 * with loopbacks share a transmit queue, tx_lock and what is counted under it.
 */
static_assert(offsetof(struct queue, loop_watch) % RTE_CACHE_LINE_SIZE == 0 &&
		offsetof(struct queue, beat) % RTE_CACHE_LINE_SIZE == 0,
	"what control writes while a worker polls is on lines of its own");
static_assert(offsetof(struct queue, loop_watch) >= offsetof(struct queue, lane) + sizeof(struct dlo_lane),
	"and the worker's own end before them");
static_assert(offsetof(struct queue, counters) % DLO_COUNTERS_ALIGN == 0,
	"counters start a line of their own");
static_assert(sizeof(struct queue) % DLO_COUNTERS_ALIGN == 0, "and end one");

struct port {
	uint16_t id; /**< ethdev port id */
	uint16_t nb_queues; /**< receive = transmit queues */
	uint16_t mtu;
	bool started; /**< control */
	bool gone_said; /**< control */
	bool multi_seg_tx; /**< can send chained mbufs, or never gets any */
	uint64_t rx_offloads, tx_offloads; /**< as configured, RTE_ETH_*_OFFLOAD_*; control, before start */
	bool offload_by_flags; /**< what the host left undone is asked for anew, see offload.h */
	atomic_bool gone; /**< set by the ethdev removal event (any thread), never cleared */
	/** Nobody may receive or send: it has gone, or control stops it and starts it again. */
	atomic_bool away;
	atomic_bool detached; /**< control, under telemetry_lock(): no ethdev is behind it, for now */
	atomic_uint peer_losses; /**< control: how often its peer was lost, as far as control looks after it */
	/** What ethdevs before the one of now have counted. Control, under telemetry_lock(). */
	uint64_t no_mbuf_before, missed_before, tx_errors_before;
	struct reconnect reconnect; /**< control */
	char name[DLO_CONF_PORT_NAME]; /**< ethdev name */
	const char *driver; /**< ethdev driver name, static */
	struct link_dev *link; /**< the host link behind this port; NULL: none */
	bool forwards; /**< the host link, and there are loopbacks */
	struct rte_ether_addr mac; /**< software MAC */
	bool mac_generated; /**< mac is not the ethdev's own */
	unsigned int beside; /**< ifindex of the interface that --steer takes its frames from; 0: none */
	struct dlo_conf_port conf; /**< what holds for this port; as app->conf: not for workers */
	struct rte_mempool *pool; /**< receive buffers */
	struct rte_ring *outbox; /**< frames that control wants sent */
	uint64_t outbox_lost; /**< of those, not taken by the transmit queue; first worker, atomically */
	struct loop_state loop; /**< control; see there */
	struct port_claims *claims; /**< control; others under telemetry_lock(); NULL: none */
	/** Published by control, picked up by each queue's worker at its next housekeeping. */
	_Atomic(const struct dlo_plan *) plan;
	struct queue *queues[QUEUES_MAX];
};

/** What one lcore polls and how busy it was. */
struct worker {
	unsigned int lcore;
	unsigned int nb_queues; /**< control, before launch */
	struct queue *queues[QUEUES_MAX]; /**< control, before launch */
	bool adaptive; /**< control, before launch: back off and sleep when idle */
	struct forwarder *forward; /**< control, before launch; NULL: there are no loopbacks */
	bool carries; /**< worker: some of its queues have a beat to give */
	bool impairs; /**< control, before launch: some of its queues may hold frames */
	atomic_bool refit; /**< set by control: what can be waited for has changed; read by the worker */
	bool rests; /**< worker: some of its queues are dear, and others are not */
	unsigned int rest_turns; /**< worker: turns since it began, to read the clock now and then */
	uint64_t rest_clock; /**< worker: TSC of a few turns ago */
	RTE_MARKER counters_start __rte_cache_aligned;
	uint64_t busy_cycles; /**< worker: TSC cycles in turns that moved a frame */
	uint64_t idle_cycles; /**< worker: TSC cycles in turns that did not, asleep included */
	uint64_t frames; /**< worker: received */
};

/* Workers stand in an array: what one counts must not share a line with its neighbour's. */
static_assert(offsetof(struct worker, counters_start) % RTE_CACHE_LINE_SIZE == 0,
	"a worker's counters start a line of their own");
static_assert(sizeof(struct worker) % RTE_CACHE_LINE_SIZE == 0, "and end one");

struct app {
	/** Control alone reads it freely; it writes, and others read, under telemetry_lock(). */
	struct dlo_conf conf;
	/** By place in conf.loopbacks: number that the loopback has in plans and counters. Control. */
	uint16_t loopback_slots[DLO_CONF_LOOPBACKS_MAX];
	bool adaptive; /**< control, before launch: the idle policy that holds */
	unsigned int nb_ports;
	struct port ports[PORTS_MAX];
	struct link_dev link_dev; /**< vdev is "" when there is no link */
	unsigned int nb_workers;
	struct worker *workers; /**< array of nb_workers; one is the main lcore's when it is alone */
	struct port *link; /**< the host link's port; NULL: none */
	/** Ports (bit 1 << index) that frames from the host can leave by. Written by control. */
	_Atomic uint64_t usable_ports;
	uint32_t route_table; /**< control: table of the policy rules; 0: none were made */
	struct steer *steer; /**< control: what --steer does; NULL: nothing */
	struct dlo_localhost *localhost; /**< control: carries lo; NULL: nobody does */
	struct capture *capture; /**< NULL: off */
	struct rte_rcu_qsbr *rcu; /**< workers are its readers: plans are freed after a grace period */
	struct retired_plan *retired; /**< control: replaced plans that a worker may still use */
	struct dlo_clock clock; /**< control: the time of day that answers tell */
	uint64_t start_tsc; /**< when the last port was up */
	atomic_bool reload; /**< set by SIGHUP; read by control */
	/** Set by signals and control; read by workers in every turn, and so apart from what changes. */
	alignas(RTE_CACHE_LINE_SIZE) atomic_bool stop;
};

static_assert(offsetof(struct app, stop) % RTE_CACHE_LINE_SIZE == 0 &&
		offsetof(struct app, stop) + RTE_CACHE_LINE_SIZE == sizeof(struct app),
	"workers that ask whether to stop wait for nobody's writing");

/** @return the name that people use: the kernel's for the host link, else the ethdev's. */
const char *app_port_label(const struct port *port);

/** @return whether the port's driver can be asked. Thread: control, others under telemetry_lock(). */
bool app_port_has_ethdev(const struct port *port);

/**
 * Sum of a port's queues, exact when the workers are stopped, a close snapshot while they run.
 * Thread: any.
 */
void app_port_counters(const struct port *port, struct dlo_counters *ret);

/**
 * Look for names with @PORT that are no port's of this run.
 * @return 0, or -EINVAL with one sentence in @p err
 */
int app_check_port_names(const struct app *app, const struct dlo_conf *conf,
	char err[DLO_CONF_ERR]);

/** Resolve @p conf for one port. */
void app_resolve(const struct dlo_conf *conf, const struct port *port, struct dlo_conf_port *ret);

/** @return frames that the driver could not receive for want of an mbuf (ethdev rx_nombuf). */
uint64_t app_port_no_mbuf(const struct port *port);

/**
 * @return frames that were lost in front of the port because its receive queue was full: by the NIC
 * (ethdev imissed), on the link by the kernel (tx_dropped of the interface). Thread: any but workers.
 */
uint64_t app_port_missed(const struct port *port);

/**
 * @return frames that the driver took and could not send (ethdev oerrors), as on a link that is set
 * down; they are among those sent. net_tap counts here what it did not take, too, which is dropped as
 * tx_full. Thread: any but workers.
 */
uint64_t app_port_tx_errors(const struct port *port);

#endif
