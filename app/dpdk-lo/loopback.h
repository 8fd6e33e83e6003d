/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_LOOPBACK_H
#define DLO_APP_LOOPBACK_H

/**
 * @file
 * The host's side of loopbacks: their addresses on the host link, and policy rules that send
 * whatever leaves from them back through the link instead of by the default route. Thread: control.
 */

#include "app.h"

/**
 * Give the link the loopbacks' addresses, a routing table of its own whose default leads to the
 * link's peer, and a rule per loopback. Rules that a killed dpdk-lo left are removed first, also
 * when there are no loopbacks now.
 * @return 0, or -errno after saying why; loopback_remove() cleans up
 */
int loopback_install(struct app *app);

/**
 * Settings are about to change: give the host what is in @p next and not in app->conf.
 * @return 0, or -errno with one sentence in @p err, and then all is as it was
 */
int loopback_add(struct app *app, const struct dlo_conf *next, char err[DLO_CONF_ERR]);

/** Settings have changed: take from the host what is in @p old and not in app->conf. */
void loopback_drop(struct app *app, const struct dlo_conf *old);

/** The link changed: what the kernel removed when it went down is put back once it is up. */
void loopback_refresh(struct app *app);

/** Remove the rules. Addresses and routes go with the interface. */
void loopback_remove(struct app *app);

#endif
