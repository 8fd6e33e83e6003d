/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_MANPAGE_H
#define DLO_APP_MANPAGE_H

/**
 * @file
 * The man page, made from the option table and prose.c. Thread: control.
 */

#include <stdio.h>

/** Print the page in the language of man(7). */
void manpage_print(FILE *out);

#endif
