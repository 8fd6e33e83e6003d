# SPDX-License-Identifier: BSD-3-Clause
"""bench/run.sh: measure dpdk-lo and its peers side by side."""

import os
import shutil
import sys
import time

import entry
import figures
import host
import instructions
import link_part
import micro
import page
import results
from hugepages import Hugepages
from figures import PARTS
from measure import run_case
from process import Failure, Scratch
from report import Lines, Progress, case_results

PROGRAM = "bench/run.sh"
# What --quick takes altogether, and of that for the parts; fewer rounds where the machine is slower.
QUICK_SECONDS, QUICK_PARTS_SECONDS = 165, 45


class Context:
	"""What figures and runners need to know about this run."""

	def __init__(self, args, out):
		self.full, self.quick = args.full, args.quick
		# A look at everything in three minutes; who names a figure wants that, however long it takes.
		self.brief = args.quick and not args.only
		# valgrind takes its time.
		self.parts = [part for part in PARTS if part != "instructions" or not args.quick]
		self.rounds = args.rounds or (3 if args.quick else 9)
		self.seconds = args.seconds or (0.4 if args.quick else 1.0)
		self.warm_up = 0.2 if args.quick else 0.5
		# How often a disturbed window is tried again, and by when to be done.
		self.tries = 1 if args.quick else 3
		self.start, self.deadline = time.monotonic(), None
		self.build = args.build
		self.testpmd = shutil.which("dpdk-testpmd")
		self.dpdk_lo = os.path.join(self.build, "app", "dpdk-lo", "dpdk-lo")
		self.dpdk_lo_gen = os.path.join(self.build, "app", "dpdk-lo-gen", "dpdk-lo-gen")
		self.cpus = sorted(os.sched_getaffinity(0))
		self.control, self.measured = args.cpus or (self.cpus[0], self.cpus[-1])
		self.logs = os.path.join(out, "logs")
		self.label = ""
		self.scratch = Scratch()
		self.hugepages = None
		self.help = None

	def close(self):
		self.scratch.end()
		if self.hugepages:
			self.hugepages.release()
		self.scratch.remove()

	def fill(self, vdev):
		"""Sockets are new for every start: what a killed program left there is in nobody's way."""
		here = os.path.join(self.scratch.path, self.label)
		if "{dir}" in vdev:
			os.makedirs(here, exist_ok=True)
		return vdev.replace("{dir}", here)

	def knows(self, option):
		"""Does the dpdk-lo at hand have this option?"""
		if self.help is None:
			self.help = host.output(self.dpdk_lo, "--help")
		return option in self.help

	def plugin(self, name):
		so = f"librte_net_{name}.so"
		where = [os.path.join(self.build, "bench", "pmd", so),
			os.path.join(self.build, "drivers", "net", name, so)]
		path = next(filter(os.path.exists, where), None)
		if path is None:
			raise Failure(f"{where[0]} is missing: it needs DPDK's driver headers; configure again "
				"with network access or -Ddriver_headers=DIR")
		return path


def parse(argv):
	parser = entry.parser(PROGRAM, __doc__)
	size = parser.add_mutually_exclusive_group()
	size.add_argument("--quick", action="store_true",
		help="short windows, three rounds or fewer, the figures that say most: three minutes")
	size.add_argument("--full", action="store_true",
		help="nine rounds, with the profiles and sides that --quick and the default leave out")
	parser.add_argument("--only", action="append", metavar="NAME",
		help=f"only this figure or case, repeatable; figures: {' '.join(figures.names() + PARTS)}")
	parser.add_argument("--cpus", type=lambda text: [int(cpu) for cpu in text.split(",")],
		metavar="C,M", help="control CPU and measured CPU (default: the first and the last)")
	parser.add_argument("--no-huge", action="store_true",
		help="both programs without hugepages, as newcomers start them")
	parser.add_argument("--strict", action="store_true",
		help="end with an error when others use the CPUs, instead of warning")
	args = entry.check(parser, parser.parse_args(argv))
	if args.cpus and (len(args.cpus) != 2 or args.cpus[0] == args.cpus[1]):
		parser.error("--cpus takes two different CPUs: --cpus 0,1")
	strange = set(args.cpus or ()) - os.sched_getaffinity(0)
	if strange:
		parser.error(f"--cpus: CPU {strange.pop()} is not among those that we may use: "
			f"{','.join(map(str, sorted(os.sched_getaffinity(0))))}")
	return args


def look_around(ctx, lines, strict):
	warnings = entry.look_around(ctx, lines, [ctx.control, ctx.measured], ctx.hugepages.text)
	if not ctx.hugepages.there:
		print("WARNING     without hugepages every mbuf has the same place in its page, and cache "
			"conflicts\n            outweigh everything else\n", flush=True)
	if strict and warnings:
		raise Failure("the machine is not quiet and --strict was given: see the warnings")


def fit(ctx, progress, nb_sides, nb_left):
	"""Rounds for the next case, of @nb_left sides that are to come; fewer where --quick would take longer."""
	if ctx.deadline is None:
		return ctx.rounds
	share = (ctx.deadline - time.monotonic()) * nb_sides / nb_left
	fitting = int(share / max(progress.seconds_per_step() * nb_sides, 0.1))
	return max(1, min(ctx.rounds, fitting))


RUNNERS = {
	"link": (link_part.run, lambda ctx: link_part.missing()),
	"micro": (micro.run, lambda ctx: ""),
	"instructions": (instructions.run, instructions.missing),
}


def measure_parts(ctx, parts, progress, lines, show):
	"""Returns the number of parts that failed."""
	failed = 0
	for part in parts:
		run_part, missing = RUNNERS[part]
		try:
			if missing(ctx):
				lines.write("skipped", case=part, reason=missing(ctx))
				show(f"{part}: not measured: {missing(ctx)}")
			else:
				show(run_part(ctx, lines, progress))
		except Failure as error:
			failed += 1
			lines.write("failed", case=part, reason=str(error))
			show(f"{part}: FAILED: {error}")
	return failed


def measure_all(ctx, cases, parts, lines, tables):
	"""Adds to @tables as it goes; returns how much failed."""
	steps = sum(len(case.sides) for case in cases)
	if "micro" in parts:
		steps += len(micro.programs(ctx.build))
	progress = Progress(steps * ctx.rounds)
	planned = progress.total
	failed = 0

	def show(text):
		progress.clear()
		tables.append(text)
		print(text + "\n", flush=True)

	if ctx.brief:
		ctx.deadline = ctx.start + QUICK_SECONDS - (QUICK_PARTS_SECONDS if parts else 0)
	for at, case in enumerate(cases):
		def report(number, side, sample, case=case):
			lines.write("sample", case=case.name, side=side.name, round=number + 1, **sample)
			progress.step(f"{case.name}, round {number + 1}: {side.name} {sample['value']:.4g} "
				+ case.unit
				+ ("" if sample["share"] > 0.9 else f" (had {sample['share']:.0%} of its CPU)"))

		planned -= len(case.sides) * ctx.rounds
		gone, reason = figures.missing(ctx, case)
		if reason:
			lines.write("skipped", case=case.name, reason=reason)
			show(f"{case.name}: not measured: {reason}")
			progress.total = progress.done + planned
			continue
		for side, why in gone:
			lines.write("skipped", case=case.name, side=side, reason=why)
			show(f"{case.name}: without {side}: {why}")
		try:
			rounds = fit(ctx, progress, len(case.sides), sum(len(later.sides) for later in cases[at:]))
			samples = run_case(ctx, case, rounds, report)
			short = "" if rounds == ctx.rounds else \
				f"  (only {rounds} of {ctx.rounds} rounds: this machine is too slow for --quick)\n"
			show(short + case_results(lines, case, samples))
		except Failure as error:
			failed += 1
			lines.write("failed", case=case.name, reason=str(error))
			show(f"{case.name}: FAILED: {error}")
		progress.total = progress.done + planned
	if ctx.brief:
		ctx.deadline = ctx.start + QUICK_SECONDS
	return failed + measure_parts(ctx, parts, progress, lines, show)


def write_out(out, tables):
	"""All that people read, from what has been measured."""
	entry.write_tables(out, tables)
	found = results.read([out])
	results.write_csv(found, os.path.join(out, "results.csv"))
	page.write(found, os.path.join(out, "report.html"))
	print(f"results in {out}: report.html, results.jsonl, results.csv, table.txt, logs/")


def run(argv):
	args = parse(argv)
	out = entry.make_out(args.out)
	ctx = Context(args, out)
	tables = []
	try:
		if len(ctx.cpus) < 2:
			raise Failure("one CPU is not enough: a control CPU and a measured one are needed")
		lines = Lines(os.path.join(out, "results.jsonl"))
		cases, parts, left_out = figures.wanted(ctx, args.only)
		ctx.hugepages = Hugepages(ctx.scratch, not args.no_huge)
		look_around(ctx, lines, args.strict)
		os.sched_setaffinity(0, {ctx.control})
		for name in left_out:
			lines.write("skipped", case=name, reason="not with --quick, unless --only names it")
		try:
			failed = measure_all(ctx, cases, parts, lines, tables)
		except KeyboardInterrupt:
			write_out(out, tables)
			raise
		write_out(out, tables)
		return 1 if failed else 0
	finally:
		ctx.close()


if __name__ == "__main__":
	sys.exit(entry.main(PROGRAM, run, sys.argv[1:]))
