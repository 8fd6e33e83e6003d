/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_STEER_SENTENCE_H
#define DLO_STEER_SENTENCE_H

/** @file Errors as sentences. Internal to lib/steer. Thread: any. */

#include <stdarg.h>
#include <stdio.h>

#include "steer/rule.h"

/** Fill @p err. @return @p code, so that a function can return it. */
__attribute__((format(printf, 3, 4)))
static inline int
dlo_steer_fail(char err[DLO_STEER_ERR], int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err, DLO_STEER_ERR, fmt, ap);
	va_end(ap);
	return code;
}

#endif
