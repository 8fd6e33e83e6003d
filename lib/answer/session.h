/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_ANSWER_SESSION_H
#define DLO_ANSWER_SESSION_H

/**
 * @file
 * Sessions: what stateful answers remember of those who ask. A table of fixed size in each queue's
 * lane; who has not been heard for long gives way, and when nobody has, newcomers are not served:
 * a flood of new sessions does not end the old ones.
 *
 * Thread: the lcore that polls the queue; create and free: control.
 */

#include <stdbool.h>
#include <stdint.h>

#define DLO_SESSION_KEY 40 /**< bytes that tell one session from another, a multiple of 8 */
#define DLO_SESSION_WAYS 8 /**< places for sessions whose keys hash alike */
/** Silence after which a session is over: RFC 5357 4.2, REFWAIT. */
#define DLO_SESSION_SILENCE_S 900

/** What a session is known by; bytes that are not used are zero. */
struct dlo_session_key {
	uint64_t words[DLO_SESSION_KEY / 8];
};

struct dlo_session {
	struct dlo_session_key key;
	uint64_t heard; /**< TSC of the last request; 0: the place is free */
	uint32_t received; /**< requests */
	uint32_t sent; /**< replies */
	uint32_t last_seq; /**< sequence number of the last reply that left */
	bool has_left; /**< last_seq and last_left are set */
	uint64_t last_left; /**< when it left, as its timestamp says */
};

struct dlo_sessions;

/**
 * @param nb sessions at most, a power of two, at least DLO_SESSION_WAYS
 * @param tsc_hz TSC cycles per second
 * @param seed something nobody else knows, against floods of keys that hash alike
 * @return NULL without memory
 */
struct dlo_sessions *dlo_sessions_create(uint32_t nb, uint64_t tsc_hz, uint64_t seed);

/** Free a table, or NULL. */
void dlo_sessions_free(struct dlo_sessions *s);

/**
 * Find a session, or begin it.
 * @param now TSC, never 0
 * @return NULL when it is new and there is no room
 */
struct dlo_session *dlo_sessions_get(struct dlo_sessions *s, const struct dlo_session_key *key,
	uint64_t now);

#endif
