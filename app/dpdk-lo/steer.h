/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_STEER_H
#define DLO_APP_STEER_H

/**
 * @file
 * --steer: connects lib/steer with EAL's arguments and the ports on interfaces in use, of net_af_xdp
 * (steer_xdp.c) and of net_vtap (steer_tc.c). Thread: control, all functions.
 */

#include "app.h"
#include "cmdline.h"

/**
 * Before EAL: for each such port that has rules look at its interface, and replace its arguments in
 * @p eal by what the driver has to know. Nothing to do without --steer.
 * @return 0, or -errno after saying why: -EINVAL for what the user wrote
 */
int steer_prepare(struct app *app, struct cmdline_eal *eal);

/** @return the ifindex of the interface beside which that port has its TAP, 0: none */
unsigned int steer_beside(const struct app *app, const char *port);

/** When the ports are there and have not started. @return 0, or -errno said */
int steer_settle(struct app *app);

/** When the ports have started: frames come from now on. @return 0, or -errno said */
int steer_start(struct app *app);

/** What ports accept may have changed: as ports_update_filters(). */
void steer_update_filters(struct app *app);

/** @return whether steer_stop() needs CAP_NET_ADMIN; net_af_xdp's own needs aside */
bool steer_needs_net_admin(const struct app *app);

/** Before the ports are closed: give the interfaces back. Not prepared before is fine. */
void steer_stop(struct app *app);

#endif
