/* SPDX-License-Identifier: BSD-3-Clause */
#include "log.h"

#include <stdarg.h>
#include <stdio.h>

static void
say_to(FILE *stream, const char *prefix, const char *fmt, va_list ap)
{
	/* One lock around the line, so that threads cannot mix theirs. */
	flockfile(stream);
	fputs(prefix, stream);
	vfprintf(stream, fmt, ap);
	fputc('\n', stream);
	fflush(stream);
	funlockfile(stream);
}

void
say_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say_to(stderr, "dpdk-lo: error: ", fmt, ap);
	va_end(ap);
}

void
say_warning(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say_to(stderr, "dpdk-lo: warning: ", fmt, ap);
	va_end(ap);
}

void
say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say_to(stdout, "dpdk-lo: ", fmt, ap);
	va_end(ap);
}
