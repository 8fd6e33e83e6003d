/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_STEER_SHARED_H
#define DLO_STEER_SHARED_H

/**
 * @file
 * What the steering program and its loader agree on. Seen by both compilers: plain layouts, fixed
 * widths, no padding left to chance.
 */

#include <linux/types.h>

/** Rules of one interface; the program is unrolled over all of them. */
#define DLO_STEER_RULES_MAX 16

/** By what the table is found in the program's object file; as long as the field. */
#define DLO_STEER_MAGIC "dpdk-lo steer 1\n"
#define DLO_STEER_MAGIC_LEN 16

/** The program's name, by which it is told from other people's (at most 15 characters). */
#define DLO_STEER_PROG "dlo_steer"

/** Bits of dlo_steer_rule.want: all of them must hold. */
#define DLO_STEER_SRC_MAC (1u << 0)
#define DLO_STEER_DST_MAC (1u << 1)
#define DLO_STEER_MAC (1u << 2) /* either of both fields */
#define DLO_STEER_VLAN (1u << 3)
#define DLO_STEER_TYPE (1u << 4)
#define DLO_STEER_PROTO (1u << 5)
#define DLO_STEER_SRC_ADDR (1u << 6)
#define DLO_STEER_DST_ADDR (1u << 7)
#define DLO_STEER_ADDR (1u << 8)
#define DLO_STEER_SRC_PORT (1u << 9)
#define DLO_STEER_DST_PORT (1u << 10)
#define DLO_STEER_PORT (1u << 11)

/** An address with its mask, as its bytes lie in the packet; IPv4 is the first word's low half. */
struct dlo_steer_addr {
	__u32 addr[4];
	__u32 mask[4];
};

struct dlo_steer_ports {
	__u16 first; /* host byte order */
	__u16 last;
};

/** "Either of both fields": what is looked for stands in both src and dst. */
struct dlo_steer_rule {
	__u64 src_mac; /* as a number: 01:02:.. is 0x0102.. */
	__u64 dst_mac;
	struct dlo_steer_addr src;
	struct dlo_steer_addr dst;
	struct dlo_steer_ports src_port;
	struct dlo_steer_ports dst_port;
	__u32 want;
	__u16 type; /* EtherType behind VLAN tags, host byte order; says the family of addresses */
	__u16 vlan; /* of the outer tag */
	__u32 proto; /* of IPv4, or next header of IPv6 */
	__u32 unused;
};

/** Places in the map of devices of the programs of tc. */
#define DLO_STEER_INTERFACE 0
#define DLO_STEER_TAP 1
#define DLO_STEER_DEVICES 2

struct dlo_steer_table {
	__u8 magic[DLO_STEER_MAGIC_LEN];
	__u32 nb_rules;
	__u32 unused;
	struct dlo_steer_rule rules[DLO_STEER_RULES_MAX];
};

#endif
