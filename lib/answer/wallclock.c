/* SPDX-License-Identifier: BSD-3-Clause */
#include "answer/wallclock.h"

#include <sys/timex.h>
#include <time.h>

#include <rte_common.h>
#include <rte_cycles.h>

/* Of so many readings the one between the two nearest TSC values is taken. */
#define READINGS 5
/* Slopes are measured over at least this: a reading is good to some 30 ns, so to 0.03 ppm. */
#define BASELINE_NS UINT64_C(1000000000)
/* Beyond so much off the line the clock was set, not slewed: what was measured before is void. */
#define STEP_NS UINT64_C(1000000)

struct sample {
	uint64_t tsc;
	uint64_t ns;
	uint64_t width; /* TSC cycles that the reading took */
};

/* Only the control thread is here; one host a process. */
static struct {
	struct sample base; /* where the slope is measured from */
	uint64_t slope;
} state;

static struct sample
take_sample(void)
{
	struct sample best = { .width = UINT64_MAX };

	for (unsigned int i = 0; i < READINGS; i++) {
		uint64_t before = rte_rdtsc_precise(), after;
		struct timespec ts;

		clock_gettime(CLOCK_REALTIME, &ts);
		after = rte_rdtsc_precise();
		if (after - before < best.width) {
			best.width = after - before;
			best.tsc = before + best.width / 2;
			best.ns = (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
		}
	}
	return best;
}

static uint64_t
slope_between(const struct sample *a, const struct sample *b)
{
	return (uint64_t)(((unsigned __int128)(b->ns - a->ns) << 32) / (b->tsc - a->tsc));
}

static void
publish(struct dlo_clock *clock, const struct sample *s)
{
	struct dlo_clock_line line = { .tsc = s->tsc, .ns = s->ns, .slope = state.slope };
	struct timex tx = { 0 };
	int rc = adjtimex(&tx);

	line.synced = rc >= 0 && rc != TIME_ERROR && (tx.status & STA_UNSYNC) == 0;
	line.tai_s = tx.tai;
	/* The kernel's bound, which grows while nobody corrects the clock; and our own reading of it. */
	line.error_ns = (rc < 0 ? UINT64_C(16000000) : (uint64_t)tx.maxerror) * 1000 +
		dlo_clock_span_ns(&line, s->width);
	dlo_clock_write(clock, &line);
}

void
dlo_wallclock_start(struct dlo_clock *clock, uint64_t tsc_hz)
{
	state.base = take_sample();
	state.slope = (uint64_t)((UINT64_C(1000000000) * ((unsigned __int128)1 << 32)) / tsc_hz);
	publish(clock, &state.base);
}

void
dlo_wallclock_tick(struct dlo_clock *clock)
{
	struct sample now = take_sample();
	struct dlo_clock_line line = { .tsc = state.base.tsc, .ns = state.base.ns,
		.slope = state.slope };
	uint64_t span = now.ns - state.base.ns;
	int64_t off = (int64_t)(now.ns - dlo_clock_ns(&line, now.tsc));

	if ((off < 0 ? (uint64_t)-off : (uint64_t)off) > STEP_NS) {
		state.base = now;
	} else if (span >= BASELINE_NS) {
		/* The host's clock is slewed: what its rate was long ago says little. */
		state.slope = slope_between(&state.base, &now);
		state.base = now;
	}
	publish(clock, &now);
}
