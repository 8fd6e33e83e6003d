/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_VTAP_RXTX_H
#define DLO_VTAP_RXTX_H

/**
 * @file
 * Queues of the vtap PMD and their burst functions. A queue pair shares one descriptor of the tun
 * device; one read(2) or write(2) per frame is all that the data path asks of the kernel.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

#include <rte_common.h>
#include <rte_mbuf.h>

#include "vtap_tun.h"

/** Most segments of one frame on transmit: writev() takes IOV_MAX pieces, one is the header. */
#define VTAP_TX_SEGS_MAX 1023

/** Frame bytes that never fit in a standing small mbuf of the application are in one of these. */
#define VTAP_BIG_ROOM UINT16_MAX

/**
 * A receive burst ends when it has so many bytes: what the application then sends on is still in the
 * second-level cache of its core, and the same few 64 KiB buffers, last freed first, serve the next burst.
 */
#define VTAP_BURST_BYTES (128 * 1024)

/** Where the dynamic flag and field of vtap.h are; both 0: there was no room for them. */
struct vtap_dyn {
	uint64_t flag;
	int field;
};

extern struct vtap_dyn vtap_dyn;

struct __rte_cache_aligned vtap_rxq {
	int fd; /**< control, before start */
	uint16_t port_id; /**< control, before start */
	uint16_t queue_id; /**< control, before start */
	bool cksum; /**< control, before start: frames may come with partial checksums */
	bool ip_cksum; /**< control, before start: verify the IPv4 header's checksum */
	bool lro; /**< control, before start: GSO frames may come */
	bool scatter; /**< control, before start: chains of two mbufs may be given */
	atomic_bool *gone; /**< the port's: the interface does not exist any more */
	struct rte_mempool *small_pool; /**< the application's; control, before start */
	struct rte_mempool *big_pool; /**< the PMD's; NULL without scatter; control, before start */
	struct rte_mbuf *small; /**< worker: waits for the next frame; NULL: none */
	struct rte_mbuf *big; /**< worker: for what does not fit in small; NULL: none */

	/* Counters: written by the worker alone, read by anyone. */
	_Atomic uint64_t packets;
	_Atomic uint64_t bytes;
	_Atomic uint64_t errors; /**< unusable frames: too long without scatter, absurd header */
	_Atomic uint64_t no_mbuf; /**< times that the application's pool was empty */
	_Atomic uint64_t no_big; /**< long frames lost because the PMD's pool was empty */
	_Atomic uint64_t chained; /**< frames that needed a second segment */
	_Atomic uint64_t gso; /**< GSO frames */
	_Atomic uint64_t partial; /**< frames with a partial checksum, GSO among them */
};

struct __rte_cache_aligned vtap_txq {
	int fd; /**< control, before start */
	uint16_t queue_id; /**< control */
	atomic_bool *gone; /**< as in struct vtap_rxq */

	/* Counters: written by the worker alone, read by anyone. */
	_Atomic uint64_t packets;
	_Atomic uint64_t bytes;
	_Atomic uint64_t errors; /**< frames freed unsent: all reasons */
	_Atomic uint64_t too_many_segs; /**< ... more than VTAP_TX_SEGS_MAX */
	_Atomic uint64_t bad_offload; /**< ... asked for what is not offered, or absurdly */
	_Atomic uint64_t down; /**< ... because the kernel's interface is down or gone */
	_Atomic uint64_t verbatim; /**< frames sent with the state that they came with */
	_Atomic uint64_t stale; /**< frames whose state did not fit them any more */
	_Atomic uint64_t offload; /**< frames sent with offloads that the application asked for */

	struct iovec iov[VTAP_TX_SEGS_MAX + 1]; /**< worker */
};

/** See rte_eth_rx_burst(). Reads until the queue is empty, the burst full or VTAP_BURST_BYTES reached. */
uint16_t vtap_rx_burst(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts);

/** See rte_eth_tx_burst(). Never writes into a frame, but for headroom of mbufs of its own. */
uint16_t vtap_tx_burst(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts);

/**
 * See rte_eth_tx_prepare(). Only checks: transmit computes what the kernel wants to find in the
 * checksum field itself, whatever convention the application follows.
 */
uint16_t vtap_tx_prepare(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts);

/** Give back the mbufs that stand ready. Thread: control, while the queue is stopped. */
void vtap_rxq_release_mbufs(struct vtap_rxq *q);

#endif
