/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_CONF_CONF_APPLY_H
#define DLO_CONF_CONF_APPLY_H

/**
 * @file
 * What the command line and the config file have in common. Internal to lib/conf.
 * Thread: control.
 */

#include "conf/option.h"

/**
 * Set @p option for all ports (@p port_name NULL) or one, checking that a value is there when it
 * must be. Knows nothing of who wins.
 * @return 0, or -EINVAL with @p err (without the option's name); @p conf is unchanged then
 */
int dlo_conf_apply(struct dlo_conf *conf, const struct dlo_option *option, const char *port_name,
	const char *value, char err[DLO_CONF_ERR]);

/** Check a port's name and make room for its settings. @return its settings, or NULL with err. */
struct dlo_conf_port *dlo_conf_named(struct dlo_conf *conf, const char *port_name,
	char err[DLO_CONF_ERR]);

#endif
