# SPDX-License-Identifier: BSD-3-Clause
"""Reading results.jsonl back, of one run or of several that make up one, and writing them as CSV."""

import csv
import json
import os

import link_part
from process import Failure


class Results:
	"""What runs have found: later ones win where they measured the same."""

	def __init__(self):
		self.hosts = []
		self.cases = {}  # name: {"title", "unit", "better", "note"}
		self.sides = {}  # case: {side: result}
		self.ratios = {}  # case: [ratio]
		self.limits = {}  # case: [goal of one side by itself]
		self.differences = {}
		self.samples = {}  # (case, side): [sample]
		self.micro = {}
		self.skipped, self.failed = [], []

	def add(self, entry):
		kind, case = entry.get("type"), entry.get("case")
		if kind == "host":
			self.hosts.append(entry)
		elif kind == "case":
			self.cases[case] = entry
			# A case that is measured again is measured anew.
			for place in (self.sides, self.ratios, self.limits, self.differences):
				place.pop(case, None)
		elif kind == "result":
			self.cases.setdefault(case, {"title": case, "unit": entry.get("unit", "Mpps"),
				"better": "more", "note": ""})
			self.sides.setdefault(case, {})[entry["side"]] = entry
		elif kind == "ratio":
			self.ratios.setdefault(case, []).append(entry)
		elif kind == "limit":
			self.limits.setdefault(case, []).append(entry)
		elif kind == "difference":
			self.differences.setdefault(case, []).append(entry)
		elif kind == "sample":
			self.samples.setdefault((case, entry["side"]), []).append(entry)
		elif kind == "micro":
			self.micro[entry["name"]] = entry
		elif kind in ("skipped", "failed"):
			getattr(self, kind).append(entry)

	def outcome(self):
		"""What went without figures, less what a later run has figures for."""
		measured = set(self.sides)
		return ([entry for entry in self.skipped if entry.get("side") or entry["case"] not in measured],
			[entry for entry in self.failed if entry["case"] not in measured])


def is_of_link(entries):
	"""Whether bench/link.sh wrote them, by itself."""
	return any(entry.get("type") == "result" and "value" not in entry for entry in entries)


class Collector:
	"""Takes entries as a file of results does."""

	def __init__(self, found):
		self.found = found

	def write(self, kind, **values):
		self.found.add({"type": kind, **values})


def read(paths):
	found = Results()
	for path in paths:
		if os.path.isdir(path):
			path = os.path.join(path, "results.jsonl")
		try:
			with open(path, encoding="utf-8") as file:
				entries = [json.loads(line) for line in file]
			if is_of_link(entries):
				link_part.take_over(Collector(found), entries)
				entries = [entry for entry in entries if entry["type"] == "host"]
			for entry in entries:
				found.add(entry)
		except (OSError, ValueError, KeyError) as error:
			raise Failure(f"{path} is not a run of bench/run.sh or bench/link.sh: {error}") from error
	return found


def write_csv(results, path):
	"""One line for each side and each ratio."""
	with open(path, "w", encoding="utf-8", newline="") as file:
		out = csv.writer(file)
		out.writerow(["kind", "case", "name", "unit", "median", "q1", "q3", "min", "max", "n", "ns_per_frame",
			"share_min", "goal", "reached"])
		for case, sides in results.sides.items():
			limits = {entry["side"]: entry for entry in results.limits.get(case, [])}
			for side, entry in sides.items():
				value, limit = entry["value"], limits.get(side, {})
				out.writerow(["side", case, side, entry["unit"],
					*(value[key] for key in ("median", "q1", "q3", "min", "max", "n")),
					entry["ns"]["median"] if entry.get("ns") else "", entry.get("share_min", ""),
					limit.get("goal", ""), limit.get("reached", "")])
			for ratio in results.ratios.get(case, []):
				out.writerow(["ratio", case, f"{ratio['ours']} / {ratio['theirs']}", "x", ratio["ratio"],
					*(ratio[key] for key in ("q1", "q3", "min", "max", "n")), "", "",
					"" if ratio["goal"] is None else ratio["goal"],
					"" if ratio["reached"] is None else ratio["reached"]])
