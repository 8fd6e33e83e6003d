/* SPDX-License-Identifier: BSD-3-Clause */
#include "talks.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>

#include "compat.h"
#include "log.h"
#include "watch.h"

/* Lines of one live view: more would not be read. */
#define LIVE_MAX 10

/* What the last live view saw; control is the only caller. */
static struct {
	uint64_t tsc;
	unsigned int nb;
	struct watch_talk *talks;
} last;

const char *
talks_format_ns(double ns, char buf[16])
{
	static const char *const units[] = { "ns", "us", "ms", "s" };
	unsigned int u = 0;

	for (; ns >= 999.5 && u < RTE_DIM(units) - 1; u++)
		ns /= 1000;
	snprintf(buf, 16, "%.*f %s", ns < 9.995 ? 2 : ns < 99.95 ? 1 : 0, ns, units[u]);
	return buf;
}

static const char *
format_rate(double per_s, const char *unit, char buf[32])
{
	static const char *const prefixes[] = { "", "k", "M", "G" };
	unsigned int p = 0;

	for (; per_s >= 999.5 && p < RTE_DIM(prefixes) - 1; p++)
		per_s /= 1000;
	snprintf(buf, 32, "%.*f %s%s", per_s < 9.995 && p > 0 ? 2 : per_s < 99.95 && p > 0 ? 1 : 0,
		per_s, prefixes[p], unit);
	return buf;
}

/* "tcp 127.0.0.1 -> 127.0.0.1:80" */
static const char *
format_ends(const struct watch_talk *t, char buf[128])
{
	const struct dlo_talk_key *key = &t->talk.key;

	if (key->family == 0)
		snprintf(buf, 128, "others");
	else if (key->port == 0)
		snprintf(buf, 128, "%s %s -> %s", t->proto, t->client, t->server);
	else if (key->family == 6)
		snprintf(buf, 128, "%s %s -> [%s]:%u", t->proto, t->client, t->server, key->port);
	else
		snprintf(buf, 128, "%s %s -> %s:%u", t->proto, t->client, t->server, key->port);
	return buf;
}

static uint64_t
frames_of(const struct dlo_talk *t)
{
	return t->frames[DLO_TALK_TO_SERVER] + t->frames[DLO_TALK_TO_CLIENT];
}

static uint64_t
bytes_of(const struct dlo_talk *t)
{
	return t->bytes[DLO_TALK_TO_SERVER] + t->bytes[DLO_TALK_TO_CLIENT];
}

/* What came since the last view. A pair that gave way to another and came back starts anew. */
static void
subtract_last(struct watch_talk *t)
{
	const struct watch_talk *found = watch_find(last.talks, last.nb, t);
	const struct dlo_talk *was;

	if (found == NULL || frames_of(&found->talk) > frames_of(&t->talk))
		return;
	was = &found->talk;
	for (unsigned int way = 0; way < DLO_TALK_WAYS; way++) {
		t->talk.frames[way] -= RTE_MIN(was->frames[way], t->talk.frames[way]);
		t->talk.bytes[way] -= RTE_MIN(was->bytes[way], t->talk.bytes[way]);
	}
	t->talk.connections -= RTE_MIN(was->connections, t->talk.connections);
}

/* Most bytes first, the others last. */
static int
compare_talks(const void *va, const void *vb)
{
	const struct dlo_talk *a = &((const struct watch_talk *)va)->talk;
	const struct dlo_talk *b = &((const struct watch_talk *)vb)->talk;

	if ((a->key.family == 0) != (b->key.family == 0))
		return a->key.family == 0 ? 1 : -1;
	return bytes_of(a) > bytes_of(b) ? -1 : bytes_of(a) < bytes_of(b);
}

static int
busiest_first(const struct app *app, struct watch_talk **ret, unsigned int *ret_nb)
{
	int err = watch_talks(app, ret, ret_nb);

	if (err == 0 && *ret_nb > 1)
		qsort(*ret, *ret_nb, sizeof(**ret), compare_talks);
	return err;
}

static void
say_talk(const struct app *app, const struct watch_talk *t, double seconds)
{
	char ends[128], pps[32], bits[32], fresh[32] = "", times[128] = "";
	struct watch_times inside, answers;
	char a[16], b[16], c[16];

	if (t->talk.connections > 0)
		snprintf(fresh, sizeof(fresh), ", %" PRIu64 " new", t->talk.connections);
	if (app->conf.latency &&
		watch_talk_times(app, &t->talk.key, &inside, &answers) == 0 && inside.count > 0) {
		int n = answers.count == 0 ? 0 :
			snprintf(times, sizeof(times), " | answers p50 %s p99 %s",
				talks_format_ns(answers.p50, a), talks_format_ns(answers.p99, b));

		snprintf(times + n, sizeof(times) - (size_t)n, " | inside p50 %s",
			talks_format_ns(inside.p50, c));
	}
	say("  %-36s %s %s%s%s", format_ends(t, ends),
		format_rate((double)frames_of(&t->talk) / seconds, "pps", pps),
		format_rate((double)bytes_of(&t->talk) * 8 / seconds, "bit/s", bits), fresh, times);
}

void
talks_live(const struct app *app)
{
	uint64_t tsc = rte_get_tsc_cycles();
	uint64_t since = last.tsc != 0 ? last.tsc : app->start_tsc;
	struct watch_talk *now, *grown;
	unsigned int nb, said = 0;

	if (tsc <= since || watch_talks(app, &now, &nb) != 0 || now == NULL)
		return;
	grown = malloc(nb * sizeof(*grown) + 1);
	if (grown == NULL) {
		free(now);
		return;
	}
	memcpy(grown, now, nb * sizeof(*grown));
	for (unsigned int i = 0; i < nb; i++)
		subtract_last(&grown[i]);
	qsort(grown, nb, sizeof(*grown), compare_talks);
	for (; said < nb && said < LIVE_MAX && frames_of(&grown[said].talk) > 0; said++)
		say_talk(app, &grown[said], (double)(tsc - since) / (double)rte_get_tsc_hz());
	free(grown);
	free(last.talks);
	last.talks = now;
	last.nb = nb;
	last.tsc = tsc;
}

void
talks_final(const struct app *app, FILE *out)
{
	struct watch_talk *talks;
	unsigned int nb;

	if (busiest_first(app, &talks, &nb) != 0 || nb == 0) {
		free(talks);
		return;
	}
	fprintf(out, "%-40s %12s %12s %11s", "who talks to whom on localhost", "to server",
		"to client", "connections");
	fprintf(out, app->conf.latency ? "  answers p50, p99     inside p50, p99\n" : "\n");
	for (unsigned int i = 0; i < nb; i++) {
		const struct dlo_talk *t = &talks[i].talk;
		struct watch_times inside, answers;
		char ends[128], a[16], b[16];

		fprintf(out, "  %-38s %12" PRIu64 " %12" PRIu64 " %11" PRIu64,
			format_ends(&talks[i], ends), t->frames[DLO_TALK_TO_SERVER],
			t->frames[DLO_TALK_TO_CLIENT], t->connections);
		if (app->conf.latency && watch_talk_times(app, &t->key, &inside, &answers) == 0) {
			fprintf(out, "  %8s, %-8s", answers.count > 0 ? talks_format_ns(answers.p50, a) : "-",
				answers.count > 0 ? talks_format_ns(answers.p99, b) : "-");
			fprintf(out, "  %8s, %s", talks_format_ns(inside.p50, a),
				talks_format_ns(inside.p99, b));
		}
		fprintf(out, "\n");
	}
	free(talks);
	fflush(out);
}

json_t *
talks_times_json(const struct watch_times *t)
{
	return json_pack("{s:I, s:f, s:f, s:f, s:f, s:f, s:f, s:f}", "count", (json_int_t)t->count,
		"min", t->min, "mean", t->mean, "p50", t->p50, "p90", t->p90, "p99", t->p99, "p99_9",
		t->p99_9, "max", t->max);
}

static json_t *
talk_json(const struct app *app, const struct watch_talk *t)
{
	const struct dlo_talk *talk = &t->talk;
	struct watch_times inside, answers;

	if (watch_talk_times(app, &talk->key, &inside, &answers) != 0)
		return NULL;
	return json_pack("{s:s, s:s, s:s, s:i, s:I, s:I, s:I, s:I, s:I, s:o, s:o}", "proto", t->proto,
		"client", t->client, "server", t->server, "port", (int)talk->key.port,
		"frames_to_server", (json_int_t)talk->frames[DLO_TALK_TO_SERVER],
		"frames_to_client", (json_int_t)talk->frames[DLO_TALK_TO_CLIENT],
		"bytes_to_server", (json_int_t)talk->bytes[DLO_TALK_TO_SERVER],
		"bytes_to_client", (json_int_t)talk->bytes[DLO_TALK_TO_CLIENT], "connections",
		(json_int_t)talk->connections, "round_trip_ns", talks_times_json(&answers),
		"residence_ns", talks_times_json(&inside));
}

json_t *
talks_json(const struct app *app)
{
	json_t *list = json_array();
	struct watch_talk *talks = NULL;
	unsigned int nb = 0;
	bool ok = list != NULL && busiest_first(app, &talks, &nb) == 0;

	for (unsigned int i = 0; ok && i < nb; i++)
		ok = json_array_append_new(list, talk_json(app, &talks[i])) == 0;
	free(talks);
	if (ok)
		return list;
	json_decref(list);
	return NULL;
}

static void
add_ns(struct rte_tel_data *d, const char *prefix, const char *name, double ns)
{
	char key[48];

	snprintf(key, sizeof(key), "%s%s_ns", prefix, name);
	dlo_tel_add_dict_uint(d, key, (uint64_t)(ns + 0.5));
}

void
talks_add_times(struct rte_tel_data *d, const char *prefix, const struct watch_times *t)
{
	char key[48];

	snprintf(key, sizeof(key), "%scount", prefix);
	dlo_tel_add_dict_uint(d, key, t->count);
	add_ns(d, prefix, "min", t->min);
	add_ns(d, prefix, "mean", t->mean);
	add_ns(d, prefix, "p50", t->p50);
	add_ns(d, prefix, "p90", t->p90);
	add_ns(d, prefix, "p99", t->p99);
	add_ns(d, prefix, "p99_9", t->p99_9);
	add_ns(d, prefix, "max", t->max);
}

static void
fill_talk(struct rte_tel_data *d, const struct app *app, const struct watch_talk *t)
{
	struct watch_times inside, answers;

	rte_tel_data_add_dict_string(d, "proto", t->proto);
	rte_tel_data_add_dict_string(d, "client", t->client);
	rte_tel_data_add_dict_string(d, "server", t->server);
	dlo_tel_add_dict_uint(d, "port", t->talk.key.port);
	dlo_tel_add_dict_uint(d, "frames_to_server", t->talk.frames[DLO_TALK_TO_SERVER]);
	dlo_tel_add_dict_uint(d, "frames_to_client", t->talk.frames[DLO_TALK_TO_CLIENT]);
	dlo_tel_add_dict_uint(d, "bytes_to_server", t->talk.bytes[DLO_TALK_TO_SERVER]);
	dlo_tel_add_dict_uint(d, "bytes_to_client", t->talk.bytes[DLO_TALK_TO_CLIENT]);
	dlo_tel_add_dict_uint(d, "connections", t->talk.connections);
	if (app->conf.latency && watch_talk_times(app, &t->talk.key, &inside, &answers) == 0) {
		talks_add_times(d, "round_trip_", &answers);
		talks_add_times(d, "residence_", &inside);
	}
}

void
talks_add(struct rte_tel_data *d, const struct app *app, unsigned long first)
{
	struct watch_talk *talks;
	unsigned int nb;
	char key[24];

	if (watch_talks(app, &talks, &nb) != 0)
		return;
	dlo_tel_add_dict_uint(d, "pairs", nb);
	for (unsigned long i = first; i < nb && i - first < TALKS_PER_REPLY; i++) {
		struct rte_tel_data *one = rte_tel_data_alloc();

		if (one == NULL)
			break;
		rte_tel_data_start_dict(one);
		fill_talk(one, app, &talks[i]);
		snprintf(key, sizeof(key), "%lu", i);
		if (rte_tel_data_add_dict_container(d, key, one, 0) != 0)
			rte_tel_data_free(one);
	}
	free(talks);
}
