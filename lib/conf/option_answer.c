/* SPDX-License-Identifier: BSD-3-Clause */
/* Settings of single answers, and whom they serve how often. */
#include <string.h>

#include "conf/option_set.h"
#include "conf/text.h"

/* Faster than any port; beyond that a user means 0. */
#define ANSWER_RATE_MAX UINT64_C(1000000000)

static int
set_allow(struct dlo_conf *conf, struct dlo_conf_port *port, char *list, char err[DLO_CONF_ERR])
{
	unsigned int nb = conf->allow_from_file ? 0 : conf->nb_allow;
	struct dlo_conf_item item;
	char *pos = list;
	int rc;

	(void)port;
	while ((rc = dlo_conf_next_item(&pos, &item, err)) > 0) {
		struct dlo_prefix p;

		if (item.key != NULL || dlo_prefix_parse(item.value, &p) != 0)
			return dlo_conf_fail(err, "'%s' is not an IPv4 or IPv6 address or prefix "
				"such as 192.0.2.0/24 or 2001:db8::/32",
				item.key != NULL ? item.key : item.value);
		if (nb == DLO_CONF_ALLOW_MAX)
			return dlo_conf_fail(err, "'%s' is one too many: at most %d prefixes",
				item.value, DLO_CONF_ALLOW_MAX);
		conf->allow[nb++] = p;
	}
	if (rc < 0)
		return rc;
	conf->nb_allow = nb;
	conf->allow_from_file = false;
	return 0;
}

DLO_CONF_SETTER(allow)
{
	return dlo_conf_on_copy(set_allow, conf, port, value, err);
}

DLO_CONF_SETTER(answer_rate)
{
	(void)port;
	return dlo_conf_read_uint(value, 0, ANSWER_RATE_MAX, &conf->answer_rate, err);
}

int
dlo_conf_read_keys(const struct dlo_conf_keys_reader *r, void *settings, char *list,
	char err[DLO_CONF_ERR])
{
	struct dlo_conf_keys keys = { .names = r->names, .bare = r->bare };
	struct dlo_conf_item item;
	char *pos = list;
	int rc;

	while ((rc = dlo_conf_next_item(&pos, &item, err)) > 0) {
		int key = dlo_conf_read_key(&keys, &item, err);

		rc = key < 0 ? key : r->take(settings, key, item.value, err);
		if (rc != 0)
			return rc;
	}
	return rc;
}

int
dlo_conf_read_service_port(const char *value, uint16_t *ret, char err[DLO_CONF_ERR])
{
	uint64_t n;
	int rc = dlo_conf_read_uint(value, 1, UINT16_MAX, &n, err);

	if (rc != 0)
		return rc;
	if (n == 3785 || n == 7784)
		return dlo_conf_fail(err, "port %s belongs to BFD, choose another one", value);
	*ret = n;
	return 0;
}

void
dlo_conf_udp_echo_init(struct dlo_conf_udp_echo *echo)
{
	*echo = (struct dlo_conf_udp_echo){ .port = 7 };
}

enum { UDP_ECHO_PORT, UDP_ECHO_LOW };

static int
take_udp_echo(void *settings, int key, const char *value, char err[DLO_CONF_ERR])
{
	struct dlo_conf_udp_echo *echo = settings;

	if (key == UDP_ECHO_PORT)
		return dlo_conf_read_service_port(value, &echo->port, err);
	echo->low_ports = true;
	return 0;
}

static int
set_udp_echo(struct dlo_conf *conf, struct dlo_conf_port *port, char *list, char err[DLO_CONF_ERR])
{
	static const char *const names[] = { "port", "low-ports", NULL };
	static const struct dlo_conf_keys_reader reader = { names, 1 << UDP_ECHO_LOW, take_udp_echo };
	struct dlo_conf_udp_echo echo;
	int rc;

	(void)conf;
	dlo_conf_udp_echo_init(&echo);
	rc = dlo_conf_read_keys(&reader, &echo, list, err);
	if (rc == 0)
		port->udp_echo = echo;
	return rc;
}

DLO_CONF_SETTER(udp_echo)
{
	return dlo_conf_on_copy(set_udp_echo, conf, port, value, err);
}

enum { SBFD_DISCRIMINATOR, SBFD_ADMIN_DOWN };

static int
take_sbfd(void *settings, int key, const char *value, char err[DLO_CONF_ERR])
{
	struct dlo_conf_sbfd *sbfd = settings;
	uint64_t n;
	int rc;

	if (key == SBFD_ADMIN_DOWN) {
		sbfd->admin_down = true;
		return 0;
	}
	rc = dlo_conf_read_uint(value, 1, UINT32_MAX, &n, err);
	if (rc == 0)
		sbfd->discriminator = n;
	return rc;
}

static int
set_sbfd(struct dlo_conf *conf, struct dlo_conf_port *port, char *list, char err[DLO_CONF_ERR])
{
	static const char *const names[] = { "discriminator", "admin-down", NULL };
	static const struct dlo_conf_keys_reader reader = { names, 1 << SBFD_ADMIN_DOWN, take_sbfd };
	struct dlo_conf_sbfd sbfd = { 0 };
	int rc;

	(void)conf;
	rc = dlo_conf_read_keys(&reader, &sbfd, list, err);
	if (rc != 0)
		return rc;
	if (sbfd.discriminator == 0)
		return dlo_conf_fail(err, "no discriminator=N, a number that no other S-BFD node "
			"has");
	port->sbfd = sbfd;
	return 0;
}

DLO_CONF_SETTER(sbfd)
{
	return dlo_conf_on_copy(set_sbfd, conf, port, value, err);
}
