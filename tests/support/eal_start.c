/* SPDX-License-Identifier: BSD-3-Clause */
#include "eal_start.h"

#include <errno.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_errno.h>

#define ARGS_MAX 64

/* "0@(0,1),1@(0,1)": every lcore may run on every CPU we may use. */
static void
write_lcores(char *buf, size_t size, unsigned int nb_lcores)
{
	cpu_set_t set;
	char cpus[1024] = "";
	size_t at = 0;

	CPU_ZERO(&set);
	if (sched_getaffinity(0, sizeof(set), &set) != 0)
		CPU_SET(0, &set);
	for (int cpu = 0; cpu < CPU_SETSIZE && at + 8 < sizeof(cpus); cpu++)
		if (CPU_ISSET(cpu, &set))
			at += (size_t)snprintf(cpus + at, sizeof(cpus) - at, "%s%d",
				at ? "," : "", cpu);
	at = 0;
	for (unsigned int i = 0; i < nb_lcores && at < size; i++)
		at += (size_t)snprintf(buf + at, size - at, "%s%u@(%s)", i ? "," : "", i,
			cpus);
	if (at >= size) {
		fprintf(stderr, "test_eal_start: %u lcores are too many to write down\n", nb_lcores);
		exit(1);
	}
}

int
test_eal_start(unsigned int nb_lcores, ...)
{
	/* EAL keeps and reorders the vector. */
	static char *argv[ARGS_MAX];
	static char lcores[16384], prefix[64];
	int argc = 0, telemetry = 0;
	va_list ap;

	write_lcores(lcores, sizeof(lcores), nb_lcores);
	snprintf(prefix, sizeof(prefix), "--file-prefix=dlo-test-%d", (int)getpid());
	argv[argc++] = (char *)"dlo-test";
	argv[argc++] = (char *)"--no-huge";
	argv[argc++] = (char *)"--no-pci";
	argv[argc++] = (char *)"--no-shconf";
	argv[argc++] = (char *)"--log-level=error";
	argv[argc++] = (char *)"-m";
	argv[argc++] = (char *)"128";
	argv[argc++] = prefix;
	argv[argc++] = (char *)"--lcores";
	argv[argc++] = lcores;
	va_start(ap, nb_lcores);
	for (char *arg; (arg = va_arg(ap, char *)) != NULL;) {
		if (argc >= ARGS_MAX - 2) {
			fprintf(stderr, "test_eal_start: more than %d arguments\n", ARGS_MAX);
			exit(1);
		}
		telemetry |= strcmp(arg, "--telemetry") == 0;
		argv[argc++] = arg;
	}
	va_end(ap);
	/* EAL lets no later argument take this one back. */
	if (!telemetry)
		argv[argc++] = (char *)"--no-telemetry";

	if (rte_eal_init(argc, argv) < 0) {
		int no_memory = rte_errno == ENOMEM;

		fprintf(stderr, "test_eal_start: EAL does not start: %s\n",
			rte_strerror(rte_errno));
		exit(no_memory ? 77 : 1);
	}
	return 0;
}

void
test_eal_stop(void)
{
	/* EAL unlinks what is inside, never the directory itself. */
	char dir[512], file[544];

	snprintf(dir, sizeof(dir), "%s", rte_eal_get_runtime_dir());
	rte_eal_cleanup();
	if (dir[0] != '\0') {
		/* The telemetry socket goes at exit only, too late for the directory. */
		snprintf(file, sizeof(file), "%s/dpdk_telemetry.v2", dir);
		unlink(file);
		rmdir(dir);
	}
}
