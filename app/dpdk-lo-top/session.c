/* SPDX-License-Identifier: BSD-3-Clause */
#include "session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
session_init(struct session *s, const struct top_conf *conf)
{
	memset(s, 0, sizeof(*s));
	s->conf = conf;
	s->client.fd = -1;
	s->now = calloc(1, sizeof(*s->now));
	s->before = calloc(1, sizeof(*s->before));
	s->base = calloc(1, sizeof(*s->base));
	if (s->now != NULL && s->before != NULL && s->base != NULL)
		return 0;
	session_free(s);
	return -ENOMEM;
}

void
session_free(struct session *s)
{
	client_close(&s->client);
	free(s->now);
	free(s->before);
	free(s->base);
	s->now = s->before = s->base = NULL;
}

/* One sentence: what is missing, where it was looked for, what to do. */
static void
say_nobody(struct session *s)
{
	const struct instances *in = &s->instances;

	if (in->silent[0] != '\0')
		snprintf(s->message, sizeof(s->message), "dpdk-lo %s does not answer: is it stopped, or its "
			"machine too busy?", in->silent);
	else if (s->instance.socket[0] != '\0')
		snprintf(s->message, sizeof(s->message), "dpdk-lo %s is gone; waiting for %s",
			s->instance.prefix, s->conf->prefix[0] != '\0' ? "it" : "another");
	else if (in->nb_denied > 0)
		snprintf(s->message, sizeof(s->message), "no dpdk-lo that you may watch: %s cannot be "
			"used, try as root", in->denied);
	else if (s->conf->prefix[0] != '\0')
		snprintf(s->message, sizeof(s->message), "no dpdk-lo runs with --file-prefix %s: start "
			"one, or leave the option out to find others", s->conf->prefix);
	else
		snprintf(s->message, sizeof(s->message), "no dpdk-lo runs here: start one (and not with "
			"--no-telemetry or --no-shconf)");
}

static void
leave(struct session *s)
{
	client_close(&s->client);
	s->there = false;
	s->nb_looks = 0;
	s->nb_histories = 0;
	s->has_base = false;
	memset(s->histories, 0, sizeof(s->histories));
}

static bool
connect_to(struct session *s, unsigned int index)
{
	if (client_open(&s->client, s->instances.list[index].socket, s->wait) != 0)
		return false;
	s->instance = s->instances.list[index];
	s->nth = index + 1;
	s->message[0] = '\0';
	return true;
}

/* The newest; @return false when nobody is there */
static bool
find(struct session *s)
{
	instances_find(s->conf->prefix, s->wait, &s->instances);
	for (unsigned int i = 0; i < s->instances.nb; i++) {
		if (connect_to(s, i))
			return true;
	}
	say_nobody(s);
	return false;
}

static struct port_history *
history_of(struct session *s, const char *port)
{
	struct port_history *h;

	for (unsigned int i = 0; i < s->nb_histories; i++) {
		if (strcmp(s->histories[i].name, port) == 0)
			return &s->histories[i];
	}
	if (s->nb_histories == STATE_PORTS_MAX)
		return NULL;
	h = &s->histories[s->nb_histories++];
	snprintf(h->name, sizeof(h->name), "%s", port);
	return h;
}

static void
remember(struct session *s)
{
	for (unsigned int i = 0; i < s->now->nb_ports; i++) {
		const struct state_port *p = &s->now->ports[i];
		struct port_history *h = history_of(s, p->name);

		if (h == NULL)
			continue;
		history_add(&h->rx, state_rate(p, "rx"));
		if (p->measures_latency)
			history_add(&h->p99, p->times.p99_ns);
	}
}

void
session_look(struct session *s)
{
	struct state *fresh = s->before;
	int err;

	if (s->client.fd < 0 && !find(s))
		return;
	/* What is shown meanwhile, and stays when this fails, is the last that was whole. */
	err = state_read(&s->client, fresh);
	if (err != 0 || fresh->nb_ports == 0) {
		if (err == -ETIMEDOUT)
			snprintf(s->instances.silent, sizeof(s->instances.silent), "%s", s->instance.prefix);
		leave(s);
		say_nobody(s);
		return;
	}
	s->before = s->now;
	s->now = fresh;
	s->there = true;
	if (s->nb_looks++ == 0)
		return;
	state_compare(s->now, s->before);
	if (s->has_base)
		state_count_from(s->now, s->base);
	remember(s);
}

void
session_next(struct session *s)
{
	instances_find(s->conf->prefix, s->wait, &s->instances);
	if (s->instances.nb < 2)
		return;
	leave(s);
	for (unsigned int i = 0; i < s->instances.nb; i++) {
		if (strcmp(s->instances.list[i].socket, s->instance.socket) == 0) {
			connect_to(s, (i + 1) % s->instances.nb);
			return;
		}
	}
	connect_to(s, 0);
}

void
session_reset(struct session *s, bool from_now)
{
	if (!s->there)
		return;
	s->has_base = from_now;
	if (from_now) {
		*s->base = *s->now;
		state_count_from(s->now, s->base);
	}
}
