/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_CONF_OPTION_H
#define DLO_CONF_OPTION_H

/**
 * @file
 * The one table of options: parsing, --help, the man page and the config file's keys come from it.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf/conf.h"

struct dlo_option {
	const char *name; /**< "mode" */
	const char *arg; /**< "MODE" as shown to people; NULL when it takes none */
	bool arg_optional;
	uint32_t port_bit; /**< DLO_CONF_* of an option that takes "@PORT"; 0: it takes none */
	const char *group; /**< heading in --help and the man page */
	const char *help; /**< what it does, one or two sentences, no line breaks */
	const char *dflt; /**< the default as shown to people; NULL: none */
	/** A running appliance takes a new value over from the config file (dpdk-lo: on SIGHUP). */
	bool live;
	/**
	 * Set it. @p port is the settings to change, for options that are per port, else NULL.
	 * @p value is never "", and NULL only when arg_optional. Changes nothing on failure; then
	 * @p err is the reason without the option's name, which the caller puts before it.
	 */
	int (*set)(struct dlo_conf *conf, struct dlo_conf_port *port, const char *value,
		char err[DLO_CONF_ERR]);
	/** The same for a program whose configuration is another; NULL in dlo_options. */
	int (*set_other)(void *conf, const char *value, char err[DLO_CONF_ERR]);
};

/** The table, in the order of --help; the last entry has a NULL name. Static. */
extern const struct dlo_option dlo_options[];

/** @return the place of a row of dlo_options, below DLO_CONF_OPTIONS_MAX. */
unsigned int dlo_option_index(const struct dlo_option *option);

/** @return the row of @p name (without dashes, never abbreviated), or NULL. Thread: any. */
const struct dlo_option *dlo_option_by_name(const char *name);

/** The same in another program's table. */
const struct dlo_option *dlo_option_find(const struct dlo_option *table, const char *name);

#endif
