/* SPDX-License-Identifier: BSD-3-Clause */
#include "pattern.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/text.h"
#include "frame/cksum.h"

#define STAMP_PORT 862

static const enum gen_kind mix[] = { GEN_UDP4, GEN_TCP4, GEN_UDP6, GEN_TCP6, GEN_ICMP4, GEN_ICMP6 };

#define MIX (sizeof(mix) / sizeof(mix[0]))

static void
describe(const struct gen_conf *conf, enum gen_kind kind, struct dlo_build *ret)
{
	static const enum dlo_build_l4 l4[] = {
		[GEN_UDP4] = DLO_BUILD_UDP,
		[GEN_TCP4] = DLO_BUILD_TCP,
		[GEN_UDP6] = DLO_BUILD_UDP,
		[GEN_TCP6] = DLO_BUILD_TCP,
		[GEN_ICMP4] = DLO_BUILD_ICMP,
		[GEN_ICMP6] = DLO_BUILD_ICMP,
		[GEN_STAMP] = DLO_BUILD_STAMP,
		[GEN_LBM] = DLO_BUILD_LBM,
	};
	unsigned int family = gen_kind_has(kind, 1);

	*ret = (struct dlo_build){ .vlan = conf->vlan, .ipv6 = family == 1, .l4 = l4[kind] };
	memcpy(ret->src_mac, conf->src_mac, sizeof(ret->src_mac));
	memcpy(ret->dst_mac, conf->dst_mac, sizeof(ret->dst_mac));
	memcpy(ret->src_ip, conf->src[family].addr, sizeof(ret->src_ip));
	memcpy(ret->dst_ip, conf->dst[family].addr, sizeof(ret->dst_ip));
	if (kind == GEN_STAMP)
		ret->dst_port = STAMP_PORT;
}

/* The sum over everything but what pattern_stamp() writes, which is zero here. */
static uint16_t
sum_of(const struct frame_template *t, const struct dlo_build *spec, uint32_t magic)
{
	uint32_t len = (uint32_t)(t->len - t->l4);
	uint64_t sum = dlo_cksum_sum(t->data + t->l4, len) + (magic >> 16) + (magic & 0xffff);
	uint8_t proto = spec->l4 == DLO_BUILD_TCP ? DLO_PROTO_TCP : DLO_PROTO_UDP;

	if (spec->ipv6 && spec->l4 == DLO_BUILD_ICMP)
		proto = DLO_PROTO_ICMPV6;
	if (spec->ipv6)
		sum += dlo_cksum_pseudo6(t->data + t->l4 - DLO_IPV6_HLEN, proto, len);
	else if (spec->l4 != DLO_BUILD_ICMP && spec->l4 != DLO_BUILD_LBM)
		sum += dlo_cksum_pseudo4(t->data + t->l4 - DLO_IPV4_HLEN, proto, len);
	return dlo_cksum_fold(sum);
}

static int
make_template(struct frame_template *t, const struct pattern *p, const struct gen_conf *conf,
	enum gen_kind kind, uint16_t size, char err[DLO_CONF_ERR])
{
	struct dlo_build_layout layout;
	struct dlo_build spec;
	size_t least;

	describe(conf, kind, &spec);
	dlo_build_layout(&spec, &layout);
	least = layout.payload + STAMP_BYTES + layout.tail + GEN_FCS;
	if (size < least)
		return dlo_conf_fail(err, "--size: %u bytes do not hold a %s frame with its stamp; use "
			"at least %zu", size, gen_kind_name(kind), least);
	t->len = (uint16_t)(size - GEN_FCS);
	t->data = calloc(1, t->len);
	if (t->data == NULL)
		return -ENOMEM;
	dlo_build_frame(t->data, t->len, &spec);
	t->kind = spec.l4;
	t->l4 = (uint16_t)layout.l4;
	t->cksum = (uint16_t)layout.cksum;
	t->stamp = (uint16_t)layout.payload;
	t->zero_is_ones = spec.l4 == DLO_BUILD_UDP || spec.l4 == DLO_BUILD_STAMP;
	memset(t->data + t->stamp, 0, STAMP_BYTES);
	if (t->cksum != 0) {
		dlo_put16(t->data + t->cksum, 0);
		t->base_sum = sum_of(t, &spec, p->magic);
	}
	return 0;
}

static void
note_offset(struct pattern *p, uint16_t offset)
{
	for (unsigned int i = 0; i < p->nb_offsets; i++) {
		if (p->offsets[i] == offset)
			return;
	}
	p->offsets[p->nb_offsets++] = offset;
}

/* The same order at every run: figures of two runs shall be comparable. */
static void
shuffle(struct pattern *p)
{
	uint64_t random = 1;

	for (unsigned int i = p->nb_templates - 1; i > 0; i--) {
		struct frame_template other;
		unsigned int j;

		random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		j = (unsigned int)((random >> 33) % (i + 1));
		other = p->templates[i];
		p->templates[i] = p->templates[j];
		p->templates[j] = other;
	}
}

static void
name_stream(struct pattern *p, unsigned int stream, const struct gen_sizes *s)
{
	if (s->range_end != 0)
		snprintf(p->streams[stream], PATTERN_STREAM_NAME, "%u-%u", s->size[0], s->range_end);
	else
		snprintf(p->streams[stream], PATTERN_STREAM_NAME, "%u", s->size[stream]);
}

int
pattern_make(struct pattern *p, const struct gen_conf *conf, uint32_t magic, char err[DLO_CONF_ERR])
{
	const struct gen_sizes *s = &conf->sizes;
	unsigned int nb_kinds = conf->kind == GEN_MIX ? MIX : 1, nb_sizes = 0;

	*p = (struct pattern){ .nb_streams = s->nb, .flows = conf->flows, .magic = magic };
	for (unsigned int i = 0; i < s->nb; i++)
		nb_sizes += s->range_end != 0 ? s->range_end - s->size[0] + 1U : s->weight[i];
	p->templates = calloc((size_t)nb_sizes * nb_kinds, sizeof(*p->templates));
	if (p->templates == NULL)
		return dlo_conf_fail(err, "out of memory");
	for (unsigned int i = 0, stream = 0, used = 0; i < nb_sizes; i++, used++) {
		if (s->range_end == 0 && used == s->weight[stream]) {
			stream++;
			used = 0;
		}
		for (unsigned int k = 0; k < nb_kinds; k++) {
			struct frame_template *t = &p->templates[p->nb_templates];
			uint16_t size = s->range_end != 0 ? (uint16_t)(s->size[0] + i) :
				s->size[stream];
			int rc = make_template(t, p, conf, conf->kind == GEN_MIX ? mix[k] : conf->kind,
				size, err);

			if (rc != 0) {
				pattern_free(p);
				return rc == -ENOMEM ? dlo_conf_fail(err, "out of memory") : rc;
			}
			t->stream = (uint16_t)stream;
			name_stream(p, stream, s);
			p->nb_templates++;
			p->bytes += size;
			note_offset(p, t->stamp);
		}
	}
	shuffle(p);
	return 0;
}

void
pattern_free(struct pattern *p)
{
	for (unsigned int i = 0; i < p->nb_templates; i++)
		free(p->templates[i].data);
	free(p->templates);
	p->templates = NULL;
	p->nb_templates = 0;
}

unsigned int
pattern_largest(const struct pattern *p)
{
	unsigned int largest = 0;

	for (unsigned int i = 0; i < p->nb_templates; i++) {
		if (p->templates[i].len > largest)
			largest = p->templates[i].len;
	}
	return largest;
}
