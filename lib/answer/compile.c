/* SPDX-License-Identifier: BSD-3-Clause */
#include "answer/compile.h"

#include <errno.h>
#include <stdlib.h>

#include "address/address.h"

/* What it takes a kernel to wake a sleeper, at most: no frame lay longer in front of one. */
#define WAKE_US 1000

/* Blocks reserved for benchmarking: RFC 2544 appendix C.2.2, RFC 5180 section 8. */
static const struct dlo_prefix benchmarking[] = {
	{ .family = 4, .len = 15, .addr = { 198, 18 } },
	{ .family = 6, .len = 48, .addr = { 0x20, 0x01, 0x00, 0x02 } },
};
#define NB_BENCHMARKING (sizeof(benchmarking) / sizeof(benchmarking[0]))

static inline bool
has_answer(const struct dlo_conf_port *conf, enum dlo_answer answer)
{
	return (conf->answers & UINT32_C(1) << answer) != 0;
}

/* The interval at which that many come, rounded up; never 0, which would mean "send none". */
static uint32_t
interval_us(uint64_t per_second)
{
	return per_second == 0 ? 1 : (uint32_t)((1000000 + per_second - 1) / per_second);
}

static int
compile_stamp(const struct dlo_conf_port *port, struct dlo_answer_settings *s)
{
	const struct dlo_conf_stamp *conf = &port->stamp;

	if (!has_answer(port, DLO_ANSWER_STAMP))
		return 0;
	s->stamp.port = conf->port;
	s->stamp.stateful = conf->stateful;
	s->stamp.ptp = conf->ptp;
	s->stamp.same_port = conf->same_port;
	s->timed = true;
	if (conf->key_len == 0)
		return 0;
	s->stamp.tlv_hmac = true;
	s->stamp.authenticated = !conf->tlv_hmac;
	return dlo_hmac_init(&s->stamp.hmac, conf->key, conf->key_len) ? 0 : -ENOTSUP;
}

static void
compile_oam(const struct dlo_conf_port *conf, struct dlo_answer_settings *s)
{
	if (!has_answer(conf, DLO_ANSWER_OAM))
		return;
	s->oam.on = true;
	s->oam.level = conf->oam.level;
	s->oam.mep = conf->oam.mep;
	s->oam.vlan = conf->oam.vlan;
	s->timed = true;
}

int
dlo_answer_compile(const struct dlo_conf_port *conf, uint64_t rate, uint64_t tsc_hz,
	struct dlo_answer_settings *ret)
{
	ret->rate = dlo_rate_make(rate, tsc_hz);
	ret->lag_max = tsc_hz / 1000000 * WAKE_US;
	ret->udp_echo.port = conf->udp_echo.port;
	ret->udp_echo.low_ports = conf->udp_echo.low_ports;
	ret->sbfd.echo = has_answer(conf, DLO_ANSWER_SBFD);
	ret->sbfd.discriminator = conf->sbfd.discriminator;
	ret->sbfd.admin_down = conf->sbfd.admin_down;
	ret->sbfd.min_rx_us = interval_us(rate);
	compile_oam(conf, ret);
	return compile_stamp(conf, ret);
}

static unsigned int
add_prefixes(struct dlo_addr_rule *rules, unsigned int nb, const struct dlo_prefix *prefixes,
	unsigned int nb_prefixes)
{
	for (unsigned int i = 0; i < nb_prefixes; i++)
		rules[nb++] = (struct dlo_addr_rule){ prefixes[i], DLO_OWNER_PORT };
	return nb;
}

struct dlo_addr_table *
dlo_answer_allowed(const struct dlo_conf *conf, const struct dlo_prefix *near, unsigned int nb_near)
{
	struct dlo_addr_rule *rules = calloc(conf->nb_allow + NB_BENCHMARKING + nb_near,
		sizeof(*rules));
	struct dlo_addr_table *table;
	unsigned int nb = 0;

	if (rules == NULL)
		return NULL;
	if (conf->nb_allow > 0) {
		nb = add_prefixes(rules, nb, conf->allow, conf->nb_allow);
	} else {
		nb = add_prefixes(rules, nb, benchmarking, NB_BENCHMARKING);
		nb = add_prefixes(rules, nb, near, nb_near);
	}
	table = dlo_addr_table_create(rules, nb);
	free(rules);
	return table;
}

bool
dlo_answer_needs_sessions(const struct dlo_conf_port *conf)
{
	return has_answer(conf, DLO_ANSWER_OAM) ||
		(has_answer(conf, DLO_ANSWER_STAMP) && conf->stamp.stateful);
}
