# SPDX-License-Identifier: BSD-3-Clause
"""What people and programs read: progress, a table, JSON lines."""

import json
import sys
import time

import stats


# A thread that had less of its CPU than this was disturbed, and so is what is made of its figures.
QUIET = 0.9


class Lines:
	"""results.jsonl: one object per line, "type" says what it is."""

	def __init__(self, path):
		self.file = open(path, "w", encoding="utf-8")  # lives as long as the run

	def write(self, kind, **values):
		json.dump({"type": kind, **values}, self.file)
		self.file.write("\n")
		self.file.flush()


class Progress:
	"""One line that is overwritten on a terminal, one line per step elsewhere."""

	def __init__(self, total):
		self.total = total
		self.done = 0
		self.start = time.monotonic()
		self.live = sys.stderr.isatty()

	def step(self, text):
		self.done += 1
		self.total = max(self.total, self.done)
		spent = time.monotonic() - self.start
		left = spent / self.done * (self.total - self.done)
		line = f"[{self.done}/{self.total}, {left:.0f} s left] {text}"
		if self.live:
			sys.stderr.write("\r\x1b[K" + line)
		else:
			sys.stderr.write(line + "\n")
		sys.stderr.flush()

	def seconds_per_step(self):
		return (time.monotonic() - self.start) / self.done if self.done else 0.0

	def clear(self):
		if self.live:
			sys.stderr.write("\r\x1b[K")
			sys.stderr.flush()


def goal_text(goal, unit, met, disturbed):
	if goal is None:
		return ""
	return f"goal {goal:g}{unit} {'reached' if met else 'MISSED'}{' (disturbed)' if disturbed else ''}"


def case_results(lines, case, samples):
	"""Write a case's results as JSON lines and return its table as text."""
	rates = {name: [sample["mpps"] for sample in taken] for name, taken in samples.items()}
	costs = {name: [sample["ns"] for sample in taken] for name, taken in samples.items()}
	shares = {name: min(sample["share"] for sample in taken) for name, taken in samples.items()}
	width = max([len(name) for name in rates] +
		[len(f"{a} / {b}") for a, b, _ in case.ratios] +
		[len(f"{a} - {b}") for a, b, _ in case.differences])
	text = [f"{case.name}: {case.title}",
		f"  {'':{width}}  {'Mpps':>8}  {'min..max':>17}  {'quartiles':>17}  {'ns/frame':>8}  share"]
	for name, values in rates.items():
		rate = stats.summary(values)
		cost = stats.summary(costs[name])
		share = shares[name]
		lines.write("result", case=case.name, side=name, clock=case.clock, mpps=rate, ns=cost,
			share_min=share, values=values)
		text.append(f"  {name:{width}}  {rate['median']:8.2f}  "
			f"{rate['min']:8.2f}..{rate['max']:<7.2f}  {rate['q1']:8.2f}..{rate['q3']:<7.2f}  "
			f"{cost['median']:8.3f}  {share:4.0%}")
	for ours, theirs, goal in case.ratios:
		found = stats.ratio(rates[ours], rates[theirs])
		met = None if goal is None else stats.reached(found, goal)
		disturbed = min(shares[ours], shares[theirs]) < QUIET
		lines.write("ratio", case=case.name, ours=ours, theirs=theirs, goal=goal, reached=met,
			disturbed=disturbed, **found)
		text.append(f"  {f'{ours} / {theirs}':{width}}  {found['ratio']:7.2f}x  "
			f"{found['min']:8.2f}..{found['max']:<7.2f}  {found['q1']:8.2f}..{found['q3']:<7.2f}  "
			f"{goal_text(goal, 'x', met, disturbed)}")
	for ours, theirs, goal in case.differences:
		found = stats.difference(costs[ours], costs[theirs])
		met = None if goal is None else found["difference"] <= goal
		disturbed = min(shares[ours], shares[theirs]) < QUIET
		lines.write("difference", case=case.name, ours=ours, theirs=theirs, goal=goal, reached=met,
			disturbed=disturbed, **found)
		text.append(f"  {f'{ours} - {theirs}':{width}}  {found['difference']:+5.2f} ns  "
			f"{found['min']:+8.2f}..{found['max']:<+7.2f}  "
			f"{found['q1']:+8.2f}..{found['q3']:<+7.2f}  "
			f"{goal_text(goal, ' ns', met, disturbed)}")
	return "\n".join(text)
