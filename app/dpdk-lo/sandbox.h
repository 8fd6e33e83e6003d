/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_SANDBOX_H
#define DLO_APP_SANDBOX_H

/**
 * @file
 * A seccomp filter: the system calls that a running dpdk-lo, its drivers and its end may use.
 * Arguments are not looked at, so the kernel answers from a bitmap and runs no filter (Linux 5.11).
 * Thread: control, when EAL's threads exist.
 */

#include <stdbool.h>

/**
 * All other system calls fail with EPERM from now on, in all threads. Does nothing where the
 * sanitizers are, whose leak check traces the process at its end.
 * @param bpf bpf(2) is needed
 * @return 0, or -errno
 */
int sandbox_enter(bool bpf);

#endif
