/* SPDX-License-Identifier: BSD-3-Clause */
#include "conf/conf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/conf_apply.h"
#include "conf/option_set.h"
#include "conf/text.h"

void
dlo_conf_init(struct dlo_conf *conf)
{
	memset(conf, 0, sizeof(*conf));
	dlo_conf_link_init(&conf->link);
	dlo_conf_inject_init(&conf->inject);
	conf->answer_rate = DLO_CONF_ANSWER_RATE;
	conf->sandbox = true;
}

static struct dlo_conf_port *
find_named(struct dlo_conf *conf, const char *port_name)
{
	for (unsigned int i = 0; i < conf->nb_ports; i++) {
		if (strcmp(conf->ports[i].name, port_name) == 0)
			return &conf->ports[i].port;
	}
	return NULL;
}

struct dlo_conf_port *
dlo_conf_named(struct dlo_conf *conf, const char *port_name, char err[DLO_CONF_ERR])
{
	struct dlo_conf_port *port = find_named(conf, port_name);
	char name[DLO_CONF_PORT_NAME];

	if (port != NULL)
		return port;
	if (dlo_conf_read_text("port name", port_name, name, sizeof(name), err) != 0)
		return NULL;
	if (conf->nb_ports == DLO_CONF_PORTS_MAX) {
		dlo_conf_fail(err, "port '%s' is one too many: at most %d ports can have settings "
			"of their own", name, DLO_CONF_PORTS_MAX);
		return NULL;
	}
	memcpy(conf->ports[conf->nb_ports].name, name, sizeof(name));
	port = &conf->ports[conf->nb_ports++].port;
	memset(port, 0, sizeof(*port));
	return port;
}

int
dlo_conf_apply(struct dlo_conf *conf, const struct dlo_option *option, const char *port_name,
	const char *value, char err[DLO_CONF_ERR])
{
	struct dlo_conf_port *port;
	struct dlo_conf_port changed;
	int rc;

	if (option->arg == NULL && value != NULL)
		return dlo_conf_fail(err, "takes no value");
	if (option->arg != NULL && !option->arg_optional && value == NULL)
		return dlo_conf_fail(err, "needs a value: %s", option->arg);
	if (value != NULL && value[0] == '\0')
		return dlo_conf_fail(err, "the value is empty, expected %s", option->arg);
	if (option->port_bit == 0)
		return option->set(conf, NULL, value, err);

	/* On a copy: neither half-set fields nor a port without settings may stay behind. */
	port = port_name == NULL ? &conf->all : find_named(conf, port_name);
	changed = port != NULL ? *port : (struct dlo_conf_port){ 0 };
	rc = option->set(conf, &changed, value, err);
	if (rc != 0)
		return rc;
	if (port == NULL)
		port = dlo_conf_named(conf, port_name, err);
	if (port == NULL)
		return -EINVAL;
	*port = changed;
	port->set |= option->port_bit;
	return 0;
}

static void
forget_file(struct dlo_conf_port *port, uint32_t bit)
{
	if ((port->from_file & bit) == 0)
		return;
	port->from_file &= ~bit;
	port->set &= ~bit;
	if (bit == DLO_CONF_ADDRESS)
		port->nb_addresses = 0;
	if (bit == DLO_CONF_STEER)
		port->steer.nb_rules = 0;
}

/* Make what the file said under this name give way to the command line. */
static void
override_file(struct dlo_conf *conf, uint32_t bit, const char *port_name)
{
	struct dlo_conf_port *port;

	if (port_name != NULL) {
		port = find_named(conf, port_name);
		if (port != NULL)
			forget_file(port, bit);
		return;
	}
	forget_file(&conf->all, bit);
	for (unsigned int i = 0; i < conf->nb_ports; i++)
		forget_file(&conf->ports[i].port, bit);
}

int
dlo_conf_set(struct dlo_conf *conf, const char *name, const char *value, char err[DLO_CONF_ERR])
{
	const struct dlo_option *option = dlo_option_by_name(name);
	char why[DLO_CONF_ERR];
	char *copy = NULL;
	char *port_name = NULL;
	struct dlo_conf *next;
	int rc;

	if (option == NULL) {
		dlo_conf_fail(err, "--%s: no such option, see --help", name);
		return -ENOENT;
	}
	/* Changed as a whole or not at all; this is no hot path. */
	next = malloc(sizeof(*next));
	if (value != NULL)
		copy = strdup(value);
	if (next == NULL || (value != NULL && copy == NULL)) {
		free(next);
		free(copy);
		return dlo_conf_fail(err, "--%s: out of memory", name);
	}
	memcpy(next, conf, sizeof(*next));
	if (option->port_bit != 0 && copy != NULL)
		port_name = strrchr(copy, '@');
	if (port_name != NULL)
		*port_name++ = '\0';
	if (port_name != NULL && port_name[0] == '\0') {
		rc = dlo_conf_fail(why, "no port name after '@'");
	} else {
		if (option->port_bit != 0)
			override_file(next, option->port_bit, port_name);
		if (port_name == NULL)
			next->fixed[dlo_option_index(option)] = 0;
		/* The only repeatable one that is not per port. */
		if (option->set == dlo_conf_set_loopback && next->loopbacks_from_file) {
			next->nb_loopbacks = 0;
			next->loopbacks_from_file = false;
		}
		rc = dlo_conf_apply(next, option, port_name, copy, why);
	}
	if (rc == 0)
		memcpy(conf, next, sizeof(*conf));
	else
		dlo_conf_fail(err, "--%s: %s", name, why);
	free(copy);
	free(next);
	return rc;
}

const char *
dlo_conf_differs(const struct dlo_conf *a, const struct dlo_conf *b)
{
	for (const struct dlo_option *o = dlo_options; o->name != NULL; o++) {
		if (a->fixed[dlo_option_index(o)] != b->fixed[dlo_option_index(o)])
			return o->name;
	}
	return NULL;
}

static bool
is_one_of(const char *name, const char *const *names, unsigned int nb_names)
{
	for (unsigned int i = 0; i < nb_names; i++) {
		if (strcmp(names[i], name) == 0)
			return true;
	}
	return false;
}

const char *
dlo_conf_unknown_port(const struct dlo_conf *conf, const char *const *names, unsigned int nb_names)
{
	for (unsigned int i = 0; i < conf->nb_ports; i++) {
		/* No port; dlo_conf_validate() has looked at it. */
		if (strcmp(conf->ports[i].name, DLO_CONF_LOCALHOST) != 0 &&
			!is_one_of(conf->ports[i].name, names, nb_names))
			return conf->ports[i].name;
	}
	if (conf->capture.port[0] != '\0' && !is_one_of(conf->capture.port, names, nb_names))
		return conf->capture.port;
	return NULL;
}
