/* SPDX-License-Identifier: BSD-3-Clause */
#include "carry.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "localhost/localhost.h"
#include "log.h"
#include "talks.h"

bool
carry_is_clean(int argc, char **argv)
{
	return (argc == 2 && strcmp(argv[1], "--localhost=off") == 0) ||
		(argc == 3 && strcmp(argv[1], "--localhost") == 0 && strcmp(argv[2], "off") == 0);
}

int
carry_clean(void)
{
	char err[DLO_LOCALHOST_ERR];
	int ret = dlo_localhost_clean(DLO_LOCALHOST_STATE_DIR, err);

	if (ret < 0) {
		say_error("%s", err);
		return ret;
	}
	say("%s", ret > 0 ? "localhost is as it was before the dpdk-lo that was killed" :
			    "localhost is as it should be: no dpdk-lo left anything in this network "
			    "namespace");
	return 0;
}

int
carry_precheck(const struct dlo_conf *conf)
{
	bool carries = dlo_conf_carries(conf);
	char err[DLO_LOCALHOST_ERR];
	int ret;

	if (carries) {
		ret = dlo_localhost_check(DLO_LOCALHOST_STATE_DIR, err);
		if (ret != 0)
			say_error("%s", err);
		return ret;
	}
	if (!dlo_localhost_built())
		return 0;
	ret = dlo_localhost_clean(DLO_LOCALHOST_STATE_DIR, err);
	if (ret > 0)
		say("a dpdk-lo that was killed had changed lo: it is as it was before");
	/* Who could not change lo is not asked to put it right. */
	else if (ret < 0 && ret != -EBUSY && (ret != -EACCES || geteuid() == 0))
		say_warning("%s", err);
	return 0;
}

static void
add_ports(const struct dlo_conf_localhost *conf, uint8_t *tcp, uint8_t *udp)
{
	for (unsigned int i = 0; i < conf->nb_ports; i++) {
		uint8_t *ports = conf->ports[i].proto == DLO_CONF_TCP ? tcp : udp;

		ports[conf->ports[i].port / 8] |= 1 << conf->ports[i].port % 8;
	}
}

static void
say_what(const struct app *app)
{
	const struct dlo_conf_localhost *conf = &app->conf.localhost;
	const char *how = dlo_localhost_attachment(app->localhost);

	if (conf->all)
		say("localhost (127.0.0.0/8 and ::1) is carried through %s (by %s)",
			app->link_dev.ifname, how);
	else
		say("localhost's %u port%s of --localhost %s carried through %s (by %s)",
			conf->nb_ports, conf->nb_ports == 1 ? "" : "s",
			conf->nb_ports == 1 ? "is" : "are", app->link_dev.ifname, how);
}

int
carry_start(struct app *app)
{
	uint8_t tcp[DLO_LOCALHOST_PORT_BYTES] = { 0 }, udp[DLO_LOCALHOST_PORT_BYTES] = { 0 };
	struct dlo_localhost_args args = {
		.state_dir = DLO_LOCALHOST_STATE_DIR,
		.link_name = app->link_dev.ifname,
		.link_ifindex = (unsigned int)app->link_dev.ifindex,
		.stall_ns = CARRY_STALL_MS * UINT64_C(1000000),
		.all = app->conf.localhost.all,
		.tcp_ports = tcp,
		.udp_ports = udp,
	};
	char err[DLO_LOCALHOST_ERR];
	int ret;

	if (!dlo_conf_carries(&app->conf))
		return 0;
	/* The others cannot take a 64 KiB datagram, or die later than their process. */
	if (app->link == NULL || app->link_dev.type != DLO_LINK_VTAP) {
		say_error("--localhost needs a link of type vtap, and %s is of type %s: say --link "
			"%s,type=vtap to hear why it is not", app->link_dev.ifname,
			link_type_name(app->link_dev.type), app->link_dev.ifname);
		return -ENOTSUP;
	}
	add_ports(&app->conf.localhost, tcp, udp);
	args.nb_beats = app->link->nb_queues;
	ret = dlo_localhost_open(&args, &app->localhost, err);
	if (ret != 0) {
		say_error("%s", err);
		return ret;
	}
	for (uint16_t q = 0; q < app->link->nb_queues; q++)
		app->link->queues[q]->beat = dlo_localhost_beat(app->localhost, q);
	carry_tick(app);
	say_what(app);
	return 0;
}

void
carry_tick(struct app *app)
{
	if (app->localhost != NULL)
		dlo_localhost_enable(app->localhost,
			app->link_dev.up && !atomic_load(&app->link->gone));
}

static void
print_protos(FILE *out, const char *what, const __u64 *counts)
{
	fprintf(out, "localhost %s: %" PRIu64 " tcp, %" PRIu64 " udp, %" PRIu64 " icmp, %" PRIu64
		" other\n", what, (uint64_t)counts[DLO_LOCALHOST_TCP],
		(uint64_t)counts[DLO_LOCALHOST_UDP], (uint64_t)counts[DLO_LOCALHOST_ICMP],
		(uint64_t)counts[DLO_LOCALHOST_OTHER]);
}

void
carry_report(const struct app *app, FILE *out)
{
	struct dlo_localhost_counts c;

	if (app->localhost == NULL || dlo_localhost_read(app->localhost, &c) != 0)
		return;
	print_protos(out, "carried from lo", c.out);
	print_protos(out, "given back to lo", c.back);
	if (c.native_off + c.native_stalled + c.native_gone > 0)
		fprintf(out, "localhost left to lo: %" PRIu64 " packets while the link was down, %"
			PRIu64 " while nobody polled it\n", (uint64_t)(c.native_off + c.native_gone),
			(uint64_t)c.native_stalled);
	talks_final(app, out);
	fflush(out);
}

void
carry_stop(struct app *app)
{
	char err[DLO_LOCALHOST_ERR];

	if (app->localhost == NULL)
		return;
	if (dlo_localhost_close(app->localhost, err) != 0)
		say_warning("%s", err);
	app->localhost = NULL;
}
