/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * NEON: every 64-bit Arm CPU has it. Registers are as wide as SSE's, and a table look-up takes bytes
 * from anywhere in two of them.
 */
#include <rte_vect.h>

#define LANES 4
#include "reflect/burst_types.h"

INLINE vec16
shuffle16(vec16 v, vec16 index)
{
	return (vec16)vqtbl1q_u8((uint8x16_t)v, (uint8x16_t)index);
}

INLINE bool
all_zero16(vec16 v)
{
	return vmaxvq_u32((uint32x4_t)v) == 0;
}

INLINE bool
any(lanes v)
{
	return !all_zero16((vec16)v);
}

/* There is no such instruction: each lane's own bit, and their sum. */
INLINE uint32_t
bits_of(lanes mask)
{
	static const uint32x4_t bits = { 1, 2, 4, 8 };

	return vaddvq_u32(vandq_u32((uint32x4_t)mask, bits));
}

/* Bytes by index, from anywhere. */
INLINE vec32
turn32(vec32 v, vec32 index)
{
	const uint8x16x2_t table = { { (uint8x16_t)low16(v), (uint8x16_t)high16(v) } };
	union {
		vec16 half[2];
		vec32 whole;
	} u = { {
		(vec16)vqtbl2q_u8(table, (uint8x16_t)low16(index)),
		(vec16)vqtbl2q_u8(table, (uint8x16_t)high16(index)),
	} };

	return u.whole;
}

#define TURN32_ANY
#define BURST dlo_reflect_burst_neon
#include "reflect/burst_kernel.h"
