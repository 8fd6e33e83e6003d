/* SPDX-License-Identifier: BSD-3-Clause */
#include "report.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <rte_version.h>

#include "log.h"

/* Points of a distribution: enough for a plot, few enough for a reader. */
static const double tails[] = { 1, 0.999, 0.99, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.25, 0.2, 0.15,
	0.1, 0.07, 0.05, 0.03, 0.02, 0.01, 7e-3, 5e-3, 3e-3, 2e-3, 1e-3, 7e-4, 5e-4, 3e-4, 2e-4, 1e-4,
	5e-5, 2e-5, 1e-5, 5e-6, 2e-6, 1e-6, 1e-7, 1e-8 };

json_t *
report_latency_json(const struct dlo_histogram *h)
{
	return json_pack("{s:f, s:f, s:f, s:f, s:f, s:f, s:f}", "min",
		h->count > 0 ? totals_ns(h->min) : 0.0, "p50",
		totals_ns(dlo_histogram_quantile(h, 0.5)), "p90",
		totals_ns(dlo_histogram_quantile(h, 0.9)), "p99",
		totals_ns(dlo_histogram_quantile(h, 0.99)), "p99_9",
		totals_ns(dlo_histogram_quantile(h, 0.999)), "max", totals_ns(h->max), "mean",
		h->count > 0 ? totals_ns(h->sum) / (double)h->count : 0.0);
}

/* [[ns, part of the frames that took longer], ...], as far as there are frames to tell. */
static json_t *
ccdf_json(const struct dlo_histogram *h)
{
	json_t *all = json_array();

	for (unsigned int i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
		if (h->count == 0 || tails[i] * (double)h->count < 1)
			break;
		json_array_append_new(all, json_pack("[f, f]",
			totals_ns(dlo_histogram_quantile(h, 1 - tails[i])), tails[i]));
	}
	return all;
}

static json_t *
totals_json(const struct totals *t)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:f, s:f}", "sent",
		(json_int_t)t->sent, "received", (json_int_t)t->received, "lost",
		(json_int_t)t->lost, "duplicates", (json_int_t)t->duplicates, "reordered",
		(json_int_t)t->reordered, "late", (json_int_t)t->late, "latency_ns",
		report_latency_json(&t->latency), "pdv_ns", totals_pdv_ns(&t->latency), "ipdv_ns",
		t->ipdv_nb > 0 ? totals_ns(t->ipdv_sum) / (double)t->ipdv_nb : 0.0);
}

static json_t *
sizes_json(const struct gen_path *path, struct totals *t)
{
	json_t *sizes = json_array();

	for (unsigned int i = 0; i < path->tx.pattern->nb_streams; i++) {
		json_t *one;

		totals_stream(t, path, i);
		one = totals_json(t);
		json_object_set_new(one, "size", json_string(path->tx.pattern->streams[i]));
		json_array_append_new(sizes, one);
	}
	return sizes;
}

static json_t *
path_json(const struct gen_path *path, const char *const names[2], struct totals *t)
{
	const struct gen_tx *tx = &path->tx;
	json_t *all, *pacing;

	totals_path(t, path);
	all = totals_json(t);
	pacing = json_pack("{s:f, s:f, s:f, s:I, s:I}", "gap_off_p50_ns",
		totals_ns(dlo_histogram_quantile(tx->jitter, 0.5)), "gap_off_p99_ns",
		totals_ns(dlo_histogram_quantile(tx->jitter, 0.99)), "given_up_s",
		totals_ns(tx->pace.given_up) / 1e9, "refused", (json_int_t)tx->refused, "no_mbuf",
		(json_int_t)tx->no_mbuf);
	json_object_set_new(all, "tx_port", json_string(names[0]));
	json_object_set_new(all, "rx_port", json_string(names[1]));
	json_object_set_new(all, "offered_pps", json_real(totals_offered_pps(path)));
	json_object_set_new(all, "foreign", json_integer((json_int_t)path->rx.foreign));
	json_object_set_new(all, "unstamped", json_integer((json_int_t)tx->unstamped));
	json_object_set_new(all, "pacing", pacing);
	json_object_set_new(all, "sizes", sizes_json(path, t));
	return all;
}

static json_t *
whole_json(const struct gen_report *r)
{
	static struct totals t;
	const struct gen_run *run = r->run;
	json_t *all = path_json(&run->paths[0], r->names[0], &t);

	if (run->nb_paths > 1) {
		json_t *paths = json_array();

		json_decref(all);
		totals_run(&t, run);
		all = totals_json(&t);
		for (unsigned int i = 0; i < run->nb_paths; i++)
			json_array_append_new(paths, path_json(&run->paths[i], r->names[i], &t));
		json_object_set_new(all, "directions", paths);
	}
	totals_run(&t, run);
	json_object_set_new(all, "latency_ccdf", ccdf_json(&t.latency));
	json_object_set_new(all, "version", json_string(DLO_VERSION));
	json_object_set_new(all, "dpdk", json_string(rte_version()));
	json_object_set_new(all, "kind", json_string(r->conf->pcap[0] != '\0' ? "pcap" :
		gen_kind_name(r->conf->kind)));
	json_object_set_new(all, "seconds", json_real(run->seconds));
	json_object_set_new(all, "asked_pps", json_real(r->asked_pps));
	if (r->bias != NULL) {
		totals_run(&t, r->bias);
		json_object_set_new(all, "bias_ns", report_latency_json(&t.latency));
	}
	return all;
}

int
report_write(json_t *all, const char *path)
{
	int rc = 0;

	if (strcmp(path, "-") == 0) {
		json_dumpf(all, stdout, JSON_REAL_PRECISION(9));
		putchar('\n');
		rc = fflush(stdout);
	} else {
		rc = json_dump_file(all, path, JSON_REAL_PRECISION(9) | JSON_INDENT(1));
	}
	json_decref(all);
	if (rc == 0)
		return 0;
	say_error("--json: %s cannot be written: %s", path, strerror(errno));
	return -EIO;
}

int
report_json(const struct gen_report *r, const char *path)
{
	return report_write(whole_json(r), path);
}
