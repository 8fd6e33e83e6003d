/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_GEN_PORT_H
#define DLO_GEN_PORT_H

/**
 * @file
 * Opening ports. Errors are said. Thread: control.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "gen_conf.h"

struct rte_mempool;

struct gen_ports {
	uint16_t tx, rx; /**< ethdev ids, may be the same */
	uint16_t nb_txq; /**< 2 where answers have a queue of their own */
	struct rte_mempool *pool;
	bool open;
};

/**
 * Find, configure and start the ports of @p conf, and wait for their links.
 * @param frame the longest that is sent, without FCS
 * @param own_answer_queue answers should have a transmit queue of their own: another lcore sends
 * @return 0; -EINVAL for a port that is not there (exit 2); -errno
 */
int gen_ports_open(struct gen_ports *p, struct gen_conf *conf, unsigned int frame,
	bool own_answer_queue, const atomic_bool *stop);

/** Stop and close what gen_ports_open() opened. */
void gen_ports_close(struct gen_ports *p);

/** Configure and start one port with @p nb_txq transmit queues. @return 0 or -errno, said. */
int gen_port_start(uint16_t id, uint16_t nb_txq, unsigned int frame, struct rte_mempool *pool);

/** @return true when the port knows what its link can do, and is not a virtual one. */
bool gen_port_has_line_rate(uint16_t id);

/**
 * What --rate asks for.
 * @param ret_pps, ret_bps one of them is positive, or none for "max"
 * @return 0, or -EINVAL, said: no link speed to take a share of, or more than a real link can do
 */
int gen_port_rate(uint16_t id, const struct gen_rate *rate, double mean_bits, double *ret_pps,
	double *ret_bps);

#endif
