/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_USAGE_H
#define DLO_APP_USAGE_H

/**
 * @file
 * --help, made from the option table. Thread: control.
 */

#include <stdio.h>

/** Print how dpdk-lo is called, wrapped at @p columns (at least 40). */
void usage_print(FILE *out, unsigned int columns);

/** @return width of the terminal on stdout, of $COLUMNS, or 80; never more than 100. */
unsigned int usage_columns(void);

#endif
