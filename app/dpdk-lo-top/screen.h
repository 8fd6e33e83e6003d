/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_TOP_SCREEN_H
#define DLO_TOP_SCREEN_H

/**
 * @file
 * The terminal, by ncurses: shows a page, reads keys. Thread: one.
 */

#include <stdbool.h>

#include "page.h"

/** What a key means. */
enum screen_key {
	SCREEN_NOTHING, /**< the time is over, or a key that means nothing */
	SCREEN_RESIZED,
	SCREEN_UP,
	SCREEN_DOWN,
	SCREEN_PAGE_UP,
	SCREEN_PAGE_DOWN,
	SCREEN_SORT,
	SCREEN_ZEROS,
	SCREEN_PAUSE,
	SCREEN_RESET,
	SCREEN_TOTALS,
	SCREEN_SLOWER,
	SCREEN_FASTER,
	SCREEN_NEXT,
	SCREEN_HELP,
	SCREEN_QUIT, /**< or the terminal is gone */
};

/**
 * Take over the terminal.
 * @return 0, or -ENOTTY after saying why
 */
int screen_open(void);

/** Its size now. */
void screen_size(unsigned int *ret_width, unsigned int *ret_height);

/** Show the page without the @p skip lines below its title, and @p keys in the last line. */
void screen_show(const struct page *page, unsigned int skip, const char *keys);

/** Wait for a key, at most that long; 0: take one that is there. Also returns at a signal. */
enum screen_key screen_wait(int timeout_ms);

/** Give the terminal back; may be called twice. */
void screen_close(void);

#endif
