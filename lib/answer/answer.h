/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_ANSWER_ANSWER_H
#define DLO_ANSWER_ANSWER_H

/**
 * @file
 * Answers: replies by protocol responders, made in place in the request's mbuf. Deciding and
 * writing are apart: deciding only looks, so that nothing is half written when the frame may not
 * be touched. One file per protocol; docs/protocols.md has the clauses.
 *
 * Thread: the lcore that owns the mbuf, all functions.
 */

#include <stdbool.h>

#include "address/address.h"
#include "frame/cksum.h"
#include "reflect/guard.h"
#include "reflect/packet.h"
#include "reflect/plan.h"
#include "stats/verdict.h"

/** Time to live and hop limit of replies whose protocol does not say otherwise (RFC 1700). */
#define DLO_ANSWER_TTL 64

/**
 * Step 3 of the walk: is it a request to one of our addresses?
 * @param p a frame without fault; reply_len is set when the verdict is an answer
 * @return an answer, a drop reason, or DLO_PASS when no answer claims the frame
 */
enum dlo_verdict dlo_answer_decide(const struct dlo_plan *plan, struct dlo_packet *p);

/** Answers to UDP requests. */
#define DLO_ANSWERS_UDP                                                                            \
	(UINT32_C(1) << DLO_ANSWER_UDP_ECHO | UINT32_C(1) << DLO_ANSWER_SBFD |                     \
		UINT32_C(1) << DLO_ANSWER_STAMP)

/** @return true when the frame is Ethernet OAM and the answer to it is on. */
static inline bool
dlo_answer_is_oam(const struct dlo_plan *plan, const struct dlo_frame *f)
{
	return f->ether_type == DLO_TYPE_CFM && plan->settings.oam.on;
}

/**
 * @return false when no answer of @p plan can claim the frame, whatever it says and to whom; the
 * quick look first. Who judges frames by their likeness to others must judge the rest one by one.
 */
static inline bool
dlo_answer_may_claim(const struct dlo_plan *plan, const struct dlo_frame *f)
{
	if (f->proto == DLO_PROTO_UDP)
		return (plan->answers & DLO_ANSWERS_UDP) != 0;
	return f->l3 == DLO_L3_ARP || (f->l3 == DLO_L3_IPV4 && f->proto == DLO_PROTO_ICMP) ||
		(f->l3 == DLO_L3_IPV6 && f->proto == DLO_PROTO_ICMPV6) || dlo_answer_is_oam(plan, f);
}

/**
 * What depends on more than the frame: may this answer be given now?
 * @param lane see dlo_reflect_burst(); NULL: always, but for answers that need one
 * @param p its session is set where the answer has any
 * @param answer what dlo_answer_decide() returned
 * @return @p answer, or a drop reason
 */
enum dlo_verdict dlo_answer_admit(const struct dlo_plan *plan, struct dlo_lane *lane,
	struct dlo_packet *p, enum dlo_verdict answer);

/**
 * Turn the request in the head into the reply that dlo_answer_decide() promised.
 * @param lane as admitted
 * @param p head has room for min(reply_len, DLO_HEAD_MAX) bytes
 * @param answer what dlo_answer_admit() returned
 */
void dlo_answer_write(const struct dlo_plan *plan, struct dlo_lane *lane, struct dlo_packet *p,
	enum dlo_verdict answer);

/**
 * Answers that say when they leave are about to: write that, and what depends on it. To be called
 * where lane->nb_timed is not 0, as late before rte_eth_tx_burst() as can be.
 * @param pkts the frames to send back, in the order of dlo_reflect_burst(); some may be missing
 */
void dlo_answer_depart(const struct dlo_plan *plan, struct dlo_lane *lane,
	struct rte_mbuf *const *pkts, uint16_t nb_pkts);

/* One pair per protocol, with the contracts above. */
enum dlo_verdict dlo_arp_decide(const struct dlo_plan *plan, struct dlo_packet *p);
void dlo_arp_write(const struct dlo_plan *plan, struct dlo_packet *p);
enum dlo_verdict dlo_nd_decide(const struct dlo_plan *plan, struct dlo_packet *p);
void dlo_nd_write(const struct dlo_plan *plan, struct dlo_packet *p);
enum dlo_verdict dlo_icmp_decide(const struct dlo_plan *plan, struct dlo_packet *p);
enum dlo_verdict dlo_icmpv6_decide(const struct dlo_plan *plan, struct dlo_packet *p);
void dlo_icmp_write(struct dlo_packet *p);
/**
 * @param type DLO_ND_OPT_SLLA, DLO_ND_OPT_TLLA or DLO_ND_OPT_NONCE
 * @return the six bytes of that option of a neighbour discovery message, or NULL: there is none
 */
const uint8_t *dlo_nd_lla(const struct dlo_packet *p, uint8_t type);
/** @return the address that the sender of a solicitation or advertisement uses, or wants to use. */
const uint8_t *dlo_nd_claimed(const struct dlo_packet *p);
/* The UDP answers decide together: what a request must be like is the same for all. */
enum dlo_verdict dlo_udp_decide(const struct dlo_plan *plan, struct dlo_packet *p);
void dlo_udp_echo_write(struct dlo_packet *p);
void dlo_sbfd_write(const struct dlo_plan *plan, struct dlo_packet *p);
enum dlo_verdict dlo_stamp_admit(const struct dlo_plan *plan, struct dlo_lane *lane,
	struct dlo_packet *p);
void dlo_stamp_write(const struct dlo_plan *plan, struct dlo_lane *lane, struct dlo_packet *p);
enum dlo_verdict dlo_oam_decide(const struct dlo_plan *plan, struct dlo_packet *p);
enum dlo_verdict dlo_oam_admit(const struct dlo_plan *plan, struct dlo_lane *lane,
	struct dlo_packet *p);
void dlo_oam_write(const struct dlo_plan *plan, struct dlo_lane *lane, struct dlo_packet *p);

/** @return true when @p owner is the appliance itself: the port or a loopback. */
static inline bool
dlo_owner_is_us(uint16_t owner)
{
	return owner == DLO_OWNER_PORT || owner >= DLO_OWNER_STATION;
}

/** @return true when the address is to be the appliance's alone, so that who else uses it is wrong. */
static inline bool
dlo_owner_is_only_us(uint16_t owner)
{
	return owner >= DLO_OWNER_TENTATIVE;
}

/** @return the owner of the IPv4 address at @p addr, which needs no alignment. */
static inline uint16_t
dlo_owner4(const struct dlo_plan *plan, const uint8_t *addr)
{
	uint32_t be;

	memcpy(&be, addr, sizeof(be));
	return dlo_addr_owner4(plan->addresses, be);
}

/** @return true when the IPv4 address at @p addr is ours. */
static inline bool
dlo_is_ours4(const struct dlo_plan *plan, const uint8_t *addr)
{
	return dlo_owner_is_us(dlo_owner4(plan, addr));
}

/** @return true when the IPv6 address at @p addr is ours. */
static inline bool
dlo_is_ours6(const struct dlo_plan *plan, const uint8_t *addr)
{
	return dlo_owner_is_us(dlo_addr_owner6(plan->addresses, addr));
}

/** @return true when the frame is addressed to the software MAC. */
static inline bool
dlo_is_to_our_mac(const struct dlo_plan *plan, const uint8_t *head)
{
	return dlo_get48(head + DLO_ETHER_DST) == dlo_get48(plan->mac.addr_bytes);
}

/** @return true when the frame is addressed to the software MAC or to a group. */
static inline bool
dlo_is_to_us_or_group(const struct dlo_plan *plan, const uint8_t *head)
{
	return (head[DLO_ETHER_DST] & 1) != 0 || dlo_is_to_our_mac(plan, head);
}

/** @return true when a reply may go to the frame's source MAC: one station, and not nobody. */
static inline bool
dlo_is_from_station(const uint8_t *head)
{
	uint64_t src = dlo_get48(head + DLO_ETHER_SRC);

	return src != 0 && !dlo_mac_is_group(src);
}

/**
 * What becomes of duplicate address detection (RFC 4862) and of ARP probes (RFC 5227) on the host
 * link: the host asks for an address that it is about to take, and shall have it.
 */
static inline enum dlo_verdict
dlo_leave_to_host(const uint8_t *head)
{
	return (head[DLO_ETHER_DST] & 1) != 0 ? DLO_DROP_MCAST_DST : DLO_DROP_NOT_REQUEST;
}

/** @return true when the header checksum of the IPv4 header at @p ip is right. */
static inline bool
dlo_ipv4_sum_is_good(const uint8_t *ip)
{
	return dlo_cksum_fold(dlo_cksum_sum(ip, (uint32_t)(ip[0] & 0x0f) * 4)) == 0xffff;
}

/** Set the TTL of the IPv4 header at @p ip, and its checksum accordingly. */
static inline void
dlo_ipv4_set_ttl(uint8_t *ip, uint8_t ttl)
{
	uint16_t old_word = dlo_get16(ip + DLO_IPV4_TTL);

	ip[DLO_IPV4_TTL] = ttl;
	/* Not read back: a byte that was just written is slow to read as part of a word. */
	dlo_put16(ip + DLO_IPV4_CKSUM,
		dlo_cksum_update16(dlo_get16(ip + DLO_IPV4_CKSUM), old_word,
			(uint16_t)(ttl << 8 | (old_word & 0xff))));
}

/** @return the length of a reply with no more bytes than were asked: only padding may go. */
static inline uint32_t
dlo_answer_same_len(const struct dlo_packet *p)
{
	uint32_t fit = dlo_packet_fit(p, p->frame.l3_end);

	return fit < p->len ? fit : p->len;
}

/** Zero what pads a reply that ends at @p end to the shortest frame (no stale bytes leave). */
static inline void
dlo_answer_pad(struct dlo_packet *p, uint32_t end)
{
	uint32_t to = p->reply_len < DLO_ETHER_MIN ? p->reply_len : DLO_ETHER_MIN;

	if (to > end)
		memset(p->head + end, 0, to - end);
}

#endif
