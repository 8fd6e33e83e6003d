/* SPDX-License-Identifier: BSD-3-Clause */
/* The vtap PMD as an application and the kernel see it: life, sizes, queues, faults. */
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <rte_bus_vdev.h>
#include <rte_cycles.h>
#include <rte_ethdev.h>

#include "eal_start.h"
#include "vtap_env.h"
#include "vtap_version.h"

#define FRAME_MAX 65535 /* at MTU 65521 */

static uint8_t frame[FRAME_MAX + 8], got[FRAME_MAX + 8];

/* A frame of the tests' own, whose bytes tell where they belong. */
static void
make_frame(uint8_t *buf, unsigned int len, uint8_t seed)
{
	for (unsigned int i = 0; i < len; i++)
		buf[i] = (uint8_t)(seed + i * 7 + (i >> 8));
	memcpy(buf, "\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x88\xb5", 14);
}

static void
send_one(const struct port *p, uint16_t queue, struct rte_mbuf *m)
{
	assert_int_equal(rte_eth_tx_burst(p->id, queue, &m, 1), 1);
}

static void
refuses_bad_arguments(void **state)
{
	static const char *const bad[] = { "iface=", "iface=a/b", "iface=x y", "iface=x%d",
		"iface=sixteen-letters-", "iface=..", "iface=v0,mac=1",
		"iface=v0,mac=01:00:00:00:00:01", "iface=v0,mac=00:00:00:00:00:00",
		"iface=v0,queues=0", "iface=v0,queues=65",
		"iface=v0,queues=-1", "iface=v0,queues=1x", "iface=v0,txqueuelen=0",
		"iface=v0,big_mbufs=1", "iface=v0,napi=2", "iface=v0,color=red", "iface=lo" };
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
	assert_true(vtap_version_matches(rte_version()));
	assert_true(vtap_version_matches(ours));
	assert_false(vtap_version_matches("DPDK 21.11.3"));
	assert_false(vtap_version_matches("DPDK 99.11.0"));
	assert_false(vtap_version_matches("DPDK"));
	assert_false(vtap_version_matches(""));
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
	uint16_t mtu;

	(void)state;
	port_make(&p, "v0", "");
	port_up(&p, RX_ALL, TX_ALL, 1);
	assert_int_equal(rte_eth_dev_set_mtu(p.id, 9000), 0);
	run("ip link show v0 | grep -q 'mtu 9000 '");
	assert_true(rte_eth_dev_set_mtu(p.id, 65522) < 0);
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

static bool
link_becomes(const struct port *p, int status)
{
	struct rte_eth_link link;

	for (int i = 0; i < 200; i++) {
		/* With the link interrupt on, this only reads what the interrupt thread found. */
		assert_int_equal(rte_eth_link_get_nowait(p->id, &link), 0);
		if (link.link_status == status)
			return true;
		rte_delay_ms(10);
	}
	return false;
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

static atomic_int removals;

static int
on_removal(uint16_t id, enum rte_eth_event_type type, void *arg, void *ret)
{
	(void)id, (void)type, (void)arg, (void)ret;
	atomic_fetch_add(&removals, 1);
	return 0;
}

static void
survives_deletion(void **state)
{
	(void)state;
	for (int round = 0; round < 2; round++) {
		struct rte_mbuf *m;
		struct port p;

		atomic_store(&removals, 0);
		port_make(&p, "v0", "");
		port_up(&p, RX_ALL, TX_ALL, 1);
		rte_eth_dev_callback_register(p.id, RTE_ETH_EVENT_INTR_RMV, on_removal, NULL);
		run("ip link del v0");
		for (int i = 0; i < 200 && atomic_load(&removals) == 0; i++)
			rte_delay_ms(10);
		rte_delay_ms(50);
		assert_int_equal(atomic_load(&removals), 1);
		assert_true(link_becomes(&p, RTE_ETH_LINK_DOWN));
		assert_int_equal(rte_eth_rx_burst(p.id, 0, &m, 1), 0);
		make_frame(frame, 60, 1);
		send_one(&p, 0, to_mbufs(p.pool, frame, 60, 60));
		assert_int_equal(port_xstat(&p, "tx_interface_down_drops"), 1);
		port_down(&p);
		assert_true(rte_eth_dev_start(p.id) < 0);
		/* The name is free, even while the dead port is still there. */
		run("ip link add v0 type bridge && ip link del v0");
		rte_eth_dev_callback_unregister(p.id, RTE_ETH_EVENT_INTR_RMV, on_removal, NULL);
		port_unmake(&p);
	}
}

/* A process that is in a namespace of its own, and ends with us at the latest. */
static pid_t
other_namespace(void)
{
	int ready[2];
	pid_t pid;
	char c;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (unshare(CLONE_NEWNET) < 0 || write(ready[1], "", 1) != 1)
			_exit(1);
		pause();
		_exit(0);
	}
	assert_int_equal(read(ready[0], &c, 1), 1);
	close(ready[0]);
	close(ready[1]);
	return pid;
}

/* Its status, MTU and end are still heard of; its frames never stopped. */
static void
follows_into_another_namespace(void **state)
{
	struct port p;
	uint16_t mtu;
	pid_t there;
	int fd;

	(void)state;
	there = other_namespace();
	for (int round = 0; round < 2; round++) {
		atomic_store(&removals, 0);
		port_make(&p, "v0", "");
		port_up(&p, RX_ALL, TX_ALL, 1);
		rte_eth_dev_callback_register(p.id, RTE_ETH_EVENT_INTR_RMV, on_removal, NULL);
		assert_true(link_becomes(&p, RTE_ETH_LINK_UP));
		/* The index may be taken there. */
		run("nsenter -t %d -n ip link add v1 type bridge", (int)there);
		run("ip link set v0 netns %d name v9", (int)there);
		assert_true(link_becomes(&p, RTE_ETH_LINK_DOWN));
		run("nsenter -t %d -n ip link set v9 up mtu 4000", (int)there);
		assert_true(link_becomes(&p, RTE_ETH_LINK_UP));
		assert_int_equal(rte_eth_dev_get_mtu(p.id, &mtu), 0);
		assert_int_equal(mtu, 4000);
		assert_int_equal(rte_eth_dev_set_mtu(p.id, 3000), 0);
		run("nsenter -t %d -n ip link show v9 | grep -q 'mtu 3000 '", (int)there);
		/* This process is where it was. */
		fd = packet_socket("lo");
		close(fd);
		run("nsenter -t %d -n ip link del v1", (int)there);
		if (round == 0) {
			run("nsenter -t %d -n ip link del v9", (int)there);
			for (int i = 0; i < 200 && atomic_load(&removals) == 0; i++)
				rte_delay_ms(10);
			assert_int_equal(atomic_load(&removals), 1);
		}
		rte_eth_dev_callback_unregister(p.id, RTE_ETH_EVENT_INTR_RMV, on_removal, NULL);
		port_down(&p);
		port_unmake(&p);
	}
	kill(there, SIGKILL);
	waitpid(there, NULL, 0);
}

static int
close_on_removal(uint16_t id, enum rte_eth_event_type type, void *arg, void *ret)
{
	(void)type, (void)arg, (void)ret;
	rte_eth_dev_stop(id);
	rte_eth_dev_close(id);
	atomic_fetch_add(&removals, 1);
	return 0;
}

/* As hot-plugging applications do. */
static void
may_be_closed_in_its_removal_event(void **state)
{
	struct port p;

	(void)state;
	atomic_store(&removals, 0);
	port_make(&p, "v0", "");
	port_up(&p, RX_ALL, TX_ALL, 1);
	rte_eth_dev_callback_register(p.id, RTE_ETH_EVENT_INTR_RMV, close_on_removal, NULL);
	run("ip link del v0");
	for (int i = 0; i < 200 && atomic_load(&removals) == 0; i++)
		rte_delay_ms(10);
	assert_int_equal(atomic_load(&removals), 1);
	assert_false(rte_eth_dev_is_valid_port(p.id));
	port_unmake(&p);
}

static void
wakes_a_sleeper(void **state)
{
	struct rte_mbuf *m;
	struct pollfd pfd = { .events = POLLIN };
	struct port p;
	int fd;

	(void)state;
	port_make(&p, "v0", ",queues=2");
	port_up(&p, RX_ALL, TX_ALL, 1);
	pfd.fd = rte_eth_dev_rx_intr_ctl_q_get_fd(p.id, 0);
	assert_true(pfd.fd >= 0);
	assert_int_equal(rte_eth_dev_rx_intr_enable(p.id, 0), 0);
	while (rte_eth_rx_burst(p.id, 0, &m, 1) == 1)
		rte_pktmbuf_free(m);
	assert_int_equal(poll(&pfd, 1, 0), 0);
	fd = packet_socket("v0");
	make_frame(frame, 60, 3);
	assert_int_equal(send(fd, frame, 60, 0), 60);
	assert_int_equal(poll(&pfd, 1, 1000), 1);
	assert_int_equal(rte_eth_dev_rx_intr_disable(p.id, 0), 0);
	m = port_recv(&p, 0, ETYPE_TEST);
	assert_non_null(m);
	rte_pktmbuf_free(m);
	close(fd);
	port_down(&p);
	port_unmake(&p);
}

/* A long frame may outlive its port. */
static void
leaves_frames_to_their_holder(void **state)
{
	struct rte_mbuf *m;
	struct port p, other;
	int fd;

	(void)state;
	port_make(&p, "v0", "");
	port_up(&p, RX_ALL, TX_ALL, 1);
	assert_int_equal(rte_eth_dev_set_mtu(p.id, 65521), 0);
	fd = packet_socket("v0");
	make_frame(frame, FRAME_MAX, 4);
	assert_int_equal(send(fd, frame, FRAME_MAX, 0), FRAME_MAX);
	m = port_recv(&p, 0, ETYPE_TEST);
	assert_non_null(m);
	close(fd);
	assert_int_equal(rte_eth_dev_stop(p.id), 0);
	assert_int_equal(rte_vdev_uninit(p.name), 0);
	assert_memory_equal(rte_pktmbuf_read(m, 0, FRAME_MAX, got), frame, FRAME_MAX);
	rte_pktmbuf_free(m);
	assert_int_equal(rte_mempool_avail_count(p.pool), p.pool_size);
	rte_mempool_free(p.pool);
	/* The next port that needs buffers sweeps up. */
	port_make(&other, "v1", "");
	port_up(&other, RX_ALL, TX_ALL, 1);
	port_down(&other);
	port_unmake(&other);
}

/* Pools that run dry cost frames, which are counted, and nothing else. */
static void
counts_what_it_has_no_buffer_for(void **state)
{
	struct rte_mbuf *held[4], *m, **all;
	struct rte_eth_stats stats;
	struct port p;
	unsigned int n;
	int fd;

	(void)state;
	port_make(&p, "v0", ",big_mbufs=2");
	port_up(&p, RX_ALL, TX_ALL, 1);
	assert_int_equal(rte_eth_dev_set_mtu(p.id, 65521), 0);
	fd = packet_socket("v0");
	make_frame(frame, 9000, 5);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(send(fd, frame, 9000, 0), 9000);
		held[i] = port_recv(&p, 0, ETYPE_TEST);
		assert_non_null(held[i]);
	}
	rte_eth_stats_reset(p.id);
	assert_int_equal(send(fd, frame, 9000, 0), 9000);
	assert_int_equal(send(fd, frame, 900, 0), 900);
	m = port_recv(&p, 0, ETYPE_TEST);
	assert_non_null(m);
	assert_int_equal(m->pkt_len, 900);
	rte_pktmbuf_free(m);
	assert_int_equal(port_xstat(&p, "rx_no_big_mbuf_drops"), 1);
	assert_int_equal(rte_eth_stats_get(p.id, &stats), 0);
	assert_int_equal(stats.rx_nombuf, 1);
	for (int i = 0; i < 2; i++)
		rte_pktmbuf_free(held[i]);

	all = calloc(p.pool_size, sizeof(*all));
	for (n = 0; n < p.pool_size && (all[n] = rte_pktmbuf_alloc(p.pool)) != NULL; n++)
		;
	/* One may still stand ready in the queue; the next one cannot be had. */
	assert_int_equal(send(fd, frame, 60, 0), 60);
	assert_int_equal(send(fd, frame, 60, 0), 60);
	rte_delay_ms(10);
	for (int i = 0; i < 2; i++)
		if (rte_eth_rx_burst(p.id, 0, &m, 1) == 1)
			rte_pktmbuf_free(m);
	assert_int_equal(rte_eth_stats_get(p.id, &stats), 0);
	assert_true(stats.rx_nombuf >= 1);
	rte_pktmbuf_free_bulk(all, n);
	free(all);
	close(fd);
	port_down(&p);
	port_unmake(&p);
}

static void
counts_what_the_kernel_lost(void **state)
{
	struct rte_eth_stats stats;
	struct port p;
	int fd;

	(void)state;
	port_make(&p, "v0", ",txqueuelen=16");
	port_up(&p, RX_ALL, TX_ALL, 1);
	fd = packet_socket("v0");
	rte_eth_stats_reset(p.id);
	make_frame(frame, 60, 6);
	for (int i = 0; i < 100; i++)
		assert_int_equal(send(fd, frame, 60, 0), 60);
	assert_int_equal(rte_eth_stats_get(p.id, &stats), 0);
	assert_true(stats.imissed >= 100 - 16 - 1);
	assert_int_equal(stats.imissed, port_xstat(&p, "kernel_tx_dropped"));
	close(fd);
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
		cmocka_unit_test(tells_the_link_status),
		cmocka_unit_test(starts_again),
		cmocka_unit_test(keeps_flows_on_their_queue),
		cmocka_unit_test(survives_deletion),
		cmocka_unit_test(follows_into_another_namespace),
		cmocka_unit_test(may_be_closed_in_its_removal_event),
		cmocka_unit_test(wakes_a_sleeper),
		cmocka_unit_test(leaves_frames_to_their_holder),
		cmocka_unit_test(counts_what_it_has_no_buffer_for),
		cmocka_unit_test(counts_what_the_kernel_lost),
	};
	int failed;

	env_enter();
	test_eal_start(1, NULL);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	test_eal_stop();
	return failed;
}
