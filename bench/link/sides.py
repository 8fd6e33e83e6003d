# SPDX-License-Identifier: BSD-3-Clause
"""The ways from the host to itself that are compared: kernel lo, and dpdk-lo with a link of each kind."""

import os
import re
import shlex
import shutil
import subprocess
import time

from process import Failure, Process

MIRROR = "198.18.0.2"
LO_MTU = 65536


class Side:
	"""
	One way: the address that leads there, the options of the dpdk-lo on it (None: kernel lo), and a
	command that is run when it is ready.
	"""

	def __init__(self, name, options, setup=""):
		self.name = name
		self.options = options
		self.setup = setup
		self.address = MIRROR if options is not None else "127.0.0.1"

	def with_mtu(self, mtu):
		"""The same way with another MTU; whoever says one himself keeps it."""
		if self.options is None:
			return Side(self.name, None, f"ip link set lo mtu {mtu}")
		options = self.options if "mtu=" in self.options else \
			self.options.replace("dlo0", f"dlo0,mtu={mtu}", 1)
		return Side(self.name, options, self.setup)


# The first is the yardstick: nothing but the kernel, no appliance running.
LO = Side("lo", None)
VTAP = Side("vtap", "--link dlo0,type=vtap")
VTAP_1500 = Side("vtap mtu 1500", "--link dlo0,type=vtap,mtu=1500")
VTAP_SPIN = Side("vtap spin", "--link dlo0,type=vtap --idle spin")
VTAP_CUT = Side("vtap without uso", "--link dlo0,type=vtap", "ethtool -K dlo0 tx-udp-segmentation off")
TAP = Side("net_tap", "--link dlo0,type=tap")
VIRTIO = Side("virtio-user", "--link dlo0,type=virtio-user")


def parse(text):
	"""
	NAME=OPTIONS[; COMMAND] of dpdk-lo, as --side takes it; EAL's options come first, in front of a --.
	"""
	name, equals, rest = text.partition("=")
	if not name or not equals:
		raise Failure(f"--side {text}: say NAME=OPTIONS, as in --side 'small=--link dlo0,mtu=1280'")
	options, _, setup = rest.partition(";")
	return Side(name, options, setup)


def missing(side):
	"""Why a side cannot be measured here; empty when it can."""
	if side is VIRTIO and not os.path.exists("/dev/vhost-net"):
		return "there is no /dev/vhost-net (modprobe vhost_net)"
	if side is VTAP_CUT and not shutil.which("ethtool"):
		return "ethtool is not installed"
	return ""


def set_up(command):
	done = subprocess.run(shlex.split(command), check=False, capture_output=True, text=True)
	if done.returncode != 0:
		raise Failure(f"{command}: ended with {done.returncode}: {done.stderr.strip()}")


class Running:
	"""A side while it is measured. For kernel lo nothing runs."""

	def __init__(self, ctx, side):
		self.process = None
		self.side = side
		if side.options is not None:
			self.start(ctx, side)
		if side.setup:
			set_up(side.setup)

	def start(self, ctx, side):
		prefix = ctx.scratch.name("l")
		log = os.path.join(ctx.logs, re.sub(r"\W+", "-", f"{ctx.label}-{side.name}") + ".log")
		words = shlex.split(side.options)
		eal, options = (words[:words.index("--")], words[words.index("--") + 1:]) \
			if "--" in words else ([], words)
		self.process = Process(ctx.scratch,
			[ctx.dpdk_lo, "--file-prefix", prefix, *eal, "--", *options], prefix, log)
		self.process.wait_for('"dpdk-lo: ready"', lambda: self.process.said("dpdk-lo: ready"), 60)

	def cpu_ns(self):
		"""CPU time of all threads of the appliance."""
		if self.process is None:
			return 0
		total = 0
		task = f"/proc/{self.process.popen.pid}/task"
		for tid in os.listdir(task):
			with open(f"{task}/{tid}/schedstat", encoding="ascii") as file:
				total += int(file.read().split()[0])
		return total

	def lost(self):
		"""Frames that the link has lost so far, whoever lost them."""
		if self.process is None:
			return 0
		stats = self.process.ask("/ethdev/stats,0") or {}
		return sum(stats.get(key, 0) for key in ("imissed", "ierrors", "oerrors", "rx_nombuf"))

	def stop(self):
		if self.process is None:
			set_up(f"ip link set lo mtu {LO_MTU}")
			return
		self.process.check()
		self.process.stop(patience=30)


def busy_s():
	"""CPU time that the machine has spent on anything since it was started, in seconds."""
	with open("/proc/stat", encoding="ascii") as file:
		ticks = [int(field) for field in file.readline().split()[1:]]
	# idle and iowait are not work; what guests used is in user already; steal is somebody else's.
	return (sum(ticks[:3]) + sum(ticks[5:7])) / os.sysconf("SC_CLK_TCK")


class Meter:
	"""CPU time and losses across a load."""

	def __init__(self, running):
		self.running = running
		self.start = (time.monotonic(), busy_s(), running.cpu_ns(), running.lost())

	def read(self):
		"""Cores in use, of the machine and of the appliance, and frames lost."""
		now = (time.monotonic(), busy_s(), self.running.cpu_ns(), self.running.lost())
		wall = now[0] - self.start[0]
		return {"cores": (now[1] - self.start[1]) / wall,
			"own_cores": (now[2] - self.start[2]) / 1e9 / wall, "lost": now[3] - self.start[3]}
