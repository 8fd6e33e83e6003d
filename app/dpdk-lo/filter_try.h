/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_FILTER_TRY_H
#define DLO_APP_FILTER_TRY_H

/**
 * @file
 * Trying a compiled filter before it is believed: on frames of all kinds, in which the values that
 * the program compares with stand where it looks, and others just beside them, so that its ways are
 * gone one after the other. Judge is libpcap's interpreter.
 *
 * Thread: any.
 */

#include <stdbool.h>

#include <pcap/pcap.h>

struct rte_mbuf;

/** Bytes that are gathered of a frame in several segments; no expression of sense looks further. */
#define FILTER_WINDOW 2048

/** @return what libpcap's interpreter says of @p m, which is only read. */
bool filter_run_libpcap(const struct bpf_program *program, const struct rte_mbuf *m);

/**
 * @param match the code to be tried, with its context
 * @return true when it agrees with libpcap about every frame, in one segment and in several
 */
bool filter_try_match(const struct bpf_program *program,
	bool (*match)(const void *ctx, const struct rte_mbuf *m), const void *ctx);

/**
 * @return true when filter_trace() agrees with libpcap about every frame, and about those that
 * differ from it in bytes that it did not look at
 */
bool filter_try_trace(const struct bpf_program *program);

#endif
