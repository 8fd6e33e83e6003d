/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * AVX-512 with VBMI in registers of 512 bits: a frame's first line, and an mbuf's, in one. Only
 * where EAL's limit allows that width. What the queue does not know yet goes the way of
 * burst_avx512.c.
 */
#include "reflect/isa_avx512.h"

#define LINES
#define BURST dlo_reflect_burst_avx512w
#include "reflect/burst_kernel.h"
