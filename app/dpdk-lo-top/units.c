/* SPDX-License-Identifier: BSD-3-Clause */
#include "units.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Three significant digits. */
static void
put(double value, const char *unit, char buf[UNITS_TEXT])
{
	snprintf(buf, UNITS_TEXT, "%.*f%s", value < 9.995 ? 2 : value < 99.95 ? 1 : 0, value, unit);
}

const char *
units_rate(double value, char buf[UNITS_TEXT])
{
	static const char *const units[] = { "", "k", "M", "G", "T", "P" };
	unsigned int i = 0;

	if (value < 999.5) {
		/* Less than one a second is still something. */
		snprintf(buf, UNITS_TEXT, "%.*f", value > 0 && value < 0.95 ? 1 : 0, value);
		return buf;
	}
	while (value >= 999.5 && i < 5) {
		value /= 1000;
		i++;
	}
	put(value, units[i], buf);
	return buf;
}

const char *
units_count(uint64_t value, char buf[UNITS_TEXT])
{
	char digits[24];
	size_t len = (size_t)snprintf(digits, sizeof(digits), "%" PRIu64, value), used = 0;

	for (size_t i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			buf[used++] = ',';
		buf[used++] = digits[i];
	}
	buf[used] = '\0';
	return buf;
}

const char *
units_time(double ns, char buf[UNITS_TEXT])
{
	if (ns < 999.5)
		snprintf(buf, UNITS_TEXT, "%.0fns", ns);
	else if (ns < 999.5e3)
		put(ns / 1e3, "us", buf);
	else if (ns < 999.5e6)
		put(ns / 1e6, "ms", buf);
	else
		put(ns / 1e9, "s", buf);
	return buf;
}
