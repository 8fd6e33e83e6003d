/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_INJECT_H
#define DLO_APP_INJECT_H

/**
 * @file
 * --inject: frames put into each port once at start, for ports that loop what they send.
 */

#include "app.h"

/**
 * Put app->conf.inject.count frames into every port but the host link, spread over its queues.
 * Workers do not run yet. Thread: control.
 * @return 0, or -errno after saying why (a port that took fewer frames is an error)
 */
int inject_frames(struct app *app);

#endif
