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
#define GEN_WIRE_EXTRA 20 /**< preamble, start of frame, gap: IEEE 802.3 */
#define GEN_SIZE_MIN 64
#define GEN_SIZE_MAX 9618
#define GEN_DRAIN_DEFAULT 2.0 /**< seconds, RFC 2544 23 */
#define RFC_TRIAL_SECONDS 60.0 /**< RFC 2544 24 */
#define RFC_SETTLE_SECONDS 5.0 /**< RFC 2544 23 */
#define RFC_BURST_SECONDS 2.0 /**< RFC 2544 26.4 */
#define RFC_REPEATS_LATENCY 20 /**< RFC 2544 26.2 */
#define RFC_REPEATS_BURST 50 /**< RFC 2544 26.4 */
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

/** Tests of RFC 2544 26, bits of rfc_conf.tests. */
enum {
	GEN_TEST_THROUGHPUT = 1 << 0,
	GEN_TEST_LATENCY = 1 << 1,
	GEN_TEST_LOSS = 1 << 2,
	GEN_TEST_BURST = 1 << 3, /**< back-to-back */
};

enum rfc_search {
	RFC_SEARCH_BINARY, /**< with loss verification: RFC 9004, ETSI TST009 12.3.3 */
	RFC_SEARCH_MLR, /**< two goals at once, trials repeated until they add up */
};

struct rfc_conf {
	unsigned int tests; /**< 0: an ordinary run */
	enum rfc_search search;
	double trial_s;
	double settle_s; /**< between trials */
	unsigned int repeats; /**< 0: as each standard says */
	unsigned int verify; /**< further trials where one lost frames */
	double resolution; /**< part of the maximum */
	double pdr; /**< loss ratio */
	double duration_sum_s; /**< of trials at one load, with RFC_SEARCH_MLR */
	double burst_limit_s;
	bool isolated; /**< the user vouches for addresses of other people */
	char plots[256];
};

struct gen_conf {
	char tx_port[DLO_CONF_PORT_NAME];
	char rx_port[DLO_CONF_PORT_NAME];
	bool both; /**< directions */
	struct gen_sizes sizes;
	bool sizes_given;
	struct gen_rate rate;
	bool rate_given;
	char pcap[256]; /**< replayed instead of frames of our own */
	bool once; /**< through the capture */
	double speed; /**< of the replay, 1: as captured */
	double drain_s;
	struct rfc_conf rfc;
	enum gen_kind kind;
	unsigned int flows;
	uint16_t vlan; /**< 0: untagged */
	struct dlo_prefix src[2]; /**< [0] IPv4, [1] IPv6 */
	struct dlo_prefix dst[2];
	bool dst_given; /**< its MAC is asked for */
	bool has_src_mac;
	bool has_dst_mac;
	bool has_back_mac;
	uint8_t src_mac[6];
	uint8_t dst_mac[6];
	uint8_t back_src_mac[6], back_dst_mac[6]; /**< of the other direction */
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

/** Make of @p conf, filled in, that of the other direction. */
void gen_conf_turn(const struct gen_conf *conf, struct gen_conf *ret);

/** Fill in the defaults. */
void gen_conf_init(struct gen_conf *conf);

/** @return true when frames of @p kind carry IPv6 (family 1) or IPv4 (family 0). */
bool gen_kind_has(enum gen_kind kind, unsigned int family);

/** The words of --kind, in the order of enum gen_kind; the last one is NULL. */
extern const char *const gen_kind_names[];

/** @return the word of @p kind. */
const char *gen_kind_name(enum gen_kind kind);

/** Read one --size value. @return 0, or -EINVAL with @p err. */
int gen_read_sizes(const char *text, struct gen_sizes *ret, char err[DLO_CONF_ERR]);

/** Read one --rate value. @return 0, or -EINVAL with @p err. */
int gen_read_rate(const char *text, struct gen_rate *ret, char err[DLO_CONF_ERR]);

#endif
