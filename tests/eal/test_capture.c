/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <rte_mbuf.h>

#include "app_fake.h"
#include "capture.h"
#include "eal_start.h"
#include "mbufs.h"
#include "pcapng_read.h"

#define PACKET_BLOCK 6

static char dir[] = "/tmp/dlo-test-capture-XXXXXX";
static char path[128];
static struct rte_mempool *pool;
static struct app *app;

/* ---- frames ---- */

/** @p len bytes that count up from @p first, in segments of at most @p seg bytes. */
static struct rte_mbuf *
frame(uint8_t first, uint32_t len, uint16_t seg)
{
	static uint8_t bytes[UINT16_MAX + 64];

	assert_true(len <= sizeof(bytes));
	for (uint32_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)(first + i);
	return mbuf_from_pool(pool, bytes, len, seg);
}

static void
assert_frame(const struct pcapng_read *p, uint8_t first, uint32_t len)
{
	assert_int_equal(p->len, len);
	assert_int_equal(p->wire_len, len);
	for (uint32_t i = 0; i < len; i++) {
		if (p->data[i] != (uint8_t)(first + i))
			fail_msg("byte %u is %u", i, p->data[i]);
	}
}

static struct capture *
open_capture(const char *port, const char *filter, bool drops)
{
	struct dlo_conf_capture conf = { .drops = drops };

	snprintf(conf.file, sizeof(conf.file), "%s", path);
	snprintf(conf.port, sizeof(conf.port), "%s", port);
	snprintf(conf.filter, sizeof(conf.filter), "%s", filter);
	return capture_open(&conf, app);
}

/** Output of something said by a call that gets and gives a capture. */
struct call {
	const char *port;
	const char *filter;
	struct capture *capture;
};

static void
run_open(void *arg)
{
	struct call *call = arg;

	call->capture = open_capture(call->port, call->filter, false);
}

static void
run_close(void *arg)
{
	struct call *call = arg;

	capture_close(call->capture);
}

/** Close and check the sentence about it. @return how many frames it says were written */
static unsigned long
closed(struct capture *c, unsigned long *ret_lost)
{
	struct call call = { .capture = c };
	char *text = app_fake_output(run_close, &call);
	const char *numbers = strstr(text, path);
	unsigned long written = 0;

	assert_non_null(numbers);
	assert_int_equal(sscanf(numbers + strlen(path), ": %lu frames written, %lu lost", &written,
		ret_lost), 2);
	free(text);
	return written;
}

/** What a worker does with a burst, sorted by fate with the last to arrive first. */
static void
turn_round(struct capture *c, struct queue *q, struct rte_mbuf **pkts, const uint8_t *verdicts,
	uint16_t nb)
{
	struct capture_burst burst;
	struct rte_mbuf *sorted[BURST];
	uint8_t fates[BURST];

	capture_rx_begin(c, q, pkts, nb, &burst);
	for (uint16_t i = 0; i < nb; i++) {
		sorted[i] = pkts[nb - 1 - i];
		fates[i] = verdicts[nb - 1 - i];
		*rte_pktmbuf_mtod(sorted[i], uint8_t *) ^= 0x80;
	}
	capture_rx_end(c, q, &burst, sorted, fates);
}

static int
setup(void **state)
{
	(void)state;
	app = app_fake();
	return 0;
}

static int
no_mbuf_is_missing(void **state)
{
	(void)state;
	unlink(path);
	assert_int_equal(rte_mempool_in_use_count(pool), 0);
	return 0;
}

/* ---- tests ---- */

static void
frames_as_received_and_as_sent(void **state)
{
	struct rte_mbuf *pkts[3] = { frame(1, 60, 2048), frame(2, 60, 7), frame(3, 14, 2048) };
	static const uint8_t verdicts[3] = { DLO_REFLECTED, DLO_DROP_LAND, DLO_ANSWERED_ARP };
	struct queue *q = app->ports[1].queues[0];
	struct capture *c = open_capture("", "", false);
	struct capture_burst burst;
	struct pcapng_read p;
	struct pcapng_file f;
	struct timespec now;
	unsigned long lost;
	uint64_t before, after;
	char text[128];

	(void)state;
	assert_non_null(c);
	assert_true(capture_wants(c, &app->ports[0]));
	clock_gettime(CLOCK_REALTIME, &now);
	before = (uint64_t)now.tv_sec * 1000000000;
	turn_round(c, q, pkts, verdicts, 3);
	capture_tx_begin(c, q, pkts, 2, &burst);
	capture_tx_end(c, q, &burst, pkts, 2, 1);
	capture_tx_drop(c, q, pkts[2], DLO_DROP_TOO_BIG);
	clock_gettime(CLOCK_REALTIME, &now);
	after = (uint64_t)(now.tv_sec + 1) * 1000000000;
	rte_pktmbuf_free_bulk(pkts, 3);
	assert_int_equal(closed(c, &lost), 6);
	assert_int_equal(lost, 0);

	f = pcapng_load(path);
	assert_int_equal(pcapng_blocks(&f, PACKET_BLOCK), 6);
	pcapng_interface_text(&f, 0, 2, text);
	assert_string_equal(text, "net_null0");
	pcapng_interface_text(&f, 1, 2, text);
	assert_string_equal(text, "dlo0");
	for (unsigned int i = 0; i < 6; i++) {
		static const char *const comments[6] = { "", "dropped: land", "", "",
			"dropped: tx_full", "dropped: too_big" };

		assert_true(pcapng_packet(&f, i, &p));
		assert_int_equal(p.interface, 1);
		assert_int_equal(p.direction, i < 3 ? 1 : 2);
		assert_string_equal(p.comment, comments[i]);
		assert_true(p.time_ns >= before && p.time_ns <= after);
		if (i < 3)
			assert_frame(&p, (uint8_t)(i + 1), i < 2 ? 60 : 14);
		else
			assert_int_equal(p.data[0], 0x80 ^ (i - 2));
	}
	assert_int_equal(pcapng_statistic(&f, 1, 4), 6);
	assert_int_equal(pcapng_statistic(&f, 1, 5), 0);
	pcapng_unload(&f);
}

static void
only_drops(void **state)
{
	struct rte_mbuf *pkts[4] = { frame(1, 60, 99), frame(2, 60, 99), frame(3, 60, 99),
		frame(4, 60, 99) };
	static const uint8_t verdicts[4] = { DLO_REFLECTED, DLO_DROP_SELF, DLO_ANSWERED_ND,
		DLO_REFLECTED };
	struct queue *q = app->ports[0].queues[1];
	struct capture *c = open_capture("net_null0", "", true);
	struct capture_burst burst;
	struct pcapng_read p;
	struct pcapng_file f;
	unsigned long lost;

	(void)state;
	assert_non_null(c);
	assert_false(capture_wants(c, &app->ports[1]));
	turn_round(c, q, pkts, verdicts, 4);
	capture_tx_begin(c, q, pkts, 3, &burst);
	capture_tx_end(c, q, &burst, pkts, 3, 2);
	rte_pktmbuf_free_bulk(pkts, 4);
	assert_int_equal(closed(c, &lost), 2);
	assert_int_equal(lost, 0);
	f = pcapng_load(path);
	assert_int_equal(pcapng_blocks(&f, 1), 1);
	assert_true(pcapng_packet(&f, 0, &p));
	assert_string_equal(p.comment, "dropped: self");
	assert_int_equal(p.direction, 1);
	assert_frame(&p, 2, 60);
	assert_true(pcapng_packet(&f, 1, &p));
	assert_string_equal(p.comment, "dropped: tx_full");
	assert_int_equal(p.direction, 2);
	pcapng_unload(&f);
}

static void
longest_frame_is_whole(void **state)
{
	static const uint8_t verdict = DLO_REFLECTED;
	struct rte_mbuf *pkts[2] = { frame(9, 65549, 2048), frame(9, 65550, 1000) };
	struct queue *q = app->ports[1].queues[0];
	struct capture *c = open_capture("dlo0", "", false);
	struct pcapng_read p;
	struct pcapng_file f;
	unsigned long lost;

	(void)state;
	assert_non_null(c);
	turn_round(c, q, &pkts[0], &verdict, 1);
	turn_round(c, q, &pkts[1], &verdict, 1);
	rte_pktmbuf_free_bulk(pkts, 2);
	assert_int_equal(closed(c, &lost), 2);
	f = pcapng_load(path);
	assert_true(pcapng_packet(&f, 0, &p));
	assert_frame(&p, 9, 65549);
	assert_true(pcapng_packet(&f, 1, &p));
	assert_int_equal(p.len, 65549);
	assert_int_equal(p.wire_len, 65550);
	pcapng_unload(&f);
}

static void
filter_chooses(void **state)
{
	static const uint8_t verdicts[3] = { DLO_REFLECTED, DLO_REFLECTED, DLO_DROP_SELF };
	/* Byte 6 is 7, 8 or 9, as frame() counts. */
	struct rte_mbuf *pkts[3] = { frame(1, 60, 2048), frame(2, 60, 5), frame(3, 60, 2048) };
	struct queue *q = app->ports[0].queues[0];
	struct capture *c = open_capture("", "ether[6] >= 8 and len == 60", false);
	struct pcapng_read p;
	struct pcapng_file f;
	unsigned long lost;
	char text[128];

	(void)state;
	assert_non_null(c);
	turn_round(c, q, pkts, verdicts, 3);
	rte_pktmbuf_free_bulk(pkts, 3);
	assert_int_equal(closed(c, &lost), 2);
	assert_int_equal(lost, 0);
	f = pcapng_load(path);
	pcapng_interface_text(&f, 0, 11, text);
	assert_true(pcapng_packet(&f, 0, &p));
	assert_frame(&p, 2, 60);
	assert_true(pcapng_packet(&f, 1, &p));
	assert_string_equal(p.comment, "dropped: self");
	pcapng_unload(&f);
}

/* Whoever followed one that says it is longer than its segments would go through a NULL. */
static void
mbufs_that_lie_are_lost(void **state)
{
	static const uint8_t verdicts[3] = { DLO_DROP_TRUNCATED, DLO_REFLECTED, DLO_DROP_TRUNCATED };
	static const char *const filters[2] = { "", "ether[6] >= 7 and len >= 60" };

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		struct rte_mbuf *pkts[3] = { frame(1, 60, 2048), frame(2, 60, 2048), frame(3, 60, 20) };
		struct queue *q = app->ports[0].queues[0];
		struct capture *c = open_capture("", filters[i], false);
		unsigned long lost;

		assert_non_null(c);
		pkts[0]->pkt_len = 4000;
		pkts[2]->pkt_len = 61;
		turn_round(c, q, pkts, verdicts, 3);
		rte_pktmbuf_free_bulk(pkts, 3);
		assert_int_equal(closed(c, &lost), 1);
		assert_int_equal(lost, 2);
	}
}

static void
mistakes_are_one_sentence_and_cost_no_file(void **state)
{
	static const struct call mistakes[] = {
		{ "nobody", "", NULL },
		{ "", "nonsense here", NULL },
		{ "", "ether proto", NULL },
	};
	static const char *const wants[] = { "net_null0, dlo0", "pcap-filter(7)", "pcap-filter(7)" };
	struct stat st;

	(void)state;
	for (unsigned int i = 0; i < RTE_DIM(mistakes); i++) {
		struct call call = mistakes[i];
		char *text = app_fake_output(run_open, &call);

		assert_null(call.capture);
		assert_non_null(strstr(text, "dpdk-lo: error: "));
		assert_non_null(strstr(text, wants[i]));
		assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
		free(text);
		assert_int_not_equal(stat(path, &st), 0);
	}
}

static void
file_that_cannot_be_made(void **state)
{
	struct call call = { "", "", NULL };
	char saved[sizeof(path)];
	char *text;

	(void)state;
	memcpy(saved, path, sizeof(path));
	snprintf(path, sizeof(path), "%s/no/such", dir);
	text = app_fake_output(run_open, &call);
	memcpy(path, saved, sizeof(path));
	assert_null(call.capture);
	assert_non_null(strstr(text, "No such file or directory"));
	free(text);
}

/** Send @p nb frames of 1400 bytes through the capture, as a worker would. */
static void
offer(struct capture *c, unsigned int nb)
{
	static const uint8_t verdicts[BURST] = { DLO_REFLECTED };
	struct rte_mbuf *pkts[BURST];

	for (unsigned int i = 0; i < BURST; i++)
		pkts[i] = frame((uint8_t)i, 1400, 2048);
	for (unsigned int done = 0; done < nb; done += BURST)
		turn_round(c, app->ports[0].queues[0], pkts, verdicts, BURST);
	rte_pktmbuf_free_bulk(pkts, BURST);
}

struct reader {
	struct capture *capture;
	int fd;
};

static void
run_leave(void *arg)
{
	struct reader *reader = arg;

	close(reader->fd);
	capture_close(reader->capture);
}

/** Nobody reads: buffers fill, frames are lost and counted; then the reader goes away. */
static void
slow_reader_costs_frames_and_never_traffic(void **state)
{
	const unsigned int nb = 40 * 1024;
	unsigned long written, lost = 0;
	struct reader reader;
	char *text;
	const char *numbers;

	(void)state;
	assert_int_equal(mkfifo(path, 0600), 0);
	reader.fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_true(reader.fd >= 0);
	reader.capture = open_capture("", "", false);
	assert_non_null(reader.capture);
	offer(reader.capture, nb);
	text = app_fake_output(run_leave, &reader);
	assert_non_null(strstr(text, "ends here: Broken pipe"));
	numbers = strstr(text, " frames written");
	assert_non_null(numbers);
	while (numbers[-1] != ' ')
		numbers--;
	assert_int_equal(sscanf(numbers, "%lu frames written, %lu lost", &written, &lost), 2);
	assert_int_equal(written + lost, nb);
	assert_true(lost > nb / 2);
	free(text);
}

struct full {
	struct capture *capture;
	unsigned int nb;
};

static void
run_full(void *arg)
{
	struct full *full = arg;

	offer(full->capture, full->nb);
	capture_close(full->capture);
}

static void
full_disk_is_said_once(void **state)
{
	struct full full = { .nb = 16 * 1024 };
	struct rlimit limit, saved;
	struct pcapng_file f;
	unsigned long written, lost;
	char *text;
	const char *at;

	(void)state;
	full.capture = open_capture("", "", false);
	assert_non_null(full.capture);
	getrlimit(RLIMIT_FSIZE, &saved);
	limit = saved;
	limit.rlim_cur = 1000 * 1000;
	setrlimit(RLIMIT_FSIZE, &limit);
	/* stdout is a memory file here: the limit leaves it room. */
	text = app_fake_output(run_full, &full);
	setrlimit(RLIMIT_FSIZE, &saved);
	at = strstr(text, "ends here: File too large");
	assert_non_null(at);
	assert_null(strstr(at + 1, "ends here"));
	at = strstr(text, path);
	while (at != NULL &&
		sscanf(at + strlen(path), ": %lu frames written, %lu lost", &written, &lost) != 2)
		at = strstr(at + 1, path);
	assert_non_null(at);
	free(text);
	assert_int_equal(written + lost, full.nb);
	f = pcapng_load(path);
	assert_int_equal(pcapng_blocks(&f, PACKET_BLOCK), written);
	pcapng_unload(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(frames_as_received_and_as_sent, no_mbuf_is_missing),
		cmocka_unit_test_teardown(only_drops, no_mbuf_is_missing),
		cmocka_unit_test_teardown(longest_frame_is_whole, no_mbuf_is_missing),
		cmocka_unit_test_teardown(filter_chooses, no_mbuf_is_missing),
		cmocka_unit_test_teardown(mbufs_that_lie_are_lost, no_mbuf_is_missing),
		cmocka_unit_test_teardown(mistakes_are_one_sentence_and_cost_no_file,
			no_mbuf_is_missing),
		cmocka_unit_test_teardown(file_that_cannot_be_made, no_mbuf_is_missing),
		cmocka_unit_test_teardown(slow_reader_costs_frames_and_never_traffic,
			no_mbuf_is_missing),
		cmocka_unit_test_teardown(full_disk_is_said_once, no_mbuf_is_missing),
	};
	int failed;

	test_eal_start(1, "--vdev", "net_null0", NULL);
	if (mkdtemp(dir) == NULL)
		return 1;
	snprintf(path, sizeof(path), "%s/capture.pcapng", dir);
	pool = rte_pktmbuf_pool_create("frames", 1023, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE,
		SOCKET_ID_ANY);
	if (pool == NULL)
		return 1;
	failed = cmocka_run_group_tests(tests, setup, NULL);
	rte_mempool_free(pool);
	rmdir(dir);
	test_eal_stop();
	return failed;
}
