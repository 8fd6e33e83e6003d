/* SPDX-License-Identifier: BSD-3-Clause */
#include "clock_check.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include <rte_cpuflags.h>
#include <rte_cycles.h>

#include "log.h"

#define TRIES 5
#define SHORTEST_NS 200000000.0 /* what the error of two readings is nothing against */
#define SOURCES "/sys/devices/system/clocksource/clocksource0/available_clocksource"

void
clock_moment_now(struct clock_moment *ret)
{
	uint64_t least = UINT64_MAX;

	for (unsigned int i = 0; i < TRIES; i++) {
		uint64_t before = rte_rdtsc(), after;
		struct timespec t;

		clock_gettime(CLOCK_MONOTONIC_RAW, &t);
		after = rte_rdtsc();
		if (after - before >= least)
			continue;
		least = after - before;
		ret->tsc = before + least / 2;
		ret->ns = (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
	}
}

double
clock_off_ppm(const struct clock_moment *from, const struct clock_moment *to, uint64_t hz)
{
	double ns = (double)(int64_t)(to->ns - from->ns);

	if (ns < SHORTEST_NS)
		return 0;
	return ((double)(int64_t)(to->tsc - from->tsc) / (double)hz / (ns / 1e9) - 1) * 1e6;
}

const char *
clock_doubt(const char *file, bool steady)
{
	FILE *f = fopen(file != NULL ? file : SOURCES, "r");
	char line[256] = "";

	if (f != NULL) {
		if (fgets(line, sizeof(line), f) == NULL)
			line[0] = '\0';
		fclose(f);
	}
	if (!steady)
		return "this CPU does not promise a time stamp counter of constant speed";
	/* The kernel strikes it off when it has caught it out. */
	if (line[0] != '\0' && strstr(line, "tsc") == NULL && strstr(line, "arch_sys") == NULL)
		return "the kernel does not trust the time stamp counter (see available_clocksource)";
	return NULL;
}

static bool
is_steady(void)
{
#ifdef RTE_ARCH_X86
	return rte_cpu_get_flag_enabled(RTE_CPUFLAG_INVTSC) == 1;
#else
	return true;
#endif
}

void
clock_check_start(void)
{
	const char *doubt = clock_doubt(NULL, is_steady());

	if (doubt != NULL)
		say_warning("%s: rates and latencies may be wrong; one lcore, pinned to a CPU (-l), is "
			"affected least", doubt);
}

void
clock_check_end(const struct clock_moment *from)
{
	double hz = (double)rte_get_tsc_hz(), ppm;
	struct clock_moment now;

	clock_moment_now(&now);
	ppm = clock_off_ppm(from, &now, rte_get_tsc_hz());
	if (ppm < -CLOCK_OFF_PPM || ppm > CLOCK_OFF_PPM)
		say_warning("the time stamp counter ran at %.3f MHz and is taken for one of %.3f MHz: rates "
			"and latencies are off by %.2f %%", hz * (1 + ppm / 1e6) / 1e6, hz / 1e6, ppm / 1e4);
}
