/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_NETIF_FEATURES_H
#define DLO_APP_NETIF_FEATURES_H

/**
 * @file
 * What the kernel leaves undone in the frames that it sends through an interface: the features that
 * `ethtool -k` shows (ethtool(8), the kernel's Documentation/networking/netdev-features.rst), as
 * they are in force now. Needs no privilege.
 */

#include <stdint.h>

#define NETIF_CHECKSUM (1u << 0) /**< sums of TCP and UDP: tx-checksum-ip-generic */
#define NETIF_TSO4 (1u << 1) /**< TCP over IPv4 in frames of up to 64 KiB: tx-tcp-segmentation */
#define NETIF_TSO6 (1u << 2) /**< the same over IPv6: tx-tcp6-segmentation */
#define NETIF_USO (1u << 3) /**< UDP datagrams of one size in one frame: tx-udp-segmentation */
#define NETIF_FEATURES 4 /**< how many there are */

/** @param number 0 .. NETIF_FEATURES - 1, of the bit @return "checksum", "tso4", "tso6", "uso"; static */
const char *netif_feature_name(unsigned int number);

/**
 * Ask the kernel; nothing is remembered, as anybody may change it at any time.
 * @param ifname in this thread's network namespace
 * @param ret NETIF_* bits; 0 when the kernel does not say
 * @return 0, -ENODEV when there is no such interface, or another -errno. Thread: any.
 */
int netif_features(const char *ifname, uint32_t *ret);

#endif
