/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_TOP_SESSION_H
#define DLO_TOP_SESSION_H

/**
 * @file
 * Watching: which dpdk-lo, the last two looks at it, what came before; finding it again after a
 * restart. Thread: one.
 */

#include <stdbool.h>

#include "client.h"
#include "history.h"
#include "instance.h"
#include "state.h"
#include "top_conf.h"

struct session {
	const struct top_conf *conf;
	const struct client_wait *wait; /**< what goes on while a dpdk-lo is asked; NULL: nothing */
	struct client client;
	struct instances instances; /**< found when last looked */
	struct instance instance; /**< the one that is watched; socket "": none yet */
	unsigned int nth; /**< its place among those, from 1 */
	bool there; /**< it answers; @ref now is of it */
	struct state *now; /**< the last look; of the one that is gone when not @ref there */
	struct state *before; /**< the look before, only for rates */
	struct state *base; /**< what counts are counted from, when @ref has_base */
	bool has_base;
	unsigned int nb_looks; /**< at this dpdk-lo */
	unsigned int nb_histories;
	struct port_history histories[STATE_PORTS_MAX];
	char message[256]; /**< why nobody is there; "": somebody is */
};

/** @return 0, or -ENOMEM. */
int session_init(struct session *s, const struct top_conf *conf);

/** Look: connect where there is no connection, read, compare. Never fails: see @ref message. */
void session_look(struct session *s);

/** Watch the next dpdk-lo of those that are there. */
void session_next(struct session *s);

/** Count from now on, or, with the next look, from dpdk-lo's start again. */
void session_reset(struct session *s, bool from_now);

void session_free(struct session *s);

#endif
