/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_COMMON_ALL_THREADS_H
#define DLO_COMMON_ALL_THREADS_H

/**
 * @file
 * Doing something in every thread of the process, also in those that EAL, drivers and libraries made:
 * the kernel keeps capabilities by thread. libpsx, made for this, knows in Debian 12 only of threads
 * that the program itself made.
 */

/**
 * Call @p fn(@p arg) in every thread, in the others by a signal handler: @p fn must be
 * async-signal-safe. Threads that are made meanwhile are found. System calls of theirs that the
 * signal interrupts are restarted, or fail with EINTR as ever.
 * Thread: one at a time.
 * @return 0, or -ETIMEDOUT when a thread did not do it within a second (it holds signals back), or
 *   -errno
 */
int all_threads_do(void (*fn)(void *arg), void *arg);

/** @return the signal that it takes: a thread that holds back signals must let this one through. */
int all_threads_signal(void);

#endif
