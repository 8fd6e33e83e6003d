/* SPDX-License-Identifier: BSD-3-Clause */
/* AVX2: Intel since 2013, AMD since 2015. Compiled with its own flags; see lib/meson.build. */
#include "reflect/isa_256.h"

/* Bytes of each half by index, from the same half and from the other one. */
INLINE vec32
turn32(vec32 v, vec32 same, vec32 other)
{
	__m256i x = (__m256i)v;

	return (vec32)_mm256_or_si256(_mm256_shuffle_epi8(x, (__m256i)same),
		_mm256_shuffle_epi8(_mm256_permute4x64_epi64(x, 0x4e), (__m256i)other));
}

#define BURST dlo_reflect_burst_avx2
#include "reflect/burst_kernel.h"
