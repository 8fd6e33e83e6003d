/* SPDX-License-Identifier: BSD-3-Clause */
#include "gen_conf.h"

#include <stdlib.h>
#include <string.h>

#include "conf/text.h"

const char *const gen_kind_names[] = {
	[GEN_UDP4] = "udp4",
	[GEN_TCP4] = "tcp4",
	[GEN_UDP6] = "udp6",
	[GEN_TCP6] = "tcp6",
	[GEN_ICMP4] = "icmp4",
	[GEN_ICMP6] = "icmp6",
	[GEN_STAMP] = "stamp",
	[GEN_LBM] = "lbm",
	[GEN_MIX] = "mix",
	NULL,
};

const char *
gen_kind_name(enum gen_kind kind)
{
	return gen_kind_names[kind];
}

bool
gen_kind_has(enum gen_kind kind, unsigned int family)
{
	bool is6 = kind == GEN_UDP6 || kind == GEN_TCP6 || kind == GEN_ICMP6;

	if (kind == GEN_MIX)
		return true;
	return kind != GEN_LBM && is6 == (family == 1);
}

void
gen_conf_turn(const struct gen_conf *conf, struct gen_conf *ret)
{
	*ret = *conf;
	for (unsigned int family = 0; family < 2; family++) {
		ret->src[family] = conf->dst[family];
		ret->dst[family] = conf->src[family];
	}
	memcpy(ret->src_mac, conf->back_src_mac, sizeof(ret->src_mac));
	memcpy(ret->dst_mac, conf->back_dst_mac, sizeof(ret->dst_mac));
}

void
gen_conf_init(struct gen_conf *conf)
{
	memset(conf, 0, sizeof(*conf));
	conf->sizes = (struct gen_sizes){ .nb = 1, .size = { GEN_SIZE_MIN }, .weight = { 1 } };
	conf->rate = (struct gen_rate){ GEN_RATE_PPS, 1e5 };
	conf->flows = 1;
	conf->bias = true;
	conf->speed = 1;
	conf->drain_s = GEN_DRAIN_DEFAULT;
	conf->rfc = (struct rfc_conf){ .trial_s = RFC_TRIAL_SECONDS, .settle_s = RFC_SETTLE_SECONDS,
		.verify = 2, .resolution = 0.002, .pdr = 0.005, .duration_sum_s = 21,
		.burst_limit_s = RFC_BURST_SECONDS };
	dlo_prefix_parse("198.18.0.1", &conf->src[0]);
	dlo_prefix_parse("198.18.0.2", &conf->dst[0]);
	dlo_prefix_parse("2001:2::1", &conf->src[1]);
	dlo_prefix_parse("2001:2::2", &conf->dst[1]);
}

static int
read_size(const char *text, uint16_t *ret, char err[DLO_CONF_ERR])
{
	uint64_t n;
	int rc = dlo_conf_read_uint(text, GEN_SIZE_MIN, GEN_SIZE_MAX, &n, err);

	if (rc == 0)
		*ret = (uint16_t)n;
	return rc;
}

static int
read_size_list(char *list, struct gen_sizes *sizes, char err[DLO_CONF_ERR])
{
	struct dlo_conf_item item;
	char *pos = list;
	int rc;

	while ((rc = dlo_conf_next_item(&pos, &item, err)) == 1) {
		if (item.key != NULL)
			return dlo_conf_fail(err, "'%s=' is no size", item.key);
		if (sizes->nb == GEN_SIZES_MAX)
			return dlo_conf_fail(err, "more than %d sizes", GEN_SIZES_MAX);
		rc = read_size(item.value, &sizes->size[sizes->nb], err);
		if (rc != 0)
			return rc;
		for (unsigned int i = 0; i < sizes->nb; i++) {
			if (sizes->size[i] == sizes->size[sizes->nb])
				return dlo_conf_fail(err, "size %s is given twice", item.value);
		}
		sizes->weight[sizes->nb++] = 1;
	}
	return rc;
}

int
gen_read_sizes(const char *text, struct gen_sizes *ret, char err[DLO_CONF_ERR])
{
	struct gen_sizes sizes = { 0 };
	char copy[256], *dash;
	int rc = dlo_conf_read_text("list of sizes", text, copy, sizeof(copy), err);

	if (rc != 0)
		return rc;
	dash = strchr(copy, '-');
	if (strcmp(text, "imix") == 0) {
		sizes = (struct gen_sizes){ .nb = 3, .size = { 64, 594, 1518 },
			.weight = { 7, 4, 1 } };
	} else if (dash != NULL && dash != copy) {
		*dash = '\0';
		sizes.nb = 1;
		sizes.weight[0] = 1;
		rc = read_size(copy, &sizes.size[0], err);
		if (rc == 0)
			rc = read_size(dash + 1, &sizes.range_end, err);
		if (rc == 0 && sizes.range_end <= sizes.size[0])
			rc = dlo_conf_fail(err, "'%s' is no range: the smaller size comes first",
				text);
	} else {
		rc = read_size_list(copy, &sizes, err);
	}
	if (rc == 0)
		*ret = sizes;
	return rc;
}

int
gen_read_rate(const char *text, struct gen_rate *ret, char err[DLO_CONF_ERR])
{
	static const struct {
		const char *suffix;
		enum gen_rate_unit unit;
		double scale;
	} units[] = {
		{ "%", GEN_RATE_PERCENT, 1 },
		{ "pps", GEN_RATE_PPS, 1 },
		{ "kpps", GEN_RATE_PPS, 1e3 },
		{ "mpps", GEN_RATE_PPS, 1e6 },
		{ "bps", GEN_RATE_BPS, 1 },
		{ "kbps", GEN_RATE_BPS, 1e3 },
		{ "mbps", GEN_RATE_BPS, 1e6 },
		{ "gbps", GEN_RATE_BPS, 1e9 },
	};
	size_t len = strspn(text, "0123456789.");
	char number[32], why[DLO_CONF_ERR];
	double value;

	if (strcmp(text, "max") == 0) {
		*ret = (struct gen_rate){ GEN_RATE_MAX, 0 };
		return 0;
	}
	for (unsigned int i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(text + len, units[i].suffix) != 0 || len == 0 || len >= sizeof(number))
			continue;
		memcpy(number, text, len);
		number[len] = '\0';
		/* The reader of seconds is the strict reader of fractions. */
		if (dlo_conf_read_seconds(number, 1e-6, 1e12, &value, why) != 0 || value <= 0)
			break;
		*ret = (struct gen_rate){ units[i].unit, value * units[i].scale };
		return 0;
	}
	return dlo_conf_fail(err, "'%s' is not a rate such as 100%%, 10mpps, 5gbps or max", text);
}
