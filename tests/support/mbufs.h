/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_TESTS_MBUFS_H
#define DLO_TESTS_MBUFS_H

/*
 * mbufs without EAL: every segment is a heap block of exactly the size it says, so that ASan sees
 * the first byte read or written beyond it. Out of memory ends the program.
 */

#include <stdint.h>

#include <rte_mbuf.h>

/* A chain of nb segments of the given lengths and one more with the rest, tailroom bytes behind. */
struct rte_mbuf *mbuf_chain(const uint8_t *bytes, uint32_t len, const uint32_t *lens,
	unsigned int nb, uint32_t tailroom);

/* The same from a pool, for tests that have EAL: segments of at most seg bytes. Free it as DPDK does. */
struct rte_mbuf *mbuf_from_pool(struct rte_mempool *pool, const uint8_t *bytes, uint32_t len,
	uint16_t seg);

/* Copy the bytes of a chain to buf (room for size); returns how many there are. */
uint32_t mbuf_bytes(const struct rte_mbuf *m, uint8_t *buf, uint32_t size);

/*
 * Take the VLAN tags out as a NIC does that was told to strip: up to two, out of the first segment, to
 * the mbuf's fields and flags. Returns how many; 0: there is none that a NIC would know.
 */
unsigned int mbuf_strip_tags(struct rte_mbuf *m);

/* Free a chain that mbuf_chain() made, whatever its reference counts. */
void mbuf_free(struct rte_mbuf *m);

#endif
