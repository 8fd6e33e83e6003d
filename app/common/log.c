/* SPDX-License-Identifier: BSD-3-Clause */
#include "log.h"

#include <stdarg.h>
#include <stdio.h>

static const char *speaker = "dpdk-lo";

void
say_as(const char *name)
{
	speaker = name;
}

const char *
say_name(void)
{
	return speaker;
}

static void
say_to(FILE *stream, const char *kind, const char *fmt, va_list ap)
{
	/* One lock around the line, so that threads cannot mix theirs. */
	flockfile(stream);
	fprintf(stream, "%s: %s", speaker, kind);
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
	say_to(stderr, "error: ", fmt, ap);
	va_end(ap);
}

void
say_warning(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say_to(stderr, "warning: ", fmt, ap);
	va_end(ap);
}

void
say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say_to(stdout, "", fmt, ap);
	va_end(ap);
}
