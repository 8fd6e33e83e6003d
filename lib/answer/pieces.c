/* SPDX-License-Identifier: BSD-3-Clause */
#include "answer/pieces.h"

/* Bytes of the frame from off on that lie in one piece, and where; the head goes before the mbuf. */
static uint8_t *
piece(const struct dlo_packet *p, uint32_t off, uint32_t *n)
{
	struct rte_mbuf *m = p->m;

	if (off < p->head_len) {
		/* A head that is no copy goes on as far as its segment does. */
		*n = (dlo_packet_is_gathered(p) ? p->head_len : rte_pktmbuf_data_len(m)) - off;
		return p->head + off;
	}
	while (m != NULL && off >= rte_pktmbuf_data_len(m)) {
		off -= rte_pktmbuf_data_len(m);
		m = m->next;
	}
	if (m == NULL)
		return NULL;
	*n = rte_pktmbuf_data_len(m) - off;
	return rte_pktmbuf_mtod_offset(m, uint8_t *, off);
}

const uint8_t *
dlo_pieces_gather(const struct dlo_packet *p, uint32_t off, uint32_t n, uint8_t *buf)
{
	uint32_t have, done = 0;
	const uint8_t *at = piece(p, off, &have);

	if (at != NULL && have >= n)
		return at;
	while (at != NULL && done < n) {
		uint32_t part = have < n - done ? have : n - done;

		memcpy(buf + done, at, part);
		done += part;
		if (done < n)
			at = piece(p, off + done, &have);
	}
	/* A chain that is shorter than it says reads as zeroes. */
	memset(buf + done, 0, n - done);
	return buf;
}

void
dlo_pieces_scatter(struct dlo_packet *p, uint32_t off, const void *bytes, uint32_t n)
{
	const uint8_t *from = bytes;

	for (uint32_t done = 0, have; done < n;) {
		uint8_t *at = piece(p, off + done, &have);
		uint32_t part;

		if (at == NULL)
			return;
		part = have < n - done ? have : n - done;
		memcpy(at, from + done, part);
		done += part;
	}
}

void
dlo_pieces_hash(const struct dlo_packet *p, uint32_t off, uint32_t n, struct dlo_hmac_state *state)
{
	for (uint32_t done = 0, have; done < n;) {
		const uint8_t *at = piece(p, off + done, &have);
		uint32_t part;

		if (at == NULL)
			return;
		part = have < n - done ? have : n - done;
		dlo_hmac_add(state, at, part);
		done += part;
	}
}

bool
dlo_pieces_are_shared(const struct dlo_packet *p)
{
	for (const struct rte_mbuf *m = p->m; m != NULL; m = m->next) {
		if (dlo_segment_is_shared(m))
			return true;
	}
	return false;
}
