/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_LOCALHOST_LOCALHOST_H
#define DLO_LOCALHOST_LOCALHOST_H

/**
 * @file
 * Carries the host's own localhost (127.0.0.0/8 and ::1) through the host link: loads two BPF
 * programs, hangs one on lo's egress and one on the link's ingress, sets the two sysctls that lo
 * needs, and takes everything back. All in the network namespace of the calling thread.
 *
 * lo must never depend on us: packets go their native way when the link's interface is gone, when
 * its poll loops give no sign of life, and when told so. What a killed process leaves (sysctls, on
 * older kernels a filter that does nothing) is in a state file, and the next start puts it right.
 *
 * Errors are one sentence that names the object, the reason and the remedy.
 * Thread: control, all functions, but where it is said.
 */

#include <stdbool.h>
#include <stdint.h>

#include "localhost/shared.h"

/** Room for an error's sentence. */
#define DLO_LOCALHOST_ERR 512

/** Where state files are kept when nobody says otherwise; cleared at boot. */
#define DLO_LOCALHOST_STATE_DIR "/run/dpdk-lo"

struct dlo_localhost;

struct dlo_localhost_args {
	const char *state_dir; /**< made when it is missing */
	const char *link_name; /**< of the link's interface, for messages */
	unsigned int link_ifindex;
	unsigned int nb_beats; /**< queues of the link, 1 .. DLO_LOCALHOST_BEATS */
	uint64_t stall_ns; /**< a poll loop without a sign of life for so long is stuck */
	bool all; /**< carry everything; else only the ports below */
	const uint8_t *tcp_ports; /**< DLO_LOCALHOST_PORT_BYTES; bit n: port n, of either side */
	const uint8_t *udp_ports; /**< the same */
};

/** @return true when this build has the BPF programs. Thread: any. */
bool dlo_localhost_built(void);

/**
 * What could not work, before anything is made: the programs are not built, a capability is
 * missing, the clock is not the machine's, somebody else carries this namespace's localhost. Puts right
 * what a killed process left.
 * @return 0, or -errno with @p err: -ENOTSUP, -EPERM, -EBUSY, -EACCES for the state file
 */
int dlo_localhost_check(const char *state_dir, char err[DLO_LOCALHOST_ERR]);

/**
 * Put right what a killed process left in this namespace.
 * @return 1 when there was something, 0 when there was nothing, -EBUSY when its process lives, or
 *   another -errno with @p err
 */
int dlo_localhost_clean(const char *state_dir, char err[DLO_LOCALHOST_ERR]);

/**
 * Load, set the sysctls, attach: the link's ingress first, lo last. Nothing is carried before
 * dlo_localhost_enable() and a first beat of every queue.
 * @return 0, or -errno with @p err; then everything is as it was before
 */
int dlo_localhost_open(const struct dlo_localhost_args *args, struct dlo_localhost **ret,
	char err[DLO_LOCALHOST_ERR]);

/** Carry, or leave everything to lo, from the next packet on. */
void dlo_localhost_enable(struct dlo_localhost *lh, bool on);

/**
 * Where the poll loop of link queue @p queue writes CLOCK_MONOTONIC_COARSE in ns, or 0 when it is
 * about to end; the caller's to write, atomically, until dlo_localhost_close().
 */
uint64_t *dlo_localhost_beat(struct dlo_localhost *lh, unsigned int queue);

/** @return true when enabled, and every queue's beat is young enough. */
bool dlo_localhost_is_carrying(const struct dlo_localhost *lh);

/** @return "tcx" or "clsact": how the program hangs on lo; static. */
const char *dlo_localhost_attachment(const struct dlo_localhost *lh);

/** Sums over all CPUs. @return 0, or -errno with @p ret untouched */
int dlo_localhost_read(const struct dlo_localhost *lh, struct dlo_localhost_counts *ret);

/**
 * Detach, put the sysctls back, remove the state file, free. NULL is fine. Does what it can.
 * @return 0, or the first -errno with @p err
 */
int dlo_localhost_close(struct dlo_localhost *lh, char err[DLO_LOCALHOST_ERR]);

#endif
