/* SPDX-License-Identifier: BSD-3-Clause */
/* The thread that writes what workers have copied. */
#include "capture_state.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "log.h"
#include "side_thread.h"

/** Segments of a copy at SNAPLEN, with room to spare. */
#define SEGS_MAX 64
#define WRITER_BURST 32
#define WRITER_SLEEP_NS 1000000

static int
write_copy(struct capture *c, const struct rte_mbuf *copy)
{
	const struct record *r = rte_mbuf_to_priv((struct rte_mbuf *)(uintptr_t)copy);
	struct iovec segs[SEGS_MAX];
	struct pcapng_packet packet = {
		.interface = c->taps[r->port].interface,
		.direction = r->direction,
		.time_ns = r->time_ns,
		.wire_len = r->wire_len,
		.data = segs,
	};
	char comment[64];

	for (const struct rte_mbuf *s = copy; s != NULL && packet.nb_data < SEGS_MAX; s = s->next) {
		segs[packet.nb_data].iov_base = rte_pktmbuf_mtod(s, void *);
		segs[packet.nb_data++].iov_len = s->data_len;
	}
	if (dlo_verdict_is_drop(r->verdict)) {
		snprintf(comment, sizeof(comment), "dropped: %s", dlo_verdict_name(r->verdict));
		packet.comment = comment;
	}
	return pcapng_write(c->out, &packet);
}

void
capture_say_failed(struct capture *c, int rc)
{
	if (atomic_exchange(&c->failed, true))
		return;
	say_warning("capture %s ends here: %s; make room or choose another file, traffic goes on",
		c->file, strerror(-rc));
}

static void
write_burst(struct capture *c, struct rte_mbuf **copies, unsigned int nb)
{
	for (unsigned int i = 0; i < nb; i++) {
		const struct record *r = rte_mbuf_to_priv(copies[i]);
		int rc = write_copy(c, copies[i]);

		if (rc == 0) {
			c->taps[r->port].taken++;
		} else {
			atomic_fetch_add(&c->taps[r->port].lost, 1);
			capture_say_failed(c, rc);
		}
	}
	rte_pktmbuf_free_bulk(copies, nb);
}

static void *
writer_main(void *arg)
{
	const struct timespec pause = { .tv_nsec = WRITER_SLEEP_NS };
	struct capture *c = arg;
	bool dirty = false;

	for (;;) {
		/* Looked at before the ring: what workers left there before the stop is written. */
		bool stop = atomic_load(&c->stop);
		struct rte_mbuf *copies[WRITER_BURST];
		unsigned int nb = rte_ring_sc_dequeue_burst(c->ring, (void **)copies, WRITER_BURST,
			NULL);

		if (nb > 0) {
			write_burst(c, copies, nb);
			dirty = true;
			continue;
		}
		if (dirty) {
			int rc = pcapng_flush(c->out);

			if (rc != 0)
				capture_say_failed(c, rc);
			dirty = false;
		}
		if (stop)
			return NULL;
		nanosleep(&pause, NULL);
	}
}

int
capture_writer_start(struct capture *c)
{
	return side_thread_start(&c->writer, writer_main, c, "dlo-capture");
}
