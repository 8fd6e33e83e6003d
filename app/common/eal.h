/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_COMMON_EAL_H
#define DLO_COMMON_EAL_H

/**
 * @file
 * Starting EAL without surprises: arguments that the user did not give are chosen for him and
 * printed; what a killed instance left behind is removed. Thread: control.
 */

#include "cmdline.h"

/**
 * Choose the missing arguments (--no-pci, lcore, hugepages or --no-huge with -m, --file-prefix),
 * print them, remove leftovers of dead instances and call rte_eal_init().
 * @return 0, or -errno after saying why in one sentence: -EINVAL when the user's EAL options are
 *   wrong (exit 2), -EBUSY when his --file-prefix is taken, -ENOMEM, -EACCES, -ENODEV when a device
 *   that he named is not there, -ENOTSUP when DPDK's plugins are not installed
 */
int eal_start(const struct cmdline_eal *args);

/** rte_eal_cleanup(), and remove the runtime folder that it leaves. */
void eal_stop(void);

#endif
