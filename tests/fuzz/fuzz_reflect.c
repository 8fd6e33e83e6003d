/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Fuzz target: the whole walk of one frame, from parser to reply.
 *
 * Input: five bytes of settings, then the frame.
 *   0  bits 0-1 mode, 2 guards, 3 link, 4-5 accept, 6 checksum left partial, 7 last segment shared
 *   1  length of the first segment, 0: one segment
 *   2  length of the second segment, 0: two segments
 *   3  bits 0-5 tailroom, 6-7 answers disabled: none, ARP, ND, ICMP
 *   4  bit 0 answers beyond their rate, 1 UDP echo serves low ports, 2 S-BFD out of service
 *
 * Segments are heap blocks of exact size, so a sanitizer sees every byte too far. What must hold
 * for any frame whatsoever is checked here; a broken promise ends the program.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "address/address.h"
#include "answer/lane.h"
#include "fuzz.h"
#include "frame/cksum.h"
#include "frame/frame.h"
#include "mbufs.h"
#include "reflect/reflect.h"

#define FRAME_MAX 9600
#define SETTINGS 5
#define GROWTH 64 /* most that a reply is longer than its request: padding, an option */

#define CHECK(what)                                                                                \
	do {                                                                                       \
		if (!(what)) {                                                                     \
			fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #what);   \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

static const uint8_t our_mac[6] = { 0x02, 0xd1, 0, 0, 0, 0xff };

struct bytes {
	uint32_t len;
	uint8_t b[FRAME_MAX + GROWTH];
};

static const struct dlo_addr_table *
addresses(void)
{
	static struct dlo_addr_table *table;
	struct dlo_addr_rule rules[4] = {
		{ .owner = DLO_OWNER_PORT },
		{ .owner = DLO_OWNER_HOST },
		{ .owner = DLO_OWNER_PORT },
		{ .owner = DLO_OWNER_HOST },
	};

	if (table == NULL) {
		CHECK(dlo_prefix_parse("198.18.0.1/15", &rules[0].prefix) == 0);
		CHECK(dlo_prefix_parse("198.18.0.1", &rules[1].prefix) == 0);
		CHECK(dlo_prefix_parse("2001:2::1/48", &rules[2].prefix) == 0);
		CHECK(dlo_prefix_parse("2001:2::1", &rules[3].prefix) == 0);
		table = dlo_addr_table_create(rules, 4);
		CHECK(table != NULL);
	}
	return table;
}

static void
make_plan(const uint8_t *settings, struct dlo_plan *ret)
{
	unsigned int without = settings[3] >> 6;

	memset(ret, 0, sizeof(*ret));
	ret->mode = settings[0] & 3;
	ret->guards = (settings[0] & 4) != 0;
	ret->link = (settings[0] & 8) != 0;
	ret->accept = (settings[0] >> 4 & 3) % DLO_ACCEPT_MAX;
	ret->answers = without == 0 ? UINT32_MAX : ~(UINT32_C(1) << (without - 1));
	memcpy(ret->mac.addr_bytes, our_mac, sizeof(our_mac));
	memcpy(ret->own_macs[0].addr_bytes, our_mac, sizeof(our_mac));
	ret->nb_own_macs = 1;
	ret->addresses = addresses();
	/* Whoever is near us may ask. */
	ret->settings.allowed = ret->addresses;
	ret->settings.udp_echo.port = 7;
	ret->settings.sbfd.discriminator = 7;
	ret->settings.sbfd.min_rx_us = 9;
	ret->settings.sbfd.echo = true;
	ret->settings.sbfd.admin_down = (settings[4] & 4) != 0;
	ret->settings.udp_echo.low_ports = (settings[4] & 2) != 0;
	if ((settings[4] & 1) != 0)
		ret->settings.rate = (struct dlo_rate){ .cost = 2, .full = 1 };
	dlo_plan_choose_burst(ret);
}

static struct rte_mbuf *
make_mbuf(const uint8_t *settings, const struct bytes *f, bool split)
{
	uint32_t lens[2] = { settings[1], settings[2] };
	unsigned int nb = !split || lens[0] == 0 ? 0 : lens[1] == 0 ? 1 : 2;
	struct rte_mbuf *m = mbuf_chain(f->b, f->len, lens, nb, settings[3] & 63);

	m->ol_flags = settings[0] & 64 ? RTE_MBUF_F_RX_L4_CKSUM_NONE : RTE_MBUF_F_RX_RSS_HASH;
	if (settings[0] & 128)
		rte_mbuf_refcnt_set(rte_pktmbuf_lastseg(m), 2);
	return m;
}

static enum dlo_verdict
run(const struct dlo_plan *plan, struct rte_mbuf *m, struct bytes *ret)
{
	struct rte_mbuf *pkts[1] = { m };
	uint32_t arrived = m->pkt_len;
	uint8_t nb_segs = m->nb_segs;
	void *data = rte_pktmbuf_mtod(m, void *);
	const struct rte_mbuf *last = rte_pktmbuf_lastseg(m);
	uint32_t shared_len = rte_mbuf_refcnt_read(last) > 1 ? last->data_len : 0;
	static uint8_t shared[FRAME_MAX];
	struct dlo_lane lane = { .now = 1 };
	struct dlo_burst burst;

	memcpy(shared, rte_pktmbuf_mtod(last, void *), shared_len);
	dlo_reflect_burst(plan, &lane, pkts, 1, &burst);
	CHECK(pkts[0] == m && m->nb_segs == nb_segs && rte_pktmbuf_mtod(m, void *) == data);
	CHECK(burst.verdict[0] < DLO_VERDICT_MAX);
	CHECK(burst.nb_back == !dlo_verdict_is_drop(burst.verdict[0]) && burst.nb_punt == 0);
	CHECK(burst.rx_bytes == arrived);
	CHECK(plan->settings.rate.cost == 0 || !dlo_verdict_is_answer(burst.verdict[0]));
	CHECK(memcmp(shared, rte_pktmbuf_mtod(last, void *), shared_len) == 0);
	CHECK(shared_len == 0 || shared_len == last->data_len);
	ret->len = mbuf_bytes(m, ret->b, sizeof(ret->b));
	CHECK(ret->len == m->pkt_len);
	return burst.verdict[0];
}

/* Only fields changed places: twice round is where it started, and no sum has changed. */
static void
check_reflected(const uint8_t *settings, const struct dlo_plan *plan, const struct bytes *in,
	const struct bytes *out)
{
	struct dlo_plan again = *plan;
	uint8_t plain[SETTINGS] = { settings[0] & 0x7f };
	struct bytes back;
	struct rte_mbuf *m;

	CHECK(out->len == in->len);
	CHECK(dlo_cksum_fold(dlo_cksum_sum(in->b, in->len)) ==
		dlo_cksum_fold(dlo_cksum_sum(out->b, out->len)));
	if (plan->mode == DLO_MODE_WIRE)
		CHECK(memcmp(in->b, out->b, in->len) == 0);
	if (plan->mode != DLO_MODE_WIRE && plan->guards)
		CHECK((out->b[6] & 1) == 0 && (out->b[0] & 1) == 0);
	again.guards = false;
	again.accept = DLO_ACCEPT_ANY;
	again.answers = 0;
	m = make_mbuf(plain, out, false);
	CHECK(run(&again, m, &back) == DLO_REFLECTED);
	mbuf_free(m);
	CHECK(back.len == in->len && memcmp(back.b, in->b, in->len) == 0);
}

/* Headed for who asked, from where he asked, with a sum that is right or as absent as his. */
static void
check_udp(const struct bytes *in, const struct bytes *out, const struct dlo_frame *f)
{
	const uint8_t *ip = out->b + f->l3_off, *udp = out->b + f->l4_off;
	const uint8_t *asked = in->b + f->l4_off;
	uint32_t len = f->l3_end - f->l4_off;
	uint64_t sum = dlo_cksum_sum(udp, len);

	CHECK(f->l4 == DLO_L4_PORTS && f->proto == DLO_PROTO_UDP);
	CHECK(dlo_get16(udp + DLO_UDP_LENGTH) == len);
	CHECK(dlo_get16(udp) == dlo_get16(asked + 2) && dlo_get16(udp + 2) == dlo_get16(asked));
	if (f->l3 == DLO_L3_IPV4)
		sum += dlo_cksum_pseudo4(ip, DLO_PROTO_UDP, len);
	else
		sum += dlo_cksum_pseudo6(ip, DLO_PROTO_UDP, len);
	if (dlo_get16(udp + DLO_UDP_CKSUM) == 0)
		CHECK(f->l3 == DLO_L3_IPV4 && dlo_get16(asked + DLO_UDP_CKSUM) == 0);
	else
		CHECK(dlo_cksum_fold(sum) == 0xffff);
}

static void
check_answered(const struct bytes *in, const struct bytes *out, enum dlo_verdict v)
{
	static const uint8_t all_nodes[6] = { 0x33, 0x33, 0, 0, 0, 1 };
	struct dlo_frame f;

	dlo_frame_parse(out->b, out->len, &f);
	CHECK(f.fault == DLO_FAULT_NONE);
	CHECK(memcmp(out->b + 6, our_mac, 6) == 0);
	CHECK(memcmp(out->b, in->b + 6, 6) == 0 ||
		(v == DLO_ANSWERED_ND && memcmp(out->b, all_nodes, 6) == 0));
	if (v == DLO_ANSWERED_ARP) {
		CHECK(f.l3 == DLO_L3_ARP && out->b[f.l3_off + DLO_ARP_OP + 1] == DLO_ARP_REPLY);
		CHECK(out->len <= in->len || out->len == DLO_ETHER_MIN);
	} else if (v == DLO_ANSWERED_ND) {
		CHECK(f.l4 == DLO_L4_ICMPV6 && out->b[f.l4_off] == DLO_ICMPV6_NA);
		CHECK(out->b[f.l3_off + DLO_IPV6_HOPS] == 255);
		CHECK(out->len <= in->len + 8);
	} else if (v == DLO_ANSWERED_SBFD && dlo_get16(out->b + f.l4_off + 2) == 3785) {
		/* Forwarded: the addresses stay, and it has one hop less. */
		CHECK(memcmp(out->b + f.l4_off, in->b + f.l4_off, 6) == 0);
		CHECK(out->b[f.l3_off + (f.l3 == DLO_L3_IPV4 ? DLO_IPV4_TTL : DLO_IPV6_HOPS)] == 254);
		return;
	} else if (v == DLO_ANSWERED_SBFD) {
		check_udp(in, out, &f);
		CHECK(out->len <= in->len && f.l3_end - f.l4_off == 32);
		CHECK((out->b[f.l4_off + 9] & 2) == 0);
	} else if (v == DLO_ANSWERED_UDP_ECHO) {
		check_udp(in, out, &f);
		CHECK(out->len <= in->len);
		CHECK(memcmp(out->b + f.l4_off + 8, in->b + f.l4_off + 8,
			f.l3_end - f.l4_off - 8) == 0);
	} else {
		CHECK(f.l4 == DLO_L4_ICMP ? out->b[f.l4_off] == DLO_ICMP_ECHO_REPLY :
			out->b[f.l4_off] == DLO_ICMPV6_ECHO_REPLY);
		CHECK(out->len <= in->len);
	}
	if (f.l3 == DLO_L3_IPV4) {
		const uint8_t *ip = out->b + f.l3_off;

		CHECK(dlo_cksum_fold(dlo_cksum_sum(ip, (ip[0] & 15) * 4u)) == 0xffff);
		if (f.l4 == DLO_L4_ICMP)
			CHECK(dlo_cksum_fold(dlo_cksum_sum(out->b + f.l4_off,
				f.l3_end - f.l4_off)) == 0xffff);
	} else if (f.l3 == DLO_L3_IPV6) {
		uint32_t len = f.l3_end - f.l4_off;

		CHECK(dlo_cksum_fold(dlo_cksum_sum(out->b + f.l4_off, len) +
			dlo_cksum_pseudo6(out->b + f.l3_off, f.proto, len)) == 0xffff);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct bytes in, out, whole;
	struct dlo_plan plan;
	struct rte_mbuf *m;
	enum dlo_verdict v, v_whole;

	if (size < SETTINGS || size > SETTINGS + FRAME_MAX)
		return 0;
	in.len = size - SETTINGS;
	memcpy(in.b, data + SETTINGS, in.len);
	make_plan(data, &plan);

	m = make_mbuf(data, &in, true);
	v = run(&plan, m, &out);
	if (dlo_verdict_is_drop(v))
		CHECK(out.len == in.len && memcmp(out.b, in.b, in.len) == 0);
	else if (v == DLO_REFLECTED)
		check_reflected(data, &plan, &in, &out);
	else
		check_answered(&in, &out, v);
	if (!dlo_verdict_is_drop(v) && !(plan.link && v == DLO_REFLECTED) &&
		rte_mbuf_refcnt_read(m) == 1)
		CHECK((m->ol_flags & ~(RTE_MBUF_F_INDIRECT | RTE_MBUF_F_EXTERNAL)) == 0);
	mbuf_free(m);

	/* In one piece it is the same story, but for who shares what and for where room is. */
	m = make_mbuf(data, &in, false);
	v_whole = run(&plan, m, &whole);
	mbuf_free(m);
	if (v != DLO_DROP_SHARED && v_whole != DLO_DROP_SHARED) {
		uint32_t len = out.len < whole.len ? out.len : whole.len;

		CHECK(v == v_whole);
		CHECK(memcmp(out.b, whole.b, len) == 0);
	}
	return 0;
}
