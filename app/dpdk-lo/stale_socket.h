/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_STALE_SOCKET_H
#define DLO_APP_STALE_SOCKET_H

/**
 * @file
 * Socket files of servers that were killed: nobody listens there any more, and no driver takes the name
 * over. Thread: control.
 */

#include <stdbool.h>

struct cmdline_eal;

/** @return whether somebody listens on the socket @p path; who it is does not notice */
bool stale_socket_is_awaited(const char *path);

/**
 * Remove a socket that nobody listens on; anything else stays as it is. Whoever listens does not notice.
 * @return 1: removed, 0: nothing was in the way, or nothing that we know; -EADDRINUSE: somebody listens
 */
int stale_socket_remove(const char *path);

/**
 * Do that for each port on which we are going to listen, and say so.
 * @return 0, or -EADDRINUSE after saying that somebody else listens there
 */
int stale_sockets_remove(const struct cmdline_eal *eal);

#endif
