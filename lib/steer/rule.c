/* SPDX-License-Identifier: BSD-3-Clause */
#include "steer/rule.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "address/prefix.h"

#define TEXT_MAX 512

#define TYPE_IPV4 0x0800
#define TYPE_IPV6 0x86dd

/* One direction of a thing that has two: the bits of rule.want. */
enum direction {
	EITHER,
	SRC,
	DST,
};

static const uint32_t mac_bits[] = { DLO_STEER_MAC, DLO_STEER_SRC_MAC, DLO_STEER_DST_MAC };
static const uint32_t addr_bits[] = { DLO_STEER_ADDR, DLO_STEER_SRC_ADDR, DLO_STEER_DST_ADDR };
static const uint32_t port_bits[] = { DLO_STEER_PORT, DLO_STEER_SRC_PORT, DLO_STEER_DST_PORT };

/* Words of a protocol; 0: none said. */
static const struct {
	const char *word;
	uint16_t type;
	uint16_t proto;
} protos[] = {
	{ "ip", TYPE_IPV4, 0 },
	{ "ip6", TYPE_IPV6, 0 },
	{ "arp", 0x0806, 0 },
	{ "tcp", 0, 6 },
	{ "udp", 0, 17 },
	{ "sctp", 0, 132 },
	{ "icmp", TYPE_IPV4, 1 },
	{ "icmp6", TYPE_IPV6, 58 },
};

struct reader {
	char *pos; /* of a copy that is cut up */
	const char *word; /* "": at the end */
	struct dlo_steer_rule *rule;
	char *err;
};

__attribute__((format(printf, 2, 3)))
static int
fail(struct reader *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(r->err, DLO_STEER_ERR, fmt, ap);
	va_end(ap);
	return -EINVAL;
}

static void
next(struct reader *r)
{
	char *end;

	r->pos += strspn(r->pos, " \t");
	r->word = r->pos;
	end = r->pos + strcspn(r->pos, " \t");
	r->pos = *end != '\0' ? end + 1 : end;
	*end = '\0';
}

static bool
is(const struct reader *r, const char *word)
{
	return strcmp(r->word, word) == 0;
}

/* A decimal number, or 0x and a hexadecimal one. */
static bool
read_number(const char *text, unsigned long max, unsigned long *ret)
{
	bool hex = strncmp(text, "0x", 2) == 0;
	char *end;

	if (!isxdigit((unsigned char)text[hex ? 2 : 0]))
		return false;
	errno = 0;
	*ret = strtoul(text, &end, hex ? 16 : 10);
	return errno == 0 && *end == '\0' && *ret <= max;
}

static bool
read_mac(const char *text, uint64_t *ret)
{
	uint64_t mac = 0;

	for (int i = 0; i < 6; i++) {
		if (!isxdigit((unsigned char)text[0]) || !isxdigit((unsigned char)text[1]) ||
			text[2] != (i < 5 ? ':' : '\0'))
			return false;
		mac = mac << 8 | strtoul((char[]){ text[0], text[1], '\0' }, NULL, 16);
		text += 3;
	}
	*ret = mac;
	return true;
}

/* The same thing may be said in one direction or in both, but not twice. */
static int
want(struct reader *r, uint32_t bit, uint32_t against, const char *what)
{
	if ((r->rule->want & (bit | against)) != 0)
		return fail(r, "%s is said twice in one rule; 'or' starts another one", what);
	r->rule->want |= bit;
	return 0;
}

static int
want_directed(struct reader *r, const uint32_t bits[3], enum direction d, const char *what)
{
	return want(r, bits[d], d == EITHER ? bits[SRC] | bits[DST] : bits[EITHER], what);
}

static int
want_type(struct reader *r, uint16_t type)
{
	struct dlo_steer_rule *rule = r->rule;

	if ((rule->want & DLO_STEER_TYPE) != 0 && rule->type != type)
		return fail(r, "one frame cannot be of EtherType 0x%04x and 0x%04x; 'or' starts "
			"another rule", rule->type, type);
	rule->want |= DLO_STEER_TYPE;
	rule->type = type;
	return 0;
}

static int
want_proto(struct reader *r, uint16_t proto)
{
	int rc = want(r, DLO_STEER_PROTO, 0, "the protocol");

	if (rc == 0)
		r->rule->proto = proto;
	return rc;
}

static int
read_ether(struct reader *r)
{
	enum direction d = EITHER;
	unsigned long type;
	uint64_t mac;

	next(r);
	if (is(r, "proto")) {
		next(r);
		/* Below are lengths, not types (IEEE 802.3 3.2.6). */
		if (!read_number(r->word, UINT16_MAX, &type) || type < 0x600)
			return fail(r, "'%s' is no EtherType: give a number such as 0x8902",
				r->word);
		return want_type(r, (uint16_t)type);
	}
	if (is(r, "src") || is(r, "dst")) {
		d = is(r, "src") ? SRC : DST;
		next(r);
	}
	if (is(r, "host"))
		next(r);
	if (!read_mac(r->word, &mac))
		return fail(r, "'%s' is no MAC address such as 02:00:00:00:00:01", r->word);
	if (d != DST)
		r->rule->src_mac = mac;
	if (d != SRC)
		r->rule->dst_mac = mac;
	return want_directed(r, mac_bits, d, "the MAC address");
}

static int
read_vlan(struct reader *r)
{
	unsigned long id;

	next(r);
	if (!read_number(r->word, 4095, &id))
		return fail(r, "'%s' is no VLAN: give a number from 0 to 4095", r->word);
	r->rule->vlan = (uint16_t)id;
	return want(r, DLO_STEER_VLAN, 0, "the VLAN");
}

static void
set_addr(struct dlo_steer_addr *a, const struct dlo_prefix *p)
{
	uint8_t mask[16] = { 0 }, addr[16];

	for (unsigned int bit = 0; bit < p->len; bit++)
		mask[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
	for (unsigned int i = 0; i < sizeof(addr); i++)
		addr[i] = p->addr[i] & mask[i];
	memcpy(a->mask, mask, sizeof(a->mask));
	memcpy(a->addr, addr, sizeof(a->addr));
}

static int
read_address(struct reader *r, enum direction d, bool net)
{
	struct dlo_prefix p;
	int rc;

	next(r);
	if (dlo_prefix_parse(r->word, &p) != 0 || (!net && p.len != (p.family == 4 ? 32 : 128)))
		return fail(r, "'%s' is no %s such as %s", r->word, net ? "network" : "address",
			net ? "192.0.2.0/24 or 2001:db8::/32" : "192.0.2.1 or 2001:db8::1");
	if (d != DST)
		set_addr(&r->rule->src, &p);
	if (d != SRC)
		set_addr(&r->rule->dst, &p);
	rc = want_type(r, p.family == 4 ? TYPE_IPV4 : TYPE_IPV6);
	return rc != 0 ? rc : want_directed(r, addr_bits, d, "the IP address");
}

static int
read_port(struct reader *r, enum direction d, bool range)
{
	struct dlo_steer_ports ports;
	unsigned long first, last;
	char *dash;

	next(r);
	dash = range ? strchr(r->word, '-') : NULL;
	if (dash != NULL)
		*dash++ = '\0';
	if (!read_number(r->word, UINT16_MAX, &first) || (range && dash == NULL) ||
		!read_number(dash != NULL ? dash : r->word, UINT16_MAX, &last) || last < first)
		return fail(r, "'%s%s%s' is no %s", r->word, dash != NULL ? "-" : "",
			dash != NULL ? dash : "", range ? "range of ports such as 8000-8010" :
							  "port: give a number from 0 to 65535");
	ports = (struct dlo_steer_ports){ (uint16_t)first, (uint16_t)last };
	if (d != DST)
		r->rule->src_port = ports;
	if (d != SRC)
		r->rule->dst_port = ports;
	return want_directed(r, port_bits, d, "the port");
}

static int
read_thing(struct reader *r)
{
	enum direction d = EITHER;

	if (is(r, "src") || is(r, "dst")) {
		d = is(r, "src") ? SRC : DST;
		next(r);
	}
	if (is(r, "host") || is(r, "net"))
		return read_address(r, d, is(r, "net"));
	if (is(r, "port") || is(r, "portrange"))
		return read_port(r, d, is(r, "portrange"));
	if (r->word[0] == '\0')
		return fail(r, "something is missing at the end");
	return fail(r, "'%s' is not understood: known are ip, ip6, arp, tcp, udp, sctp, icmp, icmp6, "
		"[src|dst] host, net, port and portrange, ether proto, ether [src|dst] and vlan",
		r->word);
}

/* A word of a protocol may stand in front of something else without an "and". */
static int
read_protocol(struct reader *r, bool *ret_open)
{
	for (size_t i = 0; i < sizeof(protos) / sizeof(protos[0]); i++) {
		int rc = 0;

		if (!is(r, protos[i].word))
			continue;
		*ret_open = true;
		if (protos[i].type != 0)
			rc = want_type(r, protos[i].type);
		if (rc == 0 && protos[i].proto != 0)
			rc = want_proto(r, protos[i].proto);
		return rc;
	}
	return 0;
}

/* Up to the end, or the "or" of the next rule. */
static int
read_rule(struct reader *r)
{
	bool needs_and = false;
	int rc = 0;

	do {
		bool protocol = false;

		if (is(r, "and") && needs_and)
			next(r);
		else if (needs_and && r->rule->want != 0)
			return fail(r, "'and' or 'or' is missing before '%s'", r->word);
		rc = read_protocol(r, &protocol);
		if (rc == 0 && !protocol)
			rc = is(r, "ether") ? read_ether(r) : is(r, "vlan") ? read_vlan(r) : read_thing(r);
		if (rc != 0)
			return rc;
		next(r);
		needs_and = !protocol || is(r, "and");
	} while (r->word[0] != '\0' && !is(r, "or"));
	return 0;
}

/* What can never match, or what would match more than was meant. */
static int
check_rule(struct reader *r)
{
	const struct dlo_steer_rule *rule = r->rule;
	uint32_t port = DLO_STEER_PORT | DLO_STEER_SRC_PORT | DLO_STEER_DST_PORT;
	bool ip = rule->type == TYPE_IPV4 || rule->type == TYPE_IPV6;

	if ((rule->want & DLO_STEER_TYPE) != 0 && !ip &&
		(rule->want & (port | DLO_STEER_PROTO)) != 0)
		return fail(r, "frames of EtherType 0x%04x have no ports and no IP protocol",
			rule->type);
	if ((rule->want & DLO_STEER_PROTO) != 0 && (rule->want & port) != 0 && rule->proto != 6 &&
		rule->proto != 17 && rule->proto != 132)
		return fail(r, "ICMP has no ports");
	return 0;
}

int
dlo_steer_parse(const char *text, struct dlo_steer_rule *rules, unsigned int *nb,
	char err[DLO_STEER_ERR])
{
	struct dlo_steer_rule found[DLO_STEER_RULES_MAX];
	char copy[TEXT_MAX];
	struct reader r = { .pos = copy, .err = err };
	unsigned int n = 0;
	int rc;

	if (strlen(text) >= sizeof(copy))
		return fail(&r, "the expression is longer than %zu characters", sizeof(copy) - 1);
	snprintf(copy, sizeof(copy), "%s", text);
	do {
		if (*nb + n == DLO_STEER_RULES_MAX)
			return fail(&r, "there are more than %d rules for one port",
				DLO_STEER_RULES_MAX);
		r.rule = &found[n++];
		memset(r.rule, 0, sizeof(*r.rule));
		next(&r);
		rc = r.word[0] == '\0' ? fail(&r, "a rule is empty: say what to steer, as in "
			"'udp dst port 862'") : read_rule(&r);
		if (rc == 0)
			rc = check_rule(&r);
		if (rc != 0)
			return rc;
	} while (is(&r, "or"));
	memcpy(rules + *nb, found, n * sizeof(*rules));
	*nb += n;
	return 0;
}
