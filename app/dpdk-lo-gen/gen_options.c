/* SPDX-License-Identifier: BSD-3-Clause */
/* What --help, the man page and the parser of the command line share. */
#include "gen_conf.h"
#include "gen_set.h"

#define FRAMES "Frames"
#define TRAFFIC "Traffic"
#define REPORTS "Reports"
#define TESTS "RFC 2544"

const struct dlo_option gen_options[] = {
	{
		.name = "port",
		.arg = "P[,Q]",
		.group = TRAFFIC,
		.help = "Send out of port P and receive on port Q; on P as well when Q is left out.",
		.dflt = "the only port there is",
		.set_other = gen_set_port,
	},
	{
		.name = "direction",
		.arg = "one|both",
		.group = TRAFFIC,
		.help = "With 'both' send from Q to P as well, at the same rate, addresses exchanged; "
			"each direction is reported by itself.",
		.dflt = "one",
		.set_other = gen_set_direction,
	},
	{
		.name = "rate",
		.arg = "RATE",
		.group = TRAFFIC,
		.help = "Frames sent: '10mpps' (also pps, kpps), '5gbps' (also bps, kbps, mbps; of the "
			"wire, preamble, FCS and gap counted), '100%' of what the port says its "
			"link can do, or 'max' as fast as the lcore can, without pacing.",
		.dflt = "100kpps; with --pcap as captured; with --rfc2544 what the port can do",
		.set_other = gen_set_rate,
	},
	{
		.name = "duration",
		.arg = "SECONDS",
		.group = TRAFFIC,
		.help = "Send for so long; 0: until a signal comes or --count is reached.",
		.dflt = "10, 0 with --count, once through with --pcap",
		.set_other = gen_set_duration,
	},
	{
		.name = "count",
		.arg = "N",
		.group = TRAFFIC,
		.help = "Send N frames; 0: no limit.",
		.dflt = "0",
		.set_other = gen_set_count,
	},
	{
		.name = "drain",
		.arg = "SECONDS",
		.group = TRAFFIC,
		.help = "How long to wait at the end for frames that are still under way.",
		.dflt = "2",
		.set_other = gen_set_drain,
	},
	{
		.name = "pcap",
		.arg = "FILE",
		.group = FRAMES,
		.help = "Send the frames of a capture (pcap or pcapng) instead of our own, over and "
			"over until --duration or --count, as fast as they were captured or at "
			"--rate. The last 18 or 19 bytes of each payload are overwritten with the "
			"stamp and its checksum is set right; frames without that room go out "
			"unchanged and are not counted back. Frames captured in part are skipped. "
			"Reported by the size classes of RFC 2819.",
		.set_other = gen_set_pcap,
	},
	{
		.name = "speed",
		.arg = "FACTOR",
		.group = FRAMES,
		.help = "How much faster than captured --pcap goes; 0.5 is half as fast.",
		.dflt = "1",
		.set_other = gen_set_speed,
	},
	{
		.name = "size",
		.arg = "SIZES",
		.group = FRAMES,
		.help = "Frame sizes with the four bytes of the FCS, as RFC 2544 counts them: '64', "
			"'128,512,1518' in turn, '64-1518' all of them in a mixed order, or 'imix' "
			"(7 x 64, 4 x 594, 1 x 1518). What has to fit: udp4 64, tcp4 76, udp6 84, "
			"tcp6 96, icmp4 64, icmp6 84, stamp 112, lbm 64; with a VLAN tag 4 more.",
		.dflt = "64; with --rfc2544 64,128,256,512,1024,1280,1518",
		.set_other = gen_set_size,
	},
	{
		.name = "kind",
		.arg = "KIND",
		.group = FRAMES,
		.help = "What is sent: 'udp4', 'tcp4', 'udp6', 'tcp6', 'icmp4' and 'icmp6' echo "
			"requests, 'stamp' (RFC 8762 to port 862), 'lbm' Ethernet loopback "
			"messages, or 'mix' of the first six.",
		.dflt = "udp4",
		.set_other = gen_set_kind,
	},
	{
		.name = "flows",
		.arg = "N",
		.group = FRAMES,
		.help = "Spread over N pairs of ports (echo identifiers), from RFC 4814's ranges, in "
			"an order that looks random and is always the same. Nothing for 'lbm'.",
		.dflt = "1",
		.set_other = gen_set_flows,
	},
	{
		.name = "vlan",
		.arg = "VID",
		.group = FRAMES,
		.help = "Send with a VLAN tag.",
		.set_other = gen_set_vlan,
	},
	{
		.name = "src",
		.arg = "ADDRESS",
		.group = FRAMES,
		.help = "Source address, IPv4 or IPv6; give it twice for both. ARP, neighbour "
			"solicitations and pings for it are answered.",
		.dflt = "198.18.0.1, 2001:2::1",
		.set_other = gen_set_src,
	},
	{
		.name = "dst",
		.arg = "ADDRESS",
		.group = FRAMES,
		.help = "Destination address, IPv4 or IPv6; its MAC is asked for by ARP or neighbour "
			"discovery unless --dst-mac is given.",
		.dflt = "198.18.0.2, 2001:2::2, which are not asked",
		.set_other = gen_set_dst,
	},
	{
		.name = "src-mac",
		.arg = "MAC",
		.group = FRAMES,
		.help = "Source MAC.",
		.dflt = "the port's, or 02:d1:00:00:00:01 where it has none",
		.set_other = gen_set_src_mac,
	},
	{
		.name = "dst-mac",
		.arg = "MAC[,BACK]",
		.group = FRAMES,
		.help = "Destination MAC; BACK is that of the frames from Q with '--direction both'.",
		.dflt = "that of --dst, or with 'both' that of Q, or 02:d1:00:00:00:02; BACK is that of "
			"P",
		.set_other = gen_set_dst_mac,
	},
	{
		.name = "rfc2544",
		.arg = "TESTS",
		.group = TESTS,
		.help = "Run tests of RFC 2544 instead of one run: 'throughput' (26.1), 'latency' "
			"(26.2, with RFC 8219), 'loss' (26.3), 'back-to-back' (26.4 with RFC 9004), "
			"or 'all', for each frame size. --rate is the maximum; every deviation from "
			"the standards is said.",
		.set_other = gen_set_rfc2544,
	},
	{
		.name = "search",
		.arg = "binary|mlr",
		.group = TESTS,
		.help = "How the throughput is found: 'binary' search for the highest rate without "
			"loss, losses verified (RFC 9004, TST009), or 'mlr' in the way of MLRsearch: "
			"NDR (no loss) and PDR (some loss) from short trials that are repeated.",
		.dflt = "binary",
		.set_other = gen_set_search,
	},
	{
		.name = "trial",
		.arg = "SECONDS",
		.group = TESTS,
		.help = "Length of a trial.",
		.dflt = "60",
		.set_other = gen_set_trial,
	},
	{
		.name = "settle",
		.arg = "SECONDS",
		.group = TESTS,
		.help = "Silence between trials.",
		.dflt = "5",
		.set_other = gen_set_settle,
	},
	{
		.name = "repeats",
		.arg = "N",
		.group = TESTS,
		.help = "Trials of one size for latency and back-to-back.",
		.dflt = "20 and 50",
		.set_other = gen_set_repeats,
	},
	{
		.name = "verify",
		.arg = "N",
		.group = TESTS,
		.help = "With 'binary': further trials where one lost frames; the loss counts when "
			"all lose some.",
		.dflt = "2",
		.set_other = gen_set_verify,
	},
	{
		.name = "resolution",
		.arg = "PERCENT",
		.group = TESTS,
		.help = "The search ends when the bounds are so close, in percent of the maximum "
			"(mlr: of the rate).",
		.dflt = "0.2",
		.set_other = gen_set_resolution,
	},
	{
		.name = "pdr",
		.arg = "PERCENT",
		.group = TESTS,
		.help = "Loss that PDR may have.",
		.dflt = "0.5",
		.set_other = gen_set_pdr,
	},
	{
		.name = "duration-sum",
		.arg = "SECONDS",
		.group = TESTS,
		.help = "With 'mlr': trials at a rate add up to so much before it counts as a bound.",
		.dflt = "21",
		.set_other = gen_set_duration_sum,
	},
	{
		.name = "burst-limit",
		.arg = "SECONDS",
		.group = TESTS,
		.help = "Longest burst of back-to-back, up to 30.",
		.dflt = "2",
		.set_other = gen_set_burst_limit,
	},
	{
		.name = "isolated",
		.arg = "on|off",
		.group = TESTS,
		.help = "Vouch for it that addresses outside 198.18.0.0/15, 2001:2::/48, RFC 1918 and "
			"fc00::/7 are in an isolated test setup (RFC 6815); --rfc2544 refuses them "
			"else.",
		.dflt = "off",
		.set_other = gen_set_isolated,
	},
	{
		.name = "plots",
		.arg = "DIR",
		.group = TESTS,
		.help = "Write plots of --rfc2544 as SVG (by gnuplot, where it is installed) and "
			"their data.",
		.set_other = gen_set_plots,
	},
	{
		.name = "break-above",
		.arg = "USEC",
		.group = REPORTS,
		.help = "Stop at the first frame that took longer, and print the last thousand frames "
			"sent and received.",
		.set_other = gen_set_break_above,
	},
	{
		.name = "bias",
		.arg = "on|off",
		.group = REPORTS,
		.help = "Before the run measure this program alone: the same frames over a ring with "
			"nothing in between, at no more than 100,000 a second.",
		.dflt = "on",
		.set_other = gen_set_bias,
	},
	{
		.name = "stats",
		.arg = "SECONDS",
		.group = REPORTS,
		.help = "Print a line of rates every so many seconds; 0: never.",
		.dflt = "0",
		.set_other = gen_set_stats,
	},
	{
		.name = "json",
		.arg = "FILE",
		.group = REPORTS,
		.help = "Write the report as JSON; '-' is stdout.",
		.set_other = gen_set_json,
	},
	{ 0 },
};
