/* SPDX-License-Identifier: BSD-3-Clause */
#include "state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* As /dlo/ports and /dlo/loopbacks page. */
#define PAGE 32

static double
now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void
copy(json_t *from, const char *key, char *to, size_t size)
{
	client_copy_text(to, size, json_string_value(json_object_get(from, key)));
}

static void
set_counter(struct counter *c, const char *name, json_t *value)
{
	client_copy_text(c->name, sizeof(c->name), name);
	/* JSON of DPDK has 64-bit numbers without sign; jansson's are signed, and none is that large. */
	c->value = json_is_integer(value) ? (uint64_t)json_integer_value(value) : 0;
	c->since = c->value;
	c->rate = 0;
}

static unsigned int
set_counters(struct counter *c, unsigned int max, json_t *from)
{
	unsigned int nb = 0;
	const char *key;
	json_t *value;

	json_object_foreach(from, key, value) {
		if (nb < max && json_is_integer(value))
			set_counter(&c[nb++], key, value);
	}
	return nb;
}

/*
 * Ask for an object by pages, until one brings no more. @return 0 with *ret_all, or -errno; a
 * command that is not known is an empty object.
 */
static int
ask_pages(struct client *c, const char *command, unsigned int max, json_t **ret_all)
{
	json_t *all = json_object(), *page;
	char text[64];
	int ret = 0;

	for (unsigned int from = 0; ret == 0 && from < max; from += PAGE) {
		size_t before = json_object_size(all);

		snprintf(text, sizeof(text), "%s,%u", command, from);
		ret = client_ask(c, text, &page);
		if (ret != 0)
			break;
		if (json_object_get(page, "error") == NULL)
			json_object_update(all, page);
		json_decref(page);
		if (json_object_size(all) < before + PAGE)
			break;
	}
	if (ret != 0)
		json_decref(all);
	else
		*ret_all = all;
	return ret;
}

static int
read_latency(struct client *c, struct state_port *port)
{
	char command[128];
	json_t *value;
	int ret;

	snprintf(command, sizeof(command), "/dlo/latency_buckets,%s", port->name);
	ret = client_ask(c, command, &value);
	if (ret != 0)
		return ret;
	port->measures_latency = latency_parse(value, &port->latency);
	json_decref(value);
	return 0;
}

static int
read_port(struct client *c, json_t *from, struct state_port *port)
{
	char command[128];
	json_t *value;
	int ret;

	memset(port, 0, sizeof(*port));
	copy(from, "name", port->name, sizeof(port->name));
	copy(from, json_object_get(from, "ifname") != NULL ? "ifname" : "name", port->label,
		sizeof(port->label));
	copy(from, "driver", port->driver, sizeof(port->driver));
	copy(from, "mode", port->mode, sizeof(port->mode));
	copy(from, "link", port->link, sizeof(port->link));
	snprintf(command, sizeof(command), "/dlo/stats,%s", port->name);
	ret = client_ask(c, command, &value);
	if (ret != 0)
		return ret;
	port->nb_counters = set_counters(port->counters, STATE_COUNTERS_MAX, value);
	json_decref(value);
	return read_latency(c, port);
}

static int
read_ports(struct client *c, struct state *s)
{
	const char *key;
	json_t *all, *value;
	int ret = ask_pages(c, "/dlo/ports", STATE_PORTS_MAX, &all);

	if (ret != 0)
		return ret;
	json_object_foreach(all, key, value) {
		if (ret == 0 && s->nb_ports < STATE_PORTS_MAX)
			ret = read_port(c, value, &s->ports[s->nb_ports++]);
	}
	json_decref(all);
	return ret;
}

static bool
is_loopback(const struct state *s, const char *address)
{
	for (unsigned int i = 0; i < s->nb_loopbacks; i++) {
		if (strcmp(s->loopbacks[i].address, address) == 0)
			return true;
	}
	return false;
}

/* A list of words in one string, a blank between; those of loopbacks (@without) and what does not fit are left out. */
static void
copy_list(const json_t *from, const char *key, const struct state *without, char *to, size_t size)
{
	json_t *item;
	size_t i, used = 0;

	to[0] = '\0';
	json_array_foreach(json_object_get(from, key), i, item) {
		char text[STATE_NAME];

		client_copy_text(text, sizeof(text), json_string_value(item));
		if (without != NULL && is_loopback(without, text))
			continue;
		if (used + strlen(text) + 1 < size)
			used += (size_t)sprintf(to + used, "%s%s", used > 0 ? " " : "", text);
	}
}

/* After the loopbacks, which the link has on it, too. */
static int
read_link(struct client *c, struct state *s)
{
	json_t *value;
	int ret = client_ask(c, "/dlo/link", &value);

	if (ret != 0)
		return ret;
	s->has_link = json_is_object(value) && json_object_get(value, "error") == NULL;
	copy(value, "ifname", s->link_name, sizeof(s->link_name));
	copy(value, "type", s->link_type, sizeof(s->link_type));
	copy(value, "link", s->link_state, sizeof(s->link_state));
	s->link_mtu = (int)json_integer_value(json_object_get(value, "mtu"));
	s->link_queues = (int)json_integer_value(json_object_get(value, "queues"));
	copy_list(value, "from_host", NULL, s->link_from_host, sizeof(s->link_from_host));
	copy_list(value, "to_host", NULL, s->link_to_host, sizeof(s->link_to_host));
	copy_list(value, "addresses", s, s->link_addresses, sizeof(s->link_addresses));
	json_decref(value);
	return 0;
}

static int
read_loopbacks(struct client *c, struct state *s)
{
	const char *key;
	json_t *all, *value;
	int ret = ask_pages(c, "/dlo/loopbacks", STATE_LOOPBACKS_MAX, &all);

	if (ret != 0)
		return ret;
	json_object_foreach(all, key, value) {
		struct state_loopback *lo = &s->loopbacks[s->nb_loopbacks];

		if (s->nb_loopbacks == STATE_LOOPBACKS_MAX)
			break;
		s->nb_loopbacks++;
		copy(value, "name", lo->name, sizeof(lo->name));
		copy(value, "address", lo->address, sizeof(lo->address));
		copy(value, "host", lo->host, sizeof(lo->host));
		copy(value, "state", lo->state, sizeof(lo->state));
		set_counter(&lo->answered, "answered", json_object_get(value, "answered"));
		set_counter(&lo->punted, "punted", json_object_get(value, "punted"));
	}
	json_decref(all);
	return 0;
}

static int
read_localhost(struct client *c, struct state *s)
{
	char on[16], how[32];
	json_t *value;
	int ret = client_ask(c, "/dlo/localhost", &value);

	if (ret != 0)
		return ret;
	s->has_localhost = json_is_object(value) && json_object_get(value, "error") == NULL;
	copy(value, "carrying", on, sizeof(on));
	copy(value, "attachment", how, sizeof(how));
	snprintf(s->localhost, sizeof(s->localhost), "%s, by %s", on, how);
	s->nb_localhost = set_counters(s->localhost_counters, STATE_COUNTERS_MAX, value);
	json_decref(value);
	return 0;
}

static int
read_lcores(struct client *c, struct state *s)
{
	const char *key;
	json_t *value, *one;
	int ret = client_ask(c, "/dlo/lcores", &value);

	if (ret != 0)
		return ret;
	json_object_foreach(value, key, one) {
		struct state_lcore *lcore = &s->lcores[s->nb_lcores];

		if (s->nb_lcores == STATE_LCORES_MAX || !json_is_object(one))
			break;
		s->nb_lcores++;
		lcore->id = atoi(key);
		set_counter(&lcore->busy, "busy", json_object_get(one, "busy_cycles"));
		set_counter(&lcore->idle, "idle", json_object_get(one, "idle_cycles"));
		set_counter(&lcore->frames, "frames", json_object_get(one, "frames"));
	}
	json_decref(value);
	return 0;
}

int
state_read(struct client *c, struct state *ret)
{
	int (*const readers[])(struct client *c, struct state *s) = {
		read_ports, read_loopbacks, read_link, read_localhost, read_lcores,
	};
	int err = 0;

	memset(ret, 0, sizeof(*ret));
	ret->when_s = now_s();
	for (unsigned int i = 0; err == 0 && i < sizeof(readers) / sizeof(readers[0]); i++)
		err = readers[i](c, ret);
	return err;
}

/* A smaller number than before is another dpdk-lo's. @seconds: 0 for a count, else for a rate */
static void
compare(struct counter *now, const struct counter *before, double seconds)
{
	uint64_t more = now->value - before->value;

	if (now->value < before->value)
		return;
	if (seconds > 0)
		now->rate = (double)more / seconds;
	else
		now->since = more;
}

/* The order of counters is the same while the program is. */
static void
compare_all(struct counter *now, unsigned int nb, const struct counter *before,
	unsigned int nb_before, double seconds)
{
	for (unsigned int i = 0; i < nb && i < nb_before; i++) {
		if (strcmp(now[i].name, before[i].name) == 0)
			compare(&now[i], &before[i], seconds);
	}
}

static void
compare_states(struct state *now, const struct state *before, double s)
{
	for (unsigned int i = 0; i < now->nb_ports; i++) {
		struct state_port *p = &now->ports[i];

		for (unsigned int j = 0; j < before->nb_ports; j++) {
			const struct state_port *b = &before->ports[j];

			if (strcmp(p->name, b->name) != 0)
				continue;
			compare_all(p->counters, p->nb_counters, b->counters, b->nb_counters, s);
			if (s > 0 && b->measures_latency)
				p->has_latency = latency_between(&p->latency, &b->latency, &p->times);
		}
	}
	for (unsigned int i = 0; i < now->nb_loopbacks && i < before->nb_loopbacks; i++) {
		if (strcmp(now->loopbacks[i].address, before->loopbacks[i].address) != 0)
			continue;
		compare(&now->loopbacks[i].answered, &before->loopbacks[i].answered, s);
		compare(&now->loopbacks[i].punted, &before->loopbacks[i].punted, s);
	}
	compare_all(now->localhost_counters, now->nb_localhost, before->localhost_counters,
		before->nb_localhost, s);
	for (unsigned int i = 0; i < now->nb_lcores && i < before->nb_lcores; i++) {
		if (now->lcores[i].id != before->lcores[i].id)
			continue;
		compare(&now->lcores[i].busy, &before->lcores[i].busy, s);
		compare(&now->lcores[i].idle, &before->lcores[i].idle, s);
		compare(&now->lcores[i].frames, &before->lcores[i].frames, s);
	}
}

void
state_compare(struct state *now, const struct state *before)
{
	now->since_s = now->when_s - before->when_s;
	if (now->since_s > 0)
		compare_states(now, before, now->since_s);
}

void
state_count_from(struct state *now, const struct state *base)
{
	compare_states(now, base, 0);
}

const struct counter *
state_counter(const struct state_port *port, const char *name)
{
	for (unsigned int i = 0; i < port->nb_counters; i++) {
		if (strcmp(port->counters[i].name, name) == 0)
			return &port->counters[i];
	}
	return NULL;
}

double
state_rate(const struct state_port *port, const char *name)
{
	const struct counter *c = state_counter(port, name);

	return c != NULL ? c->rate : 0;
}

double
state_busy(const struct state_lcore *lcore)
{
	double all = lcore->busy.rate + lcore->idle.rate;

	return all > 0 ? lcore->busy.rate / all : -1;
}
