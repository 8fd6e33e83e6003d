/* SPDX-License-Identifier: BSD-3-Clause */
/* S-BFD reflector (RFC 7880, RFC 7881; packets as RFC 5880 4.1), and BFD echo (RFC 5881 4). */
#include "answer/udp.h"

#include "reflect/swap.h"

/* Offsets in the BFD control packet, and its bits. */
#define BFD_VERSION_DIAG 0
#define BFD_STATE_FLAGS 1
#define BFD_DETECT_MULT 2
#define BFD_LENGTH 3
#define BFD_MY_DISCR 4
#define BFD_YOUR_DISCR 8
#define BFD_MIN_RX 16
#define BFD_MIN_ECHO_RX 20
#define BFD_HLEN 24 /* without authentication */
#define BFD_VERSION 1
#define BFD_DIAG_ADMIN_DOWN 7
#define BFD_ADMIN_DOWN 0
#define BFD_UP 3
#define BFD_POLL 0x20
#define BFD_FINAL 0x10
#define BFD_AUTH 0x04
#define BFD_DEMAND 0x02
#define BFD_MULTIPOINT 0x01

/* RFC 9747 2: sent with 255, received by its sender with 254 after one hop, which we are. */
#define ECHO_TTL 255

enum dlo_verdict
dlo_sbfd_decide(const struct dlo_plan *plan, struct dlo_packet *p)
{
	const struct dlo_frame *f = &p->frame;
	uint32_t off = (uint32_t)f->l4_off + DLO_UDP_HLEN;
	const uint8_t *bfd = p->head + off;
	uint8_t flags, len;

	/* RFC 7881 6: the far end is a reflector, too. */
	if (dlo_get16(p->head + f->l4_off) == DLO_PORT_SBFD)
		return DLO_DROP_SRC_PORT;
	if (f->l3_end - off < BFD_HLEN)
		return DLO_DROP_TRUNCATED;
	if (off + BFD_HLEN > p->head_len)
		return DLO_DROP_OPTIONS;
	flags = bfd[BFD_STATE_FLAGS];
	len = bfd[BFD_LENGTH];
	/* RFC 5880 6.8.6, in its order. There is no key, so that authentication cannot be in use. */
	if (bfd[BFD_VERSION_DIAG] >> 5 != BFD_VERSION)
		return DLO_DROP_NOT_REQUEST;
	if (len < BFD_HLEN || len > f->l3_end - off)
		return DLO_DROP_TRUNCATED;
	if (bfd[BFD_DETECT_MULT] == 0 || (flags & (BFD_MULTIPOINT | BFD_AUTH)) != 0 ||
		dlo_get32(bfd + BFD_MY_DISCR) == 0)
		return DLO_DROP_NOT_REQUEST;
	/* RFC 7880 7.2.1, and 7.2.3: without Demand it was sent by a reflector (appendix A). */
	if (dlo_get32(bfd + BFD_YOUR_DISCR) != plan->settings.sbfd.discriminator ||
		(flags & BFD_DEMAND) == 0)
		return DLO_DROP_NOT_REQUEST;
	p->reply_len = dlo_packet_fit(p, off + BFD_HLEN);
	if (p->reply_len > p->len)
		p->reply_len = p->len;
	return DLO_ANSWERED_SBFD;
}

static void
write_control(const struct dlo_plan *plan, struct dlo_packet *p)
{
	uint32_t off = (uint32_t)p->frame.l4_off + DLO_UDP_HLEN;
	uint8_t *bfd = p->head + off;
	bool poll = (bfd[BFD_STATE_FLAGS] & BFD_POLL) != 0;
	bool down = plan->settings.sbfd.admin_down;
	uint32_t mine = dlo_get32(bfd + BFD_YOUR_DISCR);

	/* RFC 7881 6.1; what is not named in RFC 7880 7.2.2 is 0 or stays as it came. */
	dlo_udp_turn(p, 255);
	bfd[BFD_VERSION_DIAG] = BFD_VERSION << 5 | (down ? BFD_DIAG_ADMIN_DOWN : 0);
	bfd[BFD_STATE_FLAGS] = (down ? BFD_ADMIN_DOWN : BFD_UP) << 6 | (poll ? BFD_FINAL : 0);
	bfd[BFD_LENGTH] = BFD_HLEN;
	dlo_put32(bfd + BFD_YOUR_DISCR, dlo_get32(bfd + BFD_MY_DISCR));
	dlo_put32(bfd + BFD_MY_DISCR, mine);
	dlo_put32(bfd + BFD_MIN_RX, plan->settings.sbfd.min_rx_us);
	/* We do return echo packets, at the same rate. */
	dlo_put32(bfd + BFD_MIN_ECHO_RX, plan->settings.sbfd.min_rx_us);
	dlo_udp_set_end(p, off + BFD_HLEN);
	dlo_udp_finish_sum(p);
	dlo_answer_pad(p, off + BFD_HLEN);
}

enum dlo_verdict
dlo_bfd_echo_decide(const struct dlo_plan *plan, struct dlo_packet *p)
{
	const struct dlo_frame *f = &p->frame;
	const uint8_t *ip = p->head + f->l3_off;
	enum dlo_verdict v;

	if ((f->flags & DLO_FRAME_FRAGMENT) != 0)
		return plan->link ? DLO_PASS : DLO_DROP_FRAGMENT;
	if (!dlo_is_from_station(p->head))
		return DLO_DROP_MCAST_SRC;
	/* It goes where its destination says: back to its sender. So that is who must be allowed. */
	v = f->l3 == DLO_L3_IPV4 ? dlo_udp_check_peer4(plan, ip, ip + DLO_IPV4_DST) :
		dlo_udp_check_peer6(plan, p, ip + DLO_IPV6_DST);
	if (v != DLO_PASS)
		return v;
	if (dlo_get16(p->head + f->l4_off + DLO_UDP_LENGTH) != f->l3_end - f->l4_off)
		return DLO_DROP_TRUNCATED;
	/* Any less, and it has been returned before: two reflectors would throw it to and fro. */
	if (ip[f->l3 == DLO_L3_IPV4 ? DLO_IPV4_TTL : DLO_IPV6_HOPS] != ECHO_TTL)
		return DLO_DROP_NOT_REQUEST;
	p->reply_len = dlo_answer_same_len(p);
	return DLO_ANSWERED_SBFD;
}

/* As a router that sends it out of the port it came from: RFC 5881 4, RFC 9747 2. */
static void
write_echo(struct dlo_packet *p)
{
	uint8_t *ip = p->head + p->frame.l3_off;

	dlo_swap_macs(p->head);
	if (p->frame.l3 == DLO_L3_IPV4)
		dlo_ipv4_set_ttl(ip, ECHO_TTL - 1);
	else
		ip[DLO_IPV6_HOPS] = ECHO_TTL - 1;
	if (dlo_packet_l4_sum_is_partial(p))
		dlo_udp_finish_sum(p);
	dlo_answer_pad(p, p->frame.l3_end);
}

void
dlo_sbfd_write(const struct dlo_plan *plan, struct dlo_packet *p)
{
	if (dlo_get16(p->head + p->frame.l4_off + 2) == DLO_PORT_BFD_ECHO)
		write_echo(p);
	else
		write_control(plan, p);
}
