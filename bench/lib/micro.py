# SPDX-License-Identifier: BSD-3-Clause
"""
The microbenchmarks, build/bench/bench_*: each prints lines of "name value unit" and takes no
arguments. They are run over and over on the measured CPU; smaller is better in every unit.
"""

import glob
import os
import subprocess
import time

import stats
from process import Failure


def programs(build):
	found = glob.glob(os.path.join(build, "bench", "**", "bench_*"), recursive=True)
	return sorted(path for path in found if "." not in os.path.basename(path) and
		os.path.isfile(path) and os.access(path, os.X_OK))


def run_once(path, cpu, timeout):
	def pin():
		os.sched_setaffinity(0, {cpu})

	try:
		done = subprocess.run([path], capture_output=True, text=True, check=False,
			timeout=timeout, preexec_fn=pin, stdin=subprocess.DEVNULL)
	except subprocess.TimeoutExpired as error:
		raise Failure(f"{path} takes longer than {timeout} s: make it shorter") from error
	if done.returncode != 0:
		raise Failure(f"{path} ended with {done.returncode}:\n{done.stderr[-2000:]}")
	found = {}
	for line in done.stdout.splitlines():
		words = line.split()
		try:
			found[words[0]] = (float(words[1]), words[2])
		except (IndexError, ValueError) as error:
			raise Failure(f'{path} printed "{line}", which is not "name value unit"') from error
	return found


def run(ctx, lines, progress):
	"""All programs, interleaved, for as many rounds as there is time. Returns a table as text."""
	paths = programs(ctx.build)
	values, units = {}, {}
	longest = 0.0
	for number in range(ctx.rounds):
		start = time.monotonic()
		if number > 0 and ctx.deadline is not None and start + longest > ctx.deadline:
			break
		for path in paths:
			for name, (value, unit) in run_once(path, ctx.measured, 120).items():
				values.setdefault(name, []).append(value)
				units[name] = unit
			progress.step(f"micro, round {number + 1}: {os.path.basename(path)}")
		longest = max(longest, time.monotonic() - start)
	progress.clear()
	if not values:
		return "micro: no microbenchmark has been built"
	width = max(map(len, values))
	text = ["micro: what the parts cost, nothing but the code and its data",
		f"  {'':{width}}  {'median':>10}  {'min..max':>21}"]
	for name, taken in values.items():
		found = stats.summary(taken)
		lines.write("micro", name=name, unit=units[name], values=taken, **found)
		text.append(f"  {name:{width}}  {found['median']:10.3f}  "
			f"{found['min']:10.3f}..{found['max']:<9.3f}  {units[name]}")
	return "\n".join(text)
