/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_ANSWER_STAMP_H
#define DLO_ANSWER_STAMP_H

/**
 * @file
 * STAMP: what its parts share. Thread: the lcore that owns the mbuf.
 */

#include "answer/answer.h"

/** Test packet in unauthenticated and in authenticated mode (RFC 8762 4.2, 4.3; RFC 8972 3). */
#define DLO_STAMP_BASE 44
#define DLO_STAMP_AUTH_BASE 112
#define DLO_STAMP_HMAC 96 /**< its offset in authenticated mode, and how many bytes it covers */
#define DLO_STAMP_TLV 4 /**< flags, type, length */

/** Offsets in the base packet. The first two are the same in the request. */
struct dlo_stamp_layout {
	uint8_t len; /**< of the base packet */
	uint8_t timestamp; /**< request: the sender's, reply: when it leaves */
	uint8_t error; /**< Error Estimate; the SSID comes behind it */
	uint8_t received; /**< reply: when the request came */
	uint8_t sender_seq;
	uint8_t sender_timestamp;
	uint8_t sender_error;
	uint8_t sender_ttl;
};

extern const struct dlo_stamp_layout dlo_stamp_layouts[2]; /**< [authenticated] */

/** How a timed answer is finished, see answer/lane.h. */
enum dlo_timed_kind {
	DLO_TIMED_STAMP,
	DLO_TIMED_STAMP_AUTH,
	DLO_TIMED_DMR,
};

/** A request while it becomes its reply. */
struct dlo_stamp {
	const struct dlo_plan *plan;
	struct dlo_packet *p;
	uint32_t off; /**< of the base packet in the frame */
	uint32_t tlvs; /**< of the first byte behind it */
	uint8_t traffic_class; /**< of the request: DSCP and ECN */
	uint8_t reply_class; /**< of the reply */
	bool synced; /**< our clock is */
	uint8_t sender_seq[4]; /**< as it came */
	uint8_t seq[4]; /**< of the reply */
	uint64_t old_sum; /**< words that were changed, as they came, */
	uint64_t new_sum; /**< and as they are now */
};

/** Process TLVs (RFC 8972 4) in place; addresses, ports and TTL still as they came. */
void dlo_stamp_tlvs(struct dlo_stamp *s);

/** Wait for departure. */
void dlo_timed_add(struct dlo_lane *lane, const struct dlo_packet *p, uint32_t off,
	enum dlo_timed_kind kind, bool no_sum);

/** Read the time of day for all of a burst. */
void dlo_timed_read(const struct dlo_plan *plan, struct dlo_lane *lane);

/** @return the time of day, read at the first call in a burst. */
static inline const struct dlo_clock_line *
dlo_timed_line(const struct dlo_plan *plan, struct dlo_lane *lane)
{
	if (lane->line.slope == 0)
		dlo_timed_read(plan, lane);
	return &lane->line;
}

/** @return how wrong a timestamp of @p lane 's burst may be, in nanoseconds. */
uint64_t dlo_timed_error_ns(const struct dlo_lane *lane);

/** @return the timestamp of @p tsc in the format of @p plan. */
uint64_t dlo_stamp_time(const struct dlo_plan *plan, const struct dlo_lane *lane, uint64_t tsc);

#endif
