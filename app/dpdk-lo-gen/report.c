/* SPDX-License-Identifier: BSD-3-Clause */
#include "report.h"

#include <inttypes.h>
#include <stdio.h>

#include "log.h"
#include "silence.h"

#define CLOCK_BACK_NS 1000 /* more than two reads out of order explain */
#define PACE_OFF 0.01 /* of the asked rate, from here it is said */

void
report_latency(const char *what, const struct dlo_histogram *h)
{
	if (h->count == 0)
		return;
	printf("  %-24s min %.0f  p50 %.0f  p90 %.0f  p99 %.0f  p99.9 %.0f  max %.0f ns, PDV %.0f ns\n",
		what, totals_ns(h->min), totals_ns(dlo_histogram_quantile(h, 0.5)),
		totals_ns(dlo_histogram_quantile(h, 0.9)), totals_ns(dlo_histogram_quantile(h, 0.99)),
		totals_ns(dlo_histogram_quantile(h, 0.999)), totals_ns(h->max), totals_pdv_ns(h));
}

static void
print_counts(const struct totals *t)
{
	printf("  sent %" PRIu64 ", received %" PRIu64 ", lost %" PRIu64 " (%.4f %%), duplicates %" PRIu64
		", reordered %" PRIu64 "\n", t->sent, t->received, t->lost,
		t->sent > 0 ? 100.0 * (double)t->lost / (double)t->sent : 0, t->duplicates,
		t->reordered);
}

static void
print_sizes(const struct gen_path *path, struct totals *t)
{
	const struct pattern *p = path->tx.pattern;

	for (unsigned int i = 0; p->nb_streams > 1 && i < p->nb_streams; i++) {
		totals_stream(t, path, i);
		if (t->sent == 0)
			continue;
		printf(" %s bytes\n", p->streams[i]);
		print_counts(t);
		report_latency("latency", &t->latency);
	}
}

static void
print_path(const struct gen_report *r, const struct gen_path *path, struct totals *t)
{
	double offered = totals_offered_pps(path);
	const struct gen_tx *tx = &path->tx;

	if (r->asked_pps > 0)
		printf("  offered %.1f pps, asked %.1f pps (%+.3f %%)\n", offered, r->asked_pps,
			100 * (offered / r->asked_pps - 1));
	else
		printf("  offered %.1f pps, %s\n", offered,
			r->conf->pcap[0] != '\0' && !r->conf->rate_given ? "as captured" : "unpaced");
	totals_path(t, path);
	print_counts(t);
	if (t->late > 0)
		printf("  %" PRIu64 " of those reordered came more than %u frames late\n", t->late,
			TRACK_WINDOW);
	if (tx->unstamped > 0)
		printf("  sent without a stamp, and not counted back: %" PRIu64 "\n", tx->unstamped);
	if (path->rx.foreign > 0)
		printf("  %" PRIu64 " other frames received\n", path->rx.foreign);
	report_latency("latency", &t->latency);
	if (t->ipdv_nb > 0)
		printf("  mean IPDV %.0f ns\n", totals_ns(t->ipdv_sum) / (double)t->ipdv_nb);
	if (tx->jitter->count > 0 && (r->asked_pps > 0 || r->conf->pcap[0] != '\0'))
		printf("  gap between frames off by p50 %.0f, p99 %.0f ns\n",
			totals_ns(dlo_histogram_quantile(tx->jitter, 0.5)),
			totals_ns(dlo_histogram_quantile(tx->jitter, 0.99)));
	print_sizes(path, t);
}

void
report_print(const struct gen_report *r)
{
	static struct totals t;
	const struct gen_run *run = r->run;

	for (unsigned int i = 0; i < run->nb_paths; i++) {
		printf("%s to %s, %.3f s\n", r->names[i][0], r->names[i][1], run->seconds);
		print_path(r, &run->paths[i], &t);
	}
	if (run->nb_paths > 1) {
		totals_run(&t, run);
		printf("both directions\n");
		print_counts(&t);
		report_latency("latency", &t.latency);
	}
	if (r->bias != NULL) {
		totals_run(&t, r->bias);
		report_latency("this program alone", &t.latency);
	}
	fflush(stdout);
}

static void
say_silence(const struct gen_path *path, const char *const names[2])
{
	char why[SILENCE_TEXT];

	silence_reason(path, why);
	if (atomic_load(&path->tx.sent_all) == 0)
		say_error("port %s took no frame at all: %s", names[0], why);
	else if (path->tx.unstamped == atomic_load(&path->tx.sent_all))
		say_error("no frame of the capture has room for a stamp, so what came back to port %s "
			"(%" PRIu64 " frames) cannot be told; send larger ones", names[1],
			path->rx.foreign);
	else
		say_error("nothing came back to port %s: %s", names[1], why);
}

static void
say_slow_sender(const struct gen_path *path, const char *name, double asked)
{
	double offered = totals_offered_pps(path);

	if (asked == 0 || offered == 0 || offered > asked * (1 - PACE_OFF))
		return;
	if (path->tx.refused > 0)
		say_warning("%.1f pps were asked and %.1f offered: port %s had no room %" PRIu64
			" times, it does not take more", asked, offered, name, path->tx.refused);
	else
		say_warning("%.1f pps were asked and %.1f offered: this lcore cannot keep up; let "
			"another one receive (-l with two), or give it a CPU of its own",
			asked, offered);
}

void
report_say_why(const struct gen_report *r)
{
	for (unsigned int i = 0; i < r->run->nb_paths; i++) {
		const struct gen_path *path = &r->run->paths[i];
		double back = totals_ns(path->rx.clock_back);

		if (engine_path_received(path) == 0) {
			say_silence(path, r->names[i]);
			continue;
		}
		if (back > CLOCK_BACK_NS)
			say_warning("frames came up to %.0f ns before they were sent: the time stamp "
				"counters of the two CPUs differ; use one lcore", back);
		say_slow_sender(path, r->names[i][0], r->asked_pps);
	}
}

static void
print_log(const char *what, const struct gen_path *path, const struct gen_log *log, uint64_t zero)
{
	uint64_t nb = log->nb < GEN_LOG ? log->nb : GEN_LOG;

	printf("%s: the last %" PRIu64 " frames, microseconds before the slow one was received\n", what,
		nb);
	for (uint64_t i = log->nb - nb; i < log->nb; i++) {
		const struct gen_event *e = &log->events[i % GEN_LOG];

		printf("  %s #%" PRIu64 " sent %.3f", path->tx.pattern->streams[e->stream], e->seq,
			(totals_ns(e->sent) - totals_ns(zero)) / 1e3);
		if (e->received != 0)
			printf(" received %.3f took %.3f", (totals_ns(e->received) - totals_ns(zero)) / 1e3,
				totals_ns(e->received - e->sent) / 1e3);
		putchar('\n');
	}
}

void
report_slow(const struct gen_report *r)
{
	for (unsigned int i = 0; i < r->run->nb_paths; i++) {
		const struct gen_path *path = &r->run->paths[i];
		const struct gen_rx *rx = &path->rx;

		if (!atomic_load(&rx->broke))
			continue;
		print_log("sent", path, path->tx.log, rx->slow.received);
		print_log("received", path, rx->log, rx->slow.received);
		fflush(stdout);
		say_error("frame #%" PRIu64 " of %s bytes took %.3f us, --break-above was %.3f",
			rx->slow.seq, path->tx.pattern->streams[rx->slow.stream],
			totals_ns(rx->slow.received - rx->slow.sent) / 1e3,
			(double)r->conf->break_above_ns / 1e3);
	}
}
