/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "conf/conf.h"
#include "conf/text.h"

static int
check_link(const struct dlo_conf_link *link, char err[DLO_CONF_ERR])
{
	char a[DLO_PREFIX_STRLEN], b[DLO_PREFIX_STRLEN];

	for (unsigned int i = 0; i < link->nb_ips; i++) {
		for (unsigned int k = 0; k < i; k++) {
			if (dlo_prefix_overlaps(&link->ips[k], &link->ips[i]))
				return dlo_conf_fail(err, "--link: ip=%s and ip=%s overlap, give "
					"prefixes that have no address in common",
					dlo_prefix_format(&link->ips[k], a),
					dlo_prefix_format(&link->ips[i], b));
		}
		if (link->mtu != 0 && link->mtu < DLO_IPV6_MTU_MIN && link->ips[i].family == 6)
			return dlo_conf_fail(err, "--link: mtu=%u is too small for %s, IPv6 needs "
				"%d: give a larger mtu, or only IPv4 addresses with ip=", link->mtu,
				dlo_prefix_format(&link->ips[i], a), DLO_IPV6_MTU_MIN);
	}
	return 0;
}

/* An address cannot be both the host's and ours. */
static int
check_addresses(const struct dlo_conf *conf, const struct dlo_conf_port *port,
	char err[DLO_CONF_ERR])
{
	char text[DLO_PREFIX_STRLEN];

	for (unsigned int i = 0; conf->link.wanted && i < port->nb_addresses; i++) {
		const struct dlo_prefix *own = &port->addresses[i];
		unsigned int bytes = own->family == 4 ? 4 : 16;

		if (own->len != bytes * 8)
			continue;
		for (unsigned int k = 0; k < conf->link.nb_ips; k++) {
			const struct dlo_prefix *host = &conf->link.ips[k];

			if (host->family == own->family &&
				memcmp(host->addr, own->addr, bytes) == 0)
				return dlo_conf_fail(err, "--address: %s is the host's own address "
					"on %s, choose another one", dlo_prefix_format(own, text),
					conf->link.name);
		}
	}
	return 0;
}

/* On the link its prefixes are the appliance's to reflect; a loopback there would be two things. */
static int
check_loopbacks(const struct dlo_conf *conf, char err[DLO_CONF_ERR])
{
	char a[DLO_PREFIX_STRLEN], b[DLO_PREFIX_STRLEN];

	for (unsigned int i = 0; i < conf->nb_loopbacks; i++) {
		const struct dlo_conf_loopback *lo = &conf->loopbacks[i];
		bool has_family = false;

		dlo_prefix_format(&lo->addr, a);
		for (unsigned int k = 0; k < conf->link.nb_ips; k++) {
			has_family |= conf->link.ips[k].family == lo->addr.family;
			if (dlo_prefix_overlaps(&conf->link.ips[k], &lo->addr))
				return dlo_conf_fail(err, "--loopback: %s=%s lies in %s of the host "
					"link, choose an address outside of it", lo->name, a,
					dlo_prefix_format(&conf->link.ips[k], b));
		}
		if (!has_family)
			return dlo_conf_fail(err, "--loopback: %s=%s needs an IPv%u address on the "
				"host link too, add one with --link %s,ip=ADDRESS/LENGTH",
				lo->name, a, lo->addr.family, conf->link.name);
	}
	return 0;
}

static int
check_filters(const struct dlo_conf *conf, char err[DLO_CONF_ERR])
{
	bool to_host = conf->all.unmatched_to_host;
	bool filter = conf->all.filter[0] != '\0';

	for (unsigned int i = 0; i < conf->nb_ports; i++) {
		const struct dlo_conf_port *port = &conf->ports[i].port;

		if (port->unmatched_to_host && strcmp(conf->ports[i].name, conf->link.name) == 0)
			return dlo_conf_fail(err, "--unmatched: %s is the host's own end, its frames "
				"cannot be handed to the host; name another port", conf->link.name);
		to_host |= port->unmatched_to_host;
		filter |= port->filter[0] != '\0';
	}
	return to_host && !filter ? dlo_conf_fail(err, "--unmatched: without --filter every frame "
		"matches, add one") : 0;
}

/* One of two writers would destroy what the other wrote or reads. */
static int
check_files(const struct dlo_conf *conf, char err[DLO_CONF_ERR])
{
	const struct {
		const char *option;
		const char *file;
	} files[] = {
		{ "--capture", conf->capture.file },
		{ "--json", conf->json },
		{ "--inject file", conf->inject.file },
		{ "--config", conf->config },
	};
	const unsigned int nb_written = 2, nb = sizeof(files) / sizeof(files[0]);

	for (unsigned int i = 0; i < nb_written; i++) {
		for (unsigned int k = i + 1; k < nb; k++) {
			if (files[i].file[0] != '\0' && strcmp(files[i].file, files[k].file) == 0)
				return dlo_conf_fail(err, "%s and %s name the same file '%s', give "
					"each its own", files[i].option, files[k].option,
					files[i].file);
		}
	}
	return 0;
}

/* "@localhost" is no port: it says which frames are made to wait. */
static int
check_localhost_settings(const struct dlo_conf *conf, char err[DLO_CONF_ERR])
{
	for (unsigned int i = 0; i < conf->nb_ports; i++) {
		if (strcmp(conf->ports[i].name, DLO_CONF_LOCALHOST) != 0)
			continue;
		if ((conf->ports[i].port.set & ~(uint32_t)DLO_CONF_IMPAIR) != 0)
			return dlo_conf_fail(err, "'@localhost' goes with --impair alone; other "
				"settings are those of a port, such as @%s", conf->link.name);
		if (!dlo_conf_carries(conf))
			return dlo_conf_fail(err, "--impair: '@localhost' needs --localhost, or "
				"nothing of it comes by");
	}
	return 0;
}

int
dlo_conf_validate(const struct dlo_conf *conf, char err[DLO_CONF_ERR])
{
	int rc = check_link(&conf->link, err);

	if (rc == 0)
		rc = check_addresses(conf, &conf->all, err);
	for (unsigned int i = 0; rc == 0 && i < conf->nb_ports; i++)
		rc = check_addresses(conf, &conf->ports[i].port, err);
	if (rc == 0 && dlo_conf_carries(conf) && conf->link.type != DLO_LINK_AUTO &&
		conf->link.type != DLO_LINK_VTAP)
		rc = dlo_conf_fail(err, "--localhost: goes with a link of type vtap alone, leave type= "
			"out of --link");
	if (rc == 0)
		rc = check_localhost_settings(conf, err);
	if (rc == 0)
		rc = check_loopbacks(conf, err);
	if (rc == 0)
		rc = check_filters(conf, err);
	if (rc == 0)
		rc = check_files(conf, err);
	return rc;
}
