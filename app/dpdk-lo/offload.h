/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_OFFLOAD_H
#define DLO_APP_OFFLOAD_H

/**
 * @file
 * Frames of the host link that come with work left to do, for drivers that say so in mbuf flags
 * (net_virtio_user): what the kernel left undone when it sent the frame is asked of it when the frame
 * goes back. net_vtap keeps the kernel's own words with the frame and needs none of this.
 */

#include <stdint.h>

struct rte_mbuf;

/**
 * Turn what the receive side said about a reflected frame into what the transmit side is asked for:
 * RX_L4_CKSUM_NONE (the checksum field holds the pseudo-header's sum, which a swap of addresses or ports
 * leaves as it is) into a checksum offload, RX_LRO into TCP segmentation of the same segment size.
 * Frames without such flags, answers among them, stay as they are. The checksum field is as virtio wants
 * it (VIRTIO 1.2, 5.1.6.2), not as rte_eth_tx_prepare() would make it: do not call that.
 * Thread: worker.
 */
void offload_turn_round(struct rte_mbuf **pkts, uint16_t nb_pkts);

#endif
