/* SPDX-License-Identifier: BSD-3-Clause */
/* --pcap: what is taken from a capture, and that stamped frames stay valid. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include <pcap/pcap.h>
#include <rte_ip.h>

#include "frame/build.h"
#include "pattern.h"

static char err[DLO_CONF_ERR];

struct capture {
	char path[64];
	pcap_t *dead;
	pcap_dumper_t *out;
	unsigned int nb;
};

static void
open_capture(struct capture *c, int linktype)
{
	int fd;

	*c = (struct capture){ .path = "/tmp/test-gen-pcap-XXXXXX" };
	fd = mkstemp(c->path);
	assert_true(fd >= 0);
	close(fd);
	c->dead = pcap_open_dead(linktype, 65535);
	c->out = pcap_dump_open(c->dead, c->path);
	assert_non_null(c->out);
}

static void
add(struct capture *c, const uint8_t *data, unsigned int caplen, unsigned int len, unsigned int us)
{
	struct pcap_pkthdr h = { .ts = { .tv_sec = 1000 + us / 1000000, .tv_usec = us % 1000000 },
		.caplen = caplen, .len = len };

	pcap_dump((u_char *)c->out, &h, data);
	c->nb++;
}

static int
read_capture(struct capture *c, struct pattern *p, struct pattern_notes *notes)
{
	int rc;

	pcap_dump_close(c->out);
	pcap_close(c->dead);
	rc = pattern_read_pcap(p, c->path, 0xfeedc0de, notes, err);
	unlink(c->path);
	return rc;
}

static unsigned int
build(uint8_t *buf, enum dlo_build_l4 l4, bool ipv6, unsigned int size)
{
	struct dlo_build spec = { .ipv6 = ipv6, .l4 = l4, .src_port = 1234, .dst_port = 80,
		.src_ip = { 198, 18, 0, 1 }, .dst_ip = { 198, 18, 0, 2 } };

	assert_int_equal(dlo_build_frame(buf, size, &spec), size);
	return size;
}

static bool
sums_are_right(const uint8_t *frame, unsigned int len, enum dlo_build_l4 l4, bool ipv6)
{
	unsigned int at = ipv6 ? 54 : 34;
	uint16_t sum;

	if (ipv6)
		sum = rte_ipv6_udptcp_cksum((const void *)(frame + 14), frame + at);
	else if (l4 == DLO_BUILD_ICMP)
		sum = (uint16_t)~rte_raw_cksum(frame + at, len - at);
	else
		sum = rte_ipv4_udptcp_cksum((const void *)(frame + 14), frame + at);
	return sum == 0 || sum == 0xffff;
}

/* All kinds, odd and even lengths. */
static void
stamped_frames_stay_valid(void **state)
{
	static const enum dlo_build_l4 kinds[] = { DLO_BUILD_UDP, DLO_BUILD_TCP, DLO_BUILD_ICMP };
	struct pattern_notes notes;
	struct capture c;
	struct pattern p;
	unsigned int n = 0;

	(void)state;
	open_capture(&c, DLT_EN10MB);
	for (unsigned int i = 0; i < 3 * 2 * 60; i++) {
		uint8_t buf[256];
		unsigned int len = build(buf, kinds[i % 3], i / 3 % 2 == 1, 100 + i / 6);

		add(&c, buf, len, len, i * 1000);
	}
	assert_int_equal(read_capture(&c, &p, &notes), 0);
	assert_int_equal(notes.frames, 360);
	assert_int_equal(notes.unstamped, 0);
	for (unsigned int i = 0; i < p.nb_templates; i++) {
		const struct frame_template *t = &p.templates[i];
		const uint8_t *stamp;
		uint8_t frame[256];

		memcpy(frame, t->data, t->len);
		pattern_stamp(&p, t, frame, 0, i + 1, UINT64_C(0x123456789abc) - i);
		pattern_stamp(&p, t, frame, 0, i, UINT64_C(0xcba987654321) + i);
		stamp = pattern_find(&p, frame, t->len);
		assert_non_null(stamp);
		assert_int_equal(dlo_get64(stamp + STAMP_STREAM) & 0xffffffffffff, i);
		assert_true(sums_are_right(frame, t->len, kinds[i % 3], i / 3 % 2 == 1));
		/* What the path looks at is as it was captured. */
		assert_memory_equal(frame, t->data, 34);
		n += t->gap_ns == 1e6;
	}
	assert_int_equal(n, 360);
	assert_true(notes.seconds > 0.3589 && notes.seconds < 0.3591);
	pattern_free(&p);
}

static void
frames_without_room_go_out_as_they_are(void **state)
{
	uint8_t buf[256], ack[54], padded[80];
	struct pattern_notes notes;
	struct capture c;
	struct pattern p;

	(void)state;
	open_capture(&c, DLT_EN10MB);
	build(ack, DLO_BUILD_TCP, false, 54);
	add(&c, ack, 54, 54, 0);
	/* 18 bytes behind the datagram take the stamp, 17 do not. */
	memset(padded, 0, sizeof(padded));
	memcpy(padded, ack, 54);
	add(&c, padded, 54 + 18, 54 + 18, 10);
	add(&c, padded, 54 + 17, 54 + 17, 20);
	/* A fragment's checksum is about all of the datagram. */
	build(buf, DLO_BUILD_UDP, false, 200);
	buf[20] |= 0x20;
	add(&c, buf, 200, 200, 30);
	/* No checksum to begin with: there is none afterwards. */
	build(buf, DLO_BUILD_UDP, false, 200);
	buf[40] = buf[41] = 0;
	add(&c, buf, 200, 200, 40);
	/* Cut off, and longer than can be sent. */
	add(&c, buf, 100, 200, 50);
	add(&c, buf, 200, 20000, 60);
	assert_int_equal(read_capture(&c, &p, &notes), 0);
	assert_int_equal(notes.frames, 5);
	assert_int_equal(notes.skipped, 2);
	assert_int_equal(notes.unstamped, 3);
	assert_int_equal(p.templates[0].stamp, 0);
	assert_memory_equal(p.templates[0].data, ack, 54);
	assert_int_equal(p.templates[1].stamp, 54);
	assert_int_equal(p.templates[1].cksum, 0);
	assert_int_equal(p.templates[4].cksum, 0);
	assert_true(p.templates[4].stamp != 0);
	assert_string_equal(p.streams[p.templates[0].stream], "64");
	assert_string_equal(p.streams[p.templates[4].stream], "128-255");
	pattern_free(&p);
}

/* Nothing that a file can hold is read past its end. */
static void
hostile_captures(void **state)
{
	struct pattern_notes notes;
	struct capture c;
	struct pattern p;
	uint8_t buf[128];

	(void)state;
	open_capture(&c, DLT_EN10MB);
	for (unsigned int i = 0; i < 20000; i++) {
		unsigned int len = 14 + i % 100;

		build(buf, i % 2 ? DLO_BUILD_TCP : DLO_BUILD_UDP, i / 2 % 2, 128);
		for (unsigned int k = 0; k < 6; k++)
			buf[12 + rand() % 60] ^= (uint8_t)rand();
		add(&c, buf, len, len, i);
	}
	assert_int_equal(read_capture(&c, &p, &notes), 0);
	assert_int_equal(notes.frames, 20000);
	for (unsigned int i = 0; i < p.nb_templates; i++) {
		struct frame_template *t = &p.templates[i];

		if (t->stamp == 0)
			continue;
		assert_true(t->stamp + STAMP_BYTES <= t->len && t->cksum + 2 <= t->len);
		pattern_stamp(&p, t, t->data, 0, i, i);
	}
	pattern_free(&p);
}

static void
files_that_are_none(void **state)
{
	struct pattern_notes notes;
	struct capture c;
	struct pattern p;

	(void)state;
	assert_int_equal(pattern_read_pcap(&p, "/does/not/exist", 1, &notes, err), -EINVAL);
	assert_non_null(strstr(err, "/does/not/exist"));
	assert_int_equal(pattern_read_pcap(&p, "/dev/null", 1, &notes, err), -EINVAL);
	open_capture(&c, DLT_RAW);
	assert_int_equal(read_capture(&c, &p, &notes), -EINVAL);
	assert_non_null(strstr(err, "not Ethernet"));
	open_capture(&c, DLT_EN10MB);
	assert_int_equal(read_capture(&c, &p, &notes), -EINVAL);
	assert_non_null(strstr(err, "no whole frame"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stamped_frames_stay_valid),
		cmocka_unit_test(frames_without_room_go_out_as_they_are),
		cmocka_unit_test(hostile_captures),
		cmocka_unit_test(files_that_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
