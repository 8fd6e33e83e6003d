/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_LISTENERS_H
#define DLO_APP_LISTENERS_H

/**
 * @file
 * Which TCP servers of this host can only be reached through lo? Reads the text of /proc/net/tcp
 * and /proc/net/tcp6 (proc_net_tcp.rst in the kernel's documentation). Thread: any, all functions.
 */

#include <stdint.h>

#define LISTENERS_MAX 1024

struct listener {
	uint8_t family; /**< 4 or 6: the socket's */
	uint8_t addr[16]; /**< where it is bound, network order; IPv4 in the first four bytes */
	uint16_t port; /**< host order */
};

/**
 * Collect listening sockets; lines that make no sense are passed over.
 * @param text the file's content, zero-terminated; the last line may be cut off
 * @param family 4 for /proc/net/tcp, 6 for /proc/net/tcp6
 * @return how many of @p ret (room for @p max) were written
 */
unsigned int listeners_parse(const char *text, uint8_t family, struct listener *ret,
	unsigned int max);

/**
 * Ports that are listened on at 127.0.0.1 (family 4) or ::1 (family 6) and, for that family,
 * nowhere else.
 * @param ret ports in rising order, host order, each once
 * @return how many of @p ret (room for @p max) were written
 */
unsigned int listeners_only_local(const struct listener *l, unsigned int nb, uint8_t family,
	uint16_t *ret, unsigned int max);

#endif
