/* SPDX-License-Identifier: BSD-3-Clause */
#include "client.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define GREETING_MAX 1024
#define REPLY_MIN 1024
#define REPLY_MAX (1024 * 1024) /* DPDK: 16 KiB */
#define TIMEOUT_MS 2000
#define WAKE_MS 200

void
client_copy_text(char *to, size_t size, const char *from)
{
	size_t i = 0;

	for (; from != NULL && from[i] != '\0' && i + 1 < size; i++)
		to[i] = from[i] >= ' ' && from[i] <= '~' ? from[i] : '?';
	to[i] = '\0';
}

static int64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Who is asked may be slow or stand still: keys and signals are obeyed all the same. */
static int
wait_readable(const struct client *c)
{
	struct pollfd fds[2] = {
		{ .fd = c->fd, .events = POLLIN },
		{ .fd = c->wait != NULL ? c->wait->fd : -1, .events = POLLIN },
	};
	int64_t end = now_ms() + TIMEOUT_MS;

	for (int64_t now = now_ms(); now < end; now = now_ms()) {
		int nb = poll(fds, 2, end - now < WAKE_MS ? (int)(end - now) : WAKE_MS);

		if (nb < 0 && errno != EINTR)
			return -errno;
		if (nb > 0 && fds[0].revents != 0)
			return 0;
		if (c->wait != NULL && !c->wait->wake(c->wait->arg))
			return -ECANCELED;
	}
	return -ETIMEDOUT;
}

/* One message; NUL-terminated. @return its length, or -errno */
static ssize_t
receive(const struct client *c, char *buf, size_t size)
{
	int ret = wait_readable(c);
	ssize_t n;

	if (ret != 0)
		return ret;
	do {
		n = recv(c->fd, buf, size - 1, 0);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	if (n == 0)
		return -ECONNRESET;
	buf[n] = '\0';
	return n;
}

static int
read_greeting(struct client *c)
{
	char text[GREETING_MAX];
	ssize_t n = receive(c, text, sizeof(text));
	json_t *greeting, *max;

	if (n < 0)
		return (int)n;
	greeting = json_loads(text, 0, NULL);
	max = json_object_get(greeting, "max_output_len");
	if (!json_is_integer(max) || json_integer_value(max) < REPLY_MIN ||
		json_integer_value(max) > REPLY_MAX) {
		json_decref(greeting);
		return -EPROTO;
	}
	c->reply_max = (size_t)json_integer_value(max) + 1;
	c->pid = (int)json_integer_value(json_object_get(greeting, "pid"));
	client_copy_text(c->version, sizeof(c->version),
		json_string_value(json_object_get(greeting, "version")));
	json_decref(greeting);
	c->reply = malloc(c->reply_max);
	return c->reply != NULL ? 0 : -ENOMEM;
}

int
client_open(struct client *c, const char *socket_path, const struct client_wait *wait)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int ret;

	memset(c, 0, sizeof(*c));
	c->fd = -1;
	c->wait = wait;
	if (strlen(socket_path) >= sizeof(addr.sun_path))
		return -ENAMETOOLONG;
	strcpy(addr.sun_path, socket_path);
	/* A listener whose queue is full must not hold us up either. */
	c->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (c->fd < 0)
		return -errno;
	if (connect(c->fd, (struct sockaddr *)&addr, sizeof(addr)) != 0)
		ret = errno == EAGAIN ? -ETIMEDOUT : -errno;
	else
		ret = read_greeting(c);
	if (ret != 0)
		client_close(c);
	return ret;
}

int
client_ask(struct client *c, const char *command, json_t **ret_value)
{
	json_t *all, *value;
	char name[128];
	ssize_t n;

	if (c->fd < 0)
		return -ENOTCONN;
	if (send(c->fd, command, strlen(command), MSG_NOSIGNAL) < 0)
		return -errno;
	n = receive(c, c->reply, c->reply_max);
	if (n < 0)
		return (int)n;
	all = json_loads(c->reply, 0, NULL);
	/* The answer's only key is the command without its parameters. */
	n = (ssize_t)strcspn(command, ",");
	if (n >= (ssize_t)sizeof(name))
		n = sizeof(name) - 1;
	memcpy(name, command, (size_t)n);
	name[n] = '\0';
	value = json_incref(json_object_get(all, name));
	json_decref(all);
	if (value == NULL)
		return -EPROTO;
	*ret_value = value;
	return 0;
}

void
client_close(struct client *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	free(c->reply);
	c->reply = NULL;
}
