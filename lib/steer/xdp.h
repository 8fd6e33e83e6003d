/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_STEER_XDP_H
#define DLO_STEER_XDP_H

/**
 * @file
 * Takes some of the frames of a kernel interface for an AF_XDP port and leaves the rest to the
 * kernel; beside.h does so for a port with a TAP. DPDK's net_af_xdp loads the program (argument
 * xdp_prog=) and puts its sockets into the program's map; here are the program with its rules, and
 * its life: once the port has started, the program is hung on the interface by a BPF link of this
 * process, so that it goes when the process does, however that ends. Until then matching frames go
 * to sockets, and to the kernel once those are gone.
 *
 * Errors are one sentence that names the object, the reason and the remedy.
 * Thread: control, all functions.
 */

#include <stdbool.h>

#include "steer/rule.h"

/**
 * Make the program's object file with the rules in it, in memory.
 * @return a descriptor, the caller's to close once the port has started; its path is
 *   /proc/self/fd/N. Or -errno with @p err
 */
int dlo_steer_xdp_object(const struct dlo_steer_rule *rules, unsigned int nb, char err[DLO_STEER_ERR]);

/**
 * Before the port starts: an interface that is not there, or has another XDP program, is said. What
 * a process left that was killed while it started is taken off.
 * @return 0, or -errno with @p err
 */
int dlo_steer_xdp_check(const char *ifname, char err[DLO_STEER_ERR]);

/**
 * When the port has started: hang the program that it put on the interface on a link of ours. For a
 * moment between the two the kernel gets all frames.
 * @return the link's descriptor, to be closed before the port is; or -errno with @p err
 */
int dlo_steer_xdp_adopt(const char *ifname, char err[DLO_STEER_ERR]);

/**
 * @return whether the program runs behind the driver, where the kernel has to put each frame into
 * one piece for it
 */
bool dlo_steer_xdp_is_generic(const char *ifname);

#endif
