# SPDX-License-Identifier: BSD-3-Clause
"""report.html: one file, nothing loaded from anywhere, to be read by people."""

from html import escape

import svg

AS_THEY_ARE = ("lo", "dpdk-lo", "dlo0", "net_ring", "wire", "l4", "icmp4", "stamp", "lbm", "iperf3", "p99")
QUIET = 0.9  # a side that had less of its CPU was disturbed

STYLE = """
:root { color-scheme: light dark; --ink: #1d2733; --soft: #5b6775; --line: #e3e8ee; --paper: #ffffff;
	--card: #f7f9fb; --ours: #2b6cb0; --peer: #a9b4c2; --good: #2f855a; --bad: #c05621; --plain: #7f8ea3;
	--s0: #a9b4c2; --s1: #6ba3d6; --s2: #2b6cb0; --s3: #d69e2e; --s4: #805ad5; --s5: #38a169; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6ebf1; --soft: #9aa7b5; --line: #2c3642;
	--paper: #12181f; --card: #1a222b; --ours: #63a4e4; --peer: #5d6b7a; --good: #54b982; --bad: #e58a4e;
	--plain: #7f8ea3; --s0: #5d6b7a; --s1: #4c86b8; --s2: #63a4e4; --s3: #d6a73a; --s4: #9f7aea;
	--s5: #54b982; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2.2rem 1.4rem 4rem; max-width: 1000px; background: var(--paper);
	color: var(--ink); font: 16px/1.55 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .3rem; }
h2 { font-size: 1.3rem; margin: 2.8rem 0 .3rem; padding-top: .6rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.02rem; margin: 1.7rem 0 .3rem; }
p { margin: .3rem 0 .8rem; max-width: 74ch; }
.soft, figcaption { color: var(--soft); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(200px, 1fr)); gap: .8rem;
	margin: 1.4rem 0; }
.tile { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .8rem 1rem; }
.tile b { display: block; font-size: 1.6rem; line-height: 1.25; }
figure { margin: .6rem 0 1.2rem; }
svg { width: 100%; height: auto; display: block; }
svg text { font: 12.5px system-ui, "DejaVu Sans", sans-serif; fill: var(--ink); }
svg .tick, svg .small { fill: var(--soft); font-size: 11.5px; }
svg .small { font-size: 10.5px; }
svg .value { font-weight: 600; }
svg .inside { fill: #fff; font-size: 11.5px; }
.grid { stroke: var(--line); stroke-width: 1; }
.one { stroke: var(--soft); stroke-width: 1.4; }
.whisker { stroke: var(--ink); stroke-width: 1.2; opacity: .65; }
.ours { fill: var(--ours); } .peer { fill: var(--peer); }
.good { fill: var(--good); } .bad { fill: var(--bad); } .plain { fill: var(--plain); }
svg text.goodtext { fill: var(--good); } svg text.badtext { fill: var(--bad); }
.goal { fill: var(--ink); } .goalline { stroke: var(--ink); stroke-dasharray: 3 2; }
.curve { fill: none; stroke-width: 2; stroke-linejoin: round; }
""" + "".join(f".series{i} {{ fill: var(--s{i}); }} .stroke{i} {{ stroke: var(--s{i}); }} "
	for i in range(6)) + """
.ourscurve { stroke: var(--ours); } .peercurve { stroke: var(--peer); }
table { border-collapse: collapse; width: 100%; font-size: .9rem; font-variant-numeric: tabular-nums; }
th { text-align: right; color: var(--soft); font-weight: 500; }
td, th { padding: .22rem .6rem; border-bottom: 1px solid var(--line); text-align: right; }
td:first-child, th:first-child { text-align: left; }
td.met { color: var(--good); font-weight: 600; } td.unmet { color: var(--bad); font-weight: 600; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.2rem; font-size: .93rem; }
dt { color: var(--soft); } dd { margin: 0; }
.warn { background: color-mix(in srgb, var(--bad) 12%, var(--paper)); border-left: 4px solid var(--bad);
	padding: .6rem 1rem; border-radius: 0 6px 6px 0; }
.warn ul { margin: .3rem 0 0; padding-left: 1.2rem; }
details { margin: .2rem 0 1rem; } summary { cursor: pointer; color: var(--soft); font-size: .9rem; }
@media print { details > * { display: block; } }
"""

SECTIONS = [
	("Reflection by one core", ("ring", "replay", "null", "net_lo"),
		"Frames that go round inside the machine: what a core costs, with hot caches and without a NIC. Good "
		"for comparing programs that do the same; no prediction of what a NIC will do."),
	("Between two programs", ("memif", "vhost", "sizes", "xdp"),
		"One program sends, the other turns round; both copy every frame. What counts is what came back."),
	("Latency", ("latency",), ""),
	("More than one core", ("scaling",), ""),
	("The host talking to itself", ("link", "localhost"),
		"Through <code>dlo0</code> or through the carried loopback, against the kernel's own lo."),
	("Answers", ("stamp", "answers"), ""),
	("Beside the kernel", ("steer",), "What the kernel's own traffic on an interface pays for sharing it."),
	("In service", ("reload",), "What other settings cost while frames come."),
	("The generator", ("generator",), ""),
]


def figure(drawing, caption=""):
	return f"<figure>{drawing}" + (f"<figcaption>{caption}</figcaption>" if caption else "") + "</figure>"


def sentence(text):
	"""With a capital and a full stop; names of interfaces stay as they are."""
	if not text:
		return ""
	first = text.split()[0]
	text = text if first.strip(",;") in AS_THEY_ARE else text[0].upper() + text[1:]
	return text if text[-1] in ".?!" else text + "."


def heading(text):
	return escape(sentence(text).rstrip("."))


def kind_of(side):
	return "ours" if side.startswith("dpdk-lo") else "peer"


def case_table(results, case):
	rows = ["<details><summary>Figures</summary><table><tr><th></th><th>median</th><th>quartiles</th>"
		"<th>min to max</th><th>rounds</th><th>ns a frame</th><th>CPU had</th></tr>"]
	for side, entry in results.sides[case].items():
		value = entry["value"]
		cost = f"{entry['ns']['median']:.3f}" if entry.get("ns") else ""
		rows.append(f"<tr><td>{escape(side)}</td><td>{svg.short(value['median'])}</td>"
			f"<td>{svg.short(value['q1'])} to {svg.short(value['q3'])}</td>"
			f"<td>{svg.short(value['min'])} to {svg.short(value['max'])}</td><td>{value['n']}</td>"
			f"<td>{cost}</td><td>{entry.get('share_min', 1):.0%}</td></tr>")
	for entry in results.ratios.get(case, []):
		rows.append(f"<tr><td>{escape(entry['ours'])} / {escape(entry['theirs'])}</td>"
			f"<td>{entry['ratio']:.2f}x</td><td>{entry['q1']:.2f} to {entry['q3']:.2f}</td>"
			f"<td>{entry['min']:.2f} to {entry['max']:.2f}</td><td>{entry['n']}</td>"
			f"<td>{goal_words(entry)}</td><td></td></tr>")
	return "".join(rows) + "</table></details>"


def goal_words(entry):
	if entry["goal"] is None:
		return ""
	bound = "at most " if entry.get("better") == "less" else ""
	return f"goal {bound}{entry['goal']:g}x: " + ("reached" if entry["reached"] else "missed") + \
		(", disturbed" if entry.get("disturbed") else "")


def case_block(results, case):
	entry = results.cases[case]
	rows = [(side, found["value"], kind_of(side)) for side, found in results.sides[case].items()]
	better = "Less is better." if entry.get("better") == "less" else ""
	weak = [side for side, found in results.sides[case].items() if found.get("share_min", 1) < QUIET]
	note = " ".join(filter(None, [escape(sentence(entry.get("note", ""))), better,
		f"Disturbed: {escape(', '.join(weak))}." if weak else ""]))
	return f"<h3 id='{case}'>{heading(entry['title'])}</h3>" + \
		figure(svg.bars(rows, entry["unit"], entry["title"]), note) + case_table(results, case)


def ratio_rows(results, with_goal):
	rows = []
	for case, entries in results.ratios.items():
		for entry in entries:
			if (entry["goal"] is None) == with_goal:
				continue
			kind = "plain" if entry["goal"] is None else "good" if entry["reached"] else "bad"
			rows.append((f"{case}: {entry['ours'].removeprefix('dpdk-lo ')} / "
				f"{entry['theirs'].removeprefix('testpmd ')}", entry, entry["goal"], kind))
	return rows


def limit_words(entry):
	bound = "at most" if entry["better"] == "less" else "at least"
	return f"goal {bound} {entry['goal']:g} {entry['unit']}: " + ("reached" if entry["reached"] else "missed")


def limits_table(results):
	rows = "".join(f"<tr><td>{escape(entry['case'])}: {escape(entry['side'])}</td>"
		f"<td>{svg.short(entry['median'])} {escape(entry['unit'])}</td>"
		f"<td class='{'met' if entry['reached'] else 'unmet'}'>{escape(limit_words(entry))}</td></tr>"
		for entries in results.limits.values() for entry in entries)
	return f"<table><tr><th>By itself</th><th>median</th><th></th></tr>{rows}</table>" if rows else ""


def goals_block(results):
	rows = ratio_rows(results, True)
	if not rows:
		return limits_table(results) and "<h2 id='goals'>Against the goals</h2>" + limits_table(results)
	return "<h2 id='goals'>Against the goals</h2><p>Each bar is dpdk-lo against its peer, side by side in one " \
		"run: right of 1x we are faster (for times: slower). The whisker spans the quartiles of the rounds, the " \
		"triangle is the goal. Green: reached.</p>" + figure(svg.ratio_bars(rows, "ratios with goals")) + \
		limits_table(results)


def sizes_block(results):
	groups, names = [], []
	for case in sorted((case for case in results.sides if case.startswith("sizes-")),
			key=lambda case: int(case.split("-")[1])):
		values = {side: entry["value"] for side, entry in results.sides[case].items()}
		names += [side for side in values if side not in names]
		groups.append((f"{case.split('-')[1]} B", values))
	if not groups:
		return ""
	table = "".join(case_table(results, case) for case in results.sides if case.startswith("sizes-"))
	return "<h3 id='sizes'>Throughput by size and mode: from dpdk-lo-gen over memif and back</h3>" + \
		figure(svg.grouped(groups, names, "Mpps", "throughput by size")) + table


def ccdf_block(results):
	curves = []
	for (case, side), samples in results.samples.items():
		if case != "latency" or not all(sample.get("ccdf") for sample in samples):
			continue
		# One curve for all rounds: at each part the median of the rounds.
		parts = sorted(set.intersection(*({part for _, part in sample["ccdf"]} for sample in samples)),
			reverse=True)
		curve = [(svg_median([ns for sample in samples for ns, other in sample["ccdf"] if other == part]),
			part) for part in parts]
		curves.append((side, curve))
	if not curves:
		return ""
	return "<h3>Part of the frames that took longer</h3>" + \
		figure(svg.ccdf(curves, [kind_of(side) for side, _ in curves], "latency CCDF"), "Round trip, medians of the rounds. Both axes are logarithmic: "
			"the tail is what users wait for.")


def svg_median(values):
	values = sorted(values)
	return values[len(values) // 2]


def stage_block(results):
	"""What a frame costs, by what is left out: the same ring, the same frames, less and less done."""
	for case in ("ring-256", "ring-32"):
		sides = results.sides.get(case, {})
		cost = {side: entry["ns"]["median"] for side, entry in sides.items() if entry.get("ns")}
		plain, guarded = cost.get("dpdk-lo l4, guards off"), cost.get("dpdk-lo l4")
		if plain is None or guarded is None:
			continue
		wire = cost.get("dpdk-lo wire") or cost.get("testpmd io")
		rows = []
		guards = ("guards", max(guarded - plain, 0))
		if wire is not None and wire < plain:
			rows.append(("dpdk-lo l4", [("receive and send", wire), ("classify and swap", plain - wire), guards]))
		else:
			rows.append(("dpdk-lo l4", [("receive, swap, send", plain), guards]))
		for peer in ("testpmd 5tswap", "testpmd macswap"):
			if peer not in cost:
				continue
			base = cost.get("testpmd io") or (wire if wire is not None and wire < cost[peer] else None)
			rows.append((peer, [("receive and send", base), ("classify and swap", cost[peer] - base)])
				if base is not None and base < cost[peer] else (peer, [("receive, swap, send", cost[peer])]))
		return "<h3>What a frame costs, by stage</h3>" + figure(svg.stages(rows, "cost by stage"),
			f"{case}: differences of medians between runs that leave a stage out.")
	return ""


def micro_block(results):
	rows = [(name, entry, "ours") for name, entry in results.micro.items() if entry["unit"] == "ns"]
	counted = [(name.removeprefix("instructions_"), entry["median"]) for name, entry in results.micro.items()
		if entry["unit"] == "instr"]
	if not rows and not counted:
		return ""
	text = "<h2 id='micro'>Parts of the code by themselves</h2>"
	picked = [row for row in rows if "_256" in row[0] and not row[0].endswith("unguarded")] or rows
	if picked:
		text += figure(svg.bars(picked[:24], "ns a frame", "microbenchmarks"),
			"The burst function alone, guards on, 256 frames. Less is better.")
	if counted:
		text += "<details><summary>Instructions per frame, by callgrind</summary><table>" + "".join(
			f"<tr><td>{escape(name)}</td><td>{value:.1f}</td></tr>" for name, value in counted) + \
			"</table></details>"
	return text


def host_block(host):
	facts = [("CPU", f"{host['cpu']} ({host['cpu_id']}), {host['cpus_online']} online, {host['mhz']} MHz"),
		("caches", ", ".join(host["caches"])), ("instruction sets", " ".join(host["flags"])),
		("machine", f"{'virtual' if host['virtual'] else 'physical'}; governor {host['governor']}"),
		("kernel", host["kernel"]), ("DPDK", host["dpdk"]), ("dpdk-lo", host["dpdk_lo"]),
		("memory", host.get("memory", "")), ("rounds", f"{host['rounds']} of {host['seconds']} s"),
		("time", host["time"])]
	for probe in host["interference"]["probes"]:
		facts.append((f"CPU {probe['cpu']} lost", f"{probe['lost']:.1%} of the time to others, "
			f"{probe['longest_us']} us at the longest"))
	return "<h2 id='host'>The machine</h2><dl>" + "".join(
		f"<dt>{escape(key)}</dt><dd>{escape(str(value))}</dd>" for key, value in facts) + "</dl>"


def warnings_block(results):
	found = []
	for host in results.hosts:
		found += [warning for warning in host.get("warnings", []) if warning not in found]
	if not found:
		return ""
	return "<div class='warn'>The machine was not quiet:<ul>" + "".join(
		f"<li>{escape(warning)}</li>" for warning in found[:8]) + "</ul></div>"


def left_out_block(results):
	skipped, failed = results.outcome()
	rows = [(f"{entry['case']}" + (f": {entry['side']}" if entry.get("side") else ""), entry["reason"])
		for entry in skipped]
	rows += [(entry["case"], "failed: " + entry["reason"].splitlines()[0]) for entry in failed]
	if not rows:
		return ""
	return "<h2 id='missing'>What is not in here</h2><dl>" + "".join(
		f"<dt>{escape(name)}</dt><dd>{escape(why)}</dd>" for name, why in rows) + "</dl>"


def tiles(results):
	goals = [entry for entries in results.ratios.values() for entry in entries if entry["goal"] is not None]
	goals += [entry for entries in results.limits.values() for entry in entries]
	reached = sum(bool(entry["reached"]) for entry in goals)
	disturbed = sum(bool(entry.get("disturbed")) for entry in goals)
	cards = [(f"{reached} of {len(goals)}", "goals reached" + (f", {disturbed} disturbed" if disturbed else "")),
		(str(len(results.sides)), "cases, each with its peers in the same run")]
	best = results.sides.get("ring-32", {}).get("dpdk-lo l4") or results.sides.get("ring-256", {}).get("dpdk-lo l4")
	if best:
		cards.append((f"{best['ns']['median']:.2f} ns", "a guarded frame costs one core (net_ring, no NIC)"))
	link = results.sides.get("link-tcp1", {}).get("dpdk-lo vtap")
	if link:
		cards.append((f"{link['value']['median']:.1f} Gbit/s", "one TCP stream of the host to itself through dlo0"))
	return "<div class='tiles'>" + "".join(
		f"<div class='tile'><b>{escape(value)}</b>{escape(words)}</div>" for value, words in cards) + "</div>"


def sections(results):
	text, shown = [], set()
	for title, figures, words in SECTIONS:
		cases = [case for case in results.sides if case.split("-")[0] in figures]
		shown.update(cases)
		if not cases:
			continue
		text.append(f"<h2>{title}</h2>" + (f"<p>{words}</p>" if words else ""))
		if "sizes" in figures:
			text.append(sizes_block(results))
		text += [case_block(results, case) for case in cases if not case.startswith("sizes-")]
		if "latency" in figures:
			text.append(ccdf_block(results))
		if "ring" in figures:
			text.append(stage_block(results))
	others = [case for case in results.sides if case not in shown]
	if others:
		text.append("<h2>Others</h2>" + "".join(case_block(results, case) for case in others))
	return "".join(text)


def write(results, path):
	host = results.hosts[-1] if results.hosts else None
	rest = ratio_rows(results, False)
	body = ["<h1>dpdk-lo, measured beside its peers</h1>",
		f"<p class='soft'>{escape(host['cpu'])}, {host['cpus_online']} CPUs; DPDK {escape(host['dpdk'])}; "
		f"dpdk-lo {escape(host['dpdk_lo'])}; {escape(host['time'][:10])}</p>" if host else "",
		warnings_block(results), tiles(results), goals_block(results), sections(results),
		"<h2>All other ratios</h2>" + figure(svg.ratio_bars(rest, "ratios")) if rest else "",
		micro_block(results), left_out_block(results), host_block(host) if host else "",
		"<h2>Method</h2><p>Every side is started anew in every round, one after the other and back again, at the "
		"same burst, queues, cores, pools and frames. Values are medians of the rounds; a ratio is that of the "
		"medians, its spread that of the pairs within rounds. <code>docs/performance.md</code> says more, and what "
		"these figures are not.</p>"]
	with open(path, "w", encoding="utf-8") as file:
		file.write("<!doctype html><html lang='en'><head><meta charset='utf-8'><meta name='viewport' "
			"content='width=device-width, initial-scale=1'><title>dpdk-lo, measured</title>"
			f"<style>{STYLE}</style></head><body>{''.join(body)}</body></html>\n")
