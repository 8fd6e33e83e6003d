/* SPDX-License-Identifier: BSD-3-Clause */
/* SSE4.2: what DPDK asks of every x86 CPU. */
#include <rte_vect.h>

#define LANES 4
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

INLINE bool
any(lanes v)
{
	return !all_zero16((vec16)v);
}

INLINE uint32_t
bits_of(lanes mask)
{
	return (uint32_t)_mm_movemask_ps((__m128)mask);
}

/* Bytes of each half by index, from the same half and from the other one. */
INLINE vec32
turn32(vec32 v, vec32 same, vec32 other)
{
	union {
		vec16 half[2];
		vec32 whole;
	} u = { {
		shuffle16(low16(v), low16(same)) | shuffle16(high16(v), low16(other)),
		shuffle16(high16(v), high16(same)) | shuffle16(low16(v), high16(other)),
	} };

	return u.whole;
}

#define BURST dlo_reflect_burst_sse
#include "reflect/burst_kernel.h"
