/* SPDX-License-Identifier: BSD-3-Clause */
#include "answer/clock.h"

#define ESTIMATE_S 0x8000
#define ESTIMATE_Z 0x4000
#define MULTIPLIER_BITS 8

void
dlo_clock_write(struct dlo_clock *clock, const struct dlo_clock_line *line)
{
	uint32_t seq = __atomic_load_n(&clock->seq, __ATOMIC_RELAXED);

	__atomic_store_n(&clock->seq, seq + 1, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_RELEASE);
	clock->line = *line;
	__atomic_store_n(&clock->seq, seq + 2, __ATOMIC_RELEASE);
}

bool
dlo_clock_read(const struct dlo_clock *clock, struct dlo_clock_line *ret)
{
	uint32_t before, after;

	do {
		before = __atomic_load_n(&clock->seq, __ATOMIC_ACQUIRE);
		*ret = clock->line;
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		after = __atomic_load_n(&clock->seq, __ATOMIC_RELAXED);
	} while (before != after || (before & 1) != 0);
	return ret->slope != 0;
}

uint16_t
dlo_clock_error_estimate(uint64_t error_ns, bool synced, bool ptp)
{
	/* In 2^-32 s, rounded up; beyond four thousand years nobody asks. */
	unsigned __int128 wide = ((unsigned __int128)error_ns << 32) / 1000000000 + 1;
	uint64_t error = wide >> 64 != 0 ? UINT64_MAX : (uint64_t)wide;
	unsigned int bits = 64 - (unsigned int)__builtin_clzll(error);
	unsigned int scale = bits > MULTIPLIER_BITS ? bits - MULTIPLIER_BITS : 0;
	uint64_t multiplier = error >> scale;

	if (multiplier << scale != error && ++multiplier == 1 << MULTIPLIER_BITS) {
		multiplier >>= 1;
		scale++;
	}
	return (synced ? ESTIMATE_S : 0) | (ptp ? ESTIMATE_Z : 0) |
		scale << MULTIPLIER_BITS | (uint32_t)multiplier;
}
