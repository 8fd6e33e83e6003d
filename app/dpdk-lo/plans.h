/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_PLANS_H
#define DLO_APP_PLANS_H

/**
 * @file
 * Compiling settings into plans and handing them to the workers. A published plan is never changed;
 * a replaced one is freed when every worker has passed a quiescent state (RCU). Thread: control, all
 * functions that do not say otherwise.
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

/** The same for every port, all or none. @return 0, or -ENOMEM after saying so */
int plans_publish_all(struct app *app);

/**
 * Compile the plans of all ports, and publish none yet.
 * @param plans by place in app->ports; for plans_publish_made() or plans_discard()
 * @return 0, or -ENOMEM, and then there is nothing to be discarded
 */
int plans_make_all(const struct app *app, const struct dlo_plan *plans[PORTS_MAX]);

/** Publish what plans_make_all() made; cannot fail. */
void plans_publish_made(struct app *app, const struct dlo_plan *const plans[PORTS_MAX]);

/** Free plans that were never published. */
void plans_discard(const struct dlo_plan *const plans[], unsigned int nb);

/**
 * @param plan a plan of this module, of any port
 * @return the addresses of the port, with the length of the network where its neighbours are; as
 *   many as *ret_nb. They live as long as the plan. Thread: any that may read the plan.
 */
const struct dlo_prefix *plans_neighbours(const struct dlo_plan *plan, unsigned int *ret_nb);

/** Free replaced plans that no worker can still be using. Never blocks. */
void plans_reclaim(struct app *app);

/** Free all plans. Workers are stopped. */
void plans_free(struct app *app);

#endif
