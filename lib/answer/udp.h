/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_ANSWER_UDP_H
#define DLO_ANSWER_UDP_H

/**
 * @file
 * What the answers to UDP requests have in common. Thread: the lcore that owns the mbuf.
 */

#include "answer/answer.h"

/** IANA's numbers of the services that we are. */
#define DLO_PORT_ECHO 7

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
 * Turn the headers round, all three, with a fresh TTL or hop limit. The UDP checksum is as right
 * as it was.
 */
void dlo_udp_turn(struct dlo_packet *p, uint8_t ttl);

/** Compute the UDP checksum anew; head as it shall leave. */
void dlo_udp_finish_sum(struct dlo_packet *p);

/* One per protocol: the request is ours and dlo_udp_check() has passed it. */
enum dlo_verdict dlo_udp_echo_decide(const struct dlo_plan *plan, struct dlo_packet *p);

#endif
