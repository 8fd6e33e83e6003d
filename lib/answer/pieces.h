/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_ANSWER_PIECES_H
#define DLO_ANSWER_PIECES_H

/**
 * @file
 * Reading and writing anywhere in a frame, also behind its head and across segments. Thread: the
 * lcore that owns the mbuf.
 */

#include "answer/hmac.h"
#include "reflect/packet.h"

/** Most bytes that one dlo_pieces_peek() gathers. */
#define DLO_PIECES_MAX 128

/**
 * Look at bytes of the frame as it stands, changes to the head included.
 * @param off, @p n inside the frame; n at most DLO_PIECES_MAX
 * @param buf room for @p n bytes, used when they do not lie in one piece
 * @return where they can be read: in the frame, or @p buf
 */
const uint8_t *dlo_pieces_peek(const struct dlo_packet *p, uint32_t off, uint32_t n, uint8_t *buf);

/** Change bytes of the frame. Segments that hold them are nobody else's. */
void dlo_pieces_poke(struct dlo_packet *p, uint32_t off, const void *bytes, uint32_t n);

/** Add bytes of the frame to a message. */
void dlo_pieces_hash(const struct dlo_packet *p, uint32_t off, uint32_t n,
	struct dlo_hmac_state *state);

/** @return true when somebody else may be reading any segment of the frame. */
bool dlo_pieces_are_shared(const struct dlo_packet *p);

#endif
