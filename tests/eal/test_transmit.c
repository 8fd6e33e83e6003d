/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Patience with a full transmit queue: that of a net_ring, which is filled up to a few places. The peer
 * is a callback in front of it: each time that frames are offered again it takes as many out as the test
 * says, so that nothing depends on time but how long somebody goes on who gets nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <rte_mempool.h>

#include "eal_start.h"
#include "transmit.h"

#define ROOM 8 /* frames that the queue has room for */
#define NB 32
#define POOL 2047

static struct {
	unsigned int takes; /* frames at each offer */
	uint64_t pause; /* cycles until then */
	unsigned int offers;
} peer;

static struct rte_mempool *pool;
static struct queue q;

/* What was sent comes back on a net_ring; that is how it leaves. */
static void
take(unsigned int nb)
{
	struct rte_mbuf *m;

	while (nb-- > 0 && rte_eth_rx_burst(q.port_id, 0, &m, 1) == 1)
		rte_pktmbuf_free(m);
}

static uint16_t
offered(uint16_t port, uint16_t queue, struct rte_mbuf **pkts, uint16_t nb, void *arg)
{
	uint64_t since = rte_rdtsc();

	(void)port;
	(void)queue;
	(void)pkts;
	(void)arg;
	while (rte_rdtsc() - since < peer.pause)
		;
	/* The first offer meets the ring as it is. */
	if (peer.offers++ > 0)
		take(peer.takes);
	return nb;
}

static int
open_port(void **state)
{
	struct rte_eth_conf conf = { 0 };

	(void)state;
	pool = rte_pktmbuf_pool_create("frames", POOL, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, 0);
	assert_non_null(pool);
	assert_int_equal(rte_eth_dev_get_port_by_name("net_ring0", &q.port_id), 0);
	assert_int_equal(rte_eth_dev_configure(q.port_id, 1, 1, &conf), 0);
	assert_int_equal(rte_eth_rx_queue_setup(q.port_id, 0, 64, 0, NULL, pool), 0);
	assert_int_equal(rte_eth_tx_queue_setup(q.port_id, 0, 64, 0, NULL), 0);
	assert_int_equal(rte_eth_dev_start(q.port_id), 0);
	assert_non_null(rte_eth_add_tx_callback(q.port_id, 0, offered, NULL));
	return 0;
}

static int
close_port(void **state)
{
	(void)state;
	take(POOL);
	assert_int_equal(rte_mempool_avail_count(pool), POOL);
	rte_eth_dev_stop(q.port_id);
	rte_eth_dev_close(q.port_id);
	rte_mempool_free(pool);
	return 0;
}

/* The queue is full but for ROOM, and nothing is known about it. */
static int
start_over(void **state)
{
	struct rte_mbuf *m;

	(void)state;
	peer.takes = 0;
	peer.pause = 0;
	do {
		m = rte_pktmbuf_alloc(pool);
		assert_non_null(m);
	} while (rte_eth_tx_burst(q.port_id, 0, &m, 1) == 1);
	rte_pktmbuf_free(m);
	take(ROOM);
	q.tx_stalled = 0;
	q.tx_uncounted = 0;
	q.counters.tx = 0;
	q.tx_patience = transmit_patience(10000);
	return 0;
}

/* As send_back() does it. */
static uint16_t
offer(uint16_t nb)
{
	struct rte_mbuf *pkts[NB];
	uint16_t sent;

	assert_int_equal(rte_pktmbuf_alloc_bulk(pool, pkts, nb), 0);
	peer.offers = 0;
	sent = transmit(&q, pkts, nb);
	rte_pktmbuf_free_bulk(pkts + sent, nb - sent);
	return sent;
}

static uint16_t
send_burst(uint16_t nb)
{
	uint16_t sent = offer(nb);

	dlo_count(&q.counters.tx, sent);
	return sent;
}

static void
what_fits_goes_at_once(void **state)
{
	(void)state;
	assert_int_equal(send_burst(ROOM), ROOM);
	assert_int_equal(peer.offers, 1);
}

static void
a_slow_peer_gets_everything(void **state)
{
	(void)state;
	q.tx_patience = transmit_patience(UINT64_C(1000000000));
	peer.takes = 1;
	assert_int_equal(send_burst(NB), NB);
	assert_int_equal(peer.offers, 1 + NB - ROOM);
}

static void
a_dead_peer_is_given_up_once(void **state)
{
	(void)state;
	assert_int_equal(send_burst(NB), ROOM);
	assert_in_range(peer.offers, 2, UINT32_MAX);
	/* Nothing has moved: no more time for it. */
	for (unsigned int i = 0; i < 3; i++) {
		assert_int_equal(send_burst(NB), 0);
		assert_int_equal(peer.offers, 1);
	}
	/* It lives: a burst that fits, then one that has to wait again. */
	take(ROOM);
	assert_int_equal(send_burst(ROOM), ROOM);
	assert_int_equal(send_burst(NB), 0);
	assert_in_range(peer.offers, 2, UINT32_MAX);
	/* Or it takes a part of the very burst that finds it alive. */
	take(2);
	assert_int_equal(send_burst(NB), 2);
	assert_in_range(peer.offers, 2, UINT32_MAX);
}

/* Frames of dpdk-lo itself, as outbox_flush() sends them: no received frame became of them. */
static uint16_t
send_own(uint16_t nb)
{
	uint16_t sent = offer(nb);

	q.tx_uncounted += sent;
	return sent;
}

static void
own_frames_show_that_a_queue_moves(void **state)
{
	(void)state;
	/* Given up with frames of its own, part of which it took; then it takes as many of the others. */
	assert_int_equal(send_own(NB), ROOM);
	take(ROOM);
	assert_int_equal(send_burst(NB), ROOM);
	assert_in_range(peer.offers, 2, UINT32_MAX);
	/* Given up, and then it takes one of its own. */
	take(1);
	assert_int_equal(send_own(1), 1);
	assert_int_equal(send_burst(NB), 0);
	assert_in_range(peer.offers, 2, UINT32_MAX);
}

static void
patience_has_an_end(void **state)
{
	(void)state;
	/* One frame at a time, each just in time: 24 halves of the patience are more than eight of it. */
	q.tx_patience = transmit_patience(1000000);
	peer.pause = q.tx_patience / 2;
	peer.takes = 1;
	assert_in_range(send_burst(NB), ROOM, NB - 1);
}

static void
no_patience_at_all(void **state)
{
	(void)state;
	q.tx_patience = transmit_patience(0);
	peer.takes = ROOM;
	assert_int_equal(send_burst(NB), ROOM);
	assert_int_equal(peer.offers, 1);
	assert_true(transmit_patience(0) == 0 && transmit_patience(1) > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_fits_goes_at_once, start_over),
		cmocka_unit_test_setup(a_slow_peer_gets_everything, start_over),
		cmocka_unit_test_setup(a_dead_peer_is_given_up_once, start_over),
		cmocka_unit_test_setup(own_frames_show_that_a_queue_moves, start_over),
		cmocka_unit_test_setup(patience_has_an_end, start_over),
		cmocka_unit_test_setup(no_patience_at_all, start_over),
	};
	int failed;

	test_eal_start(1, "--vdev", "net_ring0", NULL);
	failed = cmocka_run_group_tests_name("transmit", tests, open_port, close_port);
	test_eal_stop();
	return failed;
}
