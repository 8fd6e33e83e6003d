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
# What the suite is to show in the end; a figure of another name may be there besides.
PROMISED = {
	"ring": "dpdk-lo against testpmd over net_ring, 64 B",
	"replay": "the same with mixed frames",
	"null": "wire over net_null",
	"memif": "l4 over memif",
	"vhost": "l4 over vhost-user",
	"scaling": "a second lcore",
	"xdp": "AF_XDP against xdp-bench in the kernel",
	"sizes": "what comes back over memif, by frame size",
	"latency": "round trip through each port, and its tail",
	"generator": "what dpdk-lo-gen can do by itself",
	"link": "the host link against the kernel's lo and net_tap, and what it costs when idle",
	"localhost": "carried localhost against the kernel's lo",
	"stamp": "STAMP answers per core against a socket reflector",
}


def names():
	"""All figures, in the order in which they are measured."""
	if HERE not in sys.path:
		sys.path.insert(0, HERE)
	found = [os.path.basename(path)[:-3] for path in glob.glob(os.path.join(HERE, "*.py"))]
	return sorted(found, key=lambda name: (getattr(importlib.import_module(name), "ORDER", 50), name))


def absent(known):
	"""[(name, what)] of what has not been written yet."""
	return [(name, what) for name, what in PROMISED.items()
		if name not in known and name not in PARTS]


def wanted(ctx, only):
	"""[case], [part]"""
	found, known = [], names()
	for name in known:
		if only and not any(pick.split("-")[0] == name for pick in only):
			continue
		for case in importlib.import_module(name).cases(ctx):
			if not only or name in only or case.name in only:
				found.append(case)
	if only:
		measured = {case.name for case in found} | {case.name.split("-")[0] for case in found}
		for pick in only:
			if pick in PROMISED and pick not in known and pick not in PARTS:
				raise Failure(f"--only {pick}: there is no such figure yet; there are: "
					f"{' '.join(known + PARTS)}")
			if pick not in measured | set(PARTS):
				raise Failure(f"--only {pick}: no such figure or case; figures: "
					f"{' '.join(known + PARTS)} (some cases need --full)")
	return found, [part for part in PARTS if part in (only or ctx.parts)]


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
	case.differences = [row for row in case.differences if not names_gone & set(row[:2])]
	if not any(side.name.startswith("dpdk-lo") for side in case.sides):
		return gone, gone[0][1] if gone else "it has no side of ours"
	return gone, ""
