/* SPDX-License-Identifier: BSD-3-Clause */
/* What is said while a run goes on. */
#include <inttypes.h>

#include <rte_cycles.h>

#include "engine.h"
#include "log.h"

#define SILENCE_SECONDS 1.5 /* until it is said that nothing comes back */

static void
count(const struct gen_run *run, uint64_t *sent, uint64_t *received, uint64_t *foreign)
{
	*sent = *received = *foreign = 0;
	for (unsigned int i = 0; i < run->nb_paths; i++) {
		*sent += atomic_load(&run->paths[i].tx.sent_all);
		*received += atomic_load(&run->paths[i].rx.received_all);
		*foreign += run->paths[i].rx.foreign;
	}
}

static void
say_silence(const struct gen_run *run)
{
	uint64_t sent, received, foreign;

	count(run, &sent, &received, &foreign);
	if (sent == 0)
		say_warning("the port takes no frame: is its link up, and the other end running?");
	else if (received == 0)
		say_warning("nothing has come back yet; %" PRIu64 " frames sent, %" PRIu64
			" others received: is the other end up, does it take frames to this MAC "
			"(--dst-mac, or --dst to ask for it), do its filters let them by?",
			sent, foreign);
}

void
progress_tick(struct gen_run *run, uint64_t start, uint64_t now)
{
	static const struct gen_run *current;
	static uint64_t began, next, last, last_sent, last_received;
	static bool looked;
	uint64_t hz = rte_get_tsc_hz(), sent, received, foreign;
	double s;

	if (run->quiet)
		return;
	if (current != run || began != start) {
		current = run;
		began = last = start;
		next = start + (uint64_t)(run->stats_s * (double)hz);
		last_sent = last_received = 0;
		looked = false;
	}
	if (!looked && now - start > (uint64_t)(SILENCE_SECONDS * (double)hz)) {
		looked = true;
		say_silence(run);
	}
	if (run->stats_s == 0 || now < next)
		return;
	count(run, &sent, &received, &foreign);
	s = (double)(now - last) / (double)hz;
	say("%.1f s | sent %.3f Mpps | received %.3f Mpps | under way or lost %" PRIu64,
		(double)(now - start) / (double)hz, (double)(sent - last_sent) / s / 1e6,
		(double)(received - last_received) / s / 1e6, sent > received ? sent - received : 0);
	last = now;
	last_sent = sent;
	last_received = received;
	next = now + (uint64_t)(run->stats_s * (double)hz);
}
