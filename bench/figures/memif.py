# SPDX-License-Identifier: BSD-3-Clause
"""A peer that sends and counts what comes back, over memif: both programs copy every frame."""

from measure import Case
from program import dpdk_lo, testpmd

ORDER = 20
TITLE = "64 B from testpmd flowgen over memif and back, one lcore each, burst 32"


def cases(ctx):
	memif = "net_memif0,id=0,socket={dir}/memif.sock,rsize=10"
	peer = testpmd("flowgen", vdev=f"{memif},role=client")
	port = {"vdev": f"{memif},role=server", "peer": peer}
	yield Case("memif", TITLE, [testpmd("macswap", **port), dpdk_lo("l4", **port)],
		[("dpdk-lo l4", "testpmd macswap", 1.0)], clock="wall")
