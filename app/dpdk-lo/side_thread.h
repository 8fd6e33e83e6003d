/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_SIDE_THREAD_H
#define DLO_APP_SIDE_THREAD_H

/**
 * @file
 * Threads for what may take long, and which neither workers nor control may wait for.
 */

#include <pthread.h>

/**
 * Start one away from the CPUs that poll, if there are others. Signals stay with control, and a reader that
 * closes its pipe is an error to report, not a signal to die of. Thread: control.
 * @param name for ps and top, at most 15 characters
 * @return 0, or -errno
 */
int side_thread_start(pthread_t *ret, void *(*fn)(void *arg), void *arg, const char *name);

#endif
