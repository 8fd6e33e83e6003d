/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_WORKER_H
#define DLO_APP_WORKER_H

/**
 * @file
 * Workers: lcores that run to completion over the queues they own.
 */

#include "app.h"

/** @return lcores that will poll: all but the main one, or the main one when it is alone. */
unsigned int workers_count(void);

/**
 * Share out the queues of all ports, one worker per queue. Thread: control.
 * @return 0, or -errno after saying why
 */
int workers_create(struct app *app);

/** Called by the main lcore's loop every few milliseconds, between bursts. */
typedef void (*control_fn)(struct app *app);

/**
 * Run until app->stop: launch the workers and call @p control about every ten milliseconds from
 * the main lcore, which polls too when it is alone. Returns when all workers have returned.
 * Thread: control.
 * @return 0, or -errno after saying why
 */
int workers_run(struct app *app, control_fn control);

/** Free what workers_create() made. Thread: control. */
void workers_free(struct app *app);

#endif
