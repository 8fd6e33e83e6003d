/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_COMMON_USAGE_H
#define DLO_COMMON_USAGE_H

/**
 * @file
 * --help, made from the option table. Thread: control.
 */

#include <stdio.h>

#include "program.h"

/** Print how @p program is called, wrapped at @p columns (at least 40). */
void usage_print(const struct program *program, FILE *out, unsigned int columns);

/** @return width of the terminal on stdout, of $COLUMNS, or 80; never more than 100. */
unsigned int usage_columns(void);

#endif
