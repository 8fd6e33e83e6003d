/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_ANSWER_COMPILE_H
#define DLO_ANSWER_COMPILE_H

/** @file Answers' settings, from what the user said to what a plan has. Thread: control. */

#include <stdbool.h>
#include <stdint.h>

#include "answer/settings.h"
#include "conf/conf.h"

/** Sessions that a queue remembers, see dlo_sessions_create(): 90 KiB. */
#define DLO_ANSWER_SESSIONS 1024

/**
 * Fill in all but who is allowed and the clock, which are the caller's.
 * @param rate answers of each protocol that one queue may give in a second; 0: no limit
 * @param tsc_hz TSC cycles per second
 * @return 0, or -ENOTSUP when libcrypto does not do what --stamp's key needs
 */
int dlo_answer_compile(const struct dlo_conf_port *conf, uint64_t rate, uint64_t tsc_hz,
	struct dlo_answer_settings *ret);

/**
 * Who may ask: what the user said with --allow, else the blocks reserved for benchmarking and
 * @p near.
 * @return a table that the caller frees, or NULL without memory
 */
struct dlo_addr_table *dlo_answer_allowed(const struct dlo_conf *conf,
	const struct dlo_prefix *near, unsigned int nb_near);

/** @return true when lanes of a port with these settings need sessions. */
bool dlo_answer_needs_sessions(const struct dlo_conf_port *conf);

#endif
