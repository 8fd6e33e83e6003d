/* SPDX-License-Identifier: BSD-3-Clause */
#include "localhost/qdisc.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <linux/netlink.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <unistd.h>

/* More than the kernel puts into one reply to a dump. */
#define REPLY_MAX 32768

struct query {
	unsigned int ifindex;
	unsigned int priority; /* not counted */
	bool found;
};

typedef void (*message_fn)(const struct nlmsghdr *msg, struct query *query);

static void
look_at_qdisc(const struct nlmsghdr *msg, struct query *query)
{
	const struct tcmsg *tc = NLMSG_DATA(msg);
	const struct rtattr *attr = (const struct rtattr *)((const char *)tc + NLMSG_ALIGN(sizeof(*tc)));
	int len = (int)msg->nlmsg_len - (int)NLMSG_LENGTH(sizeof(*tc));

	if (msg->nlmsg_type != RTM_NEWQDISC || (unsigned int)tc->tcm_ifindex != query->ifindex)
		return;
	for (; RTA_OK(attr, len); attr = RTA_NEXT(attr, len)) {
		if (attr->rta_type == TCA_KIND && RTA_PAYLOAD(attr) == sizeof("clsact") &&
			memcmp(RTA_DATA(attr), "clsact", sizeof("clsact")) == 0)
			query->found = true;
	}
}

static void
look_at_filter(const struct nlmsghdr *msg, struct query *query)
{
	const struct tcmsg *tc = NLMSG_DATA(msg);

	/* The head of a priority comes without a handle; priority 0 is the kernel's own. */
	if (msg->nlmsg_type == RTM_NEWTFILTER && (unsigned int)tc->tcm_ifindex == query->ifindex &&
		TC_H_MAJ(tc->tcm_info) != 0 && TC_H_MAJ(tc->tcm_info) >> 16 != query->priority)
		query->found = true;
}

/* @return true when the dump goes on; *ret_err is -errno when the kernel says so */
static bool
take_reply(const char *buf, ssize_t n, message_fn look, struct query *query, int *ret_err)
{
	const struct nlmsghdr *msg = (const struct nlmsghdr *)buf;
	unsigned int len = (unsigned int)n;

	for (; NLMSG_OK(msg, len); msg = NLMSG_NEXT(msg, len)) {
		if (msg->nlmsg_type == NLMSG_DONE)
			return false;
		if (msg->nlmsg_type == NLMSG_ERROR) {
			*ret_err = ((const struct nlmsgerr *)NLMSG_DATA(msg))->error;
			return false;
		}
		if (msg->nlmsg_len >= NLMSG_LENGTH(sizeof(struct tcmsg)))
			look(msg, query);
	}
	return true;
}

static int
dump(uint16_t type, uint32_t parent, message_fn look, struct query *query)
{
	struct {
		struct nlmsghdr head;
		struct tcmsg tc;
	} request = {
		.head = {
			.nlmsg_len = sizeof(request),
			.nlmsg_type = type,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
		},
		.tc = { .tcm_ifindex = (int)query->ifindex, .tcm_parent = parent },
	};
	/* Aligned for the message headers in it. */
	static _Thread_local uint64_t buf[REPLY_MAX / sizeof(uint64_t)];
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (send(fd, &request, sizeof(request), 0) != (ssize_t)sizeof(request))
		err = errno != 0 ? -errno : -EIO;
	while (err == 0) {
		ssize_t n = recv(fd, buf, sizeof(buf), 0);

		if (n < 0)
			err = -errno;
		else if (!take_reply((const char *)buf, n, look, query, &err))
			break;
	}
	close(fd);
	return err;
}

int
dlo_localhost_has_clsact(unsigned int ifindex)
{
	struct query query = { .ifindex = ifindex };
	int err = dump(RTM_GETQDISC, 0, look_at_qdisc, &query);

	return err != 0 ? err : query.found;
}

int
dlo_localhost_has_filters(unsigned int ifindex, bool egress, unsigned int priority)
{
	struct query query = { .ifindex = ifindex, .priority = priority };
	uint32_t side = egress ? TC_H_MIN_EGRESS : TC_H_MIN_INGRESS;
	int err = dump(RTM_GETTFILTER, TC_H_MAKE(TC_H_CLSACT, side), look_at_filter, &query);

	return err != 0 ? err : query.found;
}
