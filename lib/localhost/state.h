/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_LOCALHOST_STATE_H
#define DLO_LOCALHOST_STATE_H

/**
 * @file
 * The two sysctls of lo, and the file that says what they were: one file per network namespace,
 * locked as long as its process lives, so that a file without a lock is what a killed one left.
 * Internal to lib/localhost. Thread: control.
 */

#include <stdbool.h>

#include "localhost/localhost.h"

enum dlo_localhost_sysctl {
	DLO_LOCALHOST_ROUTE_LOCALNET,
	DLO_LOCALHOST_ACCEPT_LOCAL,
	DLO_LOCALHOST_SYSCTLS,
};

struct dlo_localhost_state {
	int fd; /**< of the locked file; -1: none */
	char path[256];
	int was[DLO_LOCALHOST_SYSCTLS]; /**< values before us; -1: not touched */
	bool made_clsact; /**< lo's clsact is ours to take away */
	unsigned long long cookie; /**< the network namespace's; 0: not known */
};

/**
 * @return true when there is a file for this namespace, locked or not. Makes nothing.
 */
bool dlo_localhost_state_exists(const char *dir);

/**
 * Open and lock this namespace's file; what a killed process wrote into it is read.
 * @return 1 when there is something in it, 0 when not, -EBUSY with @p err when its process lives,
 *   or another -errno with @p err. Only on success is @p state to be closed.
 */
int dlo_localhost_state_open(struct dlo_localhost_state *state, const char *dir,
	char err[DLO_LOCALHOST_ERR]);

/** Write what @p state says, before it becomes true. @return 0, or -errno with @p err */
int dlo_localhost_state_save(const struct dlo_localhost_state *state,
	char err[DLO_LOCALHOST_ERR]);

/** Note the sysctls, save the state, set them. @return 0, or -errno with @p err */
int dlo_localhost_sysctls_set(struct dlo_localhost_state *state, char err[DLO_LOCALHOST_ERR]);

/** Put back those that still are as we set them. @return 0, or -errno with @p err */
int dlo_localhost_sysctls_restore(struct dlo_localhost_state *state, char err[DLO_LOCALHOST_ERR]);

/** Unlock; with @p done also remove the file: everything is as it was. */
void dlo_localhost_state_close(struct dlo_localhost_state *state, bool done);

#endif
