/* SPDX-License-Identifier: BSD-3-Clause */
#include "steer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "devarg.h"
#include "log.h"
#include "steer/steer.h"

#define DRIVER "net_af_xdp"
#define EXAMPLE "--vdev " DRIVER "0,iface=eth0"

struct steered {
	char port[DLO_CONF_PORT_NAME];
	char ifname[IF_NAMESIZE];
	unsigned int nb_rules;
	char *devargs; /* what EAL was given instead, and keeps pointing to */
	int object; /* memory that holds the program until the port has loaded it; -1: none */
	int link; /* holds the program on the interface; -1: none */
};

struct steer {
	unsigned int nb;
	struct steered ports[PORTS_MAX];
};

static int
read_names(struct steered *s, const char *devargs)
{
	size_t len = strcspn(devargs, ",");
	const char *iface, *prog;

	if (len >= sizeof(s->port)) {
		say_error("--vdev %s: the name is too long: use one such as " DRIVER "0", devargs);
		return -EINVAL;
	}
	memcpy(s->port, devargs, len);
	s->port[len] = '\0';
	len = devarg(devargs, "iface", &iface);
	if (len == 0 || len >= sizeof(s->ifname)) {
		say_error("--vdev %s: no name of an interface: write it as in " EXAMPLE, devargs);
		return -EINVAL;
	}
	memcpy(s->ifname, iface, len);
	s->ifname[len] = '\0';
	if (devarg(devargs, "xdp_prog", &prog) > 0) {
		say_error("--vdev %s: --steer has a program of its own: leave out xdp_prog=, or the "
			"rules", devargs);
		return -EINVAL;
	}
	return 0;
}

/* @return 0 without rules for it, 1 when it is steered, or -errno said */
static int
prepare_port(struct app *app, const char *devargs, struct steered *s)
{
	struct dlo_conf_port_facts facts = { .name = s->port, .driver = DRIVER };
	struct dlo_conf_port *conf;
	char err[DLO_STEER_ERR];
	int ret = read_names(s, devargs);

	if (ret != 0)
		return ret;
	conf = malloc(sizeof(*conf));
	if (conf == NULL) {
		say_error("out of memory");
		return -ENOMEM;
	}
	dlo_conf_resolve(&app->conf, &facts, conf);
	s->nb_rules = conf->steer.nb_rules;
	if (s->nb_rules > 0) {
		ret = dlo_steer_check(s->ifname, err);
		if (ret == 0)
			s->object = dlo_steer_object(conf->steer.rules, s->nb_rules, err);
		if (ret != 0 || s->object < 0) {
			say_error("--steer: %s", err);
			ret = ret != 0 ? ret : s->object;
		}
	}
	free(conf);
	if (ret != 0 || s->nb_rules == 0)
		return ret == -EINVAL ? -EIO : ret;
	if (asprintf(&s->devargs, "%s,xdp_prog=/proc/self/fd/%d", devargs, s->object) < 0) {
		s->devargs = NULL;
		say_error("out of memory");
		return -ENOMEM;
	}
	return 1;
}

static bool
is_steered(const struct steer *steer, const char *port)
{
	for (unsigned int i = 0; i < steer->nb; i++) {
		if (strcmp(steer->ports[i].port, port) == 0)
			return true;
	}
	return false;
}

/* Rules that no port takes would be forgotten silently. */
static int
check_rules_are_used(const struct dlo_conf *conf, const struct steer *steer)
{
	for (unsigned int i = 0; i < conf->nb_ports; i++) {
		if ((conf->ports[i].port.set & DLO_CONF_STEER) != 0 &&
			!is_steered(steer, conf->ports[i].name)) {
			say_error("--steer: there is no " DRIVER " port '%s': make it as in " EXAMPLE,
				conf->ports[i].name);
			return -EINVAL;
		}
	}
	if ((conf->all.set & DLO_CONF_STEER) != 0 && steer->nb == 0) {
		say_error("--steer works on " DRIVER " ports, and there is none: make one as in " EXAMPLE);
		return -EINVAL;
	}
	return 0;
}

static bool
has_rules(const struct dlo_conf *conf)
{
	bool has = (conf->all.set & DLO_CONF_STEER) != 0;

	for (unsigned int i = 0; i < conf->nb_ports; i++)
		has |= (conf->ports[i].port.set & DLO_CONF_STEER) != 0;
	return has;
}

int
steer_prepare(struct app *app, struct cmdline_eal *eal)
{
	struct steer *steer;

	if (!has_rules(&app->conf))
		return 0;
	steer = calloc(1, sizeof(*steer));
	if (steer == NULL) {
		say_error("out of memory");
		return -ENOMEM;
	}
	app->steer = steer;
	for (int i = 1; i < eal->argc && steer->nb < PORTS_MAX; i++) {
		struct steered *s = &steer->ports[steer->nb];
		const char *option;
		const char *devargs = devarg_vdev(eal, i, &option);
		char *word;
		int ret;

		if (devargs == NULL || !devarg_of_driver(devargs, DRIVER))
			continue;
		s->object = s->link = -1;
		ret = prepare_port(app, devargs, s);
		if (ret < 0)
			return ret;
		if (ret == 0)
			continue;
		steer->nb++;
		if (asprintf(&word, "%s%s", option, s->devargs) < 0) {
			say_error("out of memory");
			return -ENOMEM;
		}
		free(s->devargs);
		eal->argv[i] = s->devargs = word;
	}
	return check_rules_are_used(&app->conf, steer);
}

/* @return how many queues the interface receives on, 1 when it does not say */
static unsigned int
receive_queues(const char *ifname)
{
	struct ethtool_channels channels = { .cmd = ETHTOOL_GCHANNELS };
	struct ifreq ifr = { 0 };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int ret;

	if (fd < 0)
		return 1;
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", ifname);
	ifr.ifr_data = (void *)&channels;
	ret = ioctl(fd, SIOCETHTOOL, &ifr);
	close(fd);
	return ret != 0 || channels.combined_count + channels.rx_count == 0 ? 1 :
		channels.combined_count + channels.rx_count;
}

static unsigned int
port_queues(const struct app *app, const char *name)
{
	for (unsigned int i = 0; i < app->nb_ports; i++) {
		if (strcmp(app->ports[i].name, name) == 0)
			return app->ports[i].nb_queues;
	}
	return 0;
}

int
steer_start(struct app *app)
{
	for (unsigned int i = 0; app->steer != NULL && i < app->steer->nb; i++) {
		struct steered *s = &app->steer->ports[i];
		unsigned int nb = receive_queues(s->ifname), ours = port_queues(app, s->port);
		char err[DLO_STEER_ERR];

		s->link = dlo_steer_adopt(s->ifname, err);
		close(s->object);
		s->object = -1;
		if (s->link < 0) {
			say_error("--steer: %s", err);
			return s->link;
		}
		say("port %s takes what %u %s from interface %s, the kernel keeps the rest", s->port,
			s->nb_rules, s->nb_rules == 1 ? "rule asks for" : "rules ask for", s->ifname);
		if (nb > ours)
			say_warning("interface %s receives on %u queues, and port %s has %u of them: "
				"frames on the others stay with the kernel; receive on fewer ('ethtool "
				"-L %s combined %u'), or give more lcores and queue_count=%u",
				s->ifname, nb, s->port, ours, s->ifname, ours, nb);
	}
	return 0;
}

void
steer_stop(struct app *app)
{
	for (unsigned int i = 0; app->steer != NULL && i < app->steer->nb; i++) {
		struct steered *s = &app->steer->ports[i];

		if (s->link >= 0)
			close(s->link);
		if (s->object >= 0)
			close(s->object);
	}
	free(app->steer);
	app->steer = NULL;
}
