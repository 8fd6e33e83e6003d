/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "conf/option_set.h"
#include "conf/text.h"

#define DIGITS "0123456789"
/* RFC 952 and 1123 2.1, and the underscore that people use. */
#define HOST_CHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" DIGITS "_.-"
#define HOSTS_DEFAULT "/etc/hosts"

/* "lo" and a number: lo0, lo1, ... */
static bool
is_loopback_name(const char *text)
{
	size_t digits;

	if (text == NULL || strncmp(text, "lo", 2) != 0)
		return false;
	digits = strspn(text + 2, DIGITS);
	return digits > 0 && digits <= 4 && text[2 + digits] == '\0';
}

static bool
is_unicast(const struct dlo_prefix *p)
{
	static const uint8_t zero[15];
	const uint8_t *a = p->addr;

	if (p->family == 4)
		return a[0] != 0 && a[0] != 127 && a[0] < 224;
	/* Neither ::, ::1 nor link-local, which is not the same on every port. */
	return a[0] != 0xff && !(a[0] == 0xfe && (a[1] & 0xc0) == 0x80) &&
		!(memcmp(a, zero, sizeof(zero)) == 0 && a[15] <= 1);
}

static int
add_loopback(struct dlo_conf *conf, const char *name, const char *text, char err[DLO_CONF_ERR])
{
	struct dlo_conf_loopback lo = { 0 };
	unsigned int bytes;

	if (dlo_prefix_parse(text, &lo.addr) != 0)
		return dlo_conf_fail(err, "%s: '%s' is not an IPv4 or IPv6 address", name, text);
	bytes = lo.addr.family == 4 ? 4 : 16;
	if (lo.addr.len != bytes * 8)
		return dlo_conf_fail(err, "%s: '%s' is a prefix, a loopback is one address: /%u",
			name, text, bytes * 8);
	if (!is_unicast(&lo.addr))
		return dlo_conf_fail(err, "%s: '%s' is not a unicast address that the network can "
			"reach", name, text);
	for (unsigned int i = 0; i < conf->nb_loopbacks; i++) {
		const struct dlo_prefix *other = &conf->loopbacks[i].addr;

		if (other->family == lo.addr.family &&
			memcmp(other->addr, lo.addr.addr, bytes) == 0)
			return dlo_conf_fail(err, "%s: '%s' is %s already", name, text,
				conf->loopbacks[i].name);
	}
	if (conf->nb_loopbacks == DLO_CONF_LOOPBACKS_MAX)
		return dlo_conf_fail(err, "%s: '%s' is one too many, at most %d addresses", name,
			text, DLO_CONF_LOOPBACKS_MAX);
	memcpy(lo.name, name, strlen(name) + 1);
	conf->loopbacks[conf->nb_loopbacks++] = lo;
	return 0;
}

static int
set_name(struct dlo_conf *conf, const char *host, char err[DLO_CONF_ERR])
{
	struct dlo_conf_loopback *lo = &conf->loopbacks[conf->nb_loopbacks - 1];

	if (host[strspn(host, HOST_CHARS)] != '\0' || host[0] == '-' || host[0] == '.')
		return dlo_conf_fail(err, "name '%s' is not a host name: letters, digits, '-', '_' "
			"and '.' are allowed", host);
	if (strcmp(host, "localhost") == 0)
		return dlo_conf_fail(err, "name 'localhost' belongs to the host itself, choose "
			"another such as loopback");
	return dlo_conf_read_text("host name", host, lo->host, sizeof(lo->host), err);
}

static int
shut_last(struct dlo_conf *conf)
{
	conf->loopbacks[conf->nb_loopbacks - 1].shut = true;
	return 0;
}

/* On a copy of the list's end: what was added goes again when a later item is wrong. */
static int
set_loopbacks(struct dlo_conf *conf, struct dlo_conf_port *port, char *list,
	char err[DLO_CONF_ERR])
{
	const unsigned int before = conf->nb_loopbacks;
	struct dlo_conf_item item;
	char *pos = list;
	int rc;

	(void)port;
	while ((rc = dlo_conf_next_item(&pos, &item, err)) > 0) {
		bool added = conf->nb_loopbacks > before;

		if (is_loopback_name(item.key))
			rc = add_loopback(conf, item.key, item.value, err);
		else if (item.key != NULL && strcmp(item.key, "name") == 0 && added)
			rc = set_name(conf, item.value, err);
		else if (item.key == NULL && strcmp(item.value, "shut") == 0 && added)
			rc = shut_last(conf);
		else
			rc = dlo_conf_fail(err, "'%s' is neither loN=ADDRESS such as lo0=192.0.2.1 "
				"nor, behind one, name=NAME or shut",
				item.key != NULL ? item.key : item.value);
		if (rc != 0)
			break;
	}
	if (rc != 0) {
		conf->nb_loopbacks = before;
		return rc;
	}
	/* The host owns the addresses there. */
	conf->link.wanted = true;
	return 0;
}

DLO_CONF_SETTER(loopback)
{
	return dlo_conf_on_copy(set_loopbacks, conf, port, value, err);
}

DLO_CONF_SETTER(hosts)
{
	(void)port;
	return dlo_conf_read_text("file name", value != NULL ? value : HOSTS_DEFAULT, conf->hosts,
		sizeof(conf->hosts), err);
}
