# SPDX-License-Identifier: BSD-3-Clause
"""What is sent through a side, each with a program that everybody knows. Every load returns a dict:
value (in the load's unit), and whatever else is worth knowing."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time

import stats
from process import Failure, LIBC, PR_SET_PDEATHSIG

HTTP_PORT, IPERF_PORT, SOCKPERF_PORT = 8080, 5201, 11111
HTTP_BYTES = 612


def die_with_parent():
	LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def start(*argv, **more):
	return subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
		stderr=subprocess.STDOUT, text=True, preexec_fn=die_with_parent, **more)


def run(*argv, seconds):
	"""Output of a client; its failure is ours."""
	process = start(*argv)
	try:
		out, _ = process.communicate(timeout=seconds + 15)
	except subprocess.TimeoutExpired:
		process.kill()
		process.communicate()
		raise Failure(f"{' '.join(argv)}: did not end") from None
	if process.returncode != 0:
		raise Failure(f"{' '.join(argv)}: ended with {process.returncode}: {out.strip()[-300:]}")
	return out


def wait_listening(port, kind=socket.SOCK_STREAM):
	"""Until a server listens, without connecting: some serve one client only."""
	path = "/proc/net/tcp" if kind == socket.SOCK_STREAM else "/proc/net/udp"
	for _ in range(500):
		for name in (path, path + "6"):
			with open(name, encoding="ascii") as file:
				for line in file.readlines()[1:]:
					fields = line.split()
					listens = kind == socket.SOCK_DGRAM or fields[3] == "0A"
					if listens and int(fields[1].rsplit(":", 1)[1], 16) == port:
						return
		time.sleep(0.01)
	raise Failure(f"no server listens on port {port}")


def end(process):
	process.terminate()
	try:
		process.communicate(timeout=5)
	except subprocess.TimeoutExpired:
		process.kill()
		process.communicate()


def retransmits():
	"""TCP segments sent again in this namespace, and those that DSACK proved needless."""
	with open("/proc/net/snmp", encoding="ascii") as file:
		tcp = [line.split() for line in file if line.startswith("Tcp:")]
	with open("/proc/net/netstat", encoding="ascii") as file:
		ext = [line.split() for line in file if line.startswith("TcpExt:")]
	again = int(dict(zip(tcp[0], tcp[1]))["RetransSegs"])
	needless = int(dict(zip(ext[0], ext[1]))["TCPDSACKRecv"])
	return again, needless


def iperf(ctx, side, *options):
	server = start("iperf3", "-s", "-1", "-p", str(IPERF_PORT))
	try:
		wait_listening(IPERF_PORT)
		before = retransmits()
		report = json.loads(run("iperf3", "-c", side.address, "-p", str(IPERF_PORT), "-J",
			"-t", str(ctx.seconds), *options, seconds=ctx.seconds + ctx.warm_up))
		again, needless = (now - then for now, then in zip(retransmits(), before))
		return report["end"], {"retransmits": again, "needless": needless}
	finally:
		end(server)


def tcp(streams):
	def load(ctx, side):
		report, more = iperf(ctx, side, "-P", str(streams), "-O", str(ctx.warm_up))
		return {"value": report["sum_received"]["bits_per_second"] / 1e9, **more}
	return load


def udp64(ctx, side):
	"""Ethernet, IPv4 and UDP take 42 of 64 bytes. As fast as one sender can: loss is part of it."""
	report, _ = iperf(ctx, side, "-u", "-b", "0", "-l", "22")
	got = report["sum"]["packets"] - report["sum"]["lost_packets"]
	seconds = report["sum"]["seconds"]
	return {"value": got / seconds / 1e3, "offered_kpps": report["sum"]["packets"] / seconds / 1e3}


def request_response(ctx, side):
	server = start("sockperf", "server", "--tcp", "-p", str(SOCKPERF_PORT))
	try:
		wait_listening(SOCKPERF_PORT)
		out = run("sockperf", "ping-pong", "--tcp", "-i", side.address, "-p", str(SOCKPERF_PORT),
			"-m", "64", "-t", str(ctx.seconds), "--full-rtt", seconds=ctx.seconds)
	finally:
		end(server)
	found = {key: float(value) for key, value in
		re.findall(r"percentile (50|99)\.000 *= *([0-9.]+)", out)}
	if len(found) != 2:
		raise Failure(f"sockperf says nothing about percentiles: {out[-300:]}")
	return {"value": found["50"], "p99": found["99"]}


def ping(ctx, side):
	"""Many round trips, one after the other, with a pause in which everybody goes to sleep."""
	out = run("ping", "-n", "-i", "0.005", "-c", str(int(ctx.seconds / 0.005)), side.address,
		seconds=ctx.seconds)
	times = sorted(float(text) * 1e3 for text in re.findall(r"time=([0-9.]+) ms", out))
	return {"value": stats.summary(times)["median"], "p99": times[int(len(times) * 0.99)],
		"max": times[-1]}


def first_frame(ctx, side):
	"""The first frame after a second of idleness."""
	times = []
	for _ in range(max(2, int(ctx.seconds))):
		time.sleep(1.0)
		out = run("ping", "-n", "-c", "1", "-W", "2", side.address, seconds=2)
		times.append(float(re.search(r"time=([0-9.]+) ms", out).group(1)) * 1e3)
	return {"value": stats.summary(times)["median"], "max": max(times)}


def http(ctx, side):
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
			server {{ listen {HTTP_PORT}; root {root}; }} }}\n""")
	server = start("nginx", "-c", conf, "-e", f"{root}/error.log")
	try:
		wait_listening(HTTP_PORT)
		out = run("wrk", "-t", "1", "-c", "32", "-d", f"{max(1, int(ctx.seconds))}s", "--latency",
			f"http://{side.address}:{HTTP_PORT}/", seconds=ctx.seconds)
	finally:
		end(server)
	if "Non-2xx" in out or "Socket errors" in out:
		raise Failure(f"wrk had errors: {out[-300:]}")
	return {"value": float(re.search(r"Requests/sec: *([0-9.]+)", out).group(1)) / 1e3}


def idle(ctx, _side):
	"""Nothing at all; what counts is the CPU time, which is measured for every load."""
	time.sleep(ctx.seconds)
	return {}


class Load:
	"""name, what it is, unit, whether more is better, function, the programs that it takes"""

	def __init__(self, name, title, unit, more, function, *programs):
		self.name, self.title, self.unit, self.more = name, title, unit, more
		self.function, self.programs = function, programs

	def missing(self):
		found = [program for program in self.programs if not shutil.which(program)]
		return f"{', '.join(found)} is not installed" if found else ""


LOADS = [
	Load("tcp1", "one TCP stream (iperf3)", "Gbit/s", True, tcp(1), "iperf3"),
	Load("tcp4", "four TCP streams (iperf3)", "Gbit/s", True, tcp(4), "iperf3"),
	Load("udp64", "UDP in frames of 64 bytes, received (iperf3)", "kpps", True, udp64, "iperf3"),
	Load("rr", "TCP request and response of 64 bytes, round trip p50 (sockperf)", "us", False,
		request_response, "sockperf"),
	Load("ping", "ICMP echo every 5 ms, round trip p50 (ping)", "us", False, ping, "ping"),
	Load("first", "first ICMP echo after a second of idleness, p50 (ping)", "us", False,
		first_frame, "ping"),
	Load("http", f"HTTP GET of {HTTP_BYTES} bytes, 32 connections (wrk, nginx)", "kreq/s", True, http,
		"wrk", "nginx"),
	Load("idle", "no traffic; CPU time of the appliance", "% core", False, idle),
]
