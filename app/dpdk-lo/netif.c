/* SPDX-License-Identifier: BSD-3-Clause */
#include "netif.h"
#include "netif_request.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>

#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

/* One request and what comes back for it. */
struct exchange {
	netif_parse_fn parse;
	void *arg;
	uint32_t seq;
	bool done;
	bool interrupted; /* the kernel's tables changed while they were dumped */
	int err;
};

static int
on_valid(struct nl_msg *msg, void *arg)
{
	struct exchange *x = arg;

	if (x->parse != NULL)
		x->parse(nlmsg_hdr(msg), x->arg);
	return NL_OK;
}

static int
on_end(struct nl_msg *msg, void *arg)
{
	struct exchange *x = arg;

	(void)msg;
	x->done = true;
	return NL_STOP;
}

static int
on_interrupted(struct nl_msg *msg, void *arg)
{
	struct exchange *x = arg;

	(void)msg;
	x->interrupted = true;
	return NL_OK;
}

static int
on_seq(struct nl_msg *msg, void *arg)
{
	const struct exchange *x = arg;

	/* Replies to a request that was given up on. */
	return nlmsg_hdr(msg)->nlmsg_seq == x->seq ? NL_OK : NL_SKIP;
}

static int
on_error(struct sockaddr_nl *from, struct nlmsgerr *e, void *arg)
{
	struct exchange *x = arg;

	(void)from;
	if (e->msg.nlmsg_seq != x->seq)
		return NL_SKIP;
	x->err = e->error;
	x->done = true;
	return NL_STOP;
}

/* Send msg (freed here) and parse the replies. libnl's own codes lose the errno, hence on_error. */
int
netif_exchange(struct netif *n, struct nl_msg *msg, netif_parse_fn parse, void *arg)
{
	struct exchange x = { .parse = parse, .arg = arg };
	struct nl_cb *cb = nl_cb_alloc(NL_CB_DEFAULT);
	int ret;

	if (cb == NULL) {
		nlmsg_free(msg);
		return -ENOMEM;
	}
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_valid, &x);
	nl_cb_set(cb, NL_CB_ACK, NL_CB_CUSTOM, on_end, &x);
	nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, on_end, &x);
	nl_cb_set(cb, NL_CB_SEQ_CHECK, NL_CB_CUSTOM, on_seq, &x);
	nl_cb_set(cb, NL_CB_DUMP_INTR, NL_CB_CUSTOM, on_interrupted, &x);
	nl_cb_err(cb, NL_CB_CUSTOM, on_error, &x);

	ret = nl_send_auto(n->request, msg);
	x.seq = nlmsg_hdr(msg)->nlmsg_seq;
	while (ret >= 0 && !x.done)
		ret = nl_recvmsgs(n->request, cb);
	nl_cb_put(cb);
	nlmsg_free(msg);
	if (x.done)
		return x.err != 0 ? x.err : x.interrupted ? -EINTR : 0;
	return -EIO;
}

struct nl_msg *
netif_message(int type, int flags, const void *header, size_t len)
{
	struct nl_msg *msg = nlmsg_alloc_simple(type, flags);

	if (msg != NULL && nlmsg_append(msg, (void *)(uintptr_t)header, len, NLMSG_ALIGNTO) < 0) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

static int
open_request(struct netif *n)
{
	/* The kernel answers at once; this is for the day when it does not. */
	const struct timeval limit = { .tv_sec = 5 };

	n->request = nl_socket_alloc();
	if (n->request == NULL)
		return -ENOMEM;
	if (nl_connect(n->request, NETLINK_ROUTE) < 0)
		return errno != 0 ? -errno : -EIO;
	setsockopt(nl_socket_get_fd(n->request), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	return 0;
}

static int
open_events(struct netif *n)
{
	n->events = nl_socket_alloc();
	if (n->events == NULL)
		return -ENOMEM;
	if (nl_connect(n->events, NETLINK_ROUTE) < 0 ||
		nl_socket_add_memberships(n->events, RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR,
			RTNLGRP_IPV6_IFADDR, 0) < 0)
		return errno != 0 ? -errno : -EIO;
	return 0;
}

int
netif_open(struct netif **ret)
{
	struct netif *n = calloc(1, sizeof(*n));
	int err;

	if (n == NULL)
		return -ENOMEM;
	errno = 0;
	err = open_request(n);
	if (err == 0)
		err = open_events(n);
	if (err != 0) {
		netif_close(n);
		return err;
	}
	*ret = n;
	return 0;
}

void
netif_close(struct netif *n)
{
	if (n == NULL)
		return;
	nl_socket_free(n->request);
	nl_socket_free(n->events);
	free(n);
}

static void
parse_link(struct nlmsghdr *hdr, void *arg)
{
	const struct ifinfomsg *ifi = nlmsg_data(hdr);
	struct netif_state *s = arg;
	struct nlattr *a[IFLA_MAX + 1];

	if (hdr->nlmsg_type != RTM_NEWLINK || nlmsg_parse(hdr, sizeof(*ifi), a, IFLA_MAX, NULL) < 0)
		return;
	s->up = (ifi->ifi_flags & IFF_UP) != 0;
	s->running = (ifi->ifi_flags & IFF_RUNNING) != 0;
	if (a[IFLA_IFNAME] != NULL)
		nla_strlcpy(s->name, a[IFLA_IFNAME], sizeof(s->name));
	if (a[IFLA_MTU] != NULL)
		s->mtu = nla_get_u32(a[IFLA_MTU]);
	if (a[IFLA_TXQLEN] != NULL)
		s->txqlen = nla_get_u32(a[IFLA_TXQLEN]);
	if (a[IFLA_ADDRESS] != NULL)
		nla_memcpy(s->mac, a[IFLA_ADDRESS], sizeof(s->mac));
}

bool
netif_parse_addr(struct nlmsghdr *hdr, struct dlo_prefix *ret, uint32_t *ret_flags,
	int *ret_ifindex)
{
	const struct ifaddrmsg *ifa = nlmsg_data(hdr);
	struct nlattr *a[IFA_MAX + 1];
	struct nlattr *own;
	struct dlo_prefix p = { 0 };
	int bytes;

	if (hdr->nlmsg_type != RTM_NEWADDR || nlmsg_parse(hdr, sizeof(*ifa), a, IFA_MAX, NULL) < 0)
		return false;
	if (ifa->ifa_family != AF_INET && ifa->ifa_family != AF_INET6)
		return false;
	own = a[IFA_LOCAL] != NULL ? a[IFA_LOCAL] : a[IFA_ADDRESS];
	bytes = ifa->ifa_family == AF_INET ? 4 : 16;
	if (own == NULL || nla_len(own) != bytes)
		return false;
	p.family = ifa->ifa_family == AF_INET ? 4 : 6;
	p.len = ifa->ifa_prefixlen;
	memcpy(p.addr, nla_data(own), bytes);
	if (a[IFA_ADDRESS] != NULL && nla_len(a[IFA_ADDRESS]) == bytes &&
		memcmp(nla_data(a[IFA_ADDRESS]), p.addr, bytes) != 0)
		p.len = bytes * 8;
	*ret = p;
	*ret_flags = a[IFA_FLAGS] != NULL ? nla_get_u32(a[IFA_FLAGS]) : ifa->ifa_flags;
	*ret_ifindex = ifa->ifa_index;
	return true;
}

struct addr_list {
	int ifindex;
	struct netif_state *state;
};

static void
parse_state_addr(struct nlmsghdr *hdr, void *arg)
{
	const struct addr_list *list = arg;
	struct netif_state *s = list->state;
	struct dlo_prefix p;
	uint32_t flags;
	int ifindex;

	if (!netif_parse_addr(hdr, &p, &flags, &ifindex) || ifindex != list->ifindex)
		return;
	if (flags & IFA_F_TENTATIVE)
		s->nb_tentative++;
	if (s->nb_addrs < NETIF_ADDRS_MAX)
		s->addrs[s->nb_addrs++] = p;
	else
		s->nb_unlisted++;
}

int
netif_dump(struct netif *n, int type, int family, netif_parse_fn parse, void *arg)
{
	/* The family is the first byte of every rtnetlink header; the largest one pleases all. */
	const struct rtmsg header = { .rtm_family = family };
	struct nl_msg *msg = netif_message(type, NLM_F_DUMP, &header, sizeof(header));

	return msg == NULL ? -ENOMEM : netif_exchange(n, msg, parse, arg);
}

int
netif_read(struct netif *n, int ifindex, struct netif_state *ret)
{
	const struct ifinfomsg header = { .ifi_family = AF_UNSPEC, .ifi_index = ifindex };
	struct netif_state state;
	struct addr_list list = { .ifindex = ifindex, .state = &state };
	struct nl_msg *msg;
	int err;

	/* A dump that ran into a change is repeated; on a host that never rests the last counts. */
	for (int try = 0; try < 8; try++) {
		memset(&state, 0, sizeof(state));
		msg = netif_message(RTM_GETLINK, 0, &header, sizeof(header));
		if (msg == NULL)
			return -ENOMEM;
		err = netif_exchange(n, msg, parse_link, &state);
		if (err != 0)
			return err;
		err = netif_dump(n, RTM_GETADDR, AF_UNSPEC, parse_state_addr, &list);
		if (err != -EINTR)
			break;
	}
	if (err != 0 && err != -EINTR)
		return err;
	*ret = state;
	return 0;
}

static int
change_addr(struct netif *n, int type, int flags, int ifindex, const struct dlo_prefix *addr)
{
	const struct ifaddrmsg header = {
		.ifa_family = addr->family == 4 ? AF_INET : AF_INET6,
		.ifa_prefixlen = addr->len,
		.ifa_flags = addr->family == 4 ? 0 : IFA_F_NODAD,
		.ifa_index = ifindex,
	};
	int bytes = addr->family == 4 ? 4 : 16;
	struct nl_msg *msg;

	msg = netif_message(type, flags, &header, sizeof(header));
	if (msg == NULL)
		return -ENOMEM;
	if (nla_put(msg, IFA_LOCAL, bytes, addr->addr) < 0 ||
		nla_put(msg, IFA_ADDRESS, bytes, addr->addr) < 0) {
		nlmsg_free(msg);
		return -ENOMEM;
	}
	return netif_exchange(n, msg, NULL, NULL);
}

int
netif_add_addr(struct netif *n, int ifindex, const struct dlo_prefix *addr)
{
	int err = change_addr(n, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, ifindex, addr);

	return err == -EEXIST ? 0 : err;
}

int
netif_remove_addr(struct netif *n, int ifindex, const struct dlo_prefix *addr)
{
	int err = change_addr(n, RTM_DELADDR, 0, ifindex, addr);

	return err == -EADDRNOTAVAIL ? 0 : err;
}

/* Does this notification concern the interface? */
static bool
concerns(struct nlmsghdr *hdr, int ifindex, bool *ret_deleted)
{
	const struct ifinfomsg *ifi = nlmsg_data(hdr);
	const struct ifaddrmsg *ifa = nlmsg_data(hdr);

	switch (hdr->nlmsg_type) {
	case RTM_NEWLINK:
	case RTM_DELLINK:
		if (!nlmsg_valid_hdr(hdr, sizeof(*ifi)) || ifi->ifi_index != ifindex)
			return false;
		/* With family AF_BRIDGE the interface only left a bridge. */
		if (hdr->nlmsg_type == RTM_DELLINK && ifi->ifi_family == AF_UNSPEC)
			*ret_deleted = true;
		return true;
	case RTM_NEWADDR:
	case RTM_DELADDR:
		return nlmsg_valid_hdr(hdr, sizeof(*ifa)) && (int)ifa->ifa_index == ifindex;
	case NLMSG_OVERRUN:
		return true;
	default:
		return false;
	}
}

bool
netif_heard(struct netif *n, int ifindex, bool *ret_deleted)
{
	union {
		struct nlmsghdr align;
		char bytes[32768]; /* the kernel's own notifications stay within a page or two */
	} buf;
	struct sockaddr_nl from;
	socklen_t from_len;
	int fd = nl_socket_get_fd(n->events);
	bool heard = false;

	/* Bounded: a storm elsewhere must not hold the caller; the rest waits for next time. */
	for (int datagrams = 0; datagrams < 256; datagrams++) {
		struct nlmsghdr *hdr = &buf.align;
		int len;

		from_len = sizeof(from);
		len = recvfrom(fd, &buf, sizeof(buf), MSG_DONTWAIT | MSG_TRUNC,
			(struct sockaddr *)&from, &from_len);
		if (len < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			break;
		if (len < 0 || len > (int)sizeof(buf)) {
			heard = true; /* ENOBUFS, or cut off: something was missed */
			if (len < 0 && errno != ENOBUFS && errno != EINTR)
				break;
			continue;
		}
		if (from.nl_pid != 0)
			continue; /* not from the kernel */
		for (; nlmsg_ok(hdr, len); hdr = nlmsg_next(hdr, &len))
			heard |= concerns(hdr, ifindex, ret_deleted);
	}
	return heard;
}
