/* SPDX-License-Identifier: BSD-3-Clause */
#include "bias.h"

#include <errno.h>
#include <string.h>

#include <rte_dev.h>
#include <rte_ethdev.h>
#include <rte_lcore.h>
#include <rte_mbuf.h>

#include "gen_port.h"

#define NAME "net_ring_dlo_bias"
#define SECONDS 0.2
#define PPS_MAX 1e5

int
bias_measure(struct gen_run *run, const struct pattern *pattern, struct rte_mempool *pool,
	double pps, unsigned int frame, atomic_bool *stop)
{
	uint16_t port;
	int rc = rte_eal_hotplug_add("vdev", NAME, "");

	memset(run, 0, sizeof(*run));
	if (rc != 0)
		return rc;
	rc = rte_eth_dev_get_port_by_name(NAME, &port);
	if (rc == 0)
		rc = gen_port_start(port, 1, frame, pool);
	if (rc == 0)
		rc = engine_init(run, pattern, pps > 0 && pps < PPS_MAX ? pps : PPS_MAX, 0, false);
	if (rc == 0) {
		run->tx.port = run->rx.port = port;
		run->tx.pool = pool;
		run->stop = stop;
		run->duration_s = SECONDS;
		run->tx_lcore = LCORE_ID_ANY;
		run->quiet = true;
		engine_run(run);
		if (run->tx.nb_pending > 0)
			rte_pktmbuf_free_bulk(run->tx.pending, run->tx.nb_pending);
		run->tx.nb_pending = 0;
	}
	if (rte_eth_dev_is_valid_port(port)) {
		rte_eth_dev_stop(port);
		rte_eth_dev_close(port);
	}
	rte_eal_hotplug_remove("vdev", NAME);
	return rc;
}
