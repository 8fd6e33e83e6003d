/* SPDX-License-Identifier: BSD-3-Clause */
#include "listeners.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define TCP_STATE_LISTEN 0x0a

static bool
parse_line(const char *line, uint8_t family, struct listener *ret)
{
	unsigned int port, state, w[4] = { 0 };
	struct listener l = { .family = family };
	int n;

	if (family == 4)
		n = sscanf(line, " %*u: %8x:%4x %*8x:%*4x %2x", &w[0], &port, &state);
	else
		n = sscanf(line, " %*u: %8x%8x%8x%8x:%4x %*32[0-9A-Fa-f]:%*4x %2x",
			&w[0], &w[1], &w[2], &w[3], &port, &state);
	if (n != (family == 4 ? 3 : 6) || state != TCP_STATE_LISTEN)
		return false;
	/* Printed as this machine's numbers are words whose bytes are in network order. */
	memcpy(l.addr, w, family == 4 ? 4 : 16);
	l.port = port;
	*ret = l;
	return true;
}

unsigned int
listeners_parse(const char *text, uint8_t family, struct listener *ret, unsigned int max)
{
	unsigned int nb = 0;

	while (nb < max && text != NULL) {
		nb += parse_line(text, family, &ret[nb]);
		text = strchr(text, '\n');
		if (text != NULL)
			text++;
	}
	return nb;
}

/* ::ffff:127.0.0.1 is what a Java server bound to 127.0.0.1 looks like. */
static uint8_t
address_family(const struct listener *l, const uint8_t **ret_addr)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	if (l->family == 6 && memcmp(l->addr, mapped, sizeof(mapped)) == 0) {
		*ret_addr = l->addr + sizeof(mapped);
		return 4;
	}
	*ret_addr = l->addr;
	return l->family;
}

static bool
is_local(const struct listener *l, uint8_t family)
{
	static const uint8_t local4[4] = { 127, 0, 0, 1 };
	static const uint8_t local6[16] = { [15] = 1 };
	const uint8_t *addr;

	if (address_family(l, &addr) != family)
		return false;
	return family == 4 ? memcmp(addr, local4, 4) == 0 : memcmp(addr, local6, 16) == 0;
}

/* Does the socket take connections that come in by another interface than lo? */
static bool
is_reachable(const struct listener *l, uint8_t family)
{
	static const uint8_t any[16];
	const uint8_t *addr;

	/* [::] takes IPv4 too, unless told otherwise, which /proc does not show. */
	if (l->family == 6 && memcmp(l->addr, any, sizeof(any)) == 0)
		return true;
	if (address_family(l, &addr) != family)
		return false;
	return family == 4 ? addr[0] != 127 : !is_local(l, 6);
}

static void
insert(uint16_t *ports, unsigned int *nb, unsigned int max, uint16_t port)
{
	unsigned int at = 0;

	while (at < *nb && ports[at] < port)
		at++;
	if (at == max || (at < *nb && ports[at] == port))
		return;
	if (*nb == max)
		(*nb)--;
	memmove(&ports[at + 1], &ports[at], (*nb - at) * sizeof(ports[0]));
	ports[at] = port;
	(*nb)++;
}

unsigned int
listeners_only_local(const struct listener *l, unsigned int nb, uint8_t family, uint16_t *ret,
	unsigned int max)
{
	unsigned int nb_ports = 0;

	for (unsigned int i = 0; i < nb; i++) {
		bool reachable = false;

		if (!is_local(&l[i], family))
			continue;
		for (unsigned int j = 0; !reachable && j < nb; j++)
			reachable = l[j].port == l[i].port && is_reachable(&l[j], family);
		if (!reachable)
			insert(ret, &nb_ports, max, l[i].port);
	}
	return nb_ports;
}
