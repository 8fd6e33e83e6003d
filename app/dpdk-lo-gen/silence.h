/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_GEN_SILENCE_H
#define DLO_GEN_SILENCE_H

/** @file Why nothing comes back. Thread: the receiver or control. */

#include "engine.h"

#define SILENCE_TEXT 320

/** What is to be seen from here of a path from which nothing has come back, for a sentence. */
void silence_reason(const struct gen_path *path, char ret[SILENCE_TEXT]);

#endif
