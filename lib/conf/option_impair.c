/* SPDX-License-Identifier: BSD-3-Clause */
/* --impair: how much worse a link is made than it is. */
#include <ctype.h>
#include <string.h>

#include "conf/option_set.h"
#include "conf/text.h"

#define DELAY_MAX_NS UINT64_C(100000000000)
#define RATE_MIN 1000.0
#define RATE_MAX 1e12
#define EXTENT_MAX 1000
#define LIMIT_MAX (1U << 20)
#define CERTAIN (UINT64_C(1) << 32)

struct unit {
	const char *name;
	double factor;
};

static const struct unit times[] = { { "ns", 1 }, { "us", 1e3 }, { "ms", 1e6 }, { "s", 1e9 }, { 0 } };
static const struct unit rates[] = { { "bit", 1 }, { "kbit", 1e3 }, { "mbit", 1e6 },
	{ "gbit", 1e9 }, { 0 } };
static const struct unit percent[] = { { "%", 1 }, { 0 } };

/* "1.5ms": digits with a point among them, then a unit. @return false when it is not that */
static bool
read_quantity(const char *text, const struct unit *units, double *ret)
{
	double value = 0, place = 1;
	bool point = false, digit = false;

	for (; isdigit((unsigned char)*text) || (*text == '.' && !point && digit); text++) {
		if (*text == '.') {
			point = true;
			continue;
		}
		digit = true;
		if (point)
			value += (place /= 10) * (*text - '0');
		else
			value = value * 10 + (*text - '0');
		if (value > 1e15)
			return false;
	}
	for (; digit && units->name != NULL; units++) {
		if (strcmp(units->name, text) == 0) {
			*ret = value * units->factor;
			return true;
		}
	}
	return false;
}

int
dlo_conf_read_time(const char *text, uint64_t max_ns, uint64_t *ret, char err[DLO_CONF_ERR])
{
	double ns;

	if (!read_quantity(text, times, &ns) || ns > (double)max_ns)
		return dlo_conf_fail(err, "'%s' is not a time such as 1ms or 200us, up to %g%s",
			text, (double)max_ns / (max_ns < 1000000000 ? 1e6 : 1e9),
			max_ns < 1000000000 ? "ms" : "s");
	*ret = (uint64_t)(ns + 0.5);
	return 0;
}

static int
read_time(const char *text, uint64_t *ret, char err[DLO_CONF_ERR])
{
	return dlo_conf_read_time(text, DELAY_MAX_NS, ret, err);
}

static int
read_share(const char *text, uint64_t *ret, char err[DLO_CONF_ERR])
{
	double share;

	if (!read_quantity(text, percent, &share) || share > 100)
		return dlo_conf_fail(err, "'%s' is not a share such as 0.1%%, up to 100%%", text);
	*ret = (uint64_t)(share / 100 * (double)CERTAIN + 0.5);
	if (share > 0 && *ret == 0)
		return dlo_conf_fail(err, "'%s' is less than can be drawn: at least 0.00000003%%", text);
	return 0;
}

static int
read_rate(const char *text, uint64_t *ret, char err[DLO_CONF_ERR])
{
	double rate;

	if (!read_quantity(text, rates, &rate) || rate < RATE_MIN || rate > RATE_MAX)
		return dlo_conf_fail(err, "'%s' is not a rate such as 100mbit or 1.5gbit, from "
			"1kbit to 1000gbit", text);
	*ret = (uint64_t)(rate + 0.5);
	return 0;
}

enum { DELAY, JITTER, LOSS, DUP, REORDER, EXTENT, RATE, QUEUE, SEED, LIMIT };

static const char *const names[] = { "delay", "jitter", "loss", "dup", "reorder", "extent", "rate",
	"queue", "seed", "limit", NULL };

static int
set_key(struct dlo_conf_impair *impair, int key, const char *value, char err[DLO_CONF_ERR])
{
	uint64_t n = 0;
	int rc;

	switch (key) {
	case DELAY:
		return read_time(value, &impair->delay_ns, err);
	case JITTER:
		return read_time(value, &impair->jitter_ns, err);
	case LOSS:
		return read_share(value, &impair->loss, err);
	case DUP:
		return read_share(value, &impair->dup, err);
	case REORDER:
		return read_share(value, &impair->reorder, err);
	case RATE:
		return read_rate(value, &impair->rate, err);
	case QUEUE:
		return read_time(value, &impair->queue_ns, err);
	case SEED:
		impair->has_seed = true;
		return dlo_conf_read_uint(value, 0, UINT64_MAX, &impair->seed, err);
	case EXTENT:
		rc = dlo_conf_read_uint(value, 1, EXTENT_MAX, &n, err);
		impair->extent = (unsigned int)n;
		return rc;
	default:
		rc = dlo_conf_read_uint(value, 1, LIMIT_MAX, &n, err);
		impair->limit = (unsigned int)n;
		return rc;
	}
}

static int
check(const struct dlo_conf_impair *impair, unsigned int given, char err[DLO_CONF_ERR])
{
	if (impair->jitter_ns > impair->delay_ns)
		return dlo_conf_fail(err, "jitter= is more than delay=: a frame would leave before it "
			"came");
	if ((given & 1 << EXTENT) != 0 && impair->reorder == 0)
		return dlo_conf_fail(err, "extent= says by how many frames one is overtaken, and needs "
			"reorder=");
	if ((given & 1 << QUEUE) != 0 && impair->rate == 0)
		return dlo_conf_fail(err, "queue= says how long frames may wait for the rate, and needs "
			"rate=");
	if (!dlo_conf_impairs(impair))
		return dlo_conf_fail(err, "nothing is made worse: give delay=, loss=, dup=, reorder= or "
			"rate=, or say 'off'");
	return 0;
}

static int
set_impair(struct dlo_conf *conf, struct dlo_conf_port *port, char *list, char err[DLO_CONF_ERR])
{
	struct dlo_conf_keys keys = { .names = names };
	struct dlo_conf_impair impair;
	struct dlo_conf_item item;
	char *pos = list;
	int rc;

	(void)conf;
	dlo_conf_impair_init(&impair);
	if (strcmp(list, "off") == 0) {
		port->impair = impair;
		return 0;
	}
	while ((rc = dlo_conf_next_item(&pos, &item, err)) > 0) {
		int key = dlo_conf_read_key(&keys, &item, err);

		rc = key < 0 ? key : set_key(&impair, key, item.value, err);
		if (rc != 0)
			return rc;
	}
	if (rc == 0)
		rc = check(&impair, keys.given, err);
	if (rc == 0)
		port->impair = impair;
	return rc;
}

DLO_CONF_SETTER(impair)
{
	return dlo_conf_on_copy(set_impair, conf, port, value, err);
}

void
dlo_conf_impair_init(struct dlo_conf_impair *impair)
{
	*impair = (struct dlo_conf_impair){
		.queue_ns = 100000000,
		.extent = 1,
		.limit = 10000,
	};
}

bool
dlo_conf_impairs(const struct dlo_conf_impair *impair)
{
	return impair->delay_ns > 0 || impair->loss > 0 || impair->dup > 0 || impair->reorder > 0 ||
		impair->rate > 0;
}
