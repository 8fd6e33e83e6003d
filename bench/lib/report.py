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


def goal_text(goal, unit, met, disturbed, better="more"):
	if goal is None:
		return ""
	bound = "" if better == "more" else "at most "
	return f"goal {bound}{goal:g}{unit} {'reached' if met else 'MISSED'}" \
		f"{' (disturbed)' if disturbed else ''}"


def number(value):
	"""About three digits, and never an exponent where people read."""
	if value == 0 or abs(value) >= 1000:
		return f"{value:.0f}"
	return f"{value:.2f}" if abs(value) >= 1 else f"{value:.3f}" if abs(value) >= 0.01 else f"{value:.2g}"


def row(width, name, found, tail="", suffix=""):
	spread = f"{number(found['min'])}..{number(found['max'])}"
	inner = f"{number(found['q1'])}..{number(found['q3'])}"
	return f"  {name:{width}}  {number(found['median']) + suffix:>9}  {spread:>19}  {inner:>19}  {tail}" \
		.rstrip()


def case_results(lines, case, samples):
	"""Write a case's results as JSON lines and return its table as text."""
	values = {name: [sample["value"] for sample in taken] for name, taken in samples.items()}
	costs = {name: [sample["ns"] for sample in taken] for name, taken in samples.items()
		if all("ns" in sample for sample in taken)}
	shares = {name: min(sample["share"] for sample in taken) for name, taken in samples.items()}
	width = max([len(name) for name in values] +
		[len(f"{a} / {b}") for a, b, _ in case.ratios] +
		[len(f"{a} - {b}") for a, b, _ in case.differences])
	lines.write("case", case=case.name, title=case.title, unit=case.unit, better=case.better,
		note=case.note)
	text = [f"{case.name}: {case.title}",
		f"  {'':{width}}  {case.unit:>9}  {'min..max':>19}  {'quartiles':>19}  "
		f"{'ns/frame' if costs else '':>8}  share"]
	for name, taken in values.items():
		found = stats.summary(taken)
		cost = stats.summary(costs[name]) if name in costs else None
		lines.write("result", case=case.name, side=name, clock=case.clock, unit=case.unit,
			better=case.better, value=found, ns=cost, share_min=shares[name], values=taken)
		text.append(row(width, name, found,
			f"{cost['median']:8.3f}  {shares[name]:4.0%}" if cost else f"{'':8}  {shares[name]:4.0%}"))
	for ours, theirs, goal in case.ratios:
		found = stats.ratio(values[ours], values[theirs])
		met = None if goal is None else stats.reached(found, goal, case.better)
		disturbed = min(shares[ours], shares[theirs]) < QUIET
		lines.write("ratio", case=case.name, ours=ours, theirs=theirs, goal=goal, reached=met,
			better=case.better, disturbed=disturbed, **found)
		text.append(row(width, f"{ours} / {theirs}", {"median": found["ratio"], **found},
			goal_text(goal, "x", met, disturbed, case.better), "x"))
	for ours, theirs, goal in case.differences:
		found = stats.difference(costs[ours], costs[theirs])
		met = None if goal is None else found["difference"] <= goal
		disturbed = min(shares[ours], shares[theirs]) < QUIET
		lines.write("difference", case=case.name, ours=ours, theirs=theirs, goal=goal, reached=met,
			disturbed=disturbed, **found)
		text.append(row(width, f"{ours} - {theirs}", {"median": found["difference"], **found},
			goal_text(goal, " ns", met, disturbed), " ns"))
	text += limit_lines(lines, case.name, case.unit, case.better, case.limits, values)
	if case.note:
		text.append(f"  {case.note}")
	return "\n".join(text)


def limit_lines(lines, case, unit, better, limits, values):
	"""Goals that a side is to reach by itself: JSON lines, and lines of text."""
	for side, goal in limits:
		median = stats.summary(values[side])["median"]
		met = median <= goal if better == "less" else median >= goal
		lines.write("limit", case=case, side=side, unit=unit, better=better, goal=goal, median=median,
			reached=met)
		yield f"  {side}: {goal_text(goal, ' ' + unit, met, False, better)}"


def case_text(name, title, unit, summaries, ratios):
	"""The table of a case whose results are there already: summaries by side, rows of ratios."""
	width = max([len(side) for side in summaries] +
		[len(f"{entry['ours']} / {entry['theirs']}") for entry in ratios])
	text = [f"{name}: {title}",
		f"  {'':{width}}  {unit:>9}  {'min..max':>19}  {'quartiles':>19}"]
	for side, found in summaries.items():
		text.append(row(width, side, found))
	for entry in ratios:
		text.append(row(width, f"{entry['ours']} / {entry['theirs']}", {"median": entry["ratio"], **entry},
			goal_text(entry["goal"], "x", entry["reached"], entry["disturbed"], entry["better"]), "x"))
	return "\n".join(text)
