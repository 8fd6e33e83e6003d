/* SPDX-License-Identifier: BSD-3-Clause */
/* net_replay of the benchmarks: the same frames for ever, whatever the application does to them. */
#include <pcap/pcap.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <rte_bus_vdev.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <rte_mempool.h>

#include "eal_start.h"

#define NAME "net_replay0"
#define POOL_NAME "replay_0_0" /* port 0, queue 0 */
#define NB_FRAMES 10
#define BURST 8

static char file[] = "replay-test-XXXXXX";
static struct rte_mempool *other_pool;
static uint16_t port;

/* Frame i has 60 + i bytes, all of them i. */
static void
write_file(void)
{
	pcap_t *pcap = pcap_open_dead(DLT_EN10MB, 65535);
	int fd = mkstemp(file);
	pcap_dumper_t *dump;

	assert_true(fd >= 0);
	dump = pcap_dump_fopen(pcap, fdopen(fd, "w"));
	assert_non_null(dump);
	for (unsigned int i = 0; i < NB_FRAMES; i++) {
		struct pcap_pkthdr hdr = { .caplen = 60 + i, .len = 60 + i };
		uint8_t data[60 + NB_FRAMES];

		memset(data, (int)i, sizeof(data));
		pcap_dump((u_char *)dump, &hdr, data);
	}
	pcap_dump_close(dump);
	pcap_close(pcap);
}

static int
open_port(void **state)
{
	struct rte_eth_conf conf = {0};
	char args[64];

	(void)state;
	snprintf(args, sizeof(args), "pcap=%s", file);
	assert_int_equal(rte_vdev_init(NAME, args), 0);
	assert_int_equal(rte_eth_dev_get_port_by_name(NAME, &port), 0);
	assert_int_equal(rte_eth_dev_configure(port, 1, 1, &conf), 0);
	assert_int_equal(rte_eth_tx_queue_setup(port, 0, 64, SOCKET_ID_ANY, NULL), 0);
	assert_int_equal(rte_eth_rx_queue_setup(port, 0, 64, SOCKET_ID_ANY, NULL, other_pool), 0);
	assert_int_equal(rte_eth_dev_start(port), 0);
	return 0;
}

static int
close_port(void **state)
{
	(void)state;
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_int_equal(rte_vdev_uninit(NAME), 0);
	/* Whatever the test did, every frame was given back: the pool could go. */
	assert_null(rte_mempool_lookup(POOL_NAME));
	assert_true(rte_mempool_full(other_pool));
	return 0;
}

static uint64_t
xstat(const char *name)
{
	uint64_t id, value;

	assert_int_equal(rte_eth_xstats_get_id_by_name(port, name, &id), 0);
	assert_int_equal(rte_eth_xstats_get_by_id(port, &id, &value, 1), 1);
	return value;
}

/* Receive @nb frames, which must be those that follow frame @first. */
static void
receive(struct rte_mbuf **pkts, uint16_t nb, unsigned int first)
{
	assert_int_equal(rte_eth_rx_burst(port, 0, pkts, nb), nb);
	for (unsigned int i = 0; i < nb; i++) {
		unsigned int frame = (first + i) % NB_FRAMES;

		assert_int_equal(rte_pktmbuf_pkt_len(pkts[i]), 60 + frame);
		assert_int_equal(pkts[i]->nb_segs, 1);
		assert_int_equal(pkts[i]->port, port);
		/* The first byte is for the test to write to. */
		assert_int_equal(rte_pktmbuf_mtod(pkts[i], uint8_t *)[1], frame);
		assert_int_equal(rte_pktmbuf_mtod(pkts[i], uint8_t *)[59 + frame], frame);
	}
}

static uint8_t *
first_byte(struct rte_mbuf *m)
{
	return rte_pktmbuf_mtod(m, uint8_t *);
}

static void
test_frames_go_round_as_they_were_left(void **state)
{
	struct rte_mbuf *pkts[NB_FRAMES];

	(void)state;
	for (unsigned int turn = 0; turn < 3; turn++) {
		receive(pkts, NB_FRAMES, 0);
		for (unsigned int i = 0; i < NB_FRAMES; i++)
			assert_int_equal(*first_byte(pkts[i]), turn == 0 ? i : 100 + turn - 1);
		for (unsigned int i = 0; i < NB_FRAMES; i++)
			*first_byte(pkts[i]) = (uint8_t)(100 + turn);
		assert_int_equal(rte_eth_tx_burst(port, 0, pkts, NB_FRAMES), NB_FRAMES);
	}
	assert_int_equal(xstat("rx_refilled_packets"), 0);
	assert_int_equal(xstat("tx_foreign_packets"), 0);
}

static void
test_bursts_wrap_around_the_end(void **state)
{
	struct rte_mbuf *pkts[BURST];
	struct rte_eth_stats stats;

	(void)state;
	for (unsigned int i = 0; i < 100; i++) {
		receive(pkts, BURST, i * BURST);
		assert_int_equal(rte_eth_tx_burst(port, 0, pkts, BURST), BURST);
	}
	assert_int_equal(rte_eth_stats_get(port, &stats), 0);
	assert_int_equal(stats.ipackets, 100 * BURST);
	assert_int_equal(stats.opackets, 100 * BURST);
	assert_int_equal(xstat("rx_refilled_packets"), 0);
}

static void
test_a_burst_is_never_longer_than_the_loop(void **state)
{
	struct rte_mbuf *pkts[2 * NB_FRAMES];

	(void)state;
	assert_int_equal(rte_eth_rx_burst(port, 0, pkts, 2 * NB_FRAMES), NB_FRAMES);
	assert_int_equal(rte_eth_tx_burst(port, 0, pkts, NB_FRAMES), NB_FRAMES);
}

static void
test_dropped_frames_are_made_anew(void **state)
{
	struct rte_mbuf *pkts[NB_FRAMES];

	(void)state;
	receive(pkts, NB_FRAMES, 0);
	for (unsigned int i = 0; i < NB_FRAMES; i++)
		*first_byte(pkts[i]) = 200;
	/* Frames 3 and 7 do not come back. */
	rte_pktmbuf_free(pkts[3]);
	rte_pktmbuf_free(pkts[7]);
	assert_int_equal(rte_eth_tx_burst(port, 0, pkts, 3), 3);
	assert_int_equal(rte_eth_tx_burst(port, 0, pkts + 4, 3), 3);
	assert_int_equal(rte_eth_tx_burst(port, 0, pkts + 8, 2), 2);

	receive(pkts, NB_FRAMES, 0);
	for (unsigned int i = 0; i < NB_FRAMES; i++)
		assert_int_equal(*first_byte(pkts[i]), i == 3 || i == 7 ? i : 200);
	assert_int_equal(xstat("rx_refilled_packets"), 2);
	assert_int_equal(rte_eth_tx_burst(port, 0, pkts, NB_FRAMES), NB_FRAMES);
	assert_int_equal(xstat("tx_foreign_packets"), 0);
}

static void
test_dropping_everything_drains_nothing(void **state)
{
	struct rte_mbuf *pkts[BURST];

	(void)state;
	for (unsigned int i = 0; i < 10000; i++) {
		receive(pkts, BURST, i * BURST);
		for (unsigned int k = 0; k < BURST; k++)
			rte_pktmbuf_free(pkts[k]);
	}
	assert_true(xstat("rx_refilled_packets") >= 10000 * BURST - NB_FRAMES);
}

static void
test_any_order_will_do(void **state)
{
	struct rte_mbuf *pkts[NB_FRAMES];

	(void)state;
	receive(pkts, NB_FRAMES, 0);
	for (unsigned int i = 0; i < NB_FRAMES / 2; i++) {
		struct rte_mbuf *m = pkts[i];

		pkts[i] = pkts[NB_FRAMES - 1 - i];
		pkts[NB_FRAMES - 1 - i] = m;
	}
	assert_int_equal(rte_eth_tx_burst(port, 0, pkts, NB_FRAMES), NB_FRAMES);
	receive(pkts, NB_FRAMES, 0);
	assert_int_equal(rte_eth_tx_burst(port, 0, pkts, NB_FRAMES), NB_FRAMES);
	assert_int_equal(xstat("rx_refilled_packets"), 0);
	assert_int_equal(xstat("tx_foreign_packets"), 0);
}

static void
test_a_late_frame_finds_its_place_taken(void **state)
{
	struct rte_mbuf *held[NB_FRAMES], *pkts[NB_FRAMES];

	(void)state;
	receive(held, NB_FRAMES, 0);
	/* Nothing came back so far: all are made anew, and the held ones are strangers then. */
	receive(pkts, NB_FRAMES, 0);
	for (unsigned int i = 0; i < NB_FRAMES; i++)
		assert_ptr_not_equal(held[i], pkts[i]);
	assert_int_equal(rte_eth_tx_burst(port, 0, held, NB_FRAMES), NB_FRAMES);
	assert_int_equal(rte_eth_tx_burst(port, 0, pkts, NB_FRAMES), NB_FRAMES);
	assert_int_equal(xstat("rx_refilled_packets"), NB_FRAMES);
	assert_int_equal(xstat("tx_foreign_packets"), NB_FRAMES);
}

static void
test_frames_of_others_are_freed(void **state)
{
	struct rte_mbuf *pkts[BURST + 1];

	(void)state;
	receive(pkts + 1, BURST, 0);
	pkts[0] = rte_pktmbuf_alloc(other_pool);
	assert_non_null(pkts[0]);
	assert_int_equal(rte_eth_tx_burst(port, 0, pkts, BURST + 1), BURST + 1);
	assert_int_equal(xstat("tx_foreign_packets"), 1);
	receive(pkts, BURST, BURST);
	assert_int_equal(rte_eth_tx_burst(port, 0, pkts, BURST), BURST);
	assert_int_equal(xstat("rx_refilled_packets"), 0);
}

static void
test_bad_arguments_are_refused(void **state)
{
	static const char *const bad[] = { "", "pcap=", "pcap=/does/not/exist", "slots=5",
		"pcap=%s,slots=0", "pcap=%s,slots=-1", "pcap=%s,slots=5x", "pcap=%s,queues=17",
		"pcap=%s,other=1", "pcap=/dev/null" };
	uint16_t id;

	(void)state;
	for (unsigned int i = 0; i < RTE_DIM(bad); i++) {
		char args[128];
		const char *cut = strstr(bad[i], "%s");

		if (cut != NULL)
			snprintf(args, sizeof(args), "pcap=%s%s", file, cut + strlen("%s"));
		else
			snprintf(args, sizeof(args), "%s", bad[i]);
		if (rte_vdev_init(NAME, args) == 0)
			fail_msg("accepted \"%s\"", args);
		assert_true(rte_eth_dev_get_port_by_name(NAME, &id) != 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define WITH_PORT(test) cmocka_unit_test_setup_teardown(test, open_port, close_port)
		WITH_PORT(test_frames_go_round_as_they_were_left),
		WITH_PORT(test_bursts_wrap_around_the_end),
		WITH_PORT(test_a_burst_is_never_longer_than_the_loop),
		WITH_PORT(test_dropped_frames_are_made_anew),
		WITH_PORT(test_dropping_everything_drains_nothing),
		WITH_PORT(test_any_order_will_do),
		WITH_PORT(test_a_late_frame_finds_its_place_taken),
		WITH_PORT(test_frames_of_others_are_freed),
		cmocka_unit_test(test_bad_arguments_are_refused),
	};
	int failed;

	test_eal_start(1, NULL);
	other_pool = rte_pktmbuf_pool_create("other", 63, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE,
		SOCKET_ID_ANY);
	if (other_pool == NULL)
		return 1;
	write_file();
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(file);
	rte_mempool_free(other_pool);
	test_eal_stop();
	return failed;
}
