/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_GEN_CLOCK_CHECK_H
#define DLO_GEN_CLOCK_CHECK_H

/**
 * @file
 * Is the time stamp counter, by which everything here is measured, worth anything? Thread: control.
 */

#include <stdbool.h>
#include <stdint.h>

#define CLOCK_OFF_PPM 1000.0 /**< more than this is said */

/** One moment on both clocks. */
struct clock_moment {
	uint64_t tsc;
	uint64_t ns; /**< the kernel's, which it does not adjust (CLOCK_MONOTONIC_RAW) */
};

/** Read both as close together as can be had in a few tries. */
void clock_moment_now(struct clock_moment *ret);

/**
 * How far the counter has run from its nominal @p hz between two moments.
 * @return parts in a million, more when the counter is fast; 0 when too little time went by to tell
 */
double clock_off_ppm(const struct clock_moment *from, const struct clock_moment *to, uint64_t hz);

/**
 * @param file the kernel's list of clock sources it trusts, NULL for the real one
 * @param steady the CPU promises a counter of constant speed
 * @return NULL, or why the counter is not to be trusted, for a sentence
 */
const char *clock_doubt(const char *file, bool steady);

/** Say what clock_doubt() has to say of this machine. */
void clock_check_start(void);

/** Say how far the counter has been off since @p from, when that is too much. */
void clock_check_end(const struct clock_moment *from);

#endif
