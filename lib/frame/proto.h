/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_FRAME_PROTO_H
#define DLO_FRAME_PROTO_H

/**
 * @file
 * Numbers of the protocols that we read: field offsets inside their headers, lengths, registry
 * values (IANA, IEEE). Our own names, because DPDK's moved between its releases.
 */

/* Ethernet (IEEE 802.3 3.1.1), offsets from the start of the frame. */
#define DLO_ETHER_DST 0
#define DLO_ETHER_SRC 6
#define DLO_ETHER_TYPE 12
#define DLO_ETHER_HLEN 14
#define DLO_ETHER_MIN 60 /**< shortest frame on a wire, without FCS */
#define DLO_ETHER_LENGTH_MAX 1500 /**< up to here the type field is a length (3.2.6) */
#define DLO_TAG_LEN 4
#define DLO_MAC_LEN 6
#define DLO_MAC_GROUP (UINT64_C(1) << 40) /**< I/G bit in a MAC as a number */
#define DLO_MAC_BROADCAST UINT64_C(0xffffffffffff)

#define DLO_TYPE_IPV4 0x0800
#define DLO_TYPE_ARP 0x0806
#define DLO_TYPE_VLAN 0x8100
#define DLO_TYPE_IPV6 0x86dd
#define DLO_TYPE_MAC_CONTROL 0x8808 /**< pause, PFC: IEEE 802.3 annex 31 */
#define DLO_TYPE_SLOW 0x8809 /**< LACP, OAM, ...: IEEE 802.3 annex 57A */
#define DLO_TYPE_EAPOL 0x888e
#define DLO_TYPE_QINQ 0x88a8
#define DLO_TYPE_LLDP 0x88cc
#define DLO_TYPE_PROBE 0x88b5 /**< IEEE 802 local experimental 1: our loop probes */
#define DLO_TYPE_PTP 0x88f7
#define DLO_TYPE_CFM 0x8902
#define DLO_TYPE_CTP 0x9000 /**< Ethernet configuration test: switches' keepalives */
#define DLO_TYPE_QINQ_OLD 0x9100

/* ARP (RFC 826), for Ethernet and IPv4; offsets from its start. */
#define DLO_ARP_HRD 0
#define DLO_ARP_PRO 2
#define DLO_ARP_HLN 4
#define DLO_ARP_PLN 5
#define DLO_ARP_OP 6
#define DLO_ARP_FIXED 8 /**< what comes before the addresses */
#define DLO_ARP_SHA 8
#define DLO_ARP_SPA 14
#define DLO_ARP_THA 18
#define DLO_ARP_TPA 24
#define DLO_ARP_LEN 28
#define DLO_ARP_REQUEST 1
#define DLO_ARP_REPLY 2

/* IPv4 (RFC 791). */
#define DLO_IPV4_TOTAL 2
#define DLO_IPV4_FRAG 6
#define DLO_IPV4_TTL 8
#define DLO_IPV4_PROTO 9
#define DLO_IPV4_CKSUM 10
#define DLO_IPV4_SRC 12
#define DLO_IPV4_DST 16
#define DLO_IPV4_HLEN 20
#define DLO_IPV4_MORE 0x2000
#define DLO_IPV4_OFFSET 0x1fff
#define DLO_IPOPT_END 0
#define DLO_IPOPT_NOP 1
#define DLO_IPOPT_RECORD 7
#define DLO_IPOPT_LSRR 131
#define DLO_IPOPT_SSRR 137

/* IPv6 (RFC 8200). */
#define DLO_IPV6_PAYLOAD 4
#define DLO_IPV6_NEXT 6
#define DLO_IPV6_HOPS 7
#define DLO_IPV6_SRC 8
#define DLO_IPV6_DST 24
#define DLO_IPV6_HLEN 40
#define DLO_IPV6_MORE 0x0001
#define DLO_IPV6_OFFSET 0xfff8

#define DLO_PROTO_HOPOPT 0
#define DLO_PROTO_ICMP 1
#define DLO_PROTO_TCP 6
#define DLO_PROTO_UDP 17
#define DLO_PROTO_ROUTING 43
#define DLO_PROTO_FRAGMENT 44
#define DLO_PROTO_AH 51
#define DLO_PROTO_ICMPV6 58
#define DLO_PROTO_DSTOPTS 60
#define DLO_PROTO_SCTP 132

#define DLO_TCP_HLEN 20
#define DLO_TCP_DOFF 12
#define DLO_UDP_HLEN 8
#define DLO_UDP_LENGTH 4
#define DLO_UDP_CKSUM 6
#define DLO_SCTP_HLEN 12

/* ICMP (RFC 792) and ICMPv6 (RFC 4443, 4861). */
#define DLO_ICMP_TYPE 0
#define DLO_ICMP_CODE 1
#define DLO_ICMP_CKSUM 2
#define DLO_ICMP_HLEN 8
#define DLO_ICMPV6_HLEN 4
#define DLO_ICMP_ECHO_REPLY 0
#define DLO_ICMP_UNREACHABLE 3
#define DLO_ICMP_QUENCH 4
#define DLO_ICMP_REDIRECT 5
#define DLO_ICMP_ECHO 8
#define DLO_ICMP_TIME_EXCEEDED 11
#define DLO_ICMP_PARAMETER 12
#define DLO_ICMPV6_ERROR_FIRST 1 /**< destination unreachable */
#define DLO_ICMPV6_ERROR_LAST 4 /**< parameter problem */
#define DLO_ICMPV6_ECHO 128
#define DLO_ICMPV6_ECHO_REPLY 129
#define DLO_ICMPV6_NS 135
#define DLO_ICMPV6_NA 136
#define DLO_ND_FLAGS 4
#define DLO_ND_TARGET 8
#define DLO_ND_HLEN 24 /**< neighbour solicitation or advertisement without options */
#define DLO_ND_OPT_SLLA 1
#define DLO_ND_OPT_TLLA 2
#define DLO_ND_OPT_NONCE 14 /* RFC 3971 5.3.2, RFC 7527; six bytes of it are used here */
#define DLO_ND_OPT_LLA_LEN 8
#define DLO_ND_SOLICITED 0x40000000
#define DLO_ND_OVERRIDE 0x20000000

#endif
