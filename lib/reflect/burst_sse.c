/* SPDX-License-Identifier: BSD-3-Clause */
/* SSE4.2: what DPDK asks of every x86 CPU. */
#include <rte_vect.h>

#include "reflect/burst_types.h"

INLINE vec16
shuffle16(vec16 v, vec16 index)
{
	return (vec16)_mm_shuffle_epi8((__m128i)v, (__m128i)index);
}

INLINE bool
all_zero16(vec16 v)
{
	return _mm_testz_si128((__m128i)v, (__m128i)v);
}

#define BURST dlo_reflect_burst_sse
#include "reflect/burst_kernel.h"
