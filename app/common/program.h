/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_COMMON_PROGRAM_H
#define DLO_COMMON_PROGRAM_H

/**
 * @file
 * What makes one program's command line differ from another's: its options and its words.
 * Plain text without line breaks; 'quotes' around a word become bold in the man page.
 */

#include "conf/option.h"

/** One option as it stands on the command line. */
struct cmdline_setting {
	const struct dlo_option *option;
	const char *value; /**< NULL: none */
};

struct prose_item {
	const char *term;
	const char *text;
};

/** All static. Lists of items end with a NULL term, lists of paragraphs with NULL. */
struct program {
	const char *name; /**< "dpdk-lo" */
	const char *title; /**< of the man page, lower case, no full stop */
	bool no_eal; /**< it has no EAL: no options of EAL, and no '--' is needed */
	int section; /**< of the man page; 0: 8 */
	const struct dlo_option *options; /**< the last one has a NULL name */
	/** Fill @p conf with the defaults. */
	void (*init)(void *conf);
	/**
	 * Set all options in their order and check the whole.
	 * @return 0, or -errno with one sentence in @p err
	 */
	int (*apply)(void *conf, const struct cmdline_setting *settings, int nb,
		char err[DLO_CONF_ERR]);
	const char *synopsis;
	const char *summary; /**< one sentence */
	const char *const *description; /**< paragraphs of the man page */
	const char *const *arguments; /**< paragraphs on arguments */
	const struct prose_item *pages;
	const struct prose_item *exit_status;
	const struct prose_item *files;
	const struct prose_item *examples;
	const char *see_also;
};

#endif
