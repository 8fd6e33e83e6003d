/* SPDX-License-Identifier: BSD-3-Clause */
#include "json_out.h"

#include <errno.h>

static json_t *
counters_json(const struct counter *c, unsigned int nb)
{
	json_t *all = json_object();

	for (unsigned int i = 0; i < nb; i++)
		json_object_set_new(all, c[i].name, json_integer((json_int_t)c[i].value));
	return all;
}

static json_t *
rates_json(const struct counter *c, unsigned int nb)
{
	json_t *all = json_object();

	for (unsigned int i = 0; i < nb; i++)
		json_object_set_new(all, c[i].name, json_real(c[i].rate));
	return all;
}

static json_t *
port_json(const struct state_port *p)
{
	json_t *one = json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:o}", "name", p->name, "label",
		p->label, "driver", p->driver, "mode", p->mode, "link", p->link, "counters",
		counters_json(p->counters, p->nb_counters), "rates",
		rates_json(p->counters, p->nb_counters));

	if (p->has_latency)
		json_object_set_new(one, "latency_ns", json_pack("{s:I, s:f, s:f, s:f}", "count",
			(json_int_t)p->times.frames, "p50", p->times.p50_ns, "p99",
			p->times.p99_ns, "max", p->times.max_ns));
	return one;
}

static json_t *
loopback_json(const struct state_loopback *lo)
{
	return json_pack("{s:s, s:s, s:s, s:I, s:f, s:I, s:f}", "name", lo->name, "address",
		lo->address, "host", lo->host, "answered", (json_int_t)lo->answered.value,
		"answered_rate", lo->answered.rate, "punted", (json_int_t)lo->punted.value,
		"punted_rate", lo->punted.rate);
}

static json_t *
lcore_json(const struct state_lcore *lcore)
{
	double busy = state_busy(lcore);

	return json_pack("{s:i, s:f, s:o}", "lcore", lcore->id, "frames_rate", lcore->frames.rate,
		"busy", busy >= 0 ? json_real(busy) : json_null());
}

static json_t *
tree(const struct session *s)
{
	json_t *ports = json_array(), *loopbacks = json_array(), *lcores = json_array();
	const struct state *now = s->now;
	json_t *root;

	for (unsigned int i = 0; i < now->nb_ports; i++)
		json_array_append_new(ports, port_json(&now->ports[i]));
	for (unsigned int i = 0; i < now->nb_loopbacks; i++)
		json_array_append_new(loopbacks, loopback_json(&now->loopbacks[i]));
	for (unsigned int i = 0; i < now->nb_lcores; i++)
		json_array_append_new(lcores, lcore_json(&now->lcores[i]));
	root = json_pack("{s:s, s:i, s:s, s:f, s:o, s:o, s:o}", "prefix", s->instance.prefix, "pid",
		s->client.pid, "dpdk", s->client.version, "seconds", now->since_s, "ports", ports,
		"loopbacks", loopbacks, "lcores", lcores);
	if (now->has_link)
		json_object_set_new(root, "link", json_pack("{s:s, s:s, s:s, s:i, s:i, s:s, s:s, s:s}",
			"name", now->link_name, "type", now->link_type, "state", now->link_state, "mtu",
			now->link_mtu, "queues", now->link_queues, "from_host", now->link_from_host,
			"to_host", now->link_to_host, "addresses", now->link_addresses));
	if (now->has_localhost)
		json_object_set_new(root, "localhost", json_pack("{s:s, s:o, s:o}", "state",
			now->localhost, "counters",
			counters_json(now->localhost_counters, now->nb_localhost), "rates",
			rates_json(now->localhost_counters, now->nb_localhost)));
	return root;
}

int
json_out(const struct session *s, FILE *out)
{
	json_t *root = tree(s);
	int ret = root != NULL && json_dumpf(root, out, JSON_REAL_PRECISION(6) | JSON_COMPACT) == 0 &&
			putc('\n', out) != EOF && fflush(out) == 0 ?
		0 : -EIO;

	json_decref(root);
	return ret;
}
