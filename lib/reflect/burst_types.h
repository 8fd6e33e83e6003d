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

#endif
