/* SPDX-License-Identifier: BSD-3-Clause */
#include "reconnect.h"

#include <string.h>

#include <rte_bus.h>
#include <rte_cycles.h>
#include <rte_dev.h>
#include <rte_devargs.h>
#include <rte_ethdev.h>
#include <rte_rcu_qsbr.h>

#include "app.h"
#include "devarg.h"
#include "driver_log.h"
#include "eal_interrupts.h"
#include "log.h"
#include "port.h"
#include "reconnect_device.h"

/* For a handshake, with a server that has other things to do. */
#define PATIENCE_MS 1000
/* Between two tries, at first and at most. */
#define WAIT_MIN_MS 100
#define WAIT_MAX_MS 2000
/* Between two looks at a socket that nobody listens on, and tries that a listener may refuse: a driver loses a few
 * descriptors by each. */
#define AWAIT_MS 200
#define REFUSED_MAX_MS 10000
#define REFUSED_MAX 100
/* When the thread of EAL's interrupts was busy for long. */
#define CLEAR_MS 10000

static uint64_t
in_ms(unsigned int ms)
{
	return rte_rdtsc() + rte_get_tsc_hz() / 1000 * ms;
}

bool
reconnect_wants(const struct port *p)
{
	struct rte_eth_dev_info info;
	const struct rte_devargs *args;

	if (strcmp(p->driver, "net_memif") != 0 || rte_eth_dev_info_get(p->id, &info) != 0)
		return false;
	args = info.device != NULL ? rte_dev_devargs(info.device) : NULL;
	/* A client unless it is said to be a server, which waits for clients by itself. */
	return args != NULL && !devarg_is(args->args, "role", "server") &&
		!devarg_is(args->args, "role", "master");
}

static void
say_away(struct port *p)
{
	if (p->reconnect.said)
		return;
	p->reconnect.said = true;
	if (p->reconnect.device != NULL)
		say_warning("port %s: the vhost-user backend behind %s has ended: the port waits until one listens "
			"there again", p->name, reconnect_device_path(p->reconnect.device));
	else
		say_warning("port %s: nobody listens on its socket: it is tried again until somebody does",
			p->name);
}

static void
say_back(struct port *p)
{
	if (p->reconnect.said)
		say("port %s: its peer is there again", p->name);
	p->reconnect.said = false;
}

/* ethdev and the driver log each vain try as an error; that was said once already. */
static int
start_quietly(const struct port *p)
{
	int ret;

	driver_log_hush();
	ret = rte_eth_dev_start(p->id);
	driver_log_resume();
	return ret;
}

/* Whoever waits for frames waits for those of other ports from now on, and the other way round. */
static void
set_away(struct app *app, struct port *p, bool away)
{
	if (away && !atomic_load(&p->away))
		atomic_fetch_add(&p->peer_losses, 1);
	atomic_store(&p->away, away);
	for (unsigned int i = 0; i < app->nb_workers; i++)
		atomic_store(&app->workers[i].refit, true);
}

static void
leave_alone(struct app *app, struct port *p, enum reconnect_step next)
{
	say_away(p);
	set_away(app, p, true);
	p->reconnect.token = rte_rcu_qsbr_start(app->rcu);
	p->reconnect.step = next;
}

void
reconnect_start(struct port *p)
{
	bool up = start_quietly(p) == 0;

	p->reconnect = (struct reconnect){
		.step = up ? RECONNECT_WATCH : RECONNECT_TRY,
		.wait_ms = WAIT_MIN_MS,
		.next_tsc = in_ms(up ? PATIENCE_MS : WAIT_MIN_MS),
	};
	if (up)
		return;
	atomic_store(&p->away, true);
	say_away(p);
}

static void
watch(struct app *app, struct port *p, uint64_t now)
{
	struct reconnect *r = &p->reconnect;
	struct rte_eth_link status;

	if (rte_eth_link_get_nowait(p->id, &status) != 0)
		return;
	if (status.link_status == RTE_ETH_LINK_UP) {
		say_back(p);
		r->wait_ms = WAIT_MIN_MS;
		/* From now on it was there: once gone, it is gone. */
		r->next_tsc = 0;
		return;
	}
	if (now < r->next_tsc)
		return;
	leave_alone(app, p, RECONNECT_PARK);
}

static void
park(struct app *app, struct port *p)
{
	struct reconnect *r = &p->reconnect;
	bool held;

	if (rte_rcu_qsbr_check(app->rcu, r->token, false) != 1)
		return;
	/* Its handler may be at the same: hearing the peer's last words, or that it has ended. */
	held = eal_interrupts_hold();
	rte_eth_dev_stop(p->id);
	if (held)
		eal_interrupts_release();
	r->step = RECONNECT_TRY;
	r->next_tsc = in_ms(r->wait_ms);
}

static void
try(struct app *app, struct port *p, uint64_t now)
{
	struct reconnect *r = &p->reconnect;

	if (now < r->next_tsc)
		return;
	r->wait_ms = RTE_MIN(r->wait_ms * 2, (unsigned int)WAIT_MAX_MS);
	if (start_quietly(p) != 0) {
		r->next_tsc = in_ms(r->wait_ms);
		return;
	}
	r->step = RECONNECT_WATCH;
	r->next_tsc = in_ms(PATIENCE_MS);
	set_away(app, p, false);
}

void
reconnect_follow(struct port *p)
{
	p->reconnect.device = reconnect_device_new(p);
	if (p->reconnect.device == NULL)
		return;
	p->reconnect.step = RECONNECT_FOLLOW;
	driver_log_leave_out_ends();
}

static void
follow(struct app *app, struct port *p)
{
	struct rte_eth_link status;

	/* Of the port's memory: the driver has an interrupt for it. */
	if (rte_eth_link_get_nowait(p->id, &status) == 0 && status.link_status != RTE_ETH_LINK_UP)
		leave_alone(app, p, RECONNECT_CLEAR);
}

static void
clear(struct app *app, struct port *p, uint64_t now)
{
	struct reconnect *r = &p->reconnect;

	if (now < r->next_tsc || rte_rcu_qsbr_check(app->rcu, r->token, false) != 1)
		return;
	if (!reconnect_device_remove(r->device)) {
		r->next_tsc = in_ms(CLEAR_MS);
		return;
	}
	r->step = RECONNECT_AWAIT;
	r->next_tsc = r->refused > 0 ? in_ms(r->wait_ms) : 0;
}

static void
await(struct app *app, struct port *p, uint64_t now)
{
	struct reconnect *r = &p->reconnect;

	if (now < r->next_tsc)
		return;
	r->next_tsc = in_ms(AWAIT_MS);
	if (reconnect_device_is_awaited(r->device) &&
		reconnect_device_begin(r->device, app->adaptive) == 0)
		r->step = RECONNECT_MAKE;
}

static void
made(struct app *app, struct port *p)
{
	struct reconnect *r = &p->reconnect;

	switch (reconnect_device_poll(r->device)) {
	case RECONNECT_DEVICE_TRYING:
		break;
	case RECONNECT_DEVICE_THERE:
		r->refused = 0;
		r->wait_ms = WAIT_MIN_MS;
		r->step = RECONNECT_FOLLOW;
		/* A reload in the meantime had no ethdev to tell. */
		ports_update_filters(app);
		say_back(p);
		set_away(app, p, false);
		break;
	case RECONNECT_DEVICE_FAILED:
		r->wait_ms = RTE_MIN(RTE_MAX(r->wait_ms, (unsigned int)WAIT_MIN_MS) * 2,
			(unsigned int)REFUSED_MAX_MS);
		r->next_tsc = 0;
		r->step = RECONNECT_CLEAR;
		if (++r->refused < REFUSED_MAX)
			break;
		p->gone_said = true;
		say_error("port %s: whoever listens on %s does not talk vhost-user, after %u tries: the port is "
			"given up; end that one and start again", p->name,
			reconnect_device_path(r->device), REFUSED_MAX);
		reconnect_device_remove(r->device);
		port_set_gone(p);
		break;
	}
}

void
reconnect_stop(struct app *app)
{
	for (unsigned int i = 0; i < app->nb_ports; i++) {
		struct reconnect *r = &app->ports[i].reconnect;

		if (r->device == NULL)
			continue;
		reconnect_device_cancel(r->device);
		reconnect_device_free(r->device);
		r->device = NULL;
		r->step = RECONNECT_NEVER;
	}
}

void
reconnect_tick(struct app *app, uint64_t now)
{
	for (unsigned int i = 0; i < app->nb_ports; i++) {
		struct port *p = &app->ports[i];

		if (atomic_load(&p->gone))
			continue;
		switch (p->reconnect.step) {
		case RECONNECT_NEVER:
			break;
		case RECONNECT_WATCH:
			watch(app, p, now);
			break;
		case RECONNECT_PARK:
			park(app, p);
			break;
		case RECONNECT_TRY:
			try(app, p, now);
			break;
		case RECONNECT_FOLLOW:
			follow(app, p);
			break;
		case RECONNECT_CLEAR:
			clear(app, p, now);
			break;
		case RECONNECT_AWAIT:
			await(app, p, now);
			break;
		case RECONNECT_MAKE:
			made(app, p);
			break;
		}
	}
}
