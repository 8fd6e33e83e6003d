/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_COMMON_LOG_H
#define DLO_COMMON_LOG_H

/**
 * @file
 * What the program says, with its name before it. Errors and warnings are one sentence on stderr that names the object,
 * the reason and the remedy; notices go to stdout. Thread: any, never
 * from the data path.
 */

/** Name that all lines begin with; "dpdk-lo" unless set. @p name stays the caller's. */
void say_as(const char *name);

/** @return that name. */
const char *say_name(void);

/** "dpdk-lo: error: ..." on stderr. */
void say_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/** "dpdk-lo: warning: ..." on stderr. */
void say_warning(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/** "dpdk-lo: ..." on stdout, flushed. */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
