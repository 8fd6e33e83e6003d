/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_COMMON_EAL_ARGS_H
#define DLO_COMMON_EAL_ARGS_H

/**
 * @file
 * What the user told EAL, and what he left to us: reading and choosing EAL arguments. Functions of
 * their arguments alone, so that they can be tested without EAL. Thread: control, before EAL.
 */

#include <sched.h>
#include <stdbool.h>
#include <stddef.h>

#define EAL_ARGS_ERR 512
#define EAL_CHOSEN_MAX 12 /**< arguments that may be added */
#define EAL_CHOSEN_LEN 1024 /**< bytes of one, the list of CPUs being the longest */
#define EAL_PREFIX_LEN 64 /**< of a --file-prefix */

/** Memory that the appliance asks EAL for when nobody says otherwise, MiB. */
#define EAL_MEMORY_MB 512

/** What the process needs beside EAL's memory, MiB. */
#define EAL_MEMORY_REST_MB 64

/** EAL options as given before "--". Strings point into argv. */
struct eal_given {
	bool vdev; /**< --vdev */
	bool allow; /**< -a, --allow */
	bool block; /**< -b, --block */
	bool no_pci;
	bool lcores; /**< -l, -c, --lcores, -s, -S */
	bool no_huge;
	bool in_memory;
	bool no_shconf;
	bool iova_mode;
	bool own_hugepages; /**< --huge-dir, --socket-mem, ...: knows what he wants */
	bool log_level;
	bool log_help; /**< --log-level=help: EAL prints a list and exits */
	const char *memory; /**< -m; NULL: not given */
	const char *file_prefix;
	const char *proc_type;
	const char *unknown; /**< first option that this table does not know; EAL decides */
};

/** What the machine has. */
struct eal_facts {
	cpu_set_t cpus; /**< that this process may run on */
	unsigned long memory_mb; /**< available without swapping */
	unsigned long huge_mb; /**< free hugepages of sizes that are mounted and may be used */
	char prefix[EAL_PREFIX_LEN]; /**< --file-prefix that nobody uses */
};

/** Arguments to add before the user's. */
struct eal_chosen {
	int argc;
	char argv[EAL_CHOSEN_MAX][EAL_CHOSEN_LEN];
};

/** @return true when @p name (without dashes) is a long option of EAL, in full. */
bool eal_args_is_option(const char *name);

/**
 * Read the arguments before "--".
 * @param argc, argv program name first; not changed
 * @param ret written always
 * @return 0, or -EINVAL with @p err for what no EAL could take: a word that is no option, an
 *   option without its value
 */
int eal_args_read(int argc, char *const *argv, struct eal_given *ret, char err[EAL_ARGS_ERR]);

/**
 * Choose what is missing.
 * @return 0, or -ENOMEM with @p err when the machine has not got the memory
 */
int eal_args_choose(const struct eal_given *given, const struct eal_facts *facts,
	struct eal_chosen *ret, char err[EAL_ARGS_ERR]);

#endif
