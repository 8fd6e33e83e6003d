/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_VTAP_ENV_H
#define TESTS_VTAP_ENV_H

/**
 * @file
 * Ground for test_vtap: a network namespace of the test's own, vtap ports in it, and the kernel's
 * side of them.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_mbuf.h>

/** EtherType of frames that only the tests make. */
#define ETYPE_TEST 0x88b5
#define FRAME_MAX 65535 /**< bytes, at MTU 65521 */
#define HOST_IP "10.64.0.1"
#define PEER_IP "10.64.0.2"

#define RX_ALL                                                                                     \
	(RTE_ETH_RX_OFFLOAD_IPV4_CKSUM | RTE_ETH_RX_OFFLOAD_UDP_CKSUM |                            \
		RTE_ETH_RX_OFFLOAD_TCP_CKSUM | RTE_ETH_RX_OFFLOAD_TCP_LRO |                        \
		RTE_ETH_RX_OFFLOAD_SCATTER)
#define TX_ALL                                                                                     \
	(RTE_ETH_TX_OFFLOAD_IPV4_CKSUM | RTE_ETH_TX_OFFLOAD_UDP_CKSUM |                            \
		RTE_ETH_TX_OFFLOAD_TCP_CKSUM | RTE_ETH_TX_OFFLOAD_TCP_TSO |                        \
		RTE_ETH_TX_OFFLOAD_MULTI_SEGS)

struct port {
	uint16_t id;
	char name[32]; /**< of the vdev */
	char iface[16];
	struct rte_mempool *pool;
	unsigned int pool_size;
};

/** Enter a fresh namespace; ends the program with 77 where that cannot be. */
void env_enter(void);

/** system() with a format; the test fails unless it succeeds. */
void run(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/**
 * Make vdev net_vtap_IFACE and its pool, without configuring it.
 * @param more further device arguments (",queues=2"), or ""
 */
void port_make(struct port *p, const char *iface, const char *more);

/** Configure, set up and start; any number of times. */
void port_up(struct port *p, uint64_t rx, uint64_t tx, uint16_t queues);

/** Stop, and check that no mbuf is missing. */
void port_down(struct port *p);

/** Close, check that the interface and all mbufs are back, free the pool. */
void port_unmake(struct port *p);

uint64_t port_xstat(const struct port *p, const char *name);

/** Wait for one frame of an EtherType, others are thrown away. @return NULL after a second */
struct rte_mbuf *port_recv(const struct port *p, uint16_t queue, uint16_t etype);

/** Give HOST_IP to the interface and a neighbour entry for PEER_IP; IPv6 fd64::1, fd64::2. */
void host_address(const struct port *p);

/** A packet socket on the interface that sees every protocol. */
int packet_socket(const char *iface);

/** Read one frame of an EtherType from a packet socket. @return its length, -1 after a second */
int packet_recv(int fd, uint16_t etype, uint8_t *buf, unsigned int size);

/** A frame of len bytes as a chain of mbufs of at most seg bytes. */
struct rte_mbuf *to_mbufs(struct rte_mempool *pool, const uint8_t *buf, unsigned int len,
	unsigned int seg);

/** A whole UDP datagram from PEER_IP to HOST_IP, both ports the same. */
struct rte_mbuf *peer_udp(const struct port *p, uint16_t port, const void *payload, uint16_t len);

/** The kernel's end of it; waits a second at most. */
int udp_socket(uint16_t port);

/** Write a frame of the tests' own, whose bytes tell where they belong. */
void make_frame(uint8_t *buf, unsigned int len, uint8_t seed);

/** Send it; it fits the queue. */
void send_one(const struct port *p, uint16_t queue, struct rte_mbuf *m);

/** Wait for a link status, two seconds at most. */
bool link_becomes(const struct port *p, int status);

/** Byte number @p at of the payload that tests send. */
uint8_t stream_byte(uint32_t at);

/** Swap MAC and IP addresses, ports stay: what is sent to PEER_IP comes to HOST_IP. */
bool turn_round(struct rte_mbuf *m);

#endif
