# SPDX-License-Identifier: BSD-3-Clause
"""Answers beside the bulk path: the same generator, the same frames, over memif."""

import json
import os
import subprocess

from measure import Case
from process import Failure, Process
from program import MEMORY_MB, lcores

ORDER = 22
# kind of dpdk-lo-gen, its size with FCS, what dpdk-lo is to do about it
KINDS = {
	"icmp4": (64, []),
	"stamp": (112, ["--stamp", "port=862"]),
	"lbm": (64, ["--oam", "level=0"]),
}
OURS = "198.18.0.2"
MACS = {"server": "02:d1:00:00:00:02", "client": "02:d1:00:00:00:01"}


class Exchange:
	"""dpdk-lo with a memif port, dpdk-lo-gen at its other end as fast as it goes."""

	def __init__(self, name, kind, options):
		self.name = name
		self.kind = kind
		self.options = options

	def missing(self, ctx):
		return "" if os.path.exists(ctx.dpdk_lo_gen) else f"{ctx.dpdk_lo_gen} is not built"

	def eal(self, ctx, prefix, role, cpus):
		socket = os.path.join(ctx.scratch.path, f"{ctx.label}-{self.kind}.sock")
		argv = ["--no-pci", "--file-prefix", prefix, "-m", str(MEMORY_MB), "--main-lcore", "0",
			"--lcores", cpus]
		argv += ["--single-file-segments"] if ctx.hugepages.there else ["--no-huge"]
		return argv + ["--vdev", f"net_memif0,role={role},mac={MACS[role]},rsize=10,"
			f"socket={socket},socket-abstract=no"]

	def start(self, ctx, program, what, argv, prefix):
		log = os.path.join(ctx.logs, f"{ctx.label}-{self.name}-{what}.log".replace(" ", "-"))
		return Process(ctx.scratch, [program, *argv], prefix, log)

	def measure(self, ctx, case):
		lo, gen = ctx.scratch.name("p"), ctx.scratch.name("p")
		reports = [os.path.join(ctx.scratch.path, prefix + ".json") for prefix in (lo, gen)]
		seconds = ctx.warm_up + ctx.seconds
		ours = self.start(ctx, ctx.dpdk_lo, "lo", [*self.eal(ctx, lo, "server",
			lcores(ctx.cpus, ctx.control, ctx.measured, 1)), "--", "--mode", "l4", "--address", OURS, *self.options, "--json",
			reports[0]], lo)
		try:
			ours.wait_for('"dpdk-lo: ready"', lambda: ours.said("dpdk-lo: ready"))
			# One lcore, so one queue, as many as its other end has.
			peer = self.start(ctx, ctx.dpdk_lo_gen, "gen", [*self.eal(ctx, gen, "client",
				f"0@{ctx.control}"), "--", "--kind", self.kind, "--size",
				str(KINDS[self.kind][0]), "--dst-mac", MACS["server"], "--rate", "max", "--duration",
				str(seconds), "--drain", "0.2", "--bias", "off", "--json", reports[1]], gen)
			try:
				self.wait_end(peer, seconds + 20)
			finally:
				peer.stop()
		finally:
			ours.stop()
		own, got = (json.load(open(path, encoding="utf-8")) for path in reports)
		return {"value": got["received"] / seconds / 1e6, "sent_mpps": got["sent"] / seconds / 1e6,
			"ns": self.busy_ns(own)}

	@staticmethod
	def wait_end(peer, seconds):
		try:
			code = peer.popen.wait(seconds)
		except subprocess.TimeoutExpired:
			raise Failure(f"{peer.name} does not end; its last words ({peer.log}):\n{peer.tail()}") \
				from None
		if code != 0:
			peer.check()

	@staticmethod
	def busy_ns(report):
		"""What a frame takes of the lcore while there are frames, copies by memif included."""
		lcore = max(report["lcores"], key=lambda one: one["frames"])
		busy = lcore["busy_cycles"] / (lcore["busy_cycles"] + lcore["idle_cycles"])
		return busy * report["seconds"] * 1e9 / lcore["frames"]


def cases(ctx):
	for kind, (size, options) in KINDS.items():
		yield Case(f"answers-{kind}", f"{kind}, {size} B with FCS, from dpdk-lo-gen over memif and "
			"back, one lcore each",
			[Exchange("dpdk-lo answers", kind, [*options, "--answer-rate", "0", "--answer", "all"]),
				# As bulk, OAM is sent back only without guards.
				Exchange("dpdk-lo reflects", kind, ["--answer", "none"] +
					(["--guards", "off"] if kind == "lbm" else []))],
			[("dpdk-lo answers", "dpdk-lo reflects", None)], clock="wall",
			note="both ways; the generator sends as fast as it can, and is often the slower end: "
				"what an answer itself costs is in the microbenchmarks, answer_*")
