/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_VTAP_H
#define DLO_VTAP_H

/**
 * @file
 * What an application may know of the net_vtap PMD: the offload state that a frame from the kernel
 * carries with it, so that the same frame can go back into the kernel (through any vtap port)
 * without a checksum being computed or a segment being cut.
 *
 * A received frame whose L4 checksum is partial, or which is a GSO frame, has the dynamic flag
 * VTAP_DYNFLAG_NAME set and its state in the dynamic field VTAP_DYNFIELD_NAME. Swapping addresses
 * or ports in the frame keeps the state true. On transmit the state is used when
 *   - the flag is set, and no RTE_MBUF_F_TX_* offload is asked for (then that is what counts), and
 *   - the frame has the length that it had, and its checksum field holds what it held.
 * Otherwise the frame goes out as its bytes are, and is counted (xstat tx_stale_vnet_hdr). So the
 * state travels with rte_pktmbuf_copy() and rte_pktmbuf_clone(), and whoever finishes a checksum or
 * changes a length need not know of it; who changes a frame in a way that moves its L4 header, and
 * keeps the length, must clear the flag.
 *
 * Both are registered by the PMD when its first port is made; look them up after that with
 * rte_mbuf_dynflag_lookup() and rte_mbuf_dynfield_lookup().
 */

#include <stdint.h>

#define VTAP_DYNFLAG_NAME "dlo_dynflag_vnet_hdr"
#define VTAP_DYNFIELD_NAME "dlo_dynfield_vnet_hdr"

/** The dynamic field. Host byte order, as the first ten bytes of struct virtio_net_hdr. */
struct vtap_vnet_state {
	uint8_t flags; /**< VIRTIO_NET_HDR_F_* */
	uint8_t gso_type; /**< VIRTIO_NET_HDR_GSO_* */
	uint16_t hdr_len; /**< bytes of headers; a hint */
	uint16_t gso_size; /**< payload bytes per segment */
	uint16_t csum_start; /**< offset of the L4 header in the frame */
	uint16_t csum_offset; /**< offset of the checksum in the L4 header */
	uint16_t csum; /**< the checksum field as received: the pseudo-header's sum */
	uint32_t pkt_len; /**< frame length as received */
};

#endif
