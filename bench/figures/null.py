# SPDX-License-Identifier: BSD-3-Clause
"""net_null: the cost of an mbuf's life, from the pool and back; every byte is zero."""

from measure import Case
from program import dpdk_lo, testpmd

ORDER = 12
TITLE = "wire over net_null, one lcore, burst 32"


def cases(ctx):
	port = {"vdev": "net_null0"}
	yield Case("null", TITLE, [testpmd("io", **port), dpdk_lo("wire", "off", name="dpdk-lo wire", **port)],
		[("dpdk-lo wire", "testpmd io", 1.0)])
