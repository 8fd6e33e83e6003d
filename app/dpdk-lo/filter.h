/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_FILTER_H
#define DLO_APP_FILTER_H

/**
 * @file
 * --filter: pcap-filter(7) expressions compiled for the data path. libpcap makes a BPF program of
 * an expression; DPDK's BPF makes machine code of that, five times as fast as libpcap's interpreter.
 * DPDK 22.11 gets some programs wrong (see capture_filter.h): those whose code could read outside the
 * frame are left to libpcap, and the code of the others is tried on thousands of frames against
 * libpcap, which takes its place where the two do not agree.
 *
 * Thread: control, all functions.
 */

#include "conf/conf.h"
#include "reflect/filter.h"

/**
 * See whether an expression compiles; EAL is not needed.
 * @return 0, or -EINVAL with one sentence in @p err
 */
int filter_check(const char *expression, char err[DLO_CONF_ERR]);

/** filter_check() for all expressions of the settings. */
int filter_check_all(const struct dlo_conf *conf, char err[DLO_CONF_ERR]);

/**
 * Compile an expression, or take it from a plan that has the same.
 * @param expression "": every frame matches
 * @param ret all zero for ""; to be released with filter_release()
 * @return 0, or -ENOMEM, or -EINVAL when filter_check() would say so
 */
int filter_acquire(const char *expression, struct dlo_filter *ret);

/** The plan with @p filter is no more. */
void filter_release(const struct dlo_filter *filter);

/** @return what runs the filter: "dpdk-jit" or "libpcap"; static. Thread: any that may read it. */
const char *filter_engine(const struct dlo_filter *filter);

#endif
