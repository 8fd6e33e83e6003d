/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_CLAIMS_H
#define DLO_APP_CLAIMS_H

/**
 * @file
 * --duplicate-check: is an address of ours somebody else's, too? Each address and loopback on each
 * port that is up is asked for and announced (answer/claim.h says when); who else uses it, then or
 * later, is said once, and counted.
 *
 * Workers note whom they hear, control does the rest. Thread: control, unless something else is said.
 */

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "answer/claim.h"

struct app;
struct port;
struct rte_mbuf;
struct rte_tel_data;

/** Places for what is heard between two looks of control; the next for the same place is lost. */
#define CLAIMS_HEARD 4

/** Conflicts that a queue has heard, by where the address says. */
struct claims_heard {
	struct {
		uint8_t full; /**< worker: 1, when the rest is written; control: 0, when it has read it */
		struct dlo_station who; /**< the address, and the MAC of who else uses it */
	} places[CLAIMS_HEARD];
};

/** An address on a port. */
struct port_claim {
	struct dlo_claim claim;
	bool is_loopback;
	uint16_t slot; /**< of a loopback: as in app->loopback_slots */
	uint64_t said; /**< TSC when a conflict was last said; 0: never */
	bool used; /**< the port's plan answers for it */
};

/** Those of one port. */
struct port_claims {
	unsigned int nb;
	struct port_claim claims[];
};

/** Note a frame with DLO_DROP_CONFLICT. Thread: the worker that owns the queue. */
void claims_note(struct claims_heard *heard, struct rte_mbuf *m);

/**
 * Take over the addresses that ports have by their settings: new ones are asked for, what is known
 * of the others stays. Without memory for it a port keeps the old ones, and says so.
 */
void claims_refresh(struct app *app);

void claims_free(struct app *app);

/**
 * @return true when the port must not answer for @p addr yet, or no more: its claims yield
 *   (--duplicate-check yield), and it was not found free
 */
bool claims_is_tentative(const struct port *p, const struct dlo_prefix *addr);

/** @return true when there is an address to be asked for on any port. */
bool claims_any(const struct app *app);

/** Listen, ask and announce: to be called twenty times a second, after ports_check_usable(). */
void claims_tick(struct app *app, uint64_t now);

/** @return the name of a loopback ("lo0"), or NULL: it is none. Thread: control, or as below. */
const char *claim_loopback_name(const struct app *app, const struct port_claim *c);

/** @return @p text, filled with the address that it is about. */
const char *claim_address(const struct port_claim *c, char text[INET6_ADDRSTRLEN]);

/**
 * Write what is in conflict, one sentence for each address: "192.0.2.1 (lo0) on net_memif0 is also used
 * by MAC", with ", " between; "" when there is none.
 * @return the length of the whole, as snprintf() does
 */
int claims_conflicts(const struct app *app, char *buf, size_t size);

/** Reply of /dlo/addresses, see struct command in telemetry.c. Thread: under telemetry_lock(). */
int claims_reply(const struct app *app, const char *params, struct rte_tel_data *d);

/** Sum over the ports of what is known of loopback @p i of app->conf. Thread: as above, or control. */
void claims_loopback(const struct app *app, unsigned int i, uint64_t *ret_conflicts,
	bool *ret_contested);

#endif
