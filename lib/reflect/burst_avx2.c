/* SPDX-License-Identifier: BSD-3-Clause */
/* AVX2: Intel since 2013, AMD since 2015. Compiled with its own flags; see lib/meson.build. */
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

#define BURST dlo_reflect_burst_avx2
#include "reflect/burst_kernel.h"
