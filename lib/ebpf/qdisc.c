/* SPDX-License-Identifier: BSD-3-Clause */
#include "ebpf/qdisc.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <linux/netlink.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <unistd.h>

/* More than the kernel puts into one reply to a dump. */
#define REPLY_MAX 32768

struct query {
	unsigned int ifindex;
	unsigned int priority; /* of our filter */
	const char *prog_name; /* of our program, NULL: others' filters are looked for */
	bool found;
};

typedef void (*message_fn)(const struct nlmsghdr *msg, struct query *query);

/* @return the attribute of that type, or NULL */
static const struct rtattr *
find_attr(const struct rtattr *attr, int len, unsigned int type)
{
	for (; RTA_OK(attr, len); attr = RTA_NEXT(attr, len)) {
		if ((attr->rta_type & NLA_TYPE_MASK) == type)
			return attr;
	}
	return NULL;
}

/* Of the message itself: what is behind the struct tcmsg. */
static const struct rtattr *
find_tc_attr(const struct nlmsghdr *msg, unsigned int type)
{
	const char *tc = NLMSG_DATA(msg);

	return find_attr((const struct rtattr *)(tc + NLMSG_ALIGN(sizeof(struct tcmsg))),
		(int)msg->nlmsg_len - (int)NLMSG_LENGTH(sizeof(struct tcmsg)), type);
}

static bool
is_kind(const struct nlmsghdr *msg, const char *kind)
{
	const struct rtattr *attr = find_tc_attr(msg, TCA_KIND);

	return attr != NULL && RTA_PAYLOAD(attr) == strlen(kind) + 1 &&
		memcmp(RTA_DATA(attr), kind, strlen(kind) + 1) == 0;
}

static void
look_at_qdisc(const struct nlmsghdr *msg, struct query *query)
{
	const struct tcmsg *tc = NLMSG_DATA(msg);

	if (msg->nlmsg_type == RTM_NEWQDISC && (unsigned int)tc->tcm_ifindex == query->ifindex &&
		is_kind(msg, "clsact"))
		query->found = true;
}

/* "dlo_lo_egress:[17]", as libbpf names a filter. */
static bool
is_named(const struct nlmsghdr *msg, const char *prog_name)
{
	const struct rtattr *options = find_tc_attr(msg, TCA_OPTIONS), *name = NULL;
	size_t len = strlen(prog_name);

	if (options != NULL && is_kind(msg, "bpf"))
		name = find_attr(RTA_DATA(options), (int)RTA_PAYLOAD(options), TCA_BPF_NAME);
	return name != NULL && RTA_PAYLOAD(name) > len + 1 &&
		memcmp(RTA_DATA(name), prog_name, len) == 0 &&
		((const char *)RTA_DATA(name))[len] == ':';
}

static void
look_at_filter(const struct nlmsghdr *msg, struct query *query)
{
	const struct tcmsg *tc = NLMSG_DATA(msg);

	/* The head of a priority comes without a handle; priority 0 is the kernel's own. */
	if (msg->nlmsg_type != RTM_NEWTFILTER || (unsigned int)tc->tcm_ifindex != query->ifindex ||
		TC_H_MAJ(tc->tcm_info) == 0)
		return;
	if (query->prog_name == NULL)
		query->found |= TC_H_MAJ(tc->tcm_info) >> 16 != query->priority;
	else
		query->found |= TC_H_MAJ(tc->tcm_info) >> 16 == query->priority &&
			is_named(msg, query->prog_name);
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
dlo_tc_has_clsact(unsigned int ifindex)
{
	struct query query = { .ifindex = ifindex };
	int err = dump(RTM_GETQDISC, 0, look_at_qdisc, &query);

	return err != 0 ? err : query.found;
}

static int
dump_filters(bool egress, struct query *query)
{
	uint32_t side = egress ? TC_H_MIN_EGRESS : TC_H_MIN_INGRESS;
	int err = dump(RTM_GETTFILTER, TC_H_MAKE(TC_H_CLSACT, side), look_at_filter, query);

	return err != 0 ? err : query->found;
}

int
dlo_tc_has_filters(unsigned int ifindex, bool egress, unsigned int priority)
{
	struct query query = { .ifindex = ifindex, .priority = priority };

	return dump_filters(egress, &query);
}

int
dlo_tc_has_program(unsigned int ifindex, bool egress, unsigned int priority,
	const char *prog_name)
{
	struct query query = { .ifindex = ifindex, .priority = priority, .prog_name = prog_name };

	return dump_filters(egress, &query);
}
