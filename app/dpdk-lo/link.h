/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_LINK_H
#define DLO_APP_LINK_H

/**
 * @file
 * The host link: makes the port whose other end is a kernel network device, gives that device its
 * addresses, and follows what the host does with it. Thread: control, all functions.
 */

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include <rte_ether.h>

#include "address/address.h"
#include "conf/conf.h"

/** Addresses on the interface that are looked after. */
#define LINK_HOST_ADDRS_MAX (64 + DLO_CONF_LOOPBACKS_MAX)

/** Lost addresses that are told of at once; the host takes away more than that when it takes all. */
#define LINK_LOST_MAX 8

struct netif;
struct netif_state;

/** What people were told last; link_say_news() writes. */
struct link_said {
	char name[IFNAMSIZ];
	bool down; /**< that it was set down */
	bool unlisted; /**< that it has too many addresses */
	unsigned int mtu; /**< an MTU that the driver does not take; 0: none */
	uint64_t next; /**< TSC: nothing is said before */
};

struct link_dev {
	char ifname[IFNAMSIZ]; /**< kernel interface ("dlo0") */
	char vdev[DLO_CONF_PORT_NAME]; /**< ethdev name ("net_vtap_dlo0") */
	int ifindex; /**< 0 until the interface is there */
	enum dlo_link_type type; /**< never DLO_LINK_AUTO once made */
	char why[256]; /**< why this type was taken, for people */
	struct netif *netif; /**< rtnetlink sockets, from link_configure() to link_destroy() */
	bool up; /**< IFF_UP as last heard */
	bool stale; /**< something changed and could not be read: read again */
	bool news; /**< the last link_poll() heard something, if only that all is as it was */
	unsigned int mtu; /**< of the kernel interface, as last heard */
	struct rte_ether_addr kernel_mac; /**< of the kernel interface, as last heard */
	uint64_t missed_before; /**< frames that the kernel had thrown away when the link became usable */
	unsigned int nb_host_addrs;
	/** Addresses that the kernel has on the interface now, with their prefix lengths. */
	struct dlo_prefix host_addrs[LINK_HOST_ADDRS_MAX];
	unsigned int nb_unlisted; /**< addresses beyond those */
	unsigned int mtu_limit; /**< what the driver takes */
	unsigned int mtu_refused; /**< an MTU of the kernel interface that is above; 0: none */
	struct link_said said;
	unsigned int nb_lost;
	struct dlo_prefix lost[LINK_LOST_MAX]; /**< addresses that went, until link_say_news() */
};

/** @return the type as --link type=... takes it ("virtio-user"); static. */
const char *link_type_name(enum dlo_link_type type);

/**
 * Check what can be checked before EAL is up: no interface of that name, /dev/net/tun there and
 * CAP_NET_ADMIN with us, no address or route of the host inside the link's prefixes. A network of
 * the host that the link would hide a part of is only warned of.
 * @return 0, or -errno after saying why and what to do instead: -EEXIST name, -ENOENT or -ENODEV
 *   tun device, -EPERM or -EACCES rights, -EADDRINUSE addresses
 */
int link_precheck(const struct dlo_conf_link *conf);

/**
 * Create the vdev; `auto` takes vtap, then virtio-user, then tap, and says which and why.
 * @param nb_queues queue pairs wanted, unless @p conf asks for a number of its own
 * @return 0 with @p ret filled (vdev, type, why, ifname; the rest zero), or -errno after saying why
 */
int link_create(const struct dlo_conf_link *conf, unsigned int nb_queues, struct link_dev *ret);

/**
 * The MTU that the link gets: what the user asked for, else 65521 on a vtap that is the only port,
 * else 1500, which goes through any other port.
 * @return L3 bytes. Thread: any.
 */
unsigned int link_mtu(const struct dlo_conf_link *conf, enum dlo_link_type type, bool only_port);

/**
 * After the port was started: set MTU (the kernel's and the ethdev's) and addresses (IPv6 without
 * DAD), bring the interface up and wait, at most two seconds, until its addresses are usable. Where
 * the host has IPv6 switched off, that is said and the link goes without.
 * @param only_port the link is the appliance's only port; see link_mtu()
 * @return 0 with @p link filled whole, or -errno after saying why
 */
int link_configure(const struct dlo_conf_link *conf, struct link_dev *link, bool only_port);

/**
 * Take in what rtnetlink has to say; never waits for anybody. A renamed interface is followed
 * (ifname), and the ethdev is told of a new MTU. Cost: one system call when nothing happened.
 * @param ret_gone set when the interface is gone: deleted, or moved to another network namespace
 * @return true when host_addrs, mtu, up or kernel_mac changed: the link's plan must be made anew
 */
bool link_poll(struct link_dev *link, bool *ret_gone);

/**
 * Say what the host did to the link since the last time: renamed it, set it down or up, gave it an MTU
 * that the driver does not take, took addresses away that the appliance gave it. At most once in a
 * second, and then of the state at that time. To be called after each link_poll().
 */
void link_say_news(const struct dlo_conf *conf, struct link_dev *link);

/** For link_poll(): note which of @p link's addresses @p now has no more. */
void link_note_lost(struct link_dev *link, const struct netif_state *now);

/**
 * Tell the ethdev, which keeps an MTU of its own, what the kernel interface's is; net_tap drops what is
 * longer. Where the driver does not take it, link_say_news() says so.
 */
void link_tell_mtu(struct link_dev *link, unsigned int mtu);

/**
 * Rules of ownership on the link: its prefixes are the appliance's, the host's own addresses the
 * host's.
 * @return how many of @p rules (room for @p max) were written
 */
unsigned int link_addr_rules(const struct dlo_conf_link *conf, const struct link_dev *link,
	struct dlo_addr_rule *rules, unsigned int max);

/**
 * Say what would trip a newcomer, a line each: servers on 127.0.0.1 only, a firewall whose input is
 * closed, a policy rule or route that leads past the link. Changes nothing, sends nothing.
 */
void link_preflight(const struct dlo_conf_link *conf, const struct link_dev *link);

/** Say what to type in another terminal now. */
void link_say_what_to_try(const struct dlo_conf_link *conf, const struct link_dev *link);

/**
 * The first address of a prefix beside the host's own and the network's: one that the appliance
 * answers for (198.18.0.2 of 198.18.0.1/15), as a single address. Thread: any.
 */
struct dlo_prefix link_peer(const struct dlo_prefix *ip);

/**
 * @return frames that the host sent to interface @p ifname and that its kernel threw away, mostly because
 * the queue towards us was full; 0 when that cannot be read. Thread: any.
 */
uint64_t link_kernel_lost(const char *ifname);

/** Close netlink sockets; the interface goes with its port. Zeroed or destroyed before is fine. */
void link_destroy(struct link_dev *link);

#endif
