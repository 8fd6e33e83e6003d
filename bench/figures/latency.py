# SPDX-License-Identifier: BSD-3-Clause
"""Round trips at a rate that is far from what the path can do: what a frame waits for."""

from gen import SETTLED, Reflected, latency_us
from measure import Case
from program import dpdk_lo, testpmd

ORDER = 26
MEMIF = "net_memif0,id=0,socket={dir}/memif.sock,rsize=10"


def cases(ctx):
	port = {"vdev": f"{MEMIF},role=server"}
	options = ["--size", "64", "--rate", "100kpps", *SETTLED]
	made = [testpmd("macswap", **port), dpdk_lo("l4", **port)]
	yield Case("latency", "round trip p50 of 64 B at 100 kpps over memif, one lcore each",
		[Reflected(side.name, side, f"{MEMIF},role=client", options, latency_us) for side in made],
		[("dpdk-lo l4", "testpmd macswap", 1.0)], clock="wall", unit="us", better="less",
		note="The tails are the machine's: who else wanted the CPU.")
