/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "conf/option_set.h"
#include "conf/text.h"

static int
add_port(struct dlo_conf_localhost *lh, char *text, char err[DLO_CONF_ERR])
{
	static const char *const protos[] = {
		[DLO_CONF_TCP] = "tcp",
		[DLO_CONF_UDP] = "udp",
		NULL,
	};
	char *colon = strchr(text, ':');
	uint64_t port = 0;
	int proto, rc;

	if (colon == NULL)
		return dlo_conf_fail(err, "'%s' is neither 'all' nor 'off' nor a port such as "
			"tcp:8080 or udp:53", text);
	*colon = '\0';
	proto = dlo_conf_read_word("protocol", protos, text, err);
	if (proto < 0)
		return proto;
	rc = dlo_conf_read_uint(colon + 1, 1, 65535, &port, err);
	if (rc != 0)
		return rc;
	if (lh->nb_ports == DLO_CONF_LOCALHOST_PORTS_MAX)
		return dlo_conf_fail(err, "'%s:%s' is one too many: at most %d ports, or 'all'", text,
			colon + 1, DLO_CONF_LOCALHOST_PORTS_MAX);
	lh->ports[lh->nb_ports].proto = proto;
	lh->ports[lh->nb_ports++].port = port;
	return 0;
}

static int
set_localhost(struct dlo_conf *conf, struct dlo_conf_port *port, char *list,
	char err[DLO_CONF_ERR])
{
	struct dlo_conf_localhost lh = { 0 };
	struct dlo_conf_item item;
	char *pos = list;
	int rc = 0;

	(void)port;
	if (strcmp(list, "all") == 0) {
		lh.all = true;
	} else if (strcmp(list, "off") != 0) {
		while ((rc = dlo_conf_next_item(&pos, &item, err)) > 0) {
			rc = item.key != NULL ?
				dlo_conf_fail(err, "'%s=': ports are written as tcp:8080 or udp:53",
					item.key) :
				add_port(&lh, item.value, err);
			if (rc != 0)
				return rc;
		}
	}
	if (rc == 0)
		conf->localhost = lh;
	return rc;
}

DLO_CONF_SETTER(localhost)
{
	return dlo_conf_on_copy(set_localhost, conf, port, value != NULL ? value : "all", err);
}

bool
dlo_conf_carries(const struct dlo_conf *conf)
{
	return conf->localhost.all || conf->localhost.nb_ports > 0;
}
