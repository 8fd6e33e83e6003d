/* SPDX-License-Identifier: BSD-3-Clause */
#include "gen_conf.h"

#include <stdlib.h>
#include <string.h>

#include "conf/text.h"

static const char *const kind_names[] = {
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
	return kind_names[kind];
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
gen_conf_init(struct gen_conf *conf)
{
	memset(conf, 0, sizeof(*conf));
	conf->sizes = (struct gen_sizes){ .nb = 1, .size = { GEN_SIZE_MIN }, .weight = { 1 } };
	conf->rate = (struct gen_rate){ GEN_RATE_PPS, 1e5 };
	conf->flows = 1;
	conf->bias = true;
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

static int
set_port(void *to, const char *value, char err[DLO_CONF_ERR])
{
	struct gen_conf *conf = to;
	char copy[2 * DLO_CONF_PORT_NAME], *comma;
	int rc = dlo_conf_read_text("port", value, copy, sizeof(copy), err);

	if (rc != 0)
		return rc;
	comma = strchr(copy, ',');
	if (comma != NULL)
		*comma++ = '\0';
	rc = dlo_conf_read_text("port", copy, conf->tx_port, sizeof(conf->tx_port), err);
	if (rc == 0)
		rc = dlo_conf_read_text("port", comma != NULL ? comma : copy, conf->rx_port,
			sizeof(conf->rx_port), err);
	return rc;
}

static int
set_size(void *to, const char *value, char err[DLO_CONF_ERR])
{
	return gen_read_sizes(value, &((struct gen_conf *)to)->sizes, err);
}

static int
set_rate(void *to, const char *value, char err[DLO_CONF_ERR])
{
	return gen_read_rate(value, &((struct gen_conf *)to)->rate, err);
}

static int
set_kind(void *to, const char *value, char err[DLO_CONF_ERR])
{
	int kind = dlo_conf_read_word("kind", kind_names, value, err);

	if (kind < 0)
		return kind;
	((struct gen_conf *)to)->kind = (enum gen_kind)kind;
	return 0;
}

static int
set_flows(void *to, const char *value, char err[DLO_CONF_ERR])
{
	uint64_t n;
	int rc = dlo_conf_read_uint(value, 1, GEN_FLOWS_MAX, &n, err);

	if (rc == 0)
		((struct gen_conf *)to)->flows = (unsigned int)n;
	return rc;
}

static int
set_vlan(void *to, const char *value, char err[DLO_CONF_ERR])
{
	uint64_t n;
	int rc = dlo_conf_read_uint(value, 1, 4094, &n, err);

	if (rc == 0)
		((struct gen_conf *)to)->vlan = (uint16_t)n;
	return rc;
}

static int
read_address(const char *value, struct dlo_prefix *by_family, char err[DLO_CONF_ERR])
{
	struct dlo_prefix p;

	if (strchr(value, '/') != NULL || dlo_prefix_parse(value, &p) != 0)
		return dlo_conf_fail(err, "'%s' is not an IPv4 or IPv6 address", value);
	by_family[p.family == 6] = p;
	return 0;
}

static int
set_src(void *to, const char *value, char err[DLO_CONF_ERR])
{
	return read_address(value, ((struct gen_conf *)to)->src, err);
}

static int
set_dst(void *to, const char *value, char err[DLO_CONF_ERR])
{
	struct gen_conf *conf = to;

	conf->dst_given = true;
	return read_address(value, conf->dst, err);
}

static int
set_src_mac(void *to, const char *value, char err[DLO_CONF_ERR])
{
	struct gen_conf *conf = to;

	conf->has_src_mac = true;
	return dlo_conf_read_mac(value, conf->src_mac, err);
}

static int
set_dst_mac(void *to, const char *value, char err[DLO_CONF_ERR])
{
	struct gen_conf *conf = to;

	conf->has_dst_mac = true;
	return dlo_conf_read_mac(value, conf->dst_mac, err);
}

static int
set_duration(void *to, const char *value, char err[DLO_CONF_ERR])
{
	return dlo_conf_read_seconds(value, 0.001, 365.0 * 86400,
		&((struct gen_conf *)to)->duration_s, err);
}

static int
set_count(void *to, const char *value, char err[DLO_CONF_ERR])
{
	return dlo_conf_read_uint(value, 0, UINT64_C(1) << 47, &((struct gen_conf *)to)->count, err);
}

static int
set_stats(void *to, const char *value, char err[DLO_CONF_ERR])
{
	return dlo_conf_read_seconds(value, 0.01, 86400, &((struct gen_conf *)to)->stats_s, err);
}

static int
set_bias(void *to, const char *value, char err[DLO_CONF_ERR])
{
	static const char *const names[] = { "off", "on", NULL };
	int on = dlo_conf_read_word("setting", names, value, err);

	if (on < 0)
		return on;
	((struct gen_conf *)to)->bias = on == 1;
	return 0;
}

static int
set_break_above(void *to, const char *value, char err[DLO_CONF_ERR])
{
	uint64_t us;
	int rc = dlo_conf_read_uint(value, 1, 3600 * UINT64_C(1000000), &us, err);

	if (rc == 0)
		((struct gen_conf *)to)->break_above_ns = us * 1000;
	return rc;
}

static int
set_json(void *to, const char *value, char err[DLO_CONF_ERR])
{
	struct gen_conf *conf = to;

	return dlo_conf_read_text("file name", value, conf->json, sizeof(conf->json), err);
}

#define FRAMES "Frames"
#define TRAFFIC "Traffic"
#define REPORTS "Reports"

const struct dlo_option gen_options[] = {
	{
		.name = "port",
		.arg = "P[,Q]",
		.group = TRAFFIC,
		.help = "Send out of port P and receive on port Q; on P as well when Q is left out.",
		.dflt = "the only port there is",
		.set_other = set_port,
	},
	{
		.name = "rate",
		.arg = "RATE",
		.group = TRAFFIC,
		.help = "Frames sent: '10mpps' (also pps, kpps), '5gbps' (also bps, kbps, mbps; of the "
			"wire, preamble, FCS and gap counted), '100%' of what the port says its "
			"link can do, or 'max' as fast as the lcore can, without pacing.",
		.dflt = "100kpps",
		.set_other = set_rate,
	},
	{
		.name = "duration",
		.arg = "SECONDS",
		.group = TRAFFIC,
		.help = "Send for so long; 0: until a signal comes or --count is reached.",
		.dflt = "10, or 0 with --count",
		.set_other = set_duration,
	},
	{
		.name = "count",
		.arg = "N",
		.group = TRAFFIC,
		.help = "Send N frames; 0: no limit.",
		.dflt = "0",
		.set_other = set_count,
	},
	{
		.name = "size",
		.arg = "SIZES",
		.group = FRAMES,
		.help = "Frame sizes with the four bytes of the FCS, as RFC 2544 counts them: '64', "
			"'128,512,1518' in turn, '64-1518' all of them in a mixed order, or 'imix' "
			"(7 x 64, 4 x 594, 1 x 1518). What has to fit: udp4 64, tcp4 76, udp6 84, "
			"tcp6 96, icmp4 64, icmp6 84, stamp 112, lbm 64; with a VLAN tag 4 more.",
		.dflt = "64",
		.set_other = set_size,
	},
	{
		.name = "kind",
		.arg = "KIND",
		.group = FRAMES,
		.help = "What is sent: 'udp4', 'tcp4', 'udp6', 'tcp6', 'icmp4' and 'icmp6' echo "
			"requests, 'stamp' (RFC 8762 to port 862), 'lbm' Ethernet loopback "
			"messages, or 'mix' of the first six.",
		.dflt = "udp4",
		.set_other = set_kind,
	},
	{
		.name = "flows",
		.arg = "N",
		.group = FRAMES,
		.help = "Spread over N pairs of ports (echo identifiers), from RFC 4814's ranges, in "
			"an order that looks random and is always the same. Nothing for 'lbm'.",
		.dflt = "1",
		.set_other = set_flows,
	},
	{
		.name = "vlan",
		.arg = "VID",
		.group = FRAMES,
		.help = "Send with a VLAN tag.",
		.set_other = set_vlan,
	},
	{
		.name = "src",
		.arg = "ADDRESS",
		.group = FRAMES,
		.help = "Source address, IPv4 or IPv6; give it twice for both. ARP, neighbour "
			"solicitations and pings for it are answered.",
		.dflt = "198.18.0.1, 2001:2::1",
		.set_other = set_src,
	},
	{
		.name = "dst",
		.arg = "ADDRESS",
		.group = FRAMES,
		.help = "Destination address, IPv4 or IPv6; its MAC is asked for by ARP or neighbour "
			"discovery unless --dst-mac is given.",
		.dflt = "198.18.0.2, 2001:2::2, which are not asked",
		.set_other = set_dst,
	},
	{
		.name = "src-mac",
		.arg = "MAC",
		.group = FRAMES,
		.help = "Source MAC.",
		.dflt = "the port's, or 02:d1:00:00:00:01 where it has none",
		.set_other = set_src_mac,
	},
	{
		.name = "dst-mac",
		.arg = "MAC",
		.group = FRAMES,
		.help = "Destination MAC.",
		.dflt = "that of --dst, or 02:d1:00:00:00:02",
		.set_other = set_dst_mac,
	},
	{
		.name = "break-above",
		.arg = "USEC",
		.group = REPORTS,
		.help = "Stop at the first frame that took longer, and print the last thousand frames "
			"sent and received.",
		.set_other = set_break_above,
	},
	{
		.name = "bias",
		.arg = "on|off",
		.group = REPORTS,
		.help = "Before the run measure this program alone: the same frames over a ring with "
			"nothing in between, at no more than 100,000 a second.",
		.dflt = "on",
		.set_other = set_bias,
	},
	{
		.name = "stats",
		.arg = "SECONDS",
		.group = REPORTS,
		.help = "Print a line of rates every so many seconds; 0: never.",
		.dflt = "0",
		.set_other = set_stats,
	},
	{
		.name = "json",
		.arg = "FILE",
		.group = REPORTS,
		.help = "Write the report as JSON; '-' is stdout.",
		.set_other = set_json,
	},
	{ 0 },
};
