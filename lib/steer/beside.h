/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_STEER_BESIDE_H
#define DLO_STEER_BESIDE_H

/**
 * @file
 * Takes some of the frames of a kernel interface for a port whose TAP stands beside it, and sends
 * what comes from the TAP out of the interface: programs of tc, where steer.h has one of XDP. The
 * kernel's own traffic stays as it is, in frames of 64 KiB as elsewhere; what is steered is cut and
 * summed by the kernel, so that the port sees frames as they are on a wire. Frames that the TAP is
 * sent by others are thrown away.
 *
 * The programs go with the process, however that ends, where the kernel has tcx (Linux 6.6). Where
 * it has not, or where others have filters of tc, which then come first, they are such filters
 * themselves: one that a killed process left does nothing, for its TAP is gone, and is removed at
 * the next start.
 *
 * Errors are one sentence that names the object, the reason and the remedy.
 * Thread: control, all functions.
 */

#include <stdbool.h>

#include "steer/rule.h"

struct dlo_steer_beside;

/**
 * Before anything is made: is there such an interface, and may it be used?
 * @param ret_mac its MAC address
 * @return its ifindex, or -errno with @p err
 */
int dlo_steer_beside_check(const char *ifname, unsigned char ret_mac[6], char err[DLO_STEER_ERR]);

/**
 * Begin to steer.
 * @param ifindex of the interface; @p ifname for what is said
 * @param tap_ifindex of the TAP; it should be up
 * @param ret to be closed before the TAP is
 * @return 0, or -errno with @p err
 */
int dlo_steer_beside_open(const char *ifname, unsigned int ifindex, unsigned int tap_ifindex,
	const struct dlo_steer_rule *rules, unsigned int nb, struct dlo_steer_beside **ret,
	char err[DLO_STEER_ERR]);

/** @return whether dlo_steer_beside_close() takes CAP_NET_ADMIN */
bool dlo_steer_beside_is_filter(const struct dlo_steer_beside *b);

/** Receive what is for others, too, or only what is for all of a group. @return 0, or -errno */
int dlo_steer_beside_promiscuous(struct dlo_steer_beside *b, bool on);

/** Give the interface back. NULL is allowed. */
void dlo_steer_beside_close(struct dlo_steer_beside *b);

#endif
