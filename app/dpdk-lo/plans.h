/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_PLANS_H
#define DLO_APP_PLANS_H

/**
 * @file
 * Compiling settings into plans and handing them to the workers. A published plan is never changed;
 * a replaced one is freed when every worker has passed a quiescent state (RCU). Thread: control, all
 * functions.
 */

#include "app.h"

/** Make the RCU variable that workers register with. @return 0, or -ENOMEM after saying so. */
int plans_init(struct app *app);

/**
 * Compile the plan of @p port from its settings and from what is known of all ports, and publish it;
 * queues take it up at their next housekeeping (at once when workers do not run yet).
 * @return 0, or -ENOMEM after saying so: the old plan stays in force
 */
int plans_publish(struct app *app, struct port *port);

/** Free replaced plans that no worker can still be using. Never blocks. */
void plans_reclaim(struct app *app);

/** Free all plans. Workers are stopped. */
void plans_free(struct app *app);

#endif
