/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_FILTER_TRACE_H
#define DLO_APP_FILTER_TRACE_H

/**
 * @file
 * A BPF interpreter that tells which bytes it looked at: what libpcap's own does not. Asked once for
 * a class of frames, so that it need not be fast.
 */

#include <stdbool.h>
#include <stdint.h>

#include <pcap/pcap.h>

#include "reflect/filter.h"

/** No frame is longer. */
#define FILTER_FRAME_MAX 262144

/**
 * Run a program that libpcap compiled over a frame.
 * @param mask written: 0xff where a byte of the first DLO_FILTER_REACH was looked at, else 0
 * @param ret_far set to whether a byte beyond those was looked at
 * @return what the program says: true when the frame matches. Thread: any.
 */
bool filter_trace(const struct bpf_program *program, const uint8_t *data, uint32_t len,
	uint8_t mask[DLO_FILTER_REACH], bool *ret_far);

#endif
