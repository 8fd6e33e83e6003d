/* SPDX-License-Identifier: BSD-3-Clause */
#include "gen_set.h"

#include <string.h>

#include "conf/text.h"
#include "gen_conf.h"

int
gen_set_port(void *to, const char *value, char err[DLO_CONF_ERR])
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

int
gen_set_size(void *to, const char *value, char err[DLO_CONF_ERR])
{
	((struct gen_conf *)to)->sizes_given = true;
	return gen_read_sizes(value, &((struct gen_conf *)to)->sizes, err);
}

int
gen_set_rate(void *to, const char *value, char err[DLO_CONF_ERR])
{
	((struct gen_conf *)to)->rate_given = true;
	return gen_read_rate(value, &((struct gen_conf *)to)->rate, err);
}

int
gen_set_kind(void *to, const char *value, char err[DLO_CONF_ERR])
{
	int kind = dlo_conf_read_word("kind", gen_kind_names, value, err);

	if (kind < 0)
		return kind;
	((struct gen_conf *)to)->kind = (enum gen_kind)kind;
	return 0;
}

int
gen_set_flows(void *to, const char *value, char err[DLO_CONF_ERR])
{
	uint64_t n;
	int rc = dlo_conf_read_uint(value, 1, GEN_FLOWS_MAX, &n, err);

	if (rc == 0)
		((struct gen_conf *)to)->flows = (unsigned int)n;
	return rc;
}

int
gen_set_vlan(void *to, const char *value, char err[DLO_CONF_ERR])
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

int
gen_set_src(void *to, const char *value, char err[DLO_CONF_ERR])
{
	return read_address(value, ((struct gen_conf *)to)->src, err);
}

int
gen_set_dst(void *to, const char *value, char err[DLO_CONF_ERR])
{
	struct gen_conf *conf = to;

	conf->dst_given = true;
	return read_address(value, conf->dst, err);
}

int
gen_set_src_mac(void *to, const char *value, char err[DLO_CONF_ERR])
{
	struct gen_conf *conf = to;

	conf->has_src_mac = true;
	return dlo_conf_read_mac(value, conf->src_mac, err);
}

int
gen_set_dst_mac(void *to, const char *value, char err[DLO_CONF_ERR])
{
	struct gen_conf *conf = to;
	char copy[64], *comma;
	int rc = dlo_conf_read_text("MAC", value, copy, sizeof(copy), err);

	if (rc != 0)
		return rc;
	comma = strchr(copy, ',');
	if (comma != NULL)
		*comma++ = '\0';
	conf->has_dst_mac = true;
	conf->has_back_mac = comma != NULL;
	rc = dlo_conf_read_mac(copy, conf->dst_mac, err);
	if (rc == 0 && comma != NULL)
		rc = dlo_conf_read_mac(comma, conf->back_dst_mac, err);
	return rc;
}

int
gen_set_duration(void *to, const char *value, char err[DLO_CONF_ERR])
{
	return dlo_conf_read_seconds(value, 0.001, 365.0 * 86400,
		&((struct gen_conf *)to)->duration_s, err);
}

int
gen_set_count(void *to, const char *value, char err[DLO_CONF_ERR])
{
	return dlo_conf_read_uint(value, 0, UINT64_C(1) << 47, &((struct gen_conf *)to)->count, err);
}

int
gen_set_stats(void *to, const char *value, char err[DLO_CONF_ERR])
{
	return dlo_conf_read_seconds(value, 0.01, 86400, &((struct gen_conf *)to)->stats_s, err);
}

int
gen_set_switch(const char *value, bool *ret, char err[DLO_CONF_ERR])
{
	static const char *const names[] = { "off", "on", NULL };
	int on = dlo_conf_read_word("setting", names, value, err);

	if (on < 0)
		return on;
	*ret = on == 1;
	return 0;
}

int
gen_set_bias(void *to, const char *value, char err[DLO_CONF_ERR])
{
	return gen_set_switch(value, &((struct gen_conf *)to)->bias, err);
}

int
gen_set_direction(void *to, const char *value, char err[DLO_CONF_ERR])
{
	static const char *const names[] = { "one", "both", NULL };
	int both = dlo_conf_read_word("direction", names, value, err);

	if (both < 0)
		return both;
	((struct gen_conf *)to)->both = both == 1;
	return 0;
}

int
gen_set_pcap(void *to, const char *value, char err[DLO_CONF_ERR])
{
	struct gen_conf *conf = to;

	return dlo_conf_read_text("file name", value, conf->pcap, sizeof(conf->pcap), err);
}

int
gen_set_positive(const char *value, double min, double max, double *ret, char err[DLO_CONF_ERR])
{
	int rc = dlo_conf_read_seconds(value, min, max, ret, err);

	return rc == 0 && *ret == 0 ? dlo_conf_fail(err, "0 is too small") : rc;
}

int
gen_set_speed(void *to, const char *value, char err[DLO_CONF_ERR])
{
	return gen_set_positive(value, 0.001, 1e6, &((struct gen_conf *)to)->speed, err);
}

int
gen_set_drain(void *to, const char *value, char err[DLO_CONF_ERR])
{
	return dlo_conf_read_seconds(value, 0.001, 3600, &((struct gen_conf *)to)->drain_s, err);
}

int
gen_set_break_above(void *to, const char *value, char err[DLO_CONF_ERR])
{
	uint64_t us;
	int rc = dlo_conf_read_uint(value, 1, 3600 * UINT64_C(1000000), &us, err);

	if (rc == 0)
		((struct gen_conf *)to)->break_above_ns = us * 1000;
	return rc;
}

int
gen_set_json(void *to, const char *value, char err[DLO_CONF_ERR])
{
	struct gen_conf *conf = to;

	return dlo_conf_read_text("file name", value, conf->json, sizeof(conf->json), err);
}
