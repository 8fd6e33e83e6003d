# SPDX-License-Identifier: BSD-3-Clause
"""bench/link.sh --vm: the same run inside a Debian kernel in QEMU, which has vhost-net where this one has not."""

import os
import subprocess

from process import Failure

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
BOOT = os.path.join(TOP, "tests", "vm", "run.sh")
# What the guest writes there is copied out when it ends.
OUT = "/run/vm/out"
LOADS = ("tcp1", "tcp4", "udp64", "rr", "http")
SIDES = ("vtap", "vtap mtu 1500", "net_tap", "virtio-user")
# An emulated CPU takes its time for what comes before a load and after it.
SAMPLE_SECONDS, BOOT_SECONDS = 30, 120


def argv(args):
	"""The guest's own command: what was asked for, else what the comparison is about."""
	words = [os.path.join(HERE, "inside.sh"), "--out", OUT, "--build", args.build, "--rounds", str(args.rounds or 3),
		"--seconds", str(args.seconds or (1 if args.quick else 2))]
	for option, texts in (("--only", args.only or LOADS), ("--side", args.side or SIDES)):
		for text in texts:
			words += [option, text]
	return words


def patience(args):
	"""Seconds until a machine that says nothing is given up."""
	samples = (args.rounds or 3) * len(args.only or LOADS) * (1 + len(args.side or SIDES))
	return int(BOOT_SECONDS + samples * (SAMPLE_SECONDS + 2 * (args.seconds or 2)))


def run(args, out):
	"""Boot, measure, switch off. Results are in @out as if they had been measured here."""
	command = [BOOT, os.path.join(args.build, "vm-kernel"), *argv(args)]
	env = dict(os.environ, DLO_VM_OUT=out, DLO_VM_SECONDS=str(patience(args)))
	print("booting a virtual machine; its output comes when it has ended", flush=True)
	done = subprocess.run(command, env=env, check=False, stdin=subprocess.DEVNULL)
	if done.returncode == 77:
		raise Failure("there is no virtual machine to be had here, for the reason above")
	if not os.path.exists(os.path.join(out, "results.jsonl")):
		raise Failure(f"the virtual machine ended with {done.returncode} and left no results")
	print(f"copied to {out}")
	return done.returncode
