/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the kernels need of registers of 256 bits, the same for every x86 instruction set that has
 * them. Included by the files that are compiled for one of those.
 */
#include <rte_vect.h>

#define LANES 8
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

INLINE __m256i
rows(const uint8_t *a, const uint8_t *b)
{
	return _mm256_inserti128_si256(
		_mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)a)),
		_mm_loadu_si128((const __m128i *)b), 1);
}

/* The sixteen bytes at at[i] + off of eight frames, as four columns. */
INLINE void
columns(const uint8_t *const at[LANES], size_t off, lanes ret[4])
{
	__m256i a = rows(at[0] + off, at[4] + off), b = rows(at[1] + off, at[5] + off);
	__m256i c = rows(at[2] + off, at[6] + off), d = rows(at[3] + off, at[7] + off);
	__m256i ab_low = _mm256_unpacklo_epi32(a, b), ab_high = _mm256_unpackhi_epi32(a, b);
	__m256i cd_low = _mm256_unpacklo_epi32(c, d), cd_high = _mm256_unpackhi_epi32(c, d);

	ret[0] = (lanes)_mm256_unpacklo_epi64(ab_low, cd_low);
	ret[1] = (lanes)_mm256_unpackhi_epi64(ab_low, cd_low);
	ret[2] = (lanes)_mm256_unpacklo_epi64(ab_high, cd_high);
	ret[3] = (lanes)_mm256_unpackhi_epi64(ab_high, cd_high);
}

INLINE bool
any(lanes v)
{
	return !_mm256_testz_si256((__m256i)v, (__m256i)v);
}

INLINE uint32_t
bits_of(lanes mask)
{
	return (uint32_t)_mm256_movemask_ps((__m256)mask);
}
