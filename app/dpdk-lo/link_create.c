/* SPDX-License-Identifier: BSD-3-Clause */
#include "link.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <rte_dev.h>
#include <rte_ethdev.h>
#include <rte_ether.h>

#include "log.h"

#define VHOST_DEVICE "/dev/vhost-net"
/* Queue pairs that net_virtio_user takes in every DPDK since 22.11. */
#define VIRTIO_USER_QUEUES_MAX 8
/* One 64 KiB frame takes 33 descriptors of 2 KiB; the driver's 256 would hold seven of them. */
#define VIRTIO_USER_QUEUE_SIZE 1024

/* What net_vtap has for each queue when it is not told; frames that are held come on top. */
#define BIG_MBUFS 128

struct kind {
	enum dlo_link_type type;
	const char *name; /* as --link type=... takes it */
	const char *driver; /* of the vdev, which is called DRIVER_IFNAME */
	/* @return 0, or -errno with the reason in buf: what would fail before anything is made. */
	int (*usable)(char *buf, size_t len);
	void (*args)(const struct dlo_conf_link *conf, unsigned int nb_queues, char *buf,
		size_t len);
	const char *praise; /* why one would want it */
};

static int
vtap_usable(char *buf, size_t len)
{
#ifdef DLO_HAVE_VTAP
	(void)buf;
	(void)len;
	return 0;
#else
	snprintf(buf, len, "it was not built, for want of DPDK's driver headers");
	return -ENOTSUP;
#endif
}

static int
virtio_user_usable(char *buf, size_t len)
{
	int fd = open(VHOST_DEVICE, O_RDWR | O_CLOEXEC);
	int err = errno;

	if (fd >= 0) {
		close(fd);
		return 0;
	}
	if (err == ENOENT)
		snprintf(buf, len, "%s is missing (modprobe vhost_net)", VHOST_DEVICE);
	else
		snprintf(buf, len, "%s: %s", VHOST_DEVICE, strerror(err));
	return -err;
}

static int
tap_usable(char *buf, size_t len)
{
	(void)buf;
	(void)len;
	return 0;
}

static const char *
mac_arg(const struct dlo_conf_link *conf, char buf[32])
{
	buf[0] = '\0';
	if (conf->has_mac)
		snprintf(buf, 32, ",mac=%02x:%02x:%02x:%02x:%02x:%02x", conf->mac[0], conf->mac[1],
			conf->mac[2], conf->mac[3], conf->mac[4], conf->mac[5]);
	return buf;
}

static void
vtap_args(const struct dlo_conf_link *conf, unsigned int nb_queues, char *buf, size_t len)
{
	char mac[32], big[32] = "";

	if (conf->long_frames > 0)
		snprintf(big, sizeof(big), ",big_mbufs=%u", BIG_MBUFS + conf->long_frames);
	snprintf(buf, len, "iface=%s,queues=%u,uso=1%s%s", conf->name, nb_queues,
		mac_arg(conf, mac), big);
}

static void
virtio_user_args(const struct dlo_conf_link *conf, unsigned int nb_queues, char *buf, size_t len)
{
	struct dlo_conf_link with_mac = *conf;
	char mac[32];

	if (nb_queues > VIRTIO_USER_QUEUES_MAX)
		nb_queues = VIRTIO_USER_QUEUES_MAX;
	/* It would make one up itself, and complain. */
	if (!with_mac.has_mac) {
		with_mac.has_mac = true;
		rte_eth_random_addr(with_mac.mac);
	}
	snprintf(buf, len, "path=%s,iface=%s,queues=%u,queue_size=%d%s", VHOST_DEVICE, conf->name,
		nb_queues, VIRTIO_USER_QUEUE_SIZE, mac_arg(&with_mac, mac));
}

static void
tap_args(const struct dlo_conf_link *conf, unsigned int nb_queues, char *buf, size_t len)
{
	char mac[32];

	(void)nb_queues; /* it makes as many as the ethdev is configured with */
	snprintf(buf, len, "iface=%s%s", conf->name, mac_arg(conf, mac));
}

/* In the order of preference. */
static const struct kind kinds[] = {
	{ DLO_LINK_VTAP, "vtap", "net_vtap", vtap_usable, vtap_args,
		"64 KiB frames and checksums cross untouched" },
	{ DLO_LINK_VIRTIO_USER, "virtio-user", "net_virtio_user", virtio_user_usable,
		virtio_user_args, "a kernel thread does the copying" },
	{ DLO_LINK_TAP, "tap", "net_tap", tap_usable, tap_args,
		"works everywhere, frame by frame without offloads" },
};

#define NB_KINDS (sizeof(kinds) / sizeof(kinds[0]))

const char *
link_type_name(enum dlo_link_type type)
{
	for (unsigned int i = 0; i < NB_KINDS; i++)
		if (kinds[i].type == type)
			return kinds[i].name;
	return "auto";
}

/*
 * vhost's worker inherits the affinity of the thread that makes it (kernel 6.4 and later). EAL has
 * pinned us to the core that is going to poll: the two would take turns there.
 */
static int
plug_unpinned(const char *vdev, const char *args)
{
	cpu_set_t before, all;
	bool pinned = sched_getaffinity(0, sizeof(before), &before) == 0;
	int ret;

	memset(&all, 0xff, sizeof(all));
	if (pinned)
		sched_setaffinity(0, sizeof(all), &all);
	ret = rte_eal_hotplug_add("vdev", vdev, args);
	if (pinned)
		sched_setaffinity(0, sizeof(before), &before);
	return ret;
}

/* @return 0 with vdev filled, or -errno with the reason in buf */
static int
make(const struct kind *kind, const struct dlo_conf_link *conf, unsigned int nb_queues,
	char vdev[DLO_CONF_PORT_NAME], char *buf, size_t len)
{
	char args[160];
	uint16_t port_id;
	int err = kind->usable(buf, len);

	if (err != 0)
		return err;
	snprintf(vdev, DLO_CONF_PORT_NAME, "%s_%s", kind->driver, conf->name);
	kind->args(conf, nb_queues, args, sizeof(args));
	err = kind->type == DLO_LINK_VIRTIO_USER ? plug_unpinned(vdev, args) :
						   rte_eal_hotplug_add("vdev", vdev, args);
	if (err == 0 && rte_eth_dev_get_port_by_name(vdev, &port_id) != 0)
		err = -ENODEV;
	if (err == -ENOTSUP)
		snprintf(buf, len, "this DPDK has no %s driver", kind->driver);
	else if (err != 0)
		snprintf(buf, len, "%s failed: %s", kind->driver,
			err < -1 ? strerror(-err) : "it says why above");
	return err;
}

static int
make_one(const struct kind *kind, const struct dlo_conf_link *conf, unsigned int nb_queues,
	struct link_dev *ret)
{
	char why_not[128];
	int err = make(kind, conf, nb_queues, ret->vdev, why_not, sizeof(why_not));

	if (err != 0) {
		say_error("cannot make the link %s of type %s: %s; use --link %s,type=auto to have "
			"what works here",
			conf->name, kind->name, why_not, conf->name);
		return err;
	}
	ret->type = kind->type;
	snprintf(ret->why, sizeof(ret->why), "asked for");
	return 0;
}

static int
make_best(const struct dlo_conf_link *conf, unsigned int nb_queues, struct link_dev *ret)
{
	char refused[sizeof(ret->why)] = "";
	char why_not[128];
	size_t used = 0;
	int err = -ENODEV;

	for (unsigned int i = 0; i < NB_KINDS; i++) {
		err = make(&kinds[i], conf, nb_queues, ret->vdev, why_not, sizeof(why_not));
		if (err == 0) {
			ret->type = kinds[i].type;
			snprintf(ret->why, sizeof(ret->why), "%s%s", refused, kinds[i].praise);
			return 0;
		}
		if (used < sizeof(refused))
			used += snprintf(refused + used, sizeof(refused) - used, "not %s: %s; ",
				kinds[i].name, why_not);
	}
	say_error("cannot make the link %s (%.*s): install DPDK's net_tap driver (librte-net-tap)",
		conf->name, (int)strlen(refused) - 2, refused);
	return err;
}

int
link_create(const struct dlo_conf_link *conf, unsigned int nb_queues, struct link_dev *ret)
{
	struct link_dev link;
	int err = 0;

	memset(&link, 0, sizeof(link));
	snprintf(link.ifname, sizeof(link.ifname), "%s", conf->name);
	if (conf->queues != 0)
		nb_queues = conf->queues;
	if (conf->type == DLO_LINK_AUTO)
		err = make_best(conf, nb_queues, &link);
	for (unsigned int i = 0; i < NB_KINDS; i++)
		if (kinds[i].type == conf->type)
			err = make_one(&kinds[i], conf, nb_queues, &link);
	if (err != 0)
		return err;
	say("interface %s is of type %s (%s)", link.ifname, link_type_name(link.type), link.why);
	*ret = link;
	return 0;
}
