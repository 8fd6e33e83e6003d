/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_COMMON_MARKDOWN_H
#define DLO_COMMON_MARKDOWN_H

/**
 * @file
 * The reference of all options for docs/, made from the option table and prose.c. Thread: control.
 */

#include <stdio.h>

#include "program.h"

/** Print the page in GitHub's Markdown. */
void markdown_print(const struct program *program, FILE *out);

#endif
