/* SPDX-License-Identifier: BSD-3-Clause */

/* The order of start and stop, and nothing else. */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_pdump.h>

#include "app.h"
#include "answer/wallclock.h"
#include "appliance.h"
#include "capture.h"
#include "carry.h"
#include "claims.h"
#include "cmdline.h"
#include "control.h"
#include "eal.h"
#include "forward.h"
#include "hosts.h"
#include "impair.h"
#include "inject.h"
#include "link.h"
#include "log.h"
#include "loop_guard.h"
#include "loopback.h"
#include "outbox.h"
#include "plans.h"
#include "port.h"
#include "privileges.h"
#include "report.h"
#include "service.h"
#include "steer.h"
#include "stale_socket.h"
#include "std_fds.h"
#include "telemetry.h"
#include "watch.h"
#include "worker.h"

enum {
	EXIT_RUN_FAILED = 1,
	EXIT_USAGE = 2,
};

/* Static: signals and ethdev events reach it. */
static struct app app;

/* What the user asked for turned out to be impossible only when the ports were known. */
static bool usage_error;

static void
on_signal(int sig)
{
	/* Without a config file a hangup means, as ever, that the terminal went away. */
	bool reload = sig == SIGHUP && app.conf.config[0] != '\0';

	atomic_store(reload ? &app.reload : &app.stop, true);
}

static void
catch_signals(void)
{
	struct sigaction sa = { .sa_handler = on_signal };

	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	/* Whoever started us with nohup(1) wants us to outlive the terminal. */
	if (signal(SIGHUP, SIG_IGN) != SIG_IGN || app.conf.config[0] != '\0')
		sigaction(SIGHUP, &sa, NULL);
	/* A reader that went away must not take the appliance with it. */
	sa.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &sa, NULL);
	/* A file that may not grow (ulimit -f) is like a full disk. */
	sigaction(SIGXFSZ, &sa, NULL);
}

static int
check_port_names(void)
{
	char err[DLO_CONF_ERR];

	if (app_check_port_names(&app, &app.conf, err) == 0)
		return 0;
	say_error("%s", err);
	usage_error = true;
	return -EINVAL;
}

static int
start_capture(void)
{
	if (app.conf.capture.file[0] == '\0')
		return 0;
	app.capture = capture_open(&app.conf.capture, &app);
	if (app.capture == NULL)
		return -EINVAL;
	for (unsigned int i = 0; i < app.nb_ports; i++) {
		struct port *p = &app.ports[i];

		for (uint16_t q = 0; capture_wants(app.capture, p) && q < p->nb_queues; q++)
			p->queues[q]->capture = app.capture;
	}
	return 0;
}

static void
say_ready(void)
{
	ports_warn_open(&app);
	if (app.link != NULL)
		link_preflight(&app.conf.link, &app.link_dev);
	privileges_settle(&app);
	say("ready");
	if (app.link != NULL)
		link_say_what_to_try(&app.conf.link, &app.link_dev);
	service_ready();
}

/* Ports that are started, and a link that has its addresses. @return 0, or -errno after saying why. */
static int
start_ports(void)
{
	int ret;

	if (rte_eth_dev_count_avail() == 0)
		app.conf.link.wanted = true;
	if (app.conf.link.wanted) {
		impair_prepare_link(&app, workers_count());
		ret = link_create(&app.conf.link, workers_count(), &app.link_dev);
		if (ret != 0)
			return ret;
	}
	ret = ports_open(&app, workers_count());
	if (ret == 0)
		ret = check_port_names();
	if (ret != 0)
		return ret;
	dlo_wallclock_start(&app.clock, rte_get_tsc_hz());
	ret = plans_init(&app);
	if (ret == 0)
		ret = steer_settle(&app);
	if (ret == 0)
		ret = ports_start(&app);
	if (ret == 0)
		ret = steer_start(&app);
	if (ret == 0 && app.link != NULL) {
		ret = link_configure(&app.conf.link, &app.link_dev, app.nb_ports == 1);
		app.link->mtu = (uint16_t)app.link_dev.mtu;
		app.link_dev.missed_before = app_port_missed(app.link);
	}
	return ret;
}

/* Everything from ethdevs to a running loop. @return 0, or -errno after saying why. */
static int
run(void)
{
	int ret = start_ports();

	if (ret == 0 && app.link != NULL)
		ret = loopback_install(&app);
	if (ret == 0)
		ret = outboxes_init(&app);
	if (ret == 0) {
		loop_guard_init(&app);
		ret = plans_publish_all(&app);
	}
	if (ret == 0)
		claims_refresh(&app);
	if (ret == 0)
		ret = start_capture();
	if (ret == 0)
		ret = workers_create(&app);
	if (ret == 0)
		ret = forward_init(&app);
	if (ret == 0)
		ret = hosts_write(&app);
	if (ret == 0)
		ret = carry_start(&app);
	if (ret == 0)
		ret = impair_start(&app);
	if (ret == 0)
		ret = watch_start(&app);
	if (ret == 0)
		ret = inject_frames(&app);
	if (ret == 0)
		ret = telemetry_register(&app);
	if (ret != 0)
		return ret;
	control_start(&app);
	say_ready();
	ret = workers_run(&app, control_tick);
	service_stopping();
	if (ret == 0 && control_failed())
		ret = -ENODEV;
	return ret;
}

/* @return 0, or -errno after saying why the report could not be written. */
static int
report(void)
{
	if (app.start_tsc == 0)
		return 0;
	report_final(&app);
	carry_report(&app, stdout);
	return app.conf.json[0] != '\0' ? report_json(&app, app.conf.json) : 0;
}

static void
stop(void)
{
	/* Its threads outlive everything here. */
	telemetry_stop();
	carry_stop(&app);
	impair_stop(&app);
	watch_stop(&app);
	capture_close(app.capture);
	hosts_remove(app.conf.hosts);
	if (app.link != NULL) {
		loopback_remove(&app);
		link_destroy(&app.link_dev);
	}
	outboxes_free(&app);
	claims_free(&app);
	forward_free(&app);
	workers_free(&app);
	plans_free(&app);
	steer_stop(&app);
	ports_close(&app);
}

int
main(int argc, char **argv)
{
	struct cmdline_eal eal;
	int ret;

	std_fds_open();
	if (carry_is_clean(argc, argv))
		return carry_clean() == 0 ? EXIT_SUCCESS : EXIT_RUN_FAILED;
	switch (cmdline_parse(&program_dpdk_lo, argc, argv, &app.conf, &eal)) {
	case CMDLINE_DONE:
		return EXIT_SUCCESS;
	case CMDLINE_USAGE:
		return EXIT_USAGE;
	case CMDLINE_RUN:
		break;
	}
	app.adaptive = app.conf.idle == DLO_IDLE_ADAPTIVE ||
		(app.conf.idle == DLO_IDLE_DEFAULT && !eal.has_lcores);
	if (!eal.has_ports || dlo_conf_carries(&app.conf))
		app.conf.link.wanted = true;
	if (privileges_begin(&app.conf, &eal) != 0)
		return EXIT_RUN_FAILED;
	if (carry_precheck(&app.conf) != 0)
		return EXIT_RUN_FAILED;
	if (app.conf.link.wanted && link_precheck(&app.conf.link) != 0)
		return EXIT_RUN_FAILED;
	catch_signals();
	if (stale_sockets_remove(&eal) != 0)
		return EXIT_RUN_FAILED;
	ret = steer_prepare(&app, &eal);
	if (ret == 0)
		ret = eal_start(&eal);
	if (ret != 0)
		return ret == -EINVAL ? EXIT_USAGE : EXIT_RUN_FAILED;
	/* For dpdk-dumpcap; without shared memory nobody could attach, so a failure says nothing. */
	rte_pdump_init();
	ret = run();
	if (report() != 0)
		ret = -EIO;
	stop();
	rte_pdump_uninit();
	eal_stop();
	if (usage_error)
		return EXIT_USAGE;
	return ret == 0 ? EXIT_SUCCESS : EXIT_RUN_FAILED;
}
