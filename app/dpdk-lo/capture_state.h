/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_APP_CAPTURE_STATE_H
#define DLO_APP_CAPTURE_STATE_H

/**
 * @file
 * A capture as its three parts see it: capture.c opens and closes it, capture_copy.c is what workers do,
 * capture_writer.c the thread that writes. Internal to these; control makes it, and who writes a field
 * later is said where it is declared.
 */

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <rte_cycles.h>
#include <rte_mbuf.h>
#include <rte_ring.h>

#include "app.h"
#include "capture.h"
#include "capture_filter.h"
#include "pcapng.h"

/** Bytes kept of a frame: the largest that the host link makes, 64 KiB and its headers. */
#define SNAPLEN 65549
#define NO_INTERFACE UINT32_MAX

/** What is known of a copy; lies in its mbuf's private area. */
struct record {
	uint64_t time_ns;
	uint32_t port; /**< index in app->ports */
	uint32_t wire_len;
	uint8_t direction; /**< enum pcapng_direction */
	uint8_t verdict; /**< a drop reason, else no comment */
};

/** Per port. Counts of lost copies are rare and shared by its workers. */
struct tap {
	uint32_t interface; /**< in the file; NO_INTERFACE: not captured */
	atomic_uint_fast64_t lost; /**< workers and writer */
	uint64_t taken; /**< writer: copies that reached it */
};

struct capture {
	const struct app *app;
	char file[sizeof(((struct dlo_conf_capture *)0)->file)];
	bool drops_only;
	struct capture_filter *filter; /**< NULL: all */
	struct rte_mempool *pool;
	struct rte_ring *ring; /**< workers to writer */
	uint64_t base_tsc; /**< this TSC was ... */
	uint64_t base_ns; /**< ... this time of day */
	double ns_per_cycle;
	atomic_bool failed; /**< set by the writer: nothing can be written any more */
	atomic_bool stop; /**< set by control */
	pthread_t writer;
	struct pcapng *out; /**< writer, while it runs */
	struct tap taps[PORTS_MAX];
};

/** @return nanoseconds since 1970, by the TSC. Thread: any. */
static inline uint64_t
capture_now_ns(const struct capture *c)
{
	return c->base_ns + (uint64_t)((double)(rte_rdtsc() - c->base_tsc) * c->ns_per_cycle);
}

/** Start the thread that writes. Thread: control. @return 0, or -errno */
int capture_writer_start(struct capture *c);

/** Nothing can be written any more, for -@p rc: it is said once. Thread: the writer, control after it. */
void capture_say_failed(struct capture *c, int rc);

#endif
