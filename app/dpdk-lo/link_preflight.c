/* SPDX-License-Identifier: BSD-3-Clause */
#include "link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "firewall.h"
#include "listeners.h"
#include "log.h"
#include "netif.h"

#define PORTS_SHOWN 8
#define PROC_FILE_MAX (256 * 1024) /* listening sockets come first; 150 bytes a line */
#define CHAINS_SHOWN 4

struct dlo_prefix
link_peer(const struct dlo_prefix *ip)
{
	unsigned int bytes = ip->family == 4 ? 4 : 16;
	struct dlo_prefix peer = *ip;

	for (unsigned int bit = ip->len; bit < bytes * 8; bit++)
		peer.addr[bit / 8] &= ~(0x80U >> (bit % 8));
	peer.len = bytes * 8;
	/* The first address is the network's, unless it is a /31 (RFC 3021) or /127 (RFC 6164). */
	if (ip->len + 1U < bytes * 8)
		peer.addr[bytes - 1]++;
	if (memcmp(peer.addr, ip->addr, bytes) == 0)
		peer.addr[bytes - 1]++;
	return peer;
}

/* Without the "/32" that nobody types after ping. */
static const char *
format_addr(const struct dlo_prefix *p, char buf[DLO_PREFIX_STRLEN])
{
	dlo_prefix_format(p, buf);
	buf[strcspn(buf, "/")] = '\0';
	return buf;
}

static char *
read_proc(const char *path)
{
	char *text = malloc(PROC_FILE_MAX + 1);
	FILE *f = fopen(path, "re");
	size_t len;

	if (f == NULL || text == NULL) {
		if (f != NULL)
			fclose(f);
		free(text);
		return NULL;
	}
	len = fread(text, 1, PROC_FILE_MAX, f);
	text[len] = '\0';
	fclose(f);
	return text;
}

static unsigned int
read_listeners(struct listener *l)
{
	static const char *const paths[] = { "/proc/net/tcp", "/proc/net/tcp6" };
	unsigned int nb = 0;

	for (unsigned int i = 0; i < 2; i++) {
		char *text = read_proc(paths[i]);

		if (text != NULL)
			nb += listeners_parse(text, i == 0 ? 4 : 6, l + nb, LISTENERS_MAX - nb);
		free(text);
	}
	return nb;
}

static void
say_local_servers(const struct dlo_prefix *ip, const struct listener *l, unsigned int nb_l)
{
	char own[DLO_PREFIX_STRLEN], peer[DLO_PREFIX_STRLEN], list[PORTS_SHOWN * 7 + 8] = "";
	uint16_t ports[PORTS_SHOWN + 1];
	struct dlo_prefix p = link_peer(ip);
	unsigned int nb = listeners_only_local(l, nb_l, ip->family, ports, PORTS_SHOWN + 1);
	size_t used = 0;

	if (nb == 0)
		return;
	for (unsigned int i = 0; i < nb && i < PORTS_SHOWN; i++)
		used += snprintf(list + used, sizeof(list) - used, "%s%u",
			i > 0 ? ", " : "", ports[i]);
	say("hint: %s%s listen%s on %s only and cannot be reached through %s: bind to %s or "
		"%s as well",
		nb == 1 ? "the server at TCP port " : "the servers at TCP ports ", list,
		nb > PORTS_SHOWN ? ", ..." : nb == 1 ? "s" : "",
		ip->family == 4 ? "127.0.0.1" : "::1", format_addr(&p, peer), format_addr(ip, own),
		ip->family == 4 ? "0.0.0.0" : "::");
}

/* One hint per family, for its first address. */
static void
say_servers(const struct dlo_conf_link *conf)
{
	struct listener *l = calloc(LISTENERS_MAX, sizeof(*l));
	unsigned int nb = l != NULL ? read_listeners(l) : 0;
	bool said[2] = { false, false };

	for (unsigned int i = 0; i < conf->nb_ips; i++) {
		bool six = conf->ips[i].family == 6;

		if (!said[six])
			say_local_servers(&conf->ips[i], l, nb);
		said[six] = true;
	}
	free(l);
}

static void
say_firewall(const struct link_dev *link)
{
	static const char hint[] = "hint: a firewall refuses incoming connections that it has no "
		"rule for: if a server cannot be reached through";
	struct firewall_chain chains[CHAINS_SHOWN];
	int nb = firewall_closed_chains(chains, CHAINS_SHOWN);

	for (int i = 0; i < nb; i++) {
		const struct firewall_chain *c = &chains[i];
		const char *dev = link->ifname;

		switch (c->owner) {
		case FIREWALL_NFT:
			say("%s %s, run 'nft insert rule %s %s %s iifname %s accept'", hint, dev,
				c->family, c->table, c->chain, dev);
			break;
		case FIREWALL_IPTABLES:
			say("%s %s, run '%s -I INPUT -i %s -j ACCEPT'", hint, dev,
				strcmp(c->family, "ip6") == 0 ? "ip6tables" : "iptables", dev);
			break;
		case FIREWALL_FIREWALLD:
			say("%s %s, run 'firewall-cmd --zone=trusted --add-interface=%s'", hint,
				dev, dev);
			break;
		}
	}
}

/* Policy rules of a VPN, more specific routes: the kernel itself knows best. */
static void
say_route(const struct link_dev *link, const struct dlo_prefix *ip)
{
	char text[DLO_PREFIX_STRLEN], name[IF_NAMESIZE];
	struct dlo_prefix peer = link_peer(ip);
	int oif = netif_route_to(link->netif, &peer);

	if (oif == link->ifindex)
		return;
	format_addr(&peer, text);
	if (oif > 0 && if_indextoname(oif, name) != NULL)
		say_warning("the host sends to %s by %s and not by %s: see 'ip rule' and "
			"'ip route get %s'",
			text, name, link->ifname, text);
	else
		say_warning("the host has no way to %s (%s): see 'ip rule' and 'ip route get %s'",
			text,
			oif < 0 ? strerror(-oif) : "no interface", text);
}

static bool
is_on_link(const struct link_dev *link, const struct dlo_prefix *ip)
{
	for (unsigned int i = 0; i < link->nb_host_addrs; i++)
		if (link->host_addrs[i].family == ip->family &&
			memcmp(link->host_addrs[i].addr, ip->addr, ip->family == 4 ? 4 : 16) == 0)
			return true;
	return false;
}

void
link_preflight(const struct dlo_conf_link *conf, const struct link_dev *link)
{
	say_servers(conf);
	say_firewall(link);
	for (unsigned int i = 0; i < conf->nb_ips; i++)
		if (link->netif != NULL && is_on_link(link, &conf->ips[i]))
			say_route(link, &conf->ips[i]);
}

void
link_say_what_to_try(const struct dlo_conf_link *conf, const struct link_dev *link)
{
	char own[DLO_PREFIX_STRLEN], peer[DLO_PREFIX_STRLEN];
	bool said[2] = { false, false };

	say("try in another terminal:");
	say("  ip addr show %s", link->ifname);
	for (unsigned int i = 0; i < conf->nb_ips; i++) {
		bool six = conf->ips[i].family == 6;
		struct dlo_prefix p = link_peer(&conf->ips[i]);

		if (said[six] || !is_on_link(link, &conf->ips[i]))
			continue;
		said[six] = true;
		format_addr(&p, peer);
		format_addr(&conf->ips[i], own);
		say("  ping %s", peer);
		say("  python3 -m http.server --bind %s 8000 &  curl http://%s%s%s:8000/", own,
			six ? "[" : "", peer, six ? "]" : "");
	}
}
