/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include "conf/conf.h"
#include "conf/option_set.h"

#define DEFAULT_ANSWERS                                                                            \
	(UINT32_C(1) << DLO_ANSWER_ARP | UINT32_C(1) << DLO_ANSWER_ND |                            \
		UINT32_C(1) << DLO_ANSWER_ICMP)

/* What a peer that polls takes for a burst or two; a NIC of 10 Gbit/s sends 150 small frames in it. */
#define TX_RETRY_NS 10000

/*
 * Drivers whose other end is a program or a file, not a network: frames there are seldom
 * addressed to the port, and there is nobody whose traffic could be taken by mistake.
 */
static const struct {
	const char *driver;
	enum dlo_accept accept;
	bool guards;
	bool network; /* or something like one: loops and others with our address are faults there */
} drivers[] = {
	{ "net_ring", DLO_ACCEPT_UNICAST, true, false },
	{ "net_pcap", DLO_ACCEPT_UNICAST, true, false },
	{ "net_memif", DLO_ACCEPT_UNICAST, true, true },
	{ "net_vhost", DLO_ACCEPT_UNICAST, true, true },
	{ "eth_vhost", DLO_ACCEPT_UNICAST, true, true },
	{ "net_virtio_user", DLO_ACCEPT_UNICAST, true, true },
	/* Our own PMD: the application behind it talks to whatever MAC it likes. */
	{ "net_lo", DLO_ACCEPT_UNICAST, true, true },
	/* Its frames are all zero: every one would fall to the guards. */
	{ "net_null", DLO_ACCEPT_ANY, false, false },
};

#define NOT_FOR_LINK                                                                               \
	(DLO_CONF_FILTER_EXPR | DLO_CONF_UNMATCHED | DLO_CONF_LOOP_GUARD |        \
		DLO_CONF_DUPLICATE_CHECK)

static void
set_defaults(struct dlo_conf_port *port, const struct dlo_conf_port_facts *facts)
{
	bool link = facts->ifname != NULL;

	memset(port, 0, sizeof(*port));
	port->mode = link ? DLO_MODE_IP : DLO_MODE_L4;
	port->accept = DLO_ACCEPT_OWN;
	port->guards = true;
	/* The kernel reflects nothing, and whoever is bridged to it guards his own end. */
	port->loop_guard = !link;
	port->tx_retry_ns = TX_RETRY_NS;
	port->duplicate_check = link ? DLO_DUPLICATES_OFF : DLO_DUPLICATES_ON;
	port->answers = DEFAULT_ANSWERS;
	dlo_conf_udp_echo_init(&port->udp_echo);
	dlo_conf_stamp_init(&port->stamp);
	dlo_conf_oam_init(&port->oam);
	dlo_conf_impair_init(&port->impair);
	/* The link's other end is this host's kernel, whatever driver stands between. */
	for (unsigned int i = 0; !link && i < sizeof(drivers) / sizeof(drivers[0]); i++) {
		if (facts->driver == NULL || strcmp(facts->driver, drivers[i].driver) != 0)
			continue;
		port->accept = drivers[i].accept;
		port->guards = drivers[i].guards;
		port->loop_guard = drivers[i].network;
		if (!drivers[i].network)
			port->duplicate_check = DLO_DUPLICATES_OFF;
	}
}

static void
overlay(struct dlo_conf_port *port, const struct dlo_conf_port *over)
{
	port->set |= over->set;
	port->from_file = (port->from_file & ~over->set) | over->from_file;
	if ((over->set & DLO_CONF_MODE) != 0)
		port->mode = over->mode;
	if ((over->set & DLO_CONF_ACCEPT) != 0)
		port->accept = over->accept;
	if ((over->set & DLO_CONF_GUARDS) != 0)
		port->guards = over->guards;
	if ((over->set & DLO_CONF_LOOP_GUARD) != 0)
		port->loop_guard = over->loop_guard;
	if ((over->set & DLO_CONF_DUPLICATE_CHECK) != 0)
		port->duplicate_check = over->duplicate_check;
	if ((over->set & DLO_CONF_TX_RETRY) != 0)
		port->tx_retry_ns = over->tx_retry_ns;
	if ((over->set & DLO_CONF_FILTER_EXPR) != 0)
		memcpy(port->filter, over->filter, sizeof(port->filter));
	if ((over->set & DLO_CONF_UNMATCHED) != 0)
		port->unmatched_to_host = over->unmatched_to_host;
	if ((over->set & DLO_CONF_ANSWER) != 0)
		port->answers = over->answers;
	if ((over->set & DLO_CONF_UDP_ECHO) != 0)
		port->udp_echo = over->udp_echo;
	if ((over->set & DLO_CONF_SBFD) != 0)
		port->sbfd = over->sbfd;
	if ((over->set & DLO_CONF_STAMP) != 0)
		port->stamp = over->stamp;
	if ((over->set & DLO_CONF_OAM) != 0)
		port->oam = over->oam;
	if ((over->set & DLO_CONF_IMPAIR) != 0)
		port->impair = over->impair;
	if ((over->set & DLO_CONF_STEER) != 0)
		port->steer = over->steer;
	if ((over->set & DLO_CONF_ADDRESS) != 0) {
		port->nb_addresses = over->nb_addresses;
		memcpy(port->addresses, over->addresses, sizeof(port->addresses));
	}
}

/* Options whose presence switches an answer on. */
static const struct {
	uint32_t set;
	enum dlo_answer answer;
} wanted[] = {
	{ DLO_CONF_UDP_ECHO, DLO_ANSWER_UDP_ECHO },
	{ DLO_CONF_SBFD, DLO_ANSWER_SBFD },
	{ DLO_CONF_STAMP, DLO_ANSWER_STAMP },
	{ DLO_CONF_OAM, DLO_ANSWER_OAM },
};

void
dlo_conf_resolve(const struct dlo_conf *conf, const struct dlo_conf_port_facts *facts,
	struct dlo_conf_port *ret)
{
	set_defaults(ret, facts);
	/* Who injects frames wants them to go round, and no others. */
	if (conf->inject.count > 0) {
		ret->loop_guard = false;
		ret->duplicate_check = DLO_DUPLICATES_OFF;
	}
	overlay(ret, &conf->all);
	/* What comes from the host is no traffic to be chosen from, unless somebody says so. */
	if (facts->ifname != NULL) {
		ret->set &= ~NOT_FOR_LINK;
		ret->filter[0] = '\0';
		ret->unmatched_to_host = false;
		ret->loop_guard = false;
		ret->duplicate_check = DLO_DUPLICATES_OFF;
	}
	for (unsigned int i = 0; i < conf->nb_ports; i++) {
		const char *name = conf->ports[i].name;

		if (strcmp(name, facts->name) == 0 ||
			(facts->ifname != NULL && strcmp(name, facts->ifname) == 0))
			overlay(ret, &conf->ports[i].port);
	}
	/* Who sets an answer wants it; that need not be said twice. */
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		if ((ret->set & wanted[i].set) != 0)
			ret->answers |= UINT32_C(1) << wanted[i].answer;
	}
}

void
dlo_conf_resolve_localhost(const struct dlo_conf *conf, struct dlo_conf_impair *ret)
{
	dlo_conf_impair_init(ret);
	if ((conf->all.set & DLO_CONF_IMPAIR) != 0)
		*ret = conf->all.impair;
	for (unsigned int i = 0; i < conf->nb_ports; i++) {
		if (strcmp(conf->ports[i].name, DLO_CONF_LOCALHOST) == 0 &&
			(conf->ports[i].port.set & DLO_CONF_IMPAIR) != 0)
			*ret = conf->ports[i].port.impair;
	}
}
