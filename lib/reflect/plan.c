/* SPDX-License-Identifier: BSD-3-Clause */
#include "reflect/plan.h"

#include <stddef.h>

#include "reflect/reflect.h"

/* Best first; the last runs everywhere and takes every plan. */
static const struct {
	const char *name;
	dlo_burst_fn burst;
} variants[] = {
	{ "scalar", dlo_reflect_burst_scalar },
};

#define NB_VARIANTS (sizeof(variants) / sizeof(variants[0]))

void
dlo_plan_choose_burst(struct dlo_plan *plan)
{
	plan->burst = variants[NB_VARIANTS - 1].burst;
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
