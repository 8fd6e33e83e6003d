/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BENCH_PMD_REPLAY_H
#define BENCH_PMD_REPLAY_H

/**
 * @file
 * net_replay: a port that hands out the frames of a capture file, over and over, without copying
 * them. For benchmarks only: load it with -d into every program that is to be compared.
 *
 * A queue has a number of slots. A slot is a frame of the file in an mbuf of the queue's own pool.
 * Receiving hands out the mbufs of the slots in order; transmitting takes them back. What the
 * application changed stays changed until it is changed again, as in a ring whose end is its
 * beginning. A frame that does not come back before its turn comes round again (it was dropped, or
 * is still held) is made anew from the file, so the mix of frames never drifts.
 *
 * Receive queue i and transmit queue i belong to one lcore.
 */

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>

#include <rte_common.h>
#include <rte_log.h>
#include <rte_mbuf.h>

#define REPLAY_QUEUES_MAX 16
#define REPLAY_SLOTS_MAX (1u << 20)

extern int replay_logtype;
/** Where an mbuf carries the number of its slot, see rte_mbuf_dyn.h. */
extern int replay_slot_offset;

#define REPLAY_LOG(level, fmt, ...)                                                                \
	rte_log(RTE_LOG_##level, replay_logtype, "net_replay: " fmt "\n", ##__VA_ARGS__)

struct replay_frame {
	const uint8_t *data;
	uint32_t len;
};

/** A capture file in memory. */
struct replay_file {
	struct replay_frame *frames;
	uint8_t *bytes; /**< of all frames */
	uint32_t nb_frames;
	uint32_t longest; /**< bytes of the longest frame */
};

/** Receive queue i and transmit queue i in one, on lines of their own: each has its lcore. */
struct replay_queue {
	alignas(RTE_CACHE_LINE_SIZE) struct rte_mbuf **slots; /**< NULL: not loaded */
	uint8_t *in; /**< per slot, is it here; all are 1 as long as `careful` is false */
	const struct replay_file *file;
	struct rte_mempool *pool;
	uint32_t nb_slots;
	uint32_t head; /**< the slot that is handed out next */
	uint32_t tail; /**< the slot that was handed out first of those that are out */
	uint32_t nb_out;
	/** Frames did not come back in the order in which they went: look at each one. */
	bool careful;
	uint16_t port_id;

	uint64_t rx;
	uint64_t tx;
	uint64_t refilled; /**< made anew from the file */
	uint64_t foreign; /**< transmitted, but not out of a slot: freed */
	uint64_t no_mbuf; /**< could not be made anew */
};

/**
 * Read a pcap or pcapng file of Ethernet frames. Says why when it cannot.
 * @return 0, -EINVAL: no such file, or nothing in it that can be replayed, -ENOMEM
 */
int replay_file_read(const char *path, struct replay_file *ret_file);

void replay_file_free(struct replay_file *file);

/**
 * Make the pool and fill the slots.
 * @return 0 or -ENOMEM, having said so
 */
int replay_queue_load(struct replay_queue *q, const char *name, const struct replay_file *file,
	uint32_t nb_slots, uint16_t port_id, int socket);

/** Give back what replay_queue_load() took. No frame of the queue may be used any more. */
void replay_queue_unload(struct replay_queue *q);

/** eth_rx_burst_t */
uint16_t replay_rx_burst(void *queue, struct rte_mbuf **pkts, uint16_t nb);

/** eth_tx_burst_t; always takes all. */
uint16_t replay_tx_burst(void *queue, struct rte_mbuf **pkts, uint16_t nb);

#endif
