/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_LOG_H
#define DLO_APP_LOG_H

/**
 * @file
 * What the appliance says. Errors and warnings are one sentence on stderr that names the object,
 * the reason and the remedy; notices go to stdout. Never called from the data path.
 */

/** "dpdk-lo: error: ..." on stderr. */
void say_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/** "dpdk-lo: warning: ..." on stderr. */
void say_warning(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/** "dpdk-lo: ..." on stdout, flushed. */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
