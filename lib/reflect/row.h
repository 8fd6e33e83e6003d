/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_REFLECT_ROW_H
#define DLO_REFLECT_ROW_H

/**
 * @file
 * Rows: what frames of one kind have in common, so that a vector compare can tell that a frame is
 * like another one whose fate is known.
 *
 * A run starts with one frame that the oracle's own code has judged. Whoever follows and agrees
 * with it in every byte that the judgement reads gets the same fate; the row says which bytes these
 * are. Fields that differ from frame to frame and still decide (is the source address the
 * destination address?) are left to the kernels in burst_kernel.h.
 * Thread: the lcore that owns the queue.
 */

#include <stdbool.h>
#include <stdint.h>

struct dlo_lane;
struct dlo_plan;
struct rte_mbuf;

/** Where a row's frames have what is to be turned round, behind the MAC addresses. */
enum dlo_shape {
	DLO_SHAPE_L2, /**< nothing */
	DLO_SHAPE_V4, /**< IPv4 without options */
	DLO_SHAPE_V6, /**< IPv6 without extension headers */
};

/** Offsets count from the start of the frame; masks have ones where frames have to agree. */
struct dlo_row {
	uint8_t head_mask[32]; /**< of bytes 0..31 */
	uint8_t win_mask[32]; /**< of the 32 bytes at win */
	uint8_t tail_mask[16]; /**< of the 16 bytes at tail; V6 only */
	uint8_t shape; /**< enum dlo_shape */
	uint8_t win; /**< V4: the addresses, V6: the same, else 0 */
	uint8_t tail; /**< V6: a window on what the L4 header says about lengths */
	uint8_t l4; /**< the ports, or 0 when there are none */
	uint8_t min_len; /**< frames must be as long as this for all windows to lie inside */
};

/** How a run of frames begins. */
struct dlo_run {
	const struct dlo_row *row; /**< NULL: frames like this one are judged one by one */
	const uint8_t *data; /**< the first frame's, not yet turned round */
	bool offloads; /**< receive offload flags have to be cleared */
	/** The row's, and where loopbacks decide what becomes of a frame also as much of its
	 * addresses as tells that nothing else than the first frame's is near; where a filter
	 * decides, what that looks at. */
	uint8_t head_mask[32];
	uint8_t win_mask[32];
	uint8_t tail_mask[16];
};

/**
 * Judge @p m without writing anything, and find the row of frames that may follow it.
 * @param lane see dlo_reflect_burst()
 * @param ret row is NULL unless frames of the row that agree with @p m are reflected, too
 */
void dlo_run_start(const struct dlo_plan *plan, struct dlo_lane *lane, struct rte_mbuf *m,
	struct dlo_run *ret);

#endif
