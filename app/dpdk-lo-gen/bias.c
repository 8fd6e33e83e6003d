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
	struct gen_load load = { .pps = pps > 0 && pps < PPS_MAX ? pps : PPS_MAX };
	struct gen_path *path = &run->paths[0];
	uint16_t port;
	int rc = rte_eal_hotplug_add("vdev", NAME, "");

	memset(run, 0, sizeof(*run));
	if (rc != 0)
		return rc;
	rc = rte_eth_dev_get_port_by_name(NAME, &port);
	if (rc == 0)
		rc = gen_port_start(port, 1, frame, pool);
	if (rc == 0)
		rc = engine_path_init(path, pattern, &load, false);
	if (rc == 0) {
		run->nb_paths = 1;
		path->tx.port = path->rx.port = port;
		path->tx.pool = pool;
		run->stop = stop;
		run->duration_s = SECONDS;
		run->drain_s = GEN_DRAIN_DEFAULT;
		run->tx_lcore = LCORE_ID_ANY;
		run->quiet = true;
		engine_run(run);
		if (path->tx.nb_pending > 0)
			rte_pktmbuf_free_bulk(path->tx.pending, path->tx.nb_pending);
		path->tx.nb_pending = 0;
	}
	if (rte_eth_dev_is_valid_port(port)) {
		rte_eth_dev_stop(port);
		rte_eth_dev_close(port);
	}
	rte_eal_hotplug_remove("vdev", NAME);
	return rc;
}
