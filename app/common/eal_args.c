/* SPDX-License-Identifier: BSD-3-Clause */
#include "eal_args.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Values of options that say something here; all others are only stepped over. */
enum {
	OTHER = 256,
	ALLOW,
	BLOCK,
	FILE_PREFIX,
	IN_MEMORY,
	LCORES,
	LOG_LEVEL,
	MAY_HAVE_VALUE,
	NO_HUGE,
	NO_PCI,
	NO_SHCONF,
	IOVA_MODE,
	OWN_HUGEPAGES,
	PROC_TYPE,
	VDEV,
};

/*
 * EAL's options from 22.11 to 25.11; which take a value decides where the next one begins.
 * --syslog must have one up to 24.07, and cannot have one apart from it later.
 */
static const struct option eal_options[] = {
	{ "allow", required_argument, NULL, ALLOW },
	{ "auto-probing", no_argument, NULL, OTHER },
	{ "base-virtaddr", required_argument, NULL, OTHER },
	{ "block", required_argument, NULL, BLOCK },
	{ "create-uio-dev", no_argument, NULL, OTHER },
	{ "file-prefix", required_argument, NULL, FILE_PREFIX },
	{ "force-max-simd-bitwidth", required_argument, NULL, OTHER },
	{ "help", no_argument, NULL, OTHER },
	{ "huge-dir", required_argument, NULL, OWN_HUGEPAGES },
	{ "huge-unlink", optional_argument, NULL, OTHER },
	{ "huge-worker-stack", optional_argument, NULL, OTHER },
	{ "in-memory", no_argument, NULL, IN_MEMORY },
	{ "iova-mode", required_argument, NULL, IOVA_MODE },
	{ "lcores", required_argument, NULL, LCORES },
	{ "legacy-mem", no_argument, NULL, OWN_HUGEPAGES },
	{ "log-color", optional_argument, NULL, OTHER },
	{ "log-level", required_argument, NULL, LOG_LEVEL },
	{ "log-timestamp", optional_argument, NULL, OTHER },
	{ "main-lcore", required_argument, NULL, OTHER },
	{ "match-allocations", no_argument, NULL, OWN_HUGEPAGES },
	{ "mbuf-pool-ops-name", required_argument, NULL, OTHER },
	{ "no-auto-probing", no_argument, NULL, OTHER },
	{ "no-hpet", no_argument, NULL, OTHER },
	{ "no-huge", no_argument, NULL, NO_HUGE },
	{ "no-pci", no_argument, NULL, NO_PCI },
	{ "no-shconf", no_argument, NULL, NO_SHCONF },
	{ "no-telemetry", no_argument, NULL, OTHER },
	{ "numa-limit", required_argument, NULL, OWN_HUGEPAGES },
	{ "numa-mem", required_argument, NULL, OWN_HUGEPAGES },
	{ "pagesz-mem", required_argument, NULL, OWN_HUGEPAGES },
	{ "proc-type", required_argument, NULL, PROC_TYPE },
	{ "single-file-segments", no_argument, NULL, OWN_HUGEPAGES },
	{ "socket-limit", required_argument, NULL, OWN_HUGEPAGES },
	{ "socket-mem", required_argument, NULL, OWN_HUGEPAGES },
	{ "syslog", optional_argument, NULL, MAY_HAVE_VALUE },
	{ "telemetry", no_argument, NULL, OTHER },
	{ "trace", required_argument, NULL, OTHER },
	{ "trace-bufsz", required_argument, NULL, OTHER },
	{ "trace-dir", required_argument, NULL, OTHER },
	{ "trace-mode", required_argument, NULL, OTHER },
	{ "vdev", required_argument, NULL, VDEV },
	{ "vfio-intr", required_argument, NULL, OTHER },
	{ "vfio-vf-token", required_argument, NULL, OTHER },
	{ "vmware-tsc-map", no_argument, NULL, OTHER },
	{ 0 },
};

/* '+': stop at the first word that is no option; ':': tell a missing value from an unknown one. */
#define EAL_SHORT_OPTIONS "+:a:b:c:d:hl:m:n:r:s:S:v"

bool
eal_args_is_option(const char *name)
{
	for (const struct option *o = eal_options; o->name != NULL; o++) {
		if (strcmp(o->name, name) == 0)
			return true;
	}
	return false;
}

static void
note(struct eal_given *given, int opt, const char *value)
{
	switch (opt) {
	case 'a':
	case ALLOW:
		given->allow = true;
		break;
	case 'b':
	case BLOCK:
		given->block = true;
		break;
	case 'c':
	case 'l':
	case 's':
	case 'S':
	case LCORES:
		given->lcores = true;
		break;
	case 'm':
		given->memory = value;
		break;
	case FILE_PREFIX:
		given->file_prefix = value;
		break;
	case IN_MEMORY:
		given->in_memory = true;
		break;
	case IOVA_MODE:
		given->iova_mode = true;
		break;
	case LOG_LEVEL:
		given->log_level = true;
		given->log_help |= strcmp(value, "help") == 0;
		break;
	case NO_HUGE:
		given->no_huge = true;
		break;
	case NO_PCI:
		given->no_pci = true;
		break;
	case NO_SHCONF:
		given->no_shconf = true;
		break;
	case OWN_HUGEPAGES:
		given->own_hugepages = true;
		break;
	case PROC_TYPE:
		given->proc_type = value;
		break;
	case VDEV:
		given->vdev = true;
		break;
	}
}

/* The loop of getopt_long(), whose state the caller keeps. */
static int
scan(int argc, char *const *argv, struct eal_given *ret, char err[EAL_ARGS_ERR])
{
	bool may_be_value = false;

	for (;;) {
		int at = optind > 0 ? optind : 1;
		int opt = getopt_long(argc, argv, EAL_SHORT_OPTIONS, eal_options, NULL);

		if (opt == -1) {
			if (optind >= argc)
				return 0;
			/* Of an option that only this EAL knows. */
			if (may_be_value) {
				may_be_value = false;
				optind++;
				continue;
			}
			snprintf(err, EAL_ARGS_ERR, "'%s' is not an option: EAL's options stand "
				"before '--', the others after it, see --help", argv[optind]);
			return -EINVAL;
		}
		if (opt == ':') {
			snprintf(err, EAL_ARGS_ERR, "%s: this EAL option needs a value",
				argv[optind - 1]);
			return -EINVAL;
		}
		may_be_value = opt == '?' || opt == MAY_HAVE_VALUE;
		if (opt == '?' && ret->unknown == NULL)
			ret->unknown = argv[at < argc ? at : argc - 1];
		note(ret, opt, optarg);
	}
}

int
eal_args_read(int argc, char *const *argv, struct eal_given *ret, char err[EAL_ARGS_ERR])
{
	int old_opterr = opterr;
	int rc;

	memset(ret, 0, sizeof(*ret));
	opterr = 0;
	/* 0, not 1: glibc then forgets what an earlier scan left behind. EAL scans after us. */
	optind = 0;
	rc = scan(argc, argv, ret, err);
	optind = 0;
	getopt_long(1, argv, "", eal_options, NULL);
	optind = 1;
	opterr = old_opterr;
	return rc;
}

__attribute__((format(printf, 2, 3)))
static void
add(struct eal_chosen *chosen, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(chosen->argv[chosen->argc++], EAL_CHOSEN_LEN, fmt, ap);
	va_end(ap);
}

/* "0-3,8": every CPU that this process may use. */
static void
write_cpus(const cpu_set_t *cpus, char *buf, size_t size)
{
	size_t len = 0;

	buf[0] = '\0';
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		int last = cpu;
		char range[32];

		if (!CPU_ISSET(cpu, cpus))
			continue;
		while (last + 1 < CPU_SETSIZE && CPU_ISSET(last + 1, cpus))
			last++;
		if (last > cpu)
			snprintf(range, sizeof(range), "%s%d-%d", len > 0 ? "," : "", cpu, last);
		else
			snprintf(range, sizeof(range), "%s%d", len > 0 ? "," : "", cpu);
		/* A list cut short is still a good one: fewer CPUs to float over. */
		if (len + strlen(range) >= size)
			return;
		strcpy(buf + len, range);
		len += strlen(range);
		cpu = last;
	}
}

static int
choose_memory(const struct eal_given *given, const struct eal_facts *facts,
	struct eal_chosen *ret, char err[EAL_ARGS_ERR])
{
	unsigned long need = EAL_MEMORY_MB;

	/* EAL takes --in-memory with hugepages only. */
	if ((given->own_hugepages || given->in_memory) && !given->no_huge)
		return 0;
	if (given->memory != NULL && strtoul(given->memory, NULL, 10) > 0)
		need = strtoul(given->memory, NULL, 10);
	if (!given->no_huge && facts->huge_mb >= need)
		return 0;
	/* EAL touches all of it at once; nothing would be left for the rest of the process. */
	if (facts->memory_mb < need + EAL_MEMORY_REST_MB) {
		snprintf(err, EAL_ARGS_ERR, "not enough memory: %lu MiB are needed, %lu MiB are "
			"free; free some, or ask EAL for less with -m MIB",
			need + EAL_MEMORY_REST_MB, facts->memory_mb);
		return -ENOMEM;
	}
	if (!given->no_huge)
		add(ret, "--no-huge");
	if (given->memory == NULL) {
		add(ret, "-m");
		add(ret, "%lu", need);
	}
	return 0;
}

int
eal_args_choose(const struct eal_given *given, const struct eal_facts *facts,
	struct eal_chosen *ret, char err[EAL_ARGS_ERR])
{
	bool without_huge;
	int before, rc;

	ret->argc = 0;
	if (!given->allow && !given->block && !given->no_pci)
		add(ret, "--no-pci");
	if (!given->lcores) {
		char cpus[EAL_CHOSEN_LEN - 16];

		/* One that floats: pinned, it would wait for whoever is busy there. */
		write_cpus(&facts->cpus, cpus, sizeof(cpus));
		add(ret, "--lcores");
		add(ret, "0@(%s)", cpus);
	}
	if (given->file_prefix == NULL) {
		add(ret, "--file-prefix");
		add(ret, "%s", facts->prefix);
	}
	if (!given->log_level)
		add(ret, "--log-level=warning");
	/*
	 * Hugepages that are taken later, as dpdk-dumpcap does, would be looked up by physical address,
	 * which takes CAP_SYS_ADMIN, gone by then. Without PCI nobody needs such addresses.
	 */
	before = ret->argc;
	rc = choose_memory(given, facts, ret, err);
	without_huge = given->no_huge ||
		(ret->argc > before && strcmp(ret->argv[before], "--no-huge") == 0);
	if (rc == 0 && !given->allow && !given->block && !given->iova_mode && !without_huge)
		add(ret, "--iova-mode=va");
	return rc;
}
