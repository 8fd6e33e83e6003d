/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_ANSWER_UDP_H
#define DLO_ANSWER_UDP_H

/**
 * @file
 * What the answers to UDP requests have in common. Thread: the lcore that owns the mbuf.
 */

#include "answer/answer.h"

/** IANA's numbers of the services that we are. */
#define DLO_PORT_BFD_ECHO 3785
#define DLO_PORT_SBFD 7784

/**
 * The ports that enabled answers of @p plan listen on; the one list that everything else asks,
 * compiled plans of the burst functions too.
 * @param ports written as far as the return value says, host order
 * @return how many
 */
unsigned int dlo_udp_services(const struct dlo_plan *plan, uint16_t ports[DLO_UDP_SERVICES_MAX]);

/** @return true when an enabled answer of @p plan listens on @p port. */
bool dlo_udp_is_service(const struct dlo_plan *plan, uint16_t port);

/**
 * @return true when a reply to source port @p port may start a loop: a service of ours, or a
 * well-known one that answers whatever it gets (CVE-2024-2169).
 */
bool dlo_udp_would_loop(const struct dlo_plan *plan, uint16_t port);

/**
 * Is it a sound request, from somebody who may ask? To be called when it is ours by MAC, address
 * and port.
 * @return DLO_PASS, or a drop reason
 */
enum dlo_verdict dlo_udp_check(const struct dlo_plan *plan, const struct dlo_packet *p);

/**
 * May the station at @p addr be answered, and are the IP headers sound enough for it?
 * @param ip the IPv4 header
 * @return DLO_PASS, or a drop reason
 */
enum dlo_verdict dlo_udp_check_peer4(const struct dlo_plan *plan, const uint8_t *ip,
	const uint8_t *addr);

/** The same for IPv6. */
enum dlo_verdict dlo_udp_check_peer6(const struct dlo_plan *plan, const struct dlo_packet *p,
	const uint8_t *addr);

/**
 * Turn the headers round, all three, with a fresh TTL or hop limit. The UDP checksum is as right
 * as it was.
 */
void dlo_udp_turn(struct dlo_packet *p, uint8_t ttl);

/**
 * The datagram is to end at @p end, an offset in the frame: set all lengths, and the IPv4 checksum,
 * accordingly. The UDP checksum is left to dlo_udp_finish_sum().
 */
void dlo_udp_set_end(struct dlo_packet *p, uint32_t end);

/**
 * Some of what the UDP checksum covers has changed, from words of the sum @p old_sum to words of
 * @p new_sum: RFC 1624 equation 3. Not for a datagram without a checksum.
 * @param udp the UDP header
 */
static inline void
dlo_udp_move_sum(uint8_t *udp, uint64_t old_sum, uint64_t new_sum)
{
	uint16_t cksum = ~dlo_cksum_fold((uint64_t)(uint16_t)~dlo_get16(udp + DLO_UDP_CKSUM) +
		(uint16_t)~dlo_cksum_fold(old_sum) + new_sum);

	/* RFC 768: 0 would say that there is none. */
	dlo_put16(udp + DLO_UDP_CKSUM, cksum == 0 ? 0xffff : cksum);
}

/** Compute the UDP checksum anew; head as it shall leave. */
void dlo_udp_finish_sum(struct dlo_packet *p);

/* One per protocol: the request is ours and dlo_udp_check() has passed it. */
enum dlo_verdict dlo_udp_echo_decide(const struct dlo_plan *plan, struct dlo_packet *p);
enum dlo_verdict dlo_stamp_decide(const struct dlo_plan *plan, struct dlo_packet *p);
enum dlo_verdict dlo_sbfd_decide(const struct dlo_plan *plan, struct dlo_packet *p);
/* To our MAC, but not to an address of ours; nothing else is known of it. */
enum dlo_verdict dlo_bfd_echo_decide(const struct dlo_plan *plan, struct dlo_packet *p);

#endif
