/* SPDX-License-Identifier: BSD-3-Clause */
#include "steer/beside.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/if_packet.h>
#include <linux/sockios.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "ebpf/qdisc.h"
#include "ebpf/quiet.h"
#include "ebpf/tc.h"
#include "steer/beside_skel.h"
#include "steer/sentence.h"

#define PROG_IN "dlo_steer_in"

struct dlo_steer_beside {
	struct beside_bpf *bpf;
	unsigned int ifindex;
	struct dlo_tc_attachment in, guard, out;
	bool made_clsact;
	int owner; /* says that we live, where programs do not go with us; -1: they do */
	int group; /* asks the interface to receive more than its own, see packet(7); or -errno */
	bool promiscuous;
};

int
dlo_steer_beside_check(const char *ifname, unsigned char ret_mac[6], char err[DLO_STEER_ERR])
{
	unsigned int ifindex = if_nametoindex(ifname);
	struct ifreq ifr = { 0 };
	int fd, ret;

	if (ifindex == 0)
		return dlo_steer_fail(err, -ENODEV, "there is no interface %s: see 'ip link'", ifname);
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return dlo_steer_fail(err, -errno, "no socket: %s", strerror(errno));
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", ifname);
	ret = ioctl(fd, SIOCGIFHWADDR, &ifr) != 0 ? -errno : 0;
	close(fd);
	if (ret != 0)
		return dlo_steer_fail(err, ret, "cannot read the MAC address of interface %s: %s", ifname,
			strerror(-ret));
	if (ifr.ifr_hwaddr.sa_family != ARPHRD_ETHER)
		return dlo_steer_fail(err, -EINVAL, "interface %s is no Ethernet, and dpdk-lo knows no other "
			"frames: take one that is", ifname);
	memcpy(ret_mac, ifr.ifr_hwaddr.sa_data, 6);
	return (int)ifindex;
}

/* A name that nobody else can have in this network namespace while we live, and that goes with us. */
static int
own(unsigned int ifindex)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int len = snprintf(addr.sun_path + 1, sizeof(addr.sun_path) - 1, "dpdk-lo/steer/%u", ifindex);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && bind(fd, (struct sockaddr *)&addr, (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
				1 + (size_t)len)) != 0) {
		int ret = -errno;

		close(fd);
		return ret;
	}
	return fd >= 0 ? fd : -errno;
}

/* A filter of ours whose process is gone does nothing, but would be in the way of the next one. */
static void
sweep(unsigned int ifindex)
{
	int fd = own(ifindex);

	if (fd < 0)
		return;
	dlo_tc_remove_filter(ifindex, false, PROG_IN);
	close(fd);
}

/* As a filter of tc, behind those of others. */
static int
hang_filter(struct dlo_steer_beside *b, struct dlo_tc_attachment *a, int prog_fd, unsigned int ifindex,
	bool egress)
{
	bool interface = ifindex == b->ifindex;
	int ret;

	if (interface && b->owner < 0) {
		b->owner = own(ifindex);
		if (b->owner < 0)
			return b->owner == -EADDRINUSE ? -EBUSY : b->owner;
	}
	if (interface)
		b->made_clsact = dlo_tc_has_clsact(ifindex) == 0;
	ret = dlo_tc_make_clsact(ifindex);
	return ret != 0 ? ret : dlo_tc_attach_clsact(a, prog_fd, ifindex, egress);
}

static int
hang(struct dlo_steer_beside *b, struct dlo_tc_attachment *a, const struct bpf_program *prog,
	unsigned int ifindex, bool egress)
{
	int prog_fd = bpf_program__fd(prog);
	/* Programs of tcx run before all filters. What others have there comes first, ours behind it. */
	bool filters = dlo_tc_has_clsact(ifindex) > 0 &&
		dlo_tc_has_filters(ifindex, egress, DLO_TC_PRIORITY) > 0;

	if (!filters && dlo_tc_attach_tcx(a, prog_fd, ifindex, egress) == 0)
		return 0;
	return hang_filter(b, a, prog_fd, ifindex, egress);
}

static int
load(struct dlo_steer_beside *b, const struct dlo_steer_rule *rules, unsigned int nb,
	unsigned int tap_ifindex, char err[DLO_STEER_ERR])
{
	const uint32_t places[] = { DLO_STEER_INTERFACE, DLO_STEER_TAP };
	const uint32_t ifindexes[] = { b->ifindex, tap_ifindex };
	struct dlo_steer_table table = { .magic = DLO_STEER_MAGIC, .nb_rules = nb };
	int ret = 0;

	b->bpf = beside_bpf__open();
	if (b->bpf == NULL)
		return dlo_steer_fail(err, -errno, "cannot read the steering programs: %s; is this libbpf "
			"older than the one of the build?", strerror(errno));
	memcpy(table.rules, rules, nb * sizeof(*rules));
	memcpy((void *)&b->bpf->rodata->table, &table, sizeof(table));
	ret = beside_bpf__load(b->bpf);
	if (ret != 0)
		return dlo_steer_fail(err, ret, "the kernel does not take the steering programs: %s; %s",
			strerror(-ret), ret == -EPERM || ret == -EACCES ? "run dpdk-lo as root (sudo), or "
			"grant it CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN" : "it must be Linux 5.10 or later "
			"with BPF");
	for (unsigned int i = 0; i < 2 && ret == 0; i++)
		ret = bpf_map_update_elem(bpf_map__fd(b->bpf->maps.devices), &places[i], &ifindexes[i],
			BPF_ANY);
	return ret == 0 ? 0 : dlo_steer_fail(err, ret, "cannot tell the steering programs of their "
		"interfaces: %s; are they still there?", strerror(-ret));
}

/* The way in comes last: what it leads to is whole by then. */
static int
hang_all(struct dlo_steer_beside *b, const char *ifname, unsigned int tap_ifindex, char err[DLO_STEER_ERR])
{
	int ret = hang(b, &b->guard, b->bpf->progs.dlo_steer_guard, tap_ifindex, true);

	if (ret == 0)
		ret = hang(b, &b->out, b->bpf->progs.dlo_steer_out, tap_ifindex, false);
	if (ret == 0)
		ret = hang(b, &b->in, b->bpf->progs.dlo_steer_in, b->ifindex, false);
	if (ret == -EBUSY)
		return dlo_steer_fail(err, ret, "another dpdk-lo steers frames of interface %s: stop it first",
			ifname);
	return ret == 0 ? 0 : dlo_steer_fail(err, ret, "cannot hang the steering programs on interface %s: "
		"%s; are sch_ingress and cls_bpf there (modprobe), and is priority %d free (tc filter show "
		"dev %s ingress)?", ifname, strerror(-ret), DLO_TC_PRIORITY, ifname);
}

int
dlo_steer_beside_open(const char *ifname, unsigned int ifindex, unsigned int tap_ifindex,
	const struct dlo_steer_rule *rules, unsigned int nb, struct dlo_steer_beside **ret_b,
	char err[DLO_STEER_ERR])
{
	struct dlo_steer_beside *b = calloc(1, sizeof(*b));
	int ret;

	if (b == NULL)
		return dlo_steer_fail(err, -ENOMEM, "out of memory");
	dlo_ebpf_quiet();
	b->ifindex = ifindex;
	b->owner = -1;
	/* Protocol 0: it never receives a frame. */
	b->group = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (b->group < 0)
		b->group = -errno;
	sweep(ifindex);
	ret = load(b, rules, nb, tap_ifindex, err);
	if (ret == 0)
		ret = hang_all(b, ifname, tap_ifindex, err);
	if (ret != 0) {
		dlo_steer_beside_close(b);
		return ret;
	}
	*ret_b = b;
	return 0;
}

bool
dlo_steer_beside_is_filter(const struct dlo_steer_beside *b)
{
	return b->in.how == DLO_TC_CLSACT;
}

int
dlo_steer_beside_promiscuous(struct dlo_steer_beside *b, bool on)
{
	struct packet_mreq want = { .mr_ifindex = (int)b->ifindex, .mr_type = PACKET_MR_PROMISC };
	int ret;

	if (on == b->promiscuous)
		return 0;
	if (b->group < 0)
		return b->group;
	ret = setsockopt(b->group, SOL_PACKET, on ? PACKET_ADD_MEMBERSHIP : PACKET_DROP_MEMBERSHIP, &want,
		sizeof(want));
	if (ret != 0)
		return -errno;
	b->promiscuous = on;
	return 0;
}

void
dlo_steer_beside_close(struct dlo_steer_beside *b)
{
	if (b == NULL)
		return;
	dlo_tc_detach(&b->in);
	if (b->made_clsact)
		dlo_tc_remove_clsact(b->ifindex);
	dlo_tc_detach(&b->out);
	dlo_tc_detach(&b->guard);
	if (b->owner >= 0)
		close(b->owner);
	if (b->group >= 0)
		close(b->group);
	beside_bpf__destroy(b->bpf);
	free(b);
}
