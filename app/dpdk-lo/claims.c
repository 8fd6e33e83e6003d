/* SPDX-License-Identifier: BSD-3-Clause */
#include "claims.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_random.h>

#include "app.h"
#include "log.h"
#include "outbox.h"
#include "plans.h"
#include "telemetry.h"

/* One port's addresses, and all loopbacks. */
#define CLAIMS_MAX (DLO_CONF_ADDRESSES_MAX + DLO_CONF_LOOPBACKS_MAX)
/* Frames on one port in one tick: 640 a second, and the outbox has room for others. */
#define FRAMES_PER_TICK 32
/* Whoever changes his MAC with every frame is not said more often. */
#define SAY_INTERVAL_S 10

void
claims_note(struct claims_heard *heard, struct rte_mbuf *m)
{
	struct dlo_station who;
	unsigned int i;

	if (!dlo_neighbour_conflict(m, &who))
		return;
	i = (who.addr[3] ^ who.addr[15]) % CLAIMS_HEARD;
	if (__atomic_load_n(&heard->places[i].full, __ATOMIC_ACQUIRE) != 0)
		return;
	heard->places[i].who = who;
	__atomic_store_n(&heard->places[i].full, 1, __ATOMIC_RELEASE);
}

static struct port_claim *
find(const struct port_claims *claims, uint8_t family, const uint8_t *addr)
{
	for (unsigned int i = 0; claims != NULL && i < claims->nb; i++) {
		const struct dlo_station *who = &claims->claims[i].claim.who;

		if (who->family == family && memcmp(who->addr, addr, sizeof(who->addr)) == 0)
			return (struct port_claim *)(uintptr_t)&claims->claims[i];
	}
	return NULL;
}

/* Whoever does not answer the question for an address cannot say that it is his. */
static bool
is_answered(const struct port *p, uint8_t family)
{
	enum dlo_answer answer = family == 4 ? DLO_ANSWER_ARP : DLO_ANSWER_ND;

	return (p->conf.answers & (UINT32_C(1) << answer)) != 0;
}

static void
add(struct port_claims *to, const struct port *p, const struct dlo_prefix *addr, bool is_loopback,
	uint16_t slot)
{
	struct port_claim *c = &to->claims[to->nb];
	const struct port_claim *old = find(p->claims, addr->family, addr->addr);

	if (!is_answered(p, addr->family) || find(to, addr->family, addr->addr) != NULL)
		return;
	memset(c, 0, sizeof(*c));
	if (old != NULL)
		*c = *old;
	c->claim.yields = p->conf.duplicate_check == DLO_DUPLICATES_YIELD;
	c->claim.who.family = addr->family;
	memcpy(c->claim.who.addr, addr->addr, sizeof(c->claim.who.addr));
	c->is_loopback = is_loopback;
	c->slot = slot;
	if (old == NULL)
		c->used = dlo_claim_in_use(&c->claim);
	to->nb++;
}

static void
fill(const struct app *app, const struct port *p, struct port_claims *to)
{
	if (p->conf.duplicate_check == DLO_DUPLICATES_OFF || p->link != NULL)
		return;
	for (unsigned int i = 0; i < app->conf.nb_loopbacks; i++) {
		if (!app->conf.loopbacks[i].shut)
			add(to, p, &app->conf.loopbacks[i].addr, true, app->loopback_slots[i]);
	}
	for (unsigned int i = 0; i < p->conf.nb_addresses; i++) {
		const struct dlo_prefix *a = &p->conf.addresses[i];

		/* In a network that is all ours others may have addresses. */
		if (a->len == (a->family == 4 ? 32 : 128) || dlo_prefix_has_host_bits(a))
			add(to, p, a, false, 0);
	}
}

void
claims_refresh(struct app *app)
{
	for (unsigned int i = 0; i < app->nb_ports; i++) {
		struct port *p = &app->ports[i];
		struct port_claims *next, *less, *old = p->claims;

		next = malloc(sizeof(*next) + CLAIMS_MAX * sizeof(next->claims[0]));
		if (next == NULL) {
			say_warning("port %s: no memory to look for others with its addresses; it goes on "
				"with those that it had before", app_port_label(p));
			continue;
		}
		next->nb = 0;
		fill(app, p, next);
		if (next->nb == 0) {
			free(next);
			next = NULL;
		} else {
			less = realloc(next, sizeof(*next) + next->nb * sizeof(next->claims[0]));
			next = less != NULL ? less : next;
		}
		telemetry_lock();
		p->claims = next;
		telemetry_unlock();
		free(old);
	}
}

void
claims_free(struct app *app)
{
	for (unsigned int i = 0; i < app->nb_ports; i++) {
		free(app->ports[i].claims);
		app->ports[i].claims = NULL;
	}
}

bool
claims_any(const struct app *app)
{
	for (unsigned int i = 0; i < app->nb_ports; i++) {
		if (app->ports[i].claims != NULL)
			return true;
	}
	return false;
}

bool
claims_is_tentative(const struct port *p, const struct dlo_prefix *addr)
{
	const struct port_claim *c;

	if (p->conf.duplicate_check != DLO_DUPLICATES_YIELD || p->link != NULL ||
		!is_answered(p, addr->family))
		return false;
	c = find(p->claims, addr->family, addr->addr);
	/* Plans are made before claims where both are new: nobody was asked then. */
	return c == NULL || !dlo_claim_in_use(&c->claim);
}

/* Plans say what is answered: a new one where that has changed. */
static void
take_over(struct app *app, struct port *p)
{
	bool differs = false;

	for (unsigned int k = 0; k < p->claims->nb; k++)
		differs |= p->claims->claims[k].used != dlo_claim_in_use(&p->claims->claims[k].claim);
	/* Without memory for it the old plan stays; the next tick tries again. */
	if (!differs || plans_publish(app, p) != 0)
		return;
	for (unsigned int k = 0; k < p->claims->nb; k++)
		p->claims->claims[k].used = dlo_claim_in_use(&p->claims->claims[k].claim);
}

const char *
claim_loopback_name(const struct app *app, const struct port_claim *c)
{
	for (unsigned int i = 0; c->is_loopback && i < app->conf.nb_loopbacks; i++) {
		if (app->loopback_slots[i] == c->slot)
			return app->conf.loopbacks[i].name;
	}
	return NULL;
}

const char *
claim_address(const struct port_claim *c, char text[INET6_ADDRSTRLEN])
{
	return inet_ntop(c->claim.who.family == 4 ? AF_INET : AF_INET6, c->claim.who.addr, text,
		INET6_ADDRSTRLEN);
}

static void
say_conflict(const struct app *app, const struct port *p, struct port_claim *c, uint64_t now)
{
	char text[INET6_ADDRSTRLEN], mac[RTE_ETHER_ADDR_FMT_SIZE];
	const char *lo = claim_loopback_name(app, c), *name = app_port_label(p);
	const char *until = dlo_claim_in_use(&c->claim) ? "" : ", and not answered here until it is free";

	if (c->said != 0 && c->claim.nb_others == DLO_CLAIM_OTHERS &&
		now - c->said < SAY_INTERVAL_S * rte_get_tsc_hz())
		return;
	c->said = now;
	rte_ether_format_addr(mac, sizeof(mac), &c->claim.others[0]);
	claim_address(c, text);
	if (lo != NULL)
		say_warning("port %s: %s (%s) is also used by %s%s: give one of the two another address, "
			"or take %s down with 'shut' and a reload", name, text, lo, mac, until, lo);
	else
		say_warning("port %s: %s is also used by %s%s: give one of the two another address, or "
			"leave it out of --address", name, text, mac, until);
}

/* Take what the workers have heard. */
static void
hear(const struct app *app, struct port *p, uint64_t now)
{
	for (uint16_t q = 0; q < p->nb_queues; q++) {
		struct claims_heard *heard = &p->queues[q]->heard;

		for (unsigned int i = 0; i < CLAIMS_HEARD; i++) {
			const struct dlo_station *who = &heard->places[i].who;
			struct port_claim *c;

			if (__atomic_load_n(&heard->places[i].full, __ATOMIC_ACQUIRE) == 0)
				continue;
			c = find(p->claims, who->family, who->addr);
			if (c != NULL &&
				dlo_claim_hear(&c->claim, &who->mac, now, rte_get_tsc_hz()))
				say_conflict(app, p, c, now);
			__atomic_store_n(&heard->places[i].full, 0, __ATOMIC_RELEASE);
		}
	}
}

static void
step(struct port *p, struct port_claim *c, bool up, uint64_t now, unsigned int *frames)
{
	const bool was_contested = c->claim.contested;
	uint8_t frame[DLO_CLAIM_FRAME_MAX];
	char text[INET6_ADDRSTRLEN];
	uint32_t len;

	if (!up) {
		if (c->claim.state != DLO_CLAIM_IDLE)
			dlo_claim_end(&c->claim);
		return;
	}
	if (c->claim.state == DLO_CLAIM_IDLE)
		dlo_claim_begin(&c->claim, now, rte_get_tsc_hz(), (uint32_t)rte_rand());
	if (*frames == 0)
		return;
	len = dlo_claim_step(&c->claim, &p->mac, now, rte_get_tsc_hz(), (uint32_t)rte_rand(), frame);
	if (len > 0) {
		/* What there is no room for is lost like a frame on the wire. */
		outbox_put(p, frame, len);
		--*frames;
	}
	if (was_contested && !c->claim.contested)
		say("port %s: nobody else uses %s any more", app_port_label(p),
			claim_address(c, text));
}

void
claims_tick(struct app *app, uint64_t now)
{
	uint64_t usable = atomic_load(&app->usable_ports);

	for (unsigned int i = 0; i < app->nb_ports; i++) {
		struct port *p = &app->ports[i];
		bool up = (usable >> i & 1) != 0 && !atomic_load(&p->gone);
		unsigned int frames = FRAMES_PER_TICK;

		hear(app, p, now);
		if (p->claims == NULL)
			continue;
		telemetry_lock();
		for (unsigned int k = 0; k < p->claims->nb; k++)
			step(p, &p->claims->claims[k], up, now, &frames);
		telemetry_unlock();
		take_over(app, p);
	}
}
