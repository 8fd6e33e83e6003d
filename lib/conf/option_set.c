/* SPDX-License-Identifier: BSD-3-Clause */
#include "conf/option_set.h"

#include <string.h>

#include "conf/text.h"

/* Longest run: a year. Beyond that a user means 0. */
#define SECONDS_MAX (365.0 * 86400)

/* Longer than that, and an lcore is no poller any more. */
#define TX_RETRY_MAX_NS UINT64_C(10000000)

#define INJECT_MAX (1024 * 1024)
#define INJECT_SIZE_DEFAULT 64

static const char *const mode_names[] = {
#define X(e, n, h) [DLO_MODE_##e] = n,
	DLO_MODES(X)
#undef X
	NULL,
};

static const char *const accept_names[] = {
#define X(e, n, h) [DLO_ACCEPT_##e] = n,
	DLO_ACCEPTS(X)
#undef X
	NULL,
};

/* The two words for many stand behind the answers, where their index tells them apart. */
#define ANSWER_ALL DLO_ANSWER_MAX
#define ANSWER_NONE (DLO_ANSWER_MAX + 1)
static const char *const answer_names[] = {
#define X(e, n, w, h) [DLO_ANSWER_##e] = w,
	DLO_ANSWERS(X)
#undef X
	[ANSWER_ALL] = "all",
	[ANSWER_NONE] = "none",
	NULL,
};

DLO_CONF_SETTER(mode)
{
	int mode = dlo_conf_read_word("mode", mode_names, value, err);

	(void)conf;
	if (mode < 0)
		return mode;
	port->mode = mode;
	return 0;
}

DLO_CONF_SETTER(accept)
{
	int accept = dlo_conf_read_word("rule", accept_names, value, err);

	(void)conf;
	if (accept < 0)
		return accept;
	port->accept = accept;
	return 0;
}

static int
read_switch(const char *value, bool *ret, char err[DLO_CONF_ERR])
{
	static const char *const words[] = { "off", "on", NULL };
	int on = dlo_conf_read_word("state", words, value, err);

	if (on < 0)
		return on;
	*ret = on;
	return 0;
}

DLO_CONF_SETTER(guards)
{
	(void)conf;
	return read_switch(value, &port->guards, err);
}

DLO_CONF_SETTER(loop_guard)
{
	(void)conf;
	return read_switch(value, &port->loop_guard, err);
}

DLO_CONF_SETTER(duplicate_check)
{
	static const char *const words[] = {
		[DLO_DUPLICATES_OFF] = "off",
		[DLO_DUPLICATES_ON] = "on",
		[DLO_DUPLICATES_YIELD] = "yield",
		NULL,
	};
	int check = dlo_conf_read_word("state", words, value, err);

	(void)conf;
	if (check < 0)
		return check;
	port->duplicate_check = check;
	return 0;
}

DLO_CONF_SETTER(tx_retry)
{
	(void)conf;
	if (strcmp(value, "0") == 0) {
		port->tx_retry_ns = 0;
		return 0;
	}
	return dlo_conf_read_time(value, TX_RETRY_MAX_NS, &port->tx_retry_ns, err);
}

DLO_CONF_SETTER(filter)
{
	(void)conf;
	return dlo_conf_read_text("filter", value, port->filter, sizeof(port->filter), err);
}

DLO_CONF_SETTER(unmatched)
{
	static const char *const words[] = { "drop", "host", NULL };
	int host = dlo_conf_read_word("fate", words, value, err);

	if (host < 0)
		return host;
	port->unmatched_to_host = host;
	if (host)
		conf->link.wanted = true;
	return 0;
}

static int
set_answers(struct dlo_conf *conf, struct dlo_conf_port *port, char *list, char err[DLO_CONF_ERR])
{
	uint32_t answers = 0;
	struct dlo_conf_item item;
	char *pos = list;
	bool alone = strchr(list, ',') == NULL;
	int rc;

	(void)conf;
	while ((rc = dlo_conf_next_item(&pos, &item, err)) > 0) {
		int i;

		if (item.key != NULL)
			return dlo_conf_fail(err, "'%s=%s': answers are given by name alone",
				item.key, item.value);
		i = dlo_conf_read_word("answer", answer_names, item.value, err);
		if (i < 0)
			return i;
		if (i >= ANSWER_ALL && !alone)
			return dlo_conf_fail(err, "'%s' stands alone, without other answers",
				item.value);
		if (i == ANSWER_ALL)
			answers = (UINT32_C(1) << DLO_ANSWER_MAX) - 1;
		else if (i != ANSWER_NONE)
			answers |= UINT32_C(1) << i;
	}
	if (rc < 0)
		return rc;
	port->answers = answers;
	return 0;
}

DLO_CONF_SETTER(answer)
{
	return dlo_conf_on_copy(set_answers, conf, port, value, err);
}

/* Addresses that belong to nobody cannot be answered for, see address/address.h. */
static int
check_unicast(const struct dlo_prefix *p, const char *text, char err[DLO_CONF_ERR])
{
	static const uint8_t zero[16];
	const uint8_t *a = p->addr;
	bool four = p->family == 4;

	if (memcmp(a, zero, four ? 4 : 16) == 0 || (four && a[0] == 0))
		return dlo_conf_fail(err, "'%s' is not an address of anybody", text);
	if (four ? a[0] == 127 : memcmp(a, zero, 15) == 0 && a[15] == 1)
		return dlo_conf_fail(err, "'%s' is a loopback address of the host, which never "
			"crosses a port", text);
	if (four ? a[0] >= 224 : a[0] == 0xff)
		return dlo_conf_fail(err, "'%s' is not a unicast address", text);
	return 0;
}

static int
set_addresses(struct dlo_conf *conf, struct dlo_conf_port *port, char *list,
	char err[DLO_CONF_ERR])
{
	struct dlo_conf_item item;
	char *pos = list;
	int rc;

	(void)conf;
	while ((rc = dlo_conf_next_item(&pos, &item, err)) > 0) {
		struct dlo_prefix p;
		unsigned int widest;

		if (item.key != NULL || dlo_prefix_parse(item.value, &p) != 0)
			return dlo_conf_fail(err, "'%s' is not an IPv4 or IPv6 address or prefix "
				"such as 192.0.2.1 or 2001:db8::/64",
				item.key != NULL ? item.key : item.value);
		rc = check_unicast(&p, item.value, err);
		if (rc != 0)
			return rc;
		/* A typing error must not make a port answer for half the Internet. */
		widest = p.family == 4 ? 8 : 16;
		if (p.len < widest)
			return dlo_conf_fail(err, "'%s' is wider than /%u, the widest prefix that "
				"one port may answer for", item.value, widest);
		if (port->nb_addresses == DLO_CONF_ADDRESSES_MAX)
			return dlo_conf_fail(err, "'%s' is one too many: at most %d addresses per "
				"port",
				item.value, DLO_CONF_ADDRESSES_MAX);
		port->addresses[port->nb_addresses++] = p;
	}
	return rc;
}

DLO_CONF_SETTER(address)
{
	return dlo_conf_on_copy(set_addresses, conf, port, value, err);
}

void
dlo_conf_inject_init(struct dlo_conf_inject *inject)
{
	*inject = (struct dlo_conf_inject){
		.kind = DLO_INJECT_UDP4,
		.size = INJECT_SIZE_DEFAULT,
		.flows = 1,
	};
}

static const char *const inject_kinds[] = {
	[DLO_INJECT_UDP4] = "udp4",
	[DLO_INJECT_TCP4] = "tcp4",
	[DLO_INJECT_UDP6] = "udp6",
	[DLO_INJECT_TCP6] = "tcp6",
	[DLO_INJECT_MIX] = "mix",
	NULL,
};

enum { INJECT_KIND, INJECT_SIZE, INJECT_FLOWS, INJECT_FILE };

static int
set_inject_key(struct dlo_conf_inject *inject, int key, const char *value, char err[DLO_CONF_ERR])
{
	uint64_t n = 0;
	int rc;

	switch (key) {
	case INJECT_KIND:
		rc = dlo_conf_read_word("kind", inject_kinds, value, err);
		if (rc < 0)
			return rc;
		inject->kind = rc;
		return 0;
	case INJECT_SIZE:
		rc = dlo_conf_read_uint(value, 42, 9600, &n, err);
		inject->size = n;
		return rc;
	case INJECT_FLOWS:
		rc = dlo_conf_read_uint(value, 1, 65536, &n, err);
		inject->flows = n;
		return rc;
	default:
		return dlo_conf_read_text("file name", value, inject->file, sizeof(inject->file),
			err);
	}
}

/* A size that the user gave must do; the default gives way to the headers. */
static int
fit_inject_size(struct dlo_conf_inject *inject, bool given, char err[DLO_CONF_ERR])
{
	/* Ethernet, IP and UDP or TCP headers; a mix holds the largest. */
	static const unsigned int headers[] = {
		[DLO_INJECT_UDP4] = 14 + 20 + 8,
		[DLO_INJECT_TCP4] = 14 + 20 + 20,
		[DLO_INJECT_UDP6] = 14 + 40 + 8,
		[DLO_INJECT_TCP6] = 14 + 40 + 20,
		[DLO_INJECT_MIX] = 14 + 40 + 20,
	};
	unsigned int need = headers[inject->kind];

	if (inject->size >= need)
		return 0;
	if (given)
		return dlo_conf_fail(err, "size %u is too small: the headers of kind '%s' need %u "
			"bytes", inject->size, inject_kinds[inject->kind], need);
	inject->size = need;
	return 0;
}

static int
set_inject(struct dlo_conf *conf, struct dlo_conf_port *port, char *list, char err[DLO_CONF_ERR])
{
	static const char *const names[] = { "kind", "size", "flows", "file", NULL };
	struct dlo_conf_keys keys = { .names = names };
	struct dlo_conf_inject inject;
	struct dlo_conf_item item;
	char *pos = list;
	uint64_t n;
	int rc;

	(void)port;
	dlo_conf_inject_init(&inject);
	rc = dlo_conf_next_item(&pos, &item, err);
	if (rc < 0)
		return rc;
	if (item.key != NULL)
		return dlo_conf_fail(err, "the number of frames comes first, before '%s='",
			item.key);
	rc = dlo_conf_read_uint(item.value, 0, INJECT_MAX, &n, err);
	if (rc != 0)
		return rc;
	inject.count = n;
	while ((rc = dlo_conf_next_item(&pos, &item, err)) > 0) {
		int key = dlo_conf_read_key(&keys, &item, err);

		if (key < 0)
			return key;
		rc = set_inject_key(&inject, key, item.value, err);
		if (rc != 0)
			return rc;
	}
	if (rc < 0)
		return rc;
	if ((keys.given & 1 << INJECT_FILE) != 0 && keys.given != 1 << INJECT_FILE)
		return dlo_conf_fail(err, "file= takes frames as they are in the file: kind=, "
			"size= and flows= do not go with it");
	rc = fit_inject_size(&inject, (keys.given & 1 << INJECT_SIZE) != 0, err);
	if (rc == 0)
		conf->inject = inject;
	return rc;
}

DLO_CONF_SETTER(inject)
{
	return dlo_conf_on_copy(set_inject, conf, port, value, err);
}

enum { CAPTURE_PORT, CAPTURE_FILTER, CAPTURE_DROPS };

static int
set_capture(struct dlo_conf *conf, struct dlo_conf_port *port, char *list, char err[DLO_CONF_ERR])
{
	static const char *const names[] = { "port", "filter", "drops", NULL };
	struct dlo_conf_keys keys = { .names = names, .bare = 1 << CAPTURE_DROPS };
	struct dlo_conf_capture capture = { 0 };
	struct dlo_conf_item item;
	char *pos = strchr(list, ',');
	int rc;

	(void)port;
	/* Not by dlo_conf_next_item(): a file name may hold a '='. */
	if (pos != NULL)
		*pos++ = '\0';
	rc = dlo_conf_read_text("file name", list, capture.file, sizeof(capture.file), err);
	while (rc == 0 && (rc = dlo_conf_next_item(&pos, &item, err)) > 0) {
		rc = dlo_conf_read_key(&keys, &item, err);
		if (rc < 0)
			return rc;
		if (rc == CAPTURE_PORT)
			rc = dlo_conf_read_text("port name", item.value, capture.port,
				sizeof(capture.port), err);
		else if (rc == CAPTURE_FILTER)
			rc = dlo_conf_read_text("filter", item.value, capture.filter,
				sizeof(capture.filter), err);
		else
			rc = 0;
	}
	if (rc < 0)
		return rc;
	capture.drops = (keys.given & 1 << CAPTURE_DROPS) != 0;
	conf->capture = capture;
	return 0;
}

DLO_CONF_SETTER(capture)
{
	return dlo_conf_on_copy(set_capture, conf, port, value, err);
}

DLO_CONF_SETTER(latency)
{
	(void)port;
	(void)value;
	(void)err;
	conf->latency = true;
	return 0;
}

DLO_CONF_SETTER(stats)
{
	(void)port;
	return dlo_conf_read_seconds(value, 0.1, SECONDS_MAX, &conf->stats_s, err);
}

DLO_CONF_SETTER(duration)
{
	(void)port;
	return dlo_conf_read_seconds(value, 0.001, SECONDS_MAX, &conf->duration_s, err);
}

DLO_CONF_SETTER(exit_when_idle)
{
	(void)port;
	return dlo_conf_read_seconds(value, 0.001, SECONDS_MAX, &conf->exit_when_idle_s, err);
}

DLO_CONF_SETTER(count)
{
	(void)port;
	return dlo_conf_read_uint(value, 0, UINT64_MAX, &conf->count, err);
}

DLO_CONF_SETTER(idle)
{
	static const char *const words[] = { "spin", "adaptive", NULL };
	int idle = dlo_conf_read_word("policy", words, value, err);

	(void)port;
	if (idle < 0)
		return idle;
	conf->idle = idle == 0 ? DLO_IDLE_SPIN : DLO_IDLE_ADAPTIVE;
	return 0;
}

DLO_CONF_SETTER(sandbox)
{
	static const char *const words[] = { "off", "on", NULL };
	int on = dlo_conf_read_word("state", words, value, err);

	(void)port;
	if (on < 0)
		return on;
	conf->sandbox = on != 0;
	return 0;
}

DLO_CONF_SETTER(json)
{
	(void)port;
	return dlo_conf_read_text("file name", value, conf->json, sizeof(conf->json), err);
}

DLO_CONF_SETTER(config)
{
	(void)port;
	return dlo_conf_read_text("file name", value, conf->config, sizeof(conf->config), err);
}
