/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_APPLIANCE_H
#define DLO_APP_APPLIANCE_H

#include "conf/conf.h"
#include "program.h"

/** The command line of dpdk-lo; fills a struct dlo_conf. */
extern const struct program program_dpdk_lo;

/**
 * Read the config file that the command line named again, and set what the command line said on top
 * of it; checked as at the start.
 * @param ret filled anew
 * @return 0, or -errno with one sentence in @p err. Thread: control, after cmdline_parse().
 */
int appliance_reread(struct dlo_conf *ret, char err[DLO_CONF_ERR]);

#endif
