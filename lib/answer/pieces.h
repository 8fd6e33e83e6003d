/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_ANSWER_PIECES_H
#define DLO_ANSWER_PIECES_H

/**
 * @file
 * Reading and writing anywhere in a frame, also behind its head and across segments. Thread: the
 * lcore that owns the mbuf.
 */

#include <string.h>

#include "answer/hmac.h"
#include "reflect/packet.h"

/** Most bytes that one dlo_pieces_peek() gathers. */
#define DLO_PIECES_MAX 128

/** The same as dlo_pieces_peek(), for bytes that do not lie in the head. */
const uint8_t *dlo_pieces_gather(const struct dlo_packet *p, uint32_t off, uint32_t n,
	uint8_t *buf);

/** The same as dlo_pieces_poke(), for bytes that do not lie in the head. */
void dlo_pieces_scatter(struct dlo_packet *p, uint32_t off, const void *bytes, uint32_t n);

/**
 * Look at bytes of the frame as it stands, changes to the head included.
 * @param off, @p n inside the frame; n at most DLO_PIECES_MAX
 * @param buf room for @p n bytes, used when they do not lie in one piece
 * @return where they can be read: in the frame, or @p buf
 */
static inline const uint8_t *
dlo_pieces_peek(const struct dlo_packet *p, uint32_t off, uint32_t n, uint8_t *buf)
{
	return off + n <= p->head_len ? p->head + off : dlo_pieces_gather(p, off, n, buf);
}

/** Change bytes of the frame. Segments that hold them are nobody else's. */
static inline void
dlo_pieces_poke(struct dlo_packet *p, uint32_t off, const void *bytes, uint32_t n)
{
	if (off + n <= p->head_len)
		memcpy(p->head + off, bytes, n);
	else
		dlo_pieces_scatter(p, off, bytes, n);
}

/** Add bytes of the frame to a message. */
void dlo_pieces_hash(const struct dlo_packet *p, uint32_t off, uint32_t n,
	struct dlo_hmac_state *state);

/** @return true when somebody else may be reading any segment of the frame. */
bool dlo_pieces_are_shared(const struct dlo_packet *p);

#endif
