# SPDX-License-Identifier: BSD-3-Clause
"""STAMP answers of one core: dpdk-lo over memif, and a reflector made with sockets behind a veth."""

import os
import re

from answers import Exchange
from gen import SETTLED, run_gen
from measure import Case
from netns import Veth
from process import Failure, Process

ORDER = 23
PORT = 862
# What sockets carry without loss here, so that no CPU time goes into requests that nobody answers.
SOCKET_RATE = "150kpps"


def interrupts_s(cpu):
	"""Seconds that a CPU has spent in interrupts, hard and soft ones, since it was started."""
	with open("/proc/stat", encoding="ascii") as file:
		fields = next(line.split() for line in file if line.startswith(f"cpu{cpu} "))
	return (int(fields[6]) + int(fields[7])) / os.sysconf("SC_CLK_TCK")


class Socket:
	"""
	bench/peer/stamp_socket in a namespace, on the measured CPU, and by RPS what the kernel does for it;
	the generator on the control CPU.
	"""

	name = "socket reflector"

	def program(self, ctx):
		return os.path.join(ctx.build, "bench", "stamp_socket")

	def missing(self, ctx):
		if os.geteuid() != 0:
			return "it needs root for a namespace"
		return "" if os.path.exists(self.program(ctx)) else f"{self.program(ctx)} is not built"

	def measure(self, ctx, _case):
		with Veth(ctx, "stamp", "198.18.0.2", "198.18.0.1") as (near, far):
			# The generator has the address at the far end, and answers ARP for it.
			far.run("ip", "addr", "flush", "dev", "stamp1")
			far.run("sysctl", "-qw", "net.ipv6.conf.stamp1.disable_ipv6=1")
			near.run("sh", "-c", f"echo {1 << ctx.measured:x} >/sys/class/net/stamp0/queues/rx-0/rps_cpus")
			log = os.path.join(ctx.logs, re.sub(r"\W+", "-", f"{ctx.label}-{self.name}") + ".log")
			server = Process(ctx.scratch, near.argv("taskset", "-c", str(ctx.measured), self.program(ctx),
				str(PORT)), ctx.scratch.name("p"), log)
			try:
				server.wait_for('"ready"', lambda: server.said("ready"))
				before = server.cpu_ns() / 1e9 + interrupts_s(ctx.measured)
				report = run_gen(ctx, self.name, "net_af_packet0,iface=stamp1",
					["--kind", "stamp", "--size", "112", "--dst", "198.18.0.2", "--rate", SOCKET_RATE,
						"--duration", str(ctx.seconds), *SETTLED], cpu=ctx.control, inside=far.argv())
				busy = server.cpu_ns() / 1e9 + interrupts_s(ctx.measured) - before
			finally:
				server.stop()
		answered = int(re.search(r"answered (\d+)", server.tail()).group(1))
		if answered < report["received"] or answered == 0:
			raise Failure(f"the reflector answered {answered}, the generator got {report['received']}")
		return {"value": answered / busy / 1e6, "ns": busy * 1e9 / answered,
			"received_mpps": report["received"] / report["seconds"] / 1e6}


class PerCore(Exchange):
	"""Answers a second of CPU time; what the generator gets is less, as it is the slower end."""

	def measure(self, ctx, case):
		found = super().measure(ctx, case)
		return {**found, "received_mpps": found["value"], "value": 1e3 / found["ns"]}


def cases(_):
	yield Case("stamp", "STAMP answers for each second of CPU time, 112 B, unauthenticated, stateless",
		[Socket(), PerCore("dpdk-lo", "stamp", ["--stamp", f"port={PORT}", "--answer-rate", "0",
			"--answer", "all"])],
		[("dpdk-lo", "socket reflector", 50)],
		note="CPU time of the kernel for the sockets is counted, as are dpdk-lo's copies by memif. The peer is "
			"our own, with bursts and the kernel's time stamps; published ones do about 0.1 Mpps.")
