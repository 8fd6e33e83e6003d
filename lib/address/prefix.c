/* SPDX-License-Identifier: BSD-3-Clause */
#include "address/prefix.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <arpa/inet.h>

static unsigned int
max_len(uint8_t family)
{
	return family == 4 ? 32 : 128;
}

/* Decimal digits only: no sign, no blank, no leading zero that C would call octal. */
static int
parse_len(const char *text, unsigned int max, uint8_t *ret)
{
	size_t digits = strspn(text, "0123456789");
	unsigned int len = 0;

	if (digits == 0 || digits > 3 || text[digits] != '\0' || (digits > 1 && text[0] == '0'))
		return -EINVAL;
	for (size_t i = 0; i < digits; i++)
		len = len * 10 + (unsigned int)(text[i] - '0');
	if (len > max)
		return -EINVAL;
	*ret = len;
	return 0;
}

int
dlo_prefix_parse(const char *text, struct dlo_prefix *ret)
{
	struct dlo_prefix p = { 0 };
	char addr[INET6_ADDRSTRLEN];
	size_t addr_len = strcspn(text, "/");

	if (addr_len >= sizeof(addr))
		return -EINVAL;
	memcpy(addr, text, addr_len);
	addr[addr_len] = '\0';
	if (inet_pton(AF_INET, addr, p.addr) == 1)
		p.family = 4;
	else if (inet_pton(AF_INET6, addr, p.addr) == 1)
		p.family = 6;
	else
		return -EINVAL;

	p.len = max_len(p.family);
	if (text[addr_len] == '/') {
		int rc = parse_len(text + addr_len + 1, max_len(p.family), &p.len);

		if (rc != 0)
			return rc;
	}
	*ret = p;
	return 0;
}

const char *
dlo_prefix_format(const struct dlo_prefix *p, char buf[DLO_PREFIX_STRLEN])
{
	char addr[INET6_ADDRSTRLEN] = "?";

	inet_ntop(p->family == 4 ? AF_INET : AF_INET6, p->addr, addr, sizeof(addr));
	snprintf(buf, DLO_PREFIX_STRLEN, "%s/%u", addr, p->len);
	return buf;
}

static bool
same_bits(const uint8_t *a, const uint8_t *b, unsigned int bits)
{
	unsigned int whole = bits / 8;

	if (memcmp(a, b, whole) != 0)
		return false;
	return bits % 8 == 0 || (a[whole] ^ b[whole]) >> (8 - bits % 8) == 0;
}

bool
dlo_prefix_contains(const struct dlo_prefix *p, uint8_t family, const void *addr)
{
	return p->family == family && same_bits(p->addr, addr, p->len);
}

bool
dlo_prefix_overlaps(const struct dlo_prefix *a, const struct dlo_prefix *b)
{
	unsigned int bits = a->len < b->len ? a->len : b->len;

	return a->family == b->family && same_bits(a->addr, b->addr, bits);
}

bool
dlo_prefix_has_host_bits(const struct dlo_prefix *p)
{
	for (unsigned int i = p->len; i < max_len(p->family); i++) {
		if ((p->addr[i / 8] & 0x80 >> i % 8) != 0)
			return true;
	}
	return false;
}
