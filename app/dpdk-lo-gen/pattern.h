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
	double gap_ns; /**< replayed frames: until the next one, as captured */
	uint16_t len; /**< without FCS */
	uint16_t stream; /**< place in pattern.streams */
	uint16_t stamp; /**< offset; 0: a replayed frame without room for one */
	uint16_t l4; /**< offset */
	uint16_t cksum; /**< offset; 0: none */
	uint16_t base_sum; /**< folded sum of all that stamping does not write */
	enum dlo_build_l4 kind;
	bool zero_is_ones; /**< UDP: a checksum of 0 is sent as 0xffff */
	bool replayed; /**< nothing but stamp and checksum is written */
};

#define PATTERN_STREAM_NAME 16

struct pattern {
	struct frame_template *templates; /**< sent in this order, round and round */
	unsigned int nb_templates;
	unsigned int nb_streams;
	char streams[GEN_SIZES_MAX][PATTERN_STREAM_NAME]; /**< what is counted apart: frame sizes */
	uint64_t bytes; /**< of one round, FCS counted */
	unsigned int flows;
	unsigned int nb_offsets; /**< where stamps may be */
	uint16_t offsets[8];
	bool at_end; /**< stamps end with the frame, or one byte before its end */
	uint32_t magic;
};

struct pattern_notes {
	uint64_t frames; /**< that will be sent */
	uint64_t unstamped; /**< of these, without room for a stamp */
	uint64_t skipped; /**< captured in part, or too long to be sent */
	double seconds; /**< of the capture */
};

/**
 * Build all frames.
 * @return 0, -ENOMEM, or -EINVAL with @p err when a size does not hold its headers and the stamp
 */
int pattern_make(struct pattern *p, const struct gen_conf *conf, uint32_t magic,
	char err[DLO_CONF_ERR]);

/**
 * Take the frames from a capture file. Stamps go to the end of a UDP or TCP payload, of an echo
 * request or reply, or into the padding behind an IP datagram.
 * @return 0, or -EINVAL with @p err when the file cannot be read or holds nothing to send
 */
int pattern_read_pcap(struct pattern *p, const char *path, uint32_t magic,
	struct pattern_notes *ret, char err[DLO_CONF_ERR]);

/** @return the longest frame, without FCS. */
unsigned int pattern_largest(const struct pattern *p);

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

/** Write what tells flows and frames apart in the headers. @return the sum of its words. */
static inline uint64_t
pattern_identify(const struct frame_template *t, uint8_t *l4, unsigned int flow, uint64_t seq)
{
	uint16_t a = pattern_src_port(flow), b = 0;

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
		dlo_put16(l4, a);
		dlo_put32(l4 + 8, (uint32_t)seq);
		return a + pattern_sum64((uint32_t)seq);
	default:
		dlo_put32(l4 + 4, (uint32_t)seq);
		return 0;
	}
	return (uint32_t)a + b;
}

/** Write stamp, flow and checksum into a copy of @p t at @p frame; may be done again. */
static inline void
pattern_stamp(const struct pattern *p, const struct frame_template *t, uint8_t *frame,
	unsigned int flow, uint64_t seq, uint64_t now)
{
	uint64_t id = (uint64_t)t->stream << 48 | (seq & 0xffffffffffff);
	uint8_t *stamp = frame + t->stamp;
	uint64_t sum = t->base_sum;

	now &= 0xffffffffffff;
	dlo_put32(stamp, p->magic);
	dlo_put32(stamp + STAMP_STREAM, (uint32_t)(id >> 32));
	dlo_put32(stamp + STAMP_STREAM + 4, (uint32_t)id);
	dlo_put16(stamp + STAMP_TIME, (uint16_t)(now >> 32));
	dlo_put32(stamp + STAMP_TIME + 2, (uint32_t)now);
	sum += pattern_sum64(id) + pattern_sum64(now);
	if (!t->replayed)
		sum += pattern_identify(t, frame + t->l4, flow, seq);
	if (t->cksum == 0)
		return;
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = ~sum & 0xffff;
	if (sum == 0 && t->zero_is_ones)
		sum = 0xffff;
	dlo_put16(frame + t->cksum, (uint16_t)sum);
}

static inline bool
pattern_is_stamp(const struct pattern *p, const uint8_t *stamp)
{
	return dlo_get32(stamp) == p->magic && dlo_get16(stamp + STAMP_STREAM) < p->nb_streams;
}

/** @return the stamp in the first @p len bytes of @p frame, NULL when it is not of this run. */
static inline const uint8_t *
pattern_find(const struct pattern *p, const uint8_t *frame, size_t len)
{
	if (p->at_end) {
		for (size_t back = STAMP_BYTES; back <= STAMP_BYTES + 1 && back <= len; back++) {
			if (pattern_is_stamp(p, frame + len - back))
				return frame + len - back;
		}
		return NULL;
	}
	for (unsigned int i = 0; i < p->nb_offsets; i++) {
		if (p->offsets[i] + (size_t)STAMP_BYTES <= len &&
			pattern_is_stamp(p, frame + p->offsets[i]))
			return frame + p->offsets[i];
	}
	return NULL;
}

#endif
