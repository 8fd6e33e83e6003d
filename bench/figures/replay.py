# SPDX-License-Identifier: BSD-3-Clause
"""The same mixed frames for both programs: net_replay hands out a pcap without copying it."""

import os

import frames
from measure import Case
from program import dpdk_lo, testpmd

ORDER = 11
TITLES = {
	"mix": "mix of IPv4, IPv6, VLAN, TCP, UDP and non-IP",
	"udp4": "64 B UDP/IPv4, every frame another flow",
	"udp6": "64 B UDP/IPv6",
	"vlan": "VLAN-tagged UDP/IPv4",
	"imix": "simple IMIX of IPv4 and IPv6",
}


def case(ctx, name, profile, slots, goal):
	pcap = os.path.join(ctx.scratch.path, f"{profile}-{slots}.pcap")
	frames.write_pcap(pcap, profile, slots)
	port = {"vdev": f"net_replay0,pcap={pcap}", "plugin": "replay"}
	accept = {"options": ["--accept", "unicast"]}
	return Case(name, f"{TITLES[profile]}, {slots} frames over net_replay, one lcore, burst 32",
		([testpmd("io", **port)] if ctx.full else []) +
			[testpmd("macswap", **port), testpmd("5tswap", **port),
				dpdk_lo("l4", **port, **accept), dpdk_lo("l4", "off", **port, **accept)],
		[("dpdk-lo l4", "testpmd 5tswap", goal), ("dpdk-lo l4", "testpmd macswap", None),
			("dpdk-lo l4, guards off", "testpmd 5tswap", None)],
		[("dpdk-lo l4", "dpdk-lo l4, guards off", None)])


def cases(ctx):
	yield case(ctx, "replay-mix", "mix", 512, 2.0)
	if ctx.full:
		for profile in ("udp4", "udp6", "vlan", "imix"):
			yield case(ctx, f"replay-{profile}", profile, 512, None)
		# Larger than the second-level cache: mbufs and data come from further away.
		yield case(ctx, "replay-mix-8k", "mix", 8192, None)
