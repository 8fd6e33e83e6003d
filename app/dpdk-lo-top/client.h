/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_TOP_CLIENT_H
#define DLO_TOP_CLIENT_H

/**
 * @file
 * DPDK's telemetry socket: one question, one answer. What comes from it is another process's word
 * and is checked before it is shown. Thread: one.
 */

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

/** What goes on while the other end takes its time. */
struct client_wait {
	int fd; /**< what may become readable meanwhile; -1: nothing */
	/** It has, or a signal came, or a while is over. @return false: wait no longer */
	bool (*wake)(void *arg);
	void *arg;
};

struct client {
	int fd; /**< -1: not connected */
	const struct client_wait *wait; /**< NULL: nothing goes on */
	int pid; /**< of the other end, as it says; 0: unknown */
	char version[64]; /**< of its DPDK, printable; "": unknown */
	size_t reply_max; /**< bytes of its longest answer */
	char *reply; /**< reply_max bytes */
};

/**
 * Connect and read the greeting.
 * @param wait borrowed until client_close(); may be NULL
 * @return 0, or -errno with @p c not connected: -ETIMEDOUT for one that is silent, -ECANCELED when
 *   @p wait said so
 */
int client_open(struct client *c, const char *socket_path, const struct client_wait *wait);

/**
 * Ask.
 * @param command as "/dlo/stats,net_ring0"
 * @param ret_value the value in the answer, to be given back with json_decref(); never NULL on
 *   success, JSON null when the other end does not know the command
 * @return 0; -EPROTO for an answer that is none; or -errno as client_open()'s: the connection is of
 *   no use any more
 */
int client_ask(struct client *c, const char *command, json_t **ret_value);

/** Close; may be called twice. */
void client_close(struct client *c);

/** Copy @p from (NULL: "") with everything that is not printable ASCII replaced by '?'. */
void client_copy_text(char *to, size_t size, const char *from);

#endif
