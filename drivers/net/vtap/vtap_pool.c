/* SPDX-License-Identifier: BSD-3-Clause */
#include "vtap_ethdev.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include <rte_mbuf.h>
#include <rte_mempool.h>

/* A lcore's cache; a burst of long frames is seldom longer. */
#define BIG_CACHE 16

struct retired {
	struct retired *next;
	struct rte_mempool *pool;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct retired *retired;
static unsigned int serial;

struct rte_mempool *
vtap_big_pool_create(uint32_t size, int socket)
{
	char name[RTE_MEMPOOL_NAMESIZE];

	vtap_big_pool_retire(NULL);
	pthread_mutex_lock(&lock);
	snprintf(name, sizeof(name), "vtap_big_%u", serial++);
	pthread_mutex_unlock(&lock);
	/* A cache must not be more than two thirds of the pool. */
	return rte_pktmbuf_pool_create(name, size, size >= 2 * BIG_CACHE ? BIG_CACHE : 0, 0,
		VTAP_BIG_ROOM, socket);
}

void
vtap_big_pool_retire(struct rte_mempool *pool)
{
	struct retired **at, *r;

	pthread_mutex_lock(&lock);
	for (at = &retired; (r = *at) != NULL;) {
		if (rte_mempool_full(r->pool)) {
			*at = r->next;
			rte_mempool_free(r->pool);
			free(r);
		} else {
			at = &r->next;
		}
	}
	if (pool != NULL && rte_mempool_full(pool)) {
		rte_mempool_free(pool);
	} else if (pool != NULL) {
		/* The application still holds frames: their memory must outlive the port. */
		r = malloc(sizeof(*r));
		if (r != NULL) {
			r->pool = pool;
			r->next = retired;
			retired = r;
		}
	}
	pthread_mutex_unlock(&lock);
}
