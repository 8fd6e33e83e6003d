/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "pcapng.h"

static char path[] = "/tmp/dlo-test-pcapng-XXXXXX";
static uint8_t file[1024 * 1024];
static size_t file_len;

static void
load(void)
{
	FILE *f = fopen(path, "rb");

	assert_non_null(f);
	file_len = fread(file, 1, sizeof(file), f);
	fclose(f);
}

static uint32_t
u32(size_t at)
{
	uint32_t value;

	assert_true(at + sizeof(value) <= file_len);
	memcpy(&value, file + at, sizeof(value));
	return value;
}

/** @return where the @p index-th block of @p type begins; lengths at both ends must agree. */
static size_t
block(uint32_t type, unsigned int index)
{
	size_t at = 0;

	while (at < file_len) {
		uint32_t len = u32(at + 4);

		assert_true(len >= 12 && len % 4 == 0 && at + len <= file_len);
		assert_int_equal(u32(at + len - 4), len);
		if (u32(at) == type && index-- == 0)
			return at;
		at += len;
	}
	fail_msg("no block of type %#x", type);
	return 0;
}

static unsigned int
count_blocks(uint32_t type)
{
	unsigned int nb = 0;

	for (size_t at = 0; at < file_len; at += u32(at + 4)) {
		assert_int_equal(u32(at + u32(at + 4) - 4), u32(at + 4));
		nb += u32(at) == type;
	}
	return nb;
}

static struct pcapng *
opened(void)
{
	struct pcapng *p = NULL;

	assert_int_equal(pcapng_open(path, "test 1", &p), 0);
	assert_non_null(p);
	return p;
}

static int
write_packet(struct pcapng *p, uint32_t interface, const void *data, size_t len,
	const char *comment)
{
	const struct iovec iov = { (void *)(uintptr_t)data, len };
	const struct pcapng_packet packet = {
		.interface = interface,
		.direction = PCAPNG_OUTBOUND,
		.time_ns = UINT64_C(0x0102030405060708),
		.wire_len = (uint32_t)len + 1,
		.comment = comment,
		.data = &iov,
		.nb_data = 1,
	};

	return pcapng_write(p, &packet);
}

static void
section_and_interface(void **state)
{
	static const uint8_t mac[6] = { 2, 0, 0, 0, 0, 9 };
	const struct pcapng_interface interface = {
		.name = "dlo0",
		.filter = "udp",
		.mac = mac,
		.snaplen = 65549,
	};
	/* Written by hand after the draft, not by the code under test. */
	static const uint8_t want[] = {
		1, 0, 0, 0, 60, 0, 0, 0, /* IDB */
		1, 0, 0, 0, 0x0d, 0x00, 1, 0, /* Ethernet, 65549 bytes */
		2, 0, 4, 0, 'd', 'l', 'o', '0', /* if_name */
		6, 0, 6, 0, 2, 0, 0, 0, 0, 9, 0, 0, /* if_MACaddr */
		9, 0, 1, 0, 9, 0, 0, 0, /* if_tsresol: nanoseconds */
		11, 0, 4, 0, 0, 'u', 'd', 'p', /* if_filter */
		0, 0, 0, 0, 60, 0, 0, 0, /* end */
	};
	struct pcapng *p = opened();
	size_t at;

	(void)state;
	assert_int_equal(pcapng_add_interface(p, &interface), 0);
	assert_int_equal(pcapng_add_interface(p, &interface), 1);
	assert_int_equal(pcapng_close(p), 0);
	load();
	assert_int_equal(block(0x0A0D0D0A, 0), 0);
	assert_int_equal(u32(8), 0x1A2B3C4D);
	assert_int_equal(u32(12), 0x00000001);
	assert_int_equal(u32(16), UINT32_MAX);
	assert_int_equal(u32(20), UINT32_MAX);
	assert_non_null(memmem(file, file_len, "\4\0\6\0test 1\0\0", 12));
	assert_int_equal(count_blocks(1), 2);
	at = block(1, 0);
	if (u32(0) == 0x0A0D0D0A && *(const uint8_t *)&(const uint32_t){ 1 } == 1)
		assert_memory_equal(file + at, want, sizeof(want));
}

static void
packet_with_and_without_comment(void **state)
{
	const struct pcapng_interface interface = { .name = "a" };
	/* Data, padding, comment, flags, end of options: everything behind the fixed head. */
	static const uint8_t want[] = {
		'h', 'e', 'l', 'l', 'o', 0, 0, 0, /* padded to 32 bits */
		1, 0, 7, 0, 'd', 'r', 'o', 'p', 'p', 'e', 'd', 0, /* opt_comment */
		2, 0, 4, 0, 2, 0, 0, 0, /* epb_flags: outbound */
		0, 0, 0, 0,
	};
	struct pcapng *p = opened();
	size_t at;

	(void)state;
	pcapng_add_interface(p, &interface);
	assert_int_equal(write_packet(p, 0, "hello", 5, "dropped"), 0);
	assert_int_equal(write_packet(p, 0, "", 0, NULL), 0);
	assert_int_equal(write_packet(p, 1, "hello", 5, NULL), -EMSGSIZE);
	assert_int_equal(pcapng_written(p), 0);
	assert_int_equal(pcapng_flush(p), 0);
	assert_int_equal(pcapng_written(p), 2);
	assert_int_equal(pcapng_close(p), 0);
	load();
	assert_int_equal(count_blocks(6), 2);
	at = block(6, 0);
	assert_int_equal(u32(at + 4), 32 + sizeof(want));
	assert_int_equal(u32(at + 8), 0);
	assert_int_equal(u32(at + 12), 0x01020304);
	assert_int_equal(u32(at + 16), 0x05060708);
	assert_int_equal(u32(at + 20), 5);
	assert_int_equal(u32(at + 24), 6);
	if (*(const uint8_t *)&(const uint32_t){ 1 } == 1)
		assert_memory_equal(file + at + 28, want, sizeof(want));
	at = block(6, 1);
	assert_int_equal(u32(at + 4), 32 + 8 + 4);
}

static void
pieces_of_a_packet_are_joined(void **state)
{
	const struct pcapng_interface interface = { .name = "a" };
	struct iovec iov[3] = { { (void *)(uintptr_t)"ab", 2 }, { NULL, 0 },
		{ (void *)(uintptr_t)"cde", 3 } };
	const struct pcapng_packet packet = { .wire_len = 5, .data = iov, .nb_data = 3 };
	struct pcapng *p = opened();

	(void)state;
	pcapng_add_interface(p, &interface);
	assert_int_equal(pcapng_write(p, &packet), 0);
	assert_int_equal(pcapng_close(p), 0);
	load();
	assert_memory_equal(file + block(6, 0) + 28, "abcde\0\0", 8);
}

static void
statistics(void **state)
{
	const struct pcapng_interface interface = { .name = "a" };
	uint64_t value;
	struct pcapng *p = opened();
	size_t at;

	(void)state;
	pcapng_add_interface(p, &interface);
	assert_int_equal(pcapng_write_stats(p, 0, 1, UINT64_C(1) << 33, 3), 0);
	assert_int_equal(pcapng_close(p), 0);
	load();
	at = block(5, 0);
	assert_int_equal(u32(at + 20), 8 << 16 | 4);
	memcpy(&value, file + at + 24, sizeof(value));
	assert_true(value == UINT64_C(1) << 33);
	assert_int_equal(u32(at + 32), 8 << 16 | 5);
	assert_int_equal(u32(at + 36), 3);
}

/** The file may not grow beyond a limit, as on a full disk: it must end behind a whole block. */
static void
full_disk_leaves_whole_blocks(void **state)
{
	static const uint8_t data[1000];
	const struct pcapng_interface interface = { .name = "a" };
	struct rlimit limit, saved;
	struct pcapng *p = opened();
	unsigned int nb = 0;
	int rc;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &saved);
	limit = saved;
	limit.rlim_cur = 500 * 1000;
	pcapng_add_interface(p, &interface);
	assert_int_equal(pcapng_flush(p), 0);
	setrlimit(RLIMIT_FSIZE, &limit);
	while ((rc = write_packet(p, 0, data, sizeof(data), NULL)) == 0 && nb < 10000)
		nb++;
	assert_int_equal(rc, -EFBIG);
	assert_int_equal(write_packet(p, 0, data, sizeof(data), NULL), -EFBIG);
	nb = (unsigned int)pcapng_written(p);
	assert_true(nb > 0 && nb < 500);
	assert_int_equal(pcapng_close(p), -EFBIG);
	setrlimit(RLIMIT_FSIZE, &saved);
	load();
	assert_int_equal(count_blocks(6), nb);
}

static void
file_that_cannot_be_opened(void **state)
{
	struct pcapng *p = NULL;

	(void)state;
	assert_int_equal(pcapng_open("/nonexistent/x", "test", &p), -ENOENT);
	assert_null(p);
	assert_int_equal(pcapng_open("/dev/full", "test", &p), 0);
	assert_int_equal(pcapng_flush(p), -ENOSPC);
	assert_int_equal(pcapng_close(p), -ENOSPC);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(section_and_interface),
		cmocka_unit_test(packet_with_and_without_comment),
		cmocka_unit_test(pieces_of_a_packet_are_joined),
		cmocka_unit_test(statistics),
		cmocka_unit_test(full_disk_leaves_whole_blocks),
		cmocka_unit_test(file_that_cannot_be_opened),
	};
	int fd = mkstemp(path);
	int failed;

	if (fd < 0)
		return 1;
	close(fd);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	return failed;
}
