/* SPDX-License-Identifier: BSD-3-Clause */
#include "answer/claim.h"

#include <string.h>

/*
 * RFC 5227 1.1: PROBE_WAIT, PROBE_NUM, PROBE_MIN, PROBE_MAX, ANNOUNCE_WAIT, ANNOUNCE_NUM,
 * ANNOUNCE_INTERVAL, DEFEND_INTERVAL, RATE_LIMIT_INTERVAL; seconds.
 */
#define PROBE_WAIT 1
#define PROBE_NUM 3
#define PROBE_MIN 1
#define PROBE_MAX 2
#define ANNOUNCE_WAIT 2
#define ANNOUNCE_NUM 2
#define ANNOUNCE_INTERVAL 2
#define DEFEND_INTERVAL 10
#define RATE_LIMIT_INTERVAL 60
/* RFC 4862 5.1: DupAddrDetectTransmits; RFC 4861 10: RetransTimer, seconds. */
#define DAD_TRANSMITS 1
#define RETRANS_TIMER 1

/* @return a random part of @p seconds */
static uint64_t
part_of(unsigned int seconds, uint64_t hz, uint32_t random)
{
	return (seconds * hz >> 16) * (random >> 16);
}

static void
enter(struct dlo_claim *c, enum dlo_claim_state state, uint64_t due)
{
	c->state = state;
	c->nb_sent = 0;
	c->due = due;
}

void
dlo_claim_begin(struct dlo_claim *c, uint64_t now, uint64_t hz, uint32_t random)
{
	c->claimed = false;
	c->defend = false;
	/* RFC 4862 5.4.2 has the same delay. */
	enter(c, DLO_CLAIM_ASKING, now + part_of(PROBE_WAIT, hz, random));
}

void
dlo_claim_end(struct dlo_claim *c)
{
	c->claimed = false;
	c->defend = false;
	enter(c, DLO_CLAIM_IDLE, 0);
}

/* The next question, or when there was none left to be asked, the end of the asking. */
static uint32_t
ask(struct dlo_claim *c, const struct rte_ether_addr *mac, uint64_t now, uint64_t hz,
	uint32_t random, uint8_t *buf)
{
	static const uint8_t nobody[16];
	bool v4 = c->who.family == 4;

	if (c->nb_sent == (v4 ? PROBE_NUM : DAD_TRANSMITS)) {
		c->contested = false;
		c->claimed = true;
		c->nb_others = 0;
		enter(c, DLO_CLAIM_TELLING, now);
		return 0;
	}
	c->nb_sent++;
	if (!v4)
		c->due = now + RETRANS_TIMER * hz;
	else if (c->nb_sent < PROBE_NUM)
		c->due = now + PROBE_MIN * hz + part_of(PROBE_MAX - PROBE_MIN, hz, random);
	else
		c->due = now + ANNOUNCE_WAIT * hz;
	return dlo_neighbour_ask(buf, &c->who, mac, nobody);
}

uint32_t
dlo_claim_step(struct dlo_claim *c, const struct rte_ether_addr *mac, uint64_t now, uint64_t hz,
	uint32_t random, uint8_t *buf)
{
	if (c->defend) {
		c->defend = false;
		return dlo_neighbour_tell(buf, &c->who, mac);
	}
	if (c->state == DLO_CLAIM_IDLE || c->state == DLO_CLAIM_OURS || now < c->due)
		return 0;
	if (c->state == DLO_CLAIM_RESTING)
		enter(c, DLO_CLAIM_ASKING, now);
	if (c->state == DLO_CLAIM_ASKING)
		return ask(c, mac, now, hz, random, buf);
	if (++c->nb_sent == ANNOUNCE_NUM)
		c->state = DLO_CLAIM_OURS;
	c->due = now + ANNOUNCE_INTERVAL * hz;
	return dlo_neighbour_tell(buf, &c->who, mac);
}

/* @return whether it is a new one; it is the first in the list then, as if it was there before */
static bool
remember(struct dlo_claim *c, const struct rte_ether_addr *other)
{
	unsigned int i = 0;
	bool known;

	while (i < c->nb_others && !rte_is_same_ether_addr(&c->others[i], other))
		i++;
	known = i < c->nb_others;
	if (!known && c->nb_others < DLO_CLAIM_OTHERS)
		c->nb_others++;
	else if (!known)
		i = DLO_CLAIM_OTHERS - 1;
	memmove(&c->others[1], &c->others[0], i * sizeof(c->others[0]));
	c->others[0] = *other;
	return !known;
}

bool
dlo_claim_hear(struct dlo_claim *c, const struct rte_ether_addr *other, uint64_t now, uint64_t hz)
{
	/* RFC 5227 2.4 (b), (c): once, unless the last conflict was so short ago. IPv6 knows no defence. */
	if (c->claimed && c->who.family == 4) {
		if (c->heard == 0 || now - c->heard >= DEFEND_INTERVAL * hz)
			c->defend = true;
		else if (c->yields)
			c->claimed = false;
	}
	c->heard = now;
	c->nb_conflicts++;
	c->contested = true;
	/* A port that is down hears nothing; what was under way when it went changes nothing. */
	if (c->state != DLO_CLAIM_IDLE)
		enter(c, DLO_CLAIM_RESTING, now + RATE_LIMIT_INTERVAL * hz);
	return remember(c, other);
}

bool
dlo_claim_in_use(const struct dlo_claim *c)
{
	return !c->yields || c->claimed;
}

const char *
dlo_claim_state_name(const struct dlo_claim *c)
{
	static const char *const names[] = {
		[DLO_CLAIM_IDLE] = "idle",
		[DLO_CLAIM_ASKING] = "asking",
		[DLO_CLAIM_TELLING] = "ours",
		[DLO_CLAIM_OURS] = "ours",
		[DLO_CLAIM_RESTING] = "conflict",
	};

	return c->contested ? "conflict" : names[c->state];
}
