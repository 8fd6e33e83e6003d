/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_COMMON_EAL_LOG_H
#define DLO_COMMON_EAL_LOG_H

/**
 * @file
 * Listening to EAL while it starts: its log is kept instead of shown, so that a failure can be said
 * in one sentence, and the usage text that it prints for a wrong option is swallowed.
 * Thread: control.
 */

#include <stdbool.h>

/**
 * Begin to listen.
 * @param show let the log through to stderr as well: the user asked for it
 * @param hush swallow what is printed to stdout and stderr beside the log
 */
void eal_log_capture(bool show, bool hush);

/** Give stdout, stderr and the log back. */
void eal_log_release(void);

/** @return the first error that was logged, without prefix and line end; "" when there was none. */
const char *eal_log_first_error(void);

#endif
