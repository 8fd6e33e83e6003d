/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What dlo_reflect_burst() costs, nothing else around it: frames in memory, bursts of 32, no EAL, no
 * ports. One line each: NAME VALUE ns. The value is the best of many short passes, because everything
 * that disturbs one only ever makes it longer.
 *
 * With arguments one case alone, for a profiler: VARIANT PROFILE FRAMES GUARDS(on|off) PASSES, and
 * what is printed is the number of frames that went through; of 0 passes, the time that one frame
 * takes, in nanoseconds.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sys/mman.h>

#include "answer/lane.h"
#include "frame/build.h"
#include "micro.h"

#define NAME "bench_reflect"
#define FRAMES_MAX 65536

struct kind {
	bool ipv6;
	bool tcp;
	uint16_t vlan;
	bool non_ip;
	uint16_t size;
	uint16_t weight;
};

static const struct profile {
	const char *name;
	struct kind kinds[12];
} profiles[] = {
	{ "udp4", { { .size = 64, .weight = 1 } } },
	{ "udp6", { { .ipv6 = true, .size = 64, .weight = 1 } } },
	{ "vlan", { { .vlan = 100, .size = 64, .weight = 1 } } },
	{ "mix",
		{
			{ .size = 64, .weight = 30 },
			{ .tcp = true, .size = 64, .weight = 20 },
			{ .ipv6 = true, .size = 64, .weight = 15 },
			{ .ipv6 = true, .tcp = true, .size = 74, .weight = 10 },
			{ .vlan = 100, .size = 64, .weight = 10 },
			{ .ipv6 = true, .tcp = true, .vlan = 200, .size = 78, .weight = 5 },
			{ .non_ip = true, .size = 64, .weight = 10 },
		} },
	{ "imix",
		{
			{ .size = 60, .weight = 7 },
			{ .size = 590, .weight = 4 },
			{ .size = 1514, .weight = 1 },
		} },
};

/* The same sequence in every run: xorshift32. */
static uint32_t
draw(uint32_t below)
{
	static uint32_t x = 2463534242u;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return x % below;
}

static void
make_frame(const struct profile *p, struct rte_mbuf *m)
{
	struct dlo_build spec = {
		.dst_mac = { 0x02, 0xd1, 0x00, 0x00, 0x00, 0x02 },
		.src_mac = { 0x02, 0xd1, 0x00, 0x00, 0x00, 0x01 },
	};
	uint8_t *data = rte_pktmbuf_mtod(m, uint8_t *);
	const struct kind *k = p->kinds;
	uint32_t sum = 0, at;

	for (const struct kind *i = p->kinds; i->weight > 0; i++)
		sum += i->weight;
	for (at = draw(sum); at >= k->weight; k++)
		at -= k->weight;
	spec.ipv6 = k->ipv6;
	spec.l4 = k->tcp ? DLO_BUILD_TCP : DLO_BUILD_UDP;
	spec.vlan = k->vlan;
	spec.src_port = (uint16_t)(0xc000 + draw(0x3fff));
	spec.dst_port = (uint16_t)(0xc000 + draw(0x3fff));
	if (k->ipv6) {
		memcpy(spec.src_ip, (const uint8_t[6]){ 0x20, 0x01, 0x00, 0x02 }, 6);
		memcpy(spec.dst_ip, (const uint8_t[6]){ 0x20, 0x01, 0x00, 0x02 }, 6);
		spec.src_ip[14] = (uint8_t)draw(256);
		spec.dst_ip[14] = (uint8_t)draw(256);
		spec.src_ip[15] = 1;
		spec.dst_ip[15] = 2;
	} else {
		memcpy(spec.src_ip, (const uint8_t[4]){ 198, 18, (uint8_t)draw(256), 1 }, 4);
		memcpy(spec.dst_ip, (const uint8_t[4]){ 198, 19, (uint8_t)draw(256), 2 }, 4);
	}
	m->data_len = (uint16_t)dlo_build_frame(data, k->size, &spec);
	m->pkt_len = m->data_len;
	if (m->data_len == 0) {
		fprintf(stderr, "bench_reflect: profile %s: %u bytes are too few\n", p->name, k->size);
		exit(1);
	}
	if (k->non_ip) {
		data[12] = 0x88;
		data[13] = 0xb6;
	}
}

static struct rte_mbuf **
make_frames(uint8_t *memory, const struct profile *p, unsigned int nb)
{
	struct rte_mbuf **pkts = calloc(nb, sizeof(*pkts));

	if (pkts == NULL)
		die(NAME, "no memory");
	for (unsigned int i = 0; i < nb; i++) {
		pkts[i] = micro_mbuf(memory, i);
		make_frame(p, pkts[i]);
	}
	return pkts;
}

/* Every frame once; each comes back, so that the next pass finds it turned round and as sound. */
static void
pass(const struct dlo_plan *plan, struct rte_mbuf **pkts, unsigned int nb)
{
	static struct dlo_lane lane;
	struct dlo_burst burst;

	for (unsigned int i = 0; i < nb; i += BURST) {
		dlo_reflect_burst(plan, &lane, pkts + i, BURST, &burst);
		if (burst.nb_back != BURST) {
			fprintf(stderr, "bench_reflect: %u frames were dropped\n",
				BURST - burst.nb_back);
			exit(1);
		}
	}
}

static double
best_pass(const struct dlo_plan *plan, struct rte_mbuf **pkts, unsigned int nb, double seconds)
{
	unsigned int inner = nb < 4096 ? 4096 / nb : 1;
	double end = now_ns() + seconds * 1e9;
	uint64_t best = UINT64_MAX;

	do {
		uint64_t t = rte_rdtsc();

		for (unsigned int i = 0; i < inner; i++)
			pass(plan, pkts, nb);
		t = rte_rdtsc() - t;
		if (t < best)
			best = t;
	} while (now_ns() < end);
	return (double)best / (double)inner / (double)nb;
}

static int
one(uint8_t *memory, const struct dlo_addr_table *addresses, char **argv)
{
	unsigned int nb = (unsigned int)atoi(argv[3]), passes = (unsigned int)atoi(argv[5]);
	const struct profile *p = NULL;
	struct rte_mbuf **pkts;
	struct dlo_plan plan;

	for (size_t i = 0; i < RTE_DIM(profiles); i++)
		if (strcmp(profiles[i].name, argv[2]) == 0)
			p = &profiles[i];
	micro_plan(&plan, addresses);
	plan.guards = strcmp(argv[4], "off") != 0;
	if (p == NULL || nb == 0 || nb > FRAMES_MAX || nb % BURST != 0 ||
		dlo_plan_use_variant(&plan, argv[1]) != 0) {
		fprintf(stderr, "bench_reflect: bad arguments\n");
		return 2;
	}
	pkts = make_frames(memory, p, nb);
	if (passes == 0) {
		printf("%.3f\n", best_pass(&plan, pkts, nb, 0.1) / tsc_rate());
		free(pkts);
		return 0;
	}
	for (unsigned int i = 0; i < passes; i++)
		pass(&plan, pkts, nb);
	printf("%u\n", passes * nb);
	free(pkts);
	return 0;
}

static void
all(uint8_t *memory, const struct dlo_addr_table *addresses)
{
	static const unsigned int sets[] = { 32, 256, 4096, FRAMES_MAX };
	double rate = tsc_rate();
	struct dlo_plan plan;
	const char *variant;

	for (size_t p = 0; p < RTE_DIM(profiles); p++) {
		for (size_t s = 0; s < RTE_DIM(sets); s++) {
			struct rte_mbuf **pkts = make_frames(memory, &profiles[p], sets[s]);

			for (unsigned int v = 0; (variant = dlo_variant_name(v)) != NULL; v++) {
				micro_plan(&plan, addresses);
				if (dlo_plan_use_variant(&plan, variant) != 0)
					continue;
				printf("reflect_%s_%s_%u %.3f ns\n", variant, profiles[p].name, sets[s],
					best_pass(&plan, pkts, sets[s], 0.04) / rate);
				plan.guards = false;
				dlo_plan_use_variant(&plan, variant);
				printf("reflect_%s_%s_%u_unguarded %.3f ns\n", variant, profiles[p].name,
					sets[s], best_pass(&plan, pkts, sets[s], 0.04) / rate);
				fflush(stdout);
			}
			free(pkts);
		}
	}
}

int
main(int argc, char **argv)
{
	struct dlo_addr_table *addresses = dlo_addr_table_create(NULL, 0);
	uint8_t *memory = mmap(NULL, FRAMES_MAX * STRIDE, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int ret = 0;

	if (addresses == NULL || memory == MAP_FAILED) {
		fprintf(stderr, "bench_reflect: no memory for %u frames\n", FRAMES_MAX);
		return 1;
	}
	madvise(memory, FRAMES_MAX * STRIDE, MADV_HUGEPAGE);
	if (argc == 6)
		ret = one(memory, addresses, argv);
	else
		all(memory, addresses);
	dlo_addr_table_free(addresses);
	munmap(memory, FRAMES_MAX * STRIDE);
	return ret;
}
