# SPDX-License-Identifier: BSD-3-Clause
"""The host's own localhost, carried, beside kernel lo: programs that know nothing of either."""

import os
import re
import shutil

import loads
from measure import Case
from netns import Netns
from process import Failure, Process

ORDER = 60
NOTE = "lo is measured with no appliance running; one floating lcore, adaptive idle policy"
LO = "127.0.0.1"


def stream(ctx, place):
	end = loads.iperf(place, LO, ctx.seconds, "-O", "1")
	return {"value": end["sum_received"]["bits_per_second"] / 1e9,
		"retransmits": end["sum_sent"]["retransmits"]}


def request_response(ctx, place):
	return loads.sockperf(place, LO, ctx.seconds)


def redis(ctx, place):
	# Debian's redis-tools has the server under another name, and it goes by what it is called.
	server = shutil.which("redis-server") or shutil.which("redis-check-rdb")
	with place.serve(6379, "bash", "-c", f"exec -a redis-server {server} --port 6379 --save ''"):
		# Once to know how many fit into the time, then for that time.
		command = ["redis-benchmark", "-h", LO, "-c", "20", "-q", "-t", "get", "-n"]
		rate = r"GET: ([0-9.]+) requests per second, p50"
		first = loads.number(rate, place.run(*command, "5000", seconds=1).replace("\r", "\n"))
		wanted = str(max(5000, int(first * max(1, ctx.seconds))))
		out = place.run(*command, wanted, seconds=ctx.seconds).replace("\r", "\n")
	return {"value": loads.number(rate, out) / 1e3}


def http(ctx, place):
	return loads.http(place, LO, ctx.seconds, ctx.scratch.path)


class Way:
	"""A side: a load over localhost, native or carried by a dpdk-lo with these options."""

	def __init__(self, name, load, programs, options):
		self.name, self.load, self.programs, self.options = name, load, programs, options

	def missing(self, ctx):
		found = [program for program in self.programs if not shutil.which(program)]
		if found:
			return f"{', '.join(found)} is not installed"
		if self.options and not ctx.knows("--localhost"):
			return "this dpdk-lo has no --localhost"
		return ""

	def carry(self, ctx, ns):
		prefix = ctx.scratch.name("c")
		log = os.path.join(ctx.logs, re.sub(r"\W+", "-", f"{ctx.label}-{self.name}") + ".log")
		process = Process(ctx.scratch, ns.argv(ctx.dpdk_lo, "--file-prefix", prefix, "--",
			*self.options), prefix, log)
		process.wait_for('"dpdk-lo: ready"', lambda: process.said("dpdk-lo: ready"))
		return process

	def measure(self, ctx, _case):
		# Three programs, and the scheduler's business who runs where: on all CPUs that we may use.
		here = os.sched_getaffinity(0)
		os.sched_setaffinity(0, ctx.cpus)
		try:
			return self.measure_here(ctx)
		finally:
			os.sched_setaffinity(0, here)

	def measure_here(self, ctx):
		with Netns(ctx) as ns:
			process = self.carry(ctx, ns) if self.options else None
			try:
				sample = self.load(ctx, loads.Place(ns.argv()))
				if process:
					process.check()
					state = process.ask("/dlo/localhost") or {}
					if state.get("back_tcp", 0) < 1000:
						raise Failure("localhost was not carried: see the log of dpdk-lo")
					sample["native_stalled"] = state["native_stalled"]
				return sample
			finally:
				if process:
					process.stop(patience=10)


def cases(_ctx):
	for name, title, unit, better, goal, load, programs in (
			("tcp", "one TCP stream (iperf3)", "Gbit/s", "more", 0.9, stream, ["iperf3"]),
			("rr", "TCP request and response of 64 bytes, round trip p50 (sockperf)", "us", "less", 2.0,
				request_response, ["sockperf"]),
			("redis", "Redis GET, 20 connections (redis-benchmark)", "kreq/s", "more", 0.6, redis,
				["redis-benchmark"]),
			("http", f"HTTP GET of {loads.HTTP_BYTES} bytes, 32 connections (wrk, nginx)", "kreq/s", "more",
				0.6, http, ["wrk", "nginx"])):
		sides = [Way("lo", load, programs, None), Way("dpdk-lo carried", load, programs, ["--localhost"])]
		yield Case(f"localhost-{name}", f"carried localhost: {title}", sides, [("dpdk-lo carried", "lo", goal)], clock="wall",
			unit=unit, better=better, note=NOTE)
