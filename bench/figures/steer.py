# SPDX-License-Identifier: BSD-3-Clause
"""
--steer on a veth, by XDP and by tc: what the kernel's own traffic on the interface pays for it, and how many
frames a second can be steered.
"""

import functools
import json
import os
import shutil

import xdp
from measure import Case
from netns import Veth
from process import Process
from program import dpdk_lo

ORDER = 60
HERE, THERE = "192.0.2.1", "192.0.2.9"
RULE = "udp dst port 862"
# What any program costs there, if it only says "pass": in one piece, or (frags) in as many as the frame has.
EMPTY = r"""
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("xdp.frags") int pass_all(struct xdp_md *ctx)
{
	return XDP_PASS;
}
"""
BY_XDP, BY_TC = "dpdk-lo --steer by XDP", "dpdk-lo --steer by tc"
PORTS = {BY_XDP: "net_af_xdp0,iface={}", BY_TC: "net_vtap0,beside={}"}
TITLE = "iperf3, one TCP stream, veth of 64 KiB segments, nothing steered"


def start_steered(ctx, ns, port):
	"""A dpdk-lo with the rule on the near end, ready."""
	prefix = ctx.scratch.name("p")
	log = os.path.join(ctx.logs, f"{ctx.label}-{prefix}.log".replace(" ", "-"))
	process = Process(ctx.scratch, ns.argv(ctx.dpdk_lo, "--no-pci", "--no-huge", "-m", "128",
		"--file-prefix", prefix, "--vdev", port.format("steer0"), "--", "--steer", RULE), prefix, log)
	process.wait_for('"dpdk-lo: ready"', lambda: process.said("dpdk-lo: ready"))
	return process


def put_empty(ctx, ns):
	"""The empty program, behind the driver, where --steer puts its own on a veth."""
	source = os.path.join(ctx.scratch.path, "empty.bpf.c")
	with open(source, "w", encoding="ascii") as file:
		file.write(EMPTY)
	ns.run("clang", "-O2", "-g", "-target", "bpf", "-I", f"/usr/include/{os.uname().machine}-linux-gnu",
		"-c", source, "-o", source + ".o")
	ns.run("ip", "link", "set", "dev", "steer0", "xdpgeneric", "obj", source + ".o", "sec", "xdp.frags")


class Kernel:
	"""iperf3 between the kernels at both ends: alone, with an empty program, with dpdk-lo on the interface."""

	def __init__(self, name, prepare, reverse):
		self.name, self.prepare, self.reverse = name, prepare, reverse

	def missing(self, _):
		if self.prepare is put_empty and not shutil.which("clang"):
			return "clang is not installed"
		return "" if shutil.which("iperf3") else "iperf3 is not installed"

	def measure(self, ctx, _):
		with Veth(ctx, "steer", HERE, THERE) as (near, far):
			steered = self.prepare(ctx, near)
			log = os.path.join(ctx.logs, "iperf3-server.log")
			server = Process(ctx.scratch, near.argv("iperf3", "-s", "-1"), ctx.scratch.name("p"), log)
			try:
				server.wait_for("iperf3's server", lambda: "5201" in near.run("ss", "-Hltn"))
				# iperf3 takes whole seconds.
				seconds = max(1, round(ctx.seconds))
				said = far.run("iperf3", "-c", HERE, "-J", "-t", str(seconds),
					*(["-R"] if self.reverse else []), timeout=seconds + 30)
			finally:
				server.stop(patience=0)
				if steered:
					steered.stop()
		return {"value": json.loads(said)["end"]["sum_received"]["bits_per_second"] / 1e9}


def cases(_):
	kernel, empty = "kernel alone", "an empty XDP program"
	for direction, reverse in (("in", False), ("out", True)):
		sides = [Kernel(kernel, lambda *_: None, reverse), Kernel(empty, put_empty, reverse)]
		sides += [Kernel(name, functools.partial(start_steered, port=port), reverse) for name, port in PORTS.items()]
		yield Case(f"steer-{direction}", f"{TITLE}, {'to' if not reverse else 'from'} the host", sides,
			[(BY_TC, kernel, 0.95), (BY_XDP, kernel, None), (BY_XDP, empty, None)], clock="wall", unit="Gbit/s",
			note="The empty program is what the kernel charges for any program on a veth.")
	yield Case("steer-rate", "64 B from dpdk-lo-gen (net_af_packet) over a veth and back, all of them steered",
		[xdp.Veth(xdp.XdpTx.name, kernel=xdp.XdpTx())] + [xdp.Veth(name, make=functools.partial(steered, name=name, port=port))
			for name, port in PORTS.items()],
		[(BY_TC, BY_XDP, None), (BY_XDP, xdp.XdpTx.name, None)], clock="wall",
		note="The kernel's work for the sender, the veth and the steering share two CPUs with both programs.")


def steered(name, port, *, vdev, **rest):
	"""A dpdk-lo that takes all UDP from the interface that @vdev names."""
	interface = vdev.split("iface=")[1]
	return dpdk_lo("l4", name=name, vdev=port.format(interface), options=["--steer", "udp", "--accept", "any"],
		**rest)
