/* SPDX-License-Identifier: BSD-3-Clause */
/* net_lo: what an application sends comes back, in the same mbufs, and every fate is counted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <rte_arp.h>
#include <rte_bus_vdev.h>
#include <rte_ethdev.h>
#include <rte_ip.h>
#include <rte_mbuf.h>
#include <rte_udp.h>

#include "eal_start.h"
#include "frame/build.h"
#include "stats/verdict.h"

#define NAME "net_lo0"
#define NB_DESC 64

static struct rte_mempool *pool;
static uint16_t port;

static void
open_port(const char *args, uint16_t nb_queues)
{
	struct rte_eth_conf conf = { 0 };

	assert_int_equal(rte_vdev_init(NAME, args), 0);
	assert_int_equal(rte_eth_dev_get_port_by_name(NAME, &port), 0);
	assert_int_equal(rte_eth_dev_configure(port, nb_queues, nb_queues, &conf), 0);
	for (uint16_t q = 0; q < nb_queues; q++) {
		assert_int_equal(rte_eth_rx_queue_setup(port, q, NB_DESC, SOCKET_ID_ANY, NULL, pool), 0);
		assert_int_equal(rte_eth_tx_queue_setup(port, q, NB_DESC, SOCKET_ID_ANY, NULL), 0);
	}
	assert_int_equal(rte_eth_dev_start(port), 0);
}

static void
close_port(void)
{
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_int_equal(rte_eth_dev_close(port), 0);
	assert_int_equal(rte_vdev_uninit(NAME), 0);
	/* Nothing is left on the way back. */
	assert_int_equal(rte_mempool_in_use_count(pool), 0);
}

static struct rte_mbuf *
udp_frame(uint16_t src_port, const uint8_t src_mac[6])
{
	struct dlo_build spec = {
		.dst_mac = { 2, 0, 0, 0, 0, 2 },
		.src_ip = { 198, 18, 0, 1 },
		.dst_ip = { 198, 18, 0, 2 },
		.src_port = src_port,
		.dst_port = 7,
	};
	struct rte_mbuf *m = rte_pktmbuf_alloc(pool);

	memcpy(spec.src_mac, src_mac, 6);
	assert_non_null(m);
	dlo_build_frame((uint8_t *)rte_pktmbuf_append(m, 64), 64, &spec);
	return m;
}

static const uint8_t peer_mac[6] = { 2, 0, 0, 0, 0, 1 };

static uint64_t
xstat(const char *name)
{
	uint64_t id, value;

	assert_int_equal(rte_eth_xstats_get_id_by_name(port, name, &id), 0);
	assert_int_equal(rte_eth_xstats_get_by_id(port, &id, &value, 1), 1);
	return value;
}

static void
the_same_mbufs_come_back_turned_round(void **state)
{
	struct rte_mbuf *sent[32], *back[32];
	struct rte_eth_stats stats;

	(void)state;
	open_port("mode=l4", 1);
	for (unsigned int i = 0; i < 32; i++)
		sent[i] = udp_frame((uint16_t)(1000 + i), peer_mac);
	assert_int_equal(rte_eth_tx_burst(port, 0, sent, 32), 32);
	assert_int_equal(rte_eth_rx_burst(port, 0, back, 32), 32);
	for (unsigned int i = 0; i < 32; i++) {
		const uint8_t *data = rte_pktmbuf_mtod(back[i], const uint8_t *);

		assert_ptr_equal(back[i], sent[i]);
		assert_int_equal(back[i]->port, port);
		assert_memory_equal(data, peer_mac, 6);
		assert_int_equal(data[29], 2);
		assert_int_equal(data[34] << 8 | data[35], 7);
		assert_int_equal(data[36] << 8 | data[37], 1000 + i);
	}
	assert_int_equal(rte_eth_stats_get(port, &stats), 0);
	assert_int_equal(stats.opackets, 32);
	assert_int_equal(stats.obytes, 32 * 64);
	assert_int_equal(stats.ipackets, 32);
	assert_int_equal(stats.ibytes, 32 * 64);
	assert_int_equal(xstat("reflected"), 32);
	assert_int_equal(rte_eth_xstats_reset(port), 0);
	assert_int_equal(xstat("reflected"), 0);
	rte_pktmbuf_free_bulk(back, 32);
	close_port();
}

static void
drops_are_freed_and_named(void **state)
{
	const uint8_t multicast[6] = { 1, 0, 0, 0, 0, 1 };
	struct rte_mbuf *pkts[3], *back[3];

	(void)state;
	open_port("", 1);
	pkts[0] = udp_frame(1, peer_mac);
	pkts[1] = udp_frame(2, multicast);
	pkts[2] = udp_frame(3, peer_mac);
	assert_int_equal(rte_eth_tx_burst(port, 0, pkts, 3), 3);
	assert_int_equal(rte_eth_rx_burst(port, 0, back, 3), 2);
	assert_ptr_equal(back[0], pkts[0]);
	assert_ptr_equal(back[1], pkts[2]);
	assert_int_equal(xstat("drop_mcast_src"), 1);
	assert_int_equal(xstat("reflected"), 2);
	rte_pktmbuf_free_bulk(back, 2);
	close_port();
}

/* A frame that found no room is still the application's, and untouched. */
static void
what_does_not_fit_is_not_taken(void **state)
{
	struct rte_mbuf *pkts[NB_DESC + 8], *back[NB_DESC + 8];
	uint8_t before[64];
	uint16_t sent;

	(void)state;
	open_port("mode=mac", 1);
	for (unsigned int i = 0; i < RTE_DIM(pkts); i++)
		pkts[i] = udp_frame((uint16_t)i, peer_mac);
	memcpy(before, rte_pktmbuf_mtod(pkts[NB_DESC], void *), sizeof(before));
	sent = rte_eth_tx_burst(port, 0, pkts, RTE_DIM(pkts));
	assert_int_equal(sent, NB_DESC);
	assert_memory_equal(rte_pktmbuf_mtod(pkts[NB_DESC], void *), before, sizeof(before));
	assert_int_equal(rte_eth_rx_burst(port, 0, back, RTE_DIM(back)), NB_DESC);
	rte_pktmbuf_free_bulk(back, NB_DESC);
	rte_pktmbuf_free_bulk(pkts + sent, RTE_DIM(pkts) - sent);
	close_port();
}

/*
 * The ring begins anew in the middle of bursts, of which parts are dropped and parts find no room: who
 * came back is who was sent, in that order.
 */
static void
order_and_count_hold_where_the_ring_begins_anew(void **state)
{
	const uint8_t multicast[6] = { 1, 0, 0, 0, 0, 1 };
	struct rte_mbuf *pkts[NB_DESC + 8], *back[NB_DESC + 8];
	uint16_t due[4 * NB_DESC]; /* source ports, in the order in which they were taken */
	unsigned int first = 0, end = 0, drops = 0;

	(void)state;
	open_port("mode=mac", 1);
	for (unsigned int round = 0; round < 1000; round++) {
		unsigned int nb = 1 + round * 37 % RTE_DIM(pkts), taken, got;

		for (unsigned int i = 0; i < nb; i++)
			pkts[i] = udp_frame((uint16_t)(round + 7 * i), (round + i) % 3 == 0 ? multicast : peer_mac);
		taken = rte_eth_tx_burst(port, 0, pkts, (uint16_t)nb);
		for (unsigned int i = 0; i < taken; i++) {
			if ((round + i) % 3 == 0)
				drops++;
			else
				due[end++ % RTE_DIM(due)] = (uint16_t)(round + 7 * i);
		}
		/* Drops make room for more. */
		assert_true(taken == nb || end - first == NB_DESC);
		rte_pktmbuf_free_bulk(pkts + taken, nb - taken);
		got = rte_eth_rx_burst(port, 0, back, (uint16_t)(1 + round * 53 % RTE_DIM(back)));
		for (unsigned int i = 0; i < got; i++) {
			const uint8_t *data = rte_pktmbuf_mtod(back[i], const uint8_t *);

			assert_int_equal(data[34] << 8 | data[35], due[first++ % RTE_DIM(due)]);
			assert_memory_equal(data, peer_mac, 6);
		}
		rte_pktmbuf_free_bulk(back, got);
		assert_true(end - first <= NB_DESC);
		assert_int_equal(rte_mempool_in_use_count(pool), end - first);
	}
	assert_true(end > 10 * NB_DESC);
	assert_int_equal(xstat("reflected"), end);
	assert_int_equal(xstat("drop_mcast_src"), drops);
	close_port();
}

static struct rte_mbuf *
arp_request(const uint8_t target[4])
{
	static const uint8_t head[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1, 8, 6,
		0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 1, 198, 18, 0, 1, 0, 0, 0, 0, 0, 0 };
	struct rte_mbuf *m = rte_pktmbuf_alloc(pool);
	uint8_t *data;

	assert_non_null(m);
	assert_non_null(rte_pktmbuf_append(m, 60));
	data = rte_pktmbuf_mtod(m, uint8_t *);
	memset(data, 0, 60);
	memcpy(data, head, sizeof(head));
	memcpy(data + sizeof(head), target, 4);
	return m;
}

static void
arp_is_answered_for_its_addresses_alone(void **state)
{
	struct rte_mbuf *pkts[2] = { arp_request((const uint8_t[4]){ 198, 18, 3, 4 }),
		arp_request((const uint8_t[4]){ 10, 0, 0, 1 }) };
	struct rte_mbuf *back[2];
	const uint8_t *data;

	(void)state;
	open_port("ip=198.18.0.0/15,ip=2001:2::/48,answer=[arp,icmp]", 1);
	assert_int_equal(rte_eth_tx_burst(port, 0, pkts, 2), 2);
	assert_int_equal(rte_eth_rx_burst(port, 0, back, 2), 1);
	data = rte_pktmbuf_mtod(back[0], const uint8_t *);
	assert_int_equal(data[21], RTE_ARP_OP_REPLY);
	assert_memory_equal(data + 28, ((const uint8_t[4]){ 198, 18, 3, 4 }), 4);
	assert_int_equal(xstat("answered_arp"), 1);
	assert_int_equal(xstat("drop_mcast_dst"), 1);
	rte_pktmbuf_free(back[0]);
	close_port();
}

static void
queues_are_apart_and_a_restart_starts_anew(void **state)
{
	struct rte_mbuf *m, *back[4];

	(void)state;
	open_port("queues=4", 4);
	for (uint16_t q = 0; q < 4; q++) {
		m = udp_frame(q, peer_mac);
		assert_int_equal(rte_eth_tx_burst(port, q, &m, 1), 1);
	}
	for (uint16_t q = 0; q < 4; q++) {
		assert_int_equal(rte_eth_rx_burst(port, q, back, 4), 1);
		assert_int_equal(rte_pktmbuf_mtod(back[0], uint8_t *)[37], q);
		rte_pktmbuf_free(back[0]);
	}
	/* What was on its way at the stop is gone, and freed. */
	m = udp_frame(9, peer_mac);
	assert_int_equal(rte_eth_tx_burst(port, 2, &m, 1), 1);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_int_equal(rte_mempool_in_use_count(pool), 0);
	assert_int_equal(rte_eth_rx_queue_setup(port, 2, 2 * NB_DESC, SOCKET_ID_ANY, NULL, pool), 0);
	assert_int_equal(rte_eth_dev_start(port), 0);
	assert_int_equal(rte_eth_rx_burst(port, 2, back, 4), 0);
	m = udp_frame(10, peer_mac);
	assert_int_equal(rte_eth_tx_burst(port, 2, &m, 1), 1);
	assert_int_equal(rte_eth_rx_burst(port, 2, back, 4), 1);
	rte_pktmbuf_free(back[0]);
	close_port();
}

static void
wrong_arguments_make_no_port(void **state)
{
	static const char *const wrong[] = { "mode=sideways", "queues=0", "queues=17", "queues=x",
		"ip=198.18.0.300", "answer=chargen", "colour=red", "mode=l4@net_lo0", "answer=[]",
		"guards=maybe" };

	(void)state;
	for (unsigned int i = 0; i < RTE_DIM(wrong); i++)
		assert_int_not_equal(rte_vdev_init(NAME, wrong[i]), 0);
	assert_int_not_equal(rte_eth_dev_get_port_by_name(NAME, &port), 0);
}

static void
open_uneven(uint16_t nb_rx, uint16_t nb_tx)
{
	struct rte_eth_conf conf = { 0 };

	assert_int_equal(rte_vdev_init(NAME, ""), 0);
	assert_int_equal(rte_eth_dev_get_port_by_name(NAME, &port), 0);
	assert_int_equal(rte_eth_dev_configure(port, nb_rx, nb_tx, &conf), 0);
	for (uint16_t q = 0; q < nb_rx; q++)
		assert_int_equal(rte_eth_rx_queue_setup(port, q, NB_DESC, SOCKET_ID_ANY, NULL, pool), 0);
	for (uint16_t q = 0; q < nb_tx; q++)
		assert_int_equal(rte_eth_tx_queue_setup(port, q, NB_DESC, SOCKET_ID_ANY, NULL), 0);
}

static unsigned int
source_port(struct rte_mbuf *m)
{
	const uint8_t *data = rte_pktmbuf_mtod(m, const uint8_t *);

	return (unsigned int)data[36] << 8 | data[37];
}

/* Five threads that send and two that receive: nothing is lost, and each sender's frames stay in order. */
static void
more_queues_send_than_receive(void **state)
{
	unsigned int next[5] = { 0 };
	struct rte_mbuf *pkts[8], *back[64];
	uint16_t n;

	(void)state;
	open_uneven(2, 5);
	assert_int_equal(rte_eth_dev_start(port), 0);
	for (uint16_t q = 0; q < 5; q++) {
		for (unsigned int i = 0; i < RTE_DIM(pkts); i++)
			pkts[i] = udp_frame((uint16_t)(q << 8 | i), peer_mac);
		assert_int_equal(rte_eth_tx_burst(port, q, pkts, RTE_DIM(pkts)), RTE_DIM(pkts));
	}
	for (uint16_t q = 0; q < 2; q++) {
		/* Three at a time end in the midst of what a sender sent. */
		while ((n = rte_eth_rx_burst(port, q, back, 3)) > 0) {
			for (uint16_t i = 0; i < n; i++) {
				unsigned int from = source_port(back[i]) >> 8;

				assert_int_equal(from % 2, q);
				assert_int_equal(source_port(back[i]) & 0xff, next[from]++);
			}
			rte_pktmbuf_free_bulk(back, n);
		}
	}
	for (unsigned int q = 0; q < RTE_DIM(next); q++)
		assert_int_equal(next[q], RTE_DIM(pkts));
	/* Left at the stop, in a queue of a higher number than there are receivers: freed all the same. */
	pkts[0] = udp_frame(1, peer_mac);
	assert_int_equal(rte_eth_tx_burst(port, 4, pkts, 1), 1);
	close_port();
}

/* A sender that never stops must not keep the frames of another in its queue. */
static void
senders_of_one_receiver_take_turns(void **state)
{
	struct rte_mbuf *m, *back[4];
	unsigned int seen = 0;

	(void)state;
	open_uneven(1, 2);
	assert_int_equal(rte_eth_dev_start(port), 0);
	for (unsigned int i = 0; i < 4; i++) {
		m = udp_frame(2, peer_mac);
		assert_int_equal(rte_eth_tx_burst(port, 1, &m, 1), 1);
	}
	for (unsigned int i = 0; i < 8; i++) {
		m = udp_frame(1, peer_mac);
		assert_int_equal(rte_eth_tx_burst(port, 0, &m, 1), 1);
		assert_int_equal(rte_eth_rx_burst(port, 0, back, 1), 1);
		seen += source_port(back[0]) == 2;
		rte_pktmbuf_free(back[0]);
	}
	assert_int_equal(seen, 4);
	close_port();
}

static void
more_queues_receive_than_send(void **state)
{
	struct rte_mbuf *m = udp_frame(7, peer_mac), *back[4];

	(void)state;
	open_uneven(3, 1);
	assert_int_equal(rte_eth_dev_start(port), 0);
	assert_int_equal(rte_eth_tx_burst(port, 0, &m, 1), 1);
	assert_int_equal(rte_eth_rx_burst(port, 1, back, 4), 0);
	assert_int_equal(rte_eth_rx_burst(port, 2, back, 4), 0);
	assert_int_equal(rte_eth_rx_burst(port, 0, back, 4), 1);
	assert_ptr_equal(back[0], m);
	rte_pktmbuf_free(back[0]);
	close_port();
}

static void
what_can_come_back_nowhere_does_not_start(void **state)
{
	(void)state;
	open_uneven(0, 1);
	assert_int_equal(rte_eth_dev_start(port), -EINVAL);
	assert_int_equal(rte_vdev_uninit(NAME), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_mbufs_come_back_turned_round),
		cmocka_unit_test(drops_are_freed_and_named),
		cmocka_unit_test(what_does_not_fit_is_not_taken),
		cmocka_unit_test(order_and_count_hold_where_the_ring_begins_anew),
		cmocka_unit_test(arp_is_answered_for_its_addresses_alone),
		cmocka_unit_test(queues_are_apart_and_a_restart_starts_anew),
		cmocka_unit_test(wrong_arguments_make_no_port),
		cmocka_unit_test(more_queues_send_than_receive),
		cmocka_unit_test(senders_of_one_receiver_take_turns),
		cmocka_unit_test(more_queues_receive_than_send),
		cmocka_unit_test(what_can_come_back_nowhere_does_not_start),
	};
	int ret;

	test_eal_start(1, NULL);
	pool = rte_pktmbuf_pool_create("test", 1023, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	if (pool == NULL)
		return 1;
	ret = cmocka_run_group_tests(tests, NULL, NULL);
	rte_mempool_free(pool);
	test_eal_stop();
	return ret;
}
