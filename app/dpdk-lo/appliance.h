/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_APPLIANCE_H
#define DLO_APP_APPLIANCE_H

#include "program.h"

/** The command line of dpdk-lo; fills a struct dlo_conf. */
extern const struct program program_dpdk_lo;

#endif
