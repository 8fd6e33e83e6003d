/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_COMMON_CMDLINE_H
#define DLO_COMMON_CMDLINE_H

/**
 * @file
 * argv: EAL's part before "--", ours after it. Thread: control, before EAL.
 */

#include <stdbool.h>

#include "conf/conf.h"
#include "eal_args.h"
#include "program.h"

#define CMDLINE_ERR DLO_CONF_ERR

enum cmdline_result {
	CMDLINE_RUN, /**< go on */
	CMDLINE_DONE, /**< --help or --version was printed: exit 0 */
	CMDLINE_USAGE, /**< the error was said: exit 2 */
};

/** What the user wrote before "--", and what that says about the run. */
struct cmdline_eal {
	int argc; /**< of argv below, program name included */
	char **argv; /**< EAL's own arguments as given; points into main's argv */
	bool has_ports; /**< --vdev, -a or --allow names a port */
	bool has_lcores; /**< -l, -c, --lcores or -s given */
	struct eal_given given; /**< the rest of what was given */
};

/** What to print instead of running. */
enum cmdline_page {
	CMDLINE_NO_PAGE,
	CMDLINE_HELP,
	CMDLINE_MAN,
	CMDLINE_MARKDOWN,
	CMDLINE_BASH,
	CMDLINE_CONFIG,
	CMDLINE_VERSION,
};

/**
 * Parse argv into @p conf, which is what @p program->apply takes; prints help and errors.
 */
enum cmdline_result cmdline_parse(const struct program *program, int argc, char **argv,
	void *conf, struct cmdline_eal *ret_eal);

/**
 * The same without printing: CMDLINE_DONE with @p ret_page, CMDLINE_USAGE with one sentence in
 * @p err.
 */
enum cmdline_result cmdline_read(const struct program *program, int argc, char **argv,
	void *conf, struct cmdline_eal *ret_eal, enum cmdline_page *ret_page, char err[CMDLINE_ERR]);

/**
 * For program.apply: set all options that have a set_other, in their order.
 * @return 0, or -errno with a sentence in @p err that begins with the option
 */
int cmdline_set_all(void *conf, const struct cmdline_setting *settings, int nb,
	char err[DLO_CONF_ERR]);

#endif
