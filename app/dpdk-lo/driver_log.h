/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_DRIVER_LOG_H
#define DLO_APP_DRIVER_LOG_H

/**
 * @file
 * What ethdev and drivers with peers log of a peer that is not there, kept quiet: dpdk-lo says it in one sentence,
 * once. Thread: control, all functions.
 */

/** Log nothing of that until driver_log_resume() was called as often. */
void driver_log_hush(void);

/** The end of one driver_log_hush(). */
void driver_log_resume(void);

/** net_virtio_user logs a dozen errors when its peer ends: leave them out, unless the user asked for its log. */
void driver_log_leave_out_ends(void);

#endif
