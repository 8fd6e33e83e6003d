# SPDX-License-Identifier: BSD-3-Clause
"""bench/link.sh: the host's own connections through dlo0, beside kernel lo and DPDK's net_tap."""

import json
import os
import subprocess
import sys

sys.path[:0] = [os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib")]

import entry  # noqa: E402
import guest  # noqa: E402
import picture  # noqa: E402
import sides  # noqa: E402
import table  # noqa: E402
from traffic import LOADS  # noqa: E402
from process import Failure, Scratch  # noqa: E402
from report import Lines, Progress  # noqa: E402

PROGRAM = "bench/link.sh"
DEFAULT_SIDES = [sides.LO, sides.VTAP, sides.VTAP_1500, sides.VTAP_SPIN, sides.VTAP_CUT, sides.TAP,
	sides.VIRTIO]
# Bulk is what the MTU is for; a spinning appliance is of interest where latency is.
LEFT_OUT = {"vtap spin": ("tcp4",), "vtap mtu 1500": ("udp64", "steady", "uso", "rr", "ping", "first", "idle",
	"http"), "net_tap": ("first", "idle"), "lo": ("first", "idle")}
# What only says one thing is measured where that is asked for.
FOR_ONE_LOAD = {"vtap without uso": "uso"}
FOR_MTU = ("lo", "vtap")


class Context:
	"""What sides and loads need to know about this run."""

	def __init__(self, args, out):
		self.rounds = args.rounds or (3 if args.quick else 9)
		self.seconds = args.seconds or (1 if args.quick else 3)
		self.warm_up = 1
		self.dpdk_lo = os.path.join(args.build, "app", "dpdk-lo", "dpdk-lo")
		self.logs = os.path.join(out, "logs")
		self.label = ""
		self.guest = os.environ.get("DLO_BENCH_GUEST", "")
		self.scratch = Scratch()

	def close(self):
		self.scratch.end()
		self.scratch.remove()


def parse(argv):
	names = [load.name for load in LOADS]
	parser = entry.parser(PROGRAM, __doc__)
	parser.add_argument("--quick", action="store_true", help="three rounds of one second")
	parser.add_argument("--only", action="append", choices=names, metavar="LOAD",
		help=f"only this load, repeatable: {' '.join(names)}")
	parser.add_argument("--side", action="append", default=[], metavar="NAME[=OPTIONS]",
		help="only these sides besides lo, repeatable: one of "
			f"{', '.join(side.name for side in DEFAULT_SIDES[1:])}, or a dpdk-lo with other OPTIONS and, "
			"after a semicolon, a command that is run when it is ready")
	parser.add_argument("--vm", action="store_true", help="in a virtual machine (QEMU, without KVM) whose kernel "
		f"has vhost-net; without --only and --side: {' '.join(guest.LOADS)} through lo, "
		f"{', '.join(guest.SIDES)}")
	parser.add_argument("--from", action="append", dest="together", metavar="DIR",
		help="measure nothing: put the samples of earlier runs together, repeatable")
	return entry.check(parser, parser.parse_args(argv))


def wanted_sides(texts):
	known = {side.name: side for side in DEFAULT_SIDES}
	return DEFAULT_SIDES if not texts else \
		[sides.LO] + [known.get(text) or sides.parse(text) for text in texts]


def enter_namespace():
	"""Nothing that is done here is to be seen outside, and nobody else's rules are to be in the way."""
	if os.environ.get("DLO_BENCH_NS"):
		subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
		return
	if os.geteuid() != 0:
		raise Failure("a link needs root (sudo bench/link.sh ...)")
	os.environ["DLO_BENCH_NS"] = "1"
	os.execvp("unshare", ["unshare", "-n", "-m", "--propagation", "private", "--", sys.executable, "-B",
		os.path.abspath(__file__), *sys.argv[1:]])


def measure(ctx, load, side):
	"""One sample of one load through one side, started for it and stopped again."""
	running = sides.Running(ctx, side.with_mtu(load.mtu) if load.mtu else side)
	try:
		meter = sides.Meter(running)
		sample = load.function(ctx, side)
		sample.update(meter.read())
	finally:
		running.stop()
	sample.setdefault("value", sample["own_cores"] * 100)
	return sample


def belongs(load, side):
	"""Whether a load is of interest through a side; always, when somebody made that side up."""
	if load.mtu and side in DEFAULT_SIDES and side.name not in FOR_MTU:
		return False
	return load.name not in LEFT_OUT.get(side.name, ()) and \
		FOR_ONE_LOAD.get(side.name, load.name) == load.name


class Run:
	"""What is measured in one go: every load through every side once a round, there and back again."""

	def __init__(self, ctx, chosen, loads, lines):
		self.ctx, self.lines = ctx, lines
		self.loads = [load for load in loads if self.can(load)]
		self.ways = {load.name: [side for side in chosen if belongs(load, side)] for load in self.loads}
		self.failed = {}
		self.found = {load.name: {side.name: [] for side in self.ways[load.name]} for load in self.loads}
		self.progress = Progress(ctx.rounds * sum(map(len, self.ways.values())))

	def can(self, load):
		reason = load.missing()
		if reason:
			self.lines.write("skipped", case=load.name, reason=reason)
			print(f"{load.name}: not measured: {reason}")
		return not reason

	def measure(self):
		"""Loads take turns too, so that a drift hits all alike."""
		for number in range(self.ctx.rounds):
			for load in self.loads:
				if load.name not in self.failed:
					self.take(load, number)
		self.progress.clear()
		return {name: samples for name, samples in self.found.items() if name not in self.failed}

	def take(self, load, number):
		ways = self.ways[load.name]
		try:
			if number == 0 and self.ctx.guest:
				# Code that runs for the first time is translated first, and the programs are read.
				self.ctx.label = f"{load.name}-0"
				measure(self.ctx, load, ways[-1])
			for side in ways if number % 2 == 0 else reversed(ways):
				self.ctx.label = f"{load.name}-{number + 1}"
				sample = measure(self.ctx, load, side)
				self.found[load.name][side.name].append(sample)
				self.lines.write("sample", case=load.name, side=side.name, round=number + 1,
					unit=load.unit, **sample)
				self.progress.step(f"{load.name}, round {number + 1}: {side.name} "
					f"{sample['value']:.1f} {load.unit}")
		except Failure as error:
			self.failed[load.name] = str(error)
			self.lines.write("failed", case=load.name, reason=str(error))
			print(f"{load.name}: FAILED: {error}", flush=True)


def taken_before(paths, loads, lines):
	"""The same, of earlier runs: what does not fit into one can be measured in several. Whether it was a guest's."""
	found, in_guest = {}, False
	for path in paths:
		try:
			with open(os.path.join(path, "results.jsonl"), encoding="utf-8") as file:
				items = [json.loads(line) for line in file]
		except (OSError, ValueError) as error:
			raise Failure(f"--from {path}: is not a run of {PROGRAM}: {error}") from error
		for item in items:
			in_guest |= bool(item.get("guest"))
			if item["type"] in ("host", "sample"):
				lines.write(item.pop("type"), **item)
			if "round" in item:
				found.setdefault(item["case"], {}).setdefault(item["side"], []).append(item)
	return {load.name: found[load.name] for load in loads if load.name in found}, in_guest


def show(out, loads, found, lines, in_guest):
	"""Tables and the picture. Goals are for real CPUs; a guest is there to compare links."""
	tables = [table.load_results(lines, load, found[load.name]) for load in loads if load.name in found]
	tables.append(table.links(lines, loads, found) if in_guest else table.goals(lines, found))
	print("\n\n".join(tables))
	entry.write_tables(out, tables)
	picture.write(os.path.join(out, "link.svg"), loads, found)
	print(f"results in {out}: results.jsonl, table.txt, link.svg, logs/")


def choose_sides(texts):
	chosen = []
	for side in wanted_sides(texts):
		reason = sides.missing(side)
		if reason:
			print(f"{side.name}: not measured: {reason}")
		else:
			chosen.append(side)
	return chosen


def measured(ctx, args, lines):
	"""What a run finds, and how many of its loads failed."""
	if not os.path.exists(ctx.dpdk_lo):
		raise Failure(f"{ctx.dpdk_lo} is not built: ninja -C {args.build}")
	entry.look_around(ctx, lines, sorted(os.sched_getaffinity(0)), "no hugepages needed",
		ctx.guest)
	loads = [load for load in LOADS if not args.only or load.name in args.only]
	this = Run(ctx, choose_sides(args.side), loads, lines)
	return this.measure(), len(this.failed)


def run(argv):
	args = parse(argv)
	if args.vm and not args.together:
		return guest.run(args, entry.make_out(args.out, "link-vm-"))
	if not args.together:
		enter_namespace()
	out = entry.make_out(args.out, "link-")
	if out in map(os.path.abspath, args.together or []):
		raise Failure(f"{out} cannot be read and written at once: choose another --out")
	ctx = Context(args, out)
	try:
		lines = Lines(os.path.join(out, "results.jsonl"))
		if args.together:
			(found, in_guest), failed = taken_before(args.together, LOADS, lines), 0
		else:
			(found, failed), in_guest = measured(ctx, args, lines), bool(ctx.guest)
		show(out, LOADS, found, lines, in_guest)
		return 1 if failed else 0
	finally:
		ctx.close()


if __name__ == "__main__":
	sys.exit(entry.main(PROGRAM, run, sys.argv[1:]))
