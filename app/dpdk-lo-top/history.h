/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_TOP_HISTORY_H
#define DLO_TOP_HISTORY_H

/**
 * @file
 * The last values of a number, and its sparkline. Thread: one.
 */

#include <stdbool.h>
#include <stddef.h>

#define HISTORY_MAX 120

struct history {
	unsigned int nb; /**< values known, at most HISTORY_MAX */
	unsigned int next; /**< where the next one goes */
	double value[HISTORY_MAX];
};

/** Values of one port, known by its name. */
struct port_history {
	char name[64];
	struct history rx; /**< frames a second */
	struct history p99; /**< latency, ns; 0 when no frame left */
};

void history_add(struct history *h, double value);

/**
 * The last @p width values, the newest on the right, scaled to the largest of them; columns
 * without a value are blank.
 * @param utf8 eighth blocks, else ASCII
 * @param buf gets at most 3 * @p width bytes and a NUL
 */
void history_sparkline(const struct history *h, unsigned int width, bool utf8, char *buf,
	size_t size);

#endif
