/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_REFLECT_PROBE_H
#define DLO_REFLECT_PROBE_H

/**
 * @file
 * Loop probes: the only frames that a reflector sends of its own accord, to find out whether what
 * it sends back comes back again.
 *
 * A probe has the MAC addresses and VLAN tags of a frame that was sent back just before, and
 * EtherType 0x88B5 (IEEE 802 local experimental 1). Who gets it treats it as he treats such frames:
 * another reflector sends it back, nobody else does. Each port knows its own by a number that it
 * drew and by the nonce of the moment, and takes them in; those of others it sends back like any
 * frame, but each time with one life less, so that none runs for ever between two ports that both
 * let it pass. docs/protocols.md has the layout.
 */

#include <stdbool.h>
#include <stdint.h>

#include "frame/frame.h"
#include "frame/proto.h"
#include "reflect/plan.h"
#include "stats/verdict.h"

/** Bytes in front of the EtherType at most: addresses and the tags that are looked through. */
#define DLO_PROBE_HEAD_MAX (DLO_ETHER_TYPE + DLO_TAGS_MAX * DLO_TAG_LEN)

/** Longest frame that dlo_probe_write() makes, bytes. */
#define DLO_PROBE_MAX (DLO_ETHER_MIN + DLO_TAGS_MAX * DLO_TAG_LEN)

/** How often a probe is sent back before it ends. */
#define DLO_PROBE_LIVES 8

struct dlo_packet;

/**
 * What a port knows of its own probes. Lives as long as its plans do.
 */
struct dlo_loop_guard {
	uint64_t id; /**< drawn at random; written before the first plan, then read-only */
	/** Of probes that may be under way; written by control, read by workers, atomically; 0: none. */
	uint64_t nonces[2];
	uint64_t heard; /**< own probes that came back; added to by workers, atomically */
	uint64_t heard_nonce; /**< of the last one; written by workers, atomically, before heard */
};

/** @return true when the frame is a probe, whosever: EtherType and first bytes say so. */
bool dlo_probe_is(const struct dlo_packet *p);

/**
 * The first look at a frame that dlo_probe_is(): before guards, because whatever else is wrong with
 * it, an own probe that comes back is what it was sent for.
 * @return DLO_DROP_LOOP for an own one, noted in the plan's guard; DLO_DROP_L2_CONTROL for one whose
 *   lives are used up; else DLO_PASS: it is judged like any frame
 */
enum dlo_verdict dlo_probe_judge(const struct dlo_plan *plan, const struct dlo_packet *p);

/** Take one of its lives. @p p is a probe for which dlo_probe_judge() said DLO_PASS. */
void dlo_probe_age(struct dlo_packet *p);

/**
 * @param head start of a frame that was sent back, as it left
 * @param len bytes there are of it
 * @return bytes in front of its EtherType, at most DLO_PROBE_HEAD_MAX, or 0 when it has no station's
 *   addresses and no probe may be sent after it. Thread: any.
 */
uint32_t dlo_probe_head(const uint8_t *head, uint32_t len);

/**
 * Write a probe.
 * @param buf room for DLO_PROBE_MAX bytes
 * @param head what is to stand in front of the EtherType
 * @param head_len what dlo_probe_head() returned for it
 * @return the length of the frame in bytes. Thread: any.
 */
uint32_t dlo_probe_write(uint8_t *buf, const uint8_t *head, uint32_t head_len, uint64_t id,
	uint64_t nonce);

#endif
