/* SPDX-License-Identifier: BSD-3-Clause */
#include "firewall.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

struct found {
	struct firewall_chain *chains;
	unsigned int nb;
	unsigned int max;
};

static const char *
family_name(uint8_t family)
{
	switch (family) {
	case NFPROTO_IPV4:
		return "ip";
	case NFPROTO_IPV6:
		return "ip6";
	case NFPROTO_INET:
		return "inet";
	default:
		return NULL; /* bridge, arp, netdev: not on the link's way */
	}
}

static int
parse_chain(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *hdr = nlmsg_hdr(msg);
	const struct nfgenmsg *nfg = nlmsg_data(hdr);
	struct nlattr *a[NFTA_CHAIN_MAX + 1], *h[NFTA_HOOK_MAX + 1];
	struct found *found = arg;
	struct firewall_chain c = { .owner = FIREWALL_NFT };
	uint32_t hook;

	if (found->nb == found->max ||
		nlmsg_parse(hdr, sizeof(*nfg), a, NFTA_CHAIN_MAX, NULL) < 0 ||
		family_name(nfg->nfgen_family) == NULL || a[NFTA_CHAIN_HOOK] == NULL ||
		a[NFTA_CHAIN_POLICY] == NULL || a[NFTA_CHAIN_TABLE] == NULL ||
		a[NFTA_CHAIN_NAME] == NULL ||
		nla_parse_nested(h, NFTA_HOOK_MAX, a[NFTA_CHAIN_HOOK], NULL) < 0 ||
		h[NFTA_HOOK_HOOKNUM] == NULL)
		return NL_OK;
	hook = ntohl(nla_get_u32(h[NFTA_HOOK_HOOKNUM]));
	snprintf(c.family, sizeof(c.family), "%s", family_name(nfg->nfgen_family));
	nla_strlcpy(c.table, a[NFTA_CHAIN_TABLE], sizeof(c.table));
	nla_strlcpy(c.chain, a[NFTA_CHAIN_NAME], sizeof(c.chain));
	if (strcmp(c.table, "firewalld") == 0)
		c.owner = FIREWALL_FIREWALLD;
	else if (strcmp(c.table, "filter") == 0 && strcmp(c.chain, "INPUT") == 0)
		c.owner = FIREWALL_IPTABLES;
	if (ntohl(nla_get_u32(a[NFTA_CHAIN_POLICY])) != NF_DROP && c.owner != FIREWALL_FIREWALLD)
		return NL_OK;
	if (hook == NF_INET_LOCAL_IN ||
		(hook == NF_INET_PRE_ROUTING && c.owner != FIREWALL_FIREWALLD))
		found->chains[found->nb++] = c;
	return NL_OK;
}

/* Asking a kernel with nftables as a module would load it, and leave it loaded. */
static bool
has_nftables(void)
{
	return access("/sys/module/nf_tables", F_OK) == 0 || access("/proc/modules", F_OK) != 0;
}

static int
dump_chains(struct nl_sock *sock)
{
	const struct nfgenmsg header = { .nfgen_family = NFPROTO_UNSPEC, .version = NFNETLINK_V0 };
	const int type = (NFNL_SUBSYS_NFTABLES << 8) | NFT_MSG_GETCHAIN;
	const struct timeval limit = { .tv_sec = 2 };

	if (nl_connect(sock, NETLINK_NETFILTER) < 0)
		return -EPROTONOSUPPORT;
	setsockopt(nl_socket_get_fd(sock), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	if (nl_send_simple(sock, type, NLM_F_DUMP, (void *)(uintptr_t)&header, sizeof(header)) < 0)
		return -EIO;
	return nl_recvmsgs_default(sock) < 0 ? -EIO : 0;
}

int
firewall_closed_chains(struct firewall_chain *ret, unsigned int max)
{
	struct found found = { .chains = ret, .max = max };
	struct nl_sock *sock;
	int err;

	if (!has_nftables())
		return 0;
	sock = nl_socket_alloc();
	if (sock == NULL)
		return -ENOMEM;
	nl_socket_modify_cb(sock, NL_CB_VALID, NL_CB_CUSTOM, parse_chain, &found);
	err = dump_chains(sock);
	nl_socket_free(sock);
	return err != 0 ? err : (int)found.nb;
}
