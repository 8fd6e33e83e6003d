/* SPDX-License-Identifier: BSD-3-Clause */
#include "rfc2544.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "log.h"
#include "report.h"
#include "totals.h"

#define MEASURE_SECONDS 1.0 /* for the maximum of a port that has no line rate */
#define RATE_OFF 0.005 /* of the asked rate: a load with less was not offered */
#define OFFER_TRIES 4
#define BURST_WIDTH 0.005 /* of the longest burst */

/* What a trial of a search needs to know. */
struct ctx {
	struct gen_session *session;
	struct rfc_size *size;
	const char *what;
};

static double
loss_of(const struct rfc_trial *t)
{
	return t->sent == 0 ? 1 : (double)(t->sent - t->received) / (double)t->sent;
}

/*
 * One trial at a rate. Where this lcore was kept from sending, and not by the port, the trial says
 * nothing about the path and is made again.
 */
static int
offer(struct ctx *c, double load, double seconds, struct rfc_trial *trial, bool *ret_offered)
{
	for (unsigned int i = 0; i < OFFER_TRIES; i++) {
		int rc;

		*trial = (struct rfc_trial){ .count = (uint64_t)ceil(load * seconds),
			.seconds = 2 * seconds };
		rc = rfc_trial_run(c->session, load, trial);
		if (rc != 0)
			return rc;
		*ret_offered = trial->offered >= load * (1 - RATE_OFF);
		if (*ret_offered || trial->pushed_back)
			break;
	}
	c->size->nb_starved += !*ret_offered && !trial->pushed_back;
	say("%u bytes, %s: %.1f pps, lost %.4f %%%s", c->size->size, c->what, load,
		100 * loss_of(trial), *ret_offered ? "" : trial->pushed_back ?
		", and the port took less than that" : ", and this lcore sent less than that");
	return 0;
}

static int
rate_trial(void *arg, double load, double seconds, struct rfc_outcome *ret)
{
	struct rfc_trial trial;
	bool offered;
	int rc = offer(arg, load, seconds, &trial, &offered);

	if (rc != 0)
		return rc;
	*ret = (struct rfc_outcome){ loss_of(&trial), trial.offered };
	/* Neither does a path carry what its port would not take. */
	if (!offered && ret->loss < 1 - trial.offered / load)
		ret->loss = 1 - trial.offered / load;
	return 0;
}

static int
burst_trial(void *arg, double load, double seconds, struct rfc_outcome *ret)
{
	struct ctx *c = arg;
	struct rfc_trial trial = { .count = (uint64_t)load };
	int rc = rfc_trial_run(c->session, c->size->max_measured ? 0 : c->size->max_pps, &trial);

	(void)seconds;
	if (rc != 0)
		return rc;
	*ret = (struct rfc_outcome){ loss_of(&trial), load };
	say("%u bytes, %s: %.0f frames, lost %.4f %%", c->size->size, c->what, load, 100 * ret->loss);
	return 0;
}

static int
find_throughput(struct gen_session *s, struct rfc_size *r)
{
	const struct rfc_conf *conf = &s->conf->rfc;
	struct ctx c = { s, r, "throughput" };
	unsigned int trials;
	int rc;

	if (conf->search == RFC_SEARCH_MLR) {
		struct rfc_mlr mlr = { .max = r->max_pps, .width = conf->resolution,
			.seconds = conf->trial_s, .sum = conf->duration_sum_s,
			.loss = { 0, conf->pdr } };

		c.what = "NDR and PDR";
		rc = rfc_search_mlr(&mlr, rate_trial, &c, r->bounds, &trials);
		if (rc == -E2BIG) {
			say_warning("%u bytes: the search does not come to an end: the path changes too "
				"much; the best bounds so far are reported", r->size);
			rc = 0;
		}
		r->throughput = (struct rfc_found){ r->bounds[0].load, r->bounds[0].load, trials };
	} else {
		struct rfc_binary binary = { .max = r->max_pps, .width = conf->resolution * r->max_pps,
			.seconds = conf->trial_s, .verify = conf->verify };

		rc = rfc_search_binary(&binary, rate_trial, &c, &r->throughput);
	}
	r->throughput_pps = r->throughput.load;
	return rc;
}

static double
middle(double *values, unsigned int n)
{
	for (unsigned int i = 1; i < n; i++) {
		double v = values[i];
		unsigned int j = i;

		for (; j > 0 && values[j - 1] > v; j--)
			values[j] = values[j - 1];
		values[j] = v;
	}
	return n == 0 ? 0 : n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

/* RFC 2544 26.2: a stream at the throughput, of which the second half counts; RFC 8219 7.2, 7.3. */
static int
measure_latency(struct gen_session *s, struct rfc_size *r)
{
	static double means[1000], tls[1000], wcls[1000], pdvs[1000], ipdvs[1000];
	const struct rfc_conf *conf = &s->conf->rfc;
	unsigned int repeats = conf->repeats != 0 ? conf->repeats : RFC_REPEATS_LATENCY;
	static struct totals t;
	unsigned int n = 0;
	int rc = 0;

	for (; rc == 0 && n < repeats; n++) {
		struct rfc_trial trial = { .seconds = 2 * conf->trial_s, .totals = &t,
			.latency_from_s = conf->trial_s };
		const struct dlo_histogram *h = &t.latency;

		rc = rfc_trial_run(s, r->throughput_pps, &trial);
		if (rc != 0 || h->count == 0)
			break;
		means[n] = totals_ns(h->sum) / (double)h->count;
		tls[n] = totals_ns(dlo_histogram_quantile(h, 0.5));
		wcls[n] = totals_ns(dlo_histogram_quantile(h, 0.999));
		pdvs[n] = totals_pdv_ns(h);
		ipdvs[n] = t.ipdv_nb > 0 ? totals_ns(t.ipdv_sum) / (double)t.ipdv_nb : 0;
		if (n == 0 || totals_ns(h->min) < r->latency.min)
			r->latency.min = totals_ns(h->min);
		r->latency.max = fmax(r->latency.max, totals_ns(h->max));
		say("%u bytes, latency %u of %u: p50 %.0f ns, p99.9 %.0f ns", r->size, n + 1, repeats,
			tls[n], wcls[n]);
	}
	r->latency.trials = n;
	for (unsigned int i = 0; i < n; i++)
		r->latency.mean += means[i] / n;
	r->latency.tl = middle(tls, n);
	r->latency.wcl = middle(wcls, n);
	r->latency.pdv = middle(pdvs, n);
	r->latency.ipdv = middle(ipdvs, n);
	return rc;
}

/* RFC 2544 26.3: down from the maximum, until two steps in a row lose nothing. */
static int
measure_loss(struct gen_session *s, struct rfc_size *r)
{
	struct ctx c = { s, r, "loss" };
	unsigned int clean = 0;

	for (unsigned int i = 0; i < RFC_LOSS_STEPS && clean < 2; i++) {
		double percent = 100.0 - 100.0 * i / RFC_LOSS_STEPS;
		struct rfc_trial trial;
		bool offered;
		int rc = offer(&c, r->max_pps * percent / 100, s->conf->rfc.trial_s, &trial, &offered);

		if (rc != 0)
			return rc;
		r->losses[r->nb_losses++] = (struct rfc_loss_step){ percent, trial.offered,
			loss_of(&trial) };
		clean = loss_of(&trial) == 0 ? clean + 1 : 0;
	}
	return 0;
}

static void
sum_up_bursts(struct rfc_size *r, const double *frames, unsigned int n)
{
	double squares = 0;

	r->burst.trials = n;
	r->burst.min = n > 0 ? frames[0] : 0;
	for (unsigned int i = 0; i < n; i++) {
		r->burst.avg += frames[i] / n;
		r->burst.min = fmin(r->burst.min, frames[i]);
		r->burst.max = fmax(r->burst.max, frames[i]);
	}
	for (unsigned int i = 0; i < n; i++)
		squares += (frames[i] - r->burst.avg) * (frames[i] - r->burst.avg);
	r->burst.stddev = n > 1 ? sqrt(squares / (n - 1)) : 0;
	/* RFC 9004 6: the buffer empties while it fills. */
	r->burst.implied_s = r->burst.avg / r->max_pps;
	r->burst.corrected_s = r->burst.implied_s * (1 - r->throughput_pps / r->max_pps);
}

/* RFC 2544 26.4 and RFC 9004. */
static int
measure_bursts(struct gen_session *s, struct rfc_size *r)
{
	static double frames[1000];
	const struct rfc_conf *conf = &s->conf->rfc;
	unsigned int repeats = conf->repeats != 0 ? conf->repeats : RFC_REPEATS_BURST, n = 0;
	double longest = floor(r->max_pps * conf->burst_limit_s);
	struct rfc_binary binary = { .max = longest, .width = fmax(1, longest * BURST_WIDTH),
		.min = 2, .verify = conf->verify };
	struct ctx c = { s, r, "back-to-back" };
	struct rfc_found found;
	int rc = 0;

	r->burst.skipped = r->throughput_pps >= r->max_pps * (1 - conf->resolution);
	if (r->burst.skipped)
		return 0;
	while (rc == 0 && n < repeats) {
		rc = rfc_search_binary(&binary, burst_trial, &c, &found);
		if (rc != 0)
			break;
		r->burst.at_limit |= found.load == longest;
		frames[n++] = floor(found.load);
	}
	sum_up_bursts(r, frames, n);
	return rc;
}

/* The load that counts as 100 %. */
static int
find_maximum(struct gen_session *s, struct rfc_size *r)
{
	struct rfc_trial trial = { .seconds = fmin(MEASURE_SECONDS, s->conf->rfc.trial_s) };
	struct gen_load load;
	int rc = session_make_frames(s);

	if (rc != 0)
		return rc;
	if (!s->conf->rate_given)
		s->conf->rate = gen_port_has_line_rate(s->ports.tx) ?
			(struct gen_rate){ GEN_RATE_PERCENT, 100 } :
			(struct gen_rate){ GEN_RATE_MAX, 0 };
	rc = session_load(s, &load);
	if (rc != 0)
		return rc;
	r->max_pps = session_pps(s, &load);
	if (r->max_pps > 0)
		return 0;
	r->max_measured = true;
	rc = rfc_trial_run(s, 0, &trial);
	r->max_pps = trial.offered;
	if (rc == 0 && r->max_pps == 0) {
		say_error("port %s takes no frames: is its link up, and the other end running?",
			s->names[0]);
		rc = -EIO;
	}
	return rc;
}

static int
test_size(struct gen_session *s, struct rfc_size *r)
{
	unsigned int tests = s->conf->rfc.tests;
	int rc = find_maximum(s, r);

	/* The others go by the throughput. */
	if (rc == 0 && (tests & ~(unsigned int)GEN_TEST_LOSS) != 0) {
		rc = find_throughput(s, r);
		r->done |= rc == 0 ? GEN_TEST_THROUGHPUT : 0;
	}
	if (rc == 0 && (tests & GEN_TEST_LATENCY) != 0 && r->throughput_pps > 0) {
		rc = measure_latency(s, r);
		r->done |= rc == 0 ? GEN_TEST_LATENCY : 0;
	}
	if (rc == 0 && (tests & GEN_TEST_LOSS) != 0) {
		rc = measure_loss(s, r);
		r->done |= rc == 0 ? GEN_TEST_LOSS : 0;
	}
	if (rc == 0 && (tests & GEN_TEST_BURST) != 0) {
		rc = measure_bursts(s, r);
		r->done |= rc == 0 ? GEN_TEST_BURST : 0;
	}
	return rc;
}

/* A path that gives nothing back at any rate is not worth an hour of trials. */
static int
probe(struct gen_session *s)
{
	struct rfc_trial trial = { .count = 100, .seconds = 1 };
	int rc;

	s->conf->sizes.nb = 1;
	rc = rfc_trial_run(s, 1000, &trial);
	if (rc == 0 && trial.received == 0) {
		say_error("nothing came back to port %s of %u frames at 1000 a second: look whether the "
			"other end is up, takes frames to this MAC (--dst-mac, --dst), and sends them "
			"back to this port", s->names[1], (unsigned int)trial.sent);
		rc = -ENOENT;
	}
	return rc;
}

int
rfc2544_run(struct gen_session *s)
{
	static struct rfc_results results;
	const struct gen_sizes wanted = s->conf->sizes;
	int rc, written = 0;

	results.session = s;
	rfc_deviations(&results, s->conf);
	rc = probe(s);
	if (rc == -EINTR)
		return 0;
	for (unsigned int i = 0; rc == 0 && i < wanted.nb; i++) {
		struct rfc_size *r = &results.sizes[results.nb++];

		r->size = wanted.size[i];
		s->conf->sizes.size[0] = wanted.size[i];
		rc = test_size(s, r);
		results.complete = rc == 0 && i + 1 == wanted.nb;
	}
	if (rc != 0 && rc != -EINTR)
		return rc;
	rfc_starved(&results);
	rfc_report(&results);
	if (s->conf->json[0] != '\0')
		written = report_write(rfc_json(&results), s->conf->json);
	if (s->conf->rfc.plots[0] != '\0' && written == 0)
		written = rfc_plot(&results, s->conf->rfc.plots);
	return written;
}
