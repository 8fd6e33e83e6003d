/* SPDX-License-Identifier: BSD-3-Clause */
#include "track.h"

#include <string.h>

static void
forget(struct track *t, uint64_t seq)
{
	unsigned int bit = seq % TRACK_WINDOW;

	t->seen[bit / 64] &= ~(UINT64_C(1) << (bit % 64));
}

static void
remember(struct track *t, uint64_t seq)
{
	unsigned int bit = seq % TRACK_WINDOW;

	t->seen[bit / 64] |= UINT64_C(1) << (bit % 64);
}

enum track_result
track_unexpected(struct track *t, uint64_t seq)
{
	unsigned int bit = seq % TRACK_WINDOW;

	if ((int64_t)(seq - t->next) > 0) {
		if (seq - t->next >= TRACK_WINDOW) {
			memset(t->seen, 0, sizeof(t->seen));
		} else {
			for (uint64_t s = t->next; s < seq; s++)
				forget(t, s);
		}
		remember(t, seq);
		t->next = seq + 1;
		t->received++;
		return TRACK_IN_ORDER;
	}
	if (t->next - seq > TRACK_WINDOW) {
		t->received++;
		t->reordered++;
		t->late++;
		return TRACK_REORDERED;
	}
	if ((t->seen[bit / 64] >> (bit % 64) & 1) != 0) {
		t->duplicates++;
		return TRACK_DUPLICATE;
	}
	remember(t, seq);
	t->received++;
	t->reordered++;
	return TRACK_REORDERED;
}
