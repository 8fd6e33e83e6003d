/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_COMMON_CAPS_H
#define DLO_COMMON_CAPS_H

/**
 * @file
 * Capabilities (capabilities(7)) as sets of bits: bit CAP_NET_ADMIN is 1 << CAP_NET_ADMIN, see
 * CAPS_BIT(). Thread: control.
 */

#include <stddef.h>
#include <stdint.h>

#include <linux/capability.h>

#define CAPS_BIT(cap) (UINT64_C(1) << (cap))
#define CAPS_ALL UINT64_MAX
#define CAPS_TEXT 1024

/** @return the calling thread's effective set. */
uint64_t caps_effective(void);

/**
 * The calling thread alone: keep only @p keep of its permitted set, for good, and make all that is
 * left effective.
 * @return 0, or -errno
 */
int caps_keep(uint64_t keep);

/** The same in all threads of the process. @return 0, or -errno as of all_threads_do() */
int caps_keep_everywhere(uint64_t keep);

/** The calling thread alone: make @p set of its permitted set effective. @return 0, or -errno */
int caps_set_effective(uint64_t set);

/**
 * The calling thread, and those that it makes: empty the bounding set, so that no program that is run
 * has capabilities. What the thread has stays. Takes CAP_SETPCAP; without it nothing happens.
 */
void caps_drop_bounding(void);

/** "CAP_NET_ADMIN and CAP_BPF", "no capability". @return @p buf */
const char *caps_names(uint64_t set, char buf[CAPS_TEXT]);

#endif
