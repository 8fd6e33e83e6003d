/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_COMMON_MANPAGE_H
#define DLO_COMMON_MANPAGE_H

/**
 * @file
 * The man page, made from the option table and prose.c. Thread: control.
 */

#include <stdio.h>

#include "program.h"

/** Print the page in the language of man(7). */
void manpage_print(const struct program *program, FILE *out);

#endif
