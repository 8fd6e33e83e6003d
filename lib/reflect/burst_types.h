/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_REFLECT_BURST_TYPES_H
#define DLO_REFLECT_BURST_TYPES_H

/**
 * @file
 * Vectors of the burst kernels: plain vector types, which compilers lower to what the instruction
 * set has. Only inside burst_*.c.
 */

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))

typedef uint8_t vec16 __attribute__((vector_size(16)));
typedef uint32_t vec16_u32 __attribute__((vector_size(16)));
typedef uint8_t vec32 __attribute__((vector_size(32)));
typedef uint32_t vec32_u32 __attribute__((vector_size(32)));

/* One 32-bit word of each of LANES frames; as many as a register holds. */
#define LANES_ALL ((uint32_t)((UINT64_C(1) << LANES) - 1))
typedef uint32_t lanes __attribute__((vector_size(4 * LANES)));
typedef int32_t ilanes __attribute__((vector_size(4 * LANES)));
typedef uint64_t lane_pairs __attribute__((vector_size(4 * LANES)));

INLINE vec16
load16(const void *p)
{
	vec16 v;

	memcpy(&v, p, sizeof(v));
	return v;
}

INLINE vec32
load32(const void *p)
{
	vec32 v;

	memcpy(&v, p, sizeof(v));
	return v;
}

INLINE void
store16(void *p, vec16 v)
{
	memcpy(p, &v, sizeof(v));
}

INLINE void
store32(void *p, vec32 v)
{
	memcpy(p, &v, sizeof(v));
}

INLINE vec16
low16(vec32 v)
{
	union {
		vec32 whole;
		vec16 half[2];
	} u = { v };

	return u.half[0];
}

INLINE vec16
high16(vec32 v)
{
	union {
		vec32 whole;
		vec16 half[2];
	} u = { v };

	return u.half[1];
}

INLINE lanes
lanes_of(uint32_t value)
{
	return (lanes){ 0 } + value;
}

INLINE void
store_lanes(uint32_t *p, lanes v)
{
	memcpy(p, &v, sizeof(v));
}

/* What is read back one by one shall come from memory, and not out of a register lane by lane. */
#define IN_MEMORY(array) __asm__("" : "+m"(array))

#if LANES == 4
/* The sixteen bytes at at[i] + off of four frames, as four columns. */
INLINE void
columns(const uint8_t *const at[LANES], size_t off, lanes ret[4])
{
	lanes a = (lanes)load16(at[0] + off), b = (lanes)load16(at[1] + off);
	lanes c = (lanes)load16(at[2] + off), d = (lanes)load16(at[3] + off);
	lane_pairs ab_low = (lane_pairs)__builtin_shufflevector(a, b, 0, 4, 1, 5);
	lane_pairs ab_high = (lane_pairs)__builtin_shufflevector(a, b, 2, 6, 3, 7);
	lane_pairs cd_low = (lane_pairs)__builtin_shufflevector(c, d, 0, 4, 1, 5);
	lane_pairs cd_high = (lane_pairs)__builtin_shufflevector(c, d, 2, 6, 3, 7);

	ret[0] = (lanes)__builtin_shufflevector(ab_low, cd_low, 0, 2);
	ret[1] = (lanes)__builtin_shufflevector(ab_low, cd_low, 1, 3);
	ret[2] = (lanes)__builtin_shufflevector(ab_high, cd_high, 0, 2);
	ret[3] = (lanes)__builtin_shufflevector(ab_high, cd_high, 1, 3);
}
#endif

#endif
