# SPDX-License-Identifier: BSD-3-Clause
"""One lcore against two, a queue each: near-linear as long as no cache line is shared."""

from measure import Case
from program import dpdk_lo, testpmd

ORDER = 30
TITLE = "one lcore against two over net_ring, one queue each, 64 B UDP/IPv4, 256 frames a queue"


def named(side, suffix):
	side.name += suffix
	return side


def cases(ctx):
	port = {"vdev": "net_ring0", "frames": 256}
	sides = [named(make(mode, workers=workers, **port), f" x{workers}")
		for make, mode in ((testpmd, "macswap"), (dpdk_lo, "l4")) for workers in (1, 2)]
	yield Case("scaling", TITLE, sides,
		[("dpdk-lo l4 x2", "dpdk-lo l4 x1", 1.9), ("testpmd macswap x2", "testpmd macswap x1", None)],
		note="Two CPUs of a virtual machine may be two threads of one core: testpmd tells.")
