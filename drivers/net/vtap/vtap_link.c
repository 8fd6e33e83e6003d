/* SPDX-License-Identifier: BSD-3-Clause */
#include "vtap_link.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netlink/addr.h>
#include <netlink/errno.h>
#include <netlink/netlink.h>
#include <netlink/route/link.h>
#include <netlink/socket.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "vtap_tun.h"

static int
errno_of_nl(int err)
{
	switch (-err) {
	case NLE_SUCCESS:
		return 0;
	case NLE_NODEV:
	case NLE_OBJ_NOTFOUND:
		return -ENODEV;
	case NLE_PERM:
	case NLE_NOACCESS:
		return -EPERM;
	case NLE_BUSY:
		return -EBUSY;
	case NLE_NOMEM:
		return -ENOMEM;
	case NLE_INVAL:
	case NLE_RANGE:
		return -EINVAL;
	case NLE_OPNOTSUPP:
		return -ENOTSUP;
	case NLE_NOADDR:
		return -EADDRNOTAVAIL;
	default:
		return -EIO;
	}
}

static struct nl_sock *
open_socket(int *ret_err)
{
	struct nl_sock *sk = nl_socket_alloc();

	if (sk == NULL) {
		*ret_err = -ENOMEM;
		return NULL;
	}
	*ret_err = errno_of_nl(nl_connect(sk, NETLINK_ROUTE));
	if (*ret_err < 0) {
		nl_socket_free(sk);
		return NULL;
	}
	/* Not for programs that the application starts. */
	fcntl(nl_socket_get_fd(sk), F_SETFD, FD_CLOEXEC);
	return sk;
}

/* In the namespace of the calling thread. */
static int
open_sockets(const char *ifname, int *ret_ifindex, struct nl_sock **ret_requests,
	struct nl_sock **ret_events)
{
	int ifindex = (int)if_nametoindex(ifname);
	struct nl_sock *requests, *events;
	int err;

	if (ifindex == 0)
		return -ENODEV;
	requests = open_socket(&err);
	if (requests == NULL)
		return err;
	events = open_socket(&err);
	if (events == NULL)
		goto free_requests;
	err = errno_of_nl(nl_socket_add_memberships(events, RTNLGRP_LINK, RTNLGRP_NONE));
	if (err < 0)
		goto free_events;
	nl_socket_set_nonblocking(events);
	*ret_ifindex = ifindex;
	*ret_requests = requests;
	*ret_events = events;
	return 0;

free_events:
	nl_socket_free(events);
free_requests:
	nl_socket_free(requests);
	return err;
}

int
vtap_link_init(struct vtap_link *link, const char *ifname, struct nl_sock **ret_events)
{
	int err;

	memset(link, 0, sizeof(*link));
	err = open_sockets(ifname, &link->ifindex, &link->requests, ret_events);
	if (err == 0)
		pthread_mutex_init(&link->lock, NULL);
	return err;
}

int
vtap_link_follow(struct vtap_link *link, int tun_fd, struct nl_sock **ret_events)
{
	struct nl_sock *requests, *events;
	char ifname[IFNAMSIZ];
	int home, there, ifindex, err;

	there = vtap_tun_where(tun_fd, ifname);
	if (there < 0)
		return there;
	home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	if (home < 0) {
		err = -errno;
		goto close_there;
	}
	if (setns(there, CLONE_NEWNET) < 0) {
		err = -errno;
		goto close_home;
	}
	err = open_sockets(ifname, &ifindex, &requests, &events);
	/* Cannot fail where the way there did not. */
	if (setns(home, CLONE_NEWNET) < 0 && err == 0)
		err = -errno;
	if (err == 0) {
		*ret_events = events;
		pthread_mutex_lock(&link->lock);
		nl_socket_free(link->requests);
		link->requests = requests;
		link->ifindex = ifindex;
		pthread_mutex_unlock(&link->lock);
	}
close_home:
	close(home);
close_there:
	close(there);
	return err;
}

void
vtap_link_fini(struct vtap_link *link)
{
	nl_socket_free(link->requests);
	pthread_mutex_destroy(&link->lock);
}

int
vtap_link_get(struct vtap_link *link, struct vtap_link_state *ret)
{
	struct rtnl_link *l;
	struct nl_addr *addr;
	unsigned int flags, mtu;
	int err;

	pthread_mutex_lock(&link->lock);
	err = rtnl_link_get_kernel(link->requests, link->ifindex, NULL, &l);
	pthread_mutex_unlock(&link->lock);
	if (err < 0)
		return errno_of_nl(err);
	flags = rtnl_link_get_flags(l);
	mtu = rtnl_link_get_mtu(l);
	addr = rtnl_link_get_addr(l);
	memset(ret, 0, sizeof(*ret));
	ret->up = (flags & IFF_UP) != 0;
	ret->running = ret->up && rtnl_link_get_carrier(l) != 0;
	ret->sending = ret->running && (flags & IFF_RUNNING) != 0;
	ret->mtu = mtu > UINT16_MAX ? UINT16_MAX : (uint16_t)mtu;
	if (addr != NULL && nl_addr_get_len(addr) == RTE_ETHER_ADDR_LEN)
		memcpy(&ret->mac, nl_addr_get_binary_addr(addr), RTE_ETHER_ADDR_LEN);
	ret->tx_dropped = rtnl_link_get_stat(l, RTNL_LINK_TX_DROPPED);
	ret->rx_dropped = rtnl_link_get_stat(l, RTNL_LINK_RX_DROPPED);
	rtnl_link_put(l);
	return 0;
}

/* Takes the reference to @p change. */
static int
change_link(struct vtap_link *link, struct rtnl_link *change)
{
	struct rtnl_link *which = rtnl_link_alloc();
	int err = -NLE_NOMEM;

	if (which != NULL && change != NULL) {
		pthread_mutex_lock(&link->lock);
		rtnl_link_set_ifindex(which, link->ifindex);
		err = rtnl_link_change(link->requests, which, change, 0);
		pthread_mutex_unlock(&link->lock);
	}
	if (which != NULL)
		rtnl_link_put(which);
	if (change != NULL)
		rtnl_link_put(change);
	return errno_of_nl(err);
}

int
vtap_link_set_mtu(struct vtap_link *link, uint16_t mtu)
{
	struct rtnl_link *change = rtnl_link_alloc();

	if (change != NULL)
		rtnl_link_set_mtu(change, mtu);
	return change_link(link, change);
}

int
vtap_link_set_mac(struct vtap_link *link, const struct rte_ether_addr *mac)
{
	struct rtnl_link *change = rtnl_link_alloc();
	struct nl_addr *addr = nl_addr_build(AF_LLC, mac->addr_bytes, RTE_ETHER_ADDR_LEN);

	if (addr == NULL) {
		if (change != NULL)
			rtnl_link_put(change);
		return -ENOMEM;
	}
	if (change != NULL)
		rtnl_link_set_addr(change, addr);
	nl_addr_put(addr);
	return change_link(link, change);
}

int
vtap_link_set_txqueuelen(struct vtap_link *link, uint32_t len)
{
	struct rtnl_link *change = rtnl_link_alloc();

	if (change != NULL)
		rtnl_link_set_txqlen(change, len);
	return change_link(link, change);
}

int
vtap_link_set_up(struct vtap_link *link)
{
	struct rtnl_link *change = rtnl_link_alloc();

	if (change != NULL)
		rtnl_link_set_flags(change, IFF_UP);
	return change_link(link, change);
}

int
vtap_events_fd(const struct nl_sock *events)
{
	return nl_socket_get_fd(events);
}

void
vtap_events_clear(const struct nl_sock *events)
{
	char buf[64];

	/* What they say does not matter; nor do an overflow's lost messages, but its error does not
	 * end the loop. */
	for (;;) {
		ssize_t n = recv(vtap_events_fd(events), buf, sizeof(buf), MSG_DONTWAIT | MSG_TRUNC);

		if (n < 0 && errno != EINTR && errno != ENOBUFS)
			return;
	}
}

void
vtap_events_close(struct nl_sock *events)
{
	nl_socket_free(events);
}
