/* SPDX-License-Identifier: BSD-3-Clause */
#include "neighbour.h"

#include <errno.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>

#include "answer/answer.h"
#include "frame/bytes.h"
#include "frame/cksum.h"
#include "frame/proto.h"
#include "log.h"

#define TRIES 3

int
neighbour_init(struct neighbour *n, const struct gen_conf *conf, uint16_t port, uint16_t queue)
{
	struct dlo_addr_rule rules[2];

	memset(n, 0, sizeof(*n));
	for (unsigned int i = 0; i < 2; i++) {
		rules[i].prefix = conf->src[i];
		rules[i].owner = DLO_OWNER_PORT;
	}
	n->addresses = dlo_addr_table_create(rules, 2);
	if (n->addresses == NULL)
		return -ENOMEM;
	n->port = port;
	n->queue = queue;
	n->plan.answers = 1U << DLO_ANSWER_ARP | 1U << DLO_ANSWER_ND | 1U << DLO_ANSWER_ICMP;
	memcpy(n->plan.mac.addr_bytes, conf->src_mac, 6);
	n->plan.addresses = n->addresses;
	return 0;
}

void
neighbour_free(struct neighbour *n)
{
	dlo_addr_table_free(n->addresses);
	n->addresses = NULL;
}

bool
neighbour_answer(struct neighbour *n, struct rte_mbuf *m)
{
	struct dlo_packet p;
	enum dlo_verdict v;

	if (m->nb_segs != 1 || rte_mbuf_refcnt_read(m) != 1)
		return false;
	dlo_packet_load(&p, m);
	dlo_frame_parse(p.head, p.len, &p.frame);
	if (p.frame.fault != 0)
		return false;
	v = dlo_answer_decide(&n->plan, &p);
	if (v < DLO_ANSWERED_FIRST || v >= DLO_DROP_FIRST)
		return false;
	dlo_packet_resize(&p);
	dlo_answer_write(&n->plan, NULL, &p, v);
	dlo_packet_clear_offloads(m);
	return rte_eth_tx_burst(n->port, n->queue, &m, 1) == 1;
}

/* Ethernet, perhaps a tag. @return where the payload begins. */
static uint8_t *
put_ether(uint8_t *p, const struct gen_conf *conf, const uint8_t dst[6], uint16_t type)
{
	memcpy(p, dst, 6);
	memcpy(p + 6, conf->src_mac, 6);
	p += DLO_ETHER_TYPE;
	if (conf->vlan != 0) {
		dlo_put16(p, DLO_TYPE_VLAN);
		dlo_put16(p + 2, conf->vlan);
		p += DLO_TAG_LEN;
	}
	dlo_put16(p, type);
	return p + 2;
}

static void
put_arp_request(uint8_t *frame, const struct gen_conf *conf)
{
	static const uint8_t all[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	uint8_t *arp = put_ether(frame, conf, all, DLO_TYPE_ARP);

	dlo_put16(arp + DLO_ARP_HRD, 1);
	dlo_put16(arp + DLO_ARP_PRO, DLO_TYPE_IPV4);
	arp[DLO_ARP_HLN] = 6;
	arp[DLO_ARP_PLN] = 4;
	dlo_put16(arp + DLO_ARP_OP, DLO_ARP_REQUEST);
	memcpy(arp + DLO_ARP_SHA, conf->src_mac, 6);
	memcpy(arp + DLO_ARP_SPA, conf->src[0].addr, 4);
	memcpy(arp + DLO_ARP_TPA, conf->dst[0].addr, 4);
}

/* RFC 4861 4.3, to the solicited-node group (RFC 4291 2.7.1). */
static void
put_solicitation(uint8_t *frame, const struct gen_conf *conf)
{
	const uint8_t *target = conf->dst[1].addr;
	const uint8_t group[6] = { 0x33, 0x33, 0xff, target[13], target[14], target[15] };
	uint8_t *ip = put_ether(frame, conf, group, DLO_TYPE_IPV6);
	uint8_t *icmp = ip + DLO_IPV6_HLEN;
	uint16_t len = DLO_ND_HLEN + DLO_ND_OPT_LLA_LEN;

	ip[0] = 0x60;
	dlo_put16(ip + DLO_IPV6_PAYLOAD, len);
	ip[DLO_IPV6_NEXT] = DLO_PROTO_ICMPV6;
	ip[DLO_IPV6_HOPS] = 255;
	memcpy(ip + DLO_IPV6_SRC, conf->src[1].addr, 16);
	memcpy(ip + DLO_IPV6_DST, (const uint8_t[]){ 0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff }, 13);
	memcpy(ip + DLO_IPV6_DST + 13, target + 13, 3);
	icmp[DLO_ICMP_TYPE] = DLO_ICMPV6_NS;
	memcpy(icmp + DLO_ND_TARGET, target, 16);
	icmp[DLO_ND_HLEN] = DLO_ND_OPT_SLLA;
	icmp[DLO_ND_HLEN + 1] = 1;
	memcpy(icmp + DLO_ND_HLEN + 2, conf->src_mac, 6);
	dlo_put16(icmp + DLO_ICMP_CKSUM, (uint16_t)~dlo_cksum_fold(
		dlo_cksum_pseudo6(ip, DLO_PROTO_ICMPV6, len) + dlo_cksum_sum(icmp, len)));
}

static int
send_request(const struct gen_conf *conf, unsigned int family, uint16_t port,
	struct rte_mempool *pool)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(pool);
	uint16_t len = (uint16_t)(family == 0 ? DLO_ETHER_MIN :
		DLO_ETHER_HLEN + DLO_IPV6_HLEN + DLO_ND_HLEN + DLO_ND_OPT_LLA_LEN);
	uint8_t *frame;

	if (m == NULL)
		return -ENOMEM;
	if (conf->vlan != 0)
		len += DLO_TAG_LEN;
	frame = (uint8_t *)rte_pktmbuf_append(m, len);
	memset(frame, 0, len);
	if (family == 0)
		put_arp_request(frame, conf);
	else
		put_solicitation(frame, conf);
	if (rte_eth_tx_burst(port, 0, &m, 1) == 0)
		rte_pktmbuf_free(m);
	return 0;
}

/* @return true when @p m tells the MAC of --dst. */
static bool
is_reply(const struct gen_conf *conf, unsigned int family, struct rte_mbuf *m, uint8_t ret[6])
{
	struct dlo_packet p;
	const uint8_t *at;

	dlo_packet_load(&p, m);
	dlo_frame_parse(p.head, p.len, &p.frame);
	if (p.frame.fault != 0)
		return false;
	if (family == 0) {
		at = p.head + p.frame.l3_off;
		if (p.frame.l3 != DLO_L3_ARP ||
			p.frame.l3_off + (uint32_t)DLO_ARP_LEN > p.head_len ||
			dlo_get16(at + DLO_ARP_OP) != DLO_ARP_REPLY ||
			memcmp(at + DLO_ARP_SPA, conf->dst[0].addr, 4) != 0)
			return false;
		memcpy(ret, at + DLO_ARP_SHA, 6);
	} else {
		at = p.head + p.frame.l4_off;
		if (p.frame.l4 != DLO_L4_ICMPV6 ||
			p.frame.l4_off + (uint32_t)DLO_ND_HLEN > p.head_len ||
			at[DLO_ICMP_TYPE] != DLO_ICMPV6_NA ||
			memcmp(at + DLO_ND_TARGET, conf->dst[1].addr, 16) != 0)
			return false;
		memcpy(ret, p.head + DLO_ETHER_SRC, 6);
	}
	return (ret[0] & 1) == 0;
}

int
neighbour_resolve(struct neighbour *n, const struct gen_conf *conf, unsigned int family,
	uint16_t tx_port, struct rte_mempool *pool, const atomic_bool *stop, uint8_t ret[6])
{
	for (unsigned int try = 0; try < TRIES; try++) {
		uint64_t end = rte_rdtsc() + rte_get_tsc_hz();
		int rc = send_request(conf, family, tx_port, pool);

		if (try == 1)
			say("--dst does not answer yet, asking again");
		while (rc == 0 && rte_rdtsc() < end) {
			struct rte_mbuf *m;

			if (atomic_load(stop))
				return -EINTR;
			if (rte_eth_rx_burst(tx_port, 0, &m, 1) == 0)
				continue;
			if (is_reply(conf, family, m, ret)) {
				rte_pktmbuf_free(m);
				return 0;
			}
			if (tx_port != n->port || !neighbour_answer(n, m))
				rte_pktmbuf_free(m);
		}
		if (rc != 0)
			return rc;
	}
	return -ETIMEDOUT;
}
