/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_CAPTURE_FILTER_H
#define DLO_APP_CAPTURE_FILTER_H

/**
 * @file
 * pcap-filter(7) expressions on mbufs, one segment or many, compiled and run by libpcap.
 *
 * Not by DPDK's BPF: in 22.11 rte_bpf_convert() takes the wrong index register for loads of one and
 * four bytes behind a variable header ("tcp[tcpflags] & tcp-syn != 0" reads the wrong byte), and
 * the x86 code made of a bit test with a constant ("ether multicast") matches every frame.
 */

#include <stdbool.h>

/** Bytes of a frame that an expression sees; its `len` is the whole length all the same. */
#define CAPTURE_FILTER_WINDOW 2048

struct capture_filter;
struct rte_mbuf;

/**
 * Compile @p expression.
 * @return the filter, or NULL after saying why. Thread: control.
 */
struct capture_filter *capture_filter_create(const char *expression);

/** @return true when @p m matches; it is not changed. Thread: any number at a time. */
bool capture_filter_match(const struct capture_filter *f, const struct rte_mbuf *m);

/** Free; NULL is allowed. Thread: control. */
void capture_filter_free(struct capture_filter *f);

#endif
