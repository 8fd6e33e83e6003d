/* SPDX-License-Identifier: BSD-3-Clause */
#include "gen_set.h"

#include <string.h>

#include "conf/text.h"
#include "gen_conf.h"

static struct rfc_conf *
rfc(void *conf)
{
	return &((struct gen_conf *)conf)->rfc;
}

int
gen_set_rfc2544(void *to, const char *value, char err[DLO_CONF_ERR])
{
	static const char *const names[] = { "throughput", "latency", "loss", "back-to-back", "all",
		NULL };
	struct dlo_conf_item item;
	char copy[256], *pos = copy;
	unsigned int tests = 0;
	int rc = dlo_conf_read_text("list of tests", value, copy, sizeof(copy), err);

	if (rc != 0)
		return rc;
	while ((rc = dlo_conf_next_item(&pos, &item, err)) == 1) {
		int i;

		if (item.key != NULL)
			return dlo_conf_fail(err, "'%s=' is no test", item.key);
		i = dlo_conf_read_word("test", names, item.value, err);
		if (i < 0)
			return i;
		tests |= i == 4 ? 15U : 1U << i;
	}
	rfc(to)->tests = tests;
	return rc;
}

int
gen_set_search(void *to, const char *value, char err[DLO_CONF_ERR])
{
	static const char *const names[] = { "binary", "mlr", NULL };
	int i = dlo_conf_read_word("search", names, value, err);

	if (i < 0)
		return i;
	rfc(to)->search = (enum rfc_search)i;
	return 0;
}

int
gen_set_trial(void *to, const char *value, char err[DLO_CONF_ERR])
{
	return gen_set_positive(value, 0.01, 86400, &rfc(to)->trial_s, err);
}

int
gen_set_settle(void *to, const char *value, char err[DLO_CONF_ERR])
{
	return dlo_conf_read_seconds(value, 0.001, 3600, &rfc(to)->settle_s, err);
}

static int
set_count(unsigned int *ret, const char *value, unsigned int min, char err[DLO_CONF_ERR])
{
	uint64_t n;
	int rc = dlo_conf_read_uint(value, min, 1000, &n, err);

	if (rc == 0)
		*ret = (unsigned int)n;
	return rc;
}

int
gen_set_repeats(void *to, const char *value, char err[DLO_CONF_ERR])
{
	return set_count(&rfc(to)->repeats, value, 1, err);
}

int
gen_set_verify(void *to, const char *value, char err[DLO_CONF_ERR])
{
	return set_count(&rfc(to)->verify, value, 0, err);
}

static int
set_percent(double *ret, const char *value, double max, char err[DLO_CONF_ERR])
{
	char copy[32];
	size_t len;
	int rc = dlo_conf_read_text("number", value, copy, sizeof(copy), err);

	if (rc != 0)
		return rc;
	len = strlen(copy);
	if (len > 1 && copy[len - 1] == '%')
		copy[len - 1] = '\0';
	rc = gen_set_positive(copy, 1e-6, max, ret, err);
	*ret /= 100;
	return rc;
}

int
gen_set_resolution(void *to, const char *value, char err[DLO_CONF_ERR])
{
	return set_percent(&rfc(to)->resolution, value, 50, err);
}

int
gen_set_pdr(void *to, const char *value, char err[DLO_CONF_ERR])
{
	return set_percent(&rfc(to)->pdr, value, 50, err);
}

int
gen_set_duration_sum(void *to, const char *value, char err[DLO_CONF_ERR])
{
	return gen_set_positive(value, 0.01, 86400, &rfc(to)->duration_sum_s, err);
}

int
gen_set_burst_limit(void *to, const char *value, char err[DLO_CONF_ERR])
{
	return gen_set_positive(value, 0.001, 30, &rfc(to)->burst_limit_s, err);
}

int
gen_set_isolated(void *to, const char *value, char err[DLO_CONF_ERR])
{
	return gen_set_switch(value, &rfc(to)->isolated, err);
}

int
gen_set_plots(void *to, const char *value, char err[DLO_CONF_ERR])
{
	return dlo_conf_read_text("directory", value, rfc(to)->plots, sizeof(rfc(to)->plots), err);
}
