/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_COMMON_COMPLETION_H
#define DLO_COMMON_COMPLETION_H

/**
 * @file
 * Files made from the option table: completion for bash, and an example of a config file.
 * Thread: control.
 */

#include <stdio.h>

#include "program.h"

/** Print a completion script for bash (package bash-completion). */
void completion_print(const struct program *program, FILE *out);

/** Print a config file in which every option is explained, and commented out. */
void config_example_print(const struct program *program, FILE *out);

#endif
