/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_GEN_NEIGHBOUR_H
#define DLO_GEN_NEIGHBOUR_H

/**
 * @file
 * The generator as a host: who asks for the MAC of --src, or pings it, is answered, and the MAC of
 * --dst is asked for. Thread: the receiving lcore.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "gen_conf.h"
#include "reflect/plan.h"

struct rte_mbuf;
struct rte_mempool;

struct neighbour {
	uint16_t port; /**< answers leave here: the port that receives */
	uint16_t queue; /**< of its own where the sender is another lcore */
	struct dlo_plan plan;
	struct dlo_addr_table *addresses;
};

/** @return 0, or -ENOMEM. */
int neighbour_init(struct neighbour *n, const struct gen_conf *conf, uint16_t port, uint16_t queue);

void neighbour_free(struct neighbour *n);

/** Answer @p m when it asks for us. @return true when it was sent back and is gone. */
bool neighbour_answer(struct neighbour *n, struct rte_mbuf *m);

/**
 * Ask for the MAC of --dst, three times, a second each.
 * @param tx_port requests leave and replies come in here
 * @return 0 with @p ret, -ENOMEM, -ETIMEDOUT when nobody answers, -EINTR when @p stop became true
 */
int neighbour_resolve(struct neighbour *n, const struct gen_conf *conf, unsigned int family,
	uint16_t tx_port, struct rte_mempool *pool, const atomic_bool *stop, uint8_t ret[6]);

#endif
