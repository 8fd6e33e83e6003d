/* SPDX-License-Identifier: BSD-3-Clause */
/* What becomes of ports while they run: gone, or without a carrier. */
#include "port.h"

#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <rte_ethdev.h>

#include "link.h"
#include "log.h"

void
port_set_gone(struct port *p)
{
	atomic_store(&p->gone, true);
	atomic_store(&p->away, true);
}

/* Not every driver tells when the kernel interface below it goes; the kernel always knows. */
static bool
port_netdev_gone(const struct port *p)
{
	struct rte_eth_dev_info info;
	char name[IF_NAMESIZE];

	if (atomic_load(&p->detached))
		return false;
	if (rte_eth_dev_info_get(p->id, &info) != 0)
		return true;
	if (p->beside != 0 && if_indextoname(p->beside, name) == NULL)
		return true;
	return info.if_index != 0 && if_indextoname(info.if_index, name) == NULL;
}

static void
say_gone(const struct port *p)
{
	if (p->link != NULL)
		say_error("port %s (%s) vanished: interface %s was deleted, or moved to another network "
			"namespace, where it is dead and goes when dpdk-lo ends; start again, and in that "
			"namespace (ip netns exec) if it is wanted there",
			p->name, p->driver, p->link->ifname);
	else
		say_error("port %s (%s) vanished: the device behind it was removed, or moved to another "
			"network namespace; bring it back and start again",
			p->name, p->driver);
}

unsigned int
ports_check_gone(struct app *app)
{
	unsigned int nb_here = 0;

	for (unsigned int i = 0; i < app->nb_ports; i++) {
		struct port *p = &app->ports[i];

		if (!atomic_load(&p->gone) && port_netdev_gone(p))
			port_set_gone(p);
		if (!atomic_load(&p->gone)) {
			nb_here++;
		} else if (!p->gone_said) {
			p->gone_said = true;
			say_gone(p);
		}
	}
	return nb_here;
}

/* Drivers that sit on a kernel interface seldom tell whether it has a carrier; the kernel does. */
static bool
port_netdev_running(int fd, const struct port *p)
{
	struct rte_eth_dev_info info;
	struct ifreq ifr = { 0 };

	if (rte_eth_dev_info_get(p->id, &info) != 0)
		return false;
	if (p->beside != 0)
		info.if_index = p->beside;
	if (info.if_index == 0)
		return true;
	if (if_indextoname(info.if_index, ifr.ifr_name) == NULL)
		return false;
	return fd < 0 || ioctl(fd, SIOCGIFFLAGS, &ifr) != 0 ||
		(ifr.ifr_flags & (IFF_UP | IFF_RUNNING)) == (IFF_UP | IFF_RUNNING);
}

static bool
port_is_usable(int fd, const struct port *p)
{
	struct rte_eth_link status;

	if (p->link != NULL || !app_port_has_ethdev(p) || !port_netdev_running(fd, p))
		return false;
	return rte_eth_link_get_nowait(p->id, &status) != 0 ||
		status.link_status == RTE_ETH_LINK_UP;
}

void
ports_check_usable(struct app *app)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	uint64_t usable = 0;

	for (unsigned int i = 0; i < app->nb_ports; i++) {
		if (port_is_usable(fd, &app->ports[i]))
			usable |= UINT64_C(1) << i;
	}
	atomic_store(&app->usable_ports, usable);
	if (fd >= 0)
		close(fd);
}
