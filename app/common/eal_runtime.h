/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_COMMON_EAL_RUNTIME_H
#define DLO_COMMON_EAL_RUNTIME_H

/**
 * @file
 * EAL's runtime folders, one per --file-prefix, and the hugepage files beside them: which are in
 * use, which were left behind by a dpdk-lo that was killed. Thread: control.
 */

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define EAL_RUNTIME_PATH 256

/**
 * @return the folder in which EAL makes one per prefix ("/var/run/dpdk"), in @p buf: it depends on
 * the user and the environment, as EAL's own choice does
 */
const char *eal_runtime_base(char buf[EAL_RUNTIME_PATH]);

/**
 * @return true when a living process holds @p prefix; @p ret_pid is its id, 0 when it cannot be
 * told (another pid namespace)
 */
bool eal_runtime_in_use(const char *base, const char *prefix, pid_t *ret_pid);

/** Write a prefix that nobody holds, of ours by its form: "dlo" and this process's id. */
void eal_runtime_prefix(const char *base, char *buf, size_t size);

/**
 * Remove the folders of dead processes of ours, and their files in each hugetlbfs.
 * @param mounts "/proc/mounts"
 * @return how many prefixes were dead
 */
unsigned int eal_runtime_clean(const char *base, const char *mounts);

/**
 * Remove what this process's own EAL left under its prefix, after rte_eal_cleanup(). Stays when a
 * secondary process is still attached.
 */
void eal_runtime_remove(const char *base, const char *prefix, const char *mounts);

#endif
