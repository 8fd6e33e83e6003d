/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_WALLCLOCK_H
#define DLO_APP_WALLCLOCK_H

/**
 * @file
 * The host's time of day by the TSC: calibrated against CLOCK_REALTIME and kept true to it, for
 * answers that carry timestamps. Thread: control.
 */

#include "answer/clock.h"

/** Set @p clock for the first time; TSC cycles per second are EAL's until they are measured. */
void wallclock_start(struct dlo_clock *clock);

/** Look at the host's clock again, and draw a new line. A few times a second. */
void wallclock_tick(struct dlo_clock *clock);

#endif
