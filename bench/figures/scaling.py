# SPDX-License-Identifier: BSD-3-Clause
"""One lcore against two, a queue each: near-linear as long as no cache line is shared."""

import os

import frames
from measure import Case
from program import dpdk_lo, testpmd

ORDER = 30
TITLE = "one lcore against two, one queue each, 64 B UDP/IPv4"


def named(side, suffix):
	side.name += suffix
	return side


def both(**port):
	accept = {"options": ["--accept", "unicast"]} if "plugin" in port else {}
	sides = []
	for workers in (1, 2):
		sides += [named(testpmd("macswap", workers=workers, **for_queues(port, workers)), f" x{workers}"),
			named(dpdk_lo("l4", workers=workers, **for_queues(port, workers), **accept), f" x{workers}")]
	return sides


def for_queues(port, workers):
	return {key: value.replace("{queues}", str(workers)) if key == "vdev" else value
		for key, value in port.items()}


def cases(ctx):
	pcap = os.path.join(ctx.scratch.path, "scaling.pcap")
	frames.write_pcap(pcap, "udp4", 512)
	ratios = [("dpdk-lo l4 x2", "dpdk-lo l4 x1", 1.9), ("testpmd macswap x2", "testpmd macswap x1", None)]
	yield Case("scaling", f"{TITLE}, 512 frames a queue over net_replay",
		both(vdev=f"net_replay0,pcap={pcap},queues={{queues}}", plugin="replay"), ratios)
	yield Case("scaling-ring", f"{TITLE}, 256 frames a queue over net_ring",
		both(vdev="net_ring0", frames=256),
		[(*pair[:2], None) for pair in ratios],
		note="net_ring counts both queues on one cache line, which both lcores write: it is measured, not we.")
