/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_RELOAD_H
#define DLO_APP_RELOAD_H

/**
 * @file
 * SIGHUP: the config file is read again and taken over as a whole, or not at all. Thread: control.
 */

#include "app.h"

/**
 * Read the config file again (what the command line said still wins), check it as at the start and
 * against what cannot change while ports are open, and put new plans into force, which workers take
 * up between two bursts. Says what came of it in one sentence; on failure nothing has changed.
 */
void reload(struct app *app);

#endif
