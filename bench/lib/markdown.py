# SPDX-License-Identifier: BSD-3-Clause
"""The tables of docs/performance.md, made from results, so that the page cannot disagree with a run."""

import re

from page import SECTIONS
from process import Failure
from report import number

BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
HEAD = "| figure | dpdk-lo | peer | ratio (min..max) | goal |\n|---|---|---|---|---|"
MICRO = re.compile(r"(reflect_.*_(udp4|mix)_256|answer_.*|instructions_.*_(udp4|mix)_on)")


def cell(text):
	return str(text).replace("|", "\\|")


def value(entry):
	found = entry["value"]
	cost = f"; {number(entry['ns']['median'])} ns" if entry.get("ns") else ""
	return f"{number(found['median'])} {entry['unit']} ({number(found['min'])}..{number(found['max'])}){cost}"


def goal(entry):
	if entry["goal"] is None:
		return ""
	bound = "at most " if entry.get("better") == "less" else ""
	return f"{bound}{entry['goal']:g}x " + ("reached" if entry["reached"] else "**missed**") + \
		(", disturbed" if entry.get("disturbed") else "")


def limit(entry):
	if entry is None:
		return ""
	bound = "at most" if entry["better"] == "less" else "at least"
	return f"{bound} {entry['goal']:g} {entry['unit']} " + ("reached" if entry["reached"] else "**missed**")


def side_of(results, case, name):
	"""A side of this case, or where it says so of another: "tcp1 vtap"."""
	found = results.sides[case].get(name)
	if found is None:
		other, _, rest = name.partition(" ")
		found = results.sides.get(f"{case.split('-')[0]}-{other}", {}).get(rest)
	return value(found) if found else ""


def case_rows(results, case):
	shown = set()
	for entry in results.ratios.get(case, []):
		shown |= {entry["ours"], entry["theirs"]}
		yield f"| `{case}` | {cell(entry['ours'])}: {side_of(results, case, entry['ours'])} " \
			f"| {cell(entry['theirs'])}: {side_of(results, case, entry['theirs'])} " \
			f"| {number(entry['ratio'])}x ({number(entry['min'])}..{number(entry['max'])}) | {goal(entry)} |"
	limits = {entry["side"]: entry for entry in results.limits.get(case, [])}
	for side, found in results.sides[case].items():
		if side not in shown or side in limits:
			ours = side.startswith("dpdk-lo")
			text = f"{cell(side)}: {value(found)}"
			yield f"| `{case}` | {text if ours else ''} | {'' if ours else text} | | {limit(limits.get(side))} |"


def host_lines(results):
	host = results.hosts[-1]
	yield f"- {host['cpu']} ({host['cpu_id']}), {host['cpus_online']} CPUs, " \
		f"{'virtual' if host['virtual'] else 'physical'}; {', '.join(host['caches'])}; {' '.join(host['flags'])}"
	yield f"- kernel {host['kernel']}, DPDK {host['dpdk']}, dpdk-lo {host['dpdk_lo']}, governor {host['governor']}"
	yield f"- {host['rounds']} rounds of {host['seconds']:g} s, {host.get('memory', '')}; {host['time'][:10]}"
	yield "- " + "; ".join(f"CPU {probe['cpu']} lost {probe['lost']:.1%} of a probe's time to others, "
		f"{probe['longest_us']} us at the longest" for probe in host["interference"]["probes"])
	warned = []
	for other in results.hosts:
		warned += [text for text in other.get("warnings", []) if text not in warned]
	for text in warned:
		yield f"- not quiet: {text}"


def sections(results):
	shown = set()
	for title, names, _ in SECTIONS:
		cases = [case for case in results.sides if case.split("-")[0] in names]
		shown |= set(cases)
		if cases:
			yield title, cases
	others = [case for case in results.sides if case not in shown]
	if others:
		yield "Others", others


def micro_lines(results):
	rows = [f"| `{name}` | {number(entry['median'])} {entry['unit']} | "
		+ (f"{number(entry['min'])}..{number(entry['max'])} |" if "min" in entry else "|")
		for name, entry in results.micro.items() if MICRO.fullmatch(name)]
	if rows:
		yield "### Parts of the code by themselves\n\n| | median | min..max |\n|---|---|---|\n" + "\n".join(rows)


def tables(results):
	if not results.hosts or not results.sides:
		raise Failure("there are no figures in these results")
	text = ["\n".join(host_lines(results))]
	for title, cases in sections(results):
		titles = "\n".join(f"- `{case}`: {results.cases[case]['title']}. {results.cases[case].get('note', '')}"
			.rstrip() for case in cases)
		rows = "\n".join(row for case in cases for row in case_rows(results, case))
		text.append(f"### {title}\n\n{titles}\n\n{HEAD}\n{rows}")
	text += micro_lines(results)
	skipped, failed = results.outcome()
	left_out = [f"- `{entry['case']}`" + (f" {entry['side']}" if entry.get("side") else "")
		+ f": {entry['reason'].splitlines()[0]}" for entry in skipped]
	left_out += [f"- `{entry['case']}` failed: {entry['reason'].splitlines()[0]}" for entry in failed]
	if left_out:
		text.append("### Not in this run\n\n" + "\n".join(left_out))
	return "\n\n".join(text)


def put(results, path):
	"""Replace what stands between the two marks of the page at @path."""
	with open(path, encoding="utf-8") as file:
		page = file.read()
	if page.count(BEGIN) != 1 or page.count(END) != 1:
		raise Failure(f"{path}: there is no place for figures: the lines {BEGIN} and {END}, once each")
	head, rest = page.split(BEGIN)
	_, tail = rest.split(END)
	with open(path, "w", encoding="utf-8") as file:
		file.write(f"{head}{BEGIN}\n\n{tables(results)}\n\n{END}{tail}")
