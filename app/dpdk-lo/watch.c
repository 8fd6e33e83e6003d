/* SPDX-License-Identifier: BSD-3-Clause */
#include "watch.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_mbuf.h>
#include <rte_random.h>

#include "log.h"
#include "reflect/guard.h"
#include "reflect/packet.h"
#include "stats/lines.h"

#define PORT_RANGE "/proc/sys/net/ipv4/ip_local_port_range"
/* The kernel's own, where it does not say. */
#define FIRST_CLIENT_PORT 32768
/* Seconds of silence after which a pair may give way to another. */
#define IDLE_S 60

struct watch {
	struct dlo_histogram *residence; /* NULL: without --latency */
	struct dlo_talks *talks; /* NULL: nothing of localhost comes by */
};

static uint16_t
first_client_port(void)
{
	unsigned int first = FIRST_CLIENT_PORT;
	FILE *f = fopen(PORT_RANGE, "r");

	if (f != NULL) {
		if (fscanf(f, "%u", &first) != 1 || first == 0 || first > UINT16_MAX)
			first = FIRST_CLIENT_PORT;
		fclose(f);
	}
	return (uint16_t)first;
}

static int
make_watch(const struct app *app, struct queue *q)
{
	const struct dlo_talks_args args = {
		.times = app->conf.latency,
		.first_client_port = first_client_port(),
		.idle_ticks = IDLE_S * rte_get_tsc_hz(),
		.seed = (uint32_t)rte_rand(),
	};
	bool talks = q->port->link != NULL && dlo_conf_carries(&app->conf);

	if (!talks && !app->conf.latency)
		return 0;
	q->watch = dlo_lines_zalloc(1, sizeof(*q->watch));
	if (q->watch == NULL)
		return -ENOMEM;
	if (app->conf.latency) {
		q->watch->residence = dlo_lines_zalloc(1, sizeof(*q->watch->residence));
		if (q->watch->residence == NULL)
			return -ENOMEM;
		dlo_histogram_init(q->watch->residence);
	}
	if (talks) {
		q->watch->talks = dlo_talks_create(&args);
		if (q->watch->talks == NULL)
			return -ENOMEM;
	}
	return 0;
}

int
watch_start(struct app *app)
{
	for (unsigned int i = 0; i < app->nb_ports; i++) {
		const struct port *p = &app->ports[i];

		for (uint16_t q = 0; q < p->nb_queues; q++) {
			if (make_watch(app, p->queues[q]) != 0) {
				say_error("port %s: no memory for --latency or --localhost to count in",
					p->name);
				return -ENOMEM;
			}
		}
	}
	return 0;
}

void
watch_stop(struct app *app)
{
	for (unsigned int i = 0; i < app->nb_ports; i++) {
		for (uint16_t n = 0; n < app->ports[i].nb_queues; n++) {
			struct queue *q = app->ports[i].queues[n];

			if (q == NULL || q->watch == NULL)
				continue;
			dlo_talks_free(q->watch->talks);
			free(q->watch->residence);
			free(q->watch);
			q->watch = NULL;
		}
	}
}

void
watch_burst(struct queue *q, struct rte_mbuf *const *pkts, const struct dlo_burst *burst,
	uint64_t received, struct watch_marks *marks)
{
	struct dlo_talks *talks = q->plan->carry ? q->watch->talks : NULL;

	for (uint16_t i = 0; i < burst->nb_back; i++) {
		marks->since[i] = received;
		marks->talk[i] = WATCH_NOBODY;
		if (talks != NULL && burst->verdict[i] == DLO_REFLECTED &&
			dlo_is_carried(rte_pktmbuf_mtod(pkts[i], const uint8_t *))) {
			struct dlo_packet p;

			dlo_packet_load(&p, pkts[i]);
			marks->talk[i] = (uint16_t)dlo_talk_see(talks, p.head, p.len, received);
		}
	}
}

void
watch_sent(struct queue *q, const struct watch_marks *marks, uint16_t nb)
{
	struct watch *w = q->watch;
	uint64_t now;

	if (w->residence == NULL)
		return;
	now = rte_rdtsc();
	for (uint16_t i = 0; i < nb; i++) {
		dlo_histogram_add(w->residence, now - marks->since[i]);
		if (marks->talk[i] != WATCH_NOBODY)
			dlo_talk_left(w->talks, marks->talk[i], now - marks->since[i]);
	}
}

static void
to_times(const struct dlo_histogram *h, struct watch_times *ret)
{
	double ns = 1e9 / (double)rte_get_tsc_hz();

	memset(ret, 0, sizeof(*ret));
	if (h->count == 0)
		return;
	ret->count = h->count;
	ret->min = (double)h->min * ns;
	ret->mean = (double)h->sum / (double)h->count * ns;
	ret->p50 = (double)dlo_histogram_quantile(h, 0.5) * ns;
	ret->p90 = (double)dlo_histogram_quantile(h, 0.9) * ns;
	ret->p99 = (double)dlo_histogram_quantile(h, 0.99) * ns;
	ret->p99_9 = (double)dlo_histogram_quantile(h, 0.999) * ns;
	ret->max = (double)h->max * ns;
}

struct dlo_histogram *
watch_port_histogram(const struct port *port)
{
	struct dlo_histogram *sum = NULL;

	for (uint16_t n = 0; n < port->nb_queues; n++) {
		const struct watch *w = port->queues[n] != NULL ? port->queues[n]->watch : NULL;

		if (w == NULL || w->residence == NULL)
			continue;
		if (sum == NULL) {
			sum = malloc(sizeof(*sum));
			if (sum == NULL)
				return NULL;
			dlo_histogram_init(sum);
		}
		dlo_histogram_merge(sum, w->residence);
	}
	return sum;
}

void
watch_port_times(const struct port *port, struct watch_times *ret)
{
	struct dlo_histogram *sum = watch_port_histogram(port);

	memset(ret, 0, sizeof(*ret));
	if (sum != NULL)
		to_times(sum, ret);
	free(sum);
}

static const struct dlo_talks *
talks_of(const struct app *app, uint16_t queue)
{
	const struct queue *q = app->link->queues[queue];

	return q != NULL && q->watch != NULL ? q->watch->talks : NULL;
}

static void
name_ends(struct watch_talk *t)
{
	static const char *const protos[] = {
		[1] = "icmp", [6] = "tcp", [17] = "udp", [58] = "icmp6", [132] = "sctp",
	};
	const struct dlo_talk_key *key = &t->talk.key;
	int family = key->family == 4 ? AF_INET : AF_INET6;

	if (key->family == 0) {
		t->proto = "others";
		return;
	}
	t->proto = key->proto < RTE_DIM(protos) && protos[key->proto] != NULL ? protos[key->proto] :
										  "ip";
	inet_ntop(family, key->client, t->client, sizeof(t->client));
	inet_ntop(family, key->server, t->server, sizeof(t->server));
}

static int
compare_keys(const void *va, const void *vb)
{
	const struct watch_talk *a = va, *b = vb;

	return memcmp(&a->talk.key, &b->talk.key, sizeof(a->talk.key));
}

/*
 * Several queues may have seen the same pair. By sorting: many queues with many pairs each are a
 * matter of milliseconds, in the loop that may be the one that polls.
 * @return how many are left
 */
static unsigned int
merge_talks(struct watch_talk *list, unsigned int nb)
{
	unsigned int kept = 0;

	qsort(list, nb, sizeof(*list), compare_keys);
	for (unsigned int i = 0; i < nb; i++) {
		const struct dlo_talk *from = &list[i].talk;
		struct dlo_talk *to;

		if (kept == 0 || compare_keys(&list[kept - 1], &list[i]) != 0) {
			list[kept++] = list[i];
			continue;
		}
		to = &list[kept - 1].talk;
		for (unsigned int way = 0; way < DLO_TALK_WAYS; way++) {
			to->frames[way] += from->frames[way];
			to->bytes[way] += from->bytes[way];
		}
		to->connections += from->connections;
		to->last = RTE_MAX(to->last, from->last);
	}
	for (unsigned int i = 0; i < kept; i++)
		name_ends(&list[i]);
	return kept;
}

int
watch_talks(const struct app *app, struct watch_talk **ret, unsigned int *ret_nb)
{
	struct watch_talk *list;
	unsigned int nb = 0;

	*ret = NULL;
	*ret_nb = 0;
	if (app->link == NULL || app->link->nb_queues == 0 || talks_of(app, 0) == NULL)
		return 0;
	list = calloc((size_t)app->link->nb_queues * DLO_TALK_PAIRS, sizeof(*list));
	if (list == NULL)
		return -ENOMEM;
	for (uint16_t q = 0; q < app->link->nb_queues; q++) {
		for (unsigned int i = 0; i < DLO_TALK_PAIRS; i++) {
			if (dlo_talk_at(talks_of(app, q), i, &list[nb].talk))
				nb++;
		}
	}
	*ret = list;
	*ret_nb = merge_talks(list, nb);
	return 0;
}

const struct watch_talk *
watch_find(const struct watch_talk *list, unsigned int nb, const struct watch_talk *like)
{
	return nb == 0 ? NULL : bsearch(like, list, nb, sizeof(*list), compare_keys);
}

int
watch_talk_times(const struct app *app, const struct dlo_talk_key *key,
	struct watch_times *residence, struct watch_times *round_trip)
{
	struct dlo_histogram *sums;

	memset(residence, 0, sizeof(*residence));
	memset(round_trip, 0, sizeof(*round_trip));
	if (!app->conf.latency)
		return 0;
	sums = malloc(2 * sizeof(*sums));
	if (sums == NULL)
		return -ENOMEM;
	dlo_histogram_init(&sums[0]);
	dlo_histogram_init(&sums[1]);
	for (uint16_t q = 0; q < app->link->nb_queues; q++) {
		for (unsigned int i = 0; i < DLO_TALK_PAIRS; i++)
			dlo_talk_add_times(talks_of(app, q), i, key, &sums[0], &sums[1]);
	}
	to_times(&sums[0], residence);
	to_times(&sums[1], round_trip);
	free(sums);
	return 0;
}
