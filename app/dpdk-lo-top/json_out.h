/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_TOP_JSON_OUT_H
#define DLO_TOP_JSON_OUT_H

/**
 * @file
 * --json: one object on one line. Thread: one.
 */

#include <stdio.h>

#include "session.h"

/** @return 0, or -EIO when it could not be written */
int json_out(const struct session *s, FILE *out);

#endif
