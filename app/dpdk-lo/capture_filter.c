/* SPDX-License-Identifier: BSD-3-Clause */
#include "capture_filter.h"

#include <stdlib.h>

#include <pcap/pcap.h>

#include <rte_mbuf.h>

#include "log.h"

/** libpcap's own limit on what one packet can have. */
#define PACKET_MAX 262144

struct capture_filter {
	struct bpf_program program;
};

struct capture_filter *
capture_filter_create(const char *expression)
{
	pcap_t *pcap = pcap_open_dead(DLT_EN10MB, PACKET_MAX);
	struct capture_filter *f = calloc(1, sizeof(*f));

	if (pcap == NULL || f == NULL) {
		say_error("no memory for the capture filter '%s'", expression);
		goto error;
	}
	if (pcap_compile(pcap, &f->program, expression, 1, PCAP_NETMASK_UNKNOWN) != 0) {
		say_error("capture filter '%s': %s; see pcap-filter(7)", expression,
			pcap_geterr(pcap));
		goto error;
	}
	pcap_close(pcap);
	return f;
error:
	if (pcap != NULL)
		pcap_close(pcap);
	free(f);
	return NULL;
}

bool
capture_filter_match(const struct capture_filter *f, const struct rte_mbuf *m)
{
	uint8_t buffer[CAPTURE_FILTER_WINDOW];
	uint32_t len = RTE_MIN(m->pkt_len, (uint32_t)CAPTURE_FILTER_WINDOW);
	const struct pcap_pkthdr hdr = { .caplen = len, .len = m->pkt_len };
	/* Copies only what does not lie in the first segment already. */
	const uint8_t *data = rte_pktmbuf_read(m, 0, len, buffer);

	return data != NULL && pcap_offline_filter(&f->program, &hdr, data) != 0;
}

void
capture_filter_free(struct capture_filter *f)
{
	if (f == NULL)
		return;
	pcap_freecode(&f->program);
	free(f);
}
