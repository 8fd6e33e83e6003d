/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_PCAPNG_H
#define DLO_APP_PCAPNG_H

/**
 * @file
 * A small writer of pcapng files (IETF draft-ietf-opsawg-pcapng): one section, Ethernet
 * interfaces, packets with direction and comment, statistics at the end.
 *
 * It is our own because DPDK 22.11's rte_pcapng has no packet comments, and the comment is where a
 * drop reason is read in Wireshark; later versions of it changed their signatures with each year.
 *
 * Blocks are gathered in memory and written whole; when the disk is full, what was half written is
 * cut off again, so that the file stays one that readers take. Thread: one at a time.
 */

#include <stdint.h>
#include <sys/uio.h>

struct pcapng;

/** What is known of an interface; strings may be NULL. */
struct pcapng_interface {
	const char *name;
	const char *description;
	const char *filter; /**< pcap-filter expression that packets were chosen by */
	const uint8_t *mac; /**< six bytes */
	uint32_t snaplen; /**< bytes kept of a packet; 0: all */
};

enum pcapng_direction {
	PCAPNG_UNKNOWN = 0,
	PCAPNG_INBOUND = 1,
	PCAPNG_OUTBOUND = 2,
};

struct pcapng_packet {
	uint32_t interface; /**< as pcapng_add_interface() gave it */
	enum pcapng_direction direction;
	uint64_t time_ns; /**< since 1970 */
	uint32_t wire_len; /**< bytes that the frame had, at least those of @ref data */
	const char *comment; /**< UTF-8; NULL: none */
	const struct iovec *data;
	unsigned int nb_data;
};

/**
 * Open (and truncate) @p path and begin the section.
 * @param application who writes: "name version"
 * @param ret written only on success
 * @return 0, or -errno
 */
int pcapng_open(const char *path, const char *application, struct pcapng **ret);

/**
 * Describe an interface. All of them come before the first packet.
 * @return its number, from 0 up, or -errno
 */
int pcapng_add_interface(struct pcapng *p, const struct pcapng_interface *interface);

/**
 * Add a packet. After the first error every call returns it again and writes nothing.
 * @return 0, or -errno (-EMSGSIZE: more than 16 MiB)
 */
int pcapng_write(struct pcapng *p, const struct pcapng_packet *packet);

/**
 * Add an interface's statistics.
 * @param received packets that the capture saw; @param lost packets that could not be written
 * @return 0, or -errno
 */
int pcapng_write_stats(struct pcapng *p, uint32_t interface, uint64_t time_ns, uint64_t received,
	uint64_t lost);

/** Hand what was gathered to the kernel. @return 0, or -errno */
int pcapng_flush(struct pcapng *p);

/** @return packets that the kernel has taken whole. */
uint64_t pcapng_written(const struct pcapng *p);

/** Flush, close and free. @return 0, or the first -errno that there was */
int pcapng_close(struct pcapng *p);

#endif
