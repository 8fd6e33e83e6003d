# SPDX-License-Identifier: BSD-3-Clause
"""bench/link.sh: the host's own connections through dlo0, beside kernel lo and DPDK's net_tap."""

import os
import subprocess
import sys

sys.path[:0] = [os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib")]

import entry  # noqa: E402
import picture  # noqa: E402
import sides  # noqa: E402
import table  # noqa: E402
from traffic import LOADS  # noqa: E402
from process import Failure, Scratch  # noqa: E402
from report import Lines, Progress  # noqa: E402

PROGRAM = "bench/link.sh"
DEFAULT_SIDES = [sides.LO, sides.VTAP, sides.VTAP_1500, sides.VTAP_SPIN, sides.TAP, sides.VIRTIO]
# Bulk is what the MTU is for; a spinning appliance is of interest where latency is.
LEFT_OUT = {"vtap spin": ("tcp4",), "vtap mtu 1500": ("udp64", "uso", "rr", "ping", "first", "idle", "http"),
	"net_tap": ("first", "idle"), "lo": ("first", "idle")}


class Context:
	"""What sides and loads need to know about this run."""

	def __init__(self, args, out):
		self.rounds = args.rounds or (3 if args.quick else 9)
		self.seconds = args.seconds or (1 if args.quick else 3)
		self.warm_up = 1
		self.dpdk_lo = os.path.join(args.build, "app", "dpdk-lo", "dpdk-lo")
		self.logs = os.path.join(out, "logs")
		self.label = ""
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
			f"{', '.join(side.name for side in DEFAULT_SIDES[1:])}, or a dpdk-lo with other OPTIONS")
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
	running = sides.Running(ctx, side)
	try:
		meter = sides.Meter(running)
		sample = load.function(ctx, side)
		sample.update(meter.read())
	finally:
		running.stop()
	sample.setdefault("value", sample["own_cores"] * 100)
	return sample


def measure_load(ctx, load, chosen, lines, progress):
	"""{side name: [sample]} of all rounds: there and back again, so that a drift hits all alike."""
	samples = {side.name: [] for side in chosen}
	for number in range(ctx.rounds):
		for side in chosen if number % 2 == 0 else reversed(chosen):
			ctx.label = f"{load.name}-{number + 1}"
			sample = measure(ctx, load, side)
			samples[side.name].append(sample)
			lines.write("sample", case=load.name, side=side.name, round=number + 1,
				unit=load.unit, **sample)
			progress.step(f"{load.name}, round {number + 1}: {side.name} "
				f"{sample['value']:.1f} {load.unit}")
	return samples


def measure_all(ctx, chosen, loads, lines):
	progress = Progress(len(loads) * len(chosen) * ctx.rounds)
	tables, found, failed = [], {}, 0
	for load in loads:
		ways = [side for side in chosen if load.name not in LEFT_OUT.get(side.name, ())]
		reason = load.missing()
		try:
			if not reason:
				found[load.name] = measure_load(ctx, load, ways, lines, progress)
				text = table.load_results(lines, load, found[load.name])
			else:
				lines.write("skipped", case=load.name, reason=reason)
				text = f"{load.name}: not measured: {reason}"
		except Failure as error:
			failed += 1
			lines.write("failed", case=load.name, reason=str(error))
			text = f"{load.name}: FAILED: {error}"
		progress.clear()
		print(text + "\n", flush=True)
		tables.append(text)
	text = table.goals(lines, found)
	print(text)
	return tables + [text], found, failed


def choose_sides(texts):
	chosen = []
	for side in wanted_sides(texts):
		reason = sides.missing(side)
		if reason:
			print(f"{side.name}: not measured: {reason}")
		else:
			chosen.append(side)
	return chosen


def run(argv):
	args = parse(argv)
	enter_namespace()
	out = entry.make_out(args.out, "link-")
	ctx = Context(args, out)
	try:
		if not os.path.exists(ctx.dpdk_lo):
			raise Failure(f"{ctx.dpdk_lo} is not built: ninja -C {args.build}")
		lines = Lines(os.path.join(out, "results.jsonl"))
		entry.look_around(ctx, lines, sorted(os.sched_getaffinity(0)), "no hugepages needed")
		chosen = choose_sides(args.side)
		loads = [load for load in LOADS if not args.only or load.name in args.only]
		tables, found, failed = measure_all(ctx, chosen, loads, lines)
		entry.write_tables(out, tables)
		picture.write(os.path.join(out, "link.svg"), loads, found)
		print(f"results in {out}: results.jsonl, table.txt, link.svg, logs/")
		return 1 if failed else 0
	finally:
		ctx.close()


if __name__ == "__main__":
	sys.exit(entry.main(PROGRAM, run, sys.argv[1:]))
