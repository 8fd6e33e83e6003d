/* SPDX-License-Identifier: BSD-3-Clause */
#include "inject.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>

#include "frame/build.h"
#include "log.h"

/* For a peer that is about to start, too. */
#define PEER_WAIT_MS 3000

/* Where frames come from: a file that is read again when it ends, or the builder. */
struct source {
	const struct dlo_conf_inject *conf;
	pcap_t *pcap; /* NULL: built */
	unsigned int nb_read; /* since the file was opened last */
	uint8_t buf[UINT16_MAX];
};

/*
 * Neutral addresses: not ours (the `self` guard would take what comes round), and of the prefixes
 * reserved for benchmarking.
 */
static void
describe(const struct dlo_conf_inject *conf, unsigned int n, struct dlo_build *ret)
{
	static const enum dlo_inject_kind mix[] = { DLO_INJECT_UDP4, DLO_INJECT_TCP4,
		DLO_INJECT_UDP6, DLO_INJECT_TCP6 };
	enum dlo_inject_kind kind = conf->kind == DLO_INJECT_MIX ? mix[n % RTE_DIM(mix)] : conf->kind;
	unsigned int flow = conf->kind == DLO_INJECT_MIX ? n / RTE_DIM(mix) : n;

	flow %= conf->flows;
	*ret = (struct dlo_build){
		.dst_mac = { 0x02, 0xd1, 0x00, 0x00, 0x00, 0x02 },
		.src_mac = { 0x02, 0xd1, 0x00, 0x00, 0x00, 0x01 },
		.ipv6 = kind == DLO_INJECT_UDP6 || kind == DLO_INJECT_TCP6,
		.l4 = kind == DLO_INJECT_TCP4 || kind == DLO_INJECT_TCP6 ? DLO_BUILD_TCP :
			DLO_BUILD_UDP,
		.src_port = (uint16_t)(0xc000 + flow % 0x3fff),
		.dst_port = (uint16_t)(0xc000 + flow / 0x3fff),
	};
	if (ret->ipv6) {
		const uint8_t prefix[6] = { 0x20, 0x01, 0x00, 0x02, 0x00, 0x00 };

		memcpy(ret->src_ip, prefix, sizeof(prefix));
		memcpy(ret->dst_ip, prefix, sizeof(prefix));
		ret->src_ip[15] = 1;
		ret->dst_ip[15] = 2;
	} else {
		memcpy(ret->src_ip, (const uint8_t[4]){ 198, 18, 0, 1 }, 4);
		memcpy(ret->dst_ip, (const uint8_t[4]){ 198, 18, 0, 2 }, 4);
	}
}

static int
source_open_file(struct source *src)
{
	char err[PCAP_ERRBUF_SIZE];

	src->pcap = pcap_open_offline(src->conf->file, err);
	src->nb_read = 0;
	if (src->pcap == NULL) {
		say_error("--inject: cannot read frames from %s: %s; give a pcap or pcapng file",
			src->conf->file, err);
		return -EINVAL;
	}
	if (pcap_datalink(src->pcap) != DLT_EN10MB) {
		say_error("--inject: %s holds no Ethernet frames; give a capture of an Ethernet interface",
			src->conf->file);
		pcap_close(src->pcap);
		src->pcap = NULL;
		return -EINVAL;
	}
	return 0;
}

/* Returns the next frame's length with its bytes in src->buf, or -errno after saying why. */
static int
source_next(struct source *src, unsigned int n)
{
	struct pcap_pkthdr *hdr;
	struct dlo_build spec;
	const u_char *data;
	size_t len;
	int ret;

	if (src->pcap == NULL) {
		describe(src->conf, n, &spec);
		len = dlo_build_frame(src->buf, src->conf->size, &spec);
		if (len == 0) {
			say_error("--inject: size=%u does not hold the headers of the frame; use at least "
				"size=%zu",
				src->conf->size, dlo_build_min(&spec));
			return -EINVAL;
		}
		return (int)len;
	}
	ret = pcap_next_ex(src->pcap, &hdr, &data);
	if (ret == PCAP_ERROR_BREAK && src->nb_read > 0) {
		pcap_close(src->pcap);
		src->pcap = NULL;
		ret = source_open_file(src);
		if (ret == 0)
			ret = pcap_next_ex(src->pcap, &hdr, &data);
	}
	if (ret != 1 || hdr->caplen == 0 || hdr->caplen > sizeof(src->buf)) {
		say_error("--inject: %s has no usable frame number %u; give a whole capture",
			src->conf->file, src->nb_read + 1);
		return -EINVAL;
	}
	src->nb_read++;
	memcpy(src->buf, data, hdr->caplen);
	return (int)hdr->caplen;
}

/* Copy @len bytes into a chain of mbufs of @pool. */
static struct rte_mbuf *
make_mbuf(struct rte_mempool *pool, const uint8_t *buf, uint32_t len)
{
	struct rte_mbuf *head = rte_pktmbuf_alloc(pool), *seg = head;

	while (seg != NULL) {
		uint16_t part = (uint16_t)RTE_MIN(len, (uint32_t)rte_pktmbuf_tailroom(seg));

		memcpy(rte_pktmbuf_append(seg, part), buf, part);
		buf += part;
		len -= part;
		if (seg != head) {
			rte_pktmbuf_lastseg(head)->next = seg;
			head->nb_segs++;
			head->pkt_len += part;
		}
		if (len == 0)
			return head;
		seg = rte_pktmbuf_alloc(pool);
	}
	rte_pktmbuf_free(head);
	return NULL;
}

static bool
has_peer(const struct port *p)
{
	return strcmp(p->driver, "net_memif") == 0 || strcmp(p->driver, "net_vhost") == 0;
}

/*
 * Between two processes a port takes nothing before they have shaken hands, which others do for them in
 * threads of their own; to stop such a port in the middle of that frees what net_memif's is using.
 */
static int
wait_for_peer(const struct app *app, const struct port *p)
{
	struct rte_eth_link status;

	if (!has_peer(p))
		return 0;
	for (int i = 0; i < PEER_WAIT_MS && !atomic_load(&app->stop); i++) {
		if (rte_eth_link_get_nowait(p->id, &status) == 0 &&
			status.link_status == RTE_ETH_LINK_UP)
			return 0;
		rte_delay_us_sleep(1000);
	}
	say_error("--inject: port %s has nobody at the other end: start that first", p->name);
	return -ENOTCONN;
}

/* The peer's first look is what gives room to the queue: hands are shaken before that. */
static bool
send_one(const struct app *app, const struct port *p, const struct queue *q, struct rte_mbuf *m)
{
	int patience = has_peer(p) && dlo_count_read(&q->counters.tx) == 0 ? PEER_WAIT_MS : 0;

	while (rte_eth_tx_burst(p->id, q->queue_id, &m, 1) != 1) {
		if (patience-- <= 0 || atomic_load(&app->stop))
			return false;
		rte_delay_us_sleep(1000);
	}
	return true;
}

static int
inject_port(const struct app *app, struct source *src, struct port *p)
{
	unsigned int count = src->conf->count, nb_sent = 0;

	for (unsigned int n = 0; n < count; n++) {
		struct queue *q = p->queues[n % p->nb_queues];
		int len = source_next(src, n);
		struct rte_mbuf *m;

		if (len < 0)
			return len;
		m = make_mbuf(p->pool, src->buf, (uint32_t)len);
		if (m == NULL) {
			say_error("--inject: port %s has no buffers left after %u frames; inject fewer",
				p->name, n);
			return -ENOMEM;
		}
		if (!send_one(app, p, q, m)) {
			rte_pktmbuf_free(m);
			break;
		}
		nb_sent++;
		dlo_count(&q->counters.tx, 1);
		dlo_count(&q->counters.tx_bytes, (uint64_t)len);
	}
	if (nb_sent < count) {
		say_error("--inject: port %s took %u of %u frames; use --inject %u", p->name, nb_sent,
			count, nb_sent);
		return -ENOSPC;
	}
	return 0;
}

int
inject_frames(struct app *app)
{
	static struct source src;
	int ret = 0;

	src = (struct source){ .conf = &app->conf.inject };
	if (src.conf->count == 0)
		return 0;
	if (src.conf->file[0] != '\0')
		ret = source_open_file(&src);
	for (unsigned int i = 0; ret == 0 && i < app->nb_ports; i++) {
		if (app->ports[i].link == NULL)
			ret = wait_for_peer(app, &app->ports[i]);
		if (ret == 0 && app->ports[i].link == NULL)
			ret = inject_port(app, &src, &app->ports[i]);
	}
	if (src.pcap != NULL)
		pcap_close(src.pcap);
	return ret;
}
