/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_STATS_VERDICT_H
#define DLO_STATS_VERDICT_H

/**
 * @file
 * Verdicts: the one named fate of every received frame.
 *
 * The lists below are the only place where a verdict is declared. Enum values, counter indices,
 * JSON and telemetry keys, capture comments and documentation are made from them, so a new verdict
 * is one line here and shows up everywhere.
 *
 * Names are lower case with underscores: they are dictionary keys in telemetry, where DPDK 22.11
 * allows only [A-Za-z0-9_/].
 */

#include <stdbool.h>
#include <stdint.h>

/**
 * X(ENUM, name, word, help): protocols that an answer speaks; bit (1 << DLO_ANSWER_ENUM) enables
 * one. The word is what --answer takes.
 */
#define DLO_ANSWERS(X)                                                                             \
	X(ARP, "arp", "arp", "ARP requests for our IPv4 addresses (RFC 826, 5227)")                       \
	X(ND, "nd", "nd", "neighbour solicitations for our IPv6 addresses (RFC 4861, 4862)")       \
	X(ICMP, "icmp", "icmp", "ICMP and ICMPv6 echo requests (RFC 792, 1122, 4443)")             \
	X(UDP_ECHO, "udp_echo", "udp-echo", "UDP datagrams to the echo port (RFC 862)")            \
	X(SBFD, "sbfd", "sbfd", "S-BFD control and BFD echo packets (RFC 7880, 7881, 5881)")       \
	X(STAMP, "stamp", "stamp", "STAMP and TWAMP Light test packets (RFC 8762, 8972, 5357)")    \
	X(OAM, "oam", "oam", "Ethernet OAM loopback, delay and loss messages (802.1ag, Y.1731)")

/** X(ENUM, name, help): verdicts that end in a transmit, answers aside. */
#define DLO_FATES(X)                                                                               \
	X(REFLECTED, "reflected", "sent back where it came from")                                  \
	X(PUNTED, "punted", "handed to the host link")                                             \
	X(FORWARDED, "forwarded", "came from the host link, left through a port")

/** X(ENUM, name, help): drop reasons. Never add a catch-all. */
#define DLO_DROPS(X)                                                                               \
	X(SHORT, "short", "shorter than an Ethernet header or its VLAN tags")                      \
	X(TRUNCATED, "truncated", "lengths in the headers contradict the frame or each other")     \
	X(MCAST_SRC, "mcast_src", "source MAC is multicast, broadcast or zero")                    \
	X(MCAST_DST, "mcast_dst", "destination MAC is multicast or broadcast, nobody's to answer") \
	X(SRC_IS_DST, "src_is_dst", "source MAC equals destination MAC")                           \
	X(RESERVED_MAC, "reserved_mac", "destination in a reserved group (01-80-C2-..., Cisco)")   \
	X(MAC_CONTROL, "mac_control", "MAC control frame (pause, PFC; EtherType 0x8808)")          \
	X(L2_CONTROL, "l2_control", "link protocol of its own (slow, LLDP, EAPOL, PTP, CFM, CTP)") \
	X(SELF, "self", "source MAC is one of our own: a loop or a spoof")                         \
	X(LAND, "land", "IP source equals IP destination")                                         \
	X(MARTIAN, "martian", "IP source or destination that no wire may carry")                   \
	X(NOT_MINE, "not_mine", "destination MAC not accepted by --accept")                        \
	X(FILTERED, "filtered", "does not match --filter")                                         \
	X(BAD_CKSUM, "bad_cksum", "a request whose checksum is wrong")                             \
	X(FRAGMENT, "fragment", "a fragment of a request: answers do not reassemble")              \
	X(OPTIONS, "options", "source route, routing header or malformed IP options")              \
	X(NOT_REQUEST, "not_request", "a reply, or a malformed request, to one of our addresses")  \
	X(CONFLICT, "conflict", "by ARP or ND somebody else uses an address of ours")              \
	X(SRC_PORT, "src_port", "source port of a service that would answer back: a loop to be")   \
	X(NOT_ALLOWED, "not_allowed", "source not in --allow")                                     \
	X(BAD_AUTH, "bad_auth", "authentication is missing or wrong")                              \
	X(NO_SESSION, "no_session", "no room to remember one more session")                        \
	X(RATE_LIMITED, "rate_limited", "beyond --answer-rate")                                    \
	X(LOOP, "loop", "the far end reflects, or answers our answers: stopped")                 \
	X(SHARED, "shared", "the mbuf's data is shared with somebody else: never written to")      \
	X(LOST, "lost", "lost on purpose, by --impair loss=")                                      \
	X(HELD_FULL, "held_full", "beyond what --impair may hold: its limit, or its rate's queue") \
	X(TOO_BIG, "too_big", "needs segments or a size that the sending port cannot take")        \
	X(NO_ROUTE, "no_route", "from a loopback to a peer that no port knows the way to")         \
	X(LINK_FULL, "link_full", "the host link did not take the frame")                          \
	X(TX_FULL, "tx_full", "the transmit queue did not take the frame in time")

enum dlo_answer {
#define X(e, n, w, h) DLO_ANSWER_##e,
	DLO_ANSWERS(X)
#undef X
	DLO_ANSWER_MAX
};

enum dlo_verdict {
#define X(e, n, h) DLO_##e,
	DLO_FATES(X)
#undef X
#define X(e, n, w, h) DLO_ANSWERED_##e,
	DLO_ANSWERS(X)
#undef X
#define X(e, n, h) DLO_DROP_##e,
	DLO_DROPS(X)
#undef X
	DLO_VERDICT_MAX,
	DLO_ANSWERED_FIRST = DLO_ANSWERED_ARP,
	DLO_DROP_FIRST = DLO_DROP_SHORT,
};

/** @return true when @p v is a drop reason. */
static inline bool
dlo_verdict_is_drop(enum dlo_verdict v)
{
	return v >= DLO_DROP_FIRST;
}

/** @return true when @p v is an answer by a protocol responder. */
static inline bool
dlo_verdict_is_answer(enum dlo_verdict v)
{
	return v >= DLO_ANSWERED_FIRST && v < DLO_DROP_FIRST;
}

/**
 * @return the verdict's name as used in reports ("reflected", "arp", "mcast_dst"); a static string,
 * "?" when @p v is out of range. Thread: any.
 */
const char *dlo_verdict_name(enum dlo_verdict v);

/** @return one line for people that says what the verdict means; static, "" when out of range. */
const char *dlo_verdict_help(enum dlo_verdict v);

/** @return the name of an answer, a key in reports ("udp_echo"); static, "?" when out of range. */
const char *dlo_answer_name(enum dlo_answer a);

#endif
