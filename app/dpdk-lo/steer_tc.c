/* SPDX-License-Identifier: BSD-3-Clause */
#include "steer_way.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_ethdev.h>

#include "devarg.h"
#include "log.h"
#include "netif.h"
#include "steer/beside.h"

#define PREFIX "dlo-"

/* "dlo-eth0", unless the user has another name; a long one loses its end. */
static int
name_tap(const struct steered *s, const char *devargs, char ret[IF_NAMESIZE])
{
	const char *said;
	size_t len = devarg(devargs, "iface", &said);

	if (len >= IF_NAMESIZE) {
		say_error("--vdev %s: a name of an interface has at most %d characters", devargs,
			IF_NAMESIZE - 1);
		return -EINVAL;
	}
	if (len > 0)
		snprintf(ret, IF_NAMESIZE, "%.*s", (int)len, said);
	else
		snprintf(ret, IF_NAMESIZE, PREFIX "%.*s", (int)(IF_NAMESIZE - sizeof(PREFIX)), s->ifname);
	if (if_nametoindex(ret) == 0)
		return 0;
	say_error("--steer: there is an interface %s already, perhaps of another dpdk-lo that steers frames "
		"of %s: stop it, or give ours another name, as in --vdev %s,iface=mirror0", ret, s->ifname,
		steer_by_tc.example);
	return -EEXIST;
}

/* All that the driver need not know is left out, and what it has to know comes in. */
static int
write_devargs(struct steered *s, const char *devargs, const char *tap, const unsigned char mac[6])
{
	size_t max = strlen(devargs) + IF_NAMESIZE + 64, len;
	char *text = malloc(max);
	const char *said;

	if (text == NULL) {
		say_error("out of memory");
		return -ENOMEM;
	}
	len = (size_t)snprintf(text, max, "%s", s->port);
	for (const char *at = strchr(devargs, ','); at != NULL; at = strchr(at + 1, ',')) {
		size_t n = 1 + strcspn(at + 1, ",");

		if (strncmp(at, ",beside=", 8) != 0 && strncmp(at, ",iface=", 7) != 0)
			len += (size_t)snprintf(text + len, max - len, "%.*s", (int)n, at);
	}
	len += (size_t)snprintf(text + len, max - len, ",iface=%s", tap);
	if (devarg(devargs, "mac", &said) == 0)
		snprintf(text + len, max - len, ",mac=%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2],
			mac[3], mac[4], mac[5]);
	s->devargs = text;
	return 0;
}

static int
prepare(struct steered *s, const char *devargs)
{
	char tap[IF_NAMESIZE], err[DLO_STEER_ERR];
	unsigned char mac[6];
	int ret;

#ifndef DLO_HAVE_VTAP
	say_error("--vdev %s: this dpdk-lo was built without net_vtap, for want of DPDK's driver headers: "
		"use --vdev %s", devargs, steer_by_xdp.example);
	return -ENOTSUP;
#endif
	ret = dlo_steer_beside_check(s->ifname, mac, err);
	if (ret < 0) {
		say_error("--steer: %s", err);
		return ret;
	}
	s->ifindex = (unsigned int)ret;
	ret = name_tap(s, devargs, tap);
	return ret != 0 ? ret : write_devargs(s, devargs, tap, mac);
}

static int
tap_ifindex(const struct port *p)
{
	struct rte_eth_dev_info info;

	return p != NULL && rte_eth_dev_info_get(p->id, &info) == 0 ? (int)info.if_index : 0;
}

/* The TAP is nobody's to talk on, and as long as the interface is. */
static int
settle(struct app *app, struct steered *s)
{
	int tap = tap_ifindex(steer_port(app, s));
	struct netif_state *state = malloc(sizeof(*state));
	struct netif *n = NULL;
	int ret = state != NULL ? netif_open(&n) : -ENOMEM;

	if (ret == 0)
		ret = netif_read(n, (int)s->ifindex, state);
	if (ret == 0)
		ret = netif_set(n, tap, state->mtu, 0);
	if (ret == 0)
		ret = netif_set_silent(n, tap);
	netif_close(n);
	free(state);
	if (ret != 0)
		say_error("--steer: cannot set up the TAP of port %s beside interface %s: %s", s->port,
			s->ifname, strerror(-ret));
	return ret;
}

static int
start(struct app *app, struct steered *s)
{
	const struct port *p = steer_port(app, s);
	char err[DLO_STEER_ERR];
	int ret = dlo_steer_beside_open(s->ifname, s->ifindex, (unsigned int)tap_ifindex(p), s->rules,
		s->nb_rules, &s->beside, err);

	if (ret != 0) {
		say_error("--steer: %s", err);
		return ret;
	}
	say("port %s takes what %u %s from interface %s, the kernel keeps the rest as it was", s->port,
		s->nb_rules, s->nb_rules == 1 ? "rule asks for" : "rules ask for", s->ifname);
	return 0;
}

static void
stop(struct steered *s)
{
	dlo_steer_beside_close(s->beside);
	s->beside = NULL;
}

const struct steer_way steer_by_tc = {
	.driver = "net_vtap",
	.key = "beside",
	.example = "net_vtap0,beside=eth0",
	.prepare = prepare,
	.settle = settle,
	.start = start,
	.stop = stop,
};
