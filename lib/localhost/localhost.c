/* SPDX-License-Identifier: BSD-3-Clause */
#include "localhost/localhost.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <linux/capability.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <sys/syscall.h>

#include "ebpf/qdisc.h"
#include "ebpf/quiet.h"
#include "ebpf/tc.h"
#include "localhost/localhost_skel.h"
#include "localhost/sentence.h"
#include "localhost/state.h"

/* In every network namespace (kernel: LOOPBACK_IFINDEX). */
#define LO_IFINDEX 1
#define LO_PROG "dlo_lo_egress"

struct dlo_localhost {
	struct localhost_bpf *bpf;
	struct dlo_localhost_state state;
	struct dlo_tc_attachment lo;
	struct dlo_tc_attachment link;
	unsigned int nb_beats;
	uint64_t stall_ns;
};

bool
dlo_localhost_built(void)
{
	return true;
}

static bool
has_capability(unsigned int cap)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	if (syscall(__NR_capget, &head, data) != 0)
		return true;
	return (data[CAP_TO_INDEX(cap)].effective & CAP_TO_MASK(cap)) != 0;
}

static int
check_capabilities(char err[DLO_LOCALHOST_ERR])
{
	const struct {
		const char *name;
		bool there;
	} needed[] = {
		{ "CAP_NET_ADMIN", has_capability(CAP_NET_ADMIN) },
		{ "CAP_BPF", has_capability(CAP_BPF) || has_capability(CAP_SYS_ADMIN) },
	};
	const unsigned int nb = sizeof(needed) / sizeof(needed[0]);
	unsigned int missing = 0;
	char names[64] = "";

	for (unsigned int i = 0; i < nb; i++) {
		if (!needed[i].there)
			snprintf(names + strlen(names), sizeof(names) - strlen(names), "%s%s",
				missing++ == 0 ? "" : " and ", needed[i].name);
	}
	if (missing == 0)
		return 0;
	return dlo_localhost_fail(err, -EPERM, "--localhost needs the %s %s, to load BPF programs and "
		"to hang them on lo: start as root, or grant %s", missing == 1 ? "capability" :
		"capabilities", names, missing == 1 ? "it" : "them");
}

/*
 * BPF programs read the machine's clock, we read that of our time namespace: signs of life would be
 * too old for ever, or never.
 */
static int
check_clock(char err[DLO_LOCALHOST_ERR])
{
	FILE *f = fopen("/proc/self/timens_offsets", "re");
	long long seconds = 0;
	long ns = 0;

	if (f == NULL)
		return 0;
	if (fscanf(f, "monotonic %lld %ld", &seconds, &ns) != 2)
		seconds = ns = 0;
	fclose(f);
	if (seconds == 0 && ns == 0)
		return 0;
	return dlo_localhost_fail(err, -ENOTSUP, "--localhost cannot tell the time in a time namespace "
		"whose monotonic clock is %lld s ahead: start dpdk-lo outside of it", seconds);
}

/* What a killed process left, as its state file says. @return 0, or -errno with @p err */
static int
put_right(struct dlo_localhost_state *state, char err[DLO_LOCALHOST_ERR])
{
	int first, ret;

	dlo_ebpf_quiet();
	first = dlo_localhost_sysctls_restore(state, err);
	ret = dlo_tc_remove_filter(LO_IFINDEX, true, LO_PROG);
	if (ret == 0 && state->made_clsact)
		ret = dlo_tc_remove_clsact(LO_IFINDEX);
	if (ret != 0 && first == 0)
		first = dlo_localhost_fail(err, ret, "cannot take the filter of a killed dpdk-lo off "
			"lo: %s; do it with 'tc filter del dev lo egress pref %d'", strerror(-ret),
			DLO_TC_PRIORITY);
	if (first == 0)
		state->made_clsact = false;
	return first;
}

int
dlo_localhost_clean(const char *state_dir, char err[DLO_LOCALHOST_ERR])
{
	struct dlo_localhost_state state;
	int found, ret;

	if (!dlo_localhost_state_exists(state_dir))
		return 0;
	found = dlo_localhost_state_open(&state, state_dir, err);
	if (found < 0)
		return found;
	ret = found > 0 ? put_right(&state, err) : 0;
	dlo_localhost_state_close(&state, ret == 0);
	return ret != 0 ? ret : found;
}

int
dlo_localhost_check(const char *state_dir, char err[DLO_LOCALHOST_ERR])
{
	int ret = check_capabilities(err);

	if (ret == 0)
		ret = check_clock(err);
	if (ret == 0)
		ret = dlo_localhost_clean(state_dir, err);
	return ret < 0 ? ret : 0;
}

static int
load(struct dlo_localhost *lh, const struct dlo_localhost_args *args, char err[DLO_LOCALHOST_ERR])
{
	uint32_t zero = 0, ifindex = args->link_ifindex;
	int ret;

	dlo_ebpf_quiet();
	lh->bpf = localhost_bpf__open();
	if (lh->bpf == NULL)
		return dlo_localhost_fail(err, -errno, "cannot read the BPF programs for lo: %s; is "
			"this libbpf older than the one of the build?", strerror(errno));
	lh->bpf->rodata->nb_beats = args->nb_beats;
	lh->bpf->rodata->stall_ns = args->stall_ns;
	lh->bpf->rodata->carry_all = args->all;
	if (!args->all) {
		memcpy((void *)lh->bpf->rodata->tcp_ports, args->tcp_ports, DLO_LOCALHOST_PORT_BYTES);
		memcpy((void *)lh->bpf->rodata->udp_ports, args->udp_ports, DLO_LOCALHOST_PORT_BYTES);
	}
	ret = localhost_bpf__load(lh->bpf);
	if (ret == -EACCES && !has_capability(CAP_PERFMON) && !has_capability(CAP_SYS_ADMIN))
		return dlo_localhost_fail(err, ret, "the kernel does not take the BPF programs for lo: "
			"its verifier may want the capability CAP_PERFMON as well: start as root, or "
			"grant it");
	if (ret != 0)
		return dlo_localhost_fail(err, ret, "the kernel does not take the BPF programs for lo: "
			"%s; it must be Linux 5.11 or later with BPF%s", strerror(-ret),
			ret == -EPERM ? ", and RLIMIT_MEMLOCK large enough" : "");
	ret = bpf_map_update_elem(bpf_map__fd(lh->bpf->maps.the_link), &zero, &ifindex, BPF_ANY);
	if (ret != 0)
		return dlo_localhost_fail(err, ret, "cannot tell the BPF programs of interface %s: %s; "
			"is it still there?", args->link_name, strerror(-ret));
	return 0;
}

/*
 * Filters that others have on lo's egress come first, or they would not see what is carried: tcx
 * runs before all of clsact, so then it has to be clsact.
 */
static int
attach_lo(struct dlo_localhost *lh, char err[DLO_LOCALHOST_ERR])
{
	int prog_fd = bpf_program__fd(lh->bpf->progs.dlo_lo_egress);
	int clsact = dlo_tc_has_clsact(LO_IFINDEX);
	int ret = -EINVAL;

	if (clsact <= 0 || dlo_tc_has_filters(LO_IFINDEX, true, DLO_TC_PRIORITY) <= 0)
		ret = dlo_tc_attach_tcx(&lh->lo, prog_fd, LO_IFINDEX, true);
	if (ret == 0)
		return 0;
	if (clsact <= 0) {
		lh->state.made_clsact = true;
		ret = dlo_localhost_state_save(&lh->state, err);
		if (ret != 0)
			return ret;
		ret = dlo_tc_make_clsact(LO_IFINDEX);
		if (ret != 0) {
			lh->state.made_clsact = false;
			return dlo_localhost_fail(err, ret, "cannot put a clsact qdisc on lo: %s; is "
				"another ingress qdisc there (tc qdisc show dev lo), or sch_ingress "
				"missing (modprobe sch_ingress)?", strerror(-ret));
		}
	}
	ret = dlo_tc_attach_clsact(&lh->lo, prog_fd, LO_IFINDEX, true);
	if (ret != 0)
		return dlo_localhost_fail(err, ret, "cannot put a filter on lo's egress: %s; is cls_bpf "
			"missing (modprobe cls_bpf), or is priority %d taken (tc filter show dev lo "
			"egress)?", strerror(-ret), DLO_TC_PRIORITY);
	return 0;
}

/* In front of nobody: nothing else has business with frames that left lo. */
static int
attach_link(struct dlo_localhost *lh, const struct dlo_localhost_args *args,
	char err[DLO_LOCALHOST_ERR])
{
	int prog_fd = bpf_program__fd(lh->bpf->progs.dlo_link_ingress);
	int ret = dlo_tc_attach_tcx(&lh->link, prog_fd, args->link_ifindex, false);

	if (ret == 0)
		return 0;
	ret = dlo_tc_make_clsact(args->link_ifindex);
	if (ret == 0)
		ret = dlo_tc_attach_clsact(&lh->link, prog_fd, args->link_ifindex, false);
	if (ret != 0)
		return dlo_localhost_fail(err, ret, "cannot put a filter on the ingress of interface "
			"%s: %s; are sch_ingress and cls_bpf there (modprobe)?", args->link_name,
			strerror(-ret));
	return 0;
}

int
dlo_localhost_open(const struct dlo_localhost_args *args, struct dlo_localhost **ret_lh,
	char err[DLO_LOCALHOST_ERR])
{
	struct dlo_localhost *lh;
	char ignored[DLO_LOCALHOST_ERR];
	int ret;

	if (args->nb_beats == 0 || args->nb_beats > DLO_LOCALHOST_BEATS)
		return dlo_localhost_fail(err, -EINVAL, "--localhost works with 1 to %d queues of the "
			"link, not with %u: give --link %s,queues=N", DLO_LOCALHOST_BEATS,
			args->nb_beats, args->link_name);
	ret = check_capabilities(err);
	if (ret != 0)
		return ret;
	lh = calloc(1, sizeof(*lh));
	if (lh == NULL)
		return dlo_localhost_fail(err, -ENOMEM, "out of memory");
	lh->nb_beats = args->nb_beats;
	lh->stall_ns = args->stall_ns;
	ret = dlo_localhost_state_open(&lh->state, args->state_dir, err);
	if (ret < 0) {
		free(lh);
		return ret;
	}
	/* Of one that was killed since the check: its settings are not those to go back to. */
	if (ret > 0)
		ret = put_right(&lh->state, err);
	if (ret == 0)
		ret = load(lh, args, err);
	if (ret == 0)
		ret = dlo_localhost_sysctls_set(&lh->state, err);
	if (ret == 0)
		ret = attach_link(lh, args, err);
	if (ret == 0)
		ret = attach_lo(lh, err);
	if (ret != 0) {
		dlo_localhost_close(lh, ignored);
		return ret;
	}
	*ret_lh = lh;
	return 0;
}

void
dlo_localhost_enable(struct dlo_localhost *lh, bool on)
{
	__atomic_store_n(&lh->bpf->bss->enabled, on, __ATOMIC_RELAXED);
}

uint64_t *
dlo_localhost_beat(struct dlo_localhost *lh, unsigned int queue)
{
	_Static_assert(sizeof(uint64_t) == sizeof(__u64), "one clock for both sides");

	return (uint64_t *)&lh->bpf->bss->beats[queue].ns;
}

bool
dlo_localhost_is_carrying(const struct dlo_localhost *lh)
{
	struct timespec ts;
	uint64_t now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &ts);
	now = (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
	for (unsigned int i = 0; i < lh->nb_beats; i++) {
		uint64_t beat = __atomic_load_n(&lh->bpf->bss->beats[i].ns, __ATOMIC_RELAXED);

		if ((int64_t)(now - beat) > (int64_t)lh->stall_ns)
			return false;
	}
	return __atomic_load_n(&lh->bpf->bss->enabled, __ATOMIC_RELAXED) != 0;
}

const char *
dlo_localhost_attachment(const struct dlo_localhost *lh)
{
	return lh->lo.how == DLO_TC_TCX ? "tcx" : "clsact";
}

int
dlo_localhost_read(const struct dlo_localhost *lh, struct dlo_localhost_counts *ret)
{
	int nb_cpus = libbpf_num_possible_cpus();
	struct dlo_localhost_counts *per_cpu;
	uint32_t zero = 0;
	int err;

	if (nb_cpus < 0)
		return nb_cpus;
	per_cpu = calloc((size_t)nb_cpus, sizeof(*per_cpu));
	if (per_cpu == NULL)
		return -ENOMEM;
	err = bpf_map_lookup_elem(bpf_map__fd(lh->bpf->maps.counts), &zero, per_cpu);
	if (err == 0) {
		memset(ret, 0, sizeof(*ret));
		/* A struct of counters and nothing else. */
		for (int cpu = 0; cpu < nb_cpus; cpu++) {
			const __u64 *from = (const __u64 *)&per_cpu[cpu];
			__u64 *to = (__u64 *)ret;

			for (size_t i = 0; i < sizeof(*ret) / sizeof(*to); i++)
				to[i] += from[i];
		}
	}
	free(per_cpu);
	return err;
}

int
dlo_localhost_close(struct dlo_localhost *lh, char err[DLO_LOCALHOST_ERR])
{
	int first = 0, ret;

	if (lh == NULL)
		return 0;
	ret = dlo_tc_detach(&lh->lo);
	if (ret == 0 && lh->state.made_clsact)
		ret = dlo_tc_remove_clsact(LO_IFINDEX);
	if (ret != 0)
		first = dlo_localhost_fail(err, ret, "cannot take the filter off lo: %s; do it with 'tc "
			"filter del dev lo egress pref %d'", strerror(-ret),
			DLO_TC_PRIORITY);
	/* Goes with its interface if it does not go now. */
	dlo_tc_detach(&lh->link);
	ret = dlo_localhost_sysctls_restore(&lh->state, err);
	if (first == 0)
		first = ret;
	dlo_localhost_state_close(&lh->state, first == 0);
	localhost_bpf__destroy(lh->bpf);
	free(lh);
	return first;
}
