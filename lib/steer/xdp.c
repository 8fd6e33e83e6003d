/* SPDX-License-Identifier: BSD-3-Clause */
#include "steer/xdp.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/ethtool.h>
#include <linux/if_link.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "ebpf/quiet.h"
#include "steer/sentence.h"
#include "steer/xdp_skel.h"

static int
write_all(int fd, const uint8_t *data, size_t size)
{
	while (size > 0) {
		ssize_t n = write(fd, data, size);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0) {
			data += n;
			size -= (size_t)n;
		}
	}
	return 0;
}

/* The one place in the object that begins with the magic. */
static struct dlo_steer_table *
find_table(uint8_t *object, size_t size)
{
	uint8_t *at = memmem(object, size, DLO_STEER_MAGIC, DLO_STEER_MAGIC_LEN);
	size_t rest = at != NULL ? size - (size_t)(at - object) : 0;

	if (rest < sizeof(struct dlo_steer_table) ||
		memmem(at + 1, rest - 1, DLO_STEER_MAGIC, DLO_STEER_MAGIC_LEN) != NULL)
		return NULL;
	return (struct dlo_steer_table *)at;
}

/* @p at need not be aligned: the object is a file. */
static void
fill_table(struct dlo_steer_table *at, const struct dlo_steer_rule *rules, unsigned int nb)
{
	struct dlo_steer_table table = { .magic = DLO_STEER_MAGIC, .nb_rules = nb };

	memcpy(table.rules, rules, nb * sizeof(*rules));
	memcpy(at, &table, sizeof(table));
}

int
dlo_steer_xdp_object(const struct dlo_steer_rule *rules, unsigned int nb, char err[DLO_STEER_ERR])
{
	struct dlo_steer_table *table;
	size_t size = 0;
	const void *elf = xdp_bpf__elf_bytes(&size);
	uint8_t *object = malloc(size);
	int fd = -1, ret = -ENOMEM;

	if (object == NULL)
		return dlo_steer_fail(err, ret, "out of memory");
	memcpy(object, elf, size);
	table = find_table(object, size);
	if (table == NULL || nb > DLO_STEER_RULES_MAX) {
		free(object);
		return dlo_steer_fail(err, -EINVAL, "the steering program of this build has no place for its "
			"rules: build it again");
	}
	fill_table(table, rules, nb);
	fd = memfd_create(DLO_STEER_PROG, MFD_CLOEXEC);
	ret = fd < 0 ? -errno : write_all(fd, object, size);
	free(object);
	if (ret == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return dlo_steer_fail(err, ret, "no memory for the steering program: %s", strerror(-ret));
}

/* The program on the interface. @return a descriptor, -ENOENT when there is none, or -errno */
static int
program_on(unsigned int ifindex, struct bpf_prog_info *ret_info)
{
	uint32_t id = 0, len = sizeof(*ret_info);
	int ret = bpf_xdp_query_id((int)ifindex, 0, &id);
	int fd;

	if (ret != 0)
		return ret;
	if (id == 0)
		return -ENOENT;
	fd = bpf_prog_get_fd_by_id(id);
	if (fd < 0)
		return -errno;
	memset(ret_info, 0, sizeof(*ret_info));
	if (bpf_obj_get_info_by_fd(fd, ret_info, &len) != 0) {
		ret = -errno;
		close(fd);
		return ret;
	}
	return fd;
}

/* Only if it is still the one that we saw; what a link holds is not taken away (EBUSY). */
static int
take_off(unsigned int ifindex, int prog_fd)
{
	struct bpf_xdp_attach_opts opts;

	memset(&opts, 0, sizeof(opts));
	opts.sz = sizeof(opts);
	opts.old_prog_fd = prog_fd;
	return bpf_xdp_detach((int)ifindex, 0, &opts);
}

int
dlo_steer_xdp_check(const char *ifname, char err[DLO_STEER_ERR])
{
	unsigned int ifindex = if_nametoindex(ifname);
	struct bpf_prog_info info;
	int fd, ret;

	dlo_ebpf_quiet();
	if (ifindex == 0)
		return dlo_steer_fail(err, -ENODEV, "there is no interface %s: see 'ip link'", ifname);
	fd = program_on(ifindex, &info);
	if (fd == -ENOENT)
		return 0;
	if (fd < 0)
		return dlo_steer_fail(err, fd, "cannot look for XDP programs on interface %s: %s%s", ifname,
			strerror(-fd), fd == -EPERM ? "; run dpdk-lo as root (sudo), or grant it "
			"CAP_BPF, CAP_NET_ADMIN and CAP_NET_RAW" : "");
	if (strcmp(info.name, DLO_STEER_PROG) != 0) {
		close(fd);
		return dlo_steer_fail(err, -EBUSY, "interface %s has an XDP program of somebody else, '%s': take "
			"it off first, as with 'ip link set dev %s xdp off'",
			ifname, info.name, ifname);
	}
	ret = take_off(ifindex, fd);
	close(fd);
	if (ret != 0)
		return dlo_steer_fail(err, -EBUSY, "another dpdk-lo steers frames of interface %s: stop it first",
			ifname);
	return 0;
}

/*
 * A veth that runs XDP in its driver copies each frame into a page of its own and takes segmentation
 * away from its peer; behind the driver, where the kernel runs it for any interface, it does not.
 */
static unsigned int
attach_flags(const char *ifname)
{
	struct ethtool_drvinfo info = { .cmd = ETHTOOL_GDRVINFO };
	struct ifreq ifr = { 0 };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int ret = -1;

	if (fd >= 0) {
		snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", ifname);
		ifr.ifr_data = (void *)&info;
		ret = ioctl(fd, SIOCETHTOOL, &ifr);
		close(fd);
	}
	return ret == 0 && strcmp(info.driver, "veth") == 0 ? XDP_FLAGS_SKB_MODE : 0;
}

int
dlo_steer_xdp_adopt(const char *ifname, char err[DLO_STEER_ERR])
{
	unsigned int ifindex = if_nametoindex(ifname);
	struct bpf_link_create_opts opts;
	struct bpf_prog_info info;
	int fd, link, ret;

	dlo_ebpf_quiet();
	fd = ifindex != 0 ? program_on(ifindex, &info) : -ENODEV;
	if (fd < 0 || strcmp(info.name, DLO_STEER_PROG) != 0) {
		if (fd >= 0)
			close(fd);
		return dlo_steer_fail(err, fd < 0 ? fd : -EBUSY, "the steering program is not on interface %s "
			"(%s): did somebody take it off while dpdk-lo started?",
			ifname, fd < 0 ? strerror(-fd) : "another one is");
	}
	ret = take_off(ifindex, fd);
	memset(&opts, 0, sizeof(opts));
	opts.sz = sizeof(opts);
	opts.flags = attach_flags(ifname);
	link = ret == 0 ? bpf_link_create(fd, (int)ifindex, BPF_XDP, &opts) : ret;
	close(fd);
	if (link < 0)
		return dlo_steer_fail(err, link, "cannot hang the steering program on interface %s: %s; it takes "
			"Linux 5.9 or later", ifname, strerror(-link));
	return link;
}

bool
dlo_steer_xdp_is_generic(const char *ifname)
{
	struct bpf_xdp_query_opts opts;

	memset(&opts, 0, sizeof(opts));
	opts.sz = sizeof(opts);
	return bpf_xdp_query((int)if_nametoindex(ifname), 0, &opts) == 0 &&
		opts.attach_mode == XDP_ATTACHED_SKB;
}
