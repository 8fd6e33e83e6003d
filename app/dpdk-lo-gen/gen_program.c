/* SPDX-License-Identifier: BSD-3-Clause */
/* What --help and the man page say beside the option table, and how settings are applied. */
#include "gen_conf.h"

#include <string.h>

#include "conf/text.h"

#define DURATION_DEFAULT 10.0

static void
init(void *conf)
{
	gen_conf_init(conf);
}

static int
apply(void *to, const struct cmdline_setting *settings, int nb, char err[DLO_CONF_ERR])
{
	struct gen_conf *conf = to;
	char why[DLO_CONF_ERR];

	for (int i = 0; i < nb; i++) {
		const struct dlo_option *o = settings[i].option;

		if (o->set_other(conf, settings[i].value, why) != 0)
			return dlo_conf_fail(err, "--%s: %.*s", o->name, DLO_CONF_ERR - 80, why);
	}
	if (conf->duration_s == 0 && conf->count == 0) {
		for (int i = 0; i < nb; i++) {
			if (strcmp(settings[i].option->name, "duration") == 0)
				return 0;
		}
		conf->duration_s = DURATION_DEFAULT;
	}
	return 0;
}

static const char *const description[] = {
	"'dpdk-lo-gen' sends frames out of a DPDK port at a steady rate, takes in what comes back, and "
	"says what the path did to them: frames lost, duplicated and reordered, latency and its "
	"variation, for each frame size.",
	"Each frame carries 18 bytes at the start of its payload, which reflectors leave alone: a "
	"number that is new for each run, a stream, a sequence number of which 48 bits travel, and "
	"the time stamp counter at which it was handed to the port. Checksums are always right.",
	"Lost are frames that had not come back two seconds after the last was sent. Reordered are "
	"those that came after a later one of the same size (RFC 4737 3.3, Type-P-Reordered); a "
	"duplicate is not reordered. Sequence numbers are looked after over 65,536 frames. Latency is "
	"that of the round trip, from the call that sends to the return of the call that receives; "
	"its quantiles are right within 0.4 %. PDV is that of RFC 8219 7.3.1 (99.9th percentile less "
	"minimum), IPDV the mean difference between a frame and the one before it (7.3.2).",
	"Two lcores share the work: one sends, the main one receives; with one lcore they take turns. "
	"A late lcore catches up at no more than twice the rate; what was late by more than "
	"0.1 s is not made up for. What was offered is reported beside what was asked.",
	NULL,
};

static const char *const arguments[] = {
	"P and Q are names of DPDK ports, such as 'net_ring0' or '0000:01:00.0'. A value follows its "
	"option after '=' or as the next word. Of two equal options the later wins.",
	"EAL options that are not given are chosen and printed, as 'dpdk-lo' does.",
	NULL,
};

static const struct prose_item pages[] = {
	{ "--help, -h", "Print this help. '--help=man' prints the man page." },
	{ "--version", "Print the versions of dpdk-lo-gen and of DPDK." },
	{ NULL, NULL },
};

static const struct prose_item exit_status[] = {
	{ "0", "The run is over and frames came back; how many were lost is in the report." },
	{ "1", "The run failed, nothing came back, or '--break-above' found a slow frame; one sentence "
		"on stderr says what and why." },
	{ "2", "The arguments are wrong; one sentence on stderr says where." },
	{ NULL, NULL },
};

static const struct prose_item files[] = {
	{ "FILE of --json", "'asked_pps', 'offered_pps', 'sent', 'received', 'lost', 'duplicates', "
		"'reordered', 'foreign', 'late', 'latency_ns', 'bias_ns', 'pacing' and 'sizes', one "
		"object for each size." },
	{ NULL, NULL },
};

static const struct prose_item examples[] = {
	{ "dpdk-lo-gen --vdev net_ring0 -- --rate max --duration 5",
		"What this program can do on one lcore, with nothing in between." },
	{ "dpdk-lo-gen --vdev net_memif0,role=client,socket=/tmp/m.sock,socket-abstract=no -- --rate "
	  "1mpps --size imix", "Measure a dpdk-lo or testpmd that serves the other end." },
	{ "dpdk-lo-gen -a 0000:01:00.0 -l 2,3 -- --dst 198.18.0.2 --kind icmp4 --rate 50kpps",
		"Measure a host that answers pings." },
	{ NULL, NULL },
};

const struct program program_dpdk_lo_gen = {
	.name = "dpdk-lo-gen",
	.title = "traffic generator and analyser on DPDK",
	.options = gen_options,
	.init = init,
	.apply = apply,
	.synopsis = "dpdk-lo-gen [EAL options] [-- options]",
	.summary = "Send test frames at a steady rate and measure what comes back.",
	.description = description,
	.arguments = arguments,
	.pages = pages,
	.exit_status = exit_status,
	.files = files,
	.examples = examples,
	.see_also = "dpdk-lo(8), dpdk-testpmd(1), RFC 2544, RFC 4737, RFC 8219",
};
