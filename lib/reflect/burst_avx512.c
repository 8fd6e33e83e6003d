/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * AVX-512 with VBMI. Compiled with its own flags; see lib/meson.build. Half registers only, which is
 * what DPDK allows unless told otherwise: three logic operations in one, twice as many registers,
 * and bytes from anywhere.
 */
#include "reflect/isa_avx512.h"

#define BURST dlo_reflect_burst_avx512
#include "reflect/burst_kernel.h"
