/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_TOP_INSTANCE_H
#define DLO_TOP_INSTANCE_H

/**
 * @file
 * Finding the dpdk-lo processes of this machine by their telemetry sockets. Thread: one.
 */

#include <sys/un.h>
#include <time.h>

#include "client.h"

#define INSTANCES_MAX 32

struct instance {
	char prefix[64]; /**< printable */
	char socket[sizeof(((struct sockaddr_un *)0)->sun_path)];
	time_t since; /**< when the socket was made */
};

/** What was found; newest first. */
struct instances {
	unsigned int nb;
	struct instance list[INSTANCES_MAX];
	unsigned int nb_denied; /**< runtime folders and sockets that this user may not use */
	char denied[128]; /**< one of them */
	char silent[64]; /**< prefix of one that does not answer; "": none */
};

/**
 * Look for processes that answer to /dlo/ports.
 * @param prefix only that one; "": all
 * @param wait what goes on meanwhile; may be NULL
 * @param ret written always
 */
void instances_find(const char *prefix, const struct client_wait *wait, struct instances *ret);

#endif
