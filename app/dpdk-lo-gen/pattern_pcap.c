/* SPDX-License-Identifier: BSD-3-Clause */
#include "pattern.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pcap/pcap.h>

#include "conf/text.h"
#include "frame/cksum.h"
#include "frame/frame.h"

#define FRAMES_AT_FIRST 1024
#define FRAMES_MAX (1U << 22)

/* The counters of RFC 2819 (RMON) 5: sizes with FCS, the last one for all that are longer. */
static const struct {
	uint16_t end;
	const char *name;
} classes[] = {
	{ 64, "64" },
	{ 127, "65-127" },
	{ 255, "128-255" },
	{ 511, "256-511" },
	{ 1023, "512-1023" },
	{ 1518, "1024-1518" },
	{ UINT16_MAX, "1519-" },
};

#define NB_CLASSES (sizeof(classes) / sizeof(classes[0]))

static uint16_t
class_of(unsigned int size)
{
	unsigned int i = 0;

	while (size > classes[i].end)
		i++;
	return (uint16_t)i;
}

/* @return offset of the checksum over the payload, 0 where there is none that we can keep right. */
static unsigned int
cksum_offset(const struct dlo_frame *f, const uint8_t *data)
{
	const uint8_t *l4 = data + f->l4_off;

	if ((f->flags & DLO_FRAME_FRAGMENT) != 0 || f->l4_off == 0)
		return 0;
	if (f->l4 == DLO_L4_PORTS && f->proto == DLO_PROTO_UDP)
		return f->l4_off + 6U;
	if (f->l4 == DLO_L4_PORTS && f->proto == DLO_PROTO_TCP)
		return f->l4_off + 16U;
	if (f->l4 == DLO_L4_ICMP && (l4[0] == 8 || l4[0] == 0))
		return f->l4_off + 2U;
	if (f->l4 == DLO_L4_ICMPV6 && (l4[0] == 128 || l4[0] == 129))
		return f->l4_off + 2U;
	return 0;
}

static unsigned int
l4_header(const struct dlo_frame *f, const uint8_t *data)
{
	if (f->l4 == DLO_L4_PORTS && f->proto == DLO_PROTO_TCP)
		return (data[f->l4_off + 12] >> 4) * 4U;
	return 8;
}

static void
take_sum(struct frame_template *t, const struct dlo_frame *f, unsigned int cksum)
{
	uint32_t len = f->l3_end - f->l4_off;
	const uint8_t *l4 = t->data + f->l4_off;
	uint64_t sum;

	t->cksum = (uint16_t)cksum;
	dlo_put16(t->data + cksum, 0);
	sum = dlo_cksum_sum(l4, len);
	if (f->l3 == DLO_L3_IPV6)
		sum += dlo_cksum_pseudo6(t->data + f->l3_off, f->proto, len);
	else if (f->l4 == DLO_L4_PORTS)
		sum += dlo_cksum_pseudo4(t->data + f->l3_off, f->proto, len);
	t->zero_is_ones = f->proto == DLO_PROTO_UDP;
	t->base_sum = dlo_cksum_fold(sum);
}

/* Find a place for the stamp; without one the frame goes out as it is. */
static void
place_stamp(struct frame_template *t, uint32_t magic)
{
	unsigned int stamp, cksum, header;
	struct dlo_frame f;

	t->replayed = true;
	dlo_frame_parse(t->data, t->len, &f);
	if (f.fault != DLO_FAULT_NONE || (f.l3 != DLO_L3_IPV4 && f.l3 != DLO_L3_IPV6))
		return;
	if (f.l3_end + STAMP_BYTES <= t->len) {
		t->stamp = (uint16_t)(t->len - STAMP_BYTES);
		return;
	}
	cksum = cksum_offset(&f, t->data);
	if (cksum == 0 || f.l3_end != t->len || cksum + 2 > t->len)
		return;
	header = l4_header(&f, t->data);
	/* An even distance from the header, so that the words of the stamp are words of the sum. */
	stamp = t->len - STAMP_BYTES;
	stamp -= (stamp - f.l4_off) & 1;
	if (t->len < STAMP_BYTES + 1 || stamp < f.l4_off + header)
		return;
	t->stamp = (uint16_t)stamp;
	memset(t->data + stamp, 0, STAMP_BYTES);
	dlo_put32(t->data + stamp, magic);
	/* A UDP sender over IPv4 may do without a checksum: it stays so. */
	if (f.proto == DLO_PROTO_UDP && f.l3 == DLO_L3_IPV4 && dlo_get16(t->data + cksum) == 0)
		return;
	take_sum(t, &f, cksum);
}

static int
add_frame(struct pattern *p, unsigned int *room, const uint8_t *data, unsigned int len,
	uint32_t magic)
{
	struct frame_template *t;

	if (p->nb_templates == *room) {
		struct frame_template *more = realloc(p->templates, 2UL * *room * sizeof(*more));

		if (more == NULL)
			return -ENOMEM;
		p->templates = more;
		*room *= 2;
	}
	t = &p->templates[p->nb_templates];
	*t = (struct frame_template){ .len = (uint16_t)len, .stream = class_of(len + GEN_FCS) };
	t->data = malloc(len);
	if (t->data == NULL)
		return -ENOMEM;
	memcpy(t->data, data, len);
	place_stamp(t, magic);
	p->nb_templates++;
	p->bytes += len + GEN_FCS;
	return 0;
}

static uint64_t
time_of(const struct pcap_pkthdr *h)
{
	/* Opened with nanoseconds. */
	return (uint64_t)h->ts.tv_sec * 1000000000 + (uint64_t)h->ts.tv_usec;
}

static int
read_frames(struct pattern *p, pcap_t *file, uint32_t magic, struct pattern_notes *notes)
{
	unsigned int room = FRAMES_AT_FIRST;
	uint64_t first = 0, last = 0;
	struct pcap_pkthdr *h;
	const uint8_t *data;
	int rc;

	p->templates = calloc(room, sizeof(*p->templates));
	if (p->templates == NULL)
		return -ENOMEM;
	while ((rc = pcap_next_ex(file, &h, &data)) == 1) {
		uint64_t now = time_of(h);

		if (h->caplen < h->len || h->len + GEN_FCS > GEN_SIZE_MAX || h->len < 14) {
			notes->skipped++;
			continue;
		}
		if (p->nb_templates == FRAMES_MAX)
			return -E2BIG;
		if (p->nb_templates == 0)
			first = last = now;
		else if (now > last)
			p->templates[p->nb_templates - 1].gap_ns = (double)(now - last);
		/* Captures of several CPUs are not always in order: time never goes back here. */
		last = now > last ? now : last;
		if (add_frame(p, &room, data, h->len, magic) != 0)
			return -ENOMEM;
		notes->unstamped += p->templates[p->nb_templates - 1].stamp == 0;
	}
	notes->frames = p->nb_templates;
	notes->seconds = (double)(last - first) / 1e9;
	return rc == PCAP_ERROR_BREAK ? 0 : -EIO;
}

/* Where the capture begins again, after the mean gap. */
static void
close_round(struct pattern *p, const struct pattern_notes *notes)
{
	if (p->nb_templates > 1)
		p->templates[p->nb_templates - 1].gap_ns =
			notes->seconds * 1e9 / (p->nb_templates - 1);
}

int
pattern_read_pcap(struct pattern *p, const char *path, uint32_t magic, struct pattern_notes *ret,
	char err[DLO_CONF_ERR])
{
	char why[PCAP_ERRBUF_SIZE];
	pcap_t *file = pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_NANO, why);
	int rc;

	*p = (struct pattern){ .nb_streams = NB_CLASSES, .flows = 1, .magic = magic, .at_end = true };
	*ret = (struct pattern_notes){ 0 };
	for (unsigned int i = 0; i < NB_CLASSES; i++)
		snprintf(p->streams[i], PATTERN_STREAM_NAME, "%s", classes[i].name);
	if (file == NULL)
		return dlo_conf_fail(err, "--pcap: %.*s", PCAP_ERRBUF_SIZE, why);
	if (pcap_datalink(file) != DLT_EN10MB) {
		rc = dlo_conf_fail(err, "--pcap: %s holds %s, not Ethernet frames", path,
			pcap_datalink_val_to_name(pcap_datalink(file)) != NULL ?
				pcap_datalink_val_to_name(pcap_datalink(file)) : "something unknown");
		pcap_close(file);
		return rc;
	}
	rc = read_frames(p, file, magic, ret);
	if (rc == -EIO)
		dlo_conf_fail(err, "--pcap: %s is damaged: %s", path, pcap_geterr(file));
	else if (rc == -E2BIG)
		dlo_conf_fail(err, "--pcap: %s holds more than %u frames; cut it with editcap", path,
			FRAMES_MAX);
	else if (rc != 0)
		dlo_conf_fail(err, "--pcap: no memory for the frames of %s; cut it with editcap", path);
	else if (p->nb_templates == 0)
		rc = dlo_conf_fail(err, "--pcap: %s holds no whole frame of 18 to %u bytes", path,
			GEN_SIZE_MAX);
	else
		close_round(p, ret);
	pcap_close(file);
	if (rc != 0)
		pattern_free(p);
	return rc == 0 ? 0 : -EINVAL;
}
