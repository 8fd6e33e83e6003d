/* SPDX-License-Identifier: BSD-3-Clause */
#include "eal.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <rte_common.h>
#include <rte_dev.h>
#include <rte_devargs.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_mbuf_pool_ops.h>
#include <rte_mempool.h>

#include "eal_args.h"
#include "eal_facts.h"
#include "eal_interrupts.h"
#include "eal_log.h"
#include "eal_runtime.h"
#include "log.h"

#define MOUNTS "/proc/mounts"
/* What EAL writes into its runtime folder, twice over: it maps files there, and without room it gets SIGBUS. */
#define RUNTIME_KIB 4096
/* EAL, a port and telemetry take half of it, and DPDK panics without; what we ask for when less is allowed. */
#define FILES_MIN 64
#define FILES_WANTED 1024
#define MORE "--log-level=debug before '--' shows more"

/* EAL and what it starts keep pointers to its arguments. */
static char **eal_argv;
static struct eal_chosen chosen;

/* What eal_stop() removes. */
static char runtime_base[EAL_RUNTIME_PATH];
static char runtime_prefix[EAL_PREFIX_LEN];

static int
build_argv(const struct cmdline_eal *args)
{
	int argc = 0;

	eal_argv = calloc(args->argc + chosen.argc + 1, sizeof(*eal_argv));
	if (eal_argv == NULL)
		return -ENOMEM;
	eal_argv[argc++] = args->argv[0];
	for (int i = 0; i < chosen.argc; i++)
		eal_argv[argc++] = chosen.argv[i];
	for (int i = 1; i < args->argc; i++)
		eal_argv[argc++] = args->argv[i];
	return argc;
}

static void
say_chosen(void)
{
	char line[EAL_CHOSEN_MAX * EAL_CHOSEN_LEN];
	size_t len = 0;

	line[0] = '\0';
	for (int i = 0; i < chosen.argc; i++)
		len += snprintf(line + len, sizeof(line) - len, " %s", chosen.argv[i]);
	if (chosen.argc > 0)
		say("EAL arguments chosen:%s", line);
}

static int
check_prefix(const struct eal_given *given)
{
	pid_t pid;

	if (given->proc_type != NULL && strcmp(given->proc_type, "secondary") == 0) {
		say_error("--proc-type: %s is a primary process, it cannot attach to another; leave "
			"the option out",
			say_name());
		return -EINVAL;
	}
	if (given->file_prefix == NULL || given->no_shconf || given->in_memory ||
		!eal_runtime_in_use(runtime_base, given->file_prefix, &pid))
		return 0;
	if (pid > 0)
		say_error("--file-prefix: '%s' is in use by process %d: give another one, or none",
			given->file_prefix, (int)pid);
	else
		say_error("--file-prefix: '%s' is in use by another process: give another one, or "
			"none", given->file_prefix);
	return -EBUSY;
}

static int
check_room(const char *dir, const struct eal_given *given)
{
	struct statvfs fs;
	uint64_t kib;

	/* Some file systems do not tell. */
	if (given->no_shconf || given->in_memory || statvfs(dir, &fs) != 0 || fs.f_blocks == 0)
		return 0;
	kib = (uint64_t)fs.f_bavail * fs.f_frsize / 1024;
	if (kib >= RUNTIME_KIB)
		return 0;
	say_error("EAL's runtime folder %s has only %" PRIu64 " of the %d KiB that EAL needs: make room there, or "
		"set RUNTIME_DIRECTORY to another folder", runtime_base, kib, RUNTIME_KIB);
	return -ENOSPC;
}

/* EAL makes base and a folder in it; its parent must be there. */
static int
check_base(const struct eal_given *given)
{
	char parent[EAL_RUNTIME_PATH];
	const char *dir = runtime_base;
	struct stat st;
	int err;

	if (access(dir, F_OK) != 0) {
		snprintf(parent, sizeof(parent), "%s", runtime_base);
		*strrchr(parent, '/') = '\0';
		dir = parent;
	}
	if (access(dir, W_OK | X_OK) == 0)
		return check_room(dir, given);
	err = errno;
	if (stat(dir, &st) == 0 && !S_ISDIR(st.st_mode))
		err = ENOTDIR;
	if (getuid() == 0)
		say_error("EAL's runtime folder %s cannot be used: %s: set RUNTIME_DIRECTORY to a folder "
			"that can be written to", dir, strerror(err));
	else
		say_error("EAL's runtime folder %s cannot be used: %s: run as root, or set XDG_RUNTIME_DIR "
			"to a folder of yours", dir, strerror(err));
	return -EACCES;
}

static int
allow_files(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= FILES_WANTED)
		return 0;
	limit.rlim_cur = RTE_MIN(limit.rlim_max, (rlim_t)FILES_WANTED);
	if (setrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur >= FILES_MIN)
		return 0;
	say_error("%s may have only %lu files open, and DPDK needs %d: raise the limit (ulimit -n, or LimitNOFILE= "
		"of a service)", say_name(), (unsigned long)limit.rlim_cur, FILES_MIN);
	return -EMFILE;
}

/* The reason that EAL logged, or what its error code says. */
static int
say_init_failed(const struct eal_given *given, const struct eal_facts *facts)
{
	const char *why = eal_log_first_error();
	int error = rte_errno;

	if (given->unknown != NULL) {
		say_error("'%s' is not an option of EAL, see --help", given->unknown);
		return -EINVAL;
	}
	if ((given->own_hugepages || given->in_memory) && facts->huge_mb == 0) {
		say_error("EAL's options ask for hugepages, and none are free and mounted: leave "
			"those options out, or make some with dpdk-hugepages.py --setup 1G");
		return -ENOMEM;
	}
	say_error("EAL does not start: %s (" MORE ")", why[0] != '\0' ? why : rte_strerror(error));
	/* A device that no driver knows is a wrong argument too. */
	return error == EINVAL || error == ENODEV ? -EINVAL : -EIO;
}

static bool
is_port(const char *device)
{
	struct rte_eth_dev_info info;

	/* Not RTE_ETH_FOREACH_DEV(): ports that another one owns (bonding) are there too. */
	for (uint16_t id = 0; id < RTE_MAX_ETHPORTS; id++) {
		if (rte_eth_dev_is_valid_port(id) && rte_eth_dev_info_get(id, &info) == 0 &&
			info.device != NULL &&
			strcmp(rte_dev_name(info.device), device) == 0)
			return true;
	}
	return false;
}

/* EAL goes on without a device that its driver refused; who asked for it wants to know. */
static int
check_devices(void)
{
	const char *why = eal_log_first_error();
	struct rte_devargs *da;

	RTE_EAL_DEVARGS_FOREACH(NULL, da) {
		if (da->type == RTE_DEVTYPE_BLOCKED || is_port(da->name))
			continue;
		if (why[0] != '\0')
			say_error("port %s cannot be made: %s: check its arguments (" MORE ")",
				da->name, why);
		else
			say_error("port %s is not there, or no DPDK driver takes it: check the "
				"name, and for PCI the driver it is bound to", da->name);
		return -ENODEV;
	}
	return 0;
}

/* Plugins of DPDK serve memory pools, too, and nothing that we link with brings one along. */
static int
check_pools(void)
{
	const char *wanted = rte_mbuf_best_mempool_ops();

	for (unsigned int i = 0; i < rte_mempool_ops_table.num_ops; i++) {
		if (strcmp(rte_mempool_ops_table.ops[i].name, wanted) == 0)
			return 0;
	}
	say_error("DPDK has no driver '%s' for buffers here: install its plugins (Debian: "
		"librte-meta-mempool), or name the driver's library with -d", wanted);
	return -ENOTSUP;
}

int
eal_start(const struct cmdline_eal *args)
{
	struct eal_facts facts;
	char err[EAL_ARGS_ERR];
	int argc, rc;

	eal_runtime_base(runtime_base);
	eal_runtime_clean(runtime_base, MOUNTS);
	rc = check_prefix(&args->given);
	if (rc == 0)
		rc = check_base(&args->given);
	if (rc == 0)
		rc = allow_files();
	if (rc != 0)
		return rc;
	eal_facts_read(&facts);
	eal_runtime_prefix(runtime_base, facts.prefix, sizeof(facts.prefix));
	rc = eal_args_choose(&args->given, &facts, &chosen, err);
	if (rc != 0) {
		say_error("%s", err);
		return rc;
	}
	argc = build_argv(args);
	if (argc < 0) {
		say_error("out of memory");
		return argc;
	}
	snprintf(runtime_prefix, sizeof(runtime_prefix), "%s",
		args->given.file_prefix != NULL ? args->given.file_prefix : facts.prefix);
	say_chosen();
	opterr = 0;
	eal_log_capture(args->given.log_level, !args->given.log_help);
	rc = rte_eal_init(argc, eal_argv);
	eal_log_release();
	if (rc < 0) {
		rc = say_init_failed(&args->given, &facts);
		eal_runtime_remove(runtime_base, runtime_prefix, MOUNTS);
		return rc;
	}
	rc = check_pools();
	if (rc == 0)
		rc = check_devices();
	if (rc != 0)
		eal_stop();
	return rc;
}

void
eal_stop(void)
{
	eal_interrupts_park();
	rte_eal_cleanup();
	eal_runtime_remove(runtime_base, runtime_prefix, MOUNTS);
}
