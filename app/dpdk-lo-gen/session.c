/* SPDX-License-Identifier: BSD-3-Clause */
#include "session.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <rte_ethdev.h>
#include <rte_lcore.h>
#include <rte_random.h>

#include "log.h"

_Static_assert(sizeof(((struct gen_session *)0)->names[0]) >= RTE_ETH_NAME_MAX_LEN, "a port's name");

/* Two lcores cannot send on one queue: then nobody is answered. */
static bool
may_answer(const struct gen_session *s)
{
	return rte_lcore_count() == 1 || s->ports.nb_txq > 1 ||
		(s->nb_paths == 1 && s->ports.rx != s->ports.tx);
}

static int
find_dst_mac(struct gen_session *s)
{
	struct gen_conf *conf = s->conf;
	unsigned int family = gen_kind_has(conf->kind, 0) ? 0 : 1;
	char text[DLO_PREFIX_STRLEN];
	int rc;

	if (!conf->dst_given || conf->has_dst_mac || conf->kind == GEN_LBM || conf->pcap[0] != '\0')
		return 0;
	rc = neighbour_resolve(&s->neighbours[0], conf, family, s->ports.tx, s->ports.pool, s->stop,
		conf->dst_mac);
	if (rc == -ETIMEDOUT) {
		dlo_prefix_format(&conf->dst[family], text);
		*strchr(text, '/') = '\0';
		say_error("--dst: nobody answers for %s: is it in the network of --src? Or say its MAC "
			"with --dst-mac", text);
	}
	return rc;
}

/* Who answers on a port is the host whose addresses the frames sent there have. */
static int
make_neighbours(struct gen_session *s)
{
	uint16_t queue = s->ports.nb_txq - 1;
	int rc;

	if (s->nb_paths == 1)
		return neighbour_init(&s->neighbours[0], s->conf, s->ports.rx, queue);
	rc = neighbour_init(&s->neighbours[0], &s->back, s->ports.rx, queue);
	return rc != 0 ? rc : neighbour_init(&s->neighbours[1], s->conf, s->ports.tx, queue);
}

static int
read_capture(struct gen_session *s)
{
	char err[DLO_CONF_ERR];
	int rc = 0;

	for (unsigned int i = 0; rc == 0 && i < s->nb_paths; i++)
		rc = pattern_read_pcap(&s->patterns[i], s->conf->pcap, (uint32_t)rte_rand(), &s->notes,
			err);
	if (rc != 0) {
		say_error("%s", err);
		return rc;
	}
	say("%s: %" PRIu64 " frames of %.3f s", s->conf->pcap, s->notes.frames, s->notes.seconds);
	if (s->notes.unstamped > 0)
		say("%" PRIu64 " of them have no room for a stamp and are not counted back",
			s->notes.unstamped);
	if (s->notes.skipped > 0)
		say_warning("%s: %" PRIu64 " frames that were captured in part, or are longer than %u "
			"bytes, are left out", s->conf->pcap, s->notes.skipped, GEN_SIZE_MAX);
	return 0;
}

static unsigned int
largest_frame(const struct gen_session *s)
{
	const struct gen_sizes *sizes = &s->conf->sizes;
	unsigned int largest = sizes->range_end;

	if (s->conf->pcap[0] != '\0')
		return pattern_largest(&s->patterns[0]);
	for (unsigned int i = 0; i < sizes->nb; i++)
		largest = RTE_MAX(largest, (unsigned int)sizes->size[i]);
	return largest - GEN_FCS;
}

int
session_open(struct gen_session *s, struct gen_conf *conf, atomic_bool *stop)
{
	int rc;

	s->conf = conf;
	s->stop = stop;
	s->nb_paths = conf->both ? 2 : 1;
	rc = conf->pcap[0] != '\0' ? read_capture(s) : 0;
	if (rc == 0)
		rc = gen_ports_open(&s->ports, conf, largest_frame(s), rte_lcore_count() > 1, stop);
	if (rc != 0)
		return rc;
	rte_eth_dev_get_name_by_port(s->ports.tx, s->names[0]);
	rte_eth_dev_get_name_by_port(s->ports.rx, s->names[1]);
	gen_conf_turn(conf, &s->back);
	if (make_neighbours(s) != 0) {
		say_error("out of memory");
		return -ENOMEM;
	}
	return find_dst_mac(s);
}

void
session_close(struct gen_session *s)
{
	for (unsigned int i = 0; i < s->nb_paths; i++) {
		neighbour_free(&s->neighbours[i]);
		pattern_free(&s->patterns[i]);
	}
	gen_ports_close(&s->ports);
}

int
session_make_frames(struct gen_session *s)
{
	char err[DLO_CONF_ERR];
	int rc = 0;

	if (s->conf->pcap[0] != '\0')
		return 0;
	/* The MAC of --dst is known by now. */
	gen_conf_turn(s->conf, &s->back);
	for (unsigned int i = 0; rc == 0 && i < s->nb_paths; i++) {
		pattern_free(&s->patterns[i]);
		rc = pattern_make(&s->patterns[i], i == 0 ? s->conf : &s->back, (uint32_t)rte_rand(),
			err);
	}
	if (rc != 0)
		say_error("%s", err);
	return rc;
}

double
session_mean_bits(const struct gen_session *s)
{
	const struct pattern *p = &s->patterns[0];

	return ((double)p->bytes / p->nb_templates + GEN_WIRE_EXTRA) * 8;
}

int
session_load(const struct gen_session *s, struct gen_load *ret)
{
	*ret = (struct gen_load){ 0 };
	if (s->conf->pcap[0] != '\0' && !s->conf->rate_given) {
		ret->speed = s->conf->speed;
		return 0;
	}
	return gen_port_rate(s->ports.tx, &s->conf->rate, session_mean_bits(s), &ret->pps, &ret->bps);
}

double
session_pps(const struct gen_session *s, const struct gen_load *load)
{
	return load->bps > 0 ? load->bps / session_mean_bits(s) : load->pps;
}

int
session_run(struct gen_session *s, struct gen_run *run, const struct gen_load *load, bool with_log)
{
	memset(run, 0, sizeof(*run));
	for (unsigned int i = 0; i < s->nb_paths; i++) {
		struct gen_path *path = &run->paths[i];

		run->nb_paths = i + 1;
		if (engine_path_init(path, &s->patterns[i], load, with_log) != 0) {
			say_error("out of memory");
			return -ENOMEM;
		}
		path->tx.port = i == 0 ? s->ports.tx : s->ports.rx;
		path->rx.port = i == 0 ? s->ports.rx : s->ports.tx;
		path->tx.pool = s->ports.pool;
		if (may_answer(s))
			path->rx.neighbour = &s->neighbours[i];
	}
	run->stop = s->stop;
	run->drain_s = s->conf->drain_s;
	run->tx_lcore = rte_get_next_lcore(-1, 1, 0);
	if (run->tx_lcore >= RTE_MAX_LCORE)
		run->tx_lcore = LCORE_ID_ANY;
	return 0;
}
