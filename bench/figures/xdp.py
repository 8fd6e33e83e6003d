# SPDX-License-Identifier: BSD-3-Clause
"""AF_XDP on a veth against the kernel's own reflector, xdp-bench tx: both take frames before the stack."""

import os
import shutil

from gen import SETTLED, Reflected, received_mpps, run_gen
from measure import Case
from netns import Netns
from process import Failure, Process
from program import dpdk_lo, testpmd

ORDER = 35
GEN = "net_af_packet0,iface=bench0"
PROGRAM = r"""
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf_helpers.h>

SEC("xdp") int turn_round(struct xdp_md *ctx)
{
	struct ethhdr *eth = (void *)(long)ctx->data;
	unsigned char mac[ETH_ALEN];

	if ((void *)(eth + 1) > (void *)(long)ctx->data_end)
		return XDP_DROP;
	if (VERDICT == XDP_PASS)
		return VERDICT;
	__builtin_memcpy(mac, eth->h_dest, ETH_ALEN);
	__builtin_memcpy(eth->h_dest, eth->h_source, ETH_ALEN);
	__builtin_memcpy(eth->h_source, mac, ETH_ALEN);
	return VERDICT;
}
"""


def load(ctx, ns, interface, verdict):
	"""The program above, with a verdict of ours, on one end."""
	source = os.path.join(ctx.scratch.path, f"{verdict}.bpf.c")
	with open(source, "w", encoding="ascii") as file:
		file.write(PROGRAM.replace("VERDICT", verdict))
	ns.run("clang", "-O2", "-g", "-target", "bpf", "-I", f"/usr/include/{os.uname().machine}-linux-gnu",
		"-c", source, "-o", source + ".o")
	ns.run("ip", "link", "set", "dev", interface, "xdp", "obj", source + ".o", "sec", "xdp")


def prepare(ctx, ns):
	ns.run("ip", "link", "add", "bench0", "type", "veth", "peer", "name", "bench1")
	for name in ("bench0", "bench1"):
		ns.run("ethtool", "-K", name, "gro", "on", "tx", "off")
		ns.run("ip", "link", "set", name, "up", "promisc", "on")
	# What a veth's XDP program sends back wakes the other end up only where there is one, too.
	load(ctx, ns, "bench0", "XDP_PASS")


class XdpBench:
	"""xdp-bench of xdp-tools. Its older releases do not load on newer kernels."""

	name = "xdp-bench tx (swap-macs)"

	def missing(self, ctx):
		if not shutil.which("xdp-bench"):
			return "xdp-bench is not installed: apt-get install xdp-tools"
		try:
			with Netns(ctx) as ns:
				prepare(ctx, ns)
				self.start(ctx, ns).stop()
		except Failure as error:
			found = [line for line in str(error).splitlines() if "ailed" in line]
			return f"it does not load here: {(found or [str(error)])[0].strip()}"
		return ""

	def start(self, ctx, ns):
		log = os.path.join(ctx.logs, f"{ctx.label}-xdp-bench.log")
		process = Process(ctx.scratch, ns.argv("xdp-bench", "tx", "-p", "swap-macs", "bench1"), "none", log)
		try:
			process.wait_for("its program", lambda: "xdp" in ns.run("ip", "link", "show", "bench1"))
		except Failure:
			process.stop()
			raise
		return process


class XdpTx:
	"""The same in a few lines of our own: what the kernel can do, whatever the tool's age."""

	name = "kernel XDP_TX (swap MACs)"

	def missing(self, _ctx):
		return ""

	def start(self, ctx, ns):
		load(ctx, ns, "bench1", "XDP_TX")


class Veth:
	"""A reflector on one end of a veth in a namespace of its own, dpdk-lo-gen on the other."""

	def __init__(self, name, make=None, kernel=None):
		self.name, self.make, self.kernel = name, make, kernel

	def missing(self, ctx):
		if os.geteuid() != 0:
			return "it needs root for a namespace"
		for tool in ("ethtool", "clang"):
			if not shutil.which(tool):
				return f"{tool} is not installed"
		if self.kernel is not None:
			return self.kernel.missing(ctx)
		return "" if self.name.startswith("dpdk-lo") or ctx.testpmd else "dpdk-testpmd is not installed"

	def measure(self, ctx, case):
		options = ["--size", "64", "--rate", "max", *SETTLED]
		with Netns(ctx) as ns:
			prepare(ctx, ns)
			if self.kernel is None:
				side = self.make(vdev="net_af_xdp0,iface=bench1", inside=ns.argv())
				return Reflected(self.name, side, GEN, options, received_mpps).measure(ctx, case)
			process = self.kernel.start(ctx, ns)
			try:
				return received_mpps(run_gen(ctx, self.name, GEN,
					["--duration", str(ctx.seconds), *options], cpu=ctx.control, inside=ns.argv()))
			finally:
				if process is not None:
					process.stop()


def cases(_ctx):
	ours, testpmds, kernels = "dpdk-lo l4 (AF_XDP)", "testpmd macswap (AF_XDP)", [XdpBench(), XdpTx()]
	yield Case("xdp", "64 B from dpdk-lo-gen (net_af_packet) over a veth and back",
		[Veth(kernel.name, kernel=kernel) for kernel in kernels] +
			[Veth(testpmds, make=lambda **port: testpmd("macswap", **port)),
				Veth(ours, make=lambda **port: dpdk_lo("l4", options=["--accept", "any"], **port))],
		[(ours, testpmds, 1.0)] + [(ours, kernel.name, None) for kernel in kernels], clock="wall",
		note="A veth has no zero-copy mode, and af_packet at the sender is the narrow place: no figure of a NIC.")
