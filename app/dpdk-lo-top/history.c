/* SPDX-License-Identifier: BSD-3-Clause */
#include "history.h"

#include <string.h>

/* From nothing to all. */
static const char *const blocks[] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
static const char *const letters[] = { "_", ".", ":", "-", "=", "+", "*", "#" };

#define LEVELS 8

void
history_add(struct history *h, double value)
{
	h->value[h->next] = value;
	h->next = (h->next + 1) % HISTORY_MAX;
	if (h->nb < HISTORY_MAX)
		h->nb++;
}

/* @back: 1 is the newest. */
static double
value_at(const struct history *h, unsigned int back)
{
	return h->value[(h->next + HISTORY_MAX - back) % HISTORY_MAX];
}

void
history_sparkline(const struct history *h, unsigned int width, bool utf8, char *buf, size_t size)
{
	unsigned int nb = h->nb < width ? h->nb : width;
	double largest = 0;
	size_t used = 0;

	for (unsigned int i = 1; i <= nb; i++) {
		if (value_at(h, i) > largest)
			largest = value_at(h, i);
	}
	buf[0] = '\0';
	for (unsigned int back = width; back >= 1; back--) {
		const char *text = " ";
		size_t len;

		if (back <= nb) {
			double share = largest > 0 ? value_at(h, back) / largest : 0;
			int level = share > 0 ? (int)(share * (LEVELS - 1) + 0.5) : 0;

			/* What is little must not look like nothing. */
			if (share > 0 && level == 0)
				level = 1;
			text = utf8 ? blocks[level] : letters[level];
		}
		len = strlen(text);
		if (used + len + 1 > size)
			return;
		memcpy(buf + used, text, len + 1);
		used += len;
	}
}
