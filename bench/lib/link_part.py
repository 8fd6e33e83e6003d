# SPDX-License-Identifier: BSD-3-Clause
"""The host link: bench/link.sh measures it, in a namespace of its own; its results become ours."""

import json
import os
import subprocess
import sys
import time

import stats
from process import Failure
from report import case_text, limit_lines

BENCH = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# With --quick: what the goals are about, and how long a round of it takes.
BRIEF = ["--only", "tcp1", "--only", "idle", "--side", "vtap", "--side", "net_tap"]
BRIEF_SECONDS = 13
LESS = ("us", "% core")
# All but the kernel's own way are a dpdk-lo; its slowest link is a yardstick.
PEERS = ("lo", "net_tap")
IDLE_SIDE, IDLE_GOAL = "dpdk-lo vtap", 2.0  # % of a core


def missing():
	return "" if os.geteuid() == 0 else "it needs root for a namespace"


def named(side):
	return side if side in PEERS else f"dpdk-lo {side}"


def argv(ctx, out):
	rounds = ctx.rounds
	if ctx.deadline is not None:
		rounds = max(1, min(rounds, int((ctx.deadline - time.monotonic()) / BRIEF_SECONDS)))
	return [sys.executable, "-B", os.path.join(BENCH, "link", "main.py"), "--out", out,
		"--rounds", str(rounds), "--seconds", "1" if ctx.quick else "3", "--build", ctx.build,
		*(BRIEF if ctx.brief else [])]


def take_over(lines, entries):
	"""Write the results as a figure's; returns their tables. What a guest measured is another case."""
	stem = "link-vm" if any(entry.get("guest") for entry in entries) else "link"
	values, units, titles = {}, {}, {}
	for entry in entries:
		if entry["type"] == "result":
			values.setdefault(entry["case"], {})[named(entry["side"])] = entry["values"]
			units[entry["case"]], titles[entry["case"]] = entry["unit"], entry["title"]
		elif entry["type"] in ("skipped", "failed"):
			lines.write(entry["type"], case=f"{stem}-{entry['case']}", reason=entry["reason"])
	tables = []
	for case, sides in values.items():
		unit, title = units[case], titles[case]
		better = "less" if unit in LESS else "more"
		lines.write("case", case=f"{stem}-{case}", title=title, unit=unit, better=better,
			note="in a virtual machine without KVM" if stem == "link-vm" else "")
		for side, taken in sides.items():
			lines.write("result", case=f"{stem}-{case}", side=side, unit=unit, better=better, clock="wall",
				value=stats.summary(taken), ns=None, share_min=1.0, values=taken)
		ratios = []
		for entry in entries:
			if entry["type"] == "ratio" and entry["case"] == case:
				found = {key: entry[key] for key in ("ratio", "q1", "q3", "min", "max", "n", "goal", "reached")}
				base = "" if entry["base"] == case else f"{entry['base']} "
				ratios.append({"ours": named(entry["ours"]), "theirs": base + named(entry["theirs"]),
					"better": better, "disturbed": False, **found})
		if case == "idle":
			ratios = []
		for ratio in ratios:
			lines.write("ratio", case=f"{stem}-{case}", **ratio)
		idle = [(side, IDLE_GOAL) for side in (IDLE_SIDE,) if case == "idle" and side in sides]
		goals = list(limit_lines(lines, f"{stem}-{case}", unit, better, idle, sides))
		tables.append(case_text(f"{stem}-{case}", title, unit,
			{side: stats.summary(taken) for side, taken in sides.items()}, ratios) + "".join("\n" + line for line in goals))
	return tables


def run(ctx, lines, _progress):
	"""Returns tables as text."""
	out = os.path.join(os.path.dirname(ctx.logs), "link")
	done = subprocess.run(argv(ctx, out), check=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
		preexec_fn=lambda: os.sched_setaffinity(0, set(ctx.cpus)))
	try:
		with open(os.path.join(out, "results.jsonl"), encoding="utf-8") as file:
			entries = [json.loads(line) for line in file]
	except (OSError, ValueError) as error:
		raise Failure(f"bench/link.sh ended with {done.returncode} and left no results: {error}") from error
	return "\n\n".join(take_over(lines, entries))
