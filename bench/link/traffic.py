# SPDX-License-Identifier: BSD-3-Clause
"""What is sent through a side, each with a program that everybody knows. Every load returns a dict:
value (in the load's unit), and whatever else is worth knowing."""

import json
import os
import re
import shutil
import sys
import time

import loads
import stats

HERE = loads.Place()
PING_INTERVAL = 0.02
UDP_BYTES = 22  # of 64; headers take the others
STEADY_KPPS = 40
MTUS = (1500, 9000, 16000, 32000, 65521)
SEGMENTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "segments.py")


def retransmits():
	"""TCP segments sent again in this namespace, and those that DSACK proved needless."""
	with open("/proc/net/snmp", encoding="ascii") as file:
		tcp = [line.split() for line in file if line.startswith("Tcp:")]
	with open("/proc/net/netstat", encoding="ascii") as file:
		ext = [line.split() for line in file if line.startswith("TcpExt:")]
	again = int(dict(zip(tcp[0], tcp[1]))["RetransSegs"])
	needless = int(dict(zip(ext[0], ext[1]))["TCPDSACKRecv"])
	return again, needless


def tcp(streams):
	def load(ctx, side):
		before = retransmits()
		end = loads.iperf(HERE, side.address, ctx.seconds, "-P", str(streams), "-O", str(ctx.warm_up))
		again, needless = (now - then for now, then in zip(retransmits(), before))
		return {"value": end["sum_received"]["bits_per_second"] / 1e9, "retransmits": again,
			"needless": needless}
	return load


def udp64(ctx, side):
	"""Ethernet, IPv4 and UDP take 42 of 64 bytes. As fast as one sender can: loss is part of it."""
	return udp_frames(ctx, side, 0)


def udp64_steady(ctx, side):
	"""As many as everybody can take, so that what a frame costs is not hidden by those that were lost."""
	return udp_frames(ctx, side, STEADY_KPPS * 1000 * UDP_BYTES * 8)


def udp_frames(ctx, side, bits_per_second):
	total = loads.iperf(HERE, side.address, ctx.seconds, "-u", "-b", str(bits_per_second), "-l",
		str(UDP_BYTES))["sum"]
	got = total["packets"] - total["lost_packets"]
	return {"value": got / total["seconds"] / 1e3, "offered_kpps": total["packets"] / total["seconds"] / 1e3}


def udp_segments(ctx, side):
	"""As fast as one sender can: loss is part of it."""
	found = json.loads(HERE.run(sys.executable, "-B", SEGMENTS, side.address, str(ctx.seconds),
		seconds=ctx.seconds))
	return {"value": found["received"], "offered_gbps": found["offered"]}


def request_response(ctx, side):
	return loads.sockperf(HERE, side.address, ctx.seconds)


def ping(ctx, side):
	"""Many round trips, one after the other, with a pause in which everybody goes to sleep.

	Between more frequent ones (every 5 ms) iputils' ping does not sleep but spins, and its CPU is not to be had.
	"""
	nb = max(200, int(ctx.seconds / PING_INTERVAL))
	out = HERE.run("ping", "-n", "-i", str(PING_INTERVAL), "-c", str(nb), side.address,
		seconds=nb * PING_INTERVAL)
	times = sorted(float(text) * 1e3 for text in re.findall(r"time=([0-9.]+) ms", out))
	return {"value": stats.summary(times)["median"], "p99": times[int(len(times) * 0.99)],
		"max": times[-1]}


def first_frame(ctx, side):
	"""The first frame after a second of idleness."""
	times = []
	for _ in range(max(2, int(ctx.seconds))):
		time.sleep(1.0)
		out = HERE.run("ping", "-n", "-c", "1", "-W", "2", side.address, seconds=2)
		times.append(float(re.search(r"time=([0-9.]+) ms", out).group(1)) * 1e3)
	return {"value": stats.summary(times)["median"], "max": max(times)}


def http(ctx, side):
	return loads.http(HERE, side.address, ctx.seconds, ctx.scratch.path)


def idle(ctx, _side):
	"""Nothing at all; what counts is the CPU time, which is measured for every load."""
	time.sleep(ctx.seconds)
	return {}


class Load:
	"""
	name, what it is, unit, whether more is better, function, the programs that it takes; the MTU that
	it is about, if it is
	"""

	def __init__(self, name, title, unit, more, function, *programs, mtu=None):
		self.name, self.title, self.unit, self.more = name, title, unit, more
		self.function, self.programs, self.mtu = function, programs, mtu

	def missing(self):
		found = [program for program in self.programs if not shutil.which(program)]
		return f"{', '.join(found)} is not installed" if found else ""


LOADS = [
	Load("tcp1", "one TCP stream (iperf3)", "Gbit/s", True, tcp(1), "iperf3"),
	Load("tcp4", "four TCP streams (iperf3)", "Gbit/s", True, tcp(4), "iperf3"),
	Load("udp64", "UDP in frames of 64 bytes, received (iperf3)", "kpps", True, udp64, "iperf3"),
	Load("uso", "UDP, 45 datagrams of 1400 bytes a call (UDP_SEGMENT, UDP_GRO), received", "Gbit/s", True,
		udp_segments),
	Load("steady", f"UDP in frames of 64 bytes, {STEADY_KPPS},000 offered a second, received (iperf3)", "kpps",
		True, udp64_steady, "iperf3"),
	Load("rr", "TCP request and response of 64 bytes, round trip p50 (sockperf)", "us", False,
		request_response, "sockperf"),
	Load("ping", "ICMP echo every 20 ms, round trip p50 (ping)", "us", False, ping, "ping"),
	Load("first", "first ICMP echo after a second of idleness, p50 (ping)", "us", False,
		first_frame, "ping"),
	Load("http", f"HTTP GET of {loads.HTTP_BYTES} bytes, 32 connections (wrk, nginx)", "kreq/s", True, http,
		"wrk", "nginx"),
	Load("idle", "no traffic; CPU time of the appliance", "% core", False, idle),
	*(Load(f"mtu{mtu}", f"one TCP stream at an MTU of {mtu} (iperf3)", "Gbit/s", True, tcp(1), "iperf3", mtu=mtu)
		for mtu in MTUS),
]
