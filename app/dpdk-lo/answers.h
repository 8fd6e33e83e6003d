/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_ANSWERS_H
#define DLO_APP_ANSWERS_H

/**
 * @file
 * Settings of the answers, compiled for a port's plan. Thread: control, all functions.
 */

#include "app.h"

/**
 * Compile what the plan of @p port needs, and see to it that its queues can remember sessions
 * where answers do.
 * @param ret filled on success only; owns what answers_release() frees
 * @return 0, or -ENOMEM, or -ENOTSUP after saying why
 */
int answers_compile(const struct app *app, const struct port *port,
	struct dlo_answer_settings *ret);

/** Free what the port's queues remember of sessions. No worker polls any more. */
void answers_free_sessions(struct port *port);

/** Free what answers_compile() made. No worker sees the settings any more. */
void answers_release(const struct dlo_answer_settings *settings);

#endif
