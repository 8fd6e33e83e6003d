#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""What is installed beside the programs fits them:  test_packaging.py BUILD

The config file and the completions are those that the option tables make; the config file can be
read and changes nothing; completion offers what it should; the service names files that are there.
"""

import os
import re
import subprocess
import sys
import unittest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = sys.argv.pop(1)
# What runs the programs of another machine.
WRAPPER = os.environ.get("MESON_EXE_WRAPPER", "").split()
PROGRAMS = [name for name in ("dpdk-lo", "dpdk-lo-gen", "dpdk-lo-top")
	if os.path.exists(f"{BUILD}/app/{name}/{name}")]


def program(name, *args):
	return subprocess.run([*WRAPPER, f"{BUILD}/app/{name}/{name}", *args], capture_output=True, text=True,
		timeout=30, check=False)


def packaged(path):
	with open(f"{TOP}/packaging/{path}", encoding="utf-8") as file:
		return file.read()


def complete(name, *words):
	"""What bash would offer for the last word."""
	script = f'. "{TOP}/packaging/completion/{name}"; COMP_WORDS=("$@"); ' \
		f'COMP_CWORD=$(($# - 1)); _{name.replace("-", "_")}; printf "%s\\n" "${{COMPREPLY[@]}}"'
	done = subprocess.run(["bash", "-c", script, "bash", name, *words], capture_output=True, text=True,
		timeout=30, check=True)
	return [line for line in done.stdout.splitlines() if line]


class Packaging(unittest.TestCase):
	def test_generated(self):
		for name in PROGRAMS:
			self.assertEqual(packaged(f"completion/{name}"), program(name, "--help=bash").stdout,
				f"{name}: run devtools/make-reference")
		self.assertEqual(packaged("dpdk-lo.conf"), program("dpdk-lo", "--help=config").stdout,
			"run devtools/make-reference")

	def test_config_is_read(self):
		path = f"{TOP}/packaging/dpdk-lo.conf"
		# The file comes first: an error behind it says that it was read.
		said = program("dpdk-lo", "--", "--config", path, "--mode", "sideways")
		self.assertEqual(said.returncode, 2)
		self.assertIn("--mode: ", said.stderr)
		# Every option stands in it, and none that is not one.
		keys = re.findall(r"^#([a-z0-9-]+) = ", packaged("dpdk-lo.conf").split("# ---- One port")[0], re.M)
		listed = re.findall(r"^  --([a-z0-9-]+)", program("dpdk-lo", "--help").stdout, re.M)
		self.assertEqual(sorted(keys), sorted(set(listed) - {"config", "help", "version"}))

	def test_completion(self):
		self.assertIn("--vdev", complete("dpdk-lo", "--v"))
		self.assertIn("net_ring0", complete("dpdk-lo", "--vdev", "net_r"))
		self.assertNotIn("--mode", complete("dpdk-lo", "--"))
		self.assertIn("--mode", complete("dpdk-lo", "--", "--mo"))
		self.assertEqual(complete("dpdk-lo", "--", "--mode", ""), ["wire", "mac", "ip", "l4"])
		self.assertEqual(complete("dpdk-lo", "--", "--mode", "=", "w"), ["wire"])
		self.assertEqual(complete("dpdk-lo", "--", "--guards", "o"), ["on", "off"])
		self.assertEqual(complete("dpdk-lo", "--", "--duration", ""), [])
		self.assertEqual(complete("dpdk-lo", "--", "--config", f"{TOP}/LICEN"), [f"{TOP}/LICENSE"])
		if "dpdk-lo-top" in PROGRAMS:
			self.assertIn("--once", complete("dpdk-lo-top", "--o"))
			self.assertEqual(complete("dpdk-lo-top", "--sort", "d"), ["drops"])

	def test_service(self):
		unit = packaged("dpdk-lo.service.in")
		for needed in ("Type=notify", "WatchdogSec=", "ExecReload=/bin/kill -HUP", "--localhost off"):
			self.assertIn(needed, unit)
		self.assertIn("EAL_OPTIONS=", packaged("dpdk-lo.default"))
		self.assertEqual(set(re.findall(r"@(\w+)@", unit)), {"sbindir", "sysconfdir"})

	def test_dashboard(self):
		made = subprocess.run([f"{TOP}/devtools/make-dashboard"], capture_output=True, text=True,
			timeout=30, check=True).stdout
		with open(f"{TOP}/docs/grafana/dpdk-lo.json", encoding="utf-8") as file:
			self.assertEqual(file.read(), made, "run devtools/make-reference")
		used = set(re.findall(r"dpdk_dlo_(\w+)_total\{", made))
		with open(f"{TOP}/lib/stats/verdict.h", encoding="utf-8") as file:
			names = set(re.findall(r'X\(\w+, "(\w+)"', file.read()))
		self.assertGreater(len(names), 30)
		self.assertEqual({n for n in names if not used & {n, f"drop_{n}", f"answered_{n}"}}, set())


unittest.main(argv=sys.argv[:1], verbosity=1)
