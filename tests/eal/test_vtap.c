/* SPDX-License-Identifier: BSD-3-Clause */
/* The vtap PMD as an application and the kernel see it: life, sizes, queues. */
#include <net/if.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include <rte_bus_vdev.h>
#include <rte_cycles.h>
#include <rte_ethdev.h>

#include "eal_start.h"
#include "vtap_env.h"
#include "driver_version.h"

static uint8_t frame[FRAME_MAX + 8], got[FRAME_MAX + 8];

static void
refuses_bad_arguments(void **state)
{
	static const char *const bad[] = { "iface=", "iface=a/b", "iface=x y", "iface=x%d",
		"iface=sixteen-letters-", "iface=..", "iface=v0,mac=1",
		"iface=v0,mac=01:00:00:00:00:01", "iface=v0,mac=00:00:00:00:00:00",
		"iface=v0,queues=0", "iface=v0,queues=65",
		"iface=v0,queues=-1", "iface=v0,queues=1x", "iface=v0,txqueuelen=0",
		"iface=v0,big_mbufs=1", "iface=v0,napi=2", "iface=v0,color=red", "iface=lo",
		"iface=v0,iface=v1", "queues=1,iface=v0,queues=2" };
	unsigned int before = rte_eth_dev_count_avail();

	(void)state;
	for (unsigned int i = 0; i < RTE_DIM(bad); i++)
		assert_true(rte_vdev_init("net_vtap_bad", bad[i]) < 0);
	assert_int_equal(if_nametoindex("v0"), 0);
	assert_int_equal(rte_eth_dev_count_avail(), before);
}

static void
refuses_another_release(void **state)
{
	char ours[64];

	(void)state;
	snprintf(ours, sizeof(ours), "DPDK %u.%02u", RTE_VER_YEAR, RTE_VER_MONTH);
	assert_true(dlo_driver_version_matches(rte_version()));
	assert_true(dlo_driver_version_matches(ours));
	assert_false(dlo_driver_version_matches("DPDK 21.11.3"));
	assert_false(dlo_driver_version_matches("DPDK 99.11.0"));
	assert_false(dlo_driver_version_matches("DPDK"));
	assert_false(dlo_driver_version_matches(""));
}

static void
interface_lives_with_its_port(void **state)
{
	struct rte_ether_addr mac, want;
	struct rte_eth_dev_info info;
	struct port p, q;

	(void)state;
	for (int round = 0; round < 2; round++) {
		port_make(&p, "v0", ",mac=02:11:22:33:44:55");
		/* A name that is taken: by ours, and again after a failure. */
		assert_true(rte_vdev_init("net_vtap_other", "iface=v0") < 0);
		assert_true(rte_vdev_init("net_vtap_other", "iface=v0") < 0);
		port_make(&q, "v1", "");
		rte_ether_unformat_addr("02:11:22:33:44:55", &want);
		assert_int_equal(rte_eth_macaddr_get(p.id, &mac), 0);
		assert_true(rte_is_same_ether_addr(&mac, &want));
		run("ip link show v0 | grep -q 02:11:22:33:44:55");
		run("ip link show v0 | grep -q 'qlen 2048'");
		assert_int_equal(rte_eth_dev_info_get(p.id, &info), 0);
		assert_int_equal(info.if_index, if_nametoindex("v0"));
		port_unmake(&q);
		port_unmake(&p);
	}
}

/* Every size around the borders: of Ethernet, of the first mbuf, of 64 KiB; whole both ways. */
static void
carries_every_size(void **state)
{
	static const unsigned int sizes[] = { 14, 15, 59, 60, 64, 1514, 1907, 1908, 1919, 1920,
		1921, 2047, 2048, 2049, 4096, 9014, 16384, 32768, 65279, 65534, 65535 };
	struct port p;
	int fd;

	(void)state;
	port_make(&p, "v0", "");
	port_up(&p, RX_ALL, TX_ALL, 1);
	assert_int_equal(rte_eth_dev_set_mtu(p.id, 65521), 0);
	fd = packet_socket("v0");
	for (unsigned int i = 0; i < RTE_DIM(sizes); i++) {
		unsigned int len = sizes[i];
		struct rte_mbuf *m;
		const uint8_t *flat;

		make_frame(frame, len, (uint8_t)i);
		assert_int_equal(send(fd, frame, len, 0), len);
		m = port_recv(&p, 0, ETYPE_TEST);
		assert_non_null(m);
		assert_int_equal(m->pkt_len, len);
		assert_int_equal(m->port, p.id);
		/* A small frame never takes a large buffer. */
		assert_int_equal(m->nb_segs, len <= 1920 + 128 ? 1 : 2);
		rte_mbuf_sanity_check(m, 1);
		flat = rte_pktmbuf_read(m, 0, len, got);
		assert_memory_equal(flat, frame, len);
		send_one(&p, 0, m);
		assert_int_equal(packet_recv(fd, ETYPE_TEST, got, sizeof(got)), len);
		assert_memory_equal(got, frame, len);
	}
	close(fd);
	port_down(&p);
	port_unmake(&p);
}

static void
sends_chains(void **state)
{
	struct rte_mbuf *m, *clone;
	struct rte_eth_stats stats;
	struct port p;
	int fd;

	(void)state;
	port_make(&p, "v0", "");
	port_up(&p, RX_ALL, TX_ALL, 1);
	fd = packet_socket("v0");
	make_frame(frame, 1514, 1);
	for (unsigned int seg = 2; seg <= 1514; seg = seg * 3 + 1) {
		send_one(&p, 0, to_mbufs(p.pool, frame, 1514, seg));
		assert_int_equal(packet_recv(fd, ETYPE_TEST, got, sizeof(got)), 1514);
		assert_memory_equal(got, frame, 1514);
	}
	/* The bytes before a shared mbuf's data belong to nobody: they stay what they are. */
	m = to_mbufs(p.pool, frame, 60, 60);
	memset(m->buf_addr, 0x5a, m->data_off);
	rte_mbuf_refcnt_update(m, 1);
	send_one(&p, 0, m);
	clone = rte_pktmbuf_clone(m, p.pool);
	assert_non_null(clone);
	send_one(&p, 0, clone);
	for (unsigned int i = 0; i < m->data_off; i++)
		assert_int_equal(((uint8_t *)m->buf_addr)[i], 0x5a);
	assert_int_equal(packet_recv(fd, ETYPE_TEST, got, sizeof(got)), 60);
	assert_int_equal(packet_recv(fd, ETYPE_TEST, got, sizeof(got)), 60);
	/* No headroom at all. */
	assert_non_null(rte_pktmbuf_prepend(m, m->data_off));
	memcpy(rte_pktmbuf_mtod(m, uint8_t *), frame, 60);
	m->data_len = 60;
	m->pkt_len = 60;
	send_one(&p, 0, m);
	assert_int_equal(packet_recv(fd, ETYPE_TEST, got, sizeof(got)), 60);
	assert_memory_equal(got, frame, 60);

	/* As many segments as the kernel takes, then one too many: lost, counted. */
	send_one(&p, 0, to_mbufs(p.pool, frame, 1023, 1));
	assert_int_equal(packet_recv(fd, ETYPE_TEST, got, sizeof(got)), 1023);
	assert_memory_equal(got, frame, 1023);
	rte_eth_stats_reset(p.id);
	send_one(&p, 0, to_mbufs(p.pool, frame, 1024, 1));
	send_one(&p, 0, to_mbufs(p.pool, frame, 60, 60));
	assert_int_equal(packet_recv(fd, ETYPE_TEST, got, sizeof(got)), 60);
	assert_int_equal(rte_eth_stats_get(p.id, &stats), 0);
	assert_int_equal(stats.oerrors, 1);
	assert_int_equal(stats.opackets, 1);
	assert_int_equal(stats.obytes, 60);
	assert_int_equal(port_xstat(&p, "tx_too_many_segs_drops"), 1);
	close(fd);
	port_down(&p);
	port_unmake(&p);
}

/* Without scatter a long frame is no reason to give a broken one. */
static void
drops_long_frames_without_scatter(void **state)
{
	struct rte_eth_stats stats;
	struct rte_mbuf *m;
	struct port p;
	int fd;

	(void)state;
	port_make(&p, "v0", "");
	port_up(&p, 0, 0, 1);
	assert_true(rte_eth_dev_set_mtu(p.id, 9000) < 0);
	/* The host has its own mind. */
	run("ip link set v0 mtu 9000");
	fd = packet_socket("v0");
	rte_eth_stats_reset(p.id);
	make_frame(frame, 4000, 1);
	assert_int_equal(send(fd, frame, 4000, 0), 4000);
	assert_int_equal(send(fd, frame, 1000, 0), 1000);
	m = port_recv(&p, 0, ETYPE_TEST);
	assert_non_null(m);
	assert_int_equal(m->pkt_len, 1000);
	assert_int_equal(m->ol_flags, 0);
	rte_pktmbuf_free(m);
	assert_int_equal(rte_eth_stats_get(p.id, &stats), 0);
	assert_int_equal(stats.ierrors, 1);
	close(fd);
	port_down(&p);
	port_unmake(&p);
}

static void
follows_the_mtu(void **state)
{
	struct port p;
	struct rte_eth_rxq_info rx_info;
	struct rte_eth_txq_info tx_info;
	uint16_t mtu;

	(void)state;
	port_make(&p, "v0", "");
	port_up(&p, RX_ALL, TX_ALL, 1);
	assert_int_equal(rte_eth_dev_set_mtu(p.id, 9000), 0);
	run("ip link show v0 | grep -q 'mtu 9000 '");
	assert_true(rte_eth_dev_set_mtu(p.id, 65522) < 0);
	assert_int_equal(rte_eth_rx_queue_info_get(p.id, 0, &rx_info), 0);
	assert_non_null(rx_info.mp);
	assert_int_equal(rx_info.nb_desc, 2048);
	assert_int_equal(rx_info.scattered_rx, 1);
	assert_int_equal(rte_eth_tx_queue_info_get(p.id, 0, &tx_info), 0);
	run("ip link set v0 mtu 3000");
	for (int i = 0; i < 200; i++) {
		assert_int_equal(rte_eth_dev_get_mtu(p.id, &mtu), 0);
		if (mtu == 3000)
			break;
		rte_delay_ms(10);
	}
	assert_int_equal(mtu, 3000);
	port_down(&p);
	port_unmake(&p);
}

static atomic_bool asks;

/* Takes over what the kernel says, over and over, as the thread does that follows the interface. */
static void *
ask_for_the_link(void *arg)
{
	const struct port *p = arg;

	while (atomic_load(&asks))
		rte_eth_dev_set_link_up(p->id);
	return NULL;
}

static void
keeps_the_mtu_that_was_set(void **state)
{
	const struct sched_param first = { .sched_priority = 1 }, as_all = { 0 };
	cpu_set_t before, one;
	pthread_t asker;
	struct port p;
	uint16_t mtu;

	(void)state;
	port_make(&p, "v0", "");
	port_up(&p, RX_ALL, TX_ALL, 1);
	/* On one CPU, and before the other: which is then interrupted between hearing and writing. */
	assert_int_equal(pthread_getaffinity_np(pthread_self(), sizeof(before), &before), 0);
	CPU_ZERO(&one);
	for (int cpu = 0; CPU_COUNT(&one) == 0; cpu++)
		if (CPU_ISSET(cpu, &before))
			CPU_SET(cpu, &one);
	assert_int_equal(pthread_setaffinity_np(pthread_self(), sizeof(one), &one), 0);
	atomic_store(&asks, true);
	assert_int_equal(pthread_create(&asker, NULL, ask_for_the_link, &p), 0);
	pthread_setschedparam(pthread_self(), SCHED_FIFO, &first);
	for (uint16_t want = 2000; want < 6000; want++) {
		assert_int_equal(rte_eth_dev_set_mtu(p.id, want), 0);
		usleep(50);
		assert_int_equal(rte_eth_dev_get_mtu(p.id, &mtu), 0);
		assert_int_equal(mtu, want);
	}
	pthread_setschedparam(pthread_self(), SCHED_OTHER, &as_all);
	atomic_store(&asks, false);
	pthread_join(asker, NULL);
	assert_int_equal(pthread_setaffinity_np(pthread_self(), sizeof(before), &before), 0);
	port_down(&p);
	port_unmake(&p);
}

static void
tells_the_link_status(void **state)
{
	struct port p;

	(void)state;
	port_make(&p, "v0", "");
	run("ip link show v0 | grep -q 'state DOWN'");
	port_up(&p, RX_ALL, TX_ALL, 1);
	assert_true(link_becomes(&p, RTE_ETH_LINK_UP));
	run("ip link set v0 down");
	assert_true(link_becomes(&p, RTE_ETH_LINK_DOWN));
	run("ip link set v0 up");
	assert_true(link_becomes(&p, RTE_ETH_LINK_UP));
	assert_int_equal(rte_eth_dev_set_link_down(p.id), 0);
	run("ip link show v0 | grep -q NO-CARRIER");
	assert_true(link_becomes(&p, RTE_ETH_LINK_DOWN));
	assert_int_equal(rte_eth_dev_set_link_up(p.id), 0);
	assert_true(link_becomes(&p, RTE_ETH_LINK_UP));
	port_down(&p);
	/* The cable is out, but the host's settings stay. */
	run("ip link show v0 | grep -q 'NO-CARRIER.*UP'");
	port_unmake(&p);
}

static void
starts_again(void **state)
{
	static const uint16_t queues[] = { 1, 4, 2, 1, 4 };
	struct rte_mbuf *m;
	struct port p;
	int fd;

	(void)state;
	port_make(&p, "v0", ",queues=4");
	for (unsigned int round = 0; round < RTE_DIM(queues); round++) {
		port_up(&p, round % 2 == 0 ? RX_ALL : 0, TX_ALL, queues[round]);
		fd = packet_socket("v0");
		make_frame(frame, 100, (uint8_t)round);
		send_one(&p, (uint16_t)(queues[round] - 1), to_mbufs(p.pool, frame, 100, 100));
		assert_int_equal(packet_recv(fd, ETYPE_TEST, got, sizeof(got)), 100);
		/* One that nobody fetched before the stop is not delivered after the start. */
		assert_int_equal(send(fd, frame, 100, 0), 100);
		close(fd);
		port_down(&p);
		assert_int_equal(rte_eth_dev_start(p.id), 0);
		for (uint16_t q = 0; q < queues[round]; q++)
			while (rte_eth_rx_burst(p.id, q, &m, 1) == 1) {
				assert_true(m->pkt_len != 100);
				rte_pktmbuf_free(m);
			}
		port_down(&p);
	}
	port_unmake(&p);
}

/* Queues that an application keeps over a configuration do what the new one says. */
static void
keeps_its_queues(void **state)
{
	struct rte_eth_conf conf = { .rxmode.offloads = RX_ALL, .txmode.offloads = TX_ALL };
	struct rte_mbuf *m;
	struct port p;
	int fd;

	(void)state;
	port_make(&p, "v0", ",queues=2");
	port_up(&p, 0, TX_ALL, 2);
	host_address(&p);
	port_down(&p);
	/* One descriptor less, which the second transmit queue wrote to; and frames may be partial. */
	assert_int_equal(rte_eth_dev_configure(p.id, 1, 2, &conf), 0);
	assert_int_equal(rte_eth_dev_start(p.id), 0);
	fd = udp_socket(2000);
	send_one(&p, 1, peer_udp(&p, 2000, "there", 5));
	assert_int_equal(recv(fd, got, sizeof(got), 0), 5);
	assert_int_equal(send(fd, "back", 4, 0), 4);
	m = port_recv(&p, 0, RTE_ETHER_TYPE_IPV4);
	assert_non_null(m);
	assert_true((m->ol_flags & RTE_MBUF_F_RX_L4_CKSUM_MASK) == RTE_MBUF_F_RX_L4_CKSUM_NONE);
	rte_pktmbuf_free(m);
	close(fd);
	port_down(&p);
	/* Longer frames than their mbufs have room for, unless as chains. */
	conf.rxmode.mtu = 9000;
	conf.rxmode.offloads = 0;
	assert_int_equal(rte_eth_dev_configure(p.id, 1, 2, &conf), 0);
	assert_true(rte_eth_dev_start(p.id) < 0);
	conf.rxmode.offloads = RTE_ETH_RX_OFFLOAD_SCATTER;
	assert_int_equal(rte_eth_dev_configure(p.id, 1, 2, &conf), 0);
	assert_int_equal(rte_eth_dev_start(p.id), 0);
	port_down(&p);
	/* One more, which was never set up. */
	conf.rxmode.mtu = RTE_ETHER_MTU;
	assert_int_equal(rte_eth_dev_configure(p.id, 2, 2, &conf), 0);
	assert_true(rte_eth_dev_start(p.id) < 0);
	port_up(&p, RX_ALL, TX_ALL, 2);
	port_down(&p);
	port_unmake(&p);
}

/* A flow comes back on the queue on which it was written. */
static void
keeps_flows_on_their_queue(void **state)
{
	enum { QUEUES = 4, FLOWS = 16 };
	struct port p;

	(void)state;
	port_make(&p, "v0", ",queues=4");
	port_up(&p, RX_ALL, TX_ALL, QUEUES);
	host_address(&p);
	for (uint16_t flow = 0; flow < FLOWS; flow++) {
		int fd = udp_socket((uint16_t)(2000 + flow));
		struct rte_mbuf *m;

		send_one(&p, flow % QUEUES, peer_udp(&p, (uint16_t)(2000 + flow), "there", 5));
		assert_int_equal(recv(fd, got, sizeof(got), 0), 5);
		assert_int_equal(send(fd, "back", 4, 0), 4);
		m = port_recv(&p, flow % QUEUES, RTE_ETHER_TYPE_IPV4);
		assert_non_null(m);
		rte_pktmbuf_free(m);
		close(fd);
	}
	port_down(&p);
	port_unmake(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_bad_arguments),
		cmocka_unit_test(refuses_another_release),
		cmocka_unit_test(interface_lives_with_its_port),
		cmocka_unit_test(carries_every_size),
		cmocka_unit_test(sends_chains),
		cmocka_unit_test(drops_long_frames_without_scatter),
		cmocka_unit_test(follows_the_mtu),
		cmocka_unit_test(keeps_the_mtu_that_was_set),
		cmocka_unit_test(tells_the_link_status),
		cmocka_unit_test(starts_again),
		cmocka_unit_test(keeps_its_queues),
		cmocka_unit_test(keeps_flows_on_their_queue),
	};
	int failed;

	env_enter();
	test_eal_start(1, NULL);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	test_eal_stop();
	return failed;
}
