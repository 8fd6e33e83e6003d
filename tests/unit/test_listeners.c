/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <arpa/inet.h>
#include <cmocka.h>

#include "listeners.h"

#define HEAD "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n"
#define TAIL " 00000000:00000000 00:00000000 00000000     0        0 3170 1 0000000000000000 10\n"

/* A line as the kernel makes it: the words of an address as this machine's numbers. */
static void
line4(char *buf, unsigned int n, const char *addr, unsigned int port, unsigned int st)
{
	uint32_t a;

	assert_int_equal(inet_pton(AF_INET, addr, &a), 1);
	sprintf(buf + strlen(buf), "%4u: %08X:%04X 00000000:0000 %02X" TAIL, n, a, port, st);
}

static void
line6(char *buf, unsigned int n, const char *addr, unsigned int port, unsigned int st)
{
	uint32_t a[4];

	assert_int_equal(inet_pton(AF_INET6, addr, a), 1);
	sprintf(buf + strlen(buf),
		"%4u: %08X%08X%08X%08X:%04X 00000000000000000000000000000000:0000 %02X" TAIL, n,
		a[0], a[1], a[2], a[3], port, st);
}

static void
parse_ipv4(void **state)
{
	struct listener l[8];
	char text[2048] = HEAD;

	(void)state;
	line4(text, 0, "127.0.0.1", 631, 0x0a);
	line4(text, 1, "198.18.0.1", 8000, 0x0a);
	line4(text, 2, "127.0.0.1", 50000, 0x01);
	line4(text, 1000, "0.0.0.0", 65535, 0x0a);
	assert_int_equal(listeners_parse(text, 4, l, 8), 3);
	assert_int_equal(l[0].family, 4);
	assert_int_equal(l[0].port, 631);
	assert_memory_equal(l[0].addr, "\x7f\0\0\1", 4);
	assert_memory_equal(l[1].addr, "\xc6\x12\0\1", 4);
	assert_int_equal(l[1].port, 8000);
	assert_int_equal(l[2].port, 65535);
	assert_int_equal(listeners_parse(text, 4, l, 2), 2);
	assert_int_equal(listeners_parse(text, 4, l, 0), 0);
	assert_int_equal(listeners_parse(text, 6, l, 8), 0);
}

static void
parse_ipv6(void **state)
{
	struct listener l[8];
	char text[2048] = HEAD;
	struct in6_addr want;

	(void)state;
	line6(text, 0, "2001:2::1", 8000, 0x0a);
	line6(text, 1, "::1", 631, 0x06);
	assert_int_equal(listeners_parse(text, 6, l, 8), 1);
	inet_pton(AF_INET6, "2001:2::1", &want);
	assert_memory_equal(l[0].addr, &want, 16);
	assert_int_equal(l[0].port, 8000);
	assert_int_equal(listeners_parse(text, 4, l, 8), 0);
}

/* Real lines of a little-endian machine: the writer above could be wrong as the parser is. */
static void
parse_real_lines(void **state)
{
	struct listener l[2];

	(void)state;
	if (htonl(1) == 1)
		skip();
	assert_int_equal(listeners_parse("   0: 0100007F:1F90 00000000:0000 0A" TAIL, 4, l, 2), 1);
	assert_memory_equal(l[0].addr, "\x7f\0\0\1", 4);
	assert_int_equal(l[0].port, 8080);
	assert_int_equal(listeners_parse("   0: 00000000000000000000000001000000:0016 "
		"00000000000000000000000000000000:0000 0A" TAIL, 6, l, 2), 1);
	assert_int_equal(l[0].addr[15], 1);
	assert_int_equal(l[0].port, 22);
}

/* However the text is cut or bent, there is no listener that it does not name. */
static void
parse_broken(void **state)
{
	static const char *const texts[] = { "", "\n", "\n\n\n", "   0:", "   0: 0100007F:1F90",
		"   0: 0100007F:1F90 00000000:0000", "   0: 0100007F:1F90 00000000:0000 ",
		"   0: 0100007G:1F90 00000000:0000 0A",
		"0A 0A 0A 0A 0A 0A", "   x: 0100007F:1F90 0:0 0A" };
	struct listener l[2];

	(void)state;
	for (unsigned int i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_int_equal(listeners_parse(texts[i], 4, l, 2), 0);
		assert_int_equal(listeners_parse(texts[i], 6, l, 2), 0);
	}
}

static void
local_only(void **state)
{
	char text4[4096] = HEAD, text6[4096] = HEAD;
	struct listener l[32];
	uint16_t ports[8];
	unsigned int nb;

	(void)state;
	line4(text4, 0, "127.0.0.1", 8080, 0x0a); /* local in both families */
	line6(text6, 0, "::1", 8080, 0x0a);
	line4(text4, 1, "127.0.0.1", 631, 0x0a); /* local */
	line4(text4, 2, "127.0.0.1", 80, 0x0a); /* and on the link */
	line4(text4, 3, "198.18.0.1", 80, 0x0a);
	line4(text4, 4, "127.0.0.1", 22, 0x0a); /* [::] takes it too */
	line6(text6, 1, "::", 22, 0x0a);
	line4(text4, 5, "127.0.0.53", 53, 0x0a); /* a resolver on an address of its own */
	line4(text4, 6, "0.0.0.0", 25, 0x0a);
	line6(text6, 2, "::ffff:127.0.0.1", 9000, 0x0a); /* IPv4 in disguise */
	line6(text6, 3, "::1", 25, 0x0a);
	line4(text4, 7, "127.0.0.1", 8080, 0x0a); /* twice, with SO_REUSEPORT */
	nb = listeners_parse(text4, 4, l, 32);
	nb += listeners_parse(text6, 6, l + nb, 32 - nb);
	assert_int_equal(nb, 12);

	assert_int_equal(listeners_only_local(l, nb, 4, ports, 8), 3);
	assert_int_equal(ports[0], 631);
	assert_int_equal(ports[1], 8080);
	assert_int_equal(ports[2], 9000);
	assert_int_equal(listeners_only_local(l, nb, 6, ports, 8), 2);
	assert_int_equal(ports[0], 25);
	assert_int_equal(ports[1], 8080);
	/* The lowest are kept where there is no room. */
	assert_int_equal(listeners_only_local(l, nb, 4, ports, 2), 2);
	assert_int_equal(ports[0], 631);
	assert_int_equal(ports[1], 8080);
	assert_int_equal(listeners_only_local(l, nb, 4, ports, 0), 0);
	assert_int_equal(listeners_only_local(l, 0, 4, ports, 8), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse_ipv4),
		cmocka_unit_test(parse_ipv6),
		cmocka_unit_test(parse_real_lines),
		cmocka_unit_test(parse_broken),
		cmocka_unit_test(local_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
