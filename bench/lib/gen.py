# SPDX-License-Identifier: BSD-3-Clause
"""Sides that are measured by dpdk-lo-gen at the other end: what came back, and how long it took."""

import json
import os
import re
import subprocess

from process import Failure, Process
from program import Running

# Beside its frames it waits for two seconds at most, and starts in one.
PATIENCE = 30
SETTLED = ["--bias", "off", "--drain", "0.3"]


def run_gen(ctx, name, vdev, options, *, cpu, inside=(), memory=320, patience=PATIENCE):
	"""Run dpdk-lo-gen to its end, @patience seconds at most; returns its report."""
	prefix = ctx.scratch.name("g")
	report = os.path.join(ctx.scratch.path, prefix + ".json")
	log = os.path.join(ctx.logs, re.sub(r"\W+", "-", f"{ctx.label}-{name}-gen") + ".log")
	argv = [*inside, ctx.dpdk_lo_gen, "--no-pci", "--file-prefix", prefix,
		"--lcores", f"0@{cpu}", "-m", str(memory)]
	argv += ["--single-file-segments"] if ctx.hugepages.there else ["--no-huge"]
	for one in [vdev] if isinstance(vdev, str) else vdev:
		argv += ["--vdev", ctx.fill(one)]
	process = Process(ctx.scratch, argv + ["--", *options, "--json", report], prefix, log)
	try:
		code = process.popen.wait(patience + 4 * ctx.seconds)
	except subprocess.TimeoutExpired as error:
		raise Failure(f"{name}: dpdk-lo-gen does not end; its last words:\n{process.tail()}") from error
	finally:
		process.stop()
		ctx.hugepages.forget(prefix)
	if code != 0:
		raise Failure(f"{name}: dpdk-lo-gen ended with {code} ({log}):\n{process.tail()}")
	with open(report, encoding="utf-8") as file:
		return json.load(file)


def received_mpps(report):
	return {"value": report["received"] / report["seconds"] / 1e6,
		"lost": report["lost"] / max(report["sent"], 1)}


def latency_us(report):
	found = report["latency_ns"]
	return {"value": found["p50"] / 1e3, "p99": found["p99"] / 1e3, "p99_9": found["p99_9"] / 1e3,
		"max": found["max"] / 1e3, "ccdf": report["latency_ccdf"],
		"lost": report["lost"] / max(report["sent"], 1)}


class Reflected:
	"""
	A reflector (a Side of program.py) on the measured CPU, dpdk-lo-gen on the control CPU.

	vdev, options: of the generator; value: what to make of its report
	"""

	def __init__(self, name, reflector, vdev, options, value):
		self.name, self.reflector = name, reflector
		self.vdev, self.options, self.value = vdev, options, value

	def missing(self, ctx):
		if not os.path.exists(ctx.dpdk_lo_gen):
			return f"{ctx.dpdk_lo_gen} is not built: ninja -C {ctx.build}"
		if self.reflector.program == "testpmd" and ctx.testpmd is None:
			return "dpdk-testpmd is not installed: apt-get install dpdk"
		return ""

	def measure(self, ctx, _case):
		runner = Running(ctx, self.reflector, ctx.measured, ctx.control)
		try:
			runner.wait_ready()
			runner.go()
			before = runner.process.cpu_ns()
			report = run_gen(ctx, self.name, self.vdev,
				["--duration", str(ctx.seconds), *self.options], cpu=ctx.control,
				inside=self.reflector.inside)
			runner.process.check()
			cpu = runner.process.cpu_ns() - before
		finally:
			runner.stop()
		return {"reflector_cpu_s": cpu / 1e9, **self.value(report)}
