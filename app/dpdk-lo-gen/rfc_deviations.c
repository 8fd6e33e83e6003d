/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdarg.h>
#include <stdio.h>

#include "log.h"
#include "rfc2544.h"

static void __attribute__((format(printf, 2, 3)))
note(struct rfc_results *r, const char *fmt, ...)
{
	va_list ap;

	if (r->nb_deviations == RFC_DEVIATIONS)
		return;
	va_start(ap, fmt);
	vsnprintf(r->deviations[r->nb_deviations], RFC_DEVIATION, fmt, ap);
	va_end(ap);
	say("deviation: %s", r->deviations[r->nb_deviations]);
	r->nb_deviations++;
}

static void
note_times(struct rfc_results *r, const struct gen_conf *conf)
{
	const struct rfc_conf *rfc = &conf->rfc;

	if (rfc->trial_s < RFC_TRIAL_SECONDS)
		note(r, "trials of %g s, not 60 s (RFC 2544 24)", rfc->trial_s);
	if (rfc->settle_s < RFC_SETTLE_SECONDS)
		note(r, "%g s between trials, not 5 s (RFC 2544 23)", rfc->settle_s);
	if (conf->drain_s < GEN_DRAIN_DEFAULT)
		note(r, "%g s for frames under way, not 2 s (RFC 2544 23, RFC 9004 5.3)", conf->drain_s);
	if ((rfc->tests & GEN_TEST_LATENCY) != 0 && 2 * rfc->trial_s < 120)
		note(r, "latency streams of %g s, not 120 s (RFC 2544 26.2)", 2 * rfc->trial_s);
	if ((rfc->tests & GEN_TEST_BURST) != 0 && rfc->burst_limit_s < RFC_BURST_SECONDS)
		note(r, "bursts of up to %g s, not 2 s (RFC 2544 26.4)", rfc->burst_limit_s);
}

static void
note_repeats(struct rfc_results *r, const struct rfc_conf *rfc)
{
	if (rfc->repeats == 0)
		return;
	if ((rfc->tests & GEN_TEST_LATENCY) != 0 && rfc->repeats < RFC_REPEATS_LATENCY)
		note(r, "latency is measured %u times, not 20 times (RFC 2544 26.2)", rfc->repeats);
	if ((rfc->tests & GEN_TEST_BURST) != 0 && rfc->repeats < RFC_REPEATS_BURST)
		note(r, "back-to-back is measured %u times, not 50 times (RFC 2544 26.4)", rfc->repeats);
}

static void
note_frames(struct rfc_results *r, const struct gen_conf *conf)
{
	static const uint16_t standard[] = { 64, 128, 256, 512, 1024, 1280, 1518 };
	unsigned int found = 0;

	for (unsigned int i = 0; i < conf->sizes.nb; i++) {
		for (unsigned int k = 0; k < 7; k++)
			found += conf->sizes.size[i] == standard[k];
	}
	if (found < 7)
		note(r, "not all frame sizes of RFC 2544 9.1 are tested");
	if (conf->kind != GEN_UDP4 && conf->kind != GEN_UDP6)
		note(r, "frames of kind %s, not UDP (RFC 2544 C.2.1)", gen_kind_name(conf->kind));
	note(r, "a stamp of 18 bytes stands at the start of each payload");
}

void
rfc_deviations(struct rfc_results *r, const struct gen_conf *conf)
{
	note_times(r, conf);
	note_repeats(r, &conf->rfc);
	note_frames(r, conf);
	if (conf->rfc.search == RFC_SEARCH_MLR)
		note(r, "throughput is the NDR bound: up to half of the trial time may have lost frames");
	else if (conf->rfc.verify > 0)
		note(r, "a rate counts as lossless when one of %u trials loses nothing (RFC 9004 5.1)",
			conf->rfc.verify + 1);
	if (!gen_port_has_line_rate(r->session->ports.tx) && !conf->rate_given)
		note(r, "the port has no line rate: the maximum is what it took without pause");
}

void
rfc_starved(struct rfc_results *r)
{
	unsigned int nb = 0;

	for (unsigned int i = 0; i < r->nb; i++)
		nb += r->sizes[i].nb_starved;
	if (nb > 0)
		note(r, "%u trials offered less than they should: this lcore could not keep up, and what was "
			"found is too low; give it a CPU of its own", nb);
}
