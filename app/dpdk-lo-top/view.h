/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_TOP_VIEW_H
#define DLO_TOP_VIEW_H

/**
 * @file
 * The view: what is known of a dpdk-lo as a page of text. Knows no terminal. Thread: one.
 */

#include <stdbool.h>

#include "history.h"
#include "page.h"
#include "state.h"
#include "top_conf.h"

struct view {
	/* What is shown. */
	const struct state *state; /**< NULL: nobody is there */
	const char *prefix; /**< of the dpdk-lo */
	int pid;
	const char *version; /**< of its DPDK */
	const char *message; /**< why there is nothing new; NULL: there is */
	unsigned int nth; /**< which of the dpdk-los this is, from 1 */
	unsigned int nb_instances;
	const struct port_history *histories; /**< of @ref nb_histories ports */
	unsigned int nb_histories;
	/* How. */
	double counted_s; /**< counts are of the last so many seconds; 0: from the start */
	unsigned int height; /**< lines of the terminal; 0: as many as it takes */
	bool utf8;
	bool interactive; /**< with a line of keys */
	bool paused;
	bool help;
	bool all_verdicts; /**< those that never occurred, too */
	double interval_s;
	enum top_sort sort;
	char chosen[STATE_NAME]; /**< port whose verdicts are shown, by ethdev name; "": the first */
};

/** Write the page anew, @p width columns wide. */
void view_make(const struct view *view, struct page *page, unsigned int width);

/**
 * The ports in the order in which they are shown.
 * @param order gets state->nb_ports indices
 */
void view_order(const struct view *view, unsigned int order[STATE_PORTS_MAX]);

/** @return place of the chosen port in @p order; 0 when it is not there. */
unsigned int view_chosen(const struct view *view, const unsigned int order[STATE_PORTS_MAX]);

/** The sections about ports, for view_make(). @p lines: rows of ports at most. */
void view_put_ports(const struct view *view, struct page *page, unsigned int lines);

/** What becomes of the chosen port's frames, in as many columns as fit. */
void view_put_verdicts(const struct view *view, struct page *page);

#endif
