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

struct link_dev {
	char ifname[IFNAMSIZ]; /**< kernel interface ("dlo0") */
	char vdev[DLO_CONF_PORT_NAME]; /**< ethdev name ("net_vtap_dlo0") */
	int ifindex; /**< 0 until the interface is there */
	enum dlo_link_type type; /**< never DLO_LINK_AUTO once made */
	char why[128]; /**< why this type was taken, for people */
	bool up; /**< IFF_UP as last heard */
	unsigned int mtu; /**< of the kernel interface, as last heard */
	struct rte_ether_addr kernel_mac; /**< of the kernel interface, as last heard */
	unsigned int nb_host_addrs;
	/** Addresses that the kernel has on the interface now, with their prefix lengths. */
	struct dlo_prefix host_addrs[64];
};

/**
 * Check what can be checked before EAL is up: no interface of that name, /dev/net/tun there, no
 * address of the host inside the link's prefixes.
 * @return 0, or -errno after saying why and what to do instead
 */
int link_precheck(const struct dlo_conf_link *conf);

/**
 * Create the vdev; `auto` takes vtap, then virtio-user, then tap, and says which and why.
 * @param nb_queues queue pairs wanted
 * @return 0 with @p ret filled (vdev, type, why, ifname), or -errno after saying why
 */
int link_create(const struct dlo_conf_link *conf, unsigned int nb_queues, struct link_dev *ret);

/**
 * After the port was started: set MTU and addresses (IPv6 without DAD), bring the interface up and
 * wait until its addresses are usable.
 * @param only_port no other port will ever see a frame of the link, so that its MTU may be large
 * @return 0, or -errno after saying why
 */
int link_configure(const struct dlo_conf_link *conf, struct link_dev *link, bool only_port);

/**
 * Take in what rtnetlink has to say (never blocks).
 * @return true when host_addrs, mtu, up or kernel_mac changed: the link's plan must be made anew;
 * *ret_gone is set when the interface is gone.
 */
bool link_poll(struct link_dev *link, bool *ret_gone);

/**
 * Rules of ownership on the link: its prefixes are the appliance's, the host's own addresses the
 * host's.
 * @return how many of @p rules (room for @p max) were written
 */
unsigned int link_addr_rules(const struct dlo_conf_link *conf, const struct link_dev *link,
	struct dlo_addr_rule *rules, unsigned int max);

/** Say what would trip a newcomer: firewalls, servers on 127.0.0.1 only, overlapping routes. */
void link_preflight(const struct dlo_conf_link *conf, const struct link_dev *link);

/** After "ready": commands that show the newcomer that it works. */
void link_say_what_to_try(const struct dlo_conf_link *conf, const struct link_dev *link);

/** Close netlink sockets; the interface goes with its port. */
void link_destroy(struct link_dev *link);

#endif
