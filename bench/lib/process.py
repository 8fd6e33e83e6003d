# SPDX-License-Identifier: BSD-3-Clause
"""Start and stop programs of our own, and only those: by pid, never by name."""

import ctypes
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)


class Failure(Exception):
	"""One sentence for the user: the object, the reason, the remedy."""


class Scratch:
	"""The private directory of a run: sockets, EAL's runtime folders; gone at the end."""

	def __init__(self):
		self.path = tempfile.mkdtemp(prefix="dlobench.")
		self.count = 0
		self.processes = []

	def name(self, stem):
		self.count += 1
		return f"{stem}{self.count}x"

	def netns(self):
		"""A name for a network namespace."""
		return self.name(f"dlobench{os.getpid()}x")

	def end(self):
		"""An interrupt may come at any moment: whatever was started is ended here at the latest."""
		for process in list(self.processes):
			process.stop(patience=0)

	def remove(self):
		shutil.rmtree(self.path, ignore_errors=True)


class Process:
	"""A DPDK program with a pipe to its stdin, a log and DPDK's telemetry socket."""

	def __init__(self, scratch, argv, prefix, log):
		# "stdbuf -oL PROGRAM ...": PROGRAM is what people know.
		self.name = os.path.basename(argv[2] if argv[0] == "stdbuf" else argv[0])
		self.log = log
		self.runtime = os.path.join(scratch.path, "dpdk", prefix)
		env = dict(os.environ, RUNTIME_DIRECTORY=scratch.path)
		self.tids = {}
		self.socket = None
		with open(log, "wb") as out:
			out.write((" ".join(argv) + "\n").encode())
			out.flush()
			try:
				self.popen = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=out,
					stderr=subprocess.STDOUT, env=env, start_new_session=True,
					preexec_fn=self.die_with_parent)
			except OSError as error:
				raise Failure(f"{argv[0]} does not start: {error.strerror}; "
					"install or build it") from error
		scratch.processes.append(self)
		self.scratch = scratch

	@staticmethod
	def die_with_parent():
		# A poller that outlives the suite would spoil every later measurement on this machine.
		LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)

	def say(self, line):
		try:
			self.popen.stdin.write((line + "\n").encode())
			self.popen.stdin.flush()
		except BrokenPipeError:
			self.check()

	def tail(self, lines=12):
		with open(self.log, encoding="utf-8", errors="replace") as file:
			return "".join(file.readlines()[-lines:])

	def said(self, words):
		with open(self.log, "rb") as file:
			return words.encode() in file.read()

	def check(self):
		if self.popen.poll() is not None:
			code = self.popen.returncode
			how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with {code}"
			raise Failure(f"{self.name} {how}; its last words ({self.log}):\n{self.tail()}")

	def wait_for(self, what, ready, seconds=20):
		end = time.monotonic() + seconds
		while not ready():
			self.check()
			if time.monotonic() > end:
				raise Failure(f"{self.name}: {what} did not happen within "
					f"{seconds} s; its last words ({self.log}):\n{self.tail()}")
			time.sleep(0.02)

	def ask(self, command):
		"""One command to DPDK's telemetry; None while nobody listens."""
		try:
			if self.socket is None:
				self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
				self.socket.settimeout(5)
				self.socket.connect(os.path.join(self.runtime, "dpdk_telemetry.v2"))
				self.socket.recv(4096)
			self.socket.send(command.encode())
			reply = json.loads(self.socket.recv(1 << 20))
		except (OSError, ValueError):
			if self.socket is not None:
				self.socket.close()
			self.socket = None
			return None
		return next(iter(reply.values()), None)

	def workers(self):
		"""Threads that poll: EAL's workers, or the main thread when it is alone."""
		tids = {}
		for tid in os.listdir(f"/proc/{self.popen.pid}/task"):
			with open(f"/proc/{self.popen.pid}/task/{tid}/comm", encoding="utf-8") as file:
				if re.fullmatch(r"(rte|lcore|dpdk)-worker-?\d+", file.read().strip()):
					tids[int(tid)] = f"/proc/{self.popen.pid}/task/{tid}/schedstat"
		return tids or {self.popen.pid: f"/proc/{self.popen.pid}/schedstat"}

	def cpu_ns(self):
		"""CPU time of the polling threads, together, in ns."""
		if not self.tids:
			self.tids = self.workers()
		total = 0
		for path in self.tids.values():
			with open(path, encoding="ascii") as file:
				total += int(file.read().split()[0])
		return total

	def stop(self, patience=3):
		"""Ask, wait, then insist: testpmd can hang over net_ring. Returns the exit code."""
		if self.socket is not None:
			self.socket.close()
			self.socket = None
		if self.popen.poll() is None:
			self.popen.send_signal(signal.SIGINT)
			try:
				self.popen.wait(patience)
			except subprocess.TimeoutExpired:
				self.popen.kill()
		code = self.popen.wait()
		try:
			self.popen.stdin.close()
		except BrokenPipeError:
			pass
		shutil.rmtree(self.runtime, ignore_errors=True)
		if self in self.scratch.processes:
			self.scratch.processes.remove(self)
		return code
