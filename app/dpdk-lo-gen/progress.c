/* SPDX-License-Identifier: BSD-3-Clause */
/* What is said while a run goes on. */
#include <inttypes.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>

#include "engine.h"
#include "log.h"
#include "silence.h"

#define SILENCE_SECONDS 1.5 /* until it is said that nothing comes back */

static void
count(const struct gen_run *run, uint64_t *sent, uint64_t *received)
{
	*sent = *received = 0;
	for (unsigned int i = 0; i < run->nb_paths; i++) {
		*sent += atomic_load(&run->paths[i].tx.sent_all);
		*received += atomic_load(&run->paths[i].rx.received_all);
	}
}

/* Each direction by itself: one of two may be silent. */
static void
say_silence(const struct gen_run *run)
{
	char name[RTE_ETH_NAME_MAX_LEN] = "", why[SILENCE_TEXT];

	for (unsigned int i = 0; i < run->nb_paths; i++) {
		const struct gen_path *path = &run->paths[i];
		uint64_t sent = atomic_load(&path->tx.sent_all);

		/* Frames of a capture that have no room for a stamp are not known when they come back. */
		if (atomic_load(&path->rx.received_all) > 0 || (sent > 0 && path->tx.unstamped == sent))
			continue;
		silence_reason(path, why);
		rte_eth_dev_get_name_by_port(sent == 0 ? path->tx.port : path->rx.port, name);
		if (sent == 0)
			say_warning("port %s has taken no frame yet: %s", name, why);
		else
			say_warning("nothing has come back to port %s yet, of %" PRIu64 " frames sent: %s",
				name, sent, why);
	}
}

void
progress_tick(struct gen_run *run, uint64_t start, uint64_t now)
{
	static const struct gen_run *current;
	static uint64_t began, next, last, last_sent, last_received;
	static bool looked;
	uint64_t hz = rte_get_tsc_hz(), sent, received;
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
	count(run, &sent, &received);
	s = (double)(now - last) / (double)hz;
	say("%.1f s | sent %.3f Mpps | received %.3f Mpps | under way or lost %" PRIu64,
		(double)(now - start) / (double)hz, (double)(sent - last_sent) / s / 1e6,
		(double)(received - last_received) / s / 1e6, sent > received ? sent - received : 0);
	last = now;
	last_sent = sent;
	last_received = received;
	next = now + (uint64_t)(run->stats_s * (double)hz);
}
