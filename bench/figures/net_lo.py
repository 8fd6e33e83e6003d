# SPDX-License-Identifier: BSD-3-Clause
"""net_lo in somebody else's program: the mirror as a port, against the mirror as a process."""

from measure import Case
from program import Side, dpdk_lo

ORDER = 12

# testpmd only sends again what it receives: all the work is done in the port.
OURS = "dpdk-lo's net_lo in testpmd io"


def cases(ctx):
	sides = [Side(OURS, "testpmd", ["--forward-mode=io"], vdev="net_lo0,mode=l4", plugin="lo",
		frames=256), dpdk_lo("l4", vdev="net_ring0", frames=256)]
	yield Case("net_lo", "64 B UDP/IPv4, l4, 256 frames in flight, one lcore, burst 32", sides,
		[(OURS, "dpdk-lo l4", 0.9)],
		note="testpmd's own frames go round in net_lo, dpdk-lo's in a net_ring: a ring's worth of "
			"queueing in both.")
