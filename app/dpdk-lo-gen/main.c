/* SPDX-License-Identifier: BSD-3-Clause */

/* The order of start and stop, and nothing else. */

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include <rte_ethdev.h>
#include <rte_lcore.h>
#include <rte_random.h>

#include "bias.h"
#include "cmdline.h"
#include "eal.h"
#include "gen_port.h"
#include "log.h"
#include "report.h"

enum {
	EXIT_RUN_FAILED = 1,
	EXIT_USAGE = 2,
};

static struct gen_conf conf;
static struct gen_ports ports;
static struct pattern pattern;
static struct gen_run run, bias;
static struct neighbour neighbour;
static atomic_bool stop;

static void
on_signal(int sig)
{
	(void)sig;
	atomic_store(&stop, true);
}

static void
catch_signals(void)
{
	struct sigaction sa = { .sa_handler = on_signal };

	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sa.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &sa, NULL);
}

static int
find_dst_mac(void)
{
	unsigned int family = gen_kind_has(conf.kind, 0) ? 0 : 1;
	char text[DLO_PREFIX_STRLEN];
	int rc;

	if (!conf.dst_given || conf.has_dst_mac || conf.kind == GEN_LBM)
		return 0;
	rc = neighbour_resolve(&neighbour, &conf, family, ports.tx, ports.pool, &stop, conf.dst_mac);
	if (rc == -ETIMEDOUT) {
		dlo_prefix_format(&conf.dst[family], text);
		*strchr(text, '/') = '\0';
		say_error("--dst: nobody answers for %s: is it in the network of --src? Or say its MAC "
			"with --dst-mac", text);
	}
	return rc;
}

/* @return frames a second that are asked for, 0 for "max". */
static double
asked_pps(double pps, double bps)
{
	double bits = ((double)pattern.bytes / pattern.nb_templates + 20) * 8;

	return bps > 0 ? bps / bits : pps;
}

static int
measure(double pps, double bps)
{
	struct gen_report report = { .conf = &conf, .run = &run };
	char tx_name[RTE_ETH_NAME_MAX_LEN] = "", rx_name[RTE_ETH_NAME_MAX_LEN] = "";
	unsigned int frame = 0;
	int rc;

	for (unsigned int i = 0; i < pattern.nb_templates; i++)
		frame = RTE_MAX(frame, (unsigned int)pattern.templates[i].len);
	report.asked_pps = asked_pps(pps, bps);
	if (conf.bias && bias_measure(&bias, &pattern, ports.pool, report.asked_pps, frame,
		&stop) == 0)
		report.bias = &bias;
	rc = engine_init(&run, &pattern, pps, bps, conf.break_above_ns != 0);
	if (rc != 0) {
		say_error("out of memory");
		return rc;
	}
	run.tx.port = ports.tx;
	run.tx.pool = ports.pool;
	run.tx.count = conf.count;
	run.rx.port = ports.rx;
	run.rx.break_above = conf.break_above_ns * (rte_get_tsc_hz() / 1000) / 1000000;
	run.stop = &stop;
	run.duration_s = conf.duration_s;
	run.stats_s = conf.stats_s;
	run.tx_lcore = rte_get_next_lcore(-1, 1, 0);
	if (run.tx_lcore >= RTE_MAX_LCORE)
		run.tx_lcore = LCORE_ID_ANY;
	/* Two lcores cannot send on one queue: then nobody is answered. */
	if (run.tx_lcore == LCORE_ID_ANY || ports.nb_txq > 1 || ports.rx != ports.tx)
		run.rx.neighbour = &neighbour;
	say("sending");
	engine_run(&run);
	rte_eth_dev_get_name_by_port(ports.tx, tx_name);
	rte_eth_dev_get_name_by_port(ports.rx, rx_name);
	report.tx_name = tx_name;
	report.rx_name = rx_name;
	report_slow(&report);
	report_print(&report);
	report_say_why(&report);
	if (conf.json[0] != '\0')
		rc = report_json(&report, conf.json);
	if (rc == 0 && (engine_received(&run) == 0 || atomic_load(&run.rx.broke)))
		rc = -ENOENT;
	return rc;
}

/* Everything from ports to the report. @return 0, or -errno after saying why. */
static int
work(void)
{
	bool two = rte_lcore_count() > 1;
	double mean_bits, pps, bps;
	char err[DLO_CONF_ERR];
	int rc;

	rc = gen_ports_open(&ports, &conf, two, &stop);
	if (rc != 0)
		return rc;
	if (neighbour_init(&neighbour, &conf, ports.rx, ports.nb_txq - 1) != 0) {
		say_error("out of memory");
		return -ENOMEM;
	}
	rc = find_dst_mac();
	if (rc != 0)
		return rc;
	rc = pattern_make(&pattern, &conf, (uint32_t)rte_rand(), err);
	if (rc != 0) {
		say_error("%s", err);
		return rc;
	}
	mean_bits = ((double)pattern.bytes / pattern.nb_templates + 20) * 8;
	rc = gen_port_rate(ports.tx, &conf.rate, mean_bits, &pps, &bps);
	return rc == 0 ? measure(pps, bps) : rc;
}

int
main(int argc, char **argv)
{
	struct cmdline_eal eal;
	int rc;

	say_as(program_dpdk_lo_gen.name);
	switch (cmdline_parse(&program_dpdk_lo_gen, argc, argv, &conf, &eal)) {
	case CMDLINE_DONE:
		return EXIT_SUCCESS;
	case CMDLINE_USAGE:
		return EXIT_USAGE;
	case CMDLINE_RUN:
		break;
	}
	catch_signals();
	rc = eal_start(&eal);
	if (rc != 0)
		return rc == -EINVAL ? EXIT_USAGE : EXIT_RUN_FAILED;
	rc = work();
	engine_free(&run);
	engine_free(&bias);
	neighbour_free(&neighbour);
	pattern_free(&pattern);
	gen_ports_close(&ports);
	eal_stop();
	if (rc == -EINVAL)
		return EXIT_USAGE;
	return rc == 0 ? EXIT_SUCCESS : EXIT_RUN_FAILED;
}
