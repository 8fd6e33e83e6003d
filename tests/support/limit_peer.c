/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A path with known limits: what comes in on the first port goes out there again, as long as a
 * token bucket has tokens and the frame is not one that is dropped on purpose.
 *
 *   limit_peer EAL-OPTIONS -- RATE DEPTH DROP_EVERY
 *
 * RATE frames a second (0: no limit), DEPTH frames of burst, each DROP_EVERYth frame dropped (0:
 * none). Where little comes it sleeps between frames: who sleeps is woken first on a machine with much to
 * do, and leaves the CPU to the generator. Prints "ready", then, on SIGINT or SIGTERM, what it has done.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>

#define BURST 32
#define DESCRIPTORS 1024
#define PATIENCE 500 /* looks in vain before a sleep */
#define SLEEP_US 20

static volatile sig_atomic_t stop;
static uint64_t nb_received, nb_returned, nb_limited, nb_dropped, nb_full;

static void
on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

struct bucket {
	double rate; /* tokens a cycle */
	double depth;
	double tokens;
	uint64_t at;
};

static bool
take(struct bucket *b, uint64_t now)
{
	if (b->rate == 0)
		return true;
	b->tokens += (double)(now - b->at) * b->rate;
	b->at = now;
	if (b->tokens > b->depth)
		b->tokens = b->depth;
	if (b->tokens < 1)
		return false;
	b->tokens -= 1;
	return true;
}

/* @return frames that had come */
static uint16_t
forward(struct bucket *b, uint64_t drop_every)
{
	struct rte_mbuf *in[BURST], *out[BURST];
	uint16_t n = rte_eth_rx_burst(0, 0, in, BURST), keep = 0, sent = 0;
	uint64_t now = rte_rdtsc();

	for (uint16_t i = 0; i < n; i++) {
		if (drop_every != 0 && ++nb_received % drop_every == 0) {
			nb_dropped++;
			rte_pktmbuf_free(in[i]);
		} else if (!take(b, now)) {
			nb_limited++;
			rte_pktmbuf_free(in[i]);
		} else {
			out[keep++] = in[i];
		}
	}
	if (drop_every == 0)
		nb_received += n;
	/* A full ring is the reader's fault, not a limit of ours: wait for it. */
	while (sent < keep && !stop)
		sent += rte_eth_tx_burst(0, 0, out + sent, keep - sent);
	nb_returned += sent;
	nb_full += keep - sent;
	rte_pktmbuf_free_bulk(out + sent, keep - sent);
	return n;
}

int
main(int argc, char **argv)
{
	struct rte_eth_conf conf = { 0 };
	struct rte_mempool *pool;
	struct bucket b = { 0 };
	unsigned int in_vain = 0;
	uint64_t drop_every;
	int used;

	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	used = rte_eal_init(argc, argv);
	if (used < 0 || argc - used != 4)
		return 2;
	b.rate = atof(argv[used + 1]) / (double)rte_get_tsc_hz();
	b.depth = b.tokens = atof(argv[used + 2]);
	drop_every = strtoull(argv[used + 3], NULL, 10);
	pool = rte_pktmbuf_pool_create("peer", 8191, 250, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	if (pool == NULL || rte_eth_dev_configure(0, 1, 1, &conf) != 0 ||
		rte_eth_rx_queue_setup(0, 0, DESCRIPTORS, SOCKET_ID_ANY, NULL, pool) != 0 ||
		rte_eth_tx_queue_setup(0, 0, DESCRIPTORS, SOCKET_ID_ANY, NULL) != 0 ||
		rte_eth_dev_start(0) != 0)
		return 1;
	puts("ready");
	fflush(stdout);
	b.at = rte_rdtsc();
	while (!stop) {
		in_vain = forward(&b, drop_every) != 0 ? 0 : in_vain + 1;
		if (in_vain >= PATIENCE)
			usleep(SLEEP_US);
	}
	printf("received %" PRIu64 " returned %" PRIu64 " limited %" PRIu64 " dropped %" PRIu64
		" full %" PRIu64 "\n", nb_received, nb_returned, nb_limited, nb_dropped, nb_full);
	rte_eth_dev_stop(0);
	rte_eth_dev_close(0);
	rte_eal_cleanup();
	return 0;
}
