# SPDX-License-Identifier: BSD-3-Clause
"""
Rounds: every side once, one after the other, over and over, so that drift hits all alike.

Writing a figure
================
A figure is a file bench/figures/NAME.py; it is found by being there. It has

	cases(ctx)   yields Case objects, named NAME or NAME-something
	ORDER        where it comes in a run, a number; optional, 50 unless said

A Case is a comparison: sides that are measured in turns, and what is made of their values. A side
whose name begins with "dpdk-lo" is ours, all others are peers; `bench/compare` judges ours, and a
machine that has become slower by its peers.

A side is one of two things:

- a Side of program.py: dpdk-lo or testpmd on a port, measured by the port's counters. The value is
  frames a second.
- any object with

	name                a string
	missing(ctx)        optional: why it cannot be measured here, "" when it can
	measure(ctx, case)  start, warm up, measure for about ctx.seconds, stop; returns a dict, or
	                    raises process.Failure with one sentence

  The dict holds "value", a number in the case's unit; and, as far as there are such: "share", the
  part of its CPU that the measured thread had (below 0.9 the value is marked as disturbed);
  "ccdf", [[nanoseconds, part of the frames that took longer], ...] for the report's plots; and
  whatever else shall be in results.jsonl.

What ctx has for a side: full, quick, seconds, warm_up, rounds; control and measured (CPUs),
dpdk_lo, dpdk_lo_gen, testpmd (paths; testpmd is None where it is not installed), scratch (path: the
run's private directory; name(stem): a new word each time), logs (a directory), label (case and
round), knows(option): has the dpdk-lo at hand this option? Programs are started with
process.Process, which ends them whatever happens; plain commands in a namespace with netns.Netns.
"""

import time

from process import Failure
from program import Running

# A window in which the thread did not have its CPU for this part of the time is taken again.
WANTED_SHARE = 0.97


class Case:
	"""
	Sides to compare, what to compare, and with what aim.

	ratios: (ours, theirs, goal or None), names of sides
	differences: (ours, theirs, goal in ns per frame), for sides of program.py
	limits: (side, goal), what the median of a side is to reach by itself, in the case's unit
	clock: "cpu": a frame costs CPU time of the thread that moves it, whoever else took the CPU
	       meanwhile; "wall": two programs depend on each other, time is time
	unit: of the values; better: "more" or "less", which values are the better ones; where less is
	       better, a goal is what a ratio has to stay below
	note: one sentence under the table: what the figure is not
	"""

	def __init__(self, name, title, sides, ratios=(), differences=(), clock="cpu", unit="Mpps",
			better="more", note="", limits=()):
		self.name = name
		self.title = title
		self.sides = list(sides)
		self.ratios = list(ratios)
		self.differences = list(differences)
		self.clock = clock
		self.unit = unit
		self.better = better
		self.note = note
		self.limits = list(limits)


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


def run_port(ctx, case, side):
	"""A side of program.py: start, warm up, measure, stop. Returns one sample."""
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
	if elapsed == 0 or frames == 0:
		raise Failure(f"{side.name}: nothing moved in {own['wall_ns'] / 1e9:.1f} s, in which its thread had "
			f"{own['share']:.0%} of its CPU: the machine is too busy")
	return {"value": frames * 1e3 / elapsed, "ns": elapsed / max(frames, 1),
		"mpps_wall": frames * 1e3 / own["wall_ns"], "share": own["share"],
		"share_peer": best[1]["share"] if side.peer else None, "frames": frames,
		"drops": drops}


def run_side(ctx, case, side):
	if hasattr(side, "measure"):
		return {"share": 1.0, **side.measure(ctx, case)}
	return run_port(ctx, case, side)


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
