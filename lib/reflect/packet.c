/* SPDX-License-Identifier: BSD-3-Clause */
#include "reflect/packet.h"

#include <string.h>

#include "frame/bytes.h"
#include "frame/cksum.h"
#include "frame/proto.h"
#include "reflect/guard.h"

enum dlo_verdict
dlo_packet_put_tags(struct rte_mbuf *m)
{
	const uint32_t macs_len = 2 * DLO_MAC_LEN;
	uint8_t tags[2 * DLO_TAG_LEN], *head;
	uint16_t len = 0;

	if ((m->ol_flags & RTE_MBUF_F_RX_QINQ_STRIPPED) != 0) {
		dlo_put16(tags, DLO_TYPE_QINQ);
		dlo_put16(tags + 2, m->vlan_tci_outer);
		len = DLO_TAG_LEN;
	}
	if ((m->ol_flags & RTE_MBUF_F_RX_VLAN_STRIPPED) != 0) {
		dlo_put16(tags + len, DLO_TYPE_VLAN);
		dlo_put16(tags + len + 2, m->vlan_tci);
		len += DLO_TAG_LEN;
	}
	if (dlo_segment_is_shared(m))
		return DLO_DROP_SHARED;
	if (rte_pktmbuf_headroom(m) < len || rte_pktmbuf_data_len(m) < macs_len)
		return DLO_DROP_TOO_BIG;
	head = (uint8_t *)rte_pktmbuf_prepend(m, len);
	memmove(head, head + len, macs_len);
	memcpy(head + macs_len, tags, len);
	m->ol_flags &= ~DLO_TAGS_STRIPPED;
	m->packet_type = RTE_PTYPE_UNKNOWN;
	return DLO_PASS;
}

bool
dlo_packet_chain_is_whole(const struct rte_mbuf *m)
{
	uint32_t left = rte_pktmbuf_pkt_len(m);
	uint16_t nb_segs = m->nb_segs;

	for (; nb_segs > 0 && m != NULL && rte_pktmbuf_data_len(m) <= left; nb_segs--, m = m->next)
		left -= rte_pktmbuf_data_len(m);
	return nb_segs == 0 && m == NULL && left == 0;
}

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
dlo_packet_can_scatter(const struct dlo_packet *p)
{
	uint32_t done = 0;

	for (const struct rte_mbuf *m = p->m; m != NULL && done < p->head_len; m = m->next) {
		uint32_t n = part(m, done, p->head_len);

		if (dlo_segment_is_shared(m) &&
			memcmp(rte_pktmbuf_mtod(m, const uint8_t *), p->scratch + done, n) != 0)
			return false;
		done += n;
	}
	return true;
}

/* Unchanged pieces may be shared: they are not even written with what they hold. */
void
dlo_packet_scatter(const struct dlo_packet *p)
{
	uint32_t done = 0;

	for (struct rte_mbuf *m = p->m; m != NULL && done < p->head_len; m = m->next) {
		uint32_t n = part(m, done, p->head_len);
		uint8_t *data = rte_pktmbuf_mtod(m, uint8_t *);

		if (memcmp(data, p->scratch + done, n) != 0)
			memcpy(data, p->scratch + done, n);
		done += n;
	}
}

uint32_t
dlo_packet_fit(const struct dlo_packet *p, uint32_t end)
{
	uint32_t want = end < DLO_ETHER_MIN ? DLO_ETHER_MIN : end;
	const struct rte_mbuf *last = rte_pktmbuf_lastseg(p->m);

	if (want > p->len)
		return want - p->len <= rte_pktmbuf_tailroom(last) ? want : p->len;
	/* A trailer that fills the last segment stays: empty segments trouble drivers. */
	if (p->len - want >= rte_pktmbuf_data_len(last))
		return p->len;
	return want;
}

bool
dlo_packet_resize_is_shared(const struct dlo_packet *p)
{
	return p->reply_len != p->len && dlo_segment_is_shared(rte_pktmbuf_lastseg(p->m));
}

void
dlo_packet_resize(struct dlo_packet *p)
{
	struct rte_mbuf *last;
	uint32_t data_len;

	if (p->reply_len == p->len)
		return;
	last = rte_pktmbuf_lastseg(p->m);
	data_len = rte_pktmbuf_data_len(last);
	if (p->reply_len > p->len)
		memset(rte_pktmbuf_mtod_offset(last, uint8_t *, data_len), 0,
			p->reply_len - p->len);
	last->data_len = data_len + p->reply_len - p->len;
	p->m->pkt_len = p->reply_len;
}

/*
 * Sum of the frame's bytes from off to end, taken from the segments. Not rte_raw_cksum_mbuf(): in
 * DPDK 22.11 that loses a carry behind segments of odd length (it swaps the bytes of a sum that is
 * still 32 bits wide), and sums of good frames come out wrong.
 */
static uint64_t
sum_segments(const struct rte_mbuf *m, uint32_t off, uint32_t end)
{
	uint64_t sum = 0;
	uint32_t start = 0, done = 0;

	for (; m != NULL && start < end; m = m->next) {
		uint32_t seg_end = start + rte_pktmbuf_data_len(m);
		uint32_t from = off > start ? off : start;
		uint32_t to = end < seg_end ? end : seg_end;

		if (from < to) {
			uint16_t part_sum = dlo_cksum_fold(dlo_cksum_sum(
				rte_pktmbuf_mtod_offset(m, const uint8_t *, from - start),
				to - from));

			/* Behind an odd number of bytes the halves of words change places. */
			sum += done % 2 == 0 ? part_sum : rte_bswap16(part_sum);
			done += to - from;
		}
		start = seg_end;
	}
	return sum;
}

uint16_t
dlo_packet_l4_sum(const struct dlo_packet *p)
{
	const struct dlo_frame *f = &p->frame;
	uint32_t in_head = f->l3_end < p->head_len ? f->l3_end : p->head_len;
	uint64_t sum = dlo_cksum_sum(p->head + f->l4_off, in_head - f->l4_off);

	/* Every header is an even number of bytes long, so that a full head ends on a word. */
	if (in_head < f->l3_end)
		sum += sum_segments(p->m, in_head, f->l3_end);
	/* ICMP alone goes without. */
	if (f->l4 != DLO_L4_ICMP && f->l3 == DLO_L3_IPV6)
		sum += dlo_cksum_pseudo6(p->head + f->l3_off, f->proto, f->l3_end - f->l4_off);
	else if (f->l4 != DLO_L4_ICMP)
		sum += dlo_cksum_pseudo4(p->head + f->l3_off, f->proto, f->l3_end - f->l4_off);
	return dlo_cksum_fold(sum);
}
