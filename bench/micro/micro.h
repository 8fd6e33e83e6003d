/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_BENCH_MICRO_H
#define DLO_BENCH_MICRO_H

/**
 * @file
 * What the microbenchmarks share: mbufs in memory of their own (no EAL, no pool), the plan of an
 * ordinary port, and time.
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <rte_cycles.h>
#include <rte_mbuf.h>

#include "address/address.h"
#include "reflect/reflect.h"

#define BURST 32
#define FRAME_ROOM 2048
/* As a mempool without hugepage trouble lays them out: header, mbuf, headroom, room. */
#define STRIDE (64 + sizeof(struct rte_mbuf) + RTE_PKTMBUF_HEADROOM + FRAME_ROOM)

static inline void
die(const char *program, const char *what)
{
	fprintf(stderr, "%s: %s\n", program, what);
	exit(1);
}

static inline double
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/** @return TSC ticks in a nanosecond. */
static inline double
tsc_rate(void)
{
	double t = now_ns();
	uint64_t tsc = rte_rdtsc();

	while (now_ns() - t < 20e6)
		;
	return (double)(rte_rdtsc() - tsc) / (now_ns() - t);
}

/** @return an empty mbuf, number @p at of @p memory, which has STRIDE bytes for each. */
static inline struct rte_mbuf *
micro_mbuf(uint8_t *memory, unsigned int at)
{
	struct rte_mbuf *m = (struct rte_mbuf *)(memory + at * STRIDE + 64);

	memset(m, 0, sizeof(*m));
	m->buf_addr = m + 1;
	m->buf_len = RTE_PKTMBUF_HEADROOM + FRAME_ROOM;
	m->data_off = RTE_PKTMBUF_HEADROOM;
	m->nb_segs = 1;
	rte_mbuf_refcnt_set(m, 1);
	return m;
}

/** A port as dpdk-lo makes one; dlo_plan_choose_burst() or dlo_plan_use_variant() finishes it. */
static inline void
micro_plan(struct dlo_plan *plan, const struct dlo_addr_table *addresses)
{
	memset(plan, 0, sizeof(*plan));
	plan->mode = DLO_MODE_L4;
	plan->accept = DLO_ACCEPT_UNICAST;
	plan->guards = true;
	plan->answers = 1 << DLO_ANSWER_ARP | 1 << DLO_ANSWER_ND | 1 << DLO_ANSWER_ICMP;
	plan->mac = (struct rte_ether_addr){ { 0x02, 0xd1, 0, 0, 0, 0xff } };
	plan->own_macs[0] = plan->mac;
	plan->nb_own_macs = 1;
	plan->addresses = addresses;
}

#endif
