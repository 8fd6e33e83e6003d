/* SPDX-License-Identifier: BSD-3-Clause */
#include "vtap_env.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
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
#include <rte_ip.h>
#include <rte_udp.h>

#define POOL_SIZE 2047
#define PEER_MAC "02:00:00:00:00:02"

static void
cannot(const char *why)
{
	fprintf(stderr, "skipped: %s\n", why);
	exit(77);
}

void
env_enter(void)
{
	int fd;

	if (geteuid() != 0)
		cannot("not root: no interface can be made");
	fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		cannot("no /dev/net/tun");
	close(fd);
	if (unshare(CLONE_NEWNET) < 0)
		cannot("this system gives no network namespaces");
	if (system("ip link set lo up") != 0)
		cannot("iproute2 is not installed");
	/* Neighbour discovery of its own accord would only be in the way. */
	fd = open("/proc/sys/net/ipv6/conf/default/disable_ipv6", O_WRONLY | O_CLOEXEC);
	if (fd >= 0) {
		if (write(fd, "1", 1) != 1)
			fprintf(stderr, "IPv6 chatter stays on\n");
		close(fd);
	}
}

void
run(const char *fmt, ...)
{
	char cmd[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(cmd, sizeof(cmd), fmt, ap);
	va_end(ap);
	if (system(cmd) != 0)
		fail_msg("failed: %s", cmd);
}

void
port_make(struct port *p, const char *iface, const char *more)
{
	char args[128];

	memset(p, 0, sizeof(*p));
	snprintf(p->name, sizeof(p->name), "net_vtap_%s", iface);
	snprintf(p->iface, sizeof(p->iface), "%s", iface);
	snprintf(args, sizeof(args), "iface=%s%s", iface, more);
	p->pool_size = POOL_SIZE;
	p->pool = rte_pktmbuf_pool_create(p->name, POOL_SIZE, 64, 0, RTE_MBUF_DEFAULT_BUF_SIZE,
		SOCKET_ID_ANY);
	assert_non_null(p->pool);
	assert_int_equal(rte_vdev_init(p->name, args), 0);
	assert_int_equal(rte_eth_dev_get_port_by_name(p->name, &p->id), 0);
	assert_int_not_equal(if_nametoindex(iface), 0);
}

void
port_up(struct port *p, uint64_t rx, uint64_t tx, uint16_t queues)
{
	struct rte_eth_conf conf = {
		.rxmode.offloads = rx,
		.txmode.offloads = tx,
		.intr_conf.rxq = 1,
		.intr_conf.lsc = 1,
	};

	assert_int_equal(rte_eth_dev_configure(p->id, queues, queues, &conf), 0);
	for (uint16_t q = 0; q < queues; q++) {
		assert_int_equal(rte_eth_rx_queue_setup(p->id, q, 256, 0, NULL, p->pool), 0);
		assert_int_equal(rte_eth_tx_queue_setup(p->id, q, 256, 0, NULL), 0);
	}
	assert_int_equal(rte_eth_dev_start(p->id), 0);
}

static void
check_pool(const struct port *p)
{
	assert_int_equal(rte_mempool_avail_count(p->pool), p->pool_size);
}

void
port_down(struct port *p)
{
	assert_int_equal(rte_eth_dev_stop(p->id), 0);
	check_pool(p);
}

static void
check_no_big_pool(struct rte_mempool *pool, void *arg)
{
	(void)arg;
	if (rte_eth_dev_count_avail() == 0 && strncmp(pool->name, "vtap_big", 8) == 0)
		fail_msg("pool %s stays behind", pool->name);
}

void
port_unmake(struct port *p)
{
	assert_int_equal(rte_vdev_uninit(p->name), 0);
	assert_int_equal(if_nametoindex(p->iface), 0);
	check_pool(p);
	rte_mempool_free(p->pool);
	/* A buffer that the driver lost would keep its pool alive. */
	rte_mempool_walk(check_no_big_pool, NULL);
}

uint64_t
port_xstat(const struct port *p, const char *name)
{
	uint64_t id, value;

	assert_int_equal(rte_eth_xstats_get_id_by_name(p->id, name, &id), 0);
	assert_int_equal(rte_eth_xstats_get_by_id(p->id, &id, &value, 1), 1);
	return value;
}

struct rte_mbuf *
to_mbufs(struct rte_mempool *pool, const uint8_t *buf, unsigned int len, unsigned int seg)
{
	struct rte_mbuf *head = NULL;

	for (unsigned int at = 0; at < len;) {
		struct rte_mbuf *m = rte_pktmbuf_alloc(pool);
		unsigned int n = RTE_MIN(len - at, seg);

		assert_non_null(m);
		memcpy(rte_pktmbuf_append(m, (uint16_t)n), buf + at, n);
		at += n;
		if (head == NULL)
			head = m;
		else
			assert_int_equal(rte_pktmbuf_chain(head, m), 0);
	}
	return head;
}

static uint16_t
etype_of(const struct rte_mbuf *m)
{
	return rte_be_to_cpu_16(rte_pktmbuf_mtod(m, struct rte_ether_hdr *)->ether_type);
}

struct rte_mbuf *
port_recv(const struct port *p, uint16_t queue, uint16_t etype)
{
	uint64_t end = rte_get_timer_cycles() + rte_get_timer_hz();
	struct rte_mbuf *m;

	do {
		while (rte_eth_rx_burst(p->id, queue, &m, 1) == 1) {
			if (etype_of(m) == etype)
				return m;
			rte_pktmbuf_free(m);
		}
	} while (rte_get_timer_cycles() < end);
	return NULL;
}

void
host_address(const struct port *p)
{
	run("ip addr add " HOST_IP "/24 dev %s", p->iface);
	run("ip neigh replace " PEER_IP " lladdr " PEER_MAC " dev %s nud permanent", p->iface);
	run("echo 0 >/proc/sys/net/ipv6/conf/%s/disable_ipv6", p->iface);
	run("ip addr add fd64::1/64 dev %s nodad", p->iface);
	run("ip neigh replace fd64::2 lladdr " PEER_MAC " dev %s nud permanent", p->iface);
}

int
packet_socket(const char *iface)
{
	struct sockaddr_ll addr = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = (int)if_nametoindex(iface),
	};
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_ALL));
	int size = 4 << 20;

	assert_true(fd >= 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)), 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	return fd;
}

int
packet_recv(int fd, uint16_t etype, uint8_t *buf, unsigned int size)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };

	while (poll(&pfd, 1, 1000) == 1) {
		struct sockaddr_ll from;
		socklen_t from_len = sizeof(from);
		ssize_t n = recvfrom(fd, buf, size, 0, (struct sockaddr *)&from, &from_len);

		assert_true(n >= 0);
		if (from.sll_pkttype != PACKET_OUTGOING && n >= 14 &&
			(buf[12] << 8 | buf[13]) == etype)
			return (int)n;
	}
	return -1;
}

struct rte_mbuf *
peer_udp(const struct port *p, uint16_t port, const void *payload, uint16_t len)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(p->pool);
	struct rte_ether_hdr *eth;
	struct rte_ipv4_hdr *ip;
	struct rte_udp_hdr *udp;

	assert_non_null(m);
	eth = (void *)rte_pktmbuf_append(m, 42);
	assert_non_null(eth);
	memset(eth, 0, 42);
	ip = (void *)(eth + 1);
	udp = (void *)(ip + 1);
	memcpy(rte_pktmbuf_append(m, len), payload, len);
	assert_int_equal(rte_eth_macaddr_get(p->id, &eth->dst_addr), 0);
	rte_ether_unformat_addr(PEER_MAC, &eth->src_addr);
	eth->ether_type = RTE_BE16(RTE_ETHER_TYPE_IPV4);
	ip->version_ihl = 0x45;
	ip->total_length = rte_cpu_to_be_16((uint16_t)(28 + len));
	ip->time_to_live = 64;
	ip->next_proto_id = IPPROTO_UDP;
	ip->src_addr = inet_addr(PEER_IP);
	ip->dst_addr = inet_addr(HOST_IP);
	ip->hdr_checksum = rte_ipv4_cksum(ip);
	udp->src_port = rte_cpu_to_be_16(port);
	udp->dst_port = rte_cpu_to_be_16(port);
	udp->dgram_len = rte_cpu_to_be_16((uint16_t)(8 + len));
	udp->dgram_cksum = rte_ipv4_udptcp_cksum(ip, udp);
	return m;
}

int
udp_socket(uint16_t port)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = inet_addr(HOST_IP),
	};
	struct timeval second = { .tv_sec = 1 };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	addr.sin_addr.s_addr = inet_addr(PEER_IP);
	assert_int_equal(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof(second));
	return fd;
}

static void
swap(uint8_t *a, uint8_t *b, unsigned int len)
{
	for (unsigned int i = 0; i < len; i++) {
		uint8_t t = a[i];

		a[i] = b[i];
		b[i] = t;
	}
}

bool
turn_round(struct rte_mbuf *m)
{
	uint8_t *data = rte_pktmbuf_mtod(m, uint8_t *);

	switch (etype_of(m)) {
	case RTE_ETHER_TYPE_IPV4:
		swap(data + 14 + 12, data + 14 + 16, 4);
		break;
	case RTE_ETHER_TYPE_IPV6:
		swap(data + 14 + 8, data + 14 + 24, 16);
		break;
	default:
		return false;
	}
	swap(data, data + 6, 6);
	return true;
}

bool
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

void
make_frame(uint8_t *buf, unsigned int len, uint8_t seed)
{
	for (unsigned int i = 0; i < len; i++)
		buf[i] = (uint8_t)(seed + i * 7 + (i >> 8));
	memcpy(buf, "\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x88\xb5", 14);
}

void
send_one(const struct port *p, uint16_t queue, struct rte_mbuf *m)
{
	assert_int_equal(rte_eth_tx_burst(p->id, queue, &m, 1), 1);
}

uint8_t
stream_byte(uint32_t at)
{
	return (uint8_t)(at * 31 + (at >> 12));
}
