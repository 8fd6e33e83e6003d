/* SPDX-License-Identifier: BSD-3-Clause */
#include "capture_state.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "log.h"

/** Frames on their way to the writer. */
#define RING_SIZE 8192
/** Copies, in segments; the next smaller is tried when memory is short. */
#define POOL_MAX 16383
#define POOL_MIN 1023
#define POOL_CACHE 64

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
	rc = capture_writer_start(c);
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
			pcapng_write_stats(c->out, tap->interface, capture_now_ns(c), tap->taken + tap_lost,
				tap_lost);
		lost += tap_lost;
	}
	rc = pcapng_flush(c->out);
	if (rc != 0)
		capture_say_failed(c, rc);
	written = pcapng_written(c->out);
	for (unsigned int i = 0; i < c->app->nb_ports; i++)
		lost += c->taps[i].taken;
	/* What reached the writer and never the file is lost too. */
	lost -= written;
	say("capture %s: %" PRIu64 " frames written, %" PRIu64 " lost", c->file, written, lost);
	capture_free(c);
}
