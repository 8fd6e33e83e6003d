# SPDX-License-Identifier: BSD-3-Clause
"""dpdk-lo-gen by itself: how fast, how even, and whether it finds a limit that is known."""

import os

from gen import SETTLED, run_gen
from measure import Case
from process import Failure, Process
from program import testpmd

ORDER = 40
GOAL_MPPS, GOAL_OFF = 10, 1
RATES = {"1 kpps": 1e3, "10 kpps": 1e4, "100 kpps": 1e5, "1 Mpps": 1e6, "5 Mpps": 5e6}
LIMIT_PPS, DEPTH_FRAMES = 200_000, 800


class Alone:
	"""The generator over a ring port whose end is its beginning, on the measured CPU."""

	def __init__(self, name, options, value):
		self.name, self.options, self.value = name, options, value

	def missing(self, ctx):
		return "" if os.path.exists(ctx.dpdk_lo_gen) else f"{ctx.dpdk_lo_gen} is not built"

	def measure(self, ctx, _case):
		return self.value(run_gen(ctx, self.name, "net_ring0",
			["--duration", str(ctx.seconds), *self.options, *SETTLED], cpu=ctx.measured))


class Limited:
	"""RFC 2544 over a token bucket of a known rate; the peer is on the control CPU."""

	name = "dpdk-lo-gen --rfc2544"

	def program(self, ctx):
		return os.path.join(ctx.build, "tests", "support", "limit_peer")

	def missing(self, ctx):
		return "" if os.path.exists(self.program(ctx)) else \
			f"{self.program(ctx)} is not built: configure with -Dtests=enabled"

	def measure(self, ctx, _case):
		memif = ctx.fill("net_memif0,socket={dir}/limit.sock,rsize=10")
		prefix = ctx.scratch.name("t")
		memory = ["--single-file-segments"] if ctx.hugepages.there else ["--no-huge"]
		peer = Process(ctx.scratch, [self.program(ctx), "--no-pci", "--file-prefix", prefix, "--lcores",
			f"0@{ctx.control}", "-m", "160", *memory, "--vdev", f"{memif},role=server", "--",
			str(LIMIT_PPS), str(DEPTH_FRAMES), "0"], prefix,
			os.path.join(ctx.logs, f"{ctx.label}-limit.log"))
		try:
			peer.wait_for('"ready"', lambda: peer.said("ready"))
			found = run_gen(ctx, self.name, f"{memif},role=client",
				["--rfc2544", "throughput", "--size", "64", "--rate", "400kpps",
					"--trial", str(ctx.seconds), "--settle", "0.05", "--verify", "3",
					"--resolution", "0.1", "--drain", "0.2"], cpu=ctx.measured,
				patience=120)
		finally:
			peer.stop()
			ctx.hugepages.forget(prefix)
		rows = found["rfc2544"]["throughput"]
		if not rows:
			raise Failure("dpdk-lo-gen reports no throughput")
		# In a trial the bucket lets its depth through besides.
		limit = LIMIT_PPS + DEPTH_FRAMES / ctx.seconds
		return {"value": abs(rows[0]["pps"] / limit - 1) * 100, "pps": rows[0]["pps"], "limit": limit}


def mpps(report):
	if report["lost"] or report["reordered"]:
		raise Failure(f"{report['lost']} frames lost in a ring that loses none")
	return {"value": report["received"] / report["seconds"] / 1e6, "ccdf": report["latency_ccdf"]}


def off(report):
	return {"value": abs(report["offered_pps"] / report["asked_pps"] - 1) * 100,
		"gap_off_p50_ns": report["pacing"]["gap_off_p50_ns"],
		"gap_off_p99_ns": report["pacing"]["gap_off_p99_ns"]}


def gap(report):
	return {**off(report), "value": report["pacing"]["gap_off_p99_ns"]}


def cases(ctx):
	port = {"vdev": "net_ring0", "frames": 32}
	yield Case("generator-max", "64 B made, sent, received and timed by one lcore over net_ring",
		[testpmd("macswap", **port), Alone("dpdk-lo-gen", ["--rate", "max"], mpps)],
		[("dpdk-lo-gen", "testpmd macswap", None)],
		note="The generator makes each frame and keeps its latency; macswap only turns frames round.",
		limits=[("dpdk-lo-gen", GOAL_MPPS)])
	yield Case("generator-pacing", "how far the rate offered is from the rate asked for; net_ring, one lcore",
		[Alone(f"dpdk-lo-gen {name}", ["--rate", f"{rate:.0f}pps"], off) for name, rate in RATES.items()],
		unit="% off", better="less", limits=[(f"dpdk-lo-gen {name}", GOAL_OFF) for name in RATES])
	yield Case("generator-gaps", "p99 of how far gaps between frames are from even; net_ring, one lcore",
		[Alone(f"dpdk-lo-gen {name}", ["--rate", f"{RATES[name]:.0f}pps"], gap)
			for name in RATES if ctx.full or name in ("1 kpps", "1 Mpps", "5 Mpps")],
		unit="ns", better="less",
		note="At 5 Mpps frames are 200 ns apart: a turn of the loop that comes late sends two at once.")
	yield Case("generator-rfc2544", f"throughput found by --rfc2544 against a limit of {LIMIT_PPS} pps "
		f"and a bucket of {DEPTH_FRAMES} frames",
		[Limited()], clock="wall", unit="% off", better="less",
		limits=[(Limited.name, GOAL_OFF)])
