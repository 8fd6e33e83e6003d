#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""One golden case: run dpdk-lo on in.pcap, compare what it sends with want.pcap byte for byte.

  golden.py DPDK-LO CASE-DIRECTORY
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
import pcap  # noqa: E402
import report  # noqa: E402
import stamp  # noqa: E402

SHOWN = 5


def show(label, raw):
	try:
		from scapy.all import Ether, hexdump
		print(f"  {label} ({len(raw)} bytes): {Ether(raw).summary()}")
		print("\n".join("    " + line for line in hexdump(raw[:128], dump=True).split("\n")))
	except ImportError:
		print(f"  {label} ({len(raw)} bytes): {raw[:128].hex()}")


def run(binary, case, where):
	"""Run dpdk-lo in the directory `where`; return its frames and its report."""
	# Short names without blanks or commas: device arguments have no quoting.
	shutil.copy(os.path.join(case, "in.pcap"), os.path.join(where, "in"))
	with open(os.path.join(case, "case.json"), encoding="utf-8") as file:
		want = json.load(file)
	if want.get("key"):
		with open(os.path.join(where, "key"), "w", encoding="utf-8") as file:
			file.write(want["key"])
	args = [binary, "--no-pci", "--vdev", "net_pcap0,rx_pcap=in,tx_pcap=out", "--",
		*want["options"], "--exit-when-idle", "0.3", "--json", "r.json"]
	try:
		done = subprocess.run(args, cwd=where, stdin=subprocess.DEVNULL, capture_output=True,
			timeout=60, check=False)
	except subprocess.TimeoutExpired as late:
		raise SystemExit(f"does not end by itself: {late.cmd}\n{late.stdout}\n{late.stderr}") \
			from None
	if done.returncode != 0:
		why = signal.Signals(-done.returncode).name if done.returncode < 0 else done.returncode
		raise SystemExit(f"{' '.join(args)}\nends with {why}\n"
			f"{done.stdout.decode()}\n{done.stderr.decode()}")
	return pcap.read(os.path.join(where, "out")), report.load(os.path.join(where, "r.json")), want


def timeless(frames, case):
	"""What the time is, scapy cannot know: judged by itself, and left out of the comparison."""
	key = case["key"].encode() if case.get("key") else None
	return [stamp.without_times(frame, key) for frame in frames] if case.get("times") else frames


def compare_frames(got, want):
	wrong = 0
	for number in range(max(len(got), len(want))):
		a = got[number] if number < len(got) else None
		b = want[number] if number < len(want) else None
		if a == b:
			continue
		wrong += 1
		if wrong <= SHOWN:
			first = "" if a is None or b is None else ", first at byte " + str(next(
				(i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b))))
			print(f"frame {number} differs{first}")
			if b is not None:
				show("wanted", b)
			if a is not None:
				show("sent  ", a)
	if wrong:
		print(f"{wrong} frames differ ({len(got)} sent, {len(want)} wanted)")
	return wrong


def compare_counters(got, want):
	wrong = 0
	port = got["ports"][0]
	if port["rx"] != want["rx"]:
		print(f"rx is {port['rx']}, {want['rx']} frames went in")
		wrong += 1
	for name, number in want["want"].items():
		if report.counter(port, name) != number:
			print(f"{name} is {report.counter(port, name)}, wanted {number}")
			wrong += 1
	for group in ("drops", "answered"):
		for name, number in port[group].items():
			if number and name not in want["want"]:
				print(f"{name} is {number}, wanted 0")
				wrong += 1
	return wrong


def dissect(path):
	"""Malformed frames and wrong checksums as tshark sees them; None without tshark."""
	if shutil.which("tshark") is None:
		return None
	checks = [arg for proto in ("ip", "udp", "tcp")
		for arg in ("-o", f"{proto}.check_checksum:TRUE")]
	done = subprocess.run(["tshark", "-n", "-r", path, *checks, "-Y",
		"_ws.malformed || ip.checksum.status == 0 || udp.checksum.status == 0 || "
		"tcp.checksum.status == 0 || icmp.checksum.status == 0 || icmpv6.checksum.status == 0"],
		capture_output=True, text=True, check=False, timeout=60)
	return len(done.stdout.splitlines()) if done.returncode == 0 else None


def main():
	if len(sys.argv) != 3:
		raise SystemExit("usage: golden.py DPDK-LO CASE-DIRECTORY")
	binary, case = os.path.abspath(sys.argv[1]), sys.argv[2]
	if not os.access(binary, os.X_OK):
		raise SystemExit(f"{binary} is not built")
	where = tempfile.mkdtemp(prefix="dlo-golden-")
	try:
		got, measured, want = run(binary, case, where)
		wrong = compare_frames(timeless(got, want),
			timeless(pcap.read(os.path.join(case, "want.pcap")), want))
		wrong += compare_counters(measured, want)
		for sentence in report.check(measured):
			print(sentence)
			wrong += 1
		before, after = dissect(os.path.join(where, "in")), dissect(os.path.join(where, "out"))
		if before is not None and after is not None and after > before:
			print(f"tshark finds {after} broken frames in what was sent, {before} in what came")
			wrong += 1
	finally:
		shutil.rmtree(where)
	print(f"{len(got)} frames sent, {measured['ports'][0]['rx']} received, {wrong} differences")
	return 1 if wrong else 0


sys.exit(main())
