# SPDX-License-Identifier: BSD-3-Clause
"""bench/link.sh: the host's own connections through dlo0, beside kernel lo and DPDK's net_tap."""

import argparse
import os
import signal
import subprocess
import sys
import time

BENCH = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TOP = os.path.dirname(BENCH)
sys.path[:0] = [os.path.join(BENCH, "lib")]

import host  # noqa: E402
import sides  # noqa: E402
import table  # noqa: E402
from loads import LOADS  # noqa: E402
from process import Failure, Scratch  # noqa: E402
from report import Lines, Progress  # noqa: E402

DEFAULT_SIDES = [sides.LO, sides.VTAP, sides.VTAP_1500, sides.VTAP_SPIN, sides.TAP, sides.VIRTIO]
# Bulk is what the MTU is for; a spinning appliance is of interest where latency is.
LEFT_OUT = {"vtap spin": ("tcp4",), "vtap mtu 1500": ("udp64", "rr", "ping", "first", "idle", "http"),
	"net_tap": ("first", "idle"), "lo": ("first", "idle")}


class Context:
	"""What sides and loads need to know about this run."""

	def __init__(self, args, out):
		self.rounds = args.rounds or (3 if args.quick else 9)
		self.seconds = args.seconds or (1 if args.quick else 3)
		self.warm_up = 1
		self.dpdk_lo = os.path.join(os.path.abspath(args.build), "app", "dpdk-lo", "dpdk-lo")
		self.logs = os.path.join(out, "logs")
		self.label = ""
		self.scratch = Scratch()

	def close(self):
		self.scratch.end()
		self.scratch.remove()


def parse(argv):
	names = [load.name for load in LOADS]
	parser = argparse.ArgumentParser(prog="bench/link.sh", description=__doc__)
	parser.add_argument("--quick", action="store_true", help="three rounds of one second")
	parser.add_argument("--only", action="append", choices=names, metavar="LOAD",
		help=f"only this load, repeatable: {' '.join(names)}")
	parser.add_argument("--side", action="append", default=[], metavar="NAME[=OPTIONS]",
		help="only these sides besides lo, repeatable: one of "
			f"{', '.join(side.name for side in DEFAULT_SIDES[1:])}, or a dpdk-lo with other OPTIONS")
	parser.add_argument("--rounds", type=int, metavar="N", help="rounds of every side")
	parser.add_argument("--seconds", type=int, metavar="S", help="length of a load")
	parser.add_argument("--out", metavar="DIR", help="where results go (default: bench-results/TIME)")
	parser.add_argument("--build", default=os.path.join(TOP, "build"), help=argparse.SUPPRESS)
	args = parser.parse_args(argv)
	for number in (args.rounds, args.seconds):
		if number is not None and number < 1:
			parser.error("--rounds and --seconds take 1 or more")
	return args


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
	return tables + [text], failed


def run(args):
	enter_namespace()
	out = os.path.abspath(args.out or
		os.path.join(TOP, "bench-results", "link-" + time.strftime("%Y%m%d-%H%M%S")))
	os.makedirs(os.path.join(out, "logs"), exist_ok=True)
	ctx = Context(args, out)
	try:
		if not os.path.exists(ctx.dpdk_lo):
			raise Failure(f"{ctx.dpdk_lo} is not built: ninja -C {args.build}")
		lines = Lines(os.path.join(out, "results.jsonl"))
		cpus = sorted(os.sched_getaffinity(0))
		facts = host.facts(TOP, cpus)
		facts["memory"] = "no hugepages needed"
		facts["interference"] = host.interference(cpus)
		facts["rounds"], facts["seconds"] = ctx.rounds, ctx.seconds
		lines.write("host", **facts)
		print("\n".join(host.describe(facts)))
		for warning in host.warnings(facts):
			print(f"WARNING     {warning}")
		chosen = []
		for side in wanted_sides(args.side):
			reason = sides.missing(side)
			if reason:
				print(f"{side.name}: not measured: {reason}")
			else:
				chosen.append(side)
		print(flush=True)
		loads = [load for load in LOADS if not args.only or load.name in args.only]
		tables, failed = measure_all(ctx, chosen, loads, lines)
		with open(os.path.join(out, "table.txt"), "w", encoding="utf-8") as file:
			file.write("\n\n".join(tables) + "\n")
		print(f"results in {out}: results.jsonl, table.txt, logs/")
		return 1 if failed else 0
	finally:
		ctx.close()


def main(argv):
	def stop(number, _frame):
		raise KeyboardInterrupt(signal.Signals(number).name)

	signal.signal(signal.SIGTERM, stop)
	try:
		return run(parse(argv))
	except (Failure, OSError) as error:
		print(f"bench/link.sh: {error}", file=sys.stderr)
		return 1
	except KeyboardInterrupt:
		print("bench/link.sh: interrupted; what was finished is in the results", file=sys.stderr)
		return 130


if __name__ == "__main__":
	sys.exit(main(sys.argv[1:]))
