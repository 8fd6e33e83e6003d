/* SPDX-License-Identifier: BSD-3-Clause */
#include "client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define GREETING_MAX 1024
#define REPLY_MIN 1024
#define REPLY_MAX (1024 * 1024) /* DPDK: 16 KiB */
#define TIMEOUT_S 2

void
client_copy_text(char *to, size_t size, const char *from)
{
	size_t i = 0;

	for (; from != NULL && from[i] != '\0' && i + 1 < size; i++)
		to[i] = from[i] >= ' ' && from[i] <= '~' ? from[i] : '?';
	to[i] = '\0';
}

/* One message; NUL-terminated. @return its length, or -errno */
static ssize_t
receive(int fd, char *buf, size_t size)
{
	ssize_t n;

	do {
		n = recv(fd, buf, size - 1, 0);
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
	ssize_t n = receive(c->fd, text, sizeof(text));
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
client_open(struct client *c, const char *socket_path)
{
	const struct timeval timeout = { .tv_sec = TIMEOUT_S };
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int ret;

	memset(c, 0, sizeof(*c));
	c->fd = -1;
	if (strlen(socket_path) >= sizeof(addr.sun_path))
		return -ENAMETOOLONG;
	strcpy(addr.sun_path, socket_path);
	c->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (c->fd < 0)
		return -errno;
	setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	setsockopt(c->fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
	if (connect(c->fd, (struct sockaddr *)&addr, sizeof(addr)) != 0)
		ret = -errno;
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
	n = receive(c->fd, c->reply, c->reply_max);
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
