/* SPDX-License-Identifier: BSD-3-Clause */
/* Echo: ICMP (RFC 792, RFC 1122 3.2.2.6) and ICMPv6 (RFC 4443 4.2). */
#include "answer/answer.h"

#include "reflect/swap.h"

/* A Record Route option (RFC 791 3.1) in the IPv4 header at ip, or NULL. */
static uint8_t *
find_record_route(uint8_t *ip)
{
	uint32_t hlen = (uint32_t)(ip[0] & 0x0f) * 4;
	uint32_t i = DLO_IPV4_HLEN;

	/* The parser has seen that every length holds. */
	while (i < hlen && ip[i] != DLO_IPOPT_END) {
		if (ip[i] == DLO_IPOPT_RECORD)
			return ip + i;
		i += ip[i] == DLO_IPOPT_NOP ? 1 : ip[i + 1];
	}
	return NULL;
}

/* The pointer counts from 1; beyond the length the list is full, which is no fault. */
static bool
is_record_route_good(const uint8_t *option)
{
	uint32_t len = option[1];

	if (len < 3 || option[2] < 4)
		return false;
	return option[2] > len || option[2] + 3u <= len;
}

static void
record_route(uint8_t *option, const uint8_t *addr)
{
	if (option[2] > option[1])
		return;
	memcpy(option + option[2] - 1, addr, 4);
	option[2] += 4;
}

/* Replies and errors: they answer something, so nothing may answer them (RFC 1122 3.2.2). */
static bool
is_reply(uint8_t type)
{
	switch (type) {
	case DLO_ICMP_ECHO_REPLY:
	case DLO_ICMP_UNREACHABLE:
	case DLO_ICMP_QUENCH:
	case DLO_ICMP_REDIRECT:
	case DLO_ICMP_TIME_EXCEEDED:
	case DLO_ICMP_PARAMETER:
		return true;
	default:
		return false;
	}
}

/* RFC 4443 2.1: all below 128 are errors. */
static bool
is_reply6(uint8_t type)
{
	return type < DLO_ICMPV6_ECHO || type == DLO_ICMPV6_ECHO_REPLY;
}

/*
 * Replies and fragments that reach our addresses by the host link are the host talking to itself
 * through us: they go on and are reflected, and the host does the rest. Those for a loopback that
 * the host serves are its own too: answers to its pings, errors about what it sent.
 */
static bool
leaves_to_host(const struct dlo_plan *plan, uint16_t owner)
{
	return plan->link || (plan->punt && owner >= DLO_OWNER_LOOPBACK);
}

enum dlo_verdict
dlo_icmp_decide(const struct dlo_plan *plan, struct dlo_packet *p)
{
	const struct dlo_frame *f = &p->frame;
	uint8_t *ip = p->head + f->l3_off;
	const uint8_t *icmp = p->head + f->l4_off;
	const uint8_t *record;
	uint16_t owner = dlo_owner4(plan, ip + DLO_IPV4_DST);

	if (!dlo_is_to_our_mac(plan, p->head) || !dlo_owner_is_us(owner))
		return DLO_PASS;
	if ((f->flags & DLO_FRAME_FRAGMENT) != 0)
		return leaves_to_host(plan, owner) ? DLO_PASS : DLO_DROP_FRAGMENT;
	if (f->l4 != DLO_L4_ICMP)
		return DLO_PASS;
	if (icmp[DLO_ICMP_TYPE] != DLO_ICMP_ECHO) {
		return is_reply(icmp[DLO_ICMP_TYPE]) && !leaves_to_host(plan, owner) ?
			DLO_DROP_NOT_REQUEST : DLO_PASS;
	}
	if (icmp[DLO_ICMP_CODE] != 0)
		return DLO_DROP_NOT_REQUEST;
	if (!dlo_is_from_station(p->head))
		return DLO_DROP_MCAST_SRC;
	if (memcmp(ip + DLO_IPV4_SRC, ip + DLO_IPV4_DST, 4) == 0)
		return DLO_DROP_LAND;
	if (dlo_ipv4_is_martian(dlo_get32(ip + DLO_IPV4_SRC)))
		return DLO_DROP_MARTIAN;
	if ((f->flags & DLO_FRAME_OPTIONS) != 0)
		return DLO_DROP_OPTIONS;
	record = find_record_route(ip);
	if (record != NULL && !is_record_route_good(record))
		return DLO_DROP_OPTIONS;
	if (!dlo_ipv4_sum_is_good(ip) || !dlo_packet_l4_sum_is_good(p))
		return DLO_DROP_BAD_CKSUM;
	p->reply_len = dlo_answer_same_len(p);
	return DLO_ANSWERED_ICMP;
}

enum dlo_verdict
dlo_icmpv6_decide(const struct dlo_plan *plan, struct dlo_packet *p)
{
	const struct dlo_frame *f = &p->frame;
	const uint8_t *ip = p->head + f->l3_off;
	const uint8_t *icmp = p->head + f->l4_off;
	uint16_t owner = dlo_addr_owner6(plan->addresses, ip + DLO_IPV6_DST);

	if (!dlo_is_to_our_mac(plan, p->head) || !dlo_owner_is_us(owner))
		return DLO_PASS;
	if ((f->flags & DLO_FRAME_FRAGMENT) != 0)
		return leaves_to_host(plan, owner) ? DLO_PASS : DLO_DROP_FRAGMENT;
	if (f->l4 != DLO_L4_ICMPV6)
		return DLO_PASS;
	if (icmp[DLO_ICMP_TYPE] != DLO_ICMPV6_ECHO) {
		return is_reply6(icmp[DLO_ICMP_TYPE]) && !leaves_to_host(plan, owner) ?
			DLO_DROP_NOT_REQUEST : DLO_PASS;
	}
	if (icmp[DLO_ICMP_CODE] != 0)
		return DLO_DROP_NOT_REQUEST;
	if (f->l3_end - f->l4_off < DLO_ICMP_HLEN)
		return DLO_DROP_TRUNCATED;
	if (!dlo_is_from_station(p->head))
		return DLO_DROP_MCAST_SRC;
	if (memcmp(ip + DLO_IPV6_SRC, ip + DLO_IPV6_DST, 16) == 0)
		return DLO_DROP_LAND;
	if (dlo_ipv6_is_martian(ip + DLO_IPV6_SRC))
		return DLO_DROP_MARTIAN;
	/* Extension headers go back as they came; not where that could not be true. */
	if ((f->flags & (DLO_FRAME_OPTIONS | DLO_FRAME_AUTH)) != 0)
		return DLO_DROP_OPTIONS;
	if (!dlo_packet_l4_sum_is_good(p))
		return DLO_DROP_BAD_CKSUM;
	p->reply_len = dlo_answer_same_len(p);
	return DLO_ANSWERED_ICMP;
}

static void
write_ipv4(uint8_t *ip)
{
	uint8_t *record = find_record_route(ip);

	dlo_swap_ipv4(ip);
	dlo_ipv4_set_ttl(ip, DLO_ANSWER_TTL);
	if (record != NULL) {
		record_route(record, ip + DLO_IPV4_SRC);
		dlo_put16(ip + DLO_IPV4_CKSUM, 0);
		dlo_put16(ip + DLO_IPV4_CKSUM,
			~dlo_cksum_fold(dlo_cksum_sum(ip, (uint32_t)(ip[0] & 0x0f) * 4)));
	}
}

static void
write_icmp(struct dlo_packet *p, uint8_t reply_type)
{
	uint8_t *icmp = p->head + p->frame.l4_off;
	uint16_t old_word = dlo_get16(icmp);
	uint16_t cksum;

	icmp[DLO_ICMP_TYPE] = reply_type;
	cksum = dlo_cksum_update16(dlo_get16(icmp + DLO_ICMP_CKSUM), old_word, dlo_get16(icmp));
	/*
	 * Two cases want the whole sum: one that was never finished, and the value 0, which stands
	 * for 0xffff when identifier, sequence and data are all zeroes (see dlo_cksum_update16()).
	 */
	if (cksum == 0 || dlo_packet_l4_sum_is_partial(p)) {
		dlo_put16(icmp + DLO_ICMP_CKSUM, 0);
		cksum = ~dlo_packet_l4_sum(p);
	}
	dlo_put16(icmp + DLO_ICMP_CKSUM, cksum);
}

void
dlo_icmp_write(struct dlo_packet *p)
{
	uint8_t *ip = p->head + p->frame.l3_off;

	dlo_swap_macs(p->head);
	if (p->frame.l3 == DLO_L3_IPV4) {
		write_ipv4(ip);
		write_icmp(p, DLO_ICMP_ECHO_REPLY);
	} else {
		dlo_swap_ipv6(ip);
		ip[DLO_IPV6_HOPS] = DLO_ANSWER_TTL;
		write_icmp(p, DLO_ICMPV6_ECHO_REPLY);
	}
	dlo_answer_pad(p, p->frame.l3_end);
}
