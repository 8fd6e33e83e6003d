/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_PEERS_H
#define DLO_APP_PEERS_H

/**
 * @file
 * Where peers of the loopbacks were heard: port, MAC and VLAN tags by IP address. One table per
 * worker, which alone writes it; any worker reads any table. Bounded: a newer peer takes the place
 * of the one that was not heard for longest among those that share its place, and a peer whose
 * entry is gone is known again as soon as he sends.
 */

#include <stdbool.h>
#include <stdint.h>

#include "reflect/punt.h"

struct peers;

/** Where a peer was heard. */
struct peer_hop {
	struct dlo_station station; /**< family and addr are the peer's */
	uint16_t port; /**< index of the port in app->ports */
	uint64_t heard; /**< TSC; 0: never */
};

/** @return an empty table, or NULL when memory is short. Thread: control. */
struct peers *peers_create(void);

/** NULL is allowed. Thread: control, when nobody reads or writes any more. */
void peers_free(struct peers *p);

/** Note that @p station was heard on @p port now. Thread: the worker that owns @p p. */
void peers_learn(struct peers *p, const struct dlo_station *station, uint16_t port, uint64_t now);

/**
 * Find where a peer was heard last, on any of the ports that are up.
 * @param usable bit (1 << port index) of ports that frames can leave by
 * @param ret kept as it is unless something newer than ret->heard is found
 * @return true when @p ret was written. Thread: any.
 */
bool peers_find(const struct peers *p, const struct dlo_station *who, uint64_t usable,
	struct peer_hop *ret);

#endif
