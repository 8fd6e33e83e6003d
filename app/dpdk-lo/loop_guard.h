/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_LOOP_GUARD_H
#define DLO_APP_LOOP_GUARD_H

/**
 * @file
 * --loop-guard: does what a port sends back come back to it, because the far end reflects too or
 * the cable is looped? Four times a second a probe follows the traffic (reflect/probe.h); one that
 * comes back proves a loop, and the port stops sending back until probes stay away.
 *
 * Thread: control, all functions.
 */

#include <stdbool.h>
#include <stdint.h>

#include "loop_watch.h"

struct app;

/** Addresses that are probed at a time. */
#define LOOP_SUSPECTS 32

/** What control knows of a port's loop. */
struct loop_state {
	struct dlo_loop_guard guard; /**< shared with workers, see there */
	bool stopped;
	uint64_t nb_stops; /**< so often there was a loop */
	uint64_t nb_probes; /**< sent */
	uint64_t heard; /**< of guard.heard, taken notice of */
	uint64_t heard_tsc; /**< when that last grew */
	uint64_t resumed_tsc; /**< end of the last loop; 0: none yet */
	uint64_t found_ms; /**< at most so long after it began the last loop was found; 0: none was */
	uint64_t traffic_tsc; /**< the first frame sent back since a period without any; 0: none */
	uint64_t sent_tsc[3]; /**< when probes with each nonce were sent, the newest first; 0: not all were */
	uint64_t watched_tsc; /**< since when frames go back under the guard: samples may be older */
	uint64_t lost; /**< of port.outbox_lost, taken notice of */
	uint64_t replies_heard; /**< of STAMP replies to replies, in all lanes */
	uint64_t replies_tsc; /**< when that last grew */
	bool replies; /**< that was said, and not yet that it is over */
	unsigned int patience; /**< silent periods that end a loop */
	unsigned int nb_suspects; /**< of probes that may be under way, or of those that proved it */
	unsigned int next_suspect;
	struct loop_sample suspects[LOOP_SUSPECTS];
};

/** Draw the numbers of the ports, before their first plans. */
void loop_guard_init(struct app *app);

/** Once per control tick: listen, and probe when it is time. */
void loop_guard_tick(struct app *app, uint64_t now);

#endif
