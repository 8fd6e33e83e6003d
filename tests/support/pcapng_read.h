/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_PCAPNG_READ_H
#define TESTS_PCAPNG_READ_H

/**
 * @file
 * A reader of pcapng files in this machine's byte order, strict about block lengths; written apart
 * from the writer, after the same draft.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pcapng_file {
	uint8_t *data;
	size_t len;
};

struct pcapng_read {
	uint32_t interface;
	uint64_t time_ns;
	uint32_t len;
	uint32_t wire_len;
	const uint8_t *data; /**< into the file */
	uint32_t direction; /**< 1 inbound, 2 outbound, 0 not said */
	char comment[128]; /**< "": none */
};

/** Load @p path and check that it is whole blocks; ends the test program with a reason if not. */
struct pcapng_file pcapng_load(const char *path);

void pcapng_unload(struct pcapng_file *f);

/** @return how many blocks of @p type there are. */
unsigned int pcapng_blocks(const struct pcapng_file *f, uint32_t type);

/** @return false when there is no @p index-th packet. */
bool pcapng_packet(const struct pcapng_file *f, unsigned int index, struct pcapng_read *ret);

/** Text of an interface's option ("": none); @p code 2 is its name. */
void pcapng_interface_text(const struct pcapng_file *f, unsigned int index, uint16_t code,
	char ret[128]);

/** @p code of the @p index-th interface statistics (4 received, 5 dropped); 0 when there is none. */
uint64_t pcapng_statistic(const struct pcapng_file *f, unsigned int index, uint16_t code);

#endif
