/* SPDX-License-Identifier: BSD-3-Clause */
#include "reflect/row.h"

#include <stddef.h>

#include <rte_mbuf.h>

#include "answer/answer.h"
#include "answer/lane.h"
#include "answer/udp.h"
#include "reflect/guard.h"
#include "reflect/packet.h"
#include "reflect/scalar.h"

#define TAGS_MAX 2 /* as many as leave the fixed IPv4 header inside the first 32 bytes */
#define L3(tags) (DLO_ETHER_HLEN + (tags) * DLO_TAG_LEN)

/* What follows the IP header, as far as lengths go. */
enum kind {
	KIND_NONE, /* no L4 header that the parser knows: nothing is read behind the addresses */
	KIND_UDP,
	KIND_UDP_TO_US, /* the destination port has to be the same, too: it may be a service of ours */
	KIND_TCP,
	KIND_SCTP,
	KIND_MAX
};

#define TWO(at) [at] = 0xff, [(at) + 1] = 0xff
/* MAC addresses and EtherTypes; the tags' own values are free. */
#define ETHER_0 [0 ... 11] = 0xff, TWO(12)
#define ETHER_1 ETHER_0, TWO(16)
#define ETHER_2 ETHER_1, TWO(20)
/* Version and header length, total length, more-fragments and offset, protocol. */
#define V4_HEAD(l3) [l3] = 0xff, TWO((l3) + 2), [(l3) + 6] = 0x3f, [(l3) + 7] = 0xff, [(l3) + 9] = 0xff
/* Version, payload length, next header. */
#define V6_HEAD(l3) [l3] = 0xf0, TWO((l3) + 4), [(l3) + 6] = 0xff

#define ROW_L2(tags) { \
	.shape = DLO_SHAPE_L2, \
	.head_mask = { ETHER_##tags }, \
	.min_len = 32, \
}
/* Windows start at the source address. First octets decide who is a martian. */
#define ROW_V4(tags, ports, ...) { \
	.shape = DLO_SHAPE_V4, \
	.head_mask = { ETHER_##tags, V4_HEAD(L3(tags)) }, \
	.win = L3(tags) + DLO_IPV4_SRC, \
	.win_mask = { [0] = 0xff, [4] = 0xff, __VA_ARGS__ }, \
	.l4 = (ports) ? L3(tags) + DLO_IPV4_HLEN : 0, \
	.min_len = L3(tags) + DLO_IPV4_SRC + 32, \
}
/* Two bytes: run_start() sees to it that they tell more than martians have in common. */
#define ROW_V6(tags, ports, tail_off, ...) { \
	.shape = DLO_SHAPE_V6, \
	.head_mask = { ETHER_##tags, V6_HEAD(L3(tags)) }, \
	.win = L3(tags) + DLO_IPV6_SRC, \
	.win_mask = { TWO(0), TWO(16) }, \
	.tail = L3(tags) + (tail_off), \
	.tail_mask = { __VA_ARGS__ }, \
	.l4 = (ports) ? L3(tags) + DLO_IPV6_HLEN : 0, \
	.min_len = L3(tags) + (tail_off) + 16, \
}
/* From the source address to the UDP length is 12 bytes, to TCP's data offset 20. */
#define ROWS_V4(tags) { \
	[KIND_NONE] = ROW_V4(tags, false), \
	[KIND_UDP] = ROW_V4(tags, true, TWO(12)), \
	[KIND_UDP_TO_US] = ROW_V4(tags, true, TWO(10), TWO(12)), \
	[KIND_TCP] = ROW_V4(tags, true, [20] = 0xf0), \
	[KIND_SCTP] = ROW_V4(tags, true), \
}
/* The UDP window ends with the UDP header, because the shortest frame does. */
#define ROWS_V6(tags) { \
	[KIND_NONE] = ROW_V6(tags, false, 24, 0), \
	[KIND_UDP] = ROW_V6(tags, true, 32, TWO(12)), \
	[KIND_UDP_TO_US] = ROW_V6(tags, true, 32, TWO(10), TWO(12)), \
	[KIND_TCP] = ROW_V6(tags, true, 40, [12] = 0xf0), \
	[KIND_SCTP] = ROW_V6(tags, true, 32, 0), \
}

static const struct dlo_row rows_l2[] = { ROW_L2(0), ROW_L2(1), ROW_L2(2) };
static const struct dlo_row rows_v4[][KIND_MAX] = { ROWS_V4(0), ROWS_V4(1), ROWS_V4(2) };
static const struct dlo_row rows_v6[][KIND_MAX] = { ROWS_V6(0), ROWS_V6(1), ROWS_V6(2) };

static enum kind
kind_of(const struct dlo_plan *plan, const uint8_t *head, const struct dlo_frame *f)
{
	if (f->l4 != DLO_L4_PORTS)
		return KIND_NONE;
	switch (f->proto) {
	case DLO_PROTO_UDP:
		return dlo_answer_may_claim(plan, f) && dlo_is_to_our_mac(plan, head) ?
			KIND_UDP_TO_US : KIND_UDP;
	case DLO_PROTO_TCP:
		return KIND_TCP;
	default:
		return KIND_SCTP;
	}
}

/* To a port that answers: whose address it is decides, and rows do not look at all of that. */
static bool
is_to_service(const struct dlo_plan *plan, const uint8_t *head, const struct dlo_frame *f)
{
	return f->l4 == DLO_L4_PORTS && f->proto == DLO_PROTO_UDP &&
		dlo_answer_may_claim(plan, f) &&
		dlo_udp_is_service(plan, dlo_get16(head + f->l4_off + 2));
}

/* With other bytes in front, an IPv6 address can be judged by its first two. */
static bool
tells(const uint8_t *addr)
{
	return dlo_get16(addr) != 0;
}

static const struct dlo_row *
find_row(const struct dlo_plan *plan, const uint8_t *head, const struct dlo_frame *f)
{
	const uint8_t *ip = head + f->l3_off;

	if (f->nb_tags > TAGS_MAX || f->fault != DLO_FAULT_NONE || is_to_service(plan, head, f))
		return NULL;
	/* Probes are told from others by more than a row shows. */
	if (f->ether_type == DLO_TYPE_PROBE)
		return NULL;
	switch (f->l3) {
	case DLO_L3_NONE:
		/* Not what only looks like IP: more than the EtherType made it what it is. */
		if (f->ether_type == DLO_TYPE_IPV4 || f->ether_type == DLO_TYPE_IPV6)
			return NULL;
		return &rows_l2[f->nb_tags];
	case DLO_L3_IPV4:
		/* ICMP has answers, errors that quote, and a length to check. */
		if ((ip[0] & 0x0f) != 5 || f->proto == DLO_PROTO_ICMP)
			return NULL;
		return &rows_v4[f->nb_tags][kind_of(plan, head, f)];
	case DLO_L3_IPV6:
		/* Behind an extension header the first next-header field is not proto. */
		if (ip[DLO_IPV6_NEXT] != f->proto || f->flags != 0 ||
			f->proto == DLO_PROTO_ICMPV6 || !tells(ip + DLO_IPV6_SRC) ||
			!tells(ip + DLO_IPV6_DST))
			return NULL;
		return &rows_v6[f->nb_tags][kind_of(plan, head, f)];
	default:
		return NULL;
	}
}

static void
add_prefix(uint8_t *mask, uint8_t len)
{
	memset(mask, 0xff, len / 8);
	if (len % 8 != 0)
		mask[len / 8] |= (uint8_t)(0xff00 >> len % 8);
}

/*
 * Frames whose addresses lie in the same blocks have the same owners, so that none of them is for
 * the host where the first one is not, or from it.
 */
static void
add_owners(const struct dlo_plan *plan, const struct dlo_row *row, const uint8_t *head,
	uint8_t *mask)
{
	const struct dlo_addr_table *t = plan->addresses;
	const uint8_t *win = head + row->win;
	uint32_t src, dst;

	if (row->shape == DLO_SHAPE_V6) {
		add_prefix(mask + 16, dlo_addr_block6(t, win + 16));
		if (plan->forward)
			add_prefix(mask, dlo_addr_block6(t, win));
		return;
	}
	memcpy(&src, win, sizeof(src));
	memcpy(&dst, win + sizeof(src), sizeof(dst));
	add_prefix(mask + sizeof(src), dlo_addr_block4(t, dst));
	if (plan->forward)
		add_prefix(mask, dlo_addr_block4(t, src));
}

/*
 * Frames that agree in all that made the filter say yes match, too. @return false where that is more
 * than the windows of the row show.
 */
static bool
add_filter(const struct dlo_plan *plan, struct dlo_lane *lane, const struct rte_mbuf *m,
	const struct dlo_row *row, struct dlo_run *ret)
{
	uint8_t mask[DLO_FILTER_REACH];

	if (!dlo_filter_why(&plan->filter, lane != NULL ? lane->classes : NULL, ret->data,
		    rte_pktmbuf_data_len(m), mask))
		return false;
	for (unsigned int i = 0; i < sizeof(ret->head_mask); i++)
		ret->head_mask[i] |= mask[i];
	for (unsigned int i = sizeof(ret->head_mask); i < DLO_FILTER_REACH; i++) {
		if (mask[i] == 0)
			continue;
		if (row->shape != DLO_SHAPE_L2 && i - row->win < sizeof(ret->win_mask))
			ret->win_mask[i - row->win] = 0xff;
		else if (row->shape == DLO_SHAPE_V6 && i >= row->tail &&
			i - row->tail < sizeof(ret->tail_mask))
			ret->tail_mask[i - row->tail] = 0xff;
		else
			return false;
	}
	return true;
}

void
dlo_run_start(const struct dlo_plan *plan, struct dlo_lane *lane, struct rte_mbuf *m,
	struct dlo_run *ret)
{
	struct dlo_packet p;
	const struct dlo_row *row;

	ret->row = NULL;
	if (m->nb_segs != 1 || rte_mbuf_refcnt_read(m) != 1 || !RTE_MBUF_DIRECT(m) ||
		m->data_len != m->pkt_len || m->data_len < 32 ||
		(m->ol_flags & DLO_TAGS_STRIPPED) != 0)
		return;
	dlo_packet_load(&p, m);
	/* Step 0 comes before all classes, and swaps nothing. */
	if (plan->carry && dlo_is_carried(p.head))
		return;
	if (dlo_classify(plan, &p) != DLO_REFLECTED)
		return;
	row = find_row(plan, p.head, &p.frame);
	if (row == NULL || m->data_len < row->min_len)
		return;
	memcpy(ret->head_mask, row->head_mask, sizeof(ret->head_mask));
	memcpy(ret->win_mask, row->win_mask, sizeof(ret->win_mask));
	memcpy(ret->tail_mask, row->tail_mask, sizeof(ret->tail_mask));
	if ((plan->punt || plan->forward) && row->shape != DLO_SHAPE_L2 &&
		dlo_is_to_our_mac(plan, p.head))
		add_owners(plan, row, p.head, ret->win_mask);
	ret->data = p.head;
	if (plan->filter.match != NULL && !add_filter(plan, lane, m, row, ret))
		return;
	ret->row = row;
	ret->offloads = !plan->link && m->ol_flags != 0;
}
