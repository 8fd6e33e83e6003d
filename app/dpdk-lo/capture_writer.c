/* SPDX-License-Identifier: BSD-3-Clause */
/* The thread that writes what workers have copied. */
#include "capture_state.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <rte_lcore.h>

#include "all_threads.h"
#include "log.h"

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

/**
 * Start the writer away from the CPUs that poll, if there are others. Signals stay with control,
 * and a reader that closes its pipe is an error to report, not a signal to die of.
 */
int
capture_writer_start(struct capture *c)
{
	pthread_attr_t attr;
	sigset_t all, before;
	cpu_set_t cpus;
	unsigned int lcore;
	int rc;

	CPU_ZERO(&cpus);
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		CPU_SET(cpu, &cpus);
	RTE_LCORE_FOREACH(lcore) {
		rte_cpuset_t polled = rte_lcore_cpuset(lcore);

		for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
			if (CPU_ISSET(cpu, &polled))
				CPU_CLR(cpu, &cpus);
		}
	}
	sigfillset(&all);
	sigdelset(&all, all_threads_signal());
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pthread_attr_init(&attr);
	pthread_attr_setaffinity_np(&attr, sizeof(cpus), &cpus);
	rc = pthread_create(&c->writer, &attr, writer_main, c);
	if (rc == EINVAL)
		rc = pthread_create(&c->writer, NULL, writer_main, c);
	pthread_attr_destroy(&attr);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (rc == 0)
		pthread_setname_np(c->writer, "dlo-capture");
	return -rc;
}
