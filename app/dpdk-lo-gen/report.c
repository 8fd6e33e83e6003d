/* SPDX-License-Identifier: BSD-3-Clause */
#include "report.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <rte_cycles.h>
#include <rte_version.h>

#include "log.h"

#define SILENCE_SECONDS 1.5 /* until it is said that nothing comes back */
#define CLOCK_BACK_NS 1000 /* more than two reads out of order explain */
#define PACE_OFF 0.01 /* of the asked rate, from here it is said */

static double
ns(uint64_t cycles)
{
	return (double)cycles * 1e9 / (double)rte_get_tsc_hz();
}

double
report_offered_pps(const struct gen_run *run)
{
	uint64_t sent = atomic_load(&run->tx.sent_all);
	uint64_t span = run->tx.last_tsc - run->tx.first_tsc;

	return sent > 1 && span > 0 ? (double)(sent - 1) * (double)rte_get_tsc_hz() / (double)span : 0;
}

void
report_tick(struct gen_run *run, uint64_t start, uint64_t now)
{
	static const struct gen_run *current;
	static uint64_t began, next, last, last_sent, last_received;
	static bool warned;
	uint64_t hz = rte_get_tsc_hz(), sent, received;
	double s;

	if (run->quiet)
		return;
	if (current != run || began != start) {
		current = run;
		began = last = start;
		next = start + (uint64_t)(run->stats_s * (double)hz);
		last_sent = last_received = 0;
		warned = false;
	}
	if (!warned && now - start > (uint64_t)(SILENCE_SECONDS * (double)hz)) {
		warned = true;
		if (atomic_load(&run->tx.sent_all) > 0 && atomic_load(&run->rx.received_all) == 0)
			say_warning("nothing has come back yet; %" PRIu64 " frames sent, %" PRIu64
				" others received: is the other end up, does it take frames to this MAC "
				"(--dst-mac, or --dst to ask for it), do its filters let them by?",
				atomic_load(&run->tx.sent_all), run->rx.foreign);
	}
	if (run->stats_s == 0 || now < next)
		return;
	sent = atomic_load(&run->tx.sent_all);
	received = atomic_load(&run->rx.received_all);
	s = (double)(now - last) / (double)hz;
	say("%.1f s | sent %.3f Mpps | received %.3f Mpps | under way or lost %" PRIu64,
		(double)(now - start) / (double)hz, (double)(sent - last_sent) / s / 1e6,
		(double)(received - last_received) / s / 1e6, sent > received ? sent - received : 0);
	last = now;
	last_sent = sent;
	last_received = received;
	next = now + (uint64_t)(run->stats_s * (double)hz);
}

struct totals {
	uint64_t sent, received, lost, duplicates, reordered, late;
	uint64_t ipdv_sum, ipdv_nb;
	struct dlo_histogram latency;
};

static void
add_stream(struct totals *t, const struct gen_run *run, unsigned int i)
{
	const struct gen_stream *s = &run->rx.streams[i];
	uint64_t sent = run->tx.sent[i];

	t->sent += sent;
	t->received += s->track.received;
	t->lost += sent > s->track.received ? sent - s->track.received : 0;
	t->duplicates += s->track.duplicates;
	t->reordered += s->track.reordered;
	t->late += s->track.late;
	t->ipdv_sum += s->ipdv_sum;
	t->ipdv_nb += s->ipdv_nb;
	dlo_histogram_merge(&t->latency, &s->latency);
}

/* One stream, or all for i == nb_streams. */
static void
totals_of(struct totals *t, const struct gen_run *run, unsigned int i)
{
	unsigned int nb = run->tx.pattern->nb_streams;

	memset(t, 0, sizeof(*t));
	dlo_histogram_init(&t->latency);
	for (unsigned int s = i == nb ? 0 : i; s < (i == nb ? nb : i + 1); s++)
		add_stream(t, run, s);
}

static const char *
size_name(const struct gen_conf *conf, unsigned int i, char buf[32])
{
	if (conf->sizes.range_end != 0)
		snprintf(buf, 32, "%u-%u", conf->sizes.size[0], conf->sizes.range_end);
	else
		snprintf(buf, 32, "%u", conf->sizes.size[i]);
	return buf;
}

static double
pdv_ns(const struct dlo_histogram *h)
{
	return h->count > 0 ? ns(dlo_histogram_quantile(h, 0.999) - h->min) : 0;
}

static void
print_latency(const char *what, const struct dlo_histogram *h)
{
	if (h->count == 0)
		return;
	printf("  %-24s min %.0f  p50 %.0f  p90 %.0f  p99 %.0f  p99.9 %.0f  max %.0f ns, PDV %.0f ns\n",
		what, ns(h->min), ns(dlo_histogram_quantile(h, 0.5)),
		ns(dlo_histogram_quantile(h, 0.9)), ns(dlo_histogram_quantile(h, 0.99)),
		ns(dlo_histogram_quantile(h, 0.999)), ns(h->max), pdv_ns(h));
}

static void
print_counts(const struct totals *t)
{
	printf("  sent %" PRIu64 ", received %" PRIu64 ", lost %" PRIu64 " (%.4f %%), duplicates %" PRIu64
		", reordered %" PRIu64 "\n", t->sent, t->received, t->lost,
		t->sent > 0 ? 100.0 * (double)t->lost / (double)t->sent : 0, t->duplicates,
		t->reordered);
}

void
report_print(const struct gen_report *r)
{
	static struct totals t;
	const struct gen_run *run = r->run;
	unsigned int nb = run->tx.pattern->nb_streams;
	double offered = report_offered_pps(run);
	char name[32];

	totals_of(&t, run, nb);
	printf("%s to %s, %.3f s\n", r->tx_name, r->rx_name, run->seconds);
	if (r->asked_pps > 0)
		printf("  offered %.1f pps, asked %.1f pps (%+.3f %%)\n", offered, r->asked_pps,
			100 * (offered / r->asked_pps - 1));
	else
		printf("  offered %.1f pps, unpaced\n", offered);
	print_counts(&t);
	if (t.late > 0)
		printf("  %" PRIu64 " of those reordered came more than %u frames late\n", t.late,
			TRACK_WINDOW);
	if (run->rx.foreign > 0)
		printf("  %" PRIu64 " other frames received\n", run->rx.foreign);
	print_latency("latency", &t.latency);
	if (t.ipdv_nb > 0)
		printf("  mean IPDV %.0f ns\n", ns(t.ipdv_sum) / (double)t.ipdv_nb);
	if (r->asked_pps > 0 && run->tx.jitter->count > 0)
		printf("  gap between frames off by p50 %.0f, p99 %.0f ns\n",
			ns(dlo_histogram_quantile(run->tx.jitter, 0.5)),
			ns(dlo_histogram_quantile(run->tx.jitter, 0.99)));
	for (unsigned int i = 0; nb > 1 && i < nb; i++) {
		totals_of(&t, run, i);
		printf(" %s bytes\n", size_name(r->conf, i, name));
		print_counts(&t);
		print_latency("latency", &t.latency);
	}
	if (r->bias != NULL) {
		totals_of(&t, r->bias, r->bias->tx.pattern->nb_streams);
		print_latency("this program alone", &t.latency);
	}
	fflush(stdout);
}

void
report_say_why(const struct gen_report *r)
{
	const struct gen_tx *tx = &r->run->tx;
	double offered = report_offered_pps(r->run);

	if (engine_received(r->run) == 0) {
		if (atomic_load(&tx->sent_all) == 0)
			say_error("port %s took no frame at all: is its link up, and the other end running?",
				r->tx_name);
		else
			say_error("nothing came back to port %s, and %" PRIu64 " other frames were "
				"received: look whether the other end is up, takes frames to this MAC "
				"(--dst-mac, --dst), and sends them back to this port", r->rx_name,
				r->run->rx.foreign);
		return;
	}
	if (ns(r->run->rx.clock_back) > CLOCK_BACK_NS)
		say_warning("frames came up to %.0f ns before they were sent: the time stamp counters of "
			"the two CPUs differ; use one lcore", ns(r->run->rx.clock_back));
	if (r->asked_pps == 0 || offered == 0 || offered > r->asked_pps * (1 - PACE_OFF))
		return;
	if (tx->refused > 0)
		say_warning("%.1f pps were asked and %.1f offered: port %s had no room %" PRIu64
			" times, it does not take more", r->asked_pps, offered, r->tx_name, tx->refused);
	else
		say_warning("%.1f pps were asked and %.1f offered: this lcore cannot keep up; let "
			"another one receive (-l with two), or give it a CPU of its own",
			r->asked_pps, offered);
}

static void
print_log(const char *what, const struct gen_report *r, const struct gen_log *log, uint64_t zero)
{
	uint64_t nb = log->nb < GEN_LOG ? log->nb : GEN_LOG;
	char name[32];

	printf("%s: the last %" PRIu64 " frames, microseconds before the slow one was received\n", what,
		nb);
	for (uint64_t i = log->nb - nb; i < log->nb; i++) {
		const struct gen_event *e = &log->events[i % GEN_LOG];

		printf("  %s #%" PRIu64 " sent %.3f", size_name(r->conf, e->stream, name), e->seq,
			(ns(e->sent) - ns(zero)) / 1e3);
		if (e->received != 0)
			printf(" received %.3f took %.3f", (ns(e->received) - ns(zero)) / 1e3,
				ns(e->received - e->sent) / 1e3);
		putchar('\n');
	}
}

void
report_slow(const struct gen_report *r)
{
	const struct gen_rx *rx = &r->run->rx;
	char name[32];

	if (!atomic_load(&rx->broke))
		return;
	print_log("sent", r, r->run->tx.log, rx->slow.received);
	print_log("received", r, rx->log, rx->slow.received);
	fflush(stdout);
	say_error("frame #%" PRIu64 " of %s bytes took %.3f us, --break-above was %.3f", rx->slow.seq,
		size_name(r->conf, rx->slow.stream, name),
		ns(rx->slow.received - rx->slow.sent) / 1e3, (double)r->conf->break_above_ns / 1e3);
}

static json_t *
latency_json(const struct dlo_histogram *h)
{
	return json_pack("{s:f, s:f, s:f, s:f, s:f, s:f}", "min", h->count > 0 ? ns(h->min) : 0.0,
		"p50", ns(dlo_histogram_quantile(h, 0.5)), "p90", ns(dlo_histogram_quantile(h, 0.9)),
		"p99", ns(dlo_histogram_quantile(h, 0.99)), "p99_9",
		ns(dlo_histogram_quantile(h, 0.999)), "max", ns(h->max));
}

static json_t *
totals_json(const struct totals *t)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:f, s:f}", "sent",
		(json_int_t)t->sent, "received", (json_int_t)t->received, "lost",
		(json_int_t)t->lost, "duplicates", (json_int_t)t->duplicates, "reordered",
		(json_int_t)t->reordered, "late", (json_int_t)t->late, "latency_ns",
		latency_json(&t->latency), "pdv_ns", pdv_ns(&t->latency), "ipdv_ns",
		t->ipdv_nb > 0 ? ns(t->ipdv_sum) / (double)t->ipdv_nb : 0.0);
}

static json_t *
sizes_json(const struct gen_report *r)
{
	static struct totals t;
	json_t *sizes = json_array();
	char name[32];

	for (unsigned int i = 0; i < r->run->tx.pattern->nb_streams; i++) {
		json_t *one;

		totals_of(&t, r->run, i);
		one = totals_json(&t);
		json_object_set_new(one, "size", json_string(size_name(r->conf, i, name)));
		json_array_append_new(sizes, one);
	}
	return sizes;
}

static json_t *
whole_json(const struct gen_report *r)
{
	static struct totals t;
	const struct gen_run *run = r->run;
	const struct gen_tx *tx = &run->tx;
	json_t *all, *pacing;

	totals_of(&t, run, tx->pattern->nb_streams);
	all = totals_json(&t);
	pacing = json_pack("{s:f, s:f, s:f, s:I, s:I}", "gap_off_p50_ns",
		ns(dlo_histogram_quantile(tx->jitter, 0.5)), "gap_off_p99_ns",
		ns(dlo_histogram_quantile(tx->jitter, 0.99)), "given_up_s",
		ns(tx->pace.given_up) / 1e9, "refused", (json_int_t)tx->refused, "no_mbuf",
		(json_int_t)tx->no_mbuf);
	json_object_set_new(all, "version", json_string(DLO_VERSION));
	json_object_set_new(all, "dpdk", json_string(rte_version()));
	json_object_set_new(all, "tx_port", json_string(r->tx_name));
	json_object_set_new(all, "rx_port", json_string(r->rx_name));
	json_object_set_new(all, "kind", json_string(gen_kind_name(r->conf->kind)));
	json_object_set_new(all, "seconds", json_real(run->seconds));
	json_object_set_new(all, "asked_pps", json_real(r->asked_pps));
	json_object_set_new(all, "offered_pps", json_real(report_offered_pps(run)));
	json_object_set_new(all, "foreign", json_integer((json_int_t)run->rx.foreign));
	json_object_set_new(all, "pacing", pacing);
	json_object_set_new(all, "sizes", sizes_json(r));
	if (r->bias != NULL) {
		totals_of(&t, r->bias, r->bias->tx.pattern->nb_streams);
		json_object_set_new(all, "bias_ns", latency_json(&t.latency));
	}
	return all;
}

int
report_json(const struct gen_report *r, const char *path)
{
	json_t *all = whole_json(r);
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
