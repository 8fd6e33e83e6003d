# SPDX-License-Identifier: BSD-3-Clause
"""SIGHUP in service: frames that are missing while one plan follows the other under 1 Mpps."""

import json
import os
import re
import signal
import threading

from gen import SETTLED, run_gen
from measure import Case
from process import Failure, Process
from program import MEMORY_MB, lcores

ORDER = 23
RATE_PPS = 1_000_000
# So long between a plan that is in force and the next hangup.
PAUSE_S = 0.02
# 16 ms of the rate: the generator and the thread that reloads may share a CPU.
MEMIF = "net_memif0,socket={dir}/reload.sock,socket-abstract=no,rsize=14"
IN_FORCE = re.compile(r"is in force")


def settings(i):
	"""Another plan each time: filter, who may ask, rate, addresses, and a loopback that is up or shut."""
	shut = ",shut" if i % 2 else ""
	return "\n".join(["[dpdk-lo]", "mode = l4", f"loopback = lo0=192.0.2.1/32{shut}",
		f"filter = udp or tcp port {1000 + i % 1000}", f"allow = 198.18.0.0/15,10.{i % 200}.0.0/16",
		f"answer-rate = {1000 + i}", f"address = 198.18.0.2,10.9.{i % 200}.1/24", ""])


class Reloaded:
	"""
	dpdk-lo with a memif port on the measured CPU, dpdk-lo-gen at its other end on the control CPU.

	alone: the lcore that polls reloads, too; else the one for control does, on the generator's CPU
	"""

	def __init__(self, name, *, reloads, alone=False):
		self.name, self.reloads, self.alone = name, reloads, alone

	def missing(self, ctx):
		if os.geteuid() != 0:
			return "a loopback needs a host link, and that needs root"
		return "" if os.path.exists(ctx.dpdk_lo_gen) else f"{ctx.dpdk_lo_gen} is not built"

	def write(self, path, i):
		with open(path + ".new", "w", encoding="utf-8") as file:
			file.write(settings(i))
		os.replace(path + ".new", path)

	def hang_up(self, process, path, done):
		"""Until @done: the next settings as soon as the last ones are in force. Returns how many were."""
		taken = 0
		while not done.wait(PAUSE_S):
			self.write(path, taken + 1)
			process.popen.send_signal(signal.SIGHUP)
			while self.in_force(process) <= taken:
				process.check()
				if done.wait(0.002):
					return self.in_force(process)
			taken += 1
		return taken

	@staticmethod
	def in_force(process):
		with open(process.log, encoding="utf-8", errors="replace") as file:
			return len(IN_FORCE.findall(file.read()))

	def measure(self, ctx, _case):
		path = os.path.join(ctx.scratch.path, "reload.conf")
		prefix = ctx.scratch.name("r")
		memory = ["--single-file-segments"] if ctx.hugepages.there else ["--no-huge"]
		log = os.path.join(ctx.logs, re.sub(r"\W+", "-", f"{ctx.label}-{self.name}") + ".log")
		result = os.path.join(ctx.scratch.path, prefix + ".json")
		self.write(path, 0)
		cpus = f"0@{ctx.measured}" if self.alone else lcores(ctx.cpus, ctx.control, ctx.measured, 1)
		process = Process(ctx.scratch, [ctx.dpdk_lo, "--no-pci", "--file-prefix", prefix, "--main-lcore", "0",
			"--lcores", cpus, "-m", str(MEMORY_MB), *memory,
			"--vdev", ctx.fill(MEMIF) + ",role=server", "--", "--config", path, "--json", result],
			prefix, log)
		done, taken = threading.Event(), []
		thread = threading.Thread(target=lambda: taken.append(self.hang_up(process, path, done)))
		try:
			process.wait_for('"dpdk-lo: ready"', lambda: process.said("dpdk-lo: ready"))
			if self.reloads:
				thread.start()
			report = run_gen(ctx, self.name, ctx.fill(MEMIF) + ",role=client", ["--kind", "udp4", "--dst",
				"198.18.0.2", "--rate", f"{RATE_PPS}pps", "--duration", str(4 * ctx.seconds), *SETTLED],
				cpu=ctx.control)
		finally:
			done.set()
			if thread.ident:
				thread.join()
			process.stop()
			ctx.hugepages.forget(prefix)
		if self.reloads and (not taken or taken[0] == 0):
			raise Failure(f"{self.name}: no reload was taken over; its log: {log}")
		with open(result, encoding="utf-8") as file:
			port = next(one for one in json.load(file)["ports"] if one["driver"] == "net_memif")
		return {"value": report["lost"], "sent": report["sent"], "offered_pps": report["offered_pps"],
			"reloads": taken[0] if taken else 0, "reflected": port["reflected"],
			"drops": {reason: n for reason, n in port["drops"].items() if n}}


def cases(_):
	sides = [Reloaded("dpdk-lo l4, reloaded all the time", reloads=True),
		Reloaded("dpdk-lo l4, reloaded by the lcore that polls", reloads=True, alone=True),
		Reloaded("dpdk-lo l4, left alone", reloads=False)]
	yield Case("reload", f"frames lost of {RATE_PPS // 10**6} Mpps, 64 B UDP/IPv4 over memif, while one plan follows "
		"the other", sides, clock="wall", unit="frames", better="less", limits=[(side.name, 0) for side in sides[:2]],
		note=f"A hangup {PAUSE_S * 1e3:.0f} ms after the last settings were in force: another filter, other "
		"sources and addresses, a loopback shut or not.")
