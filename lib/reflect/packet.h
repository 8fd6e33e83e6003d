/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_REFLECT_PACKET_H
#define DLO_REFLECT_PACKET_H

/**
 * @file
 * A received frame while its fate is decided: the mbuf, its first bytes in one piece, what the
 * parser made of them. Mostly those bytes are the first segment's own; only when headers may span
 * segments are they joined on the stack, and what changed is put back where it came from.
 *
 * Thread: the lcore that owns the mbuf, all functions.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_mbuf.h>

#include "frame/frame.h"
#include "stats/verdict.h"

struct dlo_session;

struct dlo_packet {
	struct rte_mbuf *m;
	uint8_t *head; /**< first head_len bytes of the frame: the segment's own, or scratch */
	uint32_t head_len; /**< min(len, DLO_HEAD_MAX) */
	uint32_t len; /**< of the frame as it arrived, bytes without FCS */
	uint32_t reply_len; /**< length an answer wants; equals len until an answer decides */
	struct dlo_session *session; /**< set by dlo_answer_admit() for who remembers */
	struct dlo_frame frame;
	uint8_t scratch[DLO_HEAD_MAX];
};

/** Receive flags: the driver has taken VLAN tags out of the frame, and says what was in them. */
#define DLO_TAGS_STRIPPED (RTE_MBUF_F_RX_VLAN_STRIPPED | RTE_MBUF_F_RX_QINQ_STRIPPED)

/**
 * Put the VLAN tags that the driver has taken out (DLO_TAGS_STRIPPED) back where they were, into the
 * headroom: the outer one of two as 802.1ad, any other as 802.1Q, because drivers do not say which
 * TPIDs there were. The packet type, which knew of no tags, is forgotten.
 * @return DLO_PASS; or why the frame cannot be what it was, and nothing has changed: DLO_DROP_SHARED
 *   or DLO_DROP_TOO_BIG (no headroom). Source: rte_mbuf_core.h, what the flags mean.
 */
enum dlo_verdict dlo_packet_put_tags(struct rte_mbuf *m);

/** Join the first bytes of a frame that lies in pieces; see dlo_packet_load(). */
void dlo_packet_gather(struct dlo_packet *p);

/** Take @p m in: everything but frame is set. No byte of the frame is changed. */
static inline void
dlo_packet_load(struct dlo_packet *p, struct rte_mbuf *m)
{
	p->m = m;
	p->head = rte_pktmbuf_mtod(m, uint8_t *);
	p->len = m->nb_segs == 1 ? rte_pktmbuf_data_len(m) : rte_pktmbuf_pkt_len(m);
	p->head_len = p->len < DLO_HEAD_MAX ? p->len : DLO_HEAD_MAX;
	if (m->nb_segs != 1 && rte_pktmbuf_data_len(m) < DLO_HEAD_MAX)
		dlo_packet_gather(p);
	p->reply_len = p->len;
}

/** Do the segments of a chain make the frame that its first one speaks of? */
bool dlo_packet_chain_is_whole(const struct rte_mbuf *m);

/**
 * @return false when the lengths in the mbuf contradict each other: it says that the frame is longer or
 * shorter than its segments, or that there are more or fewer of them. Whoever made it is wrong about
 * something, and what would be sent is anybody's guess.
 */
static inline bool
dlo_packet_is_whole(const struct rte_mbuf *m)
{
	return m->nb_segs == 1 ? rte_pktmbuf_data_len(m) == rte_pktmbuf_pkt_len(m) :
				 dlo_packet_chain_is_whole(m);
}

/** @return true when head is a copy whose changes dlo_packet_scatter() has to put back. */
static inline bool
dlo_packet_is_gathered(const struct dlo_packet *p)
{
	return p->head == p->scratch;
}

/**
 * @return true when somebody else may be reading the data of segment @p m: a second reference to
 * the mbuf, to the mbuf that it is attached to, or to its external buffer.
 */
static inline bool
dlo_segment_is_shared(const struct rte_mbuf *m)
{
	if (rte_mbuf_refcnt_read(m) > 1)
		return true;
	if (RTE_MBUF_DIRECT(m))
		return false;
	if (RTE_MBUF_HAS_EXTBUF(m))
		return m->shinfo == NULL || rte_mbuf_ext_refcnt_read(m->shinfo) > 1;
	return rte_mbuf_refcnt_read(rte_mbuf_from_indirect((struct rte_mbuf *)(uintptr_t)m)) > 1;
}

/** @return true when no segment that a changed, gathered head would change is shared. */
bool dlo_packet_can_scatter(const struct dlo_packet *p);

/** Put changed bytes of a gathered head back where they came from. */
void dlo_packet_scatter(const struct dlo_packet *p);

/**
 * @return the length a reply that ends at @p end should get: no trailer, padded to the shortest
 * Ethernet frame; as near to that as the room in the last segment allows.
 */
uint32_t dlo_packet_fit(const struct dlo_packet *p, uint32_t end);

/** @return true when the segment that a change to reply_len changes is shared. */
bool dlo_packet_resize_is_shared(const struct dlo_packet *p);

/** Give the frame its reply_len, as dlo_packet_fit() found it; new bytes are zero. */
void dlo_packet_resize(struct dlo_packet *p);

/**
 * @return true when whoever sent the frame left its L4 checksum to be finished by others (mbuf
 * flag RX_L4_CKSUM_NONE): its data is good, its checksum field says nothing.
 */
static inline bool
dlo_packet_l4_sum_is_partial(const struct dlo_packet *p)
{
	return (p->m->ol_flags & RTE_MBUF_F_RX_L4_CKSUM_MASK) == RTE_MBUF_F_RX_L4_CKSUM_NONE;
}

/**
 * @return the folded sum of the L4 message of @p p, pseudo-header included where its protocol has
 * one; head bytes as they stand in head. 0xffff when the checksum in it is right.
 */
uint16_t dlo_packet_l4_sum(const struct dlo_packet *p);

/** @return true when the L4 checksum is right, or was left to be finished by others. */
static inline bool
dlo_packet_l4_sum_is_good(const struct dlo_packet *p)
{
	return dlo_packet_l4_sum_is_partial(p) || dlo_packet_l4_sum(p) == 0xffff;
}

/**
 * The frame goes back: nothing of its receive side may be taken for a wish to the transmit side.
 * A second holder of the mbuf keeps its flags.
 */
static inline void
dlo_packet_clear_offloads(struct rte_mbuf *m)
{
	if (rte_mbuf_refcnt_read(m) == 1)
		m->ol_flags &= RTE_MBUF_F_INDIRECT | RTE_MBUF_F_EXTERNAL;
}

#endif
