# SPDX-License-Identifier: BSD-3-Clause
"""Rounds: every side once, one after the other, over and over, so that drift hits all alike."""

import time

from program import Running

# A window in which the thread did not have its CPU for this part of the time is taken again.
WANTED_SHARE = 0.97


class Case:
	"""
	Sides to compare, what to compare, and with what aim.

	ratios: (ours, theirs, goal or None), names of sides
	differences: (ours, theirs, goal in ns per frame)
	clock: "cpu": a frame costs CPU time of the thread that moves it, whoever else took the CPU
	       meanwhile; "wall": two programs depend on each other, time is time
	"""

	def __init__(self, name, title, sides, ratios=(), differences=(), clock="cpu"):
		self.name = name
		self.title = title
		self.sides = sides
		self.ratios = ratios
		self.differences = differences
		self.clock = clock


def window(runners, seconds):
	"""Counters of every runner across @seconds. The first runner is the one that counts."""
	before = [runner.sample() for runner in runners]
	time.sleep(seconds)
	after = [runner.sample() for runner in runners]
	found = []
	for (t0, c0, rx0, tx0), (t1, c1, rx1, tx1), runner in zip(before, after, runners):
		wall = t1 - t0
		cpu = c1 - c0
		found.append({"wall_ns": wall, "cpu_ns": cpu, "rx": rx1 - rx0, "tx": tx1 - tx0,
			"sent": tx1, "share": cpu / wall / runner.side.workers})
	return found


def best_window(runners, seconds, tries):
	"""The window in which the measured thread was disturbed least, out of a few if need be."""
	best = None
	for _ in range(tries):
		now = window(runners, seconds)
		if best is None or now[0]["share"] > best[0]["share"]:
			best = now
		if best[0]["share"] >= WANTED_SHARE:
			break
	return best, now[0]["sent"]


def run_side(ctx, case, side):
	"""Start, warm up, measure, stop. Returns one sample."""
	runners = []
	try:
		runners.append(Running(ctx, side, ctx.measured, ctx.control))
		runners[0].wait_ready()
		if side.peer:
			runners.append(Running(ctx, side.peer, ctx.control, ctx.control))
			runners[1].wait_ready()
		for runner in runners:
			runner.go()
		for runner in runners:
			runner.wait_moving()
		time.sleep(ctx.warm_up)
		best, sent = best_window(runners, ctx.seconds, ctx.tries)
	finally:
		for runner in reversed(runners):
			runner.stop()
	drops = runners[0].verify(sent)
	own = best[0]
	# Two programs: what counts is what came back to the one that had sent it.
	frames = best[1]["rx"] if side.peer else own["tx"]
	elapsed = own["wall_ns"] if case.clock == "wall" else own["cpu_ns"] / side.workers
	return {"mpps": frames * 1e3 / elapsed, "ns": elapsed / max(frames, 1),
		"mpps_wall": frames * 1e3 / own["wall_ns"], "share": own["share"],
		"share_peer": best[1]["share"] if side.peer else None, "frames": frames,
		"drops": drops}


def run_case(ctx, case, rounds, report):
	"""Samples of every side, by name. @report gets each one as it comes."""
	samples = {side.name: [] for side in case.sides}
	for number in range(rounds):
		# There and back again: a drift that is linear over the rounds cancels.
		order = case.sides if number % 2 == 0 else list(reversed(case.sides))
		for side in order:
			ctx.label = f"{case.name}-{number + 1}"
			sample = run_side(ctx, case, side)
			samples[side.name].append(sample)
			report(number, side, sample)
	return samples
