# SPDX-License-Identifier: BSD-3-Clause
"""The host's own localhost, carried, beside kernel lo: programs that know nothing of either."""

import json
import os
import re
import shutil
import signal
import subprocess
import time

from measure import Case
from netns import Netns
from process import Failure, LIBC, PR_SET_PDEATHSIG, Process

ORDER = 60
NOTE = "lo is measured with no appliance running; one floating lcore, adaptive idle policy"
HTTP_BYTES = 612


def die_with_parent():
	LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


class Server:
	"""with Server(ns, port, *argv): until it listens; ended at the end."""

	def __init__(self, ns, port, *argv):
		self.ns, self.port, self.argv = ns, port, ns.argv(*argv)

	def __enter__(self):
		self.popen = subprocess.Popen(self.argv, stdin=subprocess.DEVNULL,
			stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=die_with_parent)
		for _ in range(500):
			if self.ns.run("ss", "-Hltn", f"sport = :{self.port}"):
				return self
			time.sleep(0.02)
		self.__exit__()
		raise Failure(f"{self.argv[-1]}: nothing listens on port {self.port}")

	def __exit__(self, *_):
		self.popen.terminate()
		try:
			self.popen.wait(5)
		except subprocess.TimeoutExpired:
			self.popen.kill()
			self.popen.wait()


def number(pattern, text):
	found = re.search(pattern, text, re.M)
	if not found:
		raise Failure(f"no figure in what was printed: {text.strip()[-300:]}")
	return float(found.group(1))


def stream(ctx, ns):
	with Server(ns, 5201, "iperf3", "-s", "-1"):
		report = json.loads(ns.run("iperf3", "-c", "127.0.0.1", "-J", "-O", "1",
			"-t", str(max(1, round(ctx.seconds)))))
	return {"value": report["end"]["sum_received"]["bits_per_second"] / 1e9,
		"retransmits": report["end"]["sum_sent"]["retransmits"]}


def request_response(ctx, ns):
	with Server(ns, 11111, "sockperf", "server", "--tcp", "-p", "11111"):
		out = ns.run("sockperf", "ping-pong", "--tcp", "-i", "127.0.0.1", "-p", "11111", "-m", "64",
			"-t", str(max(1, round(ctx.seconds))), "--full-rtt")
	return {"value": number(r"percentile 50\.000 *= *([0-9.]+)", out),
		"p99": number(r"percentile 99\.000 *= *([0-9.]+)", out)}


def redis(ctx, ns):
	# Debian's redis-tools has the server under another name, and it goes by what it is called.
	server = shutil.which("redis-server") or shutil.which("redis-check-rdb")
	with Server(ns, 6379, "bash", "-c", f"exec -a redis-server {server} --port 6379 --save ''"):
		# Once to know how many fit into the time, then for that time.
		command = ["redis-benchmark", "-h", "127.0.0.1", "-c", "20", "-q", "-t", "get", "-n"]
		rate = r"GET: ([0-9.]+) requests per second, p50"
		first = number(rate, ns.run(*command, "5000").replace("\r", "\n"))
		wanted = str(max(5000, int(first * max(1, ctx.seconds))))
		out = ns.run(*command, wanted, timeout=60).replace("\r", "\n")
	return {"value": number(rate, out) / 1e3}


def http(ctx, ns):
	root = os.path.join(ctx.scratch.path, "www")
	os.makedirs(root, exist_ok=True)
	with open(os.path.join(root, "index.html"), "w", encoding="ascii") as file:
		file.write("x" * HTTP_BYTES)
	conf = os.path.join(root, "nginx.conf")
	with open(conf, "w", encoding="ascii") as file:
		file.write(f"""worker_processes 1; daemon off; pid {root}/pid; error_log {root}/error.log;
			user root; events {{ worker_connections 512; }}
			http {{ access_log off; keepalive_requests 100000000; client_body_temp_path {root}/b;
			proxy_temp_path {root}/p; fastcgi_temp_path {root}/f; uwsgi_temp_path {root}/u;
			scgi_temp_path {root}/s;
			server {{ listen 127.0.0.1:8080; root {root}; }} }}\n""")
	with Server(ns, 8080, "nginx", "-c", conf, "-e", f"{root}/error.log"):
		out = ns.run("wrk", "-t", "1", "-c", "32", "-d", f"{max(1, round(ctx.seconds))}s",
			"http://127.0.0.1:8080/")
	if "Non-2xx" in out or "Socket errors" in out:
		raise Failure(f"wrk had errors: {out[-300:]}")
	return {"value": number(r"Requests/sec: *([0-9.]+)", out) / 1e3}


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
				sample = self.load(ctx, ns)
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
			("http", f"HTTP GET of {HTTP_BYTES} bytes, 32 connections (wrk, nginx)", "kreq/s", "more",
				0.6, http, ["wrk", "nginx"])):
		sides = [Way("lo", load, programs, None), Way("dpdk-lo carried", load, programs, ["--localhost"])]
		yield Case(f"localhost-{name}", title, sides, [("dpdk-lo carried", "lo", goal)], clock="wall",
			unit=unit, better=better, note=NOTE)
