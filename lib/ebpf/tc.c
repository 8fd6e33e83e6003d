/* SPDX-License-Identifier: BSD-3-Clause */
#include "ebpf/tc.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <linux/bpf.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <sys/syscall.h>

#include "ebpf/qdisc.h"

/* Newer than the headers of Debian 12 (Linux 6.6), and than libbpf 1.1. */
#define ATTACH_TCX_INGRESS 46
#define ATTACH_TCX_EGRESS 47

#define FILTER_HANDLE 1

/*
 * By hand, and not returned by value: libbpf refuses what is not zero in the padding behind the last
 * field, and the compiler copies fields. So does LIBBPF_OPTS of libbpf 1.1.
 */
static void
hook_of(struct bpf_tc_hook *ret, unsigned int ifindex, bool egress)
{
	memset(ret, 0, sizeof(*ret));
	ret->sz = sizeof(*ret);
	ret->ifindex = (int)ifindex;
	ret->attach_point = egress ? BPF_TC_EGRESS : BPF_TC_INGRESS;
}

int
dlo_tc_attach_tcx(struct dlo_tc_attachment *a, int prog_fd, unsigned int ifindex,
	bool egress)
{
	union bpf_attr attr;
	int fd;

	/* Flags 0: behind the programs that are there already. */
	memset(&attr, 0, sizeof(attr));
	attr.link_create.prog_fd = (uint32_t)prog_fd;
	attr.link_create.target_ifindex = ifindex;
	attr.link_create.attach_type = egress ? ATTACH_TCX_EGRESS : ATTACH_TCX_INGRESS;
	fd = (int)syscall(__NR_bpf, BPF_LINK_CREATE, &attr, sizeof(attr));
	if (fd < 0)
		return -errno;
	*a = (struct dlo_tc_attachment){
		.how = DLO_TC_TCX,
		.ifindex = ifindex,
		.egress = egress,
		.link_fd = fd,
	};
	return 0;
}

int
dlo_tc_make_clsact(unsigned int ifindex)
{
	struct bpf_tc_hook hook;
	int ret;

	hook_of(&hook, ifindex, false);
	hook.attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS;
	ret = bpf_tc_hook_create(&hook);
	return ret == -EEXIST ? 0 : ret;
}

int
dlo_tc_remove_clsact(unsigned int ifindex)
{
	struct bpf_tc_hook hook;
	int in = dlo_tc_has_filters(ifindex, false, 0);
	int out = dlo_tc_has_filters(ifindex, true, 0);

	if (in < 0 || out < 0)
		return in < 0 ? in : out;
	if (in > 0 || out > 0)
		return 0;
	hook_of(&hook, ifindex, false);
	hook.attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS;
	return bpf_tc_hook_destroy(&hook);
}

static void
our_filter(struct bpf_tc_opts *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->sz = sizeof(*ret);
	ret->handle = FILTER_HANDLE;
	ret->priority = DLO_TC_PRIORITY;
}

int
dlo_tc_attach_clsact(struct dlo_tc_attachment *a, int prog_fd,
	unsigned int ifindex, bool egress)
{
	struct bpf_tc_hook hook;
	struct bpf_tc_opts opts;
	int ret;

	hook_of(&hook, ifindex, egress);
	our_filter(&opts);
	opts.prog_fd = prog_fd;
	ret = bpf_tc_attach(&hook, &opts);
	if (ret != 0)
		return ret;
	*a = (struct dlo_tc_attachment){
		.how = DLO_TC_CLSACT,
		.ifindex = ifindex,
		.egress = egress,
		.link_fd = -1,
	};
	return 0;
}

static int
remove_filter(unsigned int ifindex, bool egress)
{
	struct bpf_tc_hook hook;
	struct bpf_tc_opts opts;
	int ret = dlo_tc_has_clsact(ifindex);

	/*
	 * Asked before: without a clsact the kernel says EINVAL, and so does libbpf when it does not
	 * like what we say, which must not be taken for success.
	 */
	if (ret <= 0)
		return ret;
	hook_of(&hook, ifindex, egress);
	our_filter(&opts);
	ret = bpf_tc_detach(&hook, &opts);
	/* The filter, or meanwhile the interface, is gone already. */
	return ret == -ENOENT || ret == -ENODEV ? 0 : ret;
}

int
dlo_tc_detach(struct dlo_tc_attachment *a)
{
	int ret = 0;

	if (a->how == DLO_TC_TCX)
		close(a->link_fd);
	else if (a->how == DLO_TC_CLSACT)
		ret = remove_filter(a->ifindex, a->egress);
	a->how = DLO_TC_DETACHED;
	return ret;
}

int
dlo_tc_remove_filter(unsigned int ifindex, bool egress, const char *prog_name)
{
	int ret = dlo_tc_has_program(ifindex, egress, DLO_TC_PRIORITY, prog_name);

	return ret <= 0 ? ret : remove_filter(ifindex, egress);
}
