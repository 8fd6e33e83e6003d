# SPDX-License-Identifier: BSD-3-Clause
"""The programs that are compared, started so that nothing but themselves differs."""

import json
import os
import re
import time

from process import Failure, Process

BURST = 32
DESCRIPTORS = 1024
# What dpdk-lo takes for one port of one queue; testpmd is told the same.
POOL = 4096 + 2 * DESCRIPTORS + 256
POOL_CACHE = 256
MEMORY_MB = 320


class Side:
	"""
	One contestant: which program, with which options, on which port.

	vdev: devices, as EAL takes them; {dir} is the run's private directory
	frames: how many to put into a port that loops, per queue
	inside: words in front of the program's, such as those that enter a namespace
	peer: a Side that runs on the control CPU and talks to this one, started second
	"""

	def __init__(self, name, program, options=(), *, vdev, frames=0, workers=1, plugin=None,
			peer=None, memory=MEMORY_MB, inside=()):
		self.name = name
		self.program = program
		self.options = list(options)
		self.vdev = [vdev] if isinstance(vdev, str) else list(vdev)
		self.frames = frames
		self.workers = workers
		self.plugin = plugin
		self.peer = peer
		self.memory = memory
		self.inside = list(inside)


def testpmd(forward, **port):
	return Side(f"testpmd {forward}", "testpmd", [f"--forward-mode={forward}"], **port)


def dpdk_lo(mode, guards="on", **port):
	name = f"dpdk-lo {mode}" + ("" if guards == "on" else ", guards off")
	options = ["--mode", mode, "--guards", guards, *port.pop("options", [])]
	return Side(port.pop("name", name), "dpdk-lo", options, **port)


def lcores(cpus, control, measured, workers):
	"""
	Lcore 0 is for control; the workers come after it. The first worker has the measured CPU; a
	second one shares the control CPU, where lcore 0 sleeps.
	"""
	cpus = [measured, control] + [cpu for cpu in cpus if cpu not in (control, measured)]
	if workers > len(cpus):
		raise Failure(f"{workers} workers need as many CPUs; this machine lets us use {len(cpus)}")
	return ",".join([f"0@{control}"] + [f"{i + 1}@{cpus[i]}" for i in range(workers)])


class Running:
	"""A started side."""

	def __init__(self, ctx, side, measured, control):
		self.ctx = ctx
		self.side = side
		self.prefix = ctx.scratch.name("p")
		self.report = os.path.join(ctx.scratch.path, self.prefix + ".json")
		log = os.path.join(ctx.logs, re.sub(r"\W+", "-", f"{ctx.label}-{side.name}") + ".log")
		self.process = Process(ctx.scratch, side.inside + self.argv(measured, control), self.prefix, log)

	def eal(self, measured, control):
		ctx, side = self.ctx, self.side
		argv = ["--no-pci", "--file-prefix", self.prefix,
			"--lcores", lcores(ctx.cpus, control, measured, side.workers), "--main-lcore", "0"]
		argv += ["-m", str(side.memory)]
		# A virtio device can be told about few memory regions only: one file, not one per page.
		argv += ["--single-file-segments"] if ctx.hugepages.there else ["--no-huge"]
		if side.plugin:
			argv += ["-d", ctx.plugin(side.plugin)]
		for vdev in side.vdev:
			argv += ["--vdev", ctx.fill(vdev)]
		return argv

	def argv(self, measured, control):
		eal = self.eal(measured, control)
		if self.side.program == "testpmd":
			# Its words come line by line then, although nobody but a file listens.
			return ["stdbuf", "-oL", self.ctx.testpmd, *eal, "--", "-i", *self.side.options,
				f"--burst={BURST}", f"--rxd={DESCRIPTORS}", f"--txd={DESCRIPTORS}",
				f"--rxq={self.side.workers}", f"--txq={self.side.workers}",
				f"--nb-cores={self.side.workers}", f"--total-num-mbufs={POOL}",
				f"--mbcache={POOL_CACHE}", "--port-topology=loop", "--no-flush-rx"]
		inject = ["--inject", str(self.side.frames * self.side.workers)] if self.side.frames else []
		# Looped ports are what it looks for, and it knows only DPDK's own by name.
		quiet = ["--loop-guard", "off"] if self.ctx.knows("--loop-guard") else []
		return [self.ctx.dpdk_lo, *eal, "--", *self.side.options, *inject, *quiet,
			"--json", self.report]

	def wait_ready(self):
		"""
		Until its ports are up. Not by asking for counters: net_vhost of DPDK 22.11 crashes when
		they are read while it is being set up.
		"""
		words = "Checking link statuses" if self.side.program == "testpmd" else "dpdk-lo: ready"
		self.process.wait_for(f'"{words}"', lambda: self.process.said(words))

	def go(self):
		"""Start the traffic where the program does not do so by itself."""
		if self.side.program == "testpmd":
			bursts = self.side.frames // BURST
			self.process.say(f"start tx_first {bursts}" if bursts else "start")

	def counters(self):
		"""What the port has received and sent, from the ethdev's own counters; None: not there yet."""
		stats = self.process.ask("/ethdev/stats,0")
		return (stats["ipackets"], stats["opackets"]) if stats else None

	def wait_moving(self):
		first = []

		def moving():
			now = self.counters()
			if now is None:
				return False
			first.append(now[1])
			return now[1] > first[0] + BURST

		self.process.wait_for("traffic", moving)

	def sample(self):
		"""(time, CPU time, received, sent), taken close enough together to be one moment."""
		for _ in range(50):
			before = time.monotonic_ns()
			counters = self.counters()
			after = time.monotonic_ns()
			if counters is None:
				self.process.check()
				continue
			cpu = self.process.cpu_ns()
			if after - before < 2_000_000:
				break
		else:
			if counters is None:
				raise Failure(f"{self.side.name}: its telemetry does not answer ({self.process.log})")
		return (before + after) // 2, cpu, *counters

	def stop(self):
		self.process.stop()
		self.ctx.hugepages.forget(self.prefix)

	def verify(self, sent):
		"""dpdk-lo's own report must agree: it sent as much, and what it dropped is no bargain."""
		if self.side.program != "dpdk-lo":
			return {}
		try:
			with open(self.report, encoding="utf-8") as file:
				port = json.load(file)["ports"][0]
		except (OSError, ValueError) as error:
			raise Failure(f"{self.side.name} left no report: {error}; its last words "
				f"({self.process.log}):\n{self.process.tail()}") from error
		if port["tx"] < sent:
			raise Failure(f"{self.side.name} reports {port['tx']} frames sent, its port counted "
				f"{sent} before that: one of the two counters is wrong")
		drops = {reason: n for reason, n in port["drops"].items() if n}
		# A peer that is slower than we are, or gone at the end, is not our choice.
		chosen = sum(n for reason, n in drops.items() if reason != "tx_full" or not self.side.peer)
		if chosen > 0:
			raise Failure(f"{self.side.name} dropped frames that were to come back ({drops}): "
				"its rate compares nothing")
		return drops
