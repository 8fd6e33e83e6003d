/* SPDX-License-Identifier: BSD-3-Clause */
/* The kernel's TCP with itself through a vtap port: frames whole, segmented anew, or plain. */
#include <arpa/inet.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_mbuf_dyn.h>

#include "eal_start.h"
#include "vtap.h"
#include "vtap_env.h"

#define STREAM (8u << 20) /* bytes of one TCP transfer */

static atomic_bool stream_done;
static int stream_family;

static socklen_t
stream_address(struct sockaddr_storage *ret, bool host)
{
	memset(ret, 0, sizeof(*ret));
	if (stream_family == AF_INET) {
		struct sockaddr_in *in = (struct sockaddr_in *)ret;

		in->sin_family = AF_INET;
		in->sin_port = htons(4000);
		inet_pton(AF_INET, host ? HOST_IP : PEER_IP, &in->sin_addr);
		return sizeof(*in);
	}
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)ret;

	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons(4000);
	inet_pton(AF_INET6, host ? "fd64::1" : "fd64::2", &in6->sin6_addr);
	return sizeof(*in6);
}

static void *
stream_sender(void *arg)
{
	struct sockaddr_storage addr;
	socklen_t len = stream_address(&addr, false);
	int fd = socket(stream_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	static uint8_t chunk[1 << 16];

	(void)arg;
	if (connect(fd, (struct sockaddr *)&addr, len) == 0) {
		for (uint32_t at = 0; at < STREAM; at += sizeof(chunk)) {
			for (uint32_t i = 0; i < sizeof(chunk); i++)
				chunk[i] = stream_byte(at + i);
			if (send(fd, chunk, sizeof(chunk), MSG_NOSIGNAL) != sizeof(chunk))
				break;
		}
	}
	close(fd);
	return NULL;
}

/* Returns how many bytes came in the right order and right themselves. */
static void *
stream_receiver(void *arg)
{
	int lfd = *(int *)arg, fd = accept(lfd, NULL, NULL);
	static uint8_t chunk[1 << 16];
	uint32_t at = 0;
	ssize_t n;

	while ((n = recv(fd, chunk, sizeof(chunk), 0)) > 0)
		for (ssize_t i = 0; i < n; i++, at++)
			if (chunk[i] != stream_byte(at))
				goto out;
out:
	close(fd);
	atomic_store(&stream_done, true);
	return (void *)(uintptr_t)at;
}

/* What a mode does with a frame that was turned round, before it is sent. */
typedef void (*rework_fn)(struct rte_mbuf *m);

/* STREAM bytes from the kernel to itself through the port, whose frames go through rework. */
static void
transfer(const struct port *p, int family, rework_fn rework, uint32_t *ret_longest)
{
	uint64_t end = rte_get_timer_cycles() + 30 * rte_get_timer_hz();
	struct timeval timeout = { .tv_sec = 20 };
	struct sockaddr_storage addr;
	pthread_t sender, receiver;
	struct rte_mbuf *pkts[32];
	uint32_t longest = 0;
	int lfd, one = 1;
	socklen_t len;
	void *bytes;

	stream_family = family;
	atomic_store(&stream_done, false);
	len = stream_address(&addr, true);
	lfd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(lfd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	/* Both are inherited by the accepted socket. */
	setsockopt(lfd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	assert_int_equal(bind(lfd, (struct sockaddr *)&addr, len), 0);
	assert_int_equal(listen(lfd, 1), 0);
	assert_int_equal(pthread_create(&receiver, NULL, stream_receiver, &lfd), 0);
	assert_int_equal(pthread_create(&sender, NULL, stream_sender, NULL), 0);
	while (!atomic_load(&stream_done) && rte_get_timer_cycles() < end) {
		uint16_t n = rte_eth_rx_burst(p->id, 0, pkts, RTE_DIM(pkts)), sent = 0;

		for (uint16_t i = 0; i < n; i++) {
			longest = RTE_MAX(longest, pkts[i]->pkt_len);
			if (turn_round(pkts[i]))
				rework(pkts[i]);
		}
		if (n > 0)
			sent = rte_eth_tx_burst(p->id, 0, pkts, n);
		rte_pktmbuf_free_bulk(pkts + sent, n - sent);
	}
	pthread_join(receiver, &bytes);
	pthread_join(sender, NULL);
	close(lfd);
	assert_int_equal((uintptr_t)bytes, STREAM);
	*ret_longest = longest;
}

static void
leave_alone(struct rte_mbuf *m)
{
	(void)m;
}

/* Every frame with a state says how long its headers are, also where the kernel does not. */
static void
check_header_length(struct rte_mbuf *m)
{
	int bit = rte_mbuf_dynflag_lookup(VTAP_DYNFLAG_NAME, NULL);
	const struct vtap_vnet_state *vnet = RTE_MBUF_DYNFIELD(m,
		rte_mbuf_dynfield_lookup(VTAP_DYNFIELD_NAME, NULL), const struct vtap_vnet_state *);
	const uint8_t *tcp = rte_pktmbuf_mtod_offset(m, const uint8_t *, vnet->csum_start);

	if ((m->ol_flags & UINT64_C(1) << bit) == 0)
		return;
	assert_int_equal(vnet->csum_offset, 16);
	assert_int_equal(vnet->hdr_len, vnet->csum_start + (tcp[12] >> 4) * 4);
}

/* As a forwarding application does that reads receive flags and sets those of transmit. */
static void
ask_for_offloads(struct rte_mbuf *m)
{
	bool v4 = rte_pktmbuf_mtod(m, uint8_t *)[12] == 8;
	uint64_t flags = v4 ? RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IP_CKSUM : RTE_MBUF_F_TX_IPV6;
	uint8_t *l4 = rte_pktmbuf_mtod_offset(m, uint8_t *, v4 ? 34 : 54);
	uint8_t *proto = rte_pktmbuf_mtod_offset(m, uint8_t *, v4 ? 23 : 20);

	if (*proto != IPPROTO_TCP)
		return;
	if ((m->ol_flags & RTE_MBUF_F_RX_LRO) != 0)
		flags |= RTE_MBUF_F_TX_TCP_SEG;
	if ((m->ol_flags & RTE_MBUF_F_RX_L4_CKSUM_MASK) == RTE_MBUF_F_RX_L4_CKSUM_NONE)
		flags |= RTE_MBUF_F_TX_TCP_CKSUM;
	m->ol_flags = flags;
	m->l2_len = 14;
	m->l3_len = v4 ? 20 : 40;
	m->l4_len = (uint64_t)(l4[12] >> 4) * 4;
	/* Neither what the kernel wrote, nor DPDK's sum without the length, nor anything sane. */
	if ((flags & RTE_MBUF_F_TX_TCP_CKSUM) != 0)
		memset(l4 + 16, 0xa5, 2);
	if (v4)
		memset(rte_pktmbuf_mtod_offset(m, uint8_t *, 24), 0, 2);
}

static void
carries_tcp_verbatim(void **state)
{
	static const uint16_t mtus[] = { 1500, 65521 };
	struct port p;

	(void)state;
	port_make(&p, "v0", "");
	port_up(&p, RX_ALL, TX_ALL, 1);
	host_address(&p);
	for (unsigned int i = 0; i < 2 * RTE_DIM(mtus); i++) {
		uint32_t longest;

		assert_int_equal(rte_eth_dev_set_mtu(p.id, mtus[i / 2]), 0);
		rte_eth_xstats_reset(p.id);
		transfer(&p, i % 2 == 0 ? AF_INET : AF_INET6, check_header_length, &longest);
		/* The kernel's GSO frames came whole, and nothing was computed for them. */
		assert_true(longest > 30000);
		assert_true(port_xstat(&p, "rx_partial_cksum_packets") > STREAM / 65536);
		assert_int_equal(port_xstat(&p, "tx_verbatim_packets"),
			port_xstat(&p, "rx_partial_cksum_packets"));
		if (mtus[i / 2] == 1500)
			assert_true(port_xstat(&p, "rx_gso_packets") > STREAM / 65536);
		assert_int_equal(port_xstat(&p, "tx_stale_vnet_hdr_packets"), 0);
		assert_int_equal(port_xstat(&p, "tx_offload_packets"), 0);
	}
	port_down(&p);
	port_unmake(&p);
}

static void
carries_tcp_translated(void **state)
{
	struct port p;

	(void)state;
	port_make(&p, "v0", "");
	port_up(&p, RX_ALL, TX_ALL, 1);
	host_address(&p);
	for (unsigned int i = 0; i < 2; i++) {
		uint32_t longest;

		rte_eth_xstats_reset(p.id);
		transfer(&p, i == 0 ? AF_INET : AF_INET6, ask_for_offloads, &longest);
		assert_true(longest > 30000);
		assert_true(port_xstat(&p, "tx_offload_packets") > STREAM / 65536);
		assert_int_equal(port_xstat(&p, "tx_verbatim_packets"), 0);
		assert_int_equal(port_xstat(&p, "tx_bad_offload_drops"), 0);
	}
	port_down(&p);
	port_unmake(&p);
}

/* Nothing enabled: the kernel cuts and sums, every frame stands for itself. */
static void
carries_tcp_without_offloads(void **state)
{
	struct rte_eth_stats stats;
	uint32_t longest;
	struct port p;

	(void)state;
	port_make(&p, "v0", "");
	port_up(&p, 0, 0, 1);
	host_address(&p);
	transfer(&p, AF_INET, leave_alone, &longest);
	assert_true(longest <= 1514);
	assert_int_equal(port_xstat(&p, "rx_gso_packets"), 0);
	assert_int_equal(port_xstat(&p, "rx_partial_cksum_packets"), 0);
	assert_int_equal(rte_eth_stats_get(p.id, &stats), 0);
	assert_int_equal(stats.ierrors, 0);
	port_down(&p);
	port_unmake(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(carries_tcp_verbatim),
		cmocka_unit_test(carries_tcp_translated),
		cmocka_unit_test(carries_tcp_without_offloads),
	};
	int failed;

	env_enter();
	test_eal_start(1, NULL);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	test_eal_stop();
	return failed;
}
