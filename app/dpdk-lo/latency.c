/* SPDX-License-Identifier: BSD-3-Clause */
#include "latency.h"

#include <stdlib.h>

#include <rte_cycles.h>

#include "compat.h"
#include "stats/histogram.h"
#include "talks.h"
#include "watch.h"

/* An array has room for them all, and a reply for two arrays of numbers of up to 15 digits. */
_Static_assert(DLO_HISTOGRAM_COARSE_MAX <= RTE_TEL_MAX_ARRAY_ENTRIES,
	"an array of telemetry does not hold a coarse histogram");

static bool
is_measured(const struct app *app, struct rte_tel_data *d)
{
	if (!app->conf.latency)
		rte_tel_data_add_dict_string(d, "error",
			"latency is not measured: start dpdk-lo with --latency");
	return app->conf.latency;
}

void
latency_fill(const struct app *app, const struct port *port, struct rte_tel_data *d)
{
	struct watch_times times;

	if (!is_measured(app, d))
		return;
	watch_port_times(port, &times);
	talks_add_times(d, "", &times);
}

static void
add_array(struct rte_tel_data *d, const char *key, const uint64_t *values, unsigned int nb, double unit)
{
	struct rte_tel_data *list = rte_tel_data_alloc();

	if (list == NULL)
		return;
	rte_tel_data_start_array(list, DLO_TEL_UINT_VAL);
	for (unsigned int i = 0; i < nb; i++)
		dlo_tel_add_array_uint(list, (uint64_t)((double)values[i] * unit + 0.5));
	if (rte_tel_data_add_dict_container(d, key, list, 0) != 0)
		rte_tel_data_free(list);
}

void
latency_fill_buckets(const struct app *app, const struct port *port, struct rte_tel_data *d)
{
	uint64_t values[DLO_HISTOGRAM_COARSE_MAX], counts[DLO_HISTOGRAM_COARSE_MAX];
	struct dlo_histogram *h;
	unsigned int nb = 0;

	if (!is_measured(app, d))
		return;
	h = watch_port_histogram(port);
	if (h != NULL)
		nb = dlo_histogram_coarse(h, values, counts);
	free(h);
	add_array(d, "ns", values, nb, 1e9 / (double)rte_get_tsc_hz());
	add_array(d, "frames", counts, nb, 1);
}
