/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_LOCALHOST_SHARED_H
#define DLO_LOCALHOST_SHARED_H

/**
 * @file
 * What the BPF programs and the process that loads them both see.
 */

#include <linux/types.h>

/** Most link queues whose poll loops are watched. */
#define DLO_LOCALHOST_BEATS 64

/** TCP or UDP ports, a bit each. */
#define DLO_LOCALHOST_PORT_BYTES (65536 / 8)

/** Protocols that are told apart: a packet is counted under one of them. */
enum dlo_localhost_proto {
	DLO_LOCALHOST_OTHER, /**< SCTP, ... */
	DLO_LOCALHOST_TCP,
	DLO_LOCALHOST_UDP,
	DLO_LOCALHOST_ICMP,
	DLO_LOCALHOST_PROTOS, /* a power of two */
};

/** The last sign of life of one poll loop, in a cache line of its own. */
struct dlo_localhost_beat {
	__u64 ns; /**< CLOCK_MONOTONIC_COARSE; 0: does not poll */
	__u64 pad[7];
};

/** Counted per CPU. GSO frames count as one packet. */
struct dlo_localhost_counts {
	__u64 out[DLO_LOCALHOST_PROTOS]; /**< packets taken from lo to the link */
	__u64 out_bytes; /**< of those, with Ethernet header */
	__u64 back[DLO_LOCALHOST_PROTOS]; /**< packets given back from the link to lo */
	__u64 back_bytes;
	__u64 native_off; /**< left to lo although wanted: switched off, or the link is down */
	__u64 native_stalled; /**< ... a poll loop gave no sign of life in time */
	__u64 native_gone; /**< ... the link does not exist any more */
};

#endif
