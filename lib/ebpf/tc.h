/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_EBPF_TC_H
#define DLO_EBPF_TC_H

/**
 * @file
 * Hangs a program on one side of an interface: by a tcx link, which goes with its descriptor, or
 * as a clsact filter behind everybody else's. Thread: control.
 */

#include <stdbool.h>

/** Behind the priorities that the kernel hands out (49152 and down), to see what others leave. */
#define DLO_TC_PRIORITY 65000

enum dlo_tc_how {
	DLO_TC_DETACHED,
	DLO_TC_TCX,
	DLO_TC_CLSACT,
};

struct dlo_tc_attachment {
	enum dlo_tc_how how;
	unsigned int ifindex;
	bool egress;
	int link_fd; /**< of a tcx link */
};

/** @return 0, -EINVAL where the kernel has no tcx (before 6.6), or another -errno */
int dlo_tc_attach_tcx(struct dlo_tc_attachment *a, int prog_fd, unsigned int ifindex,
	bool egress);

/**
 * The clsact must be made by the caller if need be; see dlo_tc_make_clsact().
 * @return 0, or -errno
 */
int dlo_tc_attach_clsact(struct dlo_tc_attachment *a, int prog_fd,
	unsigned int ifindex, bool egress);

/** @return 0 also when there is one already, or -errno */
int dlo_tc_make_clsact(unsigned int ifindex);

/** Take away a clsact that we made, unless somebody hung a filter on it. @return 0, or -errno */
int dlo_tc_remove_clsact(unsigned int ifindex);

/** @return 0 also when nothing is attached or the interface is gone, or -errno */
int dlo_tc_detach(struct dlo_tc_attachment *a);

/**
 * Remove a filter of our priority, but only if the program in it has the name @p prog_name: what a
 * killed process left. @return 0 also when there is none, or -errno
 */
int dlo_tc_remove_filter(unsigned int ifindex, bool egress, const char *prog_name);

#endif
