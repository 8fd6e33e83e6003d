/* SPDX-License-Identifier: BSD-3-Clause */
#include "totals.h"

#include <string.h>

#include <rte_cycles.h>

double
totals_ns(uint64_t cycles)
{
	return (double)cycles * 1e9 / (double)rte_get_tsc_hz();
}

double
totals_pdv_ns(const struct dlo_histogram *h)
{
	return h->count > 0 ? totals_ns(dlo_histogram_quantile(h, 0.999) - h->min) : 0;
}

double
totals_offered_pps(const struct gen_path *path)
{
	uint64_t sent = atomic_load(&path->tx.sent_all);
	uint64_t span = path->tx.last_tsc - path->tx.first_tsc;

	return sent > 1 && span > 0 ? (double)(sent - 1) * (double)rte_get_tsc_hz() / (double)span : 0;
}

static void
clear(struct totals *t)
{
	memset(t, 0, sizeof(*t));
	dlo_histogram_init(&t->latency);
}

static void
add_stream(struct totals *t, const struct gen_path *path, unsigned int i)
{
	const struct gen_stream *s = &path->rx.streams[i];
	uint64_t sent = path->tx.sent[i];

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

static void
add_path(struct totals *t, const struct gen_path *path)
{
	for (unsigned int i = 0; i < path->tx.pattern->nb_streams; i++)
		add_stream(t, path, i);
}

void
totals_stream(struct totals *t, const struct gen_path *path, unsigned int stream)
{
	clear(t);
	add_stream(t, path, stream);
}

void
totals_path(struct totals *t, const struct gen_path *path)
{
	clear(t);
	add_path(t, path);
}

void
totals_run(struct totals *t, const struct gen_run *run)
{
	clear(t);
	for (unsigned int i = 0; i < run->nb_paths; i++)
		add_path(t, &run->paths[i]);
}
