/* SPDX-License-Identifier: BSD-3-Clause */
#include "vtap_rxtx.h"

#include <errno.h>
#include <linux/virtio_net.h>
#include <string.h>
#include <sys/uio.h>

#include <rte_ether.h>
#include <rte_ip.h>
#include <rte_malloc.h>
#include <rte_mbuf.h>
#include <rte_mbuf_dyn.h>
#include <rte_tcp.h>
#include <rte_udp.h>

#include "vtap.h"

#ifndef VIRTIO_NET_HDR_GSO_UDP_L4
#define VIRTIO_NET_HDR_GSO_UDP_L4 5
#endif

_Static_assert(RTE_PKTMBUF_HEADROOM >= VTAP_VNET_HDR_LEN, "the virtio header lies in the headroom");

/* Enough for tags and headers in one piece; less makes no sense as a pool for frames. */
_Static_assert(VTAP_BIG_ROOM + 64 >= 65535 + RTE_ETHER_HDR_LEN + 2 * RTE_VLAN_HLEN,
	"a small and a big buffer hold the longest frame");

static void
count(_Atomic uint64_t *counter, uint64_t n)
{
	atomic_store_explicit(counter,
		atomic_load_explicit(counter, memory_order_relaxed) + n, memory_order_relaxed);
}

void
vtap_rxq_release_mbufs(struct vtap_rxq *q)
{
	rte_pktmbuf_free(q->small);
	rte_pktmbuf_free(q->big);
	q->small = NULL;
	q->big = NULL;
}

/*
 * The kernel tells it of frames of many segments only. It wants it of every long frame that goes back:
 * so much of the frame, and nothing of the data, belongs in the first piece of the buffer that it makes,
 * and what is missing there it has to fetch out of the pages.
 */
static uint16_t
header_length(const struct rte_mbuf *m, const struct virtio_net_hdr *hdr)
{
	uint32_t len = (uint32_t)hdr->csum_start + sizeof(struct rte_udp_hdr);
	const uint8_t *words;
	uint8_t copy;

	if (hdr->csum_offset == offsetof(struct rte_tcp_hdr, cksum)) {
		words = rte_pktmbuf_read(m,
			(uint32_t)hdr->csum_start + offsetof(struct rte_tcp_hdr, data_off), 1, &copy);
		if (words == NULL)
			return 0;
		len = (uint32_t)hdr->csum_start + (*words >> 4) * 4u;
	}
	return len <= m->pkt_len && len <= UINT16_MAX ? (uint16_t)len : 0;
}

/*
 * Remember what the kernel said about the frame, for the way back. Returns false for a header that
 * no kernel makes.
 */
static bool
keep_state(struct rte_mbuf *m, const struct virtio_net_hdr *hdr)
{
	struct vtap_vnet_state *state;
	uint32_t at = (uint32_t)hdr->csum_start + hdr->csum_offset;
	const uint16_t *csum;
	uint16_t copy;

	csum = rte_pktmbuf_read(m, at, sizeof(copy), &copy);
	if (csum == NULL)
		return false;
	if (vtap_dyn.flag == 0)
		return true;
	state = RTE_MBUF_DYNFIELD(m, vtap_dyn.field, struct vtap_vnet_state *);
	state->flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
	state->gso_type = hdr->gso_type;
	state->hdr_len = hdr->hdr_len != 0 ? hdr->hdr_len : header_length(m, hdr);
	state->gso_size = hdr->gso_size;
	state->csum_start = hdr->csum_start;
	state->csum_offset = hdr->csum_offset;
	memcpy(&state->csum, csum, sizeof(state->csum));
	state->pkt_len = m->pkt_len;
	m->ol_flags |= vtap_dyn.flag;
	return true;
}

/* The kernel does not say anything about it, so it is looked at: twenty bytes in the cache. */
static uint64_t
ipv4_cksum_flag(const struct rte_mbuf *m)
{
	const uint8_t *data = rte_pktmbuf_mtod(m, const uint8_t *);
	uint32_t l3 = RTE_ETHER_HDR_LEN, ihl;
	uint16_t type;

	if (m->data_len < l3)
		return 0;
	memcpy(&type, data + 12, sizeof(type));
	while (type == RTE_BE16(RTE_ETHER_TYPE_VLAN) || type == RTE_BE16(RTE_ETHER_TYPE_QINQ)) {
		if (l3 > RTE_ETHER_HDR_LEN + RTE_VLAN_HLEN || m->data_len < l3 + RTE_VLAN_HLEN)
			return 0;
		memcpy(&type, data + l3 + 2, sizeof(type));
		l3 += RTE_VLAN_HLEN;
	}
	if (type != RTE_BE16(RTE_ETHER_TYPE_IPV4) || m->data_len < l3 + 20)
		return 0;
	ihl = (data[l3] & 0xfu) * 4;
	if (ihl < 20 || m->data_len < l3 + ihl)
		return 0;
	return rte_raw_cksum(data + l3, ihl) == 0xffff ? RTE_MBUF_F_RX_IP_CKSUM_GOOD :
							 RTE_MBUF_F_RX_IP_CKSUM_BAD;
}

/* The header in the application's words. Returns false when the frame cannot be given to it. */
static bool
translate(struct vtap_rxq *q, struct rte_mbuf *m, const struct virtio_net_hdr *hdr)
{
	if (q->ip_cksum)
		m->ol_flags |= ipv4_cksum_flag(m);
	if ((hdr->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) == 0) {
		if (q->cksum && (hdr->flags & VIRTIO_NET_HDR_F_DATA_VALID) != 0)
			m->ol_flags |= RTE_MBUF_F_RX_L4_CKSUM_GOOD;
		/* The kernel asks for a checksum on every GSO frame. */
		return hdr->gso_type == VIRTIO_NET_HDR_GSO_NONE;
	}
	/* Not asked for: only a frame that was made before the offloads changed can be so. */
	if (!q->cksum)
		return false;
	if (!keep_state(m, hdr))
		return false;
	m->ol_flags |= RTE_MBUF_F_RX_L4_CKSUM_NONE;
	count(&q->partial, 1);
	if (hdr->gso_type != VIRTIO_NET_HDR_GSO_NONE) {
		if (!q->lro || hdr->gso_size == 0)
			return false;
		m->ol_flags |= RTE_MBUF_F_RX_LRO;
		m->tso_segsz = hdr->gso_size;
		count(&q->gso, 1);
	}
	return true;
}

/* One frame. Returns NULL when there is none for now, or when it was lost (*ret_again then). */
static struct rte_mbuf *
receive(struct vtap_rxq *q, char *trash, bool *ret_again)
{
	struct rte_mbuf *m = q->small, *big;
	struct virtio_net_hdr hdr;
	struct iovec iov[2];
	uint32_t room, len;
	ssize_t n;

	*ret_again = false;
	if (m == NULL) {
		m = rte_pktmbuf_alloc(q->small_pool);
		if (unlikely(m == NULL)) {
			count(&q->no_mbuf, 1);
			return NULL;
		}
		q->small = m;
	}
	if (q->scatter && q->big == NULL)
		q->big = rte_pktmbuf_alloc(q->big_pool);
	room = rte_pktmbuf_tailroom(m);
	iov[0].iov_base = rte_pktmbuf_mtod_offset(m, char *, -VTAP_VNET_HDR_LEN);
	iov[0].iov_len = VTAP_VNET_HDR_LEN + room;
	/* Without a spare the rest of a long frame is lost, but it is seen to be long. */
	iov[1].iov_base = q->big != NULL ? q->big->buf_addr : trash;
	iov[1].iov_len = q->big != NULL ? q->big->buf_len : 1;
	n = readv(q->fd, iov, 2);
	if (n < 0) {
		if (errno == EBADFD)
			atomic_store_explicit(q->gone, true, memory_order_relaxed);
		return NULL;
	}
	*ret_again = true;
	if (unlikely(n < VTAP_VNET_HDR_LEN + RTE_ETHER_HDR_LEN)) {
		count(&q->errors, 1);
		return NULL;
	}
	len = (uint32_t)n - VTAP_VNET_HDR_LEN;
	memcpy(&hdr, iov[0].iov_base, sizeof(hdr));
	if (likely(len <= room)) {
		m->data_len = (uint16_t)len;
	} else {
		big = q->big;
		if (unlikely(big == NULL)) {
			count(q->scatter ? &q->no_big : &q->errors, 1);
			return NULL;
		}
		m->data_len = (uint16_t)room;
		big->data_off = 0;
		big->data_len = (uint16_t)(len - room);
		m->next = big;
		m->nb_segs = 2;
	}
	m->pkt_len = len;
	m->port = q->port_id;
	if (unlikely(!translate(q, m, &hdr))) {
		/* Back to what it was when it stood ready. */
		rte_pktmbuf_reset(m);
		count(&q->errors, 1);
		return NULL;
	}
	if (m->next != NULL) {
		q->big = NULL;
		count(&q->chained, 1);
	}
	q->small = NULL;
	return m;
}

uint16_t
vtap_rx_burst(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	struct vtap_rxq *q = queue;
	uint64_t bytes = 0;
	uint16_t nb_rx = 0;
	char trash[1];
	bool again;

	if (unlikely(atomic_load_explicit(q->gone, memory_order_relaxed)))
		return 0;
	/* Lost frames count as turns, so that a flood of them cannot hold the caller. */
	for (uint16_t i = 0; i < nb_pkts; i++) {
		struct rte_mbuf *m = receive(q, trash, &again);

		if (m != NULL) {
			bytes += m->pkt_len;
			pkts[nb_rx++] = m;
			if (unlikely(bytes >= VTAP_BURST_BYTES))
				break;
		} else if (!again) {
			break;
		}
	}
	if (nb_rx > 0) {
		count(&q->packets, nb_rx);
		count(&q->bytes, bytes);
	}
	return nb_rx;
}
