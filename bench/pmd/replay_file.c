/* SPDX-License-Identifier: BSD-3-Clause */
#include "replay.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

#define LEN_MAX (UINT16_MAX - RTE_PKTMBUF_HEADROOM)

/* What has been read so far; frames are offsets until the bytes stay where they are. */
struct reading {
	struct replay_frame *frames;
	uint8_t *bytes;
	size_t nb_bytes, max_bytes;
	uint32_t nb_frames, max_frames, longest;
};

static int
reading_add(struct reading *r, const uint8_t *data, uint32_t len)
{
	if (r->nb_frames == r->max_frames) {
		uint32_t max = RTE_MAX(1024u, 2 * r->max_frames);
		void *frames = realloc(r->frames, max * sizeof(*r->frames));

		if (frames == NULL)
			return -ENOMEM;
		r->frames = frames;
		r->max_frames = max;
	}
	if (r->nb_bytes + len > r->max_bytes) {
		size_t max = RTE_MAX((size_t)UINT16_MAX, 2 * (r->nb_bytes + len));
		void *bytes = realloc(r->bytes, max);

		if (bytes == NULL)
			return -ENOMEM;
		r->bytes = bytes;
		r->max_bytes = max;
	}
	memcpy(r->bytes + r->nb_bytes, data, len);
	r->nb_bytes += len;
	r->frames[r->nb_frames++].len = len;
	r->longest = RTE_MAX(r->longest, len);
	return 0;
}

static int
read_all(pcap_t *pcap, const char *path, struct reading *r)
{
	struct pcap_pkthdr *hdr;
	const u_char *data;
	int found, ret;

	if (pcap_datalink(pcap) != DLT_EN10MB) {
		REPLAY_LOG(ERR, "%s holds no Ethernet frames: capture on an Ethernet interface",
			path);
		return -EINVAL;
	}
	while ((found = pcap_next_ex(pcap, &hdr, &data)) == 1) {
		if (hdr->caplen != hdr->len || hdr->len == 0 || hdr->len > LEN_MAX ||
				r->nb_frames == REPLAY_SLOTS_MAX) {
			REPLAY_LOG(ERR,
				"%s: frame %u of %u bytes cannot be used: capture whole frames of "
				"at most %u bytes, and at most %u of them",
				path, r->nb_frames + 1, hdr->len, LEN_MAX, REPLAY_SLOTS_MAX);
			return -EINVAL;
		}
		ret = reading_add(r, data, hdr->caplen);
		if (ret != 0)
			return ret;
	}
	if (found != PCAP_ERROR_BREAK || r->nb_frames == 0) {
		REPLAY_LOG(ERR, "%s: %s: give a whole capture file", path,
			found == PCAP_ERROR_BREAK ? "no frame in it" : pcap_geterr(pcap));
		return -EINVAL;
	}
	return 0;
}

int
replay_file_read(const char *path, struct replay_file *ret_file)
{
	char err[PCAP_ERRBUF_SIZE];
	pcap_t *pcap = pcap_open_offline(path, err);
	struct reading r = {0};
	const uint8_t *next;
	int ret;

	if (pcap == NULL) {
		REPLAY_LOG(ERR, "%s: give pcap= a file that can be read", err);
		return -EINVAL;
	}
	ret = read_all(pcap, path, &r);
	pcap_close(pcap);
	if (ret != 0) {
		free(r.frames);
		free(r.bytes);
		return ret;
	}
	next = r.bytes;
	for (uint32_t i = 0; i < r.nb_frames; i++) {
		r.frames[i].data = next;
		next += r.frames[i].len;
	}
	ret_file->frames = r.frames;
	ret_file->bytes = r.bytes;
	ret_file->nb_frames = r.nb_frames;
	ret_file->longest = r.longest;
	return 0;
}

void
replay_file_free(struct replay_file *file)
{
	free(file->frames);
	free(file->bytes);
	memset(file, 0, sizeof(*file));
}
