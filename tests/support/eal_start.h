/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_EAL_START_H
#define TESTS_EAL_START_H

/**
 * @file
 * EAL for a test program: no hugepages, no PCI, no files, no root; lcores float over all CPUs that
 * the process may use, so that tests run side by side.
 */

/**
 * Start EAL.
 * @param nb_lcores lcores 0 .. nb_lcores - 1, the first is the main one; 1 for most tests
 * @param ... further EAL arguments ("--vdev", "net_ring0"), ended by NULL; "--telemetry" opens the
 * telemetry socket, which is off else
 * @return 0. On failure the program ends with exit code 77 (skipped) when this machine cannot run
 * EAL at all, with 1 otherwise; the reason is on stderr.
 */
int test_eal_start(unsigned int nb_lcores, ...) __attribute__((sentinel));

/** rte_eal_cleanup() and remove what it leaves. */
void test_eal_stop(void);

#endif
