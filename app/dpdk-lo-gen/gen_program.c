/* SPDX-License-Identifier: BSD-3-Clause */
/* What --help and the man page say beside the option table, and how settings are applied. */
#include "gen_conf.h"

#include <string.h>

#include "cmdline.h"
#include "conf/text.h"

#define DURATION_DEFAULT 10.0

static void
init(void *conf)
{
	gen_conf_init(conf);
}

static bool
was_given(const char *name, const struct cmdline_setting *settings, int nb)
{
	for (int i = 0; i < nb; i++) {
		if (strcmp(settings[i].option->name, name) == 0)
			return true;
	}
	return false;
}

/* RFC 2544 9.1. */
static int
check_rfc(struct gen_conf *conf, const struct cmdline_setting *settings, int nb,
	char err[DLO_CONF_ERR])
{
	static const char *const senseless[] = { "duration", "count", "pcap", "break-above" };
	static const struct gen_sizes standard = { .nb = 7,
		.size = { 64, 128, 256, 512, 1024, 1280, 1518 }, .weight = { 1, 1, 1, 1, 1, 1, 1 } };

	for (unsigned int i = 0; i < sizeof(senseless) / sizeof(senseless[0]); i++) {
		if (was_given(senseless[i], settings, nb))
			return dlo_conf_fail(err, "--%s and --rfc2544 do not go together%s", senseless[i],
				i < 2 ? ": give --trial" : "");
	}
	if (!conf->sizes_given)
		conf->sizes = standard;
	for (unsigned int i = 0; i < conf->sizes.nb; i++) {
		if (conf->sizes.range_end != 0 || conf->sizes.weight[i] != 1)
			return dlo_conf_fail(err, "--rfc2544 takes a list of sizes such as --size "
				"64,1518, one trial each");
	}
	return 0;
}

static int
check(struct gen_conf *conf, const struct cmdline_setting *settings, int nb,
	char err[DLO_CONF_ERR])
{
	static const char *const ours[] = { "search", "trial", "settle", "repeats", "verify",
		"resolution", "pdr", "duration-sum", "burst-limit", "isolated", "plots" };

	if (conf->rfc.tests != 0)
		return check_rfc(conf, settings, nb, err);
	for (unsigned int i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
		if (was_given(ours[i], settings, nb))
			return dlo_conf_fail(err, "--%s belongs to --rfc2544, which is not there", ours[i]);
	}
	if (was_given("speed", settings, nb) && (conf->pcap[0] == '\0' || conf->rate_given))
		return dlo_conf_fail(err, "--speed is about the gaps of --pcap, without --rate");
	if (conf->duration_s != 0 || conf->count != 0 || was_given("duration", settings, nb))
		return 0;
	if (conf->pcap[0] != '\0')
		conf->once = true;
	else
		conf->duration_s = DURATION_DEFAULT;
	return 0;
}

static int
apply(void *to, const struct cmdline_setting *settings, int nb, char err[DLO_CONF_ERR])
{
	int rc = cmdline_set_all(to, settings, nb, err);

	return rc != 0 ? rc : check(to, settings, nb, err);
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
	"With '--rfc2544' it runs the tests of that standard instead, for each frame size: the highest rate "
	"without loss by binary search, where a rate that loses frames is tried again (RFC 9004, ETSI "
	"TST009), or NDR and PDR in the way of MLRsearch; latency at that rate, from the second half of "
	"each stream (RFC 8219: median TL, 99.9th percentile WCL, PDV, IPDV); frame loss from the maximum "
	"down in tenths; the longest burst without loss and the buffer that it implies (RFC 9004). Where a "
	"run departs from the standards, say in the length of its trials, it says so, in the report "
	"too. Interrupted, it reports what was finished. RFC 6815: networks of other people are refused.",
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
		"'reordered', 'foreign', 'unstamped', 'late', 'latency_ns', 'latency_ccdf' (part of the "
		"frames that took longer), 'bias_ns', 'pacing' and 'sizes', one object for each size; "
		"with '--direction both' totals and 'directions'. With '--rfc2544' that object with "
		"'throughput', 'latency', 'loss' and 'back_to_back', 'complete' and 'deviations'." },
	{ "DIR of --plots", "'throughput', 'latency', 'loss' and 'back-to-back', '.dat' and '.svg', and "
		"'plot.gp'." },
	{ NULL, NULL },
};

static const struct prose_item examples[] = {
	{ "dpdk-lo-gen --vdev net_ring0 -- --rate max --duration 5",
		"What this program can do on one lcore, with nothing in between." },
	{ "dpdk-lo-gen --vdev net_memif0,role=client,socket=/tmp/m.sock,socket-abstract=no -- --rate "
	  "1mpps --size imix", "Measure a dpdk-lo or testpmd that serves the other end." },
	{ "dpdk-lo-gen -a 0000:01:00.0 -l 2,3 -- --dst 198.18.0.2 --kind icmp4 --rate 50kpps",
		"Measure a host that answers pings." },
	{ "dpdk-lo-gen -a 0000:01:00.0 -l 2,3 -- --rfc2544 all --json result.json --plots plots",
		"All tests of RFC 2544 against a mirror, by the book; takes hours." },
	{ "dpdk-lo-gen -a 0000:01:00.0 -l 2,3 -- --rfc2544 throughput,latency --trial 1 --settle 0.1 "
	  "--repeats 3 --size 64,1518", "The same in a minute or two, as a first look." },
	{ "dpdk-lo-gen -a 0000:01:00.0 -- --pcap trace.pcap --speed 2",
		"Replay a capture, twice as fast as it was taken." },
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
	.see_also = "dpdk-lo(8), dpdk-testpmd(1), RFC 2544, RFC 4737, RFC 6815, RFC 8219, "
		"RFC 9004",
};
