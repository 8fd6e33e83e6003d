/* SPDX-License-Identifier: BSD-3-Clause */
#include "reconnect.h"

#include <string.h>

#include <rte_bus.h>
#include <rte_cycles.h>
#include <rte_dev.h>
#include <rte_devargs.h>
#include <rte_ethdev.h>
#include <rte_log.h>
#include <rte_rcu_qsbr.h>

#include "app.h"
#include "devarg.h"
#include "log.h"

/* For a handshake, with a server that has other things to do. */
#define PATIENCE_MS 1000
/* Between two tries, at first and at most. */
#define WAIT_MIN_MS 100
#define WAIT_MAX_MS 2000

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
	say_warning("port %s: nobody listens on its socket: it is tried again until somebody does",
		p->name);
}

/* ethdev and the driver log each vain try as an error; that was said once already. */
static int
start_quietly(const struct port *p)
{
	static const char *const talkers[] = { "lib.ethdev", "pmd.net.memif" };
	int levels[RTE_DIM(talkers)], ret;

	for (unsigned int i = 0; i < RTE_DIM(talkers); i++) {
		levels[i] = rte_log_get_level(rte_log_register(talkers[i]));
		rte_log_set_level_pattern(talkers[i], RTE_LOG_EMERG);
	}
	ret = rte_eth_dev_start(p->id);
	for (unsigned int i = 0; i < RTE_DIM(talkers); i++)
		rte_log_set_level_pattern(talkers[i], (uint32_t)levels[i]);
	return ret;
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
		if (r->said)
			say("port %s: its peer is there again", p->name);
		r->said = false;
		r->wait_ms = WAIT_MIN_MS;
		/* From now on it was there: once gone, it is gone. */
		r->next_tsc = 0;
		return;
	}
	if (now < r->next_tsc)
		return;
	say_away(p);
	atomic_store(&p->away, true);
	r->token = rte_rcu_qsbr_start(app->rcu);
	r->step = RECONNECT_PARK;
}

static void
park(struct app *app, struct port *p)
{
	struct reconnect *r = &p->reconnect;

	if (rte_rcu_qsbr_check(app->rcu, r->token, false) != 1)
		return;
	rte_eth_dev_stop(p->id);
	r->step = RECONNECT_TRY;
	r->next_tsc = in_ms(r->wait_ms);
}

static void
try(struct port *p, uint64_t now)
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
	atomic_store(&p->away, false);
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
			try(p, now);
			break;
		}
	}
}
