# SPDX-License-Identifier: BSD-3-Clause
"""Which figures there are, which cases a run is to measure, and which it cannot."""

import glob
import importlib
import os
import sys

from process import Failure

HERE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "figures")
# What is measured by programs of its own: the host link, parts of the code, instructions.
PARTS = ["link", "micro", "instructions"]
# What --quick measures when nobody names a figure: of each kind what says most.
BRIEF = ["ring-32", "replay-mix", "null", "memif", "vhost", "stamp", "latency", "scaling", "generator-max",
	"localhost-tcp"]


def names():
	"""All figures, in the order in which they are measured."""
	if HERE not in sys.path:
		sys.path.insert(0, HERE)
	found = [os.path.basename(path)[:-3] for path in glob.glob(os.path.join(HERE, "*.py"))]
	return sorted(found, key=lambda name: (getattr(importlib.import_module(name), "ORDER", 50), name))


def wanted(ctx, only):
	"""[case], [part], [name of a case that --quick leaves out]"""
	found, left_out, known = [], [], names()
	for name in known:
		if only and not any(pick.split("-")[0] == name for pick in only):
			continue
		for case in importlib.import_module(name).cases(ctx):
			if ctx.brief and case.name not in BRIEF:
				left_out.append(case.name)
			elif not only or name in only or case.name in only:
				found.append(case)
	measured = {case.name for case in found} | {case.name.split("-")[0] for case in found}
	for pick in only or ():
		if pick not in measured | set(PARTS):
			raise Failure(f"--only {pick}: no such figure or case; figures: "
				f"{' '.join(known + PARTS)} (some cases need --full)")
	return found, [part for part in PARTS if part in (only or ctx.parts)], left_out


def missing_side(ctx, side):
	if hasattr(side, "measure"):
		return side.missing(ctx) if hasattr(side, "missing") else ""
	if side.program == "testpmd" and ctx.testpmd is None:
		return "dpdk-testpmd is not installed: apt-get install dpdk"
	if side.program == "dpdk-lo" and not os.path.exists(ctx.dpdk_lo):
		return f"{ctx.dpdk_lo} is not built: ninja -C {ctx.build}"
	if side.plugin:
		try:
			ctx.plugin(side.plugin)
		except Failure as error:
			return str(error)
	if side.workers > len(ctx.cpus):
		return f"{side.workers} workers need {side.workers} CPUs"
	return ""


def missing(ctx, case):
	"""
	Leave out of @case the sides that cannot be measured here.
	Returns ([(side, why)], why the whole case is pointless, or "").
	"""
	gone = [(side.name, why) for side in case.sides for why in [missing_side(ctx, side)] if why]
	names_gone = {name for name, _ in gone}
	case.sides = [side for side in case.sides if side.name not in names_gone]
	case.ratios = [row for row in case.ratios if not names_gone & set(row[:2])]
	case.limits = [row for row in case.limits if row[0] not in names_gone]
	case.differences = [row for row in case.differences if not names_gone & set(row[:2])]
	if not any(side.name.startswith("dpdk-lo") for side in case.sides):
		return gone, gone[0][1] if gone else "it has no side of ours"
	return gone, ""
