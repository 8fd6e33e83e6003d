# SPDX-License-Identifier: BSD-3-Clause
"""A network namespace of our own, named, for programs that look into the kernel's network."""

import glob
import os
import re
import subprocess

from process import Failure


class Netns:
	"""
	with Netns(ctx) as ns: ns.run("ip", "link", ...); ns.argv("iperf3", ...) is what to start there.
	Gone at the end with all that is in it; programs started there have to be stopped before.
	"""

	def __init__(self, ctx):
		self.name = ctx.scratch.netns()

	def __enter__(self):
		self.sweep()
		self.command("ip", "netns", "add", self.name)
		try:
			self.run("ip", "link", "set", "lo", "up")
		except Failure:
			self.remove()
			raise
		return self

	def __exit__(self, *_):
		self.remove()

	@staticmethod
	def sweep():
		"""What a run that was killed has left."""
		for path in glob.glob("/run/netns/dlobench*"):
			name = os.path.basename(path)
			owner = re.match(r"dlobench(\d+)x", name)
			if owner and not os.path.exists(f"/proc/{owner.group(1)}"):
				subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)

	def remove(self):
		subprocess.run(["ip", "netns", "del", self.name], check=False, capture_output=True)

	def argv(self, *words):
		return ["ip", "netns", "exec", self.name, *words]

	def run(self, *words, timeout=30):
		"""Run to its end; returns what it printed."""
		return self.command(*self.argv(*words), timeout=timeout)

	@staticmethod
	def command(*words, timeout=30):
		try:
			done = subprocess.run(words, capture_output=True, text=True, check=False,
				timeout=timeout, stdin=subprocess.DEVNULL)
		except (OSError, subprocess.TimeoutExpired) as error:
			raise Failure(f"{' '.join(words)}: {error}") from error
		if done.returncode != 0:
			raise Failure(f"{' '.join(words)} ended with {done.returncode}: "
				f"{(done.stderr or done.stdout).strip()[-500:]}")
		return done.stdout


class Veth:
	"""
	with Veth(ctx, "name", near address, far address) as (near, far): namespaces with an end of a veth
	each, name0 and name1, up and of one /24.
	"""

	def __init__(self, ctx, name, here, there):
		self.near, self.far = Netns(ctx), Netns(ctx)
		self.ends = ((self.near, name + "0", here), (self.far, name + "1", there))

	def __enter__(self):
		self.near.__enter__()
		try:
			self.far.__enter__()
			(_, here, _), (_, there, _) = self.ends
			self.near.run("ip", "link", "add", here, "type", "veth", "peer", "name", there, "netns",
				self.far.name)
			for ns, name, address in self.ends:
				ns.run("ip", "addr", "add", address + "/24", "dev", name)
				ns.run("ip", "link", "set", name, "up")
		except Failure:
			self.__exit__()
			raise
		return self.near, self.far

	def __exit__(self, *_):
		self.far.__exit__()
		self.near.__exit__()
