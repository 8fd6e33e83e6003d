/* SPDX-License-Identifier: BSD-3-Clause */
/* The vtap PMD's offloads, with the kernel's own UDP and TCP as the judge of every checksum. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <netinet/udp.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_ip.h>
#include <rte_mbuf_dyn.h>
#include <rte_tcp.h>
#include <rte_udp.h>

#include "eal_start.h"
#include "vtap.h"
#include "vtap_env.h"

static uint64_t
state_flag(void)
{
	int bit = rte_mbuf_dynflag_lookup(VTAP_DYNFLAG_NAME, NULL);

	assert_true(bit >= 0);
	return UINT64_C(1) << bit;
}

static uint16_t
right_sum(const struct rte_mbuf *m)
{
	uint8_t copy[256];
	struct rte_ipv4_hdr *ip = (struct rte_ipv4_hdr *)(copy + 14);
	struct rte_udp_hdr *udp = (struct rte_udp_hdr *)(ip + 1);

	assert_true(m->data_len <= sizeof(copy));
	memcpy(copy, rte_pktmbuf_mtod(m, const void *), m->data_len);
	udp->dgram_cksum = 0;
	return rte_ipv4_udptcp_cksum(ip, udp);
}

static bool
l4_sum_is_right(const struct rte_mbuf *m)
{
	return memcmp(rte_pktmbuf_mtod_offset(m, const void *, 40), &(uint16_t){ right_sum(m) },
		       2) == 0;
}

/* What an application did not enable, it never sees. */
static void
finishes_frames_for_plain_applications(void **state)
{
	static const uint64_t rx[] = { 0, RTE_ETH_RX_OFFLOAD_SCATTER,
		/* The kernel cannot leave the one unfinished and not the other. */
		RTE_ETH_RX_OFFLOAD_UDP_CKSUM, RTE_ETH_RX_OFFLOAD_TCP_CKSUM,
		RTE_ETH_RX_OFFLOAD_TCP_LRO };
	struct port p;

	(void)state;
	port_make(&p, "v0", "");
	for (unsigned int i = 0; i < RTE_DIM(rx); i++) {
		struct rte_mbuf *m;
		int fd;

		port_up(&p, rx[i], 0, 1);
		if (i == 0)
			host_address(&p);
		fd = udp_socket(3000);
		assert_int_equal(send(fd, "hello", 5, 0), 5);
		m = port_recv(&p, 0, RTE_ETHER_TYPE_IPV4);
		assert_non_null(m);
		assert_int_equal(m->ol_flags, 0);
		assert_true(l4_sum_is_right(m));
		rte_pktmbuf_free(m);
		close(fd);
		port_down(&p);
	}
	port_unmake(&p);
}

static struct rte_mbuf *
partial_from_kernel(const struct port *p, int fd)
{
	const struct vtap_vnet_state *vnet;
	struct rte_mbuf *m;

	assert_int_equal(send(fd, "partial", 7, 0), 7);
	m = port_recv(p, 0, RTE_ETHER_TYPE_IPV4);
	assert_non_null(m);
	assert_int_equal(m->ol_flags,
		RTE_MBUF_F_RX_L4_CKSUM_NONE | RTE_MBUF_F_RX_IP_CKSUM_GOOD | state_flag());
	assert_false(l4_sum_is_right(m));
	vnet = RTE_MBUF_DYNFIELD(m, rte_mbuf_dynfield_lookup(VTAP_DYNFIELD_NAME, NULL),
		const struct vtap_vnet_state *);
	assert_int_equal(vnet->hdr_len, 14 + 20 + 8);
	return m;
}

/* Returns whether it came back into the kernel and was believed. */
static bool
comes_back(const struct port *p, int fd, struct rte_mbuf *m)
{
	uint8_t back[64];

	assert_int_equal(rte_eth_tx_burst(p->id, 0, &m, 1), 1);
	return recv(fd, back, sizeof(back), 0) == 7 && memcmp(back, "partial", 7) == 0;
}

static void
finish_sum(struct rte_mbuf *m)
{
	uint16_t sum = right_sum(m);

	memcpy(rte_pktmbuf_mtod_offset(m, void *, 40), &sum, sizeof(sum));
}

/* The state of a frame goes back with it as long as it is the frame's, and only then. */
static void
keeps_the_state_of_a_frame(void **state)
{
	struct rte_mbuf *m, *copy;
	struct port p;
	int fd;

	(void)state;
	port_make(&p, "v0", "");
	port_up(&p, RX_ALL, TX_ALL, 1);
	host_address(&p);
	fd = udp_socket(3000);

	/* Turned round in place. */
	m = partial_from_kernel(&p, fd);
	turn_round(m);
	assert_true(comes_back(&p, fd, m));
	assert_int_equal(port_xstat(&p, "tx_verbatim_packets"), 1);

	/* A copy, whose headroom was never written to, and a clone. */
	m = partial_from_kernel(&p, fd);
	turn_round(m);
	copy = rte_pktmbuf_copy(m, p.pool, 0, UINT32_MAX);
	assert_non_null(copy);
	memset(copy->buf_addr, 0xff, copy->data_off);
	assert_true(comes_back(&p, fd, copy));
	copy = rte_pktmbuf_clone(m, p.pool);
	assert_non_null(copy);
	assert_true(comes_back(&p, fd, copy));
	assert_int_equal(port_xstat(&p, "tx_verbatim_packets"), 3);

	/* Something was put before it and taken away again: still the same frame. */
	assert_non_null(rte_pktmbuf_prepend(m, 20));
	memset(rte_pktmbuf_mtod(m, void *), 0xff, 20);
	assert_non_null(rte_pktmbuf_adj(m, 20));
	assert_true(comes_back(&p, fd, m));
	assert_int_equal(port_xstat(&p, "tx_verbatim_packets"), 4);
	assert_int_equal(port_xstat(&p, "tx_stale_vnet_hdr_packets"), 0);

	/* Someone finished the checksum without a word: the kernel must not do so again. */
	m = partial_from_kernel(&p, fd);
	turn_round(m);
	finish_sum(m);
	assert_true(comes_back(&p, fd, m));
	assert_int_equal(port_xstat(&p, "tx_stale_vnet_hdr_packets"), 1);

	/* A tail was added, which is not in the datagram, and the checksum finished. */
	m = partial_from_kernel(&p, fd);
	turn_round(m);
	finish_sum(m);
	memset(rte_pktmbuf_append(m, 10), 0, 10);
	assert_true(comes_back(&p, fd, m));
	assert_int_equal(port_xstat(&p, "tx_stale_vnet_hdr_packets"), 2);

	/* A tail alone: whoever changes lengths has to finish what he changes. */
	m = partial_from_kernel(&p, fd);
	memset(rte_pktmbuf_append(m, 10), 0, 10);
	assert_int_equal(rte_eth_tx_burst(p.id, 0, &m, 1), 1);
	assert_int_equal(port_xstat(&p, "tx_stale_vnet_hdr_packets"), 3);

	/* The application says what it wants: that counts, not what was. */
	m = partial_from_kernel(&p, fd);
	turn_round(m);
	m->ol_flags |= RTE_MBUF_F_TX_UDP_CKSUM | RTE_MBUF_F_TX_IPV4;
	m->l2_len = 14;
	m->l3_len = 20;
	assert_true(comes_back(&p, fd, m));
	assert_int_equal(port_xstat(&p, "tx_offload_packets"), 1);

	/* Without the flag the unfinished checksum is what it looks like: wrong. */
	m = partial_from_kernel(&p, fd);
	turn_round(m);
	m->ol_flags = 0;
	assert_false(comes_back(&p, fd, m));
	assert_int_equal(port_xstat(&p, "tx_stale_vnet_hdr_packets"), 3);
	assert_int_equal(port_xstat(&p, "tx_verbatim_packets"), 4);
	close(fd);
	port_down(&p);
	port_unmake(&p);
}

/* Headers with every field right but the checksums: those of IPv4 and L4 are garbage. */
static unsigned int
write_headers(uint8_t *at, const struct port *in, bool v4, bool tcp, unsigned int payload)
{
	unsigned int l4_len = (tcp ? 20 : 8) + payload;
	struct rte_ether_addr mac;

	assert_int_equal(rte_eth_macaddr_get(in->id, &mac), 0);
	memset(at, 0, 74);
	memcpy(at, &mac, 6);
	memcpy(at + 6, "\x02\0\0\0\0\x02", 6);
	memcpy(at + 12, v4 ? "\x08\x00" : "\x86\xdd", 2);
	at += 14;
	if (v4) {
		at[0] = 0x45;
		at[2] = (uint8_t)((20 + l4_len) >> 8);
		at[3] = (uint8_t)(20 + l4_len);
		at[8] = 64;
		at[9] = tcp ? IPPROTO_TCP : IPPROTO_UDP;
		memset(at + 10, 0xee, 2);
		inet_pton(AF_INET, PEER_IP, at + 12);
		inet_pton(AF_INET, "10.66.0.2", at + 16);
		at += 20;
	} else {
		at[0] = 0x60;
		at[4] = (uint8_t)(l4_len >> 8);
		at[5] = (uint8_t)l4_len;
		at[6] = tcp ? IPPROTO_TCP : IPPROTO_UDP;
		at[7] = 64;
		inet_pton(AF_INET6, "fd64::2", at + 8);
		inet_pton(AF_INET6, "fd66::2", at + 24);
		at += 40;
	}
	at[1] = 7;
	at[3] = 9;
	if (tcp) {
		at[12] = 0x50;
		at[13] = 0x10;
		memset(at + 16, 0xee, 2);
	} else {
		at[4] = (uint8_t)(l4_len >> 8);
		at[5] = (uint8_t)l4_len;
		memset(at + 6, 0xee, 2);
	}
	return (v4 ? 34 : 54) + (tcp ? 20 : 8);
}

/* Returns the payload's length of a frame whose sums are all right. */
static unsigned int
check_finished(const struct rte_mbuf *m, bool v4, bool tcp, const uint8_t *payload)
{
	uint8_t copy[2048], *l4 = copy + (v4 ? 34 : 54), *sum = l4 + (tcp ? 16 : 6);
	unsigned int len, head = (v4 ? 34 : 54) + (tcp ? 20 : 8);
	uint16_t found, right;

	assert_int_equal(m->nb_segs, 1);
	assert_true(m->data_len <= sizeof(copy));
	memcpy(copy, rte_pktmbuf_mtod(m, void *), m->data_len);
	len = v4 ? 14u + (unsigned int)(copy[16] << 8 | copy[17]) :
		   54u + (unsigned int)(copy[18] << 8 | copy[19]);
	memcpy(&found, sum, sizeof(found));
	memset(sum, 0, sizeof(found));
	right = v4 ? rte_ipv4_udptcp_cksum((void *)(copy + 14), l4) :
		     rte_ipv6_udptcp_cksum((void *)(copy + 14), l4);
	assert_int_equal(found, right);
	if (v4)
		assert_int_equal(rte_raw_cksum(copy + 14, 20), 0xffff);
	assert_memory_equal(copy + head, payload, len - head);
	return len - head;
}

/*
 * A kernel that keeps a frame believes an unfinished checksum. One that has to send it on through
 * an interface without offloads finishes it, and shows what it was told to do.
 */
static void
asks_the_kernel_for_the_right_thing(void **state)
{
	static const struct {
		bool v4, tcp;
		unsigned int payload, pad, segsz;
	} cases[] = {
		{ true, false, 7, 0, 0 },
		/* Bytes that only fill the Ethernet frame are not summed. */
		{ true, false, 7, 11, 0 },
		{ false, false, 8, 10, 0 },
		{ true, true, 101, 0, 0 },
		{ false, true, 100, 3, 0 },
		{ true, true, 5000, 0, 1000 },
		{ false, true, 5001, 0, 1000 },
		{ true, true, 60001, 0, 1400 },
		{ false, true, 60000, 0, 1400 },
	};
	static uint8_t flat[65536];
	struct port in, out;

	(void)state;
	port_make(&in, "v0", "");
	port_up(&in, RX_ALL, TX_ALL, 1);
	host_address(&in);
	port_make(&out, "v1", "");
	port_up(&out, 0, 0, 1);
	run("ip addr add 10.66.0.1/24 dev v1");
	run("ip neigh replace 10.66.0.2 lladdr 02:00:00:00:00:03 dev v1 nud permanent");
	run("echo 0 >/proc/sys/net/ipv6/conf/v1/disable_ipv6");
	run("ip addr add fd66::1/64 dev v1 nodad");
	run("ip neigh replace fd66::2 lladdr 02:00:00:00:00:03 dev v1 nud permanent");
	run("echo 1 >/proc/sys/net/ipv4/ip_forward");
	run("echo 1 >/proc/sys/net/ipv6/conf/all/forwarding");
	for (unsigned int i = 0; i < RTE_DIM(cases); i++) {
		bool v4 = cases[i].v4, tcp = cases[i].tcp;
		unsigned int head = write_headers(flat, &in, v4, tcp, cases[i].payload), at = 0;
		struct rte_mbuf *m;

		for (unsigned int k = 0; k < cases[i].payload; k++)
			flat[head + k] = stream_byte(k);
		memset(flat + head + cases[i].payload, 0, cases[i].pad);
		m = to_mbufs(in.pool, flat, head + cases[i].payload + cases[i].pad, 1500);
		m->ol_flags = v4 ? RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IP_CKSUM : RTE_MBUF_F_TX_IPV6;
		m->ol_flags |= cases[i].segsz != 0 ? RTE_MBUF_F_TX_TCP_SEG :
			tcp			   ? RTE_MBUF_F_TX_TCP_CKSUM :
						     RTE_MBUF_F_TX_UDP_CKSUM;
		m->l2_len = 14;
		m->l3_len = v4 ? 20 : 40;
		m->l4_len = tcp ? 20 : 8;
		m->tso_segsz = cases[i].segsz & 0xffff;
		assert_int_equal(rte_eth_tx_burst(in.id, 0, &m, 1), 1);
		while (at < cases[i].payload) {
			m = port_recv(&out, 0, v4 ? RTE_ETHER_TYPE_IPV4 : RTE_ETHER_TYPE_IPV6);
			assert_non_null(m);
			if (rte_pktmbuf_mtod(m, uint8_t *)[v4 ? 23 : 20] ==
				(tcp ? IPPROTO_TCP : IPPROTO_UDP))
				at += check_finished(m, v4, tcp, flat + head + at);
			rte_pktmbuf_free(m);
		}
		assert_int_equal(at, cases[i].payload);
	}
	port_down(&in);
	port_unmake(&in);
	port_down(&out);
	port_unmake(&out);
}

/* Any checksum field will do, headers may be cut anywhere, and shared mbufs stay untouched. */
static void
computes_what_the_application_asks_for(void **state)
{
	struct rte_mbuf *m, *tail;
	struct port p;
	int fd;

	(void)state;
	port_make(&p, "v0", "");
	port_up(&p, 0, TX_ALL, 1);
	host_address(&p);
	fd = udp_socket(3000);
	for (unsigned int cut = 1; cut < 49; cut++) {
		struct rte_ipv4_hdr *ip;
		uint8_t before[49];

		m = peer_udp(&p, 3000, "partial", 7);
		ip = rte_pktmbuf_mtod_offset(m, struct rte_ipv4_hdr *, 14);
		((struct rte_udp_hdr *)(ip + 1))->dgram_cksum = (uint16_t)(cut * 257);
		ip->hdr_checksum = (uint16_t)cut;
		memcpy(before, rte_pktmbuf_mtod(m, void *), 49);
		tail = rte_pktmbuf_alloc(p.pool);
		assert_non_null(tail);
		memcpy(rte_pktmbuf_append(tail, (uint16_t)(49 - cut)), before + cut, 49 - cut);
		assert_int_equal(rte_pktmbuf_trim(m, (uint16_t)(49 - cut)), 0);
		assert_int_equal(rte_pktmbuf_chain(m, tail), 0);
		m->ol_flags = RTE_MBUF_F_TX_UDP_CKSUM | RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IP_CKSUM;
		m->l2_len = 14;
		m->l3_len = 20;
		assert_int_equal(rte_eth_tx_prepare(p.id, 0, &m, 1), 1);
		rte_mbuf_refcnt_update(m, 1);
		rte_mbuf_refcnt_update(tail, 1);
		assert_true(comes_back(&p, fd, m));
		assert_memory_equal(rte_pktmbuf_mtod(m, void *), before, cut);
		rte_pktmbuf_free(m);
	}
	assert_int_equal(port_xstat(&p, "tx_offload_packets"), 48);
	close(fd);
	port_down(&p);
	port_unmake(&p);
}

/* Nonsense is lost and counted, by a field that says so; it never reaches the kernel. */
static void
refuses_absurd_requests(void **state)
{
	static const struct {
		uint64_t flags;
		unsigned int l2, l3, l4, segsz;
	} bad[] = {
		{ RTE_MBUF_F_TX_UDP_CKSUM, 0, 0, 0, 0 },
		{ RTE_MBUF_F_TX_UDP_CKSUM, 14, 0, 0, 0 },
		{ RTE_MBUF_F_TX_UDP_CKSUM, 14, 60, 0, 0 },
		{ RTE_MBUF_F_TX_UDP_CKSUM, 127, 511, 0, 0 },
		{ RTE_MBUF_F_TX_UDP_CKSUM, 15, 20, 0, 0 },
		{ RTE_MBUF_F_TX_TCP_CKSUM, 14, 20, 0, 0 }, /* needs 54 bytes, has 49 */
		{ RTE_MBUF_F_TX_TCP_SEG, 14, 20, 0, 1 },
		{ RTE_MBUF_F_TX_TCP_SEG, 14, 20, 8, 1 },
		{ RTE_MBUF_F_TX_UDP_SEG, 14, 20, 8, 0 },
		{ RTE_MBUF_F_TX_SCTP_CKSUM, 14, 20, 0, 0 },
		{ RTE_MBUF_F_TX_VLAN, 14, 20, 0, 0 },
		{ RTE_MBUF_F_TX_OUTER_IP_CKSUM, 14, 20, 0, 0 },
		{ RTE_MBUF_F_TX_IP_CKSUM, 14, 19, 0, 0 },
	};
	struct rte_eth_stats stats;
	struct port p;

	(void)state;
	port_make(&p, "v0", "");
	port_up(&p, 0, TX_ALL, 1);
	for (unsigned int i = 0; i < RTE_DIM(bad); i++) {
		struct rte_mbuf *m = peer_udp(&p, 3000, "partial", 7);

		m->ol_flags = bad[i].flags;
		m->l2_len = bad[i].l2 & 0x7f;
		m->l3_len = bad[i].l3 & 0x1ff;
		m->l4_len = bad[i].l4 & 0xff;
		m->tso_segsz = bad[i].segsz & 0xffff;
		assert_int_equal(rte_eth_tx_burst(p.id, 0, &m, 1), 1);
	}
	assert_int_equal(rte_eth_stats_get(p.id, &stats), 0);
	assert_int_equal(stats.oerrors, RTE_DIM(bad));
	assert_int_equal(stats.opackets, 0);
	assert_int_equal(port_xstat(&p, "tx_bad_offload_drops"), RTE_DIM(bad));
	port_down(&p);
	port_unmake(&p);
}

/* Tags are part of the frame, offsets count them, and the kernel finds the state as it was. */
static void
carries_vlan_tags(void **state)
{
	const struct vtap_vnet_state *vnet;
	struct virtio_net_hdr hdr = {
		.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
		.csum_start = 14 + 8 + 20,
		.csum_offset = 6,
	};
	struct rte_mbuf *m, *plain;
	uint8_t out[10 + 22 + 28 + 7], in[256], *data;
	struct port p;
	int fd, one = 1, n;

	(void)state;
	port_make(&p, "v0", "");
	port_up(&p, RX_ALL, TX_ALL, 1);
	fd = packet_socket("v0");
	assert_int_equal(setsockopt(fd, SOL_PACKET, PACKET_VNET_HDR, &one, sizeof(one)), 0);
	plain = peer_udp(&p, 3000, "partial", 7);
	memcpy(out, &hdr, 10);
	memcpy(out + 10, rte_pktmbuf_mtod(plain, void *), 12);
	memcpy(out + 22, "\x88\xa8\x00\x06\x81\x00\x00\x05", 8);
	memcpy(out + 30, rte_pktmbuf_mtod_offset(plain, void *, 12), 37);
	rte_pktmbuf_free(plain);
	assert_int_equal(send(fd, out, sizeof(out), 0), sizeof(out));
	m = port_recv(&p, 0, RTE_ETHER_TYPE_QINQ);
	assert_non_null(m);
	assert_int_equal(m->pkt_len, sizeof(out) - 10);
	data = rte_pktmbuf_mtod(m, uint8_t *);
	assert_memory_equal(data, out + 10, sizeof(out) - 10);
	assert_int_equal(m->ol_flags,
		RTE_MBUF_F_RX_L4_CKSUM_NONE | RTE_MBUF_F_RX_IP_CKSUM_GOOD | state_flag());
	vnet = RTE_MBUF_DYNFIELD(m, rte_mbuf_dynfield_lookup(VTAP_DYNFIELD_NAME, NULL),
		const struct vtap_vnet_state *);
	assert_int_equal(vnet->csum_start, hdr.csum_start);
	assert_int_equal(vnet->csum_offset, hdr.csum_offset);
	/* Only the MACs: the kernel takes the outer tag out of what it shows. */
	memcpy(data, out + 16, 6);
	memcpy(data + 6, out + 10, 6);
	assert_int_equal(rte_eth_tx_burst(p.id, 0, &m, 1), 1);
	do {
		struct sockaddr_ll from;
		socklen_t from_len = sizeof(from);

		n = (int)recvfrom(fd, in, sizeof(in), 0, (struct sockaddr *)&from, &from_len);
		assert_true(n > 0);
		if (from.sll_pkttype == PACKET_OUTGOING)
			n = 0;
	} while (n != sizeof(out) - 4);
	memcpy(&hdr, in, 10);
	assert_int_equal(hdr.flags, VIRTIO_NET_HDR_F_NEEDS_CSUM);
	assert_int_equal(hdr.csum_start, 14 + 4 + 20);
	assert_int_equal(hdr.csum_offset, 6);
	assert_memory_equal(in + 22, out + 26, sizeof(out) - 26);
	close(fd);
	port_down(&p);
	port_unmake(&p);
}

/* One frame of ten datagrams, there and back, with the state that came and with flags anew. */
static void
carries_udp_segments_where_asked(void **state)
{
	struct rte_eth_dev_info info;
	int segment = 1000, fd;
	struct rte_mbuf *m;
	uint8_t out[10000], in[2000];
	struct port p;

	(void)state;
	port_make(&p, "v0", ",uso=1");
	assert_int_equal(rte_eth_dev_info_get(p.id, &info), 0);
	if ((info.tx_offload_capa & RTE_ETH_TX_OFFLOAD_UDP_TSO) == 0) {
		fprintf(stderr, "no UDP segmentation on TAP: it came with Linux 6.2\n");
		port_unmake(&p);
		skip();
	}
	port_up(&p, RX_ALL, TX_ALL | RTE_ETH_TX_OFFLOAD_UDP_TSO, 1);
	host_address(&p);
	fd = udp_socket(3000);
	assert_int_equal(setsockopt(fd, SOL_UDP, UDP_SEGMENT, &segment, sizeof(segment)), 0);
	for (unsigned int i = 0; i < sizeof(out); i++)
		out[i] = stream_byte(i);
	for (int round = 0; round < 2; round++) {
		assert_int_equal(send(fd, out, sizeof(out), 0), sizeof(out));
		m = port_recv(&p, 0, RTE_ETHER_TYPE_IPV4);
		assert_non_null(m);
		assert_int_equal(m->pkt_len, 42 + sizeof(out));
		assert_true((m->ol_flags & RTE_MBUF_F_RX_LRO) != 0);
		assert_int_equal(m->tso_segsz, segment);
		turn_round(m);
		if (round == 1) {
			m->ol_flags = RTE_MBUF_F_TX_UDP_SEG | RTE_MBUF_F_TX_IPV4;
			m->l2_len = 14;
			m->l3_len = 20;
			m->l4_len = 8;
		}
		assert_int_equal(rte_eth_tx_burst(p.id, 0, &m, 1), 1);
		for (unsigned int at = 0; at < sizeof(out); at += 1000) {
			assert_int_equal(recv(fd, in, sizeof(in), 0), 1000);
			assert_memory_equal(in, out + at, 1000);
		}
	}
	assert_int_equal(port_xstat(&p, "tx_verbatim_packets"), 1);
	assert_int_equal(port_xstat(&p, "tx_offload_packets"), 1);
	close(fd);
	port_down(&p);
	port_unmake(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finishes_frames_for_plain_applications),
		cmocka_unit_test(keeps_the_state_of_a_frame),
		cmocka_unit_test(asks_the_kernel_for_the_right_thing),
		cmocka_unit_test(computes_what_the_application_asks_for),
		cmocka_unit_test(refuses_absurd_requests),
		cmocka_unit_test(carries_vlan_tags),
		cmocka_unit_test(carries_udp_segments_where_asked),
	};
	int failed;

	env_enter();
	test_eal_start(1, NULL);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	test_eal_stop();
	return failed;
}
