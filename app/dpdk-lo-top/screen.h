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
	SCREEN_SORT,
	SCREEN_ZEROS,
	SCREEN_PAUSE,
	SCREEN_SLOWER,
	SCREEN_FASTER,
	SCREEN_NEXT,
	SCREEN_HELP,
	SCREEN_QUIT,
};

/**
 * Take over the terminal.
 * @return 0, or -ENOTTY after saying why
 */
int screen_open(void);

/** Its size now. */
void screen_size(unsigned int *ret_width, unsigned int *ret_height);

/** Show the page, with @p keys (NULL: none) in the last line. */
void screen_show(const struct page *page, const char *keys);

/** Wait for a key, at most that long. Also returns at a signal. */
enum screen_key screen_wait(int timeout_ms);

/** Give the terminal back; may be called twice. */
void screen_close(void);

#endif
