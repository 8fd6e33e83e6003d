/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_TOP_UNITS_H
#define DLO_TOP_UNITS_H

/**
 * @file
 * Numbers for people. Thread: any.
 */

#include <stddef.h>
#include <stdint.h>

#define UNITS_TEXT 32

/** "0", "7", "1.23k", "45.6M": at most five digits and a letter. @return buf */
const char *units_rate(double value, char buf[UNITS_TEXT]);

/** "1,234,567". @return buf */
const char *units_count(uint64_t value, char buf[UNITS_TEXT]);

/** Nanoseconds: "850ns", "12.3us", "1.20ms", "2.00s". @return buf */
const char *units_time(double ns, char buf[UNITS_TEXT]);

#endif
