/* SPDX-License-Identifier: BSD-3-Clause */
/* Device arguments as users write them, and sockets that somebody listens on or nobody. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <cmocka.h>

#include "cmdline.h"
#include "devarg.h"
#include "stale_socket.h"

static char dir[] = "/tmp/dlo-socket-XXXXXX";
static char path[64];

static int
make_dir(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/s", dir);
	return 0;
}

static int
remove_dir(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(dir);
}

static int
server(int type)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, type, 0);

	assert_true(fd >= 0);
	memcpy(un.sun_path, path, strlen(path) + 1);
	assert_int_equal(bind(fd, (const struct sockaddr *)&un, sizeof(un)), 0);
	assert_int_equal(listen(fd, 1), 0);
	return fd;
}

static void
arguments(void **state)
{
	static const char with[] = "net_memif0,role=server,socket=/a/b,socket-abstract=no,id=";
	const char *value;

	(void)state;
	assert_int_equal(devarg(with, "socket", &value), 4);
	assert_memory_equal(value, "/a/b", 4);
	assert_int_equal(devarg("socket=x", "socket", &value), 1);
	assert_int_equal(devarg(with, "ocket", &value), 0);
	assert_int_equal(devarg(with, "rol", &value), 0);
	assert_int_equal(devarg(with, "id", &value), 0);
	assert_int_equal(devarg(NULL, "id", &value), 0);
	assert_int_equal(devarg("", "id", &value), 0);
	assert_true(devarg_is(with, "role", "server"));
	assert_false(devarg_is(with, "role", "serve"));
	assert_false(devarg_is(with, "role", "servers"));
	assert_true(devarg_of_driver(with, "net_memif"));
	assert_false(devarg_of_driver(with, "net_vhost"));
}

static void
options(void **state)
{
	static const char *const argv[] = { "dpdk-lo", "--vdev", "net_a,b=c", "--vdev=net_d", "-l", "0" };
	const struct cmdline_eal eal = { .argc = 6, .argv = (char **)(uintptr_t)argv };
	const char *option;

	(void)state;
	assert_null(devarg_vdev(&eal, 0, NULL));
	assert_null(devarg_vdev(&eal, 1, NULL));
	assert_string_equal(devarg_vdev(&eal, 2, &option), "net_a,b=c");
	assert_string_equal(option, "");
	assert_string_equal(devarg_vdev(&eal, 3, &option), "net_d");
	assert_string_equal(option, "--vdev=");
	assert_null(devarg_vdev(&eal, 5, NULL));
}

static void
only_the_dead_go(void **state)
{
	static const int types[] = { SOCK_STREAM, SOCK_SEQPACKET };
	char link_path[80];

	(void)state;
	for (int i = 0; i < 2; i++) {
		int fd = server(types[i]);

		assert_int_equal(stale_socket_remove(path), -EADDRINUSE);
		assert_int_equal(access(path, F_OK), 0);
		/* Its owner was not troubled: no connection waits. */
		assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
		assert_int_equal(accept(fd, NULL, NULL), -1);
		assert_int_equal(errno, EAGAIN);
		close(fd);
		/* By way of a link it is not removed, nor the link. */
		snprintf(link_path, sizeof(link_path), "%s.link", path);
		assert_int_equal(symlink(path, link_path), 0);
		assert_int_equal(stale_socket_remove(link_path), 0);
		assert_int_equal(unlink(link_path), 0);
		assert_int_equal(stale_socket_remove(path), 1);
		assert_int_equal(access(path, F_OK), -1);
		assert_int_equal(stale_socket_remove(path), 0);
	}
}

static void
no_socket_no_matter(void **state)
{
	char longer[300];
	FILE *file = fopen(path, "w");

	(void)state;
	assert_non_null(file);
	fclose(file);
	assert_int_equal(stale_socket_remove(path), 0);
	assert_int_equal(access(path, F_OK), 0);
	assert_int_equal(stale_socket_remove(dir), 0);
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	assert_int_equal(stale_socket_remove(longer), 0);
	assert_int_equal(unlink(path), 0);
}

/* Whoever does not listen keeps what is there. */
static void
only_where_we_listen(void **state)
{
	static const struct {
		const char *devargs;
		int type;
		int want; /* is the dead socket still there? */
	} cases[] = {
		{ "net_memif0,role=server,socket=%s,socket-abstract=no", SOCK_SEQPACKET, -1 },
		{ "net_memif0,role=master,socket=%s,socket-abstract=no", SOCK_SEQPACKET, -1 },
		{ "net_memif0,role=client,socket=%s,socket-abstract=no", SOCK_SEQPACKET, 0 },
		{ "net_memif0,socket=%s,socket-abstract=no", SOCK_SEQPACKET, 0 },
		{ "eth_vhost0,iface=%s", SOCK_STREAM, -1 },
		{ "net_vhost0,iface=%s,client=0", SOCK_STREAM, -1 },
		{ "eth_vhost0,iface=%s,client=1", SOCK_STREAM, 0 },
		{ "net_virtio_user0,path=%s", SOCK_STREAM, 0 },
		{ "net_virtio_user0,path=%s,server=1", SOCK_STREAM, -1 },
		{ "net_pcap0,iface=%s", SOCK_STREAM, 0 },
	};
	char text[160];
	const char *const argv[] = { "dpdk-lo", "--vdev", text };
	const struct cmdline_eal eal = { .argc = 3, .argv = (char **)(uintptr_t)argv };

	(void)state;
	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int fd = server(cases[i].type);

		snprintf(text, sizeof(text), cases[i].devargs, path);
		assert_int_equal(stale_sockets_remove(&eal), cases[i].want == 0 ? 0 : -EADDRINUSE);
		close(fd);
		assert_int_equal(stale_sockets_remove(&eal), 0);
		assert_int_equal(access(path, F_OK), cases[i].want);
		unlink(path);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arguments),
		cmocka_unit_test(options),
		cmocka_unit_test(only_the_dead_go),
		cmocka_unit_test(no_socket_no_matter),
		cmocka_unit_test(only_where_we_listen),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
