/* SPDX-License-Identifier: BSD-3-Clause */
#include "pcapng.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#define BUFFER_SIZE (256 * 1024)
/** The format's limit is 4 GiB a block; readers refuse much less. */
#define BLOCK_MAX (16 * 1024 * 1024)

enum block_type {
	BLOCK_INTERFACE = 1,
	BLOCK_STATISTICS = 5,
	BLOCK_PACKET = 6,
	BLOCK_SECTION = 0x0A0D0D0A,
};

#define BYTE_ORDER_MAGIC 0x1A2B3C4D
#define LINKTYPE_ETHERNET 1

enum option_code {
	OPT_END = 0,
	OPT_COMMENT = 1,
	SHB_OS = 3,
	SHB_APPLICATION = 4,
	IF_NAME = 2,
	IF_DESCRIPTION = 3,
	IF_MAC = 6,
	IF_TSRESOL = 9,
	IF_FILTER = 11,
	EPB_FLAGS = 2,
	ISB_IFRECV = 4,
	ISB_IFDROP = 5,
};

struct pcapng {
	int fd;
	int error; /**< first error, negative; 0: none */
	uint32_t nb_interfaces;
	uint64_t written; /**< packets */
	uint64_t pending; /**< packets in the buffer */
	off_t whole; /**< file size up to the last whole block */
	size_t used; /**< of buffer */
	size_t size; /**< of buffer */
	size_t block; /**< where the block that is being built begins */
	uint8_t *buffer;
};

static int
fail(struct pcapng *p, int error)
{
	if (p->error == 0)
		p->error = error;
	return p->error;
}

int
pcapng_flush(struct pcapng *p)
{
	size_t done = 0;

	if (p->error != 0)
		return p->error;
	while (done < p->used) {
		ssize_t n = write(p->fd, p->buffer + done, p->used - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			fail(p, n < 0 ? -errno : -EIO);
			/* Half a block makes readers call the file damaged; from a pipe it cannot
			 * be taken back. */
			if (ftruncate(p->fd, p->whole) != 0)
				errno = 0;
			return p->error;
		}
		done += (size_t)n;
	}
	p->whole += (off_t)p->used;
	p->used = 0;
	p->written += p->pending;
	p->pending = 0;
	return 0;
}

/** @return room for @p len more bytes, or NULL when something has failed, now or earlier. */
static uint8_t *
reserve(struct pcapng *p, size_t len)
{
	uint8_t *at;

	if (p->error != 0)
		return NULL;
	if (p->used + len > p->size) {
		size_t size = (p->used + len) * 2;
		uint8_t *grown = realloc(p->buffer, size);

		if (grown == NULL) {
			fail(p, -ENOMEM);
			return NULL;
		}
		p->buffer = grown;
		p->size = size;
	}
	at = p->buffer + p->used;
	p->used += len;
	return at;
}

static void
put(struct pcapng *p, const void *data, size_t len)
{
	uint8_t *at = reserve(p, len);

	if (at != NULL && len > 0)
		memcpy(at, data, len);
}

static void
put_u32(struct pcapng *p, uint32_t value)
{
	put(p, &value, sizeof(value));
}

static void
put_u64(struct pcapng *p, uint64_t value)
{
	put(p, &value, sizeof(value));
}

/** Time stamps are two halves, the high one first, whatever the byte order. */
static void
put_time(struct pcapng *p, uint64_t time_ns)
{
	put_u32(p, (uint32_t)(time_ns >> 32));
	put_u32(p, (uint32_t)time_ns);
}

static void
pad(struct pcapng *p, size_t len)
{
	static const uint8_t zeros[4];

	put(p, zeros, -len & 3);
}

static void
put_option(struct pcapng *p, enum option_code code, const void *data, size_t len)
{
	const uint16_t head[2] = { (uint16_t)code, (uint16_t)len };

	put(p, head, sizeof(head));
	put(p, data, len);
	pad(p, len);
}

static void
put_text(struct pcapng *p, enum option_code code, const char *text)
{
	size_t len = text != NULL ? strlen(text) : 0;

	if (text != NULL)
		put_option(p, code, text, len < UINT16_MAX ? len : UINT16_MAX);
}

static void
begin(struct pcapng *p, enum block_type type)
{
	p->block = p->used;
	put_u32(p, type);
	put_u32(p, 0);
}

/** The length stands at both ends of a block. */
static int
end(struct pcapng *p)
{
	uint32_t len;

	put_option(p, OPT_END, NULL, 0);
	len = (uint32_t)(p->used - p->block + sizeof(len));
	put_u32(p, len);
	if (p->error != 0)
		return p->error;
	memcpy(p->buffer + p->block + sizeof(uint32_t), &len, sizeof(len));
	return 0;
}

static int
write_section(struct pcapng *p, const char *application)
{
	const uint16_t version[2] = { 1, 0 };
	struct utsname os;

	begin(p, BLOCK_SECTION);
	put_u32(p, BYTE_ORDER_MAGIC);
	put(p, version, sizeof(version));
	put_u64(p, UINT64_MAX); /* section length: not known */
	if (uname(&os) == 0) {
		char text[sizeof(os.sysname) + sizeof(os.release)];

		snprintf(text, sizeof(text), "%s %s", os.sysname, os.release);
		put_text(p, SHB_OS, text);
	}
	put_text(p, SHB_APPLICATION, application);
	return end(p);
}

int
pcapng_open(const char *path, const char *application, struct pcapng **ret)
{
	struct pcapng *p = calloc(1, sizeof(*p));
	int rc;

	if (p == NULL)
		return -ENOMEM;
	p->fd = -1;
	p->size = BUFFER_SIZE;
	p->buffer = malloc(p->size);
	if (p->buffer == NULL) {
		rc = -ENOMEM;
		goto error;
	}
	p->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (p->fd < 0) {
		rc = -errno;
		goto error;
	}
	rc = write_section(p, application);
	if (rc != 0)
		goto error;
	*ret = p;
	return 0;
error:
	if (p->fd >= 0)
		close(p->fd);
	free(p->buffer);
	free(p);
	return rc;
}

int
pcapng_add_interface(struct pcapng *p, const struct pcapng_interface *interface)
{
	const uint16_t link[2] = { LINKTYPE_ETHERNET, 0 };
	const uint8_t nanoseconds = 9;
	int rc;

	begin(p, BLOCK_INTERFACE);
	put(p, link, sizeof(link));
	put_u32(p, interface->snaplen);
	put_text(p, IF_NAME, interface->name);
	put_text(p, IF_DESCRIPTION, interface->description);
	if (interface->mac != NULL)
		put_option(p, IF_MAC, interface->mac, 6);
	put_option(p, IF_TSRESOL, &nanoseconds, sizeof(nanoseconds));
	if (interface->filter != NULL) {
		/* Type 0 is a libpcap expression; the text follows without a length of its own. */
		char text[1024] = { 0 };
		size_t len = strnlen(interface->filter, sizeof(text) - 1);

		memcpy(text + 1, interface->filter, len);
		put_option(p, IF_FILTER, text, len + 1);
	}
	rc = end(p);
	return rc != 0 ? rc : (int)p->nb_interfaces++;
}

int
pcapng_write(struct pcapng *p, const struct pcapng_packet *packet)
{
	const uint32_t flags = packet->direction;
	size_t len = 0;
	int rc;

	for (unsigned int i = 0; i < packet->nb_data; i++)
		len += packet->data[i].iov_len;
	if (len > BLOCK_MAX || packet->interface >= p->nb_interfaces)
		return -EMSGSIZE;
	begin(p, BLOCK_PACKET);
	put_u32(p, packet->interface);
	put_time(p, packet->time_ns);
	put_u32(p, (uint32_t)len);
	put_u32(p, packet->wire_len);
	for (unsigned int i = 0; i < packet->nb_data; i++)
		put(p, packet->data[i].iov_base, packet->data[i].iov_len);
	pad(p, len);
	put_text(p, OPT_COMMENT, packet->comment);
	if (flags != PCAPNG_UNKNOWN)
		put_option(p, EPB_FLAGS, &flags, sizeof(flags));
	rc = end(p);
	if (rc != 0)
		return rc;
	p->pending++;
	return p->used >= BUFFER_SIZE / 2 ? pcapng_flush(p) : 0;
}

int
pcapng_write_stats(struct pcapng *p, uint32_t interface, uint64_t time_ns, uint64_t received,
	uint64_t lost)
{
	begin(p, BLOCK_STATISTICS);
	put_u32(p, interface);
	put_time(p, time_ns);
	put_option(p, ISB_IFRECV, &received, sizeof(received));
	put_option(p, ISB_IFDROP, &lost, sizeof(lost));
	return end(p);
}

uint64_t
pcapng_written(const struct pcapng *p)
{
	return p->written;
}

int
pcapng_close(struct pcapng *p)
{
	int rc = pcapng_flush(p);

	/* Where a quota or a network file system says no at last. */
	if (close(p->fd) != 0 && rc == 0)
		rc = -errno;
	free(p->buffer);
	free(p);
	return rc;
}
