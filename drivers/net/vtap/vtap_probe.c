/* SPDX-License-Identifier: BSD-3-Clause */
#include "vtap_ethdev.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <bus_vdev_driver.h>
#include <ethdev_driver.h>
#include <ethdev_vdev.h>
#include <rte_ethdev.h>
#include <rte_malloc.h>
#include <rte_mbuf_dyn.h>
#include <rte_version.h>

#include "vtap.h"
#include "driver_version.h"

RTE_LOG_REGISTER_DEFAULT(vtap_logtype, NOTICE)

struct vtap_dyn vtap_dyn;

/* The place in the mbuf for the state of frames; without it frames are translated both ways. */
static void
register_dyn(void)
{
	static const struct rte_mbuf_dynfield field = {
		.name = VTAP_DYNFIELD_NAME,
		.size = sizeof(struct vtap_vnet_state),
		.align = __alignof__(struct vtap_vnet_state),
	};
	static const struct rte_mbuf_dynflag flag = {.name = VTAP_DYNFLAG_NAME};
	int offset, bit;

	if (vtap_dyn.flag != 0)
		return;
	offset = rte_mbuf_dynfield_register(&field);
	bit = offset < 0 ? -1 : rte_mbuf_dynflag_register(&flag);
	if (bit < 0) {
		VTAP_LOG(WARNING,
			"mbufs have no room left for the kernel's offload state: frames that are "
			"sent back need their checksums computed");
		return;
	}
	vtap_dyn.field = offset;
	vtap_dyn.flag = UINT64_C(1) << bit;
}

static int
create_interface(struct vtap *vtap, const char *name)
{
	const struct vtap_args *args = &vtap->args;
	const char *iface = args->iface[0] != '\0' ? args->iface : "vtap%d";
	int fd = vtap_tun_create(iface, args->queues > 1, args->napi, vtap->iface);

	switch (fd) {
	case -EBUSY:
		VTAP_LOG(ERR,
			"%s: there is an interface %s already: choose another name with iface=",
			name, iface);
		return fd;
	case -EPERM:
		VTAP_LOG(ERR,
			"%s: interface %s cannot be made without CAP_NET_ADMIN: run as root or "
			"give the program that capability",
			name, iface);
		return fd;
	case -ENOENT:
	case -ENODEV:
	case -ENXIO:
		VTAP_LOG(ERR,
			"%s: there is no /dev/net/tun: load the kernel's tun module, or pass the "
			"device into the container",
			name);
		return fd;
	default:
		if (fd < 0) {
			VTAP_LOG(ERR, "%s: interface %s cannot be made: %s", name, iface,
				strerror(-fd));
			return fd;
		}
	}
	vtap->fds[0] = fd;
	vtap->nb_fds = 1;
	vtap->uso = args->uso && vtap_tun_probe_uso(fd);
	return 0;
}

/* Everything that can be set before the interface is seen to be up. */
static int
prepare_interface(struct vtap *vtap, const char *name)
{
	struct vtap_link_state state;
	int err;

	/* No cable until the port is started. */
	vtap_tun_set_carrier(vtap->fds[0], false);
	err = vtap_link_set_txqueuelen(&vtap->link, vtap->args.txqueuelen);
	if (err == 0 && !rte_is_zero_ether_addr(&vtap->args.mac))
		err = vtap_link_set_mac(&vtap->link, &vtap->args.mac);
	if (err == 0)
		err = vtap_link_get(&vtap->link, &state);
	if (err < 0) {
		VTAP_LOG(ERR, "%s: interface %s cannot be set up: %s", name, vtap->iface,
			strerror(-err));
		return err;
	}
	vtap->mac = state.mac;
	return 0;
}

static int
create_port(struct rte_vdev_device *vdev, const struct vtap_args *args)
{
	const char *name = rte_vdev_device_name(vdev);
	struct nl_sock *events;
	struct rte_eth_dev *dev;
	struct vtap *vtap;
	int err;

	dev = rte_eth_vdev_allocate(vdev, sizeof(*vtap));
	if (dev == NULL) {
		VTAP_LOG(ERR, "%s: no memory or no port number left for it", name);
		return -ENOMEM;
	}
	vtap = dev->data->dev_private;
	vtap->dev = dev;
	vtap->args = *args;
	vtap->base = rte_zmalloc("vtap_base", sizeof(*vtap->base), 0);
	if (vtap->base == NULL) {
		err = -ENOMEM;
		goto free_port;
	}
	err = create_interface(vtap, name);
	if (err < 0)
		goto free_port;
	err = vtap_link_init(&vtap->link, vtap->iface, &events);
	if (err < 0) {
		VTAP_LOG(ERR, "%s: no netlink socket for interface %s: %s", name, vtap->iface,
			strerror(-err));
		goto close_fd;
	}
	err = prepare_interface(vtap, name);
	if (err < 0) {
		vtap_events_close(events);
		goto close_link;
	}
	dev->dev_ops = &vtap_ops;
	dev->data->mac_addrs = &vtap->mac;
	dev->data->dev_flags = RTE_ETH_DEV_INTR_LSC | RTE_ETH_DEV_INTR_RMV |
		RTE_ETH_DEV_AUTOFILL_QUEUE_XSTATS;
	err = vtap_link_intr_install(vtap, events);
	if (err < 0) {
		VTAP_LOG(ERR, "%s: EAL's interrupt thread does not take it: %s", name,
			strerror(-err));
		goto close_link;
	}
	rte_eth_dev_probing_finish(dev);
	return 0;

close_link:
	vtap_link_fini(&vtap->link);
close_fd:
	close(vtap->fds[0]);
free_port:
	rte_free(vtap->base);
	dev->data->mac_addrs = NULL;
	rte_eth_dev_release_port(dev);
	return err;
}

static int
vtap_probe(struct rte_vdev_device *vdev)
{
	const char *name = rte_vdev_device_name(vdev);
	struct vtap_args args;
	int err;

	if (!dlo_driver_version_matches(rte_version())) {
		VTAP_LOG(ERR, "%s: built for DPDK %u.%02u, but this is %s: use the build for it",
			name, RTE_VER_YEAR, RTE_VER_MONTH, rte_version());
		return -ENOTSUP;
	}
	if (rte_eal_process_type() != RTE_PROC_PRIMARY) {
		VTAP_LOG(ERR, "%s: the port belongs to the primary process, use it there", name);
		return -ENOTSUP;
	}
	err = vtap_args_parse(name, rte_vdev_device_args(vdev), &args);
	if (err < 0)
		return err;
	register_dyn();
	return create_port(vdev, &args);
}

static int
vtap_remove(struct rte_vdev_device *vdev)
{
	struct rte_eth_dev *dev = rte_eth_dev_allocated(rte_vdev_device_name(vdev));

	return dev == NULL ? 0 : rte_eth_dev_close(dev->data->port_id);
}

static struct rte_vdev_driver vtap_driver = {
	.probe = vtap_probe,
	.remove = vtap_remove,
};

RTE_PMD_REGISTER_VDEV(net_vtap, vtap_driver);
RTE_PMD_REGISTER_PARAM_STRING(net_vtap, VTAP_PARAMS);
