/* SPDX-License-Identifier: BSD-3-Clause */
#include "conf/text.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS "0123456789"

int
dlo_conf_fail(char err[DLO_CONF_ERR], const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err, DLO_CONF_ERR, fmt, ap);
	va_end(ap);
	/* A sentence is one line, and what is quoted in it is no command to the terminal. */
	for (char *c = err; *c != '\0'; c++) {
		if (iscntrl((unsigned char)*c))
			*c = '?';
	}
	return -EINVAL;
}

int
dlo_conf_read_uint(const char *text, uint64_t min, uint64_t max, uint64_t *ret,
	char err[DLO_CONF_ERR])
{
	uint64_t n = 0;
	bool good = text[0] != '\0' && text[strspn(text, DIGITS)] == '\0';

	if (good) {
		errno = 0;
		n = strtoull(text, NULL, 10);
		good = errno == 0 && n >= min && n <= max;
	}
	if (!good)
		return dlo_conf_fail(err, "'%s' is not a whole number from %" PRIu64 " to %" PRIu64,
			text, min, max);
	*ret = n;
	return 0;
}

int
dlo_conf_read_seconds(const char *text, double min, double max, double *ret,
	char err[DLO_CONF_ERR])
{
	size_t whole = strspn(text, DIGITS);
	size_t fraction = text[whole] == '.' ? strspn(text + whole + 1, DIGITS) : 0;
	size_t len = whole + (text[whole] == '.') + fraction;
	double s = 0;
	double unit = 0.1;
	bool good = whole + fraction > 0 && text[len] == '\0';

	/* By hand: strtod() also takes "inf", hex and the decimal comma of the user's locale. */
	for (size_t i = 0; i < whole; i++)
		s = s * 10 + (text[i] - '0');
	for (size_t i = whole + 1; i < len; i++, unit /= 10)
		s += unit * (text[i] - '0');
	if (!good || s > max || (s > 0 && s < min))
		return dlo_conf_fail(err, "'%s' is not a number of seconds, 0 or from %g to %.0f",
			text,
			min, max);
	*ret = s;
	return 0;
}

int
dlo_conf_read_word(const char *what, const char *const *names, const char *text,
	char err[DLO_CONF_ERR])
{
	char known[256] = "";
	size_t len = 0;

	for (int i = 0; names[i] != NULL; i++) {
		if (strcmp(names[i], text) == 0)
			return i;
		len += snprintf(known + len, len < sizeof(known) ? sizeof(known) - len : 0, "%s%s",
			i > 0 ? ", " : "", names[i]);
		if (len > sizeof(known))
			len = sizeof(known);
	}
	return dlo_conf_fail(err, "unknown %s '%s'; known: %s", what, text, known);
}

int
dlo_conf_read_text(const char *what, const char *text, char *ret, size_t size,
	char err[DLO_CONF_ERR])
{
	size_t len = strlen(text);

	if (len == 0)
		return dlo_conf_fail(err, "the %s is empty", what);
	if (len >= size)
		return dlo_conf_fail(err, "the %s is %zu bytes long, at most %zu are allowed", what,
			len,
			size - 1);
	memcpy(ret, text, len + 1);
	return 0;
}

int
dlo_conf_hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int
dlo_conf_read_mac(const char *text, uint8_t ret[6], char err[DLO_CONF_ERR])
{
	static const uint8_t zero[6];
	uint8_t mac[6];
	bool good = strlen(text) == 17;

	for (unsigned int i = 0; good && i < 6; i++) {
		int high = dlo_conf_hex_digit(text[3 * i]);
		int low = dlo_conf_hex_digit(text[3 * i + 1]);

		good = high >= 0 && low >= 0 && text[3 * i + 2] == (i < 5 ? ':' : '\0');
		mac[i] = (uint8_t)(high * 16 + low);
	}
	if (!good || (mac[0] & 1) != 0 || memcmp(mac, zero, sizeof(zero)) == 0)
		return dlo_conf_fail(err, "'%s' is not a unicast Ethernet address such as "
			"02:00:00:00:00:01", text);
	memcpy(ret, mac, sizeof(mac));
	return 0;
}

int
dlo_conf_next_item(char **pos, struct dlo_conf_item *ret, char err[DLO_CONF_ERR])
{
	char *item = *pos;
	char *end, *equals;

	if (item == NULL)
		return 0;
	end = strchr(item, ',');
	if (end != NULL)
		*end++ = '\0';
	*pos = end;
	if (item[0] == '\0')
		return dlo_conf_fail(err, "an item of the list is empty: a comma too many");
	equals = strchr(item, '=');
	if (equals == NULL) {
		ret->key = NULL;
		ret->value = item;
		return 1;
	}
	*equals = '\0';
	if (equals[1] == '\0')
		return dlo_conf_fail(err, "no value after '%s='", item);
	ret->key = item;
	ret->value = equals + 1;
	return 1;
}

int
dlo_conf_read_key(struct dlo_conf_keys *keys, const struct dlo_conf_item *item,
	char err[DLO_CONF_ERR])
{
	const char *name = item->key != NULL ? item->key : item->value;
	int key = dlo_conf_read_word("key", keys->names, name, err);
	unsigned int bit;

	if (key < 0)
		return key;
	bit = 1U << key;
	if ((keys->bare & bit) != 0 && item->key != NULL)
		return dlo_conf_fail(err, "key '%s' takes no value", name);
	if ((keys->bare & bit) == 0 && item->key == NULL)
		return dlo_conf_fail(err, "key '%s' needs a value: %s=...", name, name);
	if ((keys->given & ~keys->repeatable & bit) != 0)
		return dlo_conf_fail(err, "key '%s' is given twice", name);
	keys->given |= bit;
	return key;
}

int
dlo_conf_on_copy(int (*set)(struct dlo_conf *conf, struct dlo_conf_port *port, char *list,
			 char err[DLO_CONF_ERR]),
	struct dlo_conf *conf, struct dlo_conf_port *port, const char *value,
	char err[DLO_CONF_ERR])
{
	char *copy = strdup(value);
	int rc;

	if (copy == NULL)
		return dlo_conf_fail(err, "out of memory");
	rc = set(conf, port, copy, err);
	free(copy);
	return rc;
}
