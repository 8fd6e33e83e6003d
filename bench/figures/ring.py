# SPDX-License-Identifier: BSD-3-Clause
"""64-byte UDP/IPv4 frames going round in one net_ring: what a core costs with hot caches, no NIC."""

from measure import Case
from program import dpdk_lo, testpmd

ORDER = 10
TITLE = "64 B UDP/IPv4 over a self-looped net_ring, one lcore, burst 32"
PEERS = ["testpmd io", "testpmd macswap", "testpmd 5tswap"]


def sides(frames, wanted):
	port = {"vdev": "net_ring0", "frames": frames}
	made = [testpmd("io", **port), testpmd("macswap", **port), testpmd("5tswap", **port),
		dpdk_lo("wire", **port), dpdk_lo("mac", **port), dpdk_lo("mac", "off", **port),
		dpdk_lo("l4", **port), dpdk_lo("l4", "off", **port)]
	return [side for side in made if side.name in wanted]


def cases(ctx):
	swaps = [("dpdk-lo l4", "testpmd 5tswap", 2.5), ("dpdk-lo l4", "testpmd macswap", 0.7),
		("dpdk-lo l4, guards off", "testpmd 5tswap", 3.5),
		("dpdk-lo l4, guards off", "testpmd macswap", 0.9)]
	guards = [("dpdk-lo l4", "dpdk-lo l4, guards off", 1.0)]
	short = ["testpmd macswap", "testpmd 5tswap", "dpdk-lo l4", "dpdk-lo l4, guards off"]
	# As many frames as one burst: all in the first-level cache, the port never runs dry.
	yield Case("ring-32", f"{TITLE}, 32 frames in flight", sides(32, short), swaps, guards)
	everything = [*PEERS, "dpdk-lo wire", "dpdk-lo mac", "dpdk-lo mac, guards off", *short]
	yield Case("ring-256", f"{TITLE}, 256 frames in flight",
		sides(256, everything if ctx.full else short),
		swaps + ([("dpdk-lo mac", "testpmd macswap", None), ("dpdk-lo wire", "testpmd io", None)]
			if ctx.full else []), guards)
