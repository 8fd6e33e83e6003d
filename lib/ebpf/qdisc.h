/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_EBPF_QDISC_H
#define DLO_EBPF_QDISC_H

/**
 * @file
 * Looks at qdiscs and filters of an interface, so that nobody else's are disturbed; libbpf only
 * adds and removes. Thread: control.
 */

#include <stdbool.h>

/** @return 1 when @p ifindex has a clsact qdisc, 0 when not, or -errno */
int dlo_tc_has_clsact(unsigned int ifindex);

/**
 * @param priority a filter of this priority is ours and does not count; 0: all count
 * @return 1 when filters hang on that side of the clsact of @p ifindex, 0 when not, or -errno
 */
int dlo_tc_has_filters(unsigned int ifindex, bool egress, unsigned int priority);

/**
 * By what the filter says of itself: to ask the program takes CAP_SYS_ADMIN.
 * @return 1 when a BPF filter with program @p prog_name has that priority there, 0 when not, or -errno
 */
int dlo_tc_has_program(unsigned int ifindex, bool egress, unsigned int priority,
	const char *prog_name);

#endif
