/* SPDX-License-Identifier: BSD-3-Clause */
#include "mbufs.h"

#include <stdlib.h>
#include <string.h>

static struct rte_mbuf *
segment(const uint8_t *bytes, uint32_t len, uint32_t tailroom)
{
	struct rte_mbuf *m = aligned_alloc(RTE_CACHE_LINE_SIZE, sizeof(*m));
	uint32_t size = len + tailroom;
	uint8_t *buf = malloc(size > 0 ? size : 1);

	if (m == NULL || buf == NULL)
		abort();
	memset(m, 0, sizeof(*m));
	memset(buf, 0xee, size);
	if (len > 0)
		memcpy(buf, bytes, len);
	m->buf_addr = buf;
	m->buf_len = size;
	m->data_len = len;
	m->pkt_len = len;
	m->nb_segs = 1;
	rte_mbuf_refcnt_set(m, 1);
	return m;
}

struct rte_mbuf *
mbuf_chain(const uint8_t *bytes, uint32_t len, const uint32_t *lens, unsigned int nb,
	uint32_t tailroom)
{
	struct rte_mbuf *first = NULL, *last = NULL;
	uint32_t done = 0;

	for (unsigned int i = 0; i <= nb; i++) {
		uint32_t seg_len = i < nb && lens[i] < len - done ? lens[i] : len - done;
		struct rte_mbuf *m = segment(bytes + done, seg_len, i == nb ? tailroom : 0);

		if (first == NULL) {
			first = m;
		} else {
			last->next = m;
			first->nb_segs++;
			first->pkt_len += seg_len;
		}
		last = m;
		done += seg_len;
	}
	return first;
}

struct rte_mbuf *
mbuf_from_pool(struct rte_mempool *pool, const uint8_t *bytes, uint32_t len, uint16_t seg)
{
	struct rte_mbuf *first = NULL, *last = NULL;
	uint32_t done = 0;

	do {
		struct rte_mbuf *m = rte_pktmbuf_alloc(pool);

		if (m == NULL)
			abort();
		m->data_len = (uint16_t)RTE_MIN(len - done, (uint32_t)seg);
		memcpy(rte_pktmbuf_mtod(m, void *), bytes + done, m->data_len);
		done += m->data_len;
		if (first == NULL) {
			first = m;
		} else {
			last->next = m;
			first->nb_segs++;
		}
		last = m;
	} while (done < len);
	first->pkt_len = len;
	return first;
}

uint32_t
mbuf_bytes(const struct rte_mbuf *m, uint8_t *buf, uint32_t size)
{
	uint32_t len = 0;

	for (; m != NULL; m = m->next) {
		uint32_t n = m->data_len;

		if (len + n > size)
			abort();
		if (n > 0)
			memcpy(buf + len, rte_pktmbuf_mtod(m, const void *), n);
		len += n;
	}
	return len;
}

static uint16_t
be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

unsigned int
mbuf_strip_tags(struct rte_mbuf *m)
{
	uint8_t *d = rte_pktmbuf_mtod(m, uint8_t *);
	unsigned int nb = 0;

	if (m->data_len < 16)
		return 0;
	if (be16(d + 12) == 0x8100) {
		m->ol_flags |= RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED;
		m->vlan_tci = be16(d + 14);
		nb = 1;
	} else if (be16(d + 12) == 0x88a8) {
		m->ol_flags |= RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_QINQ | RTE_MBUF_F_RX_QINQ_STRIPPED;
		m->vlan_tci_outer = be16(d + 14);
		nb = 1;
		if (m->data_len >= 20 && be16(d + 16) == 0x8100) {
			m->ol_flags |= RTE_MBUF_F_RX_VLAN_STRIPPED;
			m->vlan_tci = be16(d + 18);
			nb = 2;
		}
	}
	if (nb == 0)
		return 0;
	memmove(d + 4 * nb, d, 12);
	memset(d, 0xee, 4 * nb);
	m->data_off += 4 * nb;
	m->data_len -= 4 * nb;
	m->pkt_len -= 4 * nb;
	return nb;
}

void
mbuf_free(struct rte_mbuf *m)
{
	while (m != NULL) {
		struct rte_mbuf *next = m->next;

		free(m->buf_addr);
		free(m);
		m = next;
	}
}
