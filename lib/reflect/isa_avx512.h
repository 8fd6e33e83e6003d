/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the kernels need of AVX-512 with VBMI: Intel since 2019 (Ice Lake), AMD since 2022 (Zen 4).
 * Half registers, even where whole ones are used as well: mixed frames gain nothing from more lanes.
 */
#include "reflect/isa_256.h"

/* Bytes by index, from anywhere. */
INLINE vec32
turn32(vec32 v, vec32 index)
{
	return (vec32)_mm256_permutexvar_epi8((__m256i)index, (__m256i)v);
}

#define TURN32_ANY
