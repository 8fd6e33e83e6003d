/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_PROSE_H
#define DLO_APP_PROSE_H

/**
 * @file
 * What --help and the man page say beside the option table. Plain text without line breaks;
 * 'quotes' around a word become bold in the man page.
 */

#include "program.h"

extern const char prose_synopsis[];
extern const char prose_summary[]; /**< one sentence */
extern const char *const prose_description[]; /**< paragraphs of the man page, NULL at the end */
extern const char *const prose_arguments[]; /**< paragraphs on arguments, NULL at the end */
/** Items end with a NULL term. */
extern const struct prose_item prose_pages[];
extern const struct prose_item prose_exit_status[];
extern const struct prose_item prose_files[];
extern const struct prose_item prose_examples[];
extern const char prose_see_also[];

#endif
