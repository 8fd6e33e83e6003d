/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>

#include "rfc2544.h"

static double
gbps(const struct rfc_size *r, double pps)
{
	return pps * (r->size + GEN_WIRE_EXTRA) * 8 / 1e9;
}

static void
print_throughput(const struct rfc_results *r)
{
	printf("Throughput (RFC 2544 26.1)%s\n", r->session->nb_paths > 1 ? ", of each direction" : "");
	printf("  %6s %14s %14s %8s %9s %7s\n", "bytes", "maximum pps", "throughput pps", "", "Gbit/s",
		"trials");
	for (unsigned int i = 0; i < r->nb; i++) {
		const struct rfc_size *s = &r->sizes[i];

		if ((s->done & GEN_TEST_THROUGHPUT) == 0)
			continue;
		printf("  %6u %14.0f %14.0f %6.2f %% %9.3f %7u\n", s->size, s->max_pps,
			s->throughput_pps, 100 * s->throughput_pps / s->max_pps,
			gbps(s, s->throughput_pps), s->throughput.trials);
	}
}

static void
print_bounds(const struct rfc_results *r)
{
	printf("NDR and PDR (%.3g %% loss), bounds and what they carry\n",
		100 * r->session->conf->rfc.pdr);
	printf("  %6s %14s %14s %14s %14s\n", "bytes", "NDR pps", "carried", "PDR pps", "carried");
	for (unsigned int i = 0; i < r->nb; i++) {
		const struct rfc_size *s = &r->sizes[i];

		if ((s->done & GEN_TEST_THROUGHPUT) != 0)
			printf("  %6u %14.0f %14.0f %14.0f %14.0f\n", s->size, s->bounds[0].load,
				s->bounds[0].carried, s->bounds[1].load, s->bounds[1].carried);
	}
}

static void
print_latency(const struct rfc_results *r)
{
	printf("Latency at the throughput, us (RFC 2544 26.2; TL, WCL, PDV, IPDV: RFC 8219 7.2, 7.3)\n");
	printf("  %6s %9s %9s %9s %9s %9s %9s %9s %7s\n", "bytes", "min", "mean", "TL", "WCL", "max",
		"PDV", "IPDV", "trials");
	for (unsigned int i = 0; i < r->nb; i++) {
		const struct rfc_size *s = &r->sizes[i];

		if ((s->done & GEN_TEST_LATENCY) != 0)
			printf("  %6u %9.3f %9.3f %9.3f %9.3f %9.3f %9.3f %9.3f %7u\n", s->size,
				s->latency.min / 1e3, s->latency.mean / 1e3, s->latency.tl / 1e3,
				s->latency.wcl / 1e3, s->latency.max / 1e3, s->latency.pdv / 1e3,
				s->latency.ipdv / 1e3, s->latency.trials);
	}
}

static void
print_loss(const struct rfc_results *r)
{
	printf("Frame loss rate, %% of frames at %% of the maximum (RFC 2544 26.3)\n  %6s", "bytes");
	for (unsigned int i = 0; i < RFC_LOSS_STEPS; i++)
		printf(" %7u%%", 100 - 100 * i / RFC_LOSS_STEPS);
	putchar('\n');
	for (unsigned int i = 0; i < r->nb; i++) {
		const struct rfc_size *s = &r->sizes[i];

		if ((s->done & GEN_TEST_LOSS) == 0)
			continue;
		printf("  %6u", s->size);
		for (unsigned int k = 0; k < s->nb_losses; k++)
			printf(" %8.4f", 100 * s->losses[k].loss);
		putchar('\n');
	}
}

static void
print_bursts(const struct rfc_results *r)
{
	printf("Back-to-back frames (RFC 2544 26.4, RFC 9004)\n");
	printf("  %6s %12s %12s %12s %10s %12s %12s %7s\n", "bytes", "average", "min", "max", "stddev",
		"implied us", "corrected us", "times");
	for (unsigned int i = 0; i < r->nb; i++) {
		const struct rfc_size *s = &r->sizes[i];

		if ((s->done & GEN_TEST_BURST) == 0)
			continue;
		if (s->burst.skipped)
			printf("  %6u  not tested: the throughput is the maximum (RFC 9004 5)\n", s->size);
		else
			printf("  %6u %12.0f %12.0f %12.0f %10.1f %12.1f %12.1f %7u%s\n", s->size,
				s->burst.avg, s->burst.min, s->burst.max, s->burst.stddev,
				s->burst.implied_s * 1e6, s->burst.corrected_s * 1e6, s->burst.trials,
				s->burst.at_limit ? "  at the limit of --burst-limit" : "");
	}
}

void
rfc_report(const struct rfc_results *r)
{
	unsigned int done = 0;

	for (unsigned int i = 0; i < r->nb; i++)
		done |= r->sizes[i].done;
	if (!r->complete)
		printf("Interrupted; this is what was finished:\n");
	if ((done & GEN_TEST_THROUGHPUT) != 0)
		print_throughput(r);
	if ((done & GEN_TEST_THROUGHPUT) != 0 && r->session->conf->rfc.search == RFC_SEARCH_MLR)
		print_bounds(r);
	if ((done & GEN_TEST_LATENCY) != 0)
		print_latency(r);
	if ((done & GEN_TEST_LOSS) != 0)
		print_loss(r);
	if ((done & GEN_TEST_BURST) != 0)
		print_bursts(r);
	printf("Deviations from the standards\n");
	for (unsigned int i = 0; i < r->nb_deviations; i++)
		printf("  %s\n", r->deviations[i]);
	fflush(stdout);
}
