/* SPDX-License-Identifier: BSD-3-Clause */
#include "vtap_tun.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/if_tun.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Newer than the headers of Debian 12 (Linux 6.2). */
#ifndef TUN_F_USO4
#define TUN_F_USO4 0x20
#define TUN_F_USO6 0x40
#endif

bool
vtap_tun_name_ok(const char *name)
{
	size_t len = strlen(name);

	if (len == 0 || len >= IFNAMSIZ || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return false;
	/* '%' would make it a template; the rest is what the kernel's dev_valid_name() refuses. */
	for (; *name != '\0'; name++)
		if (*name == '/' || *name == ':' || *name == '%' || isspace((unsigned char)*name))
			return false;
	return true;
}

static int
tun_open(struct ifreq *ifr)
{
	int sndbuf = INT_MAX, hdr_len = VTAP_VNET_HDR_LEN;
	int fd, err;

	/*
	 * Non-blocking and without a limit on the send buffer: only then are small frames built
	 * into an skb without a second allocation, and never made to wait for the reader.
	 */
	fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (ioctl(fd, TUNSETIFF, ifr) < 0 || ioctl(fd, TUNSETVNETHDRSZ, &hdr_len) < 0 ||
		ioctl(fd, TUNSETSNDBUF, &sndbuf) < 0) {
		err = errno;
		close(fd);
		return -err;
	}
	return fd;
}

int
vtap_tun_create(const char *name, bool multi_queue, bool napi, char ret_name[IFNAMSIZ])
{
	struct ifreq ifr = {0};
	unsigned int flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR | IFF_TUN_EXCL;
	int fd;

	if (multi_queue)
		flags |= IFF_MULTI_QUEUE;
	if (napi)
		flags |= IFF_NAPI;
	strncpy(ifr.ifr_name, name, IFNAMSIZ - 1);
	ifr.ifr_flags = (short)flags;
	fd = tun_open(&ifr);
	if (fd >= 0)
		memcpy(ret_name, ifr.ifr_name, IFNAMSIZ);
	return fd;
}

int
vtap_tun_attach(int first_fd)
{
	struct ifreq ifr = {0};

	if (ioctl(first_fd, TUNGETIFF, &ifr) < 0)
		return -errno;
	/* IFF_TUN_EXCL belongs to the making of an interface. */
	ifr.ifr_flags = (short)(ifr.ifr_flags &
		(IFF_TAP | IFF_NO_PI | IFF_VNET_HDR | IFF_MULTI_QUEUE | IFF_NAPI));
	return tun_open(&ifr);
}

int
vtap_tun_set_offload(int fd, unsigned int offload)
{
	unsigned long flags = 0;

	if ((offload & VTAP_OFFLOAD_CSUM) != 0)
		flags |= TUN_F_CSUM;
	/* Segmentation without checksums is nothing that the kernel knows. */
	if ((offload & VTAP_OFFLOAD_TSO) != 0)
		flags |= TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN;
	if ((offload & VTAP_OFFLOAD_USO) != 0)
		flags |= TUN_F_CSUM | TUN_F_USO4 | TUN_F_USO6;
	return ioctl(fd, TUNSETOFFLOAD, flags) < 0 ? -errno : 0;
}

bool
vtap_tun_probe_uso(int fd)
{
	bool uso = vtap_tun_set_offload(fd, VTAP_OFFLOAD_USO) == 0;

	vtap_tun_set_offload(fd, 0);
	return uso;
}

int
vtap_tun_set_carrier(int fd, bool on)
{
	int carrier = on;

	return ioctl(fd, TUNSETCARRIER, &carrier) < 0 ? -errno : 0;
}

bool
vtap_tun_alive(int fd)
{
	struct ifreq ifr = {0};

	return ioctl(fd, TUNGETIFF, &ifr) == 0;
}

int
vtap_tun_where(int fd, char ret_name[IFNAMSIZ])
{
	struct ifreq ifr = {0};
	int ns = ioctl(fd, TUNGETDEVNETNS);

	if (ns < 0)
		return -errno;
	if (ioctl(fd, TUNGETIFF, &ifr) < 0) {
		close(ns);
		return -ENODEV;
	}
	memcpy(ret_name, ifr.ifr_name, IFNAMSIZ);
	return ns;
}

void
vtap_tun_drain(int fd, unsigned int max)
{
	char buf[VTAP_VNET_HDR_LEN];

	/* A short buffer takes a whole frame out of the queue. */
	while (max-- > 0 && read(fd, buf, sizeof(buf)) >= 0)
		;
}
