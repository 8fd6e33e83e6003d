/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_TESTS_STAMP_FRAMES_H
#define DLO_TESTS_STAMP_FRAMES_H

/* STAMP requests, and what must come back, made from the RFCs with whole sums and libcrypto's HMAC. */

#include "frames.h"

#define STAMP_PORT 862
#define STAMP_SPORT 49155
#define STAMP_SSID 0xabcd
#define STAMP_SEQ 0x01020304u
#define STAMP_TTL 61

/* A plan that answers STAMP, and the lane it needs. authenticated: by stamp_key. */
struct dlo_plan *stamp_plan(struct dlo_lane *lane, bool authenticated);
void stamp_key(struct dlo_plan *plan);

uint32_t stamp_base(const struct dlo_plan *plan); /* 44 or 112 */
uint8_t *stamp_of(struct frame *f); /* the test packet in a frame */
/* A request of size bytes of UDP payload: base packet as far as it goes, then zeroes. */
void stamp_request(const struct dlo_plan *plan, struct frame *f, bool v6, uint32_t size);
/* The same, with these TLVs behind the base packet. */
void stamp_request_tlvs(const struct dlo_plan *plan, struct frame *f, bool v6, const void *tlvs,
	uint32_t len);
/* After a change to the base packet: HMAC and sums. */
void stamp_seal(const struct dlo_plan *plan, struct frame *f);
void stamp_digest(const uint8_t *bytes, uint32_t len, uint8_t ret[16]);

/* What must come back: times are taken from got, and judged; TLVs are those of the request. */
void stamp_reply(const struct dlo_plan *plan, const struct frame *in, uint32_t seq,
	const struct frame *got, struct frame *ret);
/* Answered, and by the letter. */
void stamp_answered(const struct dlo_plan *plan, struct dlo_lane *lane, const struct frame *in,
	uint32_t seq);

#endif
