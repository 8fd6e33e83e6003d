/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_TOP_LIVE_H
#define DLO_TOP_LIVE_H

/**
 * @file
 * The live view: look, show, obey keys. Thread: one.
 */

#include <signal.h>

#include "session.h"
#include "view.h"

/** Fill @p view with what the session knows. */
void live_fill(struct view *view, const struct session *s);

/**
 * Run until the user or @p stop ends it.
 * @return 0, or -errno after saying why it cannot begin
 */
int live_run(struct session *s, const volatile sig_atomic_t *stop);

#endif
