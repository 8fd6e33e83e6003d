/* SPDX-License-Identifier: BSD-3-Clause */
/* What the host and a careless application may do to a vtap port, and what is left of it then. */
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
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

static uint8_t frame[FRAME_MAX], got[FRAME_MAX];

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

/* Without a cable there is nobody to miss anything; what was missed before stays counted. */
static void
misses_nothing_while_stopped(void **state)
{
	struct rte_eth_stats stats;
	struct port p;
	uint64_t missed;
	int fd;

	(void)state;
	port_make(&p, "v0", ",txqueuelen=16");
	port_up(&p, RX_ALL, TX_ALL, 1);
	fd = packet_socket("v0");
	make_frame(frame, 60, 6);
	for (int i = 0; i < 100; i++)
		assert_int_equal(send(fd, frame, 60, 0), 60);
	assert_int_equal(rte_eth_stats_get(p.id, &stats), 0);
	missed = stats.imissed;
	assert_true(missed >= 100 - 16 - 1);
	port_down(&p);
	/* The queue is full still, so all are dropped, now or as soon as the kernel sees that the cable is out. */
	for (int i = 0; i < 100; i++)
		send(fd, frame, 60, 0);
	assert_int_equal(rte_eth_stats_get(p.id, &stats), 0);
	assert_int_equal(stats.imissed, missed);
	port_up(&p, RX_ALL, TX_ALL, 1);
	assert_int_equal(rte_eth_stats_get(p.id, &stats), 0);
	assert_int_equal(stats.imissed, missed);
	for (int i = 0; i < 100; i++)
		assert_int_equal(send(fd, frame, 60, 0), 60);
	assert_int_equal(rte_eth_stats_get(p.id, &stats), 0);
	assert_true(stats.imissed >= missed + 100 - 16 - 1);
	close(fd);
	port_down(&p);
	port_unmake(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(survives_deletion),
		cmocka_unit_test(follows_into_another_namespace),
		cmocka_unit_test(may_be_closed_in_its_removal_event),
		cmocka_unit_test(leaves_frames_to_their_holder),
		cmocka_unit_test(counts_what_it_has_no_buffer_for),
		cmocka_unit_test(counts_what_the_kernel_lost),
		cmocka_unit_test(misses_nothing_while_stopped),
		cmocka_unit_test(wakes_a_sleeper),
	};
	int failed;

	env_enter();
	test_eal_start(1, NULL);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	test_eal_stop();
	return failed;
}
