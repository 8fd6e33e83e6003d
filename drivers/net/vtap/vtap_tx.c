/* SPDX-License-Identifier: BSD-3-Clause */
#include "vtap_rxtx.h"

#include <errno.h>
#include <linux/virtio_net.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include <rte_errno.h>
#include <rte_ether.h>
#include <rte_ip.h>
#include <rte_mbuf.h>
#include <rte_mbuf_dyn.h>

#include "vtap.h"

#ifndef VIRTIO_NET_HDR_GSO_UDP_L4
#define VIRTIO_NET_HDR_GSO_UDP_L4 5
#endif

/* All that l2_len, l3_len and l4_len can say. */
#define HEAD_MAX (127 + 511 + 255)

#define TX_L4_FLAGS (RTE_MBUF_F_TX_L4_MASK | RTE_MBUF_F_TX_TCP_SEG | RTE_MBUF_F_TX_UDP_SEG)
#define TX_SUPPORTED                                                                               \
	(RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IPV6 | RTE_MBUF_F_TX_IP_CKSUM | TX_L4_FLAGS)

/* The virtio header of a frame and the headers of the frame itself, where they must be changed. */
struct head {
	uint8_t bytes[VTAP_VNET_HDR_LEN + HEAD_MAX];
	uint32_t copied; /* frame bytes that follow the virtio header */
};

static void
count(_Atomic uint64_t *counter, uint64_t n)
{
	atomic_store_explicit(counter,
		atomic_load_explicit(counter, memory_order_relaxed) + n, memory_order_relaxed);
}

/*
 * The sum over the pseudo-header, with the length, as the kernel wants to find it in the checksum
 * field (include/linux/virtio_net.h). Without trailing bytes that only pad the Ethernet frame.
 */
static uint16_t
pseudo_header_sum(const uint8_t *l3, uint32_t l3_len, uint32_t l4_len, bool ipv4, uint8_t proto,
	bool gso)
{
	struct {
		uint32_t len;
		uint32_t proto;
	} tail;
	uint32_t sum;
	uint16_t said;

	memcpy(&said, l3 + (ipv4 ? 2 : 4), sizeof(said));
	/* IPv4 says its total length, IPv6 that of what follows its first forty bytes. */
	if (!gso) {
		uint32_t other = ipv4 ? l3_len : l3_len - 40;
		uint32_t total = rte_be_to_cpu_16(said);

		if (total > other && total - other <= l4_len)
			l4_len = total - other;
	}
	tail.len = rte_cpu_to_be_32(l4_len);
	tail.proto = rte_cpu_to_be_32(proto);
	sum = rte_raw_cksum(&tail, sizeof(tail));
	sum += ipv4 ? rte_raw_cksum(l3 + 12, 8) : rte_raw_cksum(l3 + 8, 32);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

/* What the application asks for in the kernel's words. Returns 0 or -errno for nonsense. */
static int
check_offload(const struct rte_mbuf *m, uint32_t *ret_headers)
{
	uint64_t l4 = m->ol_flags & RTE_MBUF_F_TX_L4_MASK;
	uint32_t headers = m->l2_len + m->l3_len;

	if ((m->ol_flags & RTE_MBUF_F_TX_OFFLOAD_MASK & ~TX_SUPPORTED) != 0 ||
		l4 == RTE_MBUF_F_TX_SCTP_CKSUM)
		return -ENOTSUP;
	if ((m->ol_flags & (RTE_MBUF_F_TX_TCP_SEG | RTE_MBUF_F_TX_UDP_SEG)) != 0) {
		uint32_t l4_min = (m->ol_flags & RTE_MBUF_F_TX_TCP_SEG) != 0 ? 20 : 8;

		if (m->l4_len < l4_min || m->tso_segsz == 0)
			return -EINVAL;
		headers += m->l4_len;
	} else if (l4 == RTE_MBUF_F_TX_TCP_CKSUM) {
		headers += 20;
	} else if (l4 == RTE_MBUF_F_TX_UDP_CKSUM) {
		headers += 8;
	}
	if ((m->ol_flags & (TX_L4_FLAGS | RTE_MBUF_F_TX_IP_CKSUM)) != 0 &&
		(m->l2_len < RTE_ETHER_HDR_LEN || m->l3_len < 20 || headers > m->pkt_len))
		return -EINVAL;
	*ret_headers = headers;
	return 0;
}

static int
fill_offload(const struct rte_mbuf *m, struct head *head)
{
	struct virtio_net_hdr *hdr = (struct virtio_net_hdr *)head->bytes;
	uint8_t *frame = head->bytes + VTAP_VNET_HDR_LEN, *l3;
	uint32_t headers = 0, l4_at = m->l2_len + m->l3_len;
	const void *src;
	uint16_t sum;
	bool tcp, gso, ipv4;
	int err;

	err = check_offload(m, &headers);
	if (err < 0)
		return err;
	if ((m->ol_flags & (TX_L4_FLAGS | RTE_MBUF_F_TX_IP_CKSUM)) == 0)
		return 0;
	src = rte_pktmbuf_read(m, 0, headers, frame);
	if (src == NULL)
		return -EINVAL;
	if (src != frame)
		memcpy(frame, src, headers);
	l3 = frame + m->l2_len;
	ipv4 = (l3[0] >> 4) == 4;
	if (!ipv4 && ((l3[0] >> 4) != 6 || m->l3_len < 40))
		return -EINVAL;
	head->copied = headers;
	gso = (m->ol_flags & (RTE_MBUF_F_TX_TCP_SEG | RTE_MBUF_F_TX_UDP_SEG)) != 0;
	/* The kernel drops a GSO frame whose IPv4 checksum is not right before it is cut. */
	if (ipv4 && (gso || (m->ol_flags & RTE_MBUF_F_TX_IP_CKSUM) != 0)) {
		memset(l3 + 10, 0, 2);
		sum = (uint16_t)~rte_raw_cksum(l3, m->l3_len);
		memcpy(l3 + 10, &sum, sizeof(sum));
	}
	if ((m->ol_flags & TX_L4_FLAGS) == 0)
		return 0;
	tcp = (m->ol_flags & RTE_MBUF_F_TX_TCP_SEG) != 0 ||
		(m->ol_flags & RTE_MBUF_F_TX_L4_MASK) == RTE_MBUF_F_TX_TCP_CKSUM;
	hdr->flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
	hdr->hdr_len = (uint16_t)headers;
	hdr->csum_start = (uint16_t)l4_at;
	hdr->csum_offset = tcp ? 16 : 6;
	sum = pseudo_header_sum(l3, m->l3_len, m->pkt_len - l4_at, ipv4,
		tcp ? IPPROTO_TCP : IPPROTO_UDP, gso);
	memcpy(frame + l4_at + hdr->csum_offset, &sum, sizeof(sum));
	if (gso) {
		hdr->gso_size = m->tso_segsz;
		hdr->gso_type = !tcp ? VIRTIO_NET_HDR_GSO_UDP_L4 :
			ipv4	     ? VIRTIO_NET_HDR_GSO_TCPV4 :
				       VIRTIO_NET_HDR_GSO_TCPV6;
	}
	return 0;
}

/* The state that came with the frame, when it still fits. Returns whether it does. */
static bool
fill_verbatim(const struct rte_mbuf *m, struct head *head)
{
	const struct vtap_vnet_state *state =
		RTE_MBUF_DYNFIELD(m, vtap_dyn.field, const struct vtap_vnet_state *);
	struct virtio_net_hdr *hdr = (struct virtio_net_hdr *)head->bytes;
	const uint16_t *csum;
	uint16_t copy;

	if (state->pkt_len != m->pkt_len)
		return false;
	csum = rte_pktmbuf_read(m, (uint32_t)state->csum_start + state->csum_offset, sizeof(copy),
		&copy);
	if (csum == NULL || memcmp(csum, &state->csum, sizeof(copy)) != 0)
		return false;
	hdr->flags = state->flags;
	hdr->gso_type = state->gso_type;
	hdr->hdr_len = state->hdr_len;
	hdr->gso_size = state->gso_size;
	hdr->csum_start = state->csum_start;
	hdr->csum_offset = state->csum_offset;
	return true;
}

/* Whether the bytes before the data are ours to use. */
static bool
own_headroom(const struct rte_mbuf *m)
{
	return RTE_MBUF_DIRECT(m) && rte_mbuf_refcnt_read(m) == 1 &&
		rte_pktmbuf_headroom(m) >= VTAP_VNET_HDR_LEN;
}

static ssize_t
send_frame(struct vtap_txq *q, const struct rte_mbuf *m, struct head *head)
{
	struct iovec *iov = q->iov;
	uint32_t skip = head->copied;
	int nb = 0;

	if (skip == 0 && own_headroom(m)) {
		char *start = rte_pktmbuf_mtod_offset(m, char *, -VTAP_VNET_HDR_LEN);

		memcpy(start, head->bytes, VTAP_VNET_HDR_LEN);
		if (m->nb_segs == 1)
			return write(q->fd, start, VTAP_VNET_HDR_LEN + (size_t)m->data_len);
		iov[nb].iov_base = start;
		iov[nb++].iov_len = VTAP_VNET_HDR_LEN + (size_t)m->data_len;
		m = m->next;
	} else {
		iov[nb].iov_base = head->bytes;
		iov[nb++].iov_len = VTAP_VNET_HDR_LEN + (size_t)skip;
	}
	for (; m != NULL; m = m->next) {
		uint32_t cut = RTE_MIN(skip, m->data_len);

		skip -= cut;
		if (cut == m->data_len)
			continue;
		iov[nb].iov_base = rte_pktmbuf_mtod_offset(m, char *, cut);
		iov[nb++].iov_len = m->data_len - cut;
	}
	return writev(q->fd, iov, nb);
}

/* Returns 1 sent, 0 not now (the frame stays the caller's), -1 cannot be sent. */
static int
transmit(struct vtap_txq *q, const struct rte_mbuf *m)
{
	_Atomic uint64_t *kind = NULL;
	struct head head;

	if (unlikely(m->nb_segs > VTAP_TX_SEGS_MAX)) {
		count(&q->too_many_segs, 1);
		return -1;
	}
	memset(head.bytes, 0, VTAP_VNET_HDR_LEN);
	head.copied = 0;
	if ((m->ol_flags & RTE_MBUF_F_TX_OFFLOAD_MASK) != 0) {
		if (unlikely(fill_offload(m, &head) < 0)) {
			count(&q->bad_offload, 1);
			return -1;
		}
		kind = &q->offload;
	} else if ((m->ol_flags & vtap_dyn.flag) != 0) {
		kind = fill_verbatim(m, &head) ? &q->verbatim : &q->stale;
	}
	if (likely(send_frame(q, m, &head) >= 0)) {
		if (kind != NULL)
			count(kind, 1);
		return 1;
	}
	switch (errno) {
	case EAGAIN:
	case EINTR:
		return 0;
	case EBADFD:
		atomic_store_explicit(q->gone, true, memory_order_relaxed);
		__attribute__((fallthrough));
	case EIO:
		count(&q->down, 1);
		return -1;
	default:
		return -1;
	}
}

uint16_t
vtap_tx_burst(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	struct vtap_txq *q = queue;
	uint64_t bytes = 0, errors = 0;
	uint16_t i;

	if (unlikely(atomic_load_explicit(q->gone, memory_order_relaxed))) {
		rte_pktmbuf_free_bulk(pkts, nb_pkts);
		count(&q->errors, nb_pkts);
		count(&q->down, nb_pkts);
		return nb_pkts;
	}
	for (i = 0; i < nb_pkts; i++) {
		int ret = transmit(q, pkts[i]);

		if (ret == 0)
			break;
		if (ret > 0)
			bytes += pkts[i]->pkt_len;
		else
			errors++;
	}
	rte_pktmbuf_free_bulk(pkts, i);
	if (i > 0) {
		count(&q->packets, i - errors);
		count(&q->bytes, bytes);
		if (unlikely(errors > 0))
			count(&q->errors, errors);
	}
	return i;
}

uint16_t
vtap_tx_prepare(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	uint32_t headers;
	uint16_t i;
	int err;

	RTE_SET_USED(queue);
	for (i = 0; i < nb_pkts; i++) {
		err = pkts[i]->nb_segs > VTAP_TX_SEGS_MAX ? -EINVAL :
							    check_offload(pkts[i], &headers);
		if (err < 0) {
			rte_errno = -err;
			break;
		}
	}
	return i;
}
