/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_ANSWER_CLOCK_H
#define DLO_ANSWER_CLOCK_H

/**
 * @file
 * The time of day by the TSC: what answers that carry timestamps read, and what control code keeps
 * true to the host's clock. A reading costs a multiplication; no system call is in the data path.
 *
 * One writer (control), any readers.
 */

#include <stdbool.h>
#include <stdint.h>

/** Between two calibrations the clock is this line: nanoseconds over TSC cycles. */
struct dlo_clock_line {
	uint64_t tsc; /**< a moment ... */
	uint64_t ns; /**< ... and its UTC, nanoseconds since 1970 */
	uint64_t slope; /**< nanoseconds per cycle, in 2^-32; 0: no line, the clock was never set */
	uint64_t error_ns; /**< how wrong the host's clock may be, as the kernel says, and our reading */
	int32_t tai_s; /**< seconds that TAI is ahead of UTC; 0 where the kernel does not know */
	bool synced; /**< the host's clock follows an external source */
};

/** All zero: never set. */
struct dlo_clock {
	uint32_t seq; /**< odd while being written; readers try again */
	struct dlo_clock_line line;
};

/** Publish a new line. Thread: control, one at a time. */
void dlo_clock_write(struct dlo_clock *clock, const struct dlo_clock_line *line);

/** Take the line that holds now. @return false when the clock was never set. Thread: any. */
bool dlo_clock_read(const struct dlo_clock *clock, struct dlo_clock_line *ret);

/** @return UTC of @p tsc in nanoseconds since 1970; @p tsc may lie before the line's moment. */
static inline uint64_t
dlo_clock_ns(const struct dlo_clock_line *line, uint64_t tsc)
{
	int64_t cycles = (int64_t)(tsc - line->tsc);

	/* 128 bits: a line may be looked at long after it was drawn, when control was held up. */
	return line->ns + (uint64_t)(((__int128)cycles * (__int128)line->slope) >> 32);
}

/** @return the length of @p cycles in nanoseconds; at most hours. */
static inline uint64_t
dlo_clock_span_ns(const struct dlo_clock_line *line, uint64_t cycles)
{
	return (uint64_t)(((unsigned __int128)cycles * line->slope) >> 32);
}

/**
 * @return an NTP timestamp (RFC 5905 6): seconds since 1900 modulo 2^32 in the upper half, so that
 * it runs over in 2036 as the format wants, and fractions of a second in the lower.
 */
static inline uint64_t
dlo_clock_ntp(uint64_t ns)
{
	uint64_t s = ns / 1000000000, rest = ns % 1000000000;

	return (s + UINT64_C(2208988800)) << 32 | (rest << 32) / 1000000000;
}

/**
 * @return a truncated PTP timestamp (IEEE 1588-2008, RFC 8186 2.1): seconds of TAI since 1970
 * modulo 2^32 in the upper half, nanoseconds in the lower.
 */
static inline uint64_t
dlo_clock_ptp(const struct dlo_clock_line *line, uint64_t ns)
{
	return (ns / 1000000000 + (uint64_t)(int64_t)line->tai_s) << 32 | ns % 1000000000;
}

/**
 * @return an Error Estimate (RFC 4656 4.1.2, RFC 8186 2.3): S, Z, Scale, Multiplier. Never less
 * than @p error_ns, and the multiplier is never 0.
 * @param ptp what timestamps it stands by are in PTP format
 */
uint16_t dlo_clock_error_estimate(uint64_t error_ns, bool synced, bool ptp);

#endif
