/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_STEER_H
#define DLO_APP_STEER_H

/**
 * @file
 * --steer: connects lib/steer with EAL's arguments and the net_af_xdp ports. Thread: control, all
 * functions.
 */

#include "app.h"
#include "cmdline.h"

/**
 * Before EAL: for each net_af_xdp port that has rules make the program and name it in the port's
 * arguments (xdp_prog=), which are replaced in @p eal. Nothing to do without --steer.
 * @return 0, or -errno after saying why: -EINVAL for what the user wrote
 */
int steer_prepare(struct app *app, struct cmdline_eal *eal);

/** When the ports have started: see dlo_steer_adopt(). @return 0, or -errno said */
int steer_start(struct app *app);

/** Before the ports are closed: give the interfaces back. Not prepared before is fine. */
void steer_stop(struct app *app);

#endif
