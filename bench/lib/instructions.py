# SPDX-License-Identifier: BSD-3-Clause
"""
Instructions per frame, counted by callgrind: the same on a busy machine as on a quiet one. What two
runs of a microbenchmark with different numbers of passes differ by is the passes' alone.
"""

import os
import re
import shutil
import subprocess

VARIANTS = ["scalar", "sse", "avx2", "avx512", "avx512w", "neon"]
PROFILES = ["udp4", "udp6", "vlan", "mix", "imix"]
FRAMES = 256
PASSES = 10, 60


def program(ctx):
	return os.path.join(ctx.build, "bench", "bench_reflect")


def missing(ctx):
	if shutil.which("valgrind") is None:
		return "valgrind is not installed: apt-get install valgrind"
	if not os.path.exists(program(ctx)):
		return f"{program(ctx)} is not built"
	return ""


def count(ctx, args, passes):
	"""(instructions, frames); None where this CPU, or valgrind's, cannot run the variant."""
	done = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null",
		program(ctx), *args, str(passes)], capture_output=True, text=True, check=False)
	found = re.search(r"Collected : (\d+)", done.stderr)
	if done.returncode != 0 or not found:
		return None
	return int(found.group(1)), int(done.stdout)


def run(ctx, lines, progress):
	"""All variants, profiles and guards. Returns a table as text."""
	text = ["instructions: per frame, by callgrind; the same anywhere",
		f"  {'':24}  {'guards on':>10}  {'guards off':>10}"]
	for variant in VARIANTS:
		for profile in PROFILES:
			values = []
			for guards in ("on", "off"):
				args = (variant, profile, str(FRAMES), guards)
				few, many = (count(ctx, args, passes) for passes in PASSES)
				if few is None or many is None:
					break
				values.append((many[0] - few[0]) / (many[1] - few[1]))
				lines.write("micro", name=f"instructions_{variant}_{profile}_{guards}",
					unit="instr", values=values[-1:], median=values[-1], n=1)
			if len(values) < 2:
				break
			progress.step(f"instructions: {variant} {profile}")
			text.append(f"  {variant + ' ' + profile:24}  {values[0]:10.1f}  {values[1]:10.1f}")
	progress.clear()
	return "\n".join(text)
