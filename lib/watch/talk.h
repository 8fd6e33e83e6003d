/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_WATCH_TALK_H
#define DLO_WATCH_TALK_H

/**
 * @file
 * Who talks to whom: a bounded table of what goes between a client's address and a server's port,
 * whatever port the client has. Frames, bytes, connections; on demand how long frames were inside
 * and how long answers took, as they went by.
 *
 * The server of a TCP connection is who the SYN goes to; else the side whose port is known as a
 * server's already, or not among those that clients are given, or, of two datagram ports, the one
 * that is asked first. What finds no place in the table, and what gives way in it, adds up under
 * "others", so that sums stay whole.
 *
 * A round trip begins with the first bytes from a client that owe an answer and ends with the first
 * bytes of the answer: of pipelined requests the first counts. Pings are one, too.
 *
 * Times are ticks of the caller's clock. Thread: one writer; dlo_talk_at() and
 * dlo_talk_add_times() any.
 */

#include <stdbool.h>
#include <stdint.h>

#include "stats/histogram.h"

/** Pairs that one table holds, "others" among them. */
#define DLO_TALK_PAIRS 512
/** Where "others" are, whose key is all zero. */
#define DLO_TALK_OTHERS 0

/** Network order but for the port; IPv4 addresses in the first four bytes, the others zero. */
struct dlo_talk_key {
	uint8_t client[16];
	uint8_t server[16];
	uint16_t port; /**< the server's, host order; 0: there is none */
	uint8_t family; /**< 4 or 6 */
	uint8_t proto; /**< IP protocol */
};

enum dlo_talk_way {
	DLO_TALK_TO_SERVER,
	DLO_TALK_TO_CLIENT,
	DLO_TALK_WAYS,
};

struct dlo_talk {
	struct dlo_talk_key key;
	uint64_t frames[DLO_TALK_WAYS];
	uint64_t bytes[DLO_TALK_WAYS]; /**< of frames, with Ethernet header */
	uint64_t connections; /**< TCP: first SYNs and repeated ones */
	uint64_t last; /**< ticks: when it was last seen */
};

struct dlo_talks;

struct dlo_talks_args {
	bool times; /**< measure residence and round trips */
	uint16_t first_client_port; /**< from here on the kernel gives ports to clients */
	uint64_t idle_ticks; /**< a pair that was silent for so long may give way to another */
	uint32_t seed; /**< of the hash: so that nobody can aim at one place */
};

/** @return NULL when memory is short */
struct dlo_talks *dlo_talks_create(const struct dlo_talks_args *args);

/** NULL is fine. */
void dlo_talks_free(struct dlo_talks *t);

/**
 * Count a frame.
 * @param head first bytes: min(@p len, DLO_HEAD_MAX) of them are read
 * @param len of the whole frame
 * @param now ticks: when it came
 * @return its pair's place, for dlo_talk_left()
 */
unsigned int dlo_talk_see(struct dlo_talks *t, const uint8_t *head, uint32_t len, uint64_t now);

/** It was inside for @p ticks. */
void dlo_talk_left(struct dlo_talks *t, unsigned int place, uint64_t ticks);

/**
 * @param place 0 .. DLO_TALK_PAIRS - 1
 * @return false when nothing is there; else @p ret is filled
 */
bool dlo_talk_at(const struct dlo_talks *t, unsigned int place, struct dlo_talk *ret);

/**
 * Add the times of the pair at @p place, as long as that is @p key's.
 * @param residence, round_trip ticks; added to
 */
void dlo_talk_add_times(const struct dlo_talks *t, unsigned int place,
	const struct dlo_talk_key *key, struct dlo_histogram *residence,
	struct dlo_histogram *round_trip);

#endif
