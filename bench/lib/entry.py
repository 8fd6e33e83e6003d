# SPDX-License-Identifier: BSD-3-Clause
"""What the suites have in common at their start and end: options, results, host facts, signals."""

import argparse
import os
import signal
import sys
import time

import host
from process import Failure

BENCH = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TOP = os.path.dirname(BENCH)


def parser(program, description):
	made = argparse.ArgumentParser(prog=program, description=description)
	made.add_argument("--out", metavar="DIR", help="where results go (default: bench-results/TIME)")
	made.add_argument("--rounds", type=int, metavar="N", help="rounds of every side")
	made.add_argument("--seconds", type=float, metavar="S", help="length of a measuring window or load")
	made.add_argument("--build", default=os.path.join(TOP, "build"), help=argparse.SUPPRESS)
	return made


def check(made, args):
	if args.rounds is not None and args.rounds < 1:
		made.error("--rounds takes 1 or more")
	if args.seconds is not None and args.seconds <= 0:
		made.error("--seconds takes more than 0")
	args.build = os.path.abspath(args.build)
	return args


def make_out(path, stem=""):
	path = os.path.abspath(path or
		os.path.join(TOP, "bench-results", stem + time.strftime("%Y%m%d-%H%M%S")))
	try:
		os.makedirs(os.path.join(path, "logs"), exist_ok=True)
	except OSError as error:
		raise Failure(f"cannot make {path}: {error.strerror}; choose another --out") from error
	return path


def look_around(ctx, lines, cpus, memory, guest=""):
	"""Host facts into the results and onto the terminal; returns the warnings. @guest: what is special about it."""
	facts = host.facts(TOP, cpus)
	facts["memory"] = memory
	facts["interference"] = host.interference(cpus)
	facts["warnings"] = list(host.warnings(facts))
	if guest:
		facts["guest"] = guest
		facts["warnings"].append(guest)
	facts["rounds"], facts["seconds"] = ctx.rounds, ctx.seconds
	lines.write("host", **facts)
	print("\n".join(host.describe(facts)))
	for warning in facts["warnings"]:
		print(f"WARNING     {warning}")
	print(flush=True)
	return facts["warnings"]


def write_tables(out, tables):
	with open(os.path.join(out, "table.txt"), "w", encoding="utf-8") as file:
		file.write("\n\n".join(tables) + "\n")


def main(program, run, argv):
	"""@run takes the arguments and returns an exit code; whatever ends it is said in one sentence."""
	def end(number, _frame):
		raise KeyboardInterrupt(signal.Signals(number).name)

	signal.signal(signal.SIGTERM, end)
	try:
		return run(argv)
	except (Failure, OSError) as error:
		print(f"{program}: {error}", file=sys.stderr)
		return 1
	except KeyboardInterrupt:
		print(f"{program}: interrupted; what was finished is in the results", file=sys.stderr)
		return 130
