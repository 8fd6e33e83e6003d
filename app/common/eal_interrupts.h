/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_COMMON_EAL_INTERRUPTS_H
#define DLO_COMMON_EAL_INTERRUPTS_H

/**
 * @file
 * EAL's interrupt thread, kept still. It runs the handlers of drivers and their alarms, and nothing of DPDK waits
 * for it: neither a port that is closed while its handler runs, or while an alarm of its own is due
 * (net_virtio_user whose peer has ended), nor rte_eal_cleanup(), which unmaps memory that net_memif's handler is
 * kept in. Thread: control.
 */

#include <stdbool.h>

/**
 * Have the thread stand still. Alarms whose time had come have run by then, no handler runs, and what becomes
 * due meanwhile waits. A port whose handlers are taken away until eal_interrupts_release() is never called again.
 * @return false when it did not come to rest in two seconds (a driver waits in it): it goes on as ever
 */
bool eal_interrupts_hold(void);

/**
 * @return whether the thread has to stand still while a port of @p driver is stopped or closed: its peer may end at
 *   any moment, and its handlers and alarms do not expect that then. Other drivers may need it to close a port.
 */
bool eal_interrupts_disturb(const char *driver);

/** Let it go on. */
void eal_interrupts_release(void);

/** Have it stand still until the process ends, alarms too; to be called when ports are closed. */
void eal_interrupts_park(void);

#endif
