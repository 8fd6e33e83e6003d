/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_GEN_PATTERN_H
#define DLO_GEN_PATTERN_H

/**
 * @file
 * The frames to send, built once; sending copies one and stamps it. A stamp is what the receiver
 * knows a frame by, at the start of the payload, big-endian: magic 4 bytes, stream 2, sequence 6,
 * time 6. Thread: control makes it, then read-only.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frame/build.h"
#include "frame/bytes.h"
#include "gen_conf.h"

#define STAMP_BYTES 18
#define STAMP_STREAM 4
#define STAMP_TIME 12
#define STAMP_TIME_BITS 48

struct frame_template {
	uint8_t *data;
	uint16_t len; /**< without FCS */
	uint16_t stream; /**< the size's place in --size */
	uint16_t stamp; /**< offset */
	uint16_t l4; /**< offset */
	uint16_t cksum; /**< offset; 0: none */
	uint16_t base_sum; /**< folded sum of all that stamping does not write */
	enum dlo_build_l4 kind;
	bool zero_is_ones; /**< UDP: a checksum of 0 is sent as 0xffff */
};

struct pattern {
	struct frame_template *templates; /**< sent in this order, round and round */
	unsigned int nb_templates;
	unsigned int nb_streams;
	uint64_t bytes; /**< of one round, FCS counted */
	unsigned int flows;
	unsigned int nb_offsets; /**< where stamps may be */
	uint16_t offsets[8];
	uint32_t magic;
};

/**
 * Build all frames.
 * @return 0, -ENOMEM, or -EINVAL with @p err when a size does not hold its headers and the stamp
 */
int pattern_make(struct pattern *p, const struct gen_conf *conf, uint32_t magic,
	char err[DLO_CONF_ERR]);

void pattern_free(struct pattern *p);

/** Source port (echo identifier) of @p flow, RFC 4814 4.5: 1024 to 65535, each flow another. */
static inline uint16_t
pattern_src_port(unsigned int flow)
{
	return (uint16_t)(1024 + flow * UINT64_C(40503) % 64512);
}

/** Destination port of @p flow: 1024 to 49151. */
static inline uint16_t
pattern_dst_port(unsigned int flow)
{
	return (uint16_t)(1024 + ((flow + 1) * UINT32_C(2654435761) >> 12) % 48128);
}

static inline uint64_t
pattern_sum64(uint64_t v)
{
	return (v >> 48) + (v >> 32 & 0xffff) + (v >> 16 & 0xffff) + (v & 0xffff);
}

/** Write stamp, flow and checksum into a copy of @p t at @p frame; may be done again. */
static inline void
pattern_stamp(const struct pattern *p, const struct frame_template *t, uint8_t *frame,
	unsigned int flow, uint64_t seq, uint64_t now)
{
	uint64_t id = (uint64_t)t->stream << 48 | (seq & 0xffffffffffff);
	uint8_t *stamp = frame + t->stamp, *l4 = frame + t->l4;
	uint64_t sum = t->base_sum;
	uint16_t a = pattern_src_port(flow), b;

	now &= 0xffffffffffff;
	dlo_put32(stamp, p->magic);
	dlo_put32(stamp + STAMP_STREAM, (uint32_t)(id >> 32));
	dlo_put32(stamp + STAMP_STREAM + 4, (uint32_t)id);
	dlo_put16(stamp + STAMP_TIME, (uint16_t)(now >> 32));
	dlo_put32(stamp + STAMP_TIME + 2, (uint32_t)now);
	sum += pattern_sum64(id) + pattern_sum64(now);
	switch (t->kind) {
	case DLO_BUILD_UDP:
	case DLO_BUILD_TCP:
		b = pattern_dst_port(flow);
		dlo_put16(l4, a);
		dlo_put16(l4 + 2, b);
		break;
	case DLO_BUILD_ICMP:
		b = (uint16_t)seq;
		dlo_put16(l4 + 4, a);
		dlo_put16(l4 + 6, b);
		break;
	case DLO_BUILD_STAMP:
		b = 0;
		dlo_put16(l4, a);
		dlo_put32(l4 + 8, (uint32_t)seq);
		sum += pattern_sum64((uint32_t)seq);
		break;
	default:
		dlo_put32(l4 + 4, (uint32_t)seq);
		return;
	}
	sum += (uint32_t)a + b;
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = ~sum & 0xffff;
	if (sum == 0 && t->zero_is_ones)
		sum = 0xffff;
	dlo_put16(frame + t->cksum, (uint16_t)sum);
}

/** @return the stamp in the first @p len bytes of @p frame, NULL when it is not of this run. */
static inline const uint8_t *
pattern_find(const struct pattern *p, const uint8_t *frame, size_t len)
{
	for (unsigned int i = 0; i < p->nb_offsets; i++) {
		const uint8_t *stamp = frame + p->offsets[i];

		if (p->offsets[i] + (size_t)STAMP_BYTES <= len && dlo_get32(stamp) == p->magic &&
			dlo_get16(stamp + STAMP_STREAM) < p->nb_streams)
			return stamp;
	}
	return NULL;
}

#endif
