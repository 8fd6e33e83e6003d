/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_PORT_H
#define DLO_APP_PORT_H

/**
 * @file
 * Ports: every ethdev that EAL found, set up for reflection. Thread: control, all functions.
 */

#include "app.h"

struct rte_eth_dev_info;

/**
 * Fill app->ports from the ethdevs that are there: facts, effective settings, queues, buffers.
 * Nothing is started yet.
 * @param nb_workers lcores that will poll; a port gets that many queues if it can
 * @return 0, or -errno after saying why
 */
int ports_open(struct app *app, unsigned int nb_workers);

/**
 * Configure and start one port.
 * @param want_intr to be slept on, if its driver can
 * @return 0, or -errno. Thread: control, or whoever makes the port's device anew.
 */
int port_start(struct port *port, bool want_intr);

/**
 * @return whether there is a process behind @p port, a virtio-user one, whose end its link interrupt tells.
 * @param info of its ethdev
 */
bool port_talks_vhost_user(const struct port *port, const struct rte_eth_dev_info *info);

/** Start every port. @return 0, or -errno after saying why; ports_close() cleans up. */
int ports_start(struct app *app);

/** The port has gone for good: nobody looks at it any more. Thread: any. */
void port_set_gone(struct port *port);

/**
 * Notice ports that vanished (removal event, or the kernel interface behind them is gone) and say
 * so once each.
 * @return how many ports are still there
 */
unsigned int ports_check_gone(struct app *app);

/** Settings have changed: let the drivers receive what --accept wants now. */
void ports_update_filters(const struct app *app);

/** Say which ports run with guards off. */
void ports_warn_open(const struct app *app);

/** Find out by which ports frames from the host can leave: app->usable_ports. */
void ports_check_usable(struct app *app);

/** Stop and close what is open, free queues and buffers. Workers are stopped. */
void ports_close(struct app *app);

#endif
