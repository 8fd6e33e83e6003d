/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_REFLECT_PUNT_H
#define DLO_REFLECT_PUNT_H

/**
 * @file
 * Between ports and the host link: a frame that a port received for a loopback of the host, or that
 * does not match its filter, is punted to the link; a frame that the host sent from a loopback is
 * forwarded to a port. The appliance is a piece of wire there: IP headers stay as they are, only the
 * Ethernet header is new.
 *
 * Thread: the lcore that owns the mbuf, all functions.
 */

#include <stdint.h>

#include <rte_ether.h>

#include "reflect/plan.h"
#include "stats/verdict.h"

/** VLAN tags that are taken off on the way to the host, and put on again on the way back. */
#define DLO_PUNT_TAGS_MAX 2

struct dlo_packet;
struct rte_mbuf;

/** Who is at the other end, and how he is reached on his wire. */
struct dlo_station {
	uint8_t family; /**< 4 or 6 */
	uint8_t nb_tags; /**< VLAN tags in front of the IP packet */
	struct rte_ether_addr mac;
	uint8_t addr[16]; /**< network order; IPv4 in the first four bytes, the others zero */
	uint8_t tags[DLO_PUNT_TAGS_MAX * 4]; /**< as on the wire: EtherType and TCI of each */
};

/**
 * Step 5 of the walk, for a frame without fault that no answer claimed.
 *
 * Hostile frames end here: a loopback is never reached from a source that no wire may carry, from
 * itself, from an address of ours, or with a source route. 127.0.0.0/8 and ::1 are nobody's in
 * every table, so they are never punted.
 * @return DLO_PUNTED, DLO_FORWARDED, a drop reason, or DLO_PASS when the frame is neither
 */
enum dlo_verdict dlo_punt_decide(const struct dlo_plan *plan, const struct dlo_packet *p);

/** Number of the loopback that a frame is for, when it is for none. */
#define DLO_PUNT_NO_LOOPBACK UINT16_MAX

/**
 * Step 4 of the walk, for a frame that does not match the filter and that no answer claimed: the
 * host's, where the plan says so. Not ARP and not neighbour discovery: the link has neighbours of
 * its own, and nobody on a wire may speak for them.
 * @return DLO_PUNTED, or why not: DLO_DROP_FILTERED, or what is wrong with it, as above and with
 *   guards off too
 */
enum dlo_verdict dlo_unmatched_decide(const struct dlo_plan *plan, const struct dlo_packet *p);

/**
 * Make a frame with DLO_PUNTED ready for the link. For a loopback: destination MAC of the link's
 * kernel side, source MAC of the link, no tags. Any other stays as it came, but for the kernel's
 * MAC in place of the port's. Its checksums are complete: it came from a wire.
 * @param ret who sent it, to be reached the same way back; not written on failure, nor for others
 *   than loopbacks
 * @param ret_loopback number of the loopback that it is for, or DLO_PUNT_NO_LOOPBACK; not written
 *   on failure
 * @return DLO_PUNTED, or why not (then @p m is as it was): DLO_DROP_SHARED, or DLO_DROP_TOO_BIG
 *   when its headers lie in pieces
 */
enum dlo_verdict dlo_punt(const struct dlo_plan *plan, struct rte_mbuf *m,
	struct dlo_station *ret, uint16_t *ret_loopback);

/**
 * @param m a frame with DLO_FORWARDED
 * @param ret family and addr of its destination; the rest is zero
 * @return DLO_FORWARDED, or DLO_DROP_TOO_BIG when its headers lie in pieces
 */
enum dlo_verdict dlo_forward_dst(const struct rte_mbuf *m, struct dlo_station *ret);

/**
 * Make a frame with DLO_FORWARDED ready for the wire that @p hop is on: MACs, tags, padding. TTL
 * and hop limit stay: the host sent it, and this is its wire.
 * @param src software MAC of the port that it leaves by
 * @param mtu longest IP packet that the port takes, bytes
 * @return DLO_FORWARDED, or why not (then @p m is as it was): DLO_DROP_SHARED, DLO_DROP_TOO_BIG
 */
enum dlo_verdict dlo_forward(struct rte_mbuf *m, const struct rte_ether_addr *src,
	const struct dlo_station *hop, uint32_t mtu);

/**
 * Who a reply (an answer that was just made) comes from: its source address, or an ARP reply's
 * sender address. For counting, not for deciding.
 * @return the owner, DLO_OWNER_NOBODY when there is no address to be seen
 */
uint16_t dlo_reply_owner(const struct dlo_plan *plan, const struct rte_mbuf *m);

/**
 * See whether @p m is an answer to a question of ours for a neighbour: an ARP reply to us, or a
 * solicited neighbour advertisement. It is not known here whether anybody asked.
 * @param m a frame that dlo_reflect_burst() dropped with DLO_DROP_NOT_REQUEST
 * @return true with @p ret filled
 */
bool dlo_neighbour_heard(const struct dlo_plan *plan, struct rte_mbuf *m, struct dlo_station *ret);

/** Longest frame that dlo_neighbour_ask() writes, bytes. */
#define DLO_NEIGHBOUR_ASK_MAX 96

/**
 * Say who else uses an address of ours.
 * @param m a frame that dlo_reflect_burst() dropped with DLO_DROP_CONFLICT
 * @param ret family and addr of the address, mac of who uses it, no tags
 * @return true with @p ret filled
 */
bool dlo_neighbour_conflict(struct rte_mbuf *m, struct dlo_station *ret);

/**
 * Write the question who has an address: a broadcast ARP request, or a neighbour solicitation to
 * the solicited-node group (RFC 4861 7.2.2).
 * @param buf room for DLO_NEIGHBOUR_ASK_MAX bytes
 * @param who family and addr of whom is looked for
 * @param mac software MAC of the port that asks
 * @param own the port's own address of the same family, network order; all zero: it has none yet,
 *   and asks for its own (RFC 5227 2.1.1, RFC 4862 5.4.2)
 * @return the length of the frame in bytes
 */
uint32_t dlo_neighbour_ask(uint8_t *buf, const struct dlo_station *who,
	const struct rte_ether_addr *mac, const uint8_t *own);

/**
 * Write that an address is ours: an ARP announcement (RFC 5227 2.3), or an unsolicited neighbour
 * advertisement to all nodes (RFC 4861 7.2.6).
 * @param buf room for DLO_NEIGHBOUR_ASK_MAX bytes
 * @param who family and addr of ours
 * @param mac software MAC of the port that it is told on
 * @return the length of the frame in bytes
 */
uint32_t dlo_neighbour_tell(uint8_t *buf, const struct dlo_station *who,
	const struct rte_ether_addr *mac);

#endif
