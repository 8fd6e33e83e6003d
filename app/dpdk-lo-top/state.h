/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_TOP_STATE_H
#define DLO_TOP_STATE_H

/**
 * @file
 * What one look at a dpdk-lo tells, and what two of them tell about the time between. Text is
 * printable ASCII. Thread: one.
 */

#include <stdbool.h>
#include <stdint.h>

#include "client.h"
#include "latency.h"

#define STATE_PORTS_MAX 64
#define STATE_COUNTERS_MAX 128
#define STATE_LOOPBACKS_MAX 256
#define STATE_LCORES_MAX 128
#define STATE_NAME 64

/** A number that only grows. */
struct counter {
	char name[40];
	uint64_t value;
	uint64_t since; /**< of it since state_count_from(); without: all */
	double rate; /**< a second; 0 until there are two looks */
};

struct state_port {
	char name[STATE_NAME]; /**< of the ethdev */
	char label[STATE_NAME]; /**< what people call it: the kernel's name of the host link */
	char driver[32];
	char mode[16];
	char link[16]; /**< "up", "down", "gone" */
	unsigned int nb_counters; /**< 0: the port went away between two questions */
	struct counter counters[STATE_COUNTERS_MAX]; /**< in the order of /dlo/stats */
	bool measures_latency;
	struct latency latency;
	bool has_latency; /**< frames left in between: the next one is known */
	struct latency_times times; /**< of those */
};

struct state_loopback {
	char name[STATE_NAME];
	char address[STATE_NAME];
	char host[STATE_NAME]; /**< "": it has no name */
	char state[16]; /**< "": up */
	struct counter answered;
	struct counter punted;
};

struct state_lcore {
	int id;
	struct counter busy; /**< TSC cycles */
	struct counter idle;
	struct counter frames;
};

struct state {
	double when_s; /**< monotonic clock */
	double since_s; /**< length of the time that rates are about; 0: there are none */
	unsigned int nb_ports;
	struct state_port ports[STATE_PORTS_MAX];
	bool has_link;
	char link_name[STATE_NAME];
	char link_type[32];
	char link_state[16];
	int link_mtu;
	int link_queues;
	char link_from_host[64]; /**< what the kernel leaves undone ("checksum tso4"), blanks between */
	char link_to_host[64]; /**< what we may leave to the kernel */
	char link_addresses[256]; /**< blanks between; without those of loopbacks */
	unsigned int nb_loopbacks;
	struct state_loopback loopbacks[STATE_LOOPBACKS_MAX];
	bool has_localhost;
	char localhost[96]; /**< "on, by tcx" */
	unsigned int nb_localhost;
	struct counter localhost_counters[STATE_COUNTERS_MAX];
	unsigned int nb_lcores;
	struct state_lcore lcores[STATE_LCORES_MAX];
};

/**
 * Ask for everything. @param ret overwritten
 * @return 0, or -errno: the connection is of no use any more
 */
int state_read(struct client *c, struct state *ret);

/** Fill in the rates and latencies of @p now. What started anew in between has none. */
void state_compare(struct state *now, const struct state *before);

/** Fill in what @p now has counted since @p base. What started anew in between counts whole. */
void state_count_from(struct state *now, const struct state *base);

/** @return the counter of that name, or NULL. */
const struct counter *state_counter(const struct state_port *port, const char *name);

/** @return its rate; 0 when there is no such counter. */
double state_rate(const struct state_port *port, const char *name);

/** @return share of its time that an lcore was busy in between, 0 to 1; negative: unknown. */
double state_busy(const struct state_lcore *lcore);

#endif
