/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_VTAP_LINK_H
#define DLO_VTAP_LINK_H

/**
 * @file
 * The kernel interface as rtnetlink sees it. By index, so that a renamed interface is still found.
 * Thread: any for get and set (they are serialised); the others belong to whoever follows events.
 */

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include <rte_ether.h>

struct nl_sock;

struct vtap_link {
	int ifindex; /**< guarded by lock, as requests */
	struct nl_sock *requests;
	pthread_mutex_t lock;
};

struct vtap_link_state {
	bool up; /**< IFF_UP: set up by the administrator */
	bool running; /**< IFF_UP and carrier */
	bool sending; /**< the kernel took note of that: it sends frames now */
	uint16_t mtu;
	struct rte_ether_addr mac;
	uint64_t tx_dropped; /**< frames to us that the kernel dropped: our queue was full */
	uint64_t rx_dropped; /**< frames from us that the kernel dropped */
};

/**
 * Open sockets in the network namespace of the calling thread.
 * @param ifname an interface that exists
 * @param ret_events a socket that is told of every change of a link, the caller's to close
 * @return 0, or -errno
 */
int vtap_link_init(struct vtap_link *link, const char *ifname, struct nl_sock **ret_events);
void vtap_link_fini(struct vtap_link *link);

/**
 * The interface left the namespace: take the calling thread there for a moment and open sockets
 * there instead. Needs CAP_SYS_ADMIN.
 * @param tun_fd a descriptor of the interface
 * @param ret_events as in vtap_link_init(); the one of before is still the caller's
 * @return 0 or -errno
 */
int vtap_link_follow(struct vtap_link *link, int tun_fd, struct nl_sock **ret_events);

/** @return 0, -ENODEV when the interface is not in the namespace any more, or -errno */
int vtap_link_get(struct vtap_link *link, struct vtap_link_state *ret);

/** @return 0 or -errno, as do all that follow. */
int vtap_link_set_mtu(struct vtap_link *link, uint16_t mtu);
int vtap_link_set_mac(struct vtap_link *link, const struct rte_ether_addr *mac);
int vtap_link_set_txqueuelen(struct vtap_link *link, uint32_t len);
int vtap_link_set_up(struct vtap_link *link);

/** Descriptor that becomes readable when some link changes. */
int vtap_events_fd(const struct nl_sock *events);

/** Take all events from the socket (never blocks); ask vtap_link_get() what is new. */
void vtap_events_clear(const struct nl_sock *events);

void vtap_events_close(struct nl_sock *events);

#endif
