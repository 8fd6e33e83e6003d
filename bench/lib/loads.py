# SPDX-License-Identifier: BSD-3-Clause
"""What everybody has to make a host talk to itself: iperf3, sockperf, wrk with nginx. In a namespace or here."""

import json
import os
import re
import signal
import subprocess
import time

from process import Failure, LIBC, PR_SET_PDEATHSIG

IPERF_PORT, SOCKPERF_PORT, HTTP_PORT = 5201, 11111, 8080
HTTP_BYTES = 612


def die_with_parent():
	LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def number(pattern, text):
	found = re.search(pattern, text, re.M)
	if not found:
		raise Failure(f"no figure in what was printed: {text.strip()[-300:]}")
	return float(found.group(1))


class Place:
	"""
	Where programs are started.

	enter: words in front of a program's, which take it into a namespace
	"""

	def __init__(self, enter=()):
		self.enter = list(enter)

	def start(self, *argv):
		try:
			return subprocess.Popen([*self.enter, *argv], stdin=subprocess.DEVNULL,
				stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, preexec_fn=die_with_parent)
		except OSError as error:
			raise Failure(f"{argv[0]} does not start: {error.strerror}") from error

	def run(self, *argv, seconds):
		"""Output of a client that takes about @seconds; its failure is ours."""
		process = self.start(*argv)
		try:
			out, _ = process.communicate(timeout=seconds + 30)
		except subprocess.TimeoutExpired:
			process.kill()
			process.communicate()
			raise Failure(f"{' '.join(argv)}: did not end") from None
		if process.returncode != 0:
			raise Failure(f"{' '.join(argv)}: ended with {process.returncode}: {out.strip()[-300:]}")
		return out

	def serve(self, port, *argv):
		return Server(self, port, argv)


class Server:
	"""with place.serve(port, ...): until it listens, without connecting, as some serve one client only."""

	def __init__(self, place, port, argv):
		self.place, self.port, self.argv = place, port, argv

	def __enter__(self):
		self.process = self.place.start(*self.argv)
		for _ in range(500):
			if self.place.run("ss", "-Hltn", f"sport = :{self.port}", seconds=1):
				return self
			if self.process.poll() is not None:
				break
			time.sleep(0.02)
		out = self.end()
		raise Failure(f"{' '.join(self.argv)}: nothing listens on port {self.port}: {out.strip()[-300:]}")

	def __exit__(self, *_):
		self.end()

	def end(self):
		self.process.terminate()
		try:
			return self.process.communicate(timeout=5)[0]
		except subprocess.TimeoutExpired:
			self.process.kill()
			return self.process.communicate()[0]


def iperf(place, address, seconds, *options):
	"""iperf3's own report of the end."""
	with place.serve(IPERF_PORT, "iperf3", "-s", "-1", "-p", str(IPERF_PORT)):
		return json.loads(place.run("iperf3", "-c", address, "-p", str(IPERF_PORT), "-J",
			"-t", str(max(1, round(seconds))), *options, seconds=seconds))["end"]


def sockperf(place, address, seconds):
	"""Requests and responses of 64 bytes over TCP, one after the other: round trip, microseconds."""
	with place.serve(SOCKPERF_PORT, "sockperf", "server", "--tcp", "-p", str(SOCKPERF_PORT)):
		out = place.run("sockperf", "ping-pong", "--tcp", "-i", address, "-p", str(SOCKPERF_PORT),
			"-m", "64", "-t", str(max(1, round(seconds))), "--full-rtt", seconds=seconds)
	return {"value": number(r"percentile 50\.000 *= *([0-9.]+)", out),
		"p99": number(r"percentile 99\.000 *= *([0-9.]+)", out)}


def http(place, address, seconds, scratch):
	"""nginx on all addresses, wrk with 32 connections: thousands of requests a second."""
	root = os.path.join(scratch, "www")
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
	with place.serve(HTTP_PORT, "nginx", "-c", conf, "-e", f"{root}/error.log"):
		out = place.run("wrk", "-t", "1", "-c", "32", "-d", f"{max(1, round(seconds))}s", "--latency",
			f"http://{address}:{HTTP_PORT}/", seconds=seconds)
	if "Non-2xx" in out or "Socket errors" in out:
		raise Failure(f"wrk had errors: {out[-300:]}")
	return {"value": number(r"Requests/sec: *([0-9.]+)", out) / 1e3}
