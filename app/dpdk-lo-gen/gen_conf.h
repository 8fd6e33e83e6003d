/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_GEN_CONF_H
#define DLO_GEN_CONF_H

/**
 * @file
 * The configuration of dpdk-lo-gen as plain data, and the readers of its options. Knows no DPDK.
 * Thread: control.
 */

#include <stdbool.h>
#include <stdint.h>

#include "address/prefix.h"
#include "program.h"

#define GEN_SIZES_MAX 16
#define GEN_FCS 4 /**< bytes of a size that no buffer holds */
#define GEN_SIZE_MIN 64
#define GEN_SIZE_MAX 9618
#define GEN_FLOWS_MAX 64512 /**< unprivileged ports */

enum gen_kind {
	GEN_UDP4,
	GEN_TCP4,
	GEN_UDP6,
	GEN_TCP6,
	GEN_ICMP4,
	GEN_ICMP6,
	GEN_STAMP,
	GEN_LBM,
	GEN_MIX, /**< the six above GEN_STAMP in turn */
};

/** Frame sizes with FCS, as RFC 2544 counts them. */
struct gen_sizes {
	unsigned int nb;
	uint16_t size[GEN_SIZES_MAX];
	uint8_t weight[GEN_SIZES_MAX]; /**< frames of this size in a round */
	uint16_t range_end; /**< not 0: one entry, all sizes from size[0] to this */
};

enum gen_rate_unit {
	GEN_RATE_PERCENT, /**< of the link's speed, preamble and gap counted */
	GEN_RATE_PPS,
	GEN_RATE_BPS, /**< of layer 1: preamble, frame, FCS and gap */
	GEN_RATE_MAX, /**< without pacing */
};

struct gen_rate {
	enum gen_rate_unit unit;
	double value;
};

struct gen_conf {
	char tx_port[DLO_CONF_PORT_NAME];
	char rx_port[DLO_CONF_PORT_NAME];
	struct gen_sizes sizes;
	struct gen_rate rate;
	enum gen_kind kind;
	unsigned int flows;
	uint16_t vlan; /**< 0: untagged */
	struct dlo_prefix src[2]; /**< [0] IPv4, [1] IPv6 */
	struct dlo_prefix dst[2];
	bool dst_given; /**< its MAC is asked for */
	bool has_src_mac;
	bool has_dst_mac;
	uint8_t src_mac[6];
	uint8_t dst_mac[6];
	double duration_s; /**< 0: until count or a signal */
	uint64_t count; /**< frames to send; 0: no limit */
	double stats_s;
	bool bias; /**< measure the tool itself first */
	uint64_t break_above_ns; /**< 0: never */
	char json[256];
};

/** The command line of dpdk-lo-gen; fills a struct gen_conf. */
extern const struct program program_dpdk_lo_gen;

/** Its options; the last one has a NULL name. */
extern const struct dlo_option gen_options[];

/** Fill in the defaults. */
void gen_conf_init(struct gen_conf *conf);

/** @return true when frames of @p kind carry IPv6 (family 1) or IPv4 (family 0). */
bool gen_kind_has(enum gen_kind kind, unsigned int family);

/** @return the word of @p kind. */
const char *gen_kind_name(enum gen_kind kind);

/** Read one --size value. @return 0, or -EINVAL with @p err. */
int gen_read_sizes(const char *text, struct gen_sizes *ret, char err[DLO_CONF_ERR]);

/** Read one --rate value. @return 0, or -EINVAL with @p err. */
int gen_read_rate(const char *text, struct gen_rate *ret, char err[DLO_CONF_ERR]);

#endif
