/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_lcore.h>
#include <rte_mbuf.h>

#include "rfc2544.h"
#include "totals.h"

static void
hear(struct gen_session *s, unsigned int path)
{
	struct neighbour *n = &s->neighbours[path];
	struct rte_mbuf *m;

	/* A trial's own frames that come late, and whoever asks for our MAC. */
	if (rte_eth_rx_burst(n->port, 0, &m, 1) == 1 && !neighbour_answer(n, m))
		rte_pktmbuf_free(m);
}

int
rfc_settle(struct gen_session *s)
{
	uint64_t end = rte_rdtsc() + (uint64_t)(s->conf->rfc.settle_s * (double)rte_get_tsc_hz());

	while (rte_rdtsc() < end && !atomic_load(s->stop)) {
		for (unsigned int i = 0; i < s->nb_paths; i++)
			hear(s, i);
	}
	return atomic_load(s->stop) ? -EINTR : 0;
}

static void
collect(const struct gen_run *run, struct rfc_trial *trial)
{
	static struct totals t;

	totals_run(&t, run);
	trial->sent = t.sent;
	trial->received = t.received;
	trial->pushed_back = false;
	for (unsigned int i = 0; i < run->nb_paths; i++) {
		double offered = totals_offered_pps(&run->paths[i]);

		if (i == 0 || offered < trial->offered)
			trial->offered = offered;
		trial->pushed_back |= run->paths[i].tx.refused > 0;
	}
	if (trial->totals != NULL)
		*trial->totals = t;
}

int
rfc_trial_run(struct gen_session *s, double pps, struct rfc_trial *trial)
{
	static struct gen_run run;
	struct gen_load load = { .pps = pps };
	int rc = rfc_settle(s);

	/* New frames each time: the stamp's magic tells those of the trial before. */
	if (rc == 0)
		rc = session_make_frames(s);
	if (rc == 0)
		rc = session_run(s, &run, &load, false);
	if (rc == 0) {
		for (unsigned int i = 0; i < run.nb_paths; i++)
			run.paths[i].tx.count = trial->count;
		run.duration_s = trial->seconds;
		run.latency_from_s = trial->latency_from_s;
		run.quiet = true;
		engine_run(&run);
		collect(&run, trial);
		if (atomic_load(s->stop))
			rc = -EINTR;
	}
	engine_free(&run);
	return rc;
}
