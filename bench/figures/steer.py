# SPDX-License-Identifier: BSD-3-Clause
"""
--steer on a veth: what the kernel's own traffic on the interface pays for it.
"""

import json
import os
import shutil

from measure import Case
from netns import Veth
from process import Process

ORDER = 60
HERE, THERE = "192.0.2.1", "192.0.2.9"
RULE = "udp dst port 862"
TITLE = "iperf3, one TCP stream, veth of 64 KiB segments, nothing steered"


def start_steered(ctx, ns):
	"""A dpdk-lo with the rule on the near end, ready."""
	prefix = ctx.scratch.name("p")
	log = os.path.join(ctx.logs, f"{ctx.label}-{prefix}.log".replace(" ", "-"))
	process = Process(ctx.scratch, ns.argv(ctx.dpdk_lo, "--no-pci", "--no-huge", "-m", "128",
		"--file-prefix", prefix, "--vdev", "net_af_xdp0,iface=steer0", "--", "--steer", RULE), prefix, log)
	process.wait_for('"dpdk-lo: ready"', lambda: process.said("dpdk-lo: ready"))
	return process


class Kernel:
	"""iperf3 between the kernels at both ends, with or without dpdk-lo on the interface."""

	def __init__(self, name, steered, reverse):
		self.name, self.steered, self.reverse = name, steered, reverse

	def missing(self, _):
		return "" if shutil.which("iperf3") else "iperf3 is not installed"

	def measure(self, ctx, _):
		with Veth(ctx, "steer", HERE, THERE) as (near, far):
			steered = start_steered(ctx, near) if self.steered else None
			log = os.path.join(ctx.logs, "iperf3-server.log")
			server = Process(ctx.scratch, near.argv("iperf3", "-s", "-1"), ctx.scratch.name("p"), log)
			try:
				server.wait_for("iperf3's server", lambda: "5201" in near.run("ss", "-Hltn"))
				# iperf3 takes whole seconds.
				seconds = max(1, round(ctx.seconds))
				said = far.run("iperf3", "-c", HERE, "-J", "-t", str(seconds),
					*(["-R"] if self.reverse else []), timeout=seconds + 30)
			finally:
				server.stop(patience=0)
				if steered:
					steered.stop()
		return {"value": json.loads(said)["end"]["sum_received"]["bits_per_second"] / 1e9}


def cases(_):
	for direction, reverse in (("in", False), ("out", True)):
		yield Case(f"steer-{direction}", f"{TITLE}, {'to' if not reverse else 'from'} the host",
			[Kernel("kernel alone", False, reverse), Kernel("dpdk-lo --steer beside it", True, reverse)],
			[("dpdk-lo --steer beside it", "kernel alone", 0.95)], clock="wall", unit="Gbit/s")
