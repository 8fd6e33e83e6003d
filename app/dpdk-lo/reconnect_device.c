/* SPDX-License-Identifier: BSD-3-Clause */
#include "reconnect_device.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/un.h>

#include <rte_bus.h>
#include <rte_dev.h>
#include <rte_devargs.h>
#include <rte_ethdev.h>

#include "devarg.h"
#include "driver_log.h"
#include "eal_interrupts.h"
#include "log.h"
#include "port.h"
#include "side_thread.h"
#include "stale_socket.h"
#include "telemetry.h"

#define BUS "vdev"
/* Between two signals that shake a thread out of the driver's waiting. */
#define SHAKE_NS 10000000

struct reconnect_device {
	struct port *port;
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
	char *args; /* what the user gave, without the name; EAL forgets it with the device */
	bool plugged; /* EAL knows the device; as all above of control, and of the thread while it runs */
	bool made; /* the same: its port is open */
	bool want_intr;
	pthread_t thread;
	bool runs;
	_Atomic(enum reconnect_device_state) state; /* written by the thread */
};

struct reconnect_device *
reconnect_device_new(struct port *p)
{
	struct reconnect_device *d;
	struct rte_eth_dev_info info;
	const struct rte_devargs *args;
	const char *path, *server;
	size_t len;

	if (rte_eth_dev_info_get(p->id, &info) != 0 || !port_talks_vhost_user(p, &info))
		return NULL;
	args = rte_dev_devargs(info.device);
	if (devarg(args->args, "server", &server) > 0 && !devarg_is(args->args, "server", "0"))
		return NULL;
	len = devarg(args->args, "path", &path);
	d = len > 0 && len < sizeof(d->path) ? calloc(1, sizeof(*d)) : NULL;
	if (d == NULL)
		return NULL;
	d->args = strdup(args->args);
	if (d->args == NULL) {
		free(d);
		return NULL;
	}
	memcpy(d->path, path, len);
	d->port = p;
	d->plugged = true;
	d->made = true;
	return d;
}

void
reconnect_device_free(struct reconnect_device *d)
{
	if (d == NULL)
		return;
	free(d->args);
	free(d);
}

const char *
reconnect_device_path(const struct reconnect_device *d)
{
	return d->path;
}

/* @return false when EAL's interrupts do not come to rest; then nothing is done */
static bool
close_port(struct reconnect_device *d)
{
	/* Its alarm, and its handler, must not find it half taken away. */
	if (!eal_interrupts_hold())
		return false;
	driver_log_hush();
	rte_eth_dev_stop(d->port->id);
	rte_eth_dev_close(d->port->id);
	driver_log_resume();
	eal_interrupts_release();
	d->port->started = false;
	d->made = false;
	return true;
}

bool
reconnect_device_remove(struct reconnect_device *d)
{
	struct port *p = d->port;

	if (!atomic_load(&p->detached)) {
		uint64_t no_mbuf = app_port_no_mbuf(p), missed = app_port_missed(p);
		uint64_t tx_errors = app_port_tx_errors(p);

		telemetry_lock();
		p->no_mbuf_before = no_mbuf;
		p->missed_before = missed;
		p->tx_errors_before = tx_errors;
		atomic_store(&p->detached, true);
		telemetry_unlock();
	}
	return !d->made || close_port(d);
}

bool
reconnect_device_is_awaited(const struct reconnect_device *d)
{
	return stale_socket_is_awaited(d->path);
}

/* The port is nobody's but this thread's until its state says so. @return 0 or -errno */
static int
make(struct reconnect_device *d)
{
	struct port *p = d->port;
	int ret;

	if (d->plugged && rte_eal_hotplug_remove(BUS, p->name) != 0)
		return -EBUSY;
	d->plugged = false;
	ret = rte_eal_hotplug_add(BUS, p->name, d->args);
	if (ret != 0)
		return ret;
	d->plugged = true;
	ret = rte_eth_dev_get_port_by_name(p->name, &p->id);
	if (ret != 0)
		return ret;
	d->made = true;
	for (uint16_t q = 0; q < p->nb_queues; q++)
		p->queues[q]->port_id = p->id;
	return port_start(p, d->want_intr);
}

static void *
thread_main(void *arg)
{
	struct reconnect_device *d = arg;
	sigset_t shake;

	/* Without SA_RESTART (catch_signals()): whatever the driver waits for fails then. */
	sigemptyset(&shake);
	sigaddset(&shake, SIGINT);
	pthread_sigmask(SIG_UNBLOCK, &shake, NULL);
	atomic_store(&d->state,
		make(d) == 0 ? RECONNECT_DEVICE_THERE : RECONNECT_DEVICE_FAILED);
	return NULL;
}

int
reconnect_device_begin(struct reconnect_device *d, bool want_intr)
{
	int ret;

	d->want_intr = want_intr;
	atomic_store(&d->state, RECONNECT_DEVICE_TRYING);
	driver_log_hush();
	ret = side_thread_start(&d->thread, thread_main, d, "dlo-reconnect");
	d->runs = ret == 0;
	if (ret != 0)
		driver_log_resume();
	return ret;
}

static void
join(struct reconnect_device *d)
{
	pthread_join(d->thread, NULL);
	d->runs = false;
	driver_log_resume();
	if (atomic_load(&d->state) != RECONNECT_DEVICE_THERE)
		return;
	telemetry_lock();
	atomic_store(&d->port->detached, false);
	telemetry_unlock();
}

enum reconnect_device_state
reconnect_device_poll(struct reconnect_device *d)
{
	enum reconnect_device_state now = atomic_load(&d->state);

	if (now != RECONNECT_DEVICE_TRYING)
		join(d);
	return now;
}

void
reconnect_device_cancel(struct reconnect_device *d)
{
	const struct timespec pause = { .tv_nsec = SHAKE_NS };

	if (!d->runs)
		return;
	while (atomic_load(&d->state) == RECONNECT_DEVICE_TRYING) {
		pthread_kill(d->thread, SIGINT);
		nanosleep(&pause, NULL);
	}
	join(d);
	if (atomic_load(&d->port->detached) && d->made)
		close_port(d);
}
