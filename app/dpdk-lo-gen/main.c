/* SPDX-License-Identifier: BSD-3-Clause */

/* The order of start and stop, and nothing else. */

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>

#include "bias.h"
#include "clock_check.h"
#include "cmdline.h"
#include "eal.h"
#include "log.h"
#include "report.h"
#include "rfc2544.h"
#include "rfc_network.h"
#include "session.h"
#include "std_fds.h"

enum {
	EXIT_RUN_FAILED = 1,
	EXIT_USAGE = 2,
};

static struct gen_conf conf;
static struct gen_session session;
static struct gen_run run, bias;
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

static void
fill_report(struct gen_report *r, const struct gen_load *load)
{
	*r = (struct gen_report){ .conf = &conf, .run = &run, .asked_pps = session_pps(&session, load) };
	for (unsigned int i = 0; i < session.nb_paths; i++) {
		r->names[i][0] = session.names[i];
		r->names[i][1] = session.names[1 - i];
	}
}

static int
measure(const struct gen_load *load)
{
	struct clock_moment start;
	struct gen_report report;
	int rc;

	fill_report(&report, load);
	if (conf.bias && bias_measure(&bias, &session.patterns[0], session.ports.pool,
		report.asked_pps, pattern_largest(&session.patterns[0]), &stop) == 0)
		report.bias = &bias;
	rc = session_run(&session, &run, load, conf.break_above_ns != 0);
	if (rc != 0)
		return rc;
	for (unsigned int i = 0; i < run.nb_paths; i++) {
		struct gen_path *path = &run.paths[i];

		path->tx.count = conf.count;
		if (conf.once)
			path->tx.count = session.patterns[i].nb_templates;
		path->rx.break_above = conf.break_above_ns * (rte_get_tsc_hz() / 1000) / 1000000;
	}
	run.duration_s = conf.duration_s;
	run.stats_s = conf.stats_s;
	say("sending");
	clock_moment_now(&start);
	engine_run(&run);
	report_slow(&report);
	report_print(&report);
	report_say_why(&report);
	clock_check_end(&start);
	if (conf.json[0] != '\0')
		rc = report_json(&report, conf.json);
	if (rc == 0 && (engine_received(&run) == 0 || engine_broke(&run)))
		rc = -ENOENT;
	return rc;
}

/* Everything from ports to the report. @return 0, or -errno after saying why. */
static int
work(void)
{
	struct clock_moment start;
	struct gen_load load;
	int rc = conf.rfc.tests != 0 ? rfc_network_check(&conf) : 0;

	clock_check_start();
	clock_moment_now(&start);
	if (rc == 0)
		rc = session_open(&session, &conf, &stop);
	if (rc != 0)
		return rc;
	if (conf.rfc.tests != 0) {
		rc = rfc2544_run(&session);
		clock_check_end(&start);
		return rc;
	}
	rc = session_make_frames(&session);
	if (rc == 0)
		rc = session_load(&session, &load);
	return rc == 0 ? measure(&load) : rc;
}

int
main(int argc, char **argv)
{
	struct cmdline_eal eal;
	int rc;

	std_fds_open();
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
	session_close(&session);
	eal_stop();
	if (rc == -EINVAL)
		return EXIT_USAGE;
	return rc == 0 ? EXIT_SUCCESS : EXIT_RUN_FAILED;
}
