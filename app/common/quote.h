/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_COMMON_QUOTE_H
#define DLO_COMMON_QUOTE_H

/**
 * @file
 * 'Quoted' words in the prose of a program: which ' begins one, which ends it, and which is an
 * apostrophe. Manual pages show them bold, Markdown as code. Thread: any.
 */

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

/** @return whether a quote opens at @p at, a place in @p text: an apostrophe stands behind a letter */
static inline bool
quote_opens(const char *text, const char *at)
{
	return at[0] == '\'' && (at == text || !isalnum((unsigned char)at[-1])) && at[1] != '\0' &&
		strchr(at + 1, '\'') != NULL;
}

/** @return whether an open quote ends at @p at: an apostrophe stands in front of a letter */
static inline bool
quote_closes(const char *at)
{
	return at[0] == '\'' && !isalnum((unsigned char)at[1]);
}

#endif
