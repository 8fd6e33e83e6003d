# SPDX-License-Identifier: BSD-3-Clause
"""What came out, as a picture that stands by itself: bars for each load, to be put into a page."""

import re

import stats
import svg

SIDES = ("lo", "net_tap")  # somebody else's; the others are ours
LESS = ("us", "% core")
STYLE = """
:root { --ink: #1d2733; --soft: #5b6775; --line: #e3e8ee; --paper: #ffffff; --ours: #2b6cb0; --peer: #a9b4c2; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6ebf1; --soft: #9aa7b5; --line: #2c3642;
	--paper: #12181f; --ours: #63a4e4; --peer: #5d6b7a; } }
text { font: 12.5px system-ui, "DejaVu Sans", sans-serif; fill: var(--ink); }
.title { font-size: 14px; font-weight: 600; } .value { font-weight: 600; }
.tick { fill: var(--soft); font-size: 11.5px; }
.grid { stroke: var(--line); } .whisker { stroke: var(--ink); stroke-width: 1.2; opacity: .65; }
.ours, .series1 { fill: var(--ours); } .peer, .series0 { fill: var(--peer); } .small { font-size: 11px; } .paper { fill: var(--paper); }
"""


def bounds(values):
	"""A summary whose whiskers are the smallest and the largest."""
	found = stats.summary(values)
	return {**found, "q1": found["min"], "q3": found["max"]}


def block(title, unit, sides):
	"""sides: {name: values}. Returns the drawing and its height."""
	rows = [(name, bounds(values), "peer" if name in SIDES else "ours") for name, values in sides.items()]
	return inside(svg.bars(rows, unit, title))


def inside(drawn):
	"""An <svg>'s content and its height."""
	height = float(re.search(r'viewBox="0 0 \S+ ([0-9.]+)"', drawn)[1])
	return re.sub(r"^<svg [^>]*>|</svg>$", "", drawn), height


def columns(title, unit, groups):
	"""groups: [(label, {side: values})], lo first. Returns the drawing and its height."""
	names = list(groups[0][1])[:2]
	drawn = svg.grouped([(label, {name: bounds(sides[name]) for name in names if name in sides})
		for label, sides in groups], names, unit, title)
	return inside(drawn)


def draw(blocks):
	"""
	blocks: [(title, unit, {side: values} or [(label, {side: values})])]. Returns the text of an SVG file.
	"""
	parts, y = [], 14
	for title, unit, sides in blocks:
		drawn, height = (block if isinstance(sides, dict) else columns)(title, unit, sides)
		better = "; less is better" if unit in LESS else ""
		parts.append(svg.text(12, y + 12, f"{title}, {unit}{better}", "title"))
		parts.append(f'<g transform="translate(0 {y + 24:.0f})">{drawn}</g>')
		y += 24 + height + 16
	return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {svg.WIDTH} {y:.0f}" role="img">' \
		f'<style>{STYLE}</style><rect class="paper" width="{svg.WIDTH}" height="{y:.0f}"/>' + \
		"\n".join(parts) + "</svg>\n"


def write(path, loads, found):
	"""found: {load name: {side: [sample]}}, of those that were measured."""
	values = {name: {side: [sample["value"] for sample in taken] for side, taken in samples.items()}
		for name, samples in found.items()}
	blocks = [(load.title, load.unit, values[load.name]) for load in loads
		if load.name in found and not load.mtu]
	sweep = [load for load in loads if load.name in found and load.mtu]
	if sweep:
		blocks.append(("one TCP stream (iperf3) by MTU", sweep[0].unit,
			[(str(load.mtu), values[load.name]) for load in sweep]))
	if not blocks:
		return
	with open(path, "w", encoding="utf-8") as file:
		file.write(draw(blocks))
