/* SPDX-License-Identifier: BSD-3-Clause */
#include "reflect/packet.h"

#include <string.h>

/* Bytes of segment m that lie in the head, of which done are taken already. */
static inline uint32_t
part(const struct rte_mbuf *m, uint32_t done, uint32_t head_len)
{
	uint32_t seg_len = rte_pktmbuf_data_len(m);

	return seg_len < head_len - done ? seg_len : head_len - done;
}

void
dlo_packet_gather(struct dlo_packet *p)
{
	uint32_t done = 0;

	for (const struct rte_mbuf *m = p->m; m != NULL && done < p->head_len; m = m->next) {
		uint32_t n = part(m, done, p->head_len);

		memcpy(p->scratch + done, rte_pktmbuf_mtod(m, const uint8_t *), n);
		done += n;
	}
	/* A chain that ends before its pkt_len is a driver's mistake; do not make it a leak. */
	if (done < p->head_len) {
		p->head_len = done;
		p->len = done;
	}
	p->head = p->scratch;
}

bool
dlo_packet_scatter(struct dlo_packet *p)
{
	uint32_t done;
	struct rte_mbuf *m;

	for (m = p->m, done = 0; m != NULL && done < p->head_len; m = m->next) {
		uint32_t n = part(m, done, p->head_len);

		if (dlo_segment_is_shared(m) &&
			memcmp(rte_pktmbuf_mtod(m, uint8_t *), p->scratch + done, n) != 0)
			return false;
		done += n;
	}
	for (m = p->m, done = 0; m != NULL && done < p->head_len; m = m->next) {
		uint32_t n = part(m, done, p->head_len);
		uint8_t *data = rte_pktmbuf_mtod(m, uint8_t *);

		/* Unchanged pieces may be shared: they are not even written with what they hold. */
		if (memcmp(data, p->scratch + done, n) != 0)
			memcpy(data, p->scratch + done, n);
		done += n;
	}
	return true;
}
