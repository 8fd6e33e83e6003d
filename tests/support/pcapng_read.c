/* SPDX-License-Identifier: BSD-3-Clause */
#include "pcapng_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t
u32(const uint8_t *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

static void
broken(const char *what, size_t at)
{
	fprintf(stderr, "pcapng: %s at offset %zu\n", what, at);
	exit(1);
}

struct pcapng_file
pcapng_load(const char *path)
{
	struct pcapng_file f = { 0 };
	FILE *in = fopen(path, "rb");
	size_t room = 0, n;

	if (in == NULL)
		broken(path, 0);
	do {
		room += 1 << 20;
		f.data = realloc(f.data, room);
		if (f.data == NULL)
			broken("no memory", 0);
		n = fread(f.data + f.len, 1, room - f.len, in);
		f.len += n;
	} while (f.len == room);
	fclose(in);
	for (size_t at = 0; at < f.len;) {
		uint32_t len = f.len - at >= 12 ? u32(f.data + at + 4) : 0;

		if (len < 12 || len % 4 != 0 || len > f.len - at)
			broken("block does not fit", at);
		if (u32(f.data + at + len - 4) != len)
			broken("the two lengths of a block differ", at);
		at += len;
	}
	return f;
}

void
pcapng_unload(struct pcapng_file *f)
{
	free(f->data);
	f->data = NULL;
}

/** @return the block, or NULL. */
static const uint8_t *
block(const struct pcapng_file *f, uint32_t type, unsigned int index)
{
	for (size_t at = 0; at < f->len; at += u32(f->data + at + 4)) {
		if (u32(f->data + at) == type && index-- == 0)
			return f->data + at;
	}
	return NULL;
}

unsigned int
pcapng_blocks(const struct pcapng_file *f, uint32_t type)
{
	unsigned int nb = 0;

	while (block(f, type, nb) != NULL)
		nb++;
	return nb;
}

/** @return an option's value and its length, or NULL; options begin @p from bytes into @p b. */
static const uint8_t *
option(const uint8_t *b, size_t from, uint16_t code, uint16_t *ret_len)
{
	size_t end = u32(b + 4) - 4;

	while (from + 4 <= end) {
		uint16_t head[2];

		memcpy(head, b + from, sizeof(head));
		from += 4;
		if (from + head[1] > end)
			broken("option does not fit", from);
		if (head[0] == 0)
			break;
		if (head[0] == code) {
			*ret_len = head[1];
			return b + from;
		}
		from += (head[1] + 3u) & ~3u;
	}
	return NULL;
}

static void
option_text(const uint8_t *b, size_t from, uint16_t code, char ret[128])
{
	uint16_t len = 0;
	const uint8_t *value = option(b, from, code, &len);

	snprintf(ret, 128, "%.*s", (int)len, value != NULL ? (const char *)value : "");
}

bool
pcapng_packet(const struct pcapng_file *f, unsigned int index, struct pcapng_read *ret)
{
	const uint8_t *b = block(f, 6, index), *flags;
	uint16_t len = 0;
	size_t options;

	if (b == NULL)
		return false;
	ret->interface = u32(b + 8);
	ret->time_ns = (uint64_t)u32(b + 12) << 32 | u32(b + 16);
	ret->len = u32(b + 20);
	ret->wire_len = u32(b + 24);
	ret->data = b + 28;
	options = 28 + ((ret->len + 3u) & ~3u);
	if (options > u32(b + 4) - 4)
		broken("packet does not fit", (size_t)(b - f->data));
	flags = option(b, options, 2, &len);
	ret->direction = flags != NULL && len == 4 ? u32(flags) & 3 : 0;
	option_text(b, options, 1, ret->comment);
	return true;
}

void
pcapng_interface_text(const struct pcapng_file *f, unsigned int index, uint16_t code,
	char ret[128])
{
	const uint8_t *b = block(f, 1, index);

	ret[0] = '\0';
	if (b != NULL)
		option_text(b, 16, code, ret);
}

uint64_t
pcapng_statistic(const struct pcapng_file *f, unsigned int index, uint16_t code)
{
	const uint8_t *b = block(f, 5, index), *value = NULL;
	uint64_t number = 0;
	uint16_t len = 0;

	if (b != NULL)
		value = option(b, 20, code, &len);
	if (value != NULL && len == sizeof(number))
		memcpy(&number, value, sizeof(number));
	return number;
}
