/* SPDX-License-Identifier: BSD-3-Clause */
#include "reflect/plan.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include <rte_cpuflags.h>
#include <rte_vect.h>

#include "reflect/burst.h"
#include "reflect/reflect.h"

#if defined(RTE_ARCH_X86) || defined(RTE_ARCH_ARM64)
/* EAL's limit (--force-max-simd-bitwidth); none before EAL is up, or where there is no EAL. */
static bool
width_allowed(uint16_t bits)
{
	uint16_t max = rte_vect_get_max_simd_bitwidth();

	return max == 0 || max >= bits;
}
#endif

#ifdef RTE_ARCH_ARM64
static bool
can_neon(void)
{
	return rte_cpu_get_flag_enabled(RTE_CPUFLAG_NEON) > 0 && width_allowed(RTE_VECT_SIMD_128);
}
#endif

#ifdef RTE_ARCH_X86
/*
 * The widest registers. EAL's own choice leaves them out for the sake of CPUs that lower their clock
 * for them, which those with VBMI hardly do; the user's choice holds. Only one of the two can be
 * changed: by that they are told apart.
 */
static bool
full_width_allowed(void)
{
	static int by_default = -1;

	if (width_allowed(RTE_VECT_SIMD_512))
		return true;
	if (!width_allowed(RTE_VECT_SIMD_256))
		return false;
	if (by_default < 0)
		by_default = rte_vect_set_max_simd_bitwidth(RTE_VECT_SIMD_256) == 0;
	return by_default != 0;
}

static bool
can_sse(void)
{
	return rte_cpu_get_flag_enabled(RTE_CPUFLAG_SSE4_2) > 0 && width_allowed(RTE_VECT_SIMD_128);
}

static bool
can_avx2(void)
{
	return rte_cpu_get_flag_enabled(RTE_CPUFLAG_AVX2) > 0 && width_allowed(RTE_VECT_SIMD_256);
}

/* Its registers are no wider than AVX2's, so that no CPU slows down for them. */
static bool
can_avx512(void)
{
	return rte_cpu_get_flag_enabled(RTE_CPUFLAG_AVX512VBMI) > 0 &&
		rte_cpu_get_flag_enabled(RTE_CPUFLAG_AVX512BW) > 0 &&
		rte_cpu_get_flag_enabled(RTE_CPUFLAG_AVX512VL) > 0 &&
		rte_cpu_get_flag_enabled(RTE_CPUFLAG_AVX512DQ) > 0 && can_avx2();
}

static bool
can_avx512w(void)
{
	return can_avx512() && full_width_allowed();
}
#endif

static bool
can_always(void)
{
	return true;
}

/* Best first; the last runs everywhere. */
static const struct {
	const char *name;
	dlo_burst_fn burst;
	bool (*can)(void);
} variants[] = {
#ifdef RTE_ARCH_X86
	{ "avx512w", dlo_reflect_burst_avx512w, can_avx512w },
	{ "avx512", dlo_reflect_burst_avx512, can_avx512 },
	{ "avx2", dlo_reflect_burst_avx2, can_avx2 },
	{ "sse", dlo_reflect_burst_sse, can_sse },
#endif
#ifdef RTE_ARCH_ARM64
	{ "neon", dlo_reflect_burst_neon, can_neon },
#endif
	{ "scalar", dlo_reflect_burst_scalar, can_always },
};

#define NB_VARIANTS (sizeof(variants) / sizeof(variants[0]))

/* What lanes remember was judged by one plan and is void for any other, at the same address too. */
static uint64_t
new_serial(void)
{
	static uint64_t last;

	return __atomic_add_fetch(&last, 1, __ATOMIC_RELAXED);
}

void
dlo_plan_choose_burst(struct dlo_plan *plan)
{
	size_t i = 0;

	while (!variants[i].can())
		i++;
	plan->burst = variants[i].burst;
	plan->serial = new_serial();
}

int
dlo_plan_use_variant(struct dlo_plan *plan, const char *name)
{
	for (size_t i = 0; i < NB_VARIANTS; i++) {
		if (strcmp(variants[i].name, name) != 0)
			continue;
		if (!variants[i].can())
			return -ENOTSUP;
		plan->burst = variants[i].burst;
		plan->serial = new_serial();
		return 0;
	}
	return -ENOENT;
}

const char *
dlo_variant_name(unsigned int i)
{
	return i < NB_VARIANTS ? variants[i].name : NULL;
}

const char *
dlo_plan_variant(const struct dlo_plan *plan)
{
	for (size_t i = 0; i < NB_VARIANTS; i++) {
		if (variants[i].burst == plan->burst)
			return variants[i].name;
	}
	return "?";
}
