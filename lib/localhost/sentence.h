/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_LOCALHOST_SENTENCE_H
#define DLO_LOCALHOST_SENTENCE_H

/** @file Errors as sentences. Internal to lib/localhost. Thread: any. */

#include <stdarg.h>
#include <stdio.h>

#include "localhost/localhost.h"

/** Fill @p err. @return @p code, so that a function can return it. */
__attribute__((format(printf, 3, 4)))
static inline int
dlo_localhost_fail(char err[DLO_LOCALHOST_ERR], int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err, DLO_LOCALHOST_ERR, fmt, ap);
	va_end(ap);
	return code;
}

#endif
