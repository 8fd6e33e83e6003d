#!/usr/bin/python3 -B
# SPDX-License-Identifier: BSD-3-Clause
"""The benchmark suite without running it: its arithmetic, its frames, its verdicts, its words."""

import csv
import importlib
import json
import os
import re
import struct
import subprocess
import sys
import tempfile
import types
import unittest
import xml.dom.minidom

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BENCH = os.path.join(TOP, "bench")
sys.path[:0] = [os.path.join(BENCH, part) for part in ("lib", "figures", "link")]

import figures  # noqa: E402
import frames  # noqa: E402
import guest  # noqa: E402
import host  # noqa: E402
import results  # noqa: E402
import loads  # noqa: E402
import markdown  # noqa: E402
import picture  # noqa: E402
import sides  # noqa: E402
import stats  # noqa: E402
import svg  # noqa: E402
import table  # noqa: E402
import traffic  # noqa: E402
from measure import Case  # noqa: E402
from process import Failure  # noqa: E402
from program import lcores  # noqa: E402
from report import case_results  # noqa: E402


def run(program, *args):
	return subprocess.run([os.path.join(BENCH, program), *args], capture_output=True, text=True,
		check=False)


class Arithmetic(unittest.TestCase):
	def test_ratio_is_of_the_medians_and_its_spread_is_of_the_pairs(self):
		found = stats.ratio([2.0, 3.0, 10.0], [1.0, 2.0, 2.0])
		self.assertEqual(found["ratio"], 1.5)
		self.assertEqual((found["min"], found["max"]), (1.5, 5.0))

	def test_parity_needs_a_spread_that_reaches_one(self):
		self.assertTrue(stats.reached({"ratio": 0.97, "max": 1.0}, 1.0))
		self.assertFalse(stats.reached({"ratio": 0.99, "max": 0.999}, 1.0))
		self.assertFalse(stats.reached({"ratio": 0.96, "max": 1.2}, 1.0))

	def test_other_goals_are_the_median_alone(self):
		self.assertTrue(stats.reached({"ratio": 2.5, "max": 2.5}, 2.5))
		self.assertFalse(stats.reached({"ratio": 2.49, "max": 9.0}, 2.5))

	def test_one_value_has_no_spread(self):
		self.assertEqual(stats.spread([5.0]), 0.0)
		self.assertEqual(stats.spread([9.0, 10.0, 11.0]), 0.05)


class Lcores(unittest.TestCase):
	def test_the_first_worker_has_the_measured_cpu(self):
		self.assertEqual(lcores([0, 1], 0, 1, 1), "0@0,1@1")
		self.assertEqual(lcores([0, 1], 0, 1, 2), "0@0,1@1,2@0")
		self.assertEqual(lcores([0, 1, 2, 3], 0, 3, 3), "0@0,1@3,2@0,3@1")

	def test_more_workers_than_cpus_is_refused(self):
		with self.assertRaisesRegex(Exception, "3 workers need as many CPUs"):
			lcores([0, 1], 0, 1, 3)


def network_header(data):
	"""(offset, EtherType) behind a VLAN tag, if there is one."""
	ether_type = struct.unpack_from("!H", data, 12)[0]
	if ether_type == 0x8100:
		return 18, struct.unpack_from("!H", data, 16)[0]
	return 14, ether_type


class Frames(unittest.TestCase):
	def read(self, profile, count):
		with tempfile.NamedTemporaryFile() as file:
			frames.write_pcap(file.name, profile, count)
			data = file.read()
		found, at = [], 24
		while at < len(data):
			_, _, caplen, length = struct.unpack_from("<IIII", data, at)
			self.assertEqual(caplen, length)
			found.append(data[at + 16:at + 16 + caplen])
			at += 16 + caplen
		self.assertEqual(len(found), count)
		return found

	def check(self, data):
		at, ether_type = network_header(data)
		if ether_type == 0x0800:
			total, proto = struct.unpack_from("!H", data, at + 2)[0], data[at + 9]
			self.assertEqual(total, len(data) - at)
			self.assertEqual(frames.ones_sum(data[at:at + 20]), 0)
			pseudo, layer4 = data[at + 12:at + 20], data[at + 20:]
		elif ether_type == 0x86dd:
			length, proto = struct.unpack_from("!HB", data, at + 4)
			self.assertEqual(length, len(data) - at - 40)
			pseudo, layer4 = data[at + 8:at + 40], data[at + 40:]
		else:
			return
		self.assertEqual(frames.ones_sum(pseudo + struct.pack("!HH", proto, len(layer4)) + layer4), 0)
		self.assertNotEqual(pseudo[:len(pseudo) // 2], pseudo[len(pseudo) // 2:])

	def test_every_frame_is_valid(self):
		for profile in frames.PROFILES:
			for data in self.read(profile, 300):
				with self.subTest(profile=profile, frame=data.hex()):
					self.check(data)

	def test_the_mix_has_everything_in_it(self):
		found = {(network_header(data)[0], network_header(data)[1])
			for data in self.read("mix", 512)}
		self.assertEqual(found, {(14, 0x0800), (14, 0x86dd), (14, 0x88b6), (18, 0x0800), (18, 0x86dd)})

	def test_the_same_seed_gives_the_same_frames(self):
		self.assertEqual(self.read("mix", 50), self.read("mix", 50))

	def test_sizes_are_as_asked(self):
		self.assertEqual({len(data) for data in self.read("udp4", 20)}, {64})
		self.assertEqual(max(len(data) for data in self.read("imix", 200)), 1514)


class Figures(unittest.TestCase):
	def test_what_is_compared_is_measured(self):
		for full in (False, True):
			with tempfile.TemporaryDirectory() as path:
				ctx = types.SimpleNamespace(full=full, quick=not full, rounds=3, seconds=1.0,
					scratch=types.SimpleNamespace(path=path))
				names = set()
				for figure in figures.names():
					for case in importlib.import_module(figure).cases(ctx):
						sides = [side.name for side in case.sides]
						self.assertEqual(len(sides), len(set(sides)), case.name)
						self.assertNotIn(case.name, names)
						names.add(case.name)
						self.assertEqual(case.name.split("-")[0], figure)
						for ours, theirs, _ in [*case.ratios, *case.differences]:
							self.assertIn(ours, sides, case.name)
							self.assertIn(theirs, sides, case.name)

	def test_results_say_what_was_reached(self):
		def sample(mpps):
			return {"value": mpps, "ns": 1e3 / mpps, "share": 1.0}

		case = Case("x", "title", [], [("a", "b", 2.0), ("b", "a", 2.0)], [("b", "a", 1.0)])
		written = []
		lines = types.SimpleNamespace(write=lambda kind, **values: written.append((kind, values)))
		text = case_results(lines, case, {"a": [sample(200.0)] * 3, "b": [sample(100.0)] * 3})
		self.assertIn("goal 2x reached", text)
		self.assertIn("goal 2x MISSED", text)
		ratios = [values for kind, values in written if kind == "ratio"]
		self.assertEqual([values["reached"] for values in ratios], [True, False])
		difference = [values for kind, values in written if kind == "difference"][0]
		self.assertEqual((difference["difference"], difference["reached"]), (5.0, False))


	def test_where_less_is_better_a_goal_is_a_bound(self):
		case = Case("x", "title", [], [("dpdk-lo", "lo", 2.0), ("lo", "dpdk-lo", 0.4)], unit="us",
			better="less")
		written = []
		lines = types.SimpleNamespace(write=lambda kind, **values: written.append((kind, values)))
		text = case_results(lines, case, {"dpdk-lo": [{"value": 4.0, "share": 1.0}] * 3,
			"lo": [{"value": 2.0, "share": 1.0}] * 3})
		self.assertIn("goal at most 2x reached", text)
		self.assertIn("goal at most 0.4x MISSED", text)
		self.assertEqual([values["unit"] for kind, values in written if kind == "result"], ["us"] * 2)

	def test_a_side_that_cannot_be_measured_is_left_out(self):
		class There:
			def __init__(self, name, why=""):
				self.name, self.why = name, why

			def missing(self, _ctx):
				return self.why

			def measure(self, _ctx, _case):
				return {"value": 1.0}

		case = Case("x", "title", [There("dpdk-lo"), There("peer", "not installed")],
			[("dpdk-lo", "peer", 1.0)])
		self.assertEqual(figures.missing(None, case), ([("peer", "not installed")], ""))
		self.assertEqual((len(case.sides), case.ratios), (1, []))
		case = Case("x", "title", [There("dpdk-lo", "not built"), There("peer")])
		self.assertEqual(figures.missing(None, case)[1], "not built")


class Compare(unittest.TestCase):
	def saved(self, path, sides, micro=(), **case):
		os.makedirs(path)
		with open(os.path.join(path, "results.jsonl"), "w", encoding="utf-8") as file:
			def write(**entry):
				file.write(json.dumps(entry) + "\n")

			write(type="host", cpu="some")
			for side, middle in sides.items():
				write(type="result", case="ring-32", side=side,
					values=[middle * part for part in (0.99, 1.0, 1.0, 1.0, 1.01)], **case)
			for name, values in micro:
				write(type="micro", name=name, unit="ns", values=values)
		return path

	def compare(self, before, after, micro_before=(), micro_after=(), **case):
		with tempfile.TemporaryDirectory() as path:
			a = self.saved(os.path.join(path, "a"), before, micro_before, **case)
			b = self.saved(os.path.join(path, "b"), after, micro_after, **case)
			return run("compare", a, b)

	def test_the_same_is_the_same(self):
		done = self.compare({"testpmd io": 100, "dpdk-lo l4": 90}, {"testpmd io": 100, "dpdk-lo l4": 90})
		self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
		self.assertIn("0 slower, 0 faster, of 1", done.stdout)

	def test_slower_is_found(self):
		done = self.compare({"testpmd io": 100, "dpdk-lo l4": 90}, {"testpmd io": 100, "dpdk-lo l4": 80})
		self.assertEqual(done.returncode, 1)
		self.assertIn("SLOWER", done.stdout)

	def test_a_slower_machine_is_not_our_fault(self):
		done = self.compare({"testpmd io": 100, "dpdk-lo l4": 90}, {"testpmd io": 50, "dpdk-lo l4": 45})
		self.assertEqual(done.returncode, 0, done.stdout)

	def test_where_less_is_better_more_is_slower(self):
		unit = {"unit": "us", "better": "less"}
		done = self.compare({"lo": 10, "dpdk-lo": 20}, {"lo": 10, "dpdk-lo": 30}, **unit)
		self.assertEqual(done.returncode, 1, done.stdout)
		done = self.compare({"lo": 10, "dpdk-lo": 20}, {"lo": 20, "dpdk-lo": 40}, **unit)
		self.assertEqual(done.returncode, 0, done.stdout)

	def test_noise_is_not_a_change(self):
		noisy = [("x", [1.0, 1.5, 2.0, 2.5, 3.0])], [("x", [1.2, 1.7, 2.2, 2.7, 3.2])]
		done = self.compare({}, {}, micro_before=noisy[0], micro_after=noisy[1])
		self.assertEqual(done.returncode, 0, done.stdout)

	def test_a_higher_cost_is_slower(self):
		done = self.compare({}, {}, micro_before=[("x", [1.0] * 5)], micro_after=[("x", [1.1] * 5)])
		self.assertEqual(done.returncode, 1, done.stdout)

	def test_nothing_in_common_and_no_run(self):
		self.assertEqual(self.compare({"dpdk-lo l4": 1}, {"dpdk-lo wire": 1}).returncode, 2)
		self.assertEqual(run("compare", "/does/not", "/exist").returncode, 2)
		self.assertEqual(run("compare").returncode, 2)


class Page(unittest.TestCase):
	def saved(self, path, case, values, goal=1.0, **more):
		os.makedirs(path)
		with open(os.path.join(path, "results.jsonl"), "w", encoding="utf-8") as file:
			lines = types.SimpleNamespace(write=lambda kind, **entry:
				file.write(json.dumps({"type": kind, **entry}) + "\n"))
			facts = host.facts(TOP, [0])
			lines.write("host", **facts, memory="some", rounds=3, seconds=1.0, warnings=["<noise>"],
				interference={"strays": [], "probes": [host.spin_probe(0, 0.01)]})
			for side, taken in values.items():
				for value in taken:
					lines.write("sample", case=case, side=side, value=value,
						ccdf=[[100, 1], [200.0 * value, 0.5], [1e6, 1e-4]])
			sides = list(values)
			case_results(lines, Case(case, "A & B", [], [(sides[0], sides[1], goal)], **more),
				{side: [{"value": value, "share": 1.0, "ns": 1e3 / value} for value in taken]
					for side, taken in values.items()})
			lines.write("skipped", case="stamp", reason="no STAMP")
		return path

	def test_a_page_of_two_runs(self):
		with tempfile.TemporaryDirectory() as path:
			a = self.saved(os.path.join(path, "a"), "ring-32",
				{"dpdk-lo l4": [3.0, 4, 5], "testpmd macswap": [2.0, 2, 2],
					"dpdk-lo l4, guards off": [4.0, 5, 6]})
			b = self.saved(os.path.join(path, "b"), "latency", {"dpdk-lo l4": [1.0], "testpmd macswap": [2.0]},
				unit="us", better="less")
			c = self.saved(os.path.join(path, "c"), "sizes-64",
				{"dpdk-lo l4": [1.0], "testpmd macswap": [2.0]}, goal=None)
			done = run("report", os.path.join(path, "out"), a, b, c)
			self.assertEqual(done.returncode, 0, done.stderr)
			with open(os.path.join(path, "out", "report.html"), encoding="utf-8") as file:
				page = file.read()
			for drawing in re.findall(r"<svg.*?</svg>", page, re.S):
				xml.dom.minidom.parseString(drawing)
			self.assertGreaterEqual(page.count("<svg"), 7)
			for words in ("2 of 2", "goal 1x", "A &amp; B", "&lt;noise&gt;", "no STAMP"):
				self.assertIn(words, page)
			self.assertNotRegex(page, r"(src|href)=.?http|@import|url\(")
			with open(os.path.join(path, "out", "results.csv"), encoding="utf-8") as file:
				rows = list(csv.DictReader(file))
			self.assertEqual([row["median"] for row in rows if row["kind"] == "ratio"], ["2.0", "0.5", "0.5"])

	def test_the_tables_of_a_page_come_from_a_run_and_nothing_else_changes(self):
		with tempfile.TemporaryDirectory() as path:
			a = self.saved(os.path.join(path, "a"), "ring-32", {"dpdk-lo l4": [3.0, 4, 5],
				"testpmd macswap": [2.0, 2, 2]}, goal=2.5, limits=[("dpdk-lo l4", 3)])
			name = os.path.join(path, "page.md")
			with open(name, "w", encoding="utf-8") as file:
				file.write(f"above\n{markdown.BEGIN}\nold\n{markdown.END}\nbelow\n")
			self.assertEqual(run("report", "--page", name, a).returncode, 0)
			self.assertEqual(run("report", "--page", name, a).returncode, 0)
			with open(name, encoding="utf-8") as file:
				page = file.read()
			self.assertTrue(page.startswith("above\n") and page.endswith("\nbelow\n"))
			self.assertNotIn("old", page)
			for words in ("dpdk-lo l4: 4.00 Mpps (3.00..5.00)", "testpmd macswap: 2.00 Mpps", "2.00x (1.50..2.50)",
					"2.5x **missed**", "at least 3 Mpps reached", "not quiet: <noise>", "`stamp`: no STAMP"):
				self.assertIn(words, page)
			with open(name, "w", encoding="utf-8") as file:
				file.write("a page without a place")
			self.assertEqual(run("report", "--page", name, a).returncode, 1)
			with open(os.path.join(TOP, "docs", "performance.md"), encoding="utf-8") as file:
				page = file.read()
			self.assertEqual((page.count(markdown.BEGIN), page.count(markdown.END)), (1, 1))

	def test_goals_of_one_side(self):
		with tempfile.TemporaryDirectory() as path:
			a = self.saved(os.path.join(path, "a"), "off", {"dpdk-lo-gen": [0.5], "testpmd io": [3.0]}, goal=None,
				better="less", unit="%", limits=[("dpdk-lo-gen", 1), ("testpmd io", 1)])
			found = results.read([a])
			self.assertEqual([entry["reached"] for entry in found.limits["off"]], [True, False])
			self.assertEqual(run("report", os.path.join(path, "out"), a).returncode, 0)
			with open(os.path.join(path, "out", "report.html"), encoding="utf-8") as file:
				page = file.read()
			self.assertIn("goal at most 1 %: reached", page)
			self.assertIn("1 of 2", page)

	def test_the_later_run_counts_and_none_is_an_error(self):
		with tempfile.TemporaryDirectory() as path:
			a = self.saved(os.path.join(path, "a"), "ring-32", {"dpdk-lo l4": [3.0], "testpmd io": [2.0]})
			b = self.saved(os.path.join(path, "b"), "ring-32", {"dpdk-lo l4": [7.0], "testpmd io": [1.0]})
			found = results.read([a, b])
			self.assertEqual(found.sides["ring-32"]["dpdk-lo l4"]["value"]["median"], 7.0)
			self.assertEqual([entry["ratio"] for entry in found.ratios["ring-32"]], [7.0])
			self.assertEqual(run("report", path, "/does/not/exist").returncode, 1)

	def test_round_numbers_for_axes(self):
		for top in (0.0007, 0.5, 1, 9.9, 10, 517, 123456):
			marks = svg.ticks(top)
			self.assertGreaterEqual(marks[-1], top)
			self.assertLessEqual(len(marks), 8)


class CommandLine(unittest.TestCase):
	def test_what_is_refused_says_why(self):
		for args, code, word in ((("--only", "rnig"), 1, "no such figure"),
				(("--cpus", "0,0"), 2, "two different CPUs"), (("--rounds", "0"), 2, "1 or more"),
				(("--cpus", "0,99999"), 2, "99999 is not among"),
				(("--quick", "--full"), 2, "not allowed")):
			with self.subTest(args=args), tempfile.TemporaryDirectory() as path:
				done = run("run.sh", "--out", path, *args)
				self.assertEqual(done.returncode, code, done.stderr)
				self.assertIn(word, done.stderr)
				self.assertNotIn("Traceback", done.stderr)

	def test_a_place_that_cannot_be_written_to(self):
		done = run("run.sh", "--out", "/dev/null/x", "--only", "null")
		self.assertEqual(done.returncode, 1)
		self.assertIn("choose another --out", done.stderr)


class Link(unittest.TestCase):
	"""bench/link.sh: what it makes of samples, and of what other programs say."""

	def setUp(self):
		self.lines = []
		self.writer = types.SimpleNamespace(
			write=lambda kind, **values: self.lines.append({"type": kind, **values}))

	@staticmethod
	def samples(*values, **more):
		return [{"value": value, "cores": 1.5, "own_cores": 0.5, "lost": 0, **more}
			for value in values]

	def test_a_side_is_held_against_lo(self):
		load = traffic.LOADS[0]
		text = table.load_results(self.writer, load,
			{"lo": self.samples(20, 22), "vtap": self.samples(10, 11, retransmits=3)})
		self.assertIn("0.50x", text)
		self.assertIn("sent again 6", text)
		self.assertEqual([line["side"] for line in self.lines], ["lo", "vtap"])
		self.assertEqual(self.lines[1]["Gbit/s"]["median"], 10.5)

	def test_picture_has_a_bar_for_each_side(self):
		rr = next(load for load in traffic.LOADS if load.name == "rr")
		found = {"tcp1": {"lo": self.samples(20, 22, 21), "vtap <1>": self.samples(10, 11)},
			"rr": {"lo": self.samples(60), "vtap <1>": self.samples(0)}}
		with tempfile.TemporaryDirectory() as folder:
			path = os.path.join(folder, "link.svg")
			picture.write(path, [traffic.LOADS[0], rr], found)
			drawing = xml.dom.minidom.parse(path)
			picture.write(os.path.join(folder, "none.svg"), traffic.LOADS, {})
			self.assertEqual(os.listdir(folder), ["link.svg"])
		kinds = [node.getAttribute("class") for node in drawing.getElementsByTagName("rect")]
		self.assertEqual(kinds, ["paper", "peer", "ours", "peer", "ours"])
		tips = [node.firstChild.data for node in drawing.getElementsByTagName("title")]
		self.assertIn("20 to 22 Gbit/s", tips[0])
		words = [node.firstChild.data for node in drawing.getElementsByTagName("text")]
		self.assertIn(rr.title + ", us; less is better", words)

	def test_goals_need_both_ends(self):
		found = {"tcp1": {"lo": self.samples(20), "vtap": self.samples(14)}}
		text = table.goals(self.writer, found)
		self.assertEqual([(line["case"], line["reached"]) for line in self.lines], [("tcp1", False)])
		self.assertIn("0.70x", text)
		self.assertIn("MISSED", text)

	def test_sides_of_ones_own(self):
		side = sides.parse("small=--link dlo0,mtu=1280 --idle spin")
		self.assertEqual((side.name, side.options, side.address),
			("small", "--link dlo0,mtu=1280 --idle spin", sides.MIRROR))
		with self.assertRaises(Failure):
			sides.parse("small")

	def test_loads_need_their_programs(self):
		load = traffic.Load("none", "", "", True, None, "sh", "no-such-program-here")
		self.assertEqual(load.missing(), "no-such-program-here is not installed")

	def test_a_program_that_is_not_there(self):
		with self.assertRaises(Failure):
			loads.Place().start("no-such-program-here")
		with self.assertRaises(Failure):
			loads.Place().run("sh", "-c", "echo why; exit 3", seconds=1)
		self.assertEqual(loads.Place(["env", "-i"]).run("sh", "-c", "echo $HOME-", seconds=1), "-\n")
		with self.assertRaises(Failure):
			loads.number("x", "y")

	def test_virtio_user_is_held_against_vtap(self):
		found = {"tcp1": {"lo": self.samples(9), "vtap": self.samples(20), "vtap mtu 1500": self.samples(10),
			"virtio-user": self.samples(15)}, "rr": {"vtap": self.samples(1)}}
		text = table.links(self.writer, traffic.LOADS, found)
		self.assertEqual([(line["theirs"], line["ratio"], line["goal"]) for line in self.lines],
			[("vtap", 0.75, None), ("vtap mtu 1500", 1.5, None)])
		self.assertIn("1.50x", text)

	def test_a_guest_measures_what_it_was_asked_to(self):
		args = types.SimpleNamespace(build="/b", rounds=None, seconds=None, quick=True, only=["rr"], side=None)
		words = guest.argv(args)
		self.assertEqual(words[words.index("--only"):][:2], ["--only", "rr"])
		self.assertEqual(words.count("--side"), len(guest.SIDES))
		self.assertEqual(words[words.index("--seconds") + 1], "1")

	def test_a_report_of_a_guest_beside_the_host_s(self):
		load = traffic.LOADS[0]
		with tempfile.TemporaryDirectory() as folder:
			paths = []
			for name, more in (("host", {}), ("guest", {"guest": "emulated"})):
				paths.append(os.path.join(folder, name + ".jsonl"))
				self.lines.clear()
				self.writer.write("host", **more)
				table.load_results(self.writer, load, {"lo": self.samples(20), "vtap": self.samples(10)})
				with open(paths[-1], "w", encoding="utf-8") as file:
					file.writelines(json.dumps(line) + "\n" for line in self.lines)
			found = results.read(paths)
		self.assertEqual(sorted(found.sides), ["link-tcp1", "link-vm-tcp1"])
		self.assertEqual(found.sides["link-vm-tcp1"]["dpdk-lo vtap"]["value"]["median"], 10)
		self.assertEqual(found.cases["link-vm-tcp1"]["note"], "in a virtual machine without KVM")

	def test_helps(self):
		found = run("link.sh", "--help")
		self.assertEqual(found.returncode, 0)
		for load in traffic.LOADS:
			self.assertIn(load.name, found.stdout)
		self.assertEqual(run("link.sh", "--only", "nothing").returncode, 2)


if __name__ == "__main__":
	unittest.main()
