/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "conf/option_set.h"
#include "conf/text.h"

/* 65535 bytes are the longest frame that one crossing of a TAP device carries: less Ethernet. */
#define LINK_MTU_MAX 65521
#define LINK_MTU_MIN 68 /* RFC 791 section 3.2 */
#define LINK_QUEUES_MAX 64

#define IFNAME_CHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-"

void
dlo_conf_link_init(struct dlo_conf_link *link)
{
	/* The blocks reserved for benchmarking: RFC 2544 appendix C.2.2, RFC 5180 section 8. */
	*link = (struct dlo_conf_link){
		.name = "dlo0",
		.nb_ips = 2,
		.ips = {
			{ .family = 4, .len = 15, .addr = { 198, 18, 0, 1 } },
			{ .family = 6, .len = 48, .addr = { 0x20, 0x01, 0x00, 0x02, [15] = 1 } },
		},
	};
}

/* Stricter than the kernel: the name also goes into device arguments and paths. */
static int
read_ifname(const char *text, char ret[DLO_CONF_IFNAME], char err[DLO_CONF_ERR])
{
	/* The first three are directories beside the interfaces', or taken, in every kernel. */
	static const char *const taken[] = { "lo", "all", "default", ".", "..", NULL };

	if (text[strspn(text, IFNAME_CHARS)] != '\0' || text[0] == '-')
		return dlo_conf_fail(err, "'%s' is not an interface name: letters, digits, '_', "
			"'.' and '-' are allowed", text);
	for (unsigned int i = 0; taken[i] != NULL; i++) {
		if (strcmp(text, taken[i]) == 0)
			return dlo_conf_fail(err, "interface name '%s' belongs to the kernel, "
				"choose another such as dlo0", text);
	}
	return dlo_conf_read_text("interface name", text, ret, DLO_CONF_IFNAME, err);
}

static bool
host_bits_are(const struct dlo_prefix *p, bool set)
{
	unsigned int bits = p->family == 4 ? 32 : 128;

	for (unsigned int i = p->len; i < bits; i++) {
		if (((p->addr[i / 8] >> (7 - i % 8)) & 1) != set)
			return false;
	}
	return true;
}

/* One of the host's own addresses, with room for others beside it. */
static int
add_ip(struct dlo_conf_link *link, const char *text, char err[DLO_CONF_ERR])
{
	struct dlo_prefix p;
	bool four;

	if (dlo_prefix_parse(text, &p) != 0)
		return dlo_conf_fail(err, "ip: '%s' is not an IPv4 or IPv6 address with a prefix "
			"length such as 198.18.0.1/15", text);
	four = p.family == 4;
	if (four ? p.addr[0] == 0 || p.addr[0] == 127 || p.addr[0] >= 224 :
		   p.addr[0] == 0xff || (p.addr[0] == 0xfe && (p.addr[1] & 0xc0) == 0x80) ||
		(p.addr[0] == 0 && p.addr[1] == 0))
		return dlo_conf_fail(err, "ip: '%s' is not a unicast address that the host can "
			"have on the link", text);
	if (p.len < (four ? 8 : 16) || p.len > (four ? 31 : 127))
		return dlo_conf_fail(err, "ip: '%s' needs a prefix length from %s, so that there "
			"is an address beside the host's own", text,
			four ? "/8 to /31" : "/16 to /127");
	if (p.len < (four ? 31 : 127) &&
		(host_bits_are(&p, false) || (four && host_bits_are(&p, true))))
		return dlo_conf_fail(err, "ip: '%s' is the address of the network itself, give the "
			"host one of its other addresses", text);
	if (link->nb_ips == DLO_CONF_LINK_IPS_MAX)
		return dlo_conf_fail(err, "ip: '%s' is one too many, at most %d addresses", text,
			DLO_CONF_LINK_IPS_MAX);
	link->ips[link->nb_ips++] = p;
	return 0;
}

enum key { KEY_TYPE, KEY_IP, KEY_MTU, KEY_MAC, KEY_QUEUES };

static int
set_key(struct dlo_conf_link *link, enum key key, const char *value, bool more_ips,
	char err[DLO_CONF_ERR])
{
	static const char *const types[] = {
		[DLO_LINK_AUTO] = "auto",
		[DLO_LINK_VTAP] = "vtap",
		[DLO_LINK_VIRTIO_USER] = "virtio-user",
		[DLO_LINK_TAP] = "tap",
		NULL,
	};
	uint64_t n = 0;
	int rc;

	switch (key) {
	case KEY_TYPE:
		rc = dlo_conf_read_word("type", types, value, err);
		if (rc < 0)
			return rc;
		link->type = rc;
		return 0;
	case KEY_IP:
		/* The first one replaces the defaults. */
		if (!more_ips)
			link->nb_ips = 0;
		return add_ip(link, value, err);
	case KEY_MTU:
		rc = dlo_conf_read_uint(value, LINK_MTU_MIN, LINK_MTU_MAX, &n, err);
		link->mtu = n;
		return rc;
	case KEY_MAC:
		link->has_mac = true;
		return dlo_conf_read_mac(value, link->mac, err);
	case KEY_QUEUES:
		rc = dlo_conf_read_uint(value, 1, LINK_QUEUES_MAX, &n, err);
		link->queues = n;
		return rc;
	}
	return dlo_conf_fail(err, "unknown key");
}

static int
set_link(struct dlo_conf *conf, struct dlo_conf_port *port, char *list, char err[DLO_CONF_ERR])
{
	static const char *const names[] = {
		[KEY_TYPE] = "type",
		[KEY_IP] = "ip",
		[KEY_MTU] = "mtu",
		[KEY_MAC] = "mac",
		[KEY_QUEUES] = "queues",
		NULL,
	};
	struct dlo_conf_keys keys = { .names = names, .repeatable = 1 << KEY_IP };
	struct dlo_conf_link link;
	struct dlo_conf_item item;
	char *pos = list;
	int rc;

	(void)port;
	dlo_conf_link_init(&link);
	link.wanted = true;
	for (bool first = true; (rc = dlo_conf_next_item(&pos, &item, err)) > 0; first = false) {
		bool again = (keys.given & 1 << KEY_IP) != 0;

		if (first && item.key == NULL) {
			rc = read_ifname(item.value, link.name, err);
		} else {
			int key = dlo_conf_read_key(&keys, &item, err);

			rc = key < 0 ? key : set_key(&link, key, item.value, again, err);
		}
		if (rc != 0)
			return rc;
	}
	if (rc == 0)
		conf->link = link;
	return rc;
}

DLO_CONF_SETTER(link)
{
	return dlo_conf_on_copy(set_link, conf, port, value != NULL ? value : "dlo0", err);
}
