/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_VTAP_TUN_H
#define DLO_VTAP_TUN_H

/**
 * @file
 * The tun character device: one file descriptor per queue of a TAP interface with virtio-net
 * headers of VTAP_VNET_HDR_LEN bytes. Facts from the kernel's drivers/net/tun.c. Thread: control.
 */

#include <net/if.h>
#include <stdbool.h>

/** struct virtio_net_hdr_mrg_rxbuf: the kernel leaves the last two bytes alone. */
#define VTAP_VNET_HDR_LEN 12

/** Bits for vtap_tun_set_offload(). */
#define VTAP_OFFLOAD_CSUM (1u << 0)
#define VTAP_OFFLOAD_TSO (1u << 1)
#define VTAP_OFFLOAD_USO (1u << 2)

/** @return whether @p name can be the name of a new interface, as it stands */
bool vtap_tun_name_ok(const char *name);

/**
 * Make a new, non-persistent interface: it goes with the last descriptor.
 * @param name wanted name, or a template as "vtap%d" of which the kernel makes a free name
 * @param multi_queue more descriptors may be attached with vtap_tun_attach()
 * @param napi hand written frames to the stack through NAPI, which coalesces small TCP segments
 * @param ret_name the name it got
 * @return descriptor (non-blocking, close on exec), or -errno: -EBUSY the name is taken, -EPERM
 * CAP_NET_ADMIN is missing, -ENOENT, -ENODEV and -EACCES /dev/net/tun cannot be opened
 */
int vtap_tun_create(const char *name, bool multi_queue, bool napi, char ret_name[IFNAMSIZ]);

/**
 * Attach one more queue to the interface of @p first_fd, whatever its name is now.
 * @return descriptor, or -errno
 */
int vtap_tun_attach(int first_fd);

/** Tell the kernel which unfinished frames it may hand over. @return 0 or -errno */
int vtap_tun_set_offload(int fd, unsigned int offload);

/** @return whether the kernel takes VTAP_OFFLOAD_USO (since 6.2); leaves all offloads off */
bool vtap_tun_probe_uso(int fd);

/** @return 0 or -errno (-EINVAL: the kernel is older than 4.20 or so) */
int vtap_tun_set_carrier(int fd, bool on);

/** @return whether the interface behind @p fd still exists, in whatever namespace */
bool vtap_tun_alive(int fd);

/**
 * Where the interface is now.
 * @param ret_name its name there
 * @return descriptor of its network namespace, to be closed, or -errno
 */
int vtap_tun_where(int fd, char ret_name[IFNAMSIZ]);

/** Throw away what waits in the queue, at most @p max frames. */
void vtap_tun_drain(int fd, unsigned int max);

#endif
