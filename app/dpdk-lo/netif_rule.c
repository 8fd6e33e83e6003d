/* SPDX-License-Identifier: BSD-3-Clause */
#include "netif_rule.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>

#include <netlink/msg.h>
#include <netlink/netlink.h>

#include "netif_request.h"

/* Of rules and routes: who made them. Not in iproute2's rt_protos, nor used by a routing daemon. */
#define PROTOCOL 198
/* Behind the local table (0), before main (32766) and what VPNs put in front of it. */
#define PRIORITY 19800

static int
family_of(const struct dlo_prefix *p)
{
	return p->family == 4 ? AF_INET : AF_INET6;
}

static int
bytes_of(const struct dlo_prefix *p)
{
	return p->family == 4 ? 4 : 16;
}

int
netif_rule_set(struct netif *n, const struct netif_rule *rule, bool add)
{
	const struct fib_rule_hdr header = {
		.family = family_of(&rule->from),
		.src_len = rule->from.len,
		.table = RT_TABLE_UNSPEC,
		.action = FR_ACT_TO_TBL,
	};
	struct nl_msg *msg = netif_message(add ? RTM_NEWRULE : RTM_DELRULE,
		add ? NLM_F_CREATE | NLM_F_EXCL : 0, &header, sizeof(header));
	int err;

	if (msg == NULL)
		return -ENOMEM;
	if (nla_put(msg, FRA_SRC, bytes_of(&rule->from), rule->from.addr) < 0 ||
		nla_put_u32(msg, FRA_TABLE, rule->table) < 0 ||
		nla_put_u32(msg, FRA_PRIORITY, PRIORITY) < 0 ||
		nla_put_u8(msg, FRA_PROTOCOL, PROTOCOL) < 0) {
		nlmsg_free(msg);
		return -ENOMEM;
	}
	err = netif_exchange(n, msg, NULL, NULL);
	return err == (add ? -EEXIST : -ENOENT) ? 0 : err;
}

struct rule_list {
	struct netif_rule *rules;
	unsigned int nb;
	unsigned int max;
};

static void
parse_rule(struct nlmsghdr *hdr, void *arg)
{
	const struct fib_rule_hdr *frh = nlmsg_data(hdr);
	struct nlattr *a[FRA_MAX + 1];
	struct rule_list *list = arg;
	struct netif_rule rule = { 0 };
	int bytes;

	if (hdr->nlmsg_type != RTM_NEWRULE || nlmsg_parse(hdr, sizeof(*frh), a, FRA_MAX, NULL) < 0)
		return;
	bytes = frh->family == AF_INET ? 4 : 16;
	if ((frh->family != AF_INET && frh->family != AF_INET6) || a[FRA_PROTOCOL] == NULL ||
		nla_get_u8(a[FRA_PROTOCOL]) != PROTOCOL || a[FRA_PRIORITY] == NULL ||
		nla_get_u32(a[FRA_PRIORITY]) != PRIORITY || a[FRA_TABLE] == NULL ||
		a[FRA_SRC] == NULL || nla_len(a[FRA_SRC]) != bytes || list->nb == list->max)
		return;
	rule.from.family = frh->family == AF_INET ? 4 : 6;
	rule.from.len = frh->src_len;
	memcpy(rule.from.addr, nla_data(a[FRA_SRC]), bytes);
	rule.table = nla_get_u32(a[FRA_TABLE]);
	list->rules[list->nb++] = rule;
}

/* A kernel without one of the families has no such rules. */
static bool
is_failure(int err)
{
	return err != 0 && err != -EINTR && err != -EAFNOSUPPORT && err != -EOPNOTSUPP;
}

int
netif_rules(struct netif *n, struct netif_rule *rules, unsigned int max)
{
	static const int families[] = { AF_INET, AF_INET6 };
	struct rule_list list = { .rules = rules, .max = max };

	for (unsigned int i = 0; i < 2; i++) {
		int err = netif_dump(n, RTM_GETRULE, families[i], parse_rule, &list);

		if (is_failure(err))
			return err;
	}
	return list.nb;
}

struct table_use {
	uint32_t table;
	bool used;
};

static void
parse_table(struct nlmsghdr *hdr, void *arg)
{
	struct nlattr *a[RTA_MAX + 1];
	struct table_use *use = arg;

	if (hdr->nlmsg_type == RTM_NEWROUTE &&
		nlmsg_parse(hdr, sizeof(struct rtmsg), a, RTA_MAX, NULL) == 0 &&
		a[RTA_TABLE] != NULL && nla_get_u32(a[RTA_TABLE]) == use->table)
		use->used = true;
}

int
netif_table_used(struct netif *n, uint32_t table)
{
	static const int families[] = { AF_INET, AF_INET6 };
	struct table_use use = { .table = table };

	for (unsigned int i = 0; i < 2; i++) {
		int err = netif_dump(n, RTM_GETROUTE, families[i], parse_table, &use);

		if (is_failure(err))
			return err;
	}
	return use.used;
}

static int
put_mtu(struct nl_msg *msg, unsigned int mtu)
{
	struct nlattr *metrics;

	if (mtu == 0)
		return 0;
	metrics = nla_nest_start(msg, RTA_METRICS);
	if (metrics == NULL || nla_put_u32(msg, RTAX_MTU, mtu) < 0)
		return -ENOMEM;
	nla_nest_end(msg, metrics);
	return 0;
}

int
netif_default_route(struct netif *n, int ifindex, uint32_t table, const struct dlo_prefix *via,
	unsigned int mtu)
{
	const struct rtmsg header = {
		.rtm_family = family_of(via),
		.rtm_table = RT_TABLE_UNSPEC,
		.rtm_protocol = PROTOCOL,
		.rtm_scope = RT_SCOPE_UNIVERSE,
		.rtm_type = RTN_UNICAST,
	};
	struct nl_msg *msg = netif_message(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, &header,
		sizeof(header));

	if (msg == NULL)
		return -ENOMEM;
	if (nla_put_u32(msg, RTA_TABLE, table) < 0 || nla_put_u32(msg, RTA_OIF, ifindex) < 0 ||
		nla_put(msg, RTA_GATEWAY, bytes_of(via), via->addr) < 0 || put_mtu(msg, mtu) < 0) {
		nlmsg_free(msg);
		return -ENOMEM;
	}
	return netif_exchange(n, msg, NULL, NULL);
}
