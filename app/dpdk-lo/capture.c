/* SPDX-License-Identifier: BSD-3-Clause */
#include "capture.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <rte_cycles.h>
#include <rte_lcore.h>
#include <rte_mbuf.h>
#include <rte_ring.h>

#include "all_threads.h"
#include "capture_filter.h"
#include "log.h"
#include "pcapng.h"
#include "reflect/packet.h"

/** Bytes kept of a frame: the largest that the host link makes, 64 KiB and its headers. */
#define SNAPLEN 65549
/** Frames on their way to the writer. */
#define RING_SIZE 8192
/** Copies, in segments; the next smaller is tried when memory is short. */
#define POOL_MAX 16383
#define POOL_MIN 1023
#define POOL_CACHE 64
/** Segments of a copy at SNAPLEN, with room to spare. */
#define SEGS_MAX 64
#define WRITER_BURST 32
#define WRITER_SLEEP_NS 1000000
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

static uint64_t
now_ns(const struct capture *c)
{
	return c->base_ns + (uint64_t)((double)(rte_rdtsc() - c->base_tsc) * c->ns_per_cycle);
}

/* ---- workers ---- */

static struct tap *
queue_tap(struct capture *c, const struct queue *q)
{
	return &c->taps[q->port - c->app->ports];
}

static void
count_lost(struct capture *c, const struct queue *q, unsigned int nb)
{
	if (nb > 0)
		atomic_fetch_add_explicit(&queue_tap(c, q)->lost, nb, memory_order_relaxed);
}

/** Note the frames that the filter matches, with a copy while there is room; none of an mbuf that lies. */
static void
copy_burst(struct capture *c, struct rte_mbuf *const *pkts, uint16_t nb, struct capture_burst *ret)
{
	bool failed = atomic_load_explicit(&c->failed, memory_order_relaxed);

	ret->nb = 0;
	ret->time_ns = now_ns(c);
	for (uint16_t i = 0; i < nb && i < BURST; i++) {
		struct rte_mbuf *m = pkts[i], *copy = NULL;
		bool whole = dlo_packet_is_whole(m);

		if (c->filter != NULL && whole && !capture_filter_match(c->filter, m))
			continue;
		if (!failed && whole)
			copy = rte_pktmbuf_copy(m, c->pool, 0, RTE_MIN(m->pkt_len, (uint32_t)SNAPLEN));
		if (copy != NULL)
			((struct record *)rte_mbuf_to_priv(copy))->wire_len = m->pkt_len;
		ret->place[ret->nb] = (uint8_t)i;
		ret->orig[ret->nb] = m;
		ret->copy[ret->nb++] = copy;
	}
}

static void
hand_over(struct capture *c, const struct queue *q, struct rte_mbuf **copies, unsigned int nb)
{
	unsigned int done = rte_ring_mp_enqueue_burst(c->ring, (void **)copies, nb, NULL);

	if (done < nb) {
		count_lost(c, q, nb - done);
		rte_pktmbuf_free_bulk(copies + done, nb - done);
	}
}

static void
describe(const struct capture *c, const struct queue *q, struct rte_mbuf *copy, uint64_t time_ns,
	enum pcapng_direction direction, enum dlo_verdict verdict)
{
	struct record *r = rte_mbuf_to_priv(copy);

	r->time_ns = time_ns;
	r->port = (uint32_t)(q->port - c->app->ports);
	r->direction = direction;
	r->verdict = verdict;
}

/** Hand over what is wanted of a burst whose fate is known, free the rest. */
static void
finish_burst(struct capture *c, const struct queue *q, struct capture_burst *burst,
	enum pcapng_direction direction, const uint8_t *verdict)
{
	struct rte_mbuf *wanted[BURST], *unwanted[BURST];
	unsigned int nb_wanted = 0, nb_unwanted = 0, nb_lost = 0;

	for (uint16_t i = 0; i < burst->nb; i++) {
		bool want = !c->drops_only || dlo_verdict_is_drop(verdict[i]);
		struct rte_mbuf *copy = burst->copy[i];

		if (copy == NULL) {
			nb_lost += want;
		} else if (want) {
			describe(c, q, copy, burst->time_ns, direction, verdict[i]);
			wanted[nb_wanted++] = copy;
		} else {
			unwanted[nb_unwanted++] = copy;
		}
	}
	burst->nb = 0;
	count_lost(c, q, nb_lost);
	if (nb_wanted > 0)
		hand_over(c, q, wanted, nb_wanted);
	if (nb_unwanted > 0)
		rte_pktmbuf_free_bulk(unwanted, nb_unwanted);
}

void
capture_rx_begin(struct capture *c, struct queue *q, struct rte_mbuf **pkts, uint16_t nb_pkts,
	struct capture_burst *ret)
{
	(void)q;
	copy_burst(c, pkts, nb_pkts, ret);
}

void
capture_rx_end(struct capture *c, struct queue *q, struct capture_burst *burst,
	struct rte_mbuf *const *pkts, const uint8_t *verdict)
{
	uint8_t of_copy[BURST];

	/* Reflection has sorted the frames by fate; the mbufs are still the same. */
	for (uint16_t i = 0; i < burst->nb; i++) {
		uint16_t at = 0;

		while (pkts[at] != burst->orig[i])
			at++;
		of_copy[i] = verdict[at];
	}
	finish_burst(c, q, burst, PCAPNG_INBOUND, of_copy);
}

void
capture_tx_begin(struct capture *c, struct queue *q, struct rte_mbuf *const *pkts, uint16_t nb_pkts,
	struct capture_burst *ret)
{
	(void)q;
	/* Frames that are not taken stay ours: no need to copy them all to have those. */
	copy_burst(c, pkts, c->drops_only ? 0 : nb_pkts, ret);
}

void
capture_tx_end(struct capture *c, struct queue *q, struct capture_burst *burst,
	struct rte_mbuf *const *pkts, uint16_t nb_pkts, uint16_t nb_sent)
{
	uint8_t of_copy[BURST];

	if (c->drops_only) {
		copy_burst(c, pkts + nb_sent, nb_pkts - nb_sent, burst);
		memset(of_copy, DLO_DROP_TX_FULL, sizeof(of_copy));
	} else {
		for (uint16_t i = 0; i < burst->nb; i++)
			of_copy[i] = burst->place[i] < nb_sent ? DLO_REFLECTED : DLO_DROP_TX_FULL;
	}
	finish_burst(c, q, burst, PCAPNG_OUTBOUND, of_copy);
}

void
capture_tx_drop(struct capture *c, struct queue *q, struct rte_mbuf *pkt, enum dlo_verdict reason)
{
	struct capture_burst burst;
	const uint8_t verdict = reason;

	copy_burst(c, &pkt, 1, &burst);
	finish_burst(c, q, &burst, PCAPNG_OUTBOUND, &verdict);
}

/* ---- writer ---- */

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

static void
say_failed(struct capture *c, int rc)
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
			say_failed(c, rc);
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
				say_failed(c, rc);
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
static int
start_writer(struct capture *c)
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

/* ---- control ---- */

static bool
port_is_named(const struct port *port, const char *name)
{
	return name[0] == '\0' || strcmp(port->name, name) == 0 ||
		strcmp(app_port_label(port), name) == 0;
}

static int
check_port(const struct app *app, const char *name)
{
	char names[512];
	size_t len = 0;

	for (unsigned int i = 0; i < app->nb_ports; i++) {
		if (port_is_named(&app->ports[i], name))
			return 0;
	}
	for (unsigned int i = 0; i < app->nb_ports && len < sizeof(names); i++)
		len += (size_t)snprintf(names + len, sizeof(names) - len, "%s%s", i > 0 ? ", " : "",
			app_port_label(&app->ports[i]));
	say_error("--capture names port '%s', which is not there; use one of: %s", name,
		len > 0 ? names : "(no port)");
	return -ENODEV;
}

static int
add_interfaces(struct capture *c, const struct dlo_conf_capture *conf)
{
	for (unsigned int i = 0; i < c->app->nb_ports; i++) {
		const struct port *port = &c->app->ports[i];
		const struct pcapng_interface interface = {
			.name = app_port_label(port),
			.description = port->driver,
			.filter = conf->filter[0] != '\0' ? conf->filter : NULL,
			.mac = port->mac.addr_bytes,
			.snaplen = SNAPLEN,
		};
		int rc;

		c->taps[i].interface = NO_INTERFACE;
		if (!port_is_named(port, conf->port))
			continue;
		rc = pcapng_add_interface(c->out, &interface);
		if (rc < 0)
			return rc;
		c->taps[i].interface = (uint32_t)rc;
	}
	return 0;
}

static int
open_file(struct capture *c, const struct dlo_conf_capture *conf)
{
	int rc = pcapng_open(c->file, "dpdk-lo " DLO_VERSION, &c->out);

	if (rc == 0)
		rc = add_interfaces(c, conf);
	if (rc == 0)
		rc = pcapng_flush(c->out);
	if (rc != 0)
		say_error("cannot write the capture file %s: %s; give --capture a file that can be "
			"written to",
			c->file, strerror(-rc));
	return rc;
}

static int
make_buffers(struct capture *c)
{
	/* Memory without hugepages is tight: a smaller capture is better than none. */
	for (unsigned int nb = POOL_MAX; c->pool == NULL && nb >= POOL_MIN; nb /= 2)
		c->pool = rte_pktmbuf_pool_create("dlo_capture", nb, POOL_CACHE,
			RTE_ALIGN(sizeof(struct record), RTE_MBUF_PRIV_ALIGN),
			RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	c->ring = rte_ring_create("dlo_capture", RING_SIZE, SOCKET_ID_ANY, RING_F_SC_DEQ);
	if (c->pool != NULL && c->ring != NULL)
		return 0;
	say_error("no memory for the capture's buffers; give EAL more with -m");
	return -ENOMEM;
}

static void
start_clock(struct capture *c)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	c->base_tsc = rte_rdtsc();
	c->base_ns = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
	c->ns_per_cycle = 1e9 / (double)rte_get_tsc_hz();
}

static void
capture_free(struct capture *c)
{
	if (c->out != NULL)
		pcapng_close(c->out);
	capture_filter_free(c->filter);
	rte_ring_free(c->ring);
	rte_mempool_free(c->pool);
	free(c);
}

struct capture *
capture_open(const struct dlo_conf_capture *conf, struct app *app)
{
	struct capture *c = calloc(1, sizeof(*c));
	int rc;

	if (c == NULL) {
		say_error("no memory for the capture");
		return NULL;
	}
	c->app = app;
	c->drops_only = conf->drops;
	snprintf(c->file, sizeof(c->file), "%s", conf->file);
	/* All checks before the file is touched: a mistyped filter must not cost an old capture. */
	if (check_port(app, conf->port) != 0)
		goto error;
	if (conf->filter[0] != '\0') {
		c->filter = capture_filter_create(conf->filter);
		if (c->filter == NULL)
			goto error;
	}
	if (make_buffers(c) != 0 || open_file(c, conf) != 0)
		goto error;
	start_clock(c);
	rc = start_writer(c);
	if (rc != 0) {
		say_error("cannot start the capture's writer: %s", strerror(-rc));
		goto error;
	}
	return c;
error:
	capture_free(c);
	return NULL;
}

bool
capture_wants(const struct capture *c, const struct port *port)
{
	return c->taps[port - c->app->ports].interface != NO_INTERFACE;
}

void
capture_close(struct capture *c)
{
	uint64_t lost = 0, written;
	int rc;

	if (c == NULL)
		return;
	atomic_store(&c->stop, true);
	pthread_join(c->writer, NULL);
	for (unsigned int i = 0; i < c->app->nb_ports; i++) {
		const struct tap *tap = &c->taps[i];
		uint64_t tap_lost = atomic_load(&tap->lost);

		if (tap->interface != NO_INTERFACE)
			pcapng_write_stats(c->out, tap->interface, now_ns(c), tap->taken + tap_lost,
				tap_lost);
		lost += tap_lost;
	}
	rc = pcapng_flush(c->out);
	if (rc != 0)
		say_failed(c, rc);
	written = pcapng_written(c->out);
	for (unsigned int i = 0; i < c->app->nb_ports; i++)
		lost += c->taps[i].taken;
	/* What reached the writer and never the file is lost too. */
	lost -= written;
	say("capture %s: %" PRIu64 " frames written, %" PRIu64 " lost", c->file, written, lost);
	capture_free(c);
}
