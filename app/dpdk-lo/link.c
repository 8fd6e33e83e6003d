/* SPDX-License-Identifier: BSD-3-Clause */
#include "link.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <rte_ethdev.h>

#include "log.h"
#include "netif.h"

#define MTU_ETHERNET 1500
#define MTU_WHOLE 65521 /* with its Ethernet header as long as a TAP frame may be: 65535 */
/* A TAP device throws away what does not fit its queue; 500 or 1000 is one burst of GSO frames. */
#define TXQLEN_MIN 2048
#define WAIT_STEP_NS (5 * 1000 * 1000)
#define WAIT_STEPS 400

_Static_assert(LINK_HOST_ADDRS_MAX == NETIF_ADDRS_MAX, "link_dev holds what netif reads");

unsigned int
link_mtu(const struct dlo_conf_link *conf, enum dlo_link_type type, bool only_port)
{
	if (conf->mtu != 0)
		return conf->mtu;
	return type == DLO_LINK_VTAP && only_port ? MTU_WHOLE : MTU_ETHERNET;
}

/*
 * Per-interface settings go with the interface. None is worth failing for: a container may have
 * /proc/sys read-only, and then DAD of the link-local address takes its second.
 */
static void
write_ipv6_setting(const char *ifname, const char *key, const char *value)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/sys/net/ipv6/conf/%s/%s", ifname, key);
	f = fopen(path, "we");
	if (f == NULL)
		return;
	fputs(value, f);
	fclose(f);
}

/*
 * Nobody but us is on the link: no duplicates to detect, no routers to solicit or believe. And
 * 'ip link set dlo0 down' must not take the IPv6 addresses away for good: IPv4's stay too.
 */
static void
settle_ipv6(const char *ifname)
{
	write_ipv6_setting(ifname, "accept_dad", "0");
	write_ipv6_setting(ifname, "dad_transmits", "0");
	write_ipv6_setting(ifname, "accept_ra", "0");
	write_ipv6_setting(ifname, "autoconf", "0");
	write_ipv6_setting(ifname, "router_solicitations", "0");
	write_ipv6_setting(ifname, "keep_addr_on_down", "1");
}

/* @return NULL when IPv6 addresses can be had, else why not. */
static const char *
no_ipv6(const char *ifname, unsigned int mtu, char *buf, size_t len)
{
	char path[128];
	FILE *f;
	int c;

	if (mtu < DLO_IPV6_MTU_MIN) {
		snprintf(buf, len, "its MTU of %u is below the %d that IPv6 needs: give "
			"mtu=%d or more",
			mtu, DLO_IPV6_MTU_MIN, DLO_IPV6_MTU_MIN);
		return buf;
	}
	snprintf(path, sizeof(path), "/proc/sys/net/ipv6/conf/%s/disable_ipv6", ifname);
	f = fopen(path, "re");
	if (f == NULL)
		return "this kernel runs without IPv6";
	c = fgetc(f);
	fclose(f);
	if (c != '1')
		return NULL;
	snprintf(buf, len, "the host has IPv6 switched off: set "
		"net.ipv6.conf.default.disable_ipv6=0 and start again to have it");
	return buf;
}

static int
set_link(struct link_dev *link, unsigned int mtu)
{
	struct netif_state state;
	int err = netif_read(link->netif, link->ifindex, &state);

	if (err != 0) {
		say_error("cannot read interface %s: %s", link->ifname, strerror(-err));
		return err;
	}
	/* If the driver brought it up, its link-local address is in DAD already: start again. */
	if (state.up)
		netif_set_up(link->netif, link->ifindex, false);
	settle_ipv6(link->ifname);
	link_tell_mtu(link, mtu);
	err = netif_set(link->netif, link->ifindex, mtu,
		state.txqlen < TXQLEN_MIN ? TXQLEN_MIN : 0);
	if (err != 0) {
		say_error("cannot set the MTU of interface %s to %u: %s; choose another with "
			"--link %s,mtu=N",
			link->ifname, mtu, strerror(-err), link->ifname);
		return err;
	}
	err = netif_set_up(link->netif, link->ifindex, true);
	if (err != 0)
		say_error("cannot bring interface %s up: %s", link->ifname, strerror(-err));
	return err;
}

static int
add_addresses(const struct dlo_conf_link *conf, struct link_dev *link, bool ipv6)
{
	char text[DLO_PREFIX_STRLEN];

	for (unsigned int i = 0; i < conf->nb_ips; i++) {
		int err;

		if (conf->ips[i].family == 6 && !ipv6)
			continue;
		err = netif_add_addr(link->netif, link->ifindex, &conf->ips[i]);
		if (err != 0) {
			say_error("cannot give interface %s the address %s: %s; choose another "
				"with --link %s,ip=ADDRESS/LENGTH",
				link->ifname, dlo_prefix_format(&conf->ips[i], text),
				strerror(-err), link->ifname);
			return err;
		}
	}
	return 0;
}

static bool
has_addr(const struct netif_state *s, const struct dlo_prefix *addr)
{
	size_t bytes = addr->family == 4 ? 4 : 16;

	for (unsigned int i = 0; i < s->nb_addrs; i++) {
		if (s->addrs[i].family == addr->family &&
			memcmp(s->addrs[i].addr, addr->addr, bytes) == 0)
			return true;
	}
	return false;
}

static bool
is_usable(const struct dlo_conf_link *conf, bool ipv6, const struct netif_state *s)
{
	if (!s->up || !s->running)
		return false;
	for (unsigned int i = 0; i < conf->nb_ips; i++) {
		if ((conf->ips[i].family == 4 || ipv6) && !has_addr(s, &conf->ips[i]))
			return false;
	}
	return true;
}

static int
wait_usable(const struct dlo_conf_link *conf, struct link_dev *link, bool ipv6,
	struct netif_state *ret)
{
	const struct timespec step = { .tv_nsec = WAIT_STEP_NS };

	for (unsigned int i = 0; i < WAIT_STEPS; i++) {
		int err = netif_read(link->netif, link->ifindex, ret);

		if (err != 0) {
			say_error("cannot read interface %s: %s", link->ifname, strerror(-err));
			return err;
		}
		if (is_usable(conf, ipv6, ret) && ret->nb_tentative == 0)
			return 0;
		nanosleep(&step, NULL);
	}
	/* Ours are set without DAD: only the kernel's own link-local address can be late. */
	if (is_usable(conf, ipv6, ret))
		return 0;
	say_error("interface %s did not become usable within two seconds (%s): see "
		"'ip addr show %s'",
		link->ifname,
		!ret->up ? "it is down" :
		!ret->running ? "it has no carrier" :
				"its addresses were taken away",
		link->ifname);
	return -ETIMEDOUT;
}

/* Take over what the kernel says. @return true when something changed that a plan depends on. */
static bool
take_state(struct link_dev *link, const struct netif_state *s)
{
	bool new_mtu = link->mtu != s->mtu;
	bool changed = link->up != s->up || new_mtu ||
		memcmp(link->kernel_mac.addr_bytes, s->mac, sizeof(s->mac)) != 0 ||
		link->nb_host_addrs != s->nb_addrs ||
		memcmp(link->host_addrs, s->addrs, s->nb_addrs * sizeof(s->addrs[0])) != 0;

	if (s->name[0] != '\0')
		snprintf(link->ifname, sizeof(link->ifname), "%s", s->name);
	link_note_lost(link, s);
	link->nb_unlisted = s->nb_unlisted;
	link->up = s->up;
	link->mtu = s->mtu;
	memcpy(link->kernel_mac.addr_bytes, s->mac, sizeof(s->mac));
	link->nb_host_addrs = s->nb_addrs;
	memcpy(link->host_addrs, s->addrs, sizeof(link->host_addrs));
	if (new_mtu)
		link_tell_mtu(link, s->mtu);
	return changed;
}

/* @return 0, *ret_ipv6 says whether IPv6 addresses are to be set, or -errno after saying why */
static int
choose_families(const struct dlo_conf_link *conf, const struct link_dev *link, unsigned int mtu,
	bool *ret_ipv6)
{
	unsigned int nb4 = 0;
	const char *why;
	char buf[160];

	for (unsigned int i = 0; i < conf->nb_ips; i++)
		nb4 += conf->ips[i].family == 4;
	why = nb4 == conf->nb_ips ? NULL : no_ipv6(link->ifname, mtu, buf, sizeof(buf));
	if (why != NULL && nb4 == 0) {
		say_error("interface %s was to have IPv6 addresses only, but %s; or give it an "
			"IPv4 address with --link %s,ip=198.18.0.1/15",
			link->ifname, why, link->ifname);
		return -EAFNOSUPPORT;
	}
	if (why != NULL)
		say_warning("interface %s goes without its IPv6 addresses: %s", link->ifname, why);
	*ret_ipv6 = why == NULL && nb4 < conf->nb_ips;
	return 0;
}

int
link_configure(const struct dlo_conf_link *conf, struct link_dev *link, bool only_port)
{
	unsigned int mtu = link_mtu(conf, link->type, only_port);
	struct netif_state state;
	bool ipv6;
	int err;

	snprintf(link->said.name, sizeof(link->said.name), "%s", link->ifname);
	link->ifindex = if_nametoindex(link->ifname);
	if (link->ifindex == 0) {
		say_error("port %s was started, but there is no interface %s: was it renamed or "
			"deleted in the meantime?",
			link->vdev, link->ifname);
		return -ENODEV;
	}
	err = netif_open(&link->netif);
	if (err != 0) {
		say_error("cannot open a netlink socket for interface %s: %s", link->ifname,
			strerror(-err));
		return err;
	}
	err = choose_families(conf, link, mtu, &ipv6);
	if (err == 0)
		err = set_link(link, mtu);
	if (err == 0)
		err = add_addresses(conf, link, ipv6);
	if (err == 0)
		err = wait_usable(conf, link, ipv6, &state);
	if (err == 0)
		take_state(link, &state);
	return err;
}

bool
link_poll(struct link_dev *link, bool *ret_gone)
{
	struct netif_state state;
	bool deleted = false;
	int err;

	if (link->netif == NULL)
		return false;
	if (link->ifindex == 0) {
		*ret_gone = true;
		return false;
	}
	link->news = netif_heard(link->netif, link->ifindex, &deleted);
	if (!link->news && !link->stale)
		return false;
	err = deleted ? -ENODEV : netif_read(link->netif, link->ifindex, &state);
	if (err == -ENODEV) {
		/* Never look again: another interface may get this index. */
		link->ifindex = 0;
		link->up = false;
		link->nb_host_addrs = 0;
		*ret_gone = true;
		return true;
	}
	/* The news is taken off the socket: what could not be read now is read at the next turn. */
	link->stale = err != 0;
	return err == 0 && take_state(link, &state);
}

unsigned int
link_addr_rules(const struct dlo_conf_link *conf, const struct link_dev *link,
	struct dlo_addr_rule *rules, unsigned int max)
{
	unsigned int nb = 0;

	for (unsigned int i = 0; i < conf->nb_ips && nb < max; i++)
		rules[nb++] = (struct dlo_addr_rule){ conf->ips[i], DLO_OWNER_PORT };
	/* After the prefixes: of two equal rules the later wins, and the host's own comes first. */
	for (unsigned int i = 0; i < link->nb_host_addrs && nb < max; i++) {
		rules[nb] = (struct dlo_addr_rule){ link->host_addrs[i], DLO_OWNER_HOST };
		rules[nb++].prefix.len = link->host_addrs[i].family == 4 ? 32 : 128;
	}
	return nb;
}

uint64_t
link_kernel_lost(const char *ifname)
{
	uint64_t lost = 0;
	char line[512], name[64];
	FILE *f = fopen("/proc/thread-self/net/dev", "re");

	if (f == NULL)
		return 0;
	/* "NAME:" and eight counters of what the interface has received, then as many of what it sent:
	 * bytes, packets, errors, drops, ... */
	while (fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, " %63[^:]: %*u %*u %*u %*u %*u %*u %*u %*u %*u %*u %*u %" SCNu64, name,
			    &lost) == 2 &&
			strcmp(name, ifname) == 0)
			break;
		lost = 0;
	}
	fclose(f);
	return lost;
}

void
link_destroy(struct link_dev *link)
{
	netif_close(link->netif);
	link->netif = NULL;
	link->ifindex = 0;
}
