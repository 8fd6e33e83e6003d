/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_COMMON_EAL_FACTS_H
#define DLO_COMMON_EAL_FACTS_H

/**
 * @file
 * What the machine has to offer to EAL, looked at before rte_eal_init(), which cannot be tried
 * twice. Thread: control.
 */

#include "eal_args.h"

/** Called for each mounted hugetlbfs; @p page_kb is its page size. */
typedef void (*eal_hugetlbfs_fn)(const char *dir, unsigned long page_kb, void *arg);

/** Fill in all facts but the prefix. A fact that cannot be read is taken as "none". */
void eal_facts_read(struct eal_facts *ret);

/**
 * Call @p fn for each hugetlbfs in a file like /proc/mounts.
 * @param default_kb page size of a mount that does not name its own
 */
void eal_facts_hugetlbfs(const char *mounts, unsigned long default_kb, eal_hugetlbfs_fn fn,
	void *arg);

/**
 * @param mounts "/proc/mounts"
 * @param sizes "/sys/kernel/mm/hugepages"
 * @param meminfo "/proc/meminfo"
 * @return MiB of free, unreserved hugepages of sizes with a mount that this process may write to
 */
unsigned long eal_facts_huge_mb(const char *mounts, const char *sizes, const char *meminfo);

/** @return the number after "KEY:" in a file like /proc/meminfo, 0 when it is not there. */
unsigned long eal_facts_meminfo(const char *meminfo, const char *key);

#endif
