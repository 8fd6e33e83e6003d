/* SPDX-License-Identifier: BSD-3-Clause */
#include <rte_version.h>

#include "rfc2544.h"

static json_t *
throughput_json(const struct rfc_size *s)
{
	return json_pack("{s:i, s:f, s:f, s:f, s:b, s:i}", "size", s->size, "pps", s->throughput_pps,
		"ratio", s->throughput_pps / s->max_pps, "max_pps", s->max_pps, "max_measured",
		s->max_measured, "trials", (int)s->throughput.trials);
}

static json_t *
bounds_json(const struct rfc_size *s)
{
	return json_pack("{s:i, s:f, s:f, s:f, s:f}", "size", s->size, "ndr_pps", s->bounds[0].load,
		"ndr_carried_pps", s->bounds[0].carried, "pdr_pps", s->bounds[1].load,
		"pdr_carried_pps", s->bounds[1].carried);
}

static json_t *
latency_json(const struct rfc_size *s)
{
	return json_pack("{s:i, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:i}", "size", s->size, "pps",
		s->throughput_pps, "min_ns", s->latency.min, "mean_ns", s->latency.mean, "tl_ns",
		s->latency.tl, "wcl_ns", s->latency.wcl, "max_ns", s->latency.max, "pdv_ns",
		s->latency.pdv, "ipdv_ns", s->latency.ipdv, "trials", (int)s->latency.trials);
}

static json_t *
loss_json(const struct rfc_size *s)
{
	json_t *steps = json_array();

	for (unsigned int i = 0; i < s->nb_losses; i++)
		json_array_append_new(steps, json_pack("{s:f, s:f, s:f}", "percent",
			s->losses[i].percent, "offered_pps", s->losses[i].offered, "loss",
			s->losses[i].loss));
	return json_pack("{s:i, s:o}", "size", s->size, "steps", steps);
}

static json_t *
burst_json(const struct rfc_size *s)
{
	if (s->burst.skipped)
		return json_pack("{s:i, s:b}", "size", s->size, "skipped", 1);
	return json_pack("{s:i, s:b, s:f, s:f, s:f, s:f, s:f, s:f, s:b, s:i}", "size", s->size,
		"skipped", 0, "average", s->burst.avg, "min", s->burst.min, "max", s->burst.max,
		"stddev", s->burst.stddev, "implied_s", s->burst.implied_s, "corrected_s",
		s->burst.corrected_s, "at_limit", s->burst.at_limit, "trials",
		(int)s->burst.trials);
}

static json_t *
list(const struct rfc_results *r, unsigned int test, json_t *(*one)(const struct rfc_size *))
{
	json_t *all = json_array();

	for (unsigned int i = 0; i < r->nb; i++) {
		if ((r->sizes[i].done & test) != 0)
			json_array_append_new(all, one(&r->sizes[i]));
	}
	return all;
}

json_t *
rfc_json(const struct rfc_results *r)
{
	const struct gen_session *s = r->session;
	json_t *deviations = json_array(), *tests;

	for (unsigned int i = 0; i < r->nb_deviations; i++)
		json_array_append_new(deviations, json_string(r->deviations[i]));
	tests = json_pack("{s:o, s:o, s:o, s:o}", "throughput",
		list(r, GEN_TEST_THROUGHPUT, throughput_json), "latency",
		list(r, GEN_TEST_LATENCY, latency_json), "loss", list(r, GEN_TEST_LOSS, loss_json),
		"back_to_back", list(r, GEN_TEST_BURST, burst_json));
	if (s->conf->rfc.search == RFC_SEARCH_MLR)
		json_object_set_new(tests, "mlr", list(r, GEN_TEST_THROUGHPUT, bounds_json));
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:i, s:b, s:o, s:o}", "version", DLO_VERSION,
		"dpdk", rte_version(), "tx_port", s->names[0], "rx_port", s->names[1], "kind",
		gen_kind_name(s->conf->kind), "directions", (int)s->nb_paths, "complete", r->complete,
		"deviations", deviations, "rfc2544", tests);
}
