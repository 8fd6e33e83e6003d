/* SPDX-License-Identifier: BSD-3-Clause */
#include "stale_socket.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "cmdline.h"
#include "devarg.h"
#include "log.h"

/*
 * How the drivers say where they listen. Sources: drivers/net/memif (roles have two names each, sockets are
 * abstract unless said otherwise), drivers/net/vhost, drivers/net/virtio/virtio_user of DPDK.
 */
static const struct listener {
	const char *driver;
	const char *path; /* key of the socket's name */
	const char *key; /* we listen when it says just this */
	const char *value;
	const char *other; /* another name of that value; NULL: none */
	bool by_default; /* ... or when it is not there */
} listeners[] = {
	{ "net_memif", "socket", "role", "server", "master", false },
	{ "eth_vhost", "iface", "client", "0", NULL, true },
	{ "net_vhost", "iface", "client", "0", NULL, true },
	{ "net_virtio_user", "path", "server", "1", NULL, false },
	{ "virtio_user", "path", "server", "1", NULL, false },
};

#define NB_LISTENERS (sizeof(listeners) / sizeof(listeners[0]))

static bool
listens(const struct listener *l, const char *devargs)
{
	const char *value;

	if (!devarg_of_driver(devargs, l->driver))
		return false;
	if (devarg(devargs, l->key, &value) == 0)
		return l->by_default;
	return devarg_is(devargs, l->key, l->value) ||
		(l->other != NULL && devarg_is(devargs, l->key, l->other));
}

/*
 * Connecting would tell, but a peer that goes at once can bring net_memif's server down. With a type that no
 * driver uses the kernel looks who is there and refuses (unix_find_bsd() of net/unix/af_unix.c).
 * @return ECONNREFUSED: nobody, EPROTOTYPE or 0: somebody; others: cannot tell
 */
static int
look_behind(const char *path)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd, ret;

	if (strlen(path) >= sizeof(un.sun_path))
		return ENAMETOOLONG;
	memcpy(un.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return errno;
	ret = connect(fd, (const struct sockaddr *)&un, sizeof(un)) == 0 ? 0 : errno;
	close(fd);
	return ret;
}

bool
stale_socket_is_awaited(const char *path)
{
	return look_behind(path) == EPROTOTYPE;
}

int
stale_socket_remove(const char *path)
{
	struct stat before, now;
	int said;

	if (lstat(path, &before) != 0 || !S_ISSOCK(before.st_mode))
		return 0;
	said = look_behind(path);
	if (said == 0 || said == EPROTOTYPE)
		return -EADDRINUSE;
	/* Not one that somebody has made in the meantime. */
	return said == ECONNREFUSED && lstat(path, &now) == 0 && now.st_ino == before.st_ino &&
		now.st_dev == before.st_dev && unlink(path) == 0;
}

/* @return 0, or -EADDRINUSE said */
static int
make_room(const struct listener *l, const char *devargs)
{
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
	const char *value;
	size_t len = devarg(devargs, l->path, &value);
	int ret;

	if (len == 0 || len >= sizeof(path))
		return 0;
	memcpy(path, value, len);
	path[len] = '\0';
	ret = stale_socket_remove(path);
	if (ret == 1)
		say("socket %s was left behind, nobody listens on it: removed", path);
	else if (ret < 0)
		say_error("--vdev %.*s: another process listens on %s: end that one, or use another name",
			(int)strcspn(devargs, ","), devargs, path);
	return ret < 0 ? ret : 0;
}

int
stale_sockets_remove(const struct cmdline_eal *eal)
{
	int ret = 0;

	for (int i = 1; ret == 0 && i < eal->argc; i++) {
		const char *devargs = devarg_vdev(eal, i, NULL);

		for (unsigned int l = 0; devargs != NULL && l < NB_LISTENERS && ret == 0; l++) {
			if (listens(&listeners[l], devargs))
				ret = make_room(&listeners[l], devargs);
		}
	}
	return ret;
}
