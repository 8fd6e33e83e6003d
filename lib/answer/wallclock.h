/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_ANSWER_WALLCLOCK_H
#define DLO_ANSWER_WALLCLOCK_H

/**
 * @file
 * The host's time of day by the TSC: calibrated against CLOCK_REALTIME and kept true to it, for
 * answers that carry timestamps. Thread: control, one in
 * a process.
 */

#include "answer/clock.h"

/**
 * Set @p clock for the first time.
 * @param tsc_hz TSC cycles per second, until they are measured
 */
void dlo_wallclock_start(struct dlo_clock *clock, uint64_t tsc_hz);

/** Look at the host's clock again, and draw a new line. A few times a second. */
void dlo_wallclock_tick(struct dlo_clock *clock);

#endif
