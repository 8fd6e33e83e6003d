/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_DRIVERS_DRIVER_VERSION_H
#define DLO_DRIVERS_DRIVER_VERSION_H

/**
 * @file
 * The interface between ethdev and its drivers carries no version: a driver fits the release that
 * it was built for, and no other.
 */

#include <stdbool.h>
#include <stdio.h>

#include <rte_version.h>

/**
 * @param runtime what rte_version() says, "DPDK 22.11.11"
 * @return whether that is the release, year and month, that this was built for. Thread: any.
 */
static inline bool
dlo_driver_version_matches(const char *runtime)
{
	unsigned int year, month;

	return sscanf(runtime, "%*[^0-9]%u.%u", &year, &month) == 2 && year == RTE_VER_YEAR &&
		month == RTE_VER_MONTH;
}

#endif
