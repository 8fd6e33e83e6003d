# SPDX-License-Identifier: BSD-3-Clause
"""What bulk reflection pays for what else a port has to do: a hundred loopbacks, a filter of ten terms."""

from measure import Case
from program import dpdk_lo

ORDER = 18
PLAIN = "dpdk-lo l4"
# The last of the ten terms is the one that matches.
FILTER = " or ".join([f"udp dst port {9000 + i}" for i in range(9)] + ["net 198.18.0.0/15"])
LOOPBACKS = [word for i in range(100) for word in ("--loopback", f"lo{i}=192.0.2.{i + 1}/32")]
WITH = [("a hundred loopbacks", LOOPBACKS), ("a filter of ten terms", ["--filter", FILTER])]


def cases(_):
	port = {"vdev": "net_ring0", "frames": 256}
	sides = [dpdk_lo("l4", **port)]
	sides += [dpdk_lo("l4", name=f"{PLAIN}, {what}", options=options, **port) for what, options in WITH]
	yield Case("services", "64 B UDP/IPv4 over a self-looped net_ring, one lcore, 256 frames in flight", sides,
		[(f"{PLAIN}, {what}", PLAIN, 0.9) for what, _ in WITH],
		note="Frames of one kind: the guards, the destination and the loopbacks are judged once for a burst of them.")
