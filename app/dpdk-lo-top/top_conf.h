/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_TOP_TOP_CONF_H
#define DLO_TOP_TOP_CONF_H

/**
 * @file
 * What the user asked dpdk-lo-top for, and the words of its help. Thread: any.
 */

#include <stdbool.h>

#include "program.h"

/** What the table of ports is sorted by. */
enum top_sort {
	TOP_SORT_PORT, /**< in the order of the ports */
	TOP_SORT_NAME,
	TOP_SORT_RX, /**< frames a second, most first; the same for the next two */
	TOP_SORT_TX,
	TOP_SORT_DROPS,
	TOP_SORT_MAX
};

struct top_conf {
	char prefix[64]; /**< --file-prefix; "": whichever dpdk-lo there is */
	double interval_s; /**< between two looks */
	bool once; /**< one page on stdout instead of a live view */
	bool json; /**< JSON on stdout: one object, or without once a line for every look */
	enum top_sort sort;
};

extern const struct program program_dpdk_lo_top;

/** @return "port", "name", ... as --sort takes it; static. */
const char *top_sort_name(enum top_sort sort);

#endif
