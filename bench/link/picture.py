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
.ours { fill: var(--ours); } .peer { fill: var(--peer); } .paper { fill: var(--paper); }
"""


def bounds(values):
	"""A summary whose whiskers are the smallest and the largest."""
	found = stats.summary(values)
	return {**found, "q1": found["min"], "q3": found["max"]}


def block(title, unit, sides):
	"""sides: {name: values}. Returns the drawing and its height."""
	rows = [(name, bounds(values), "peer" if name in SIDES else "ours") for name, values in sides.items()]
	drawn = svg.bars(rows, unit, title)
	height = float(re.search(r'viewBox="0 0 \S+ ([0-9.]+)"', drawn)[1])
	return re.sub(r"^<svg [^>]*>|</svg>$", "", drawn), height


def draw(blocks):
	"""blocks: [(title, unit, {side: values})]. Returns the text of an SVG file."""
	parts, y = [], 14
	for title, unit, sides in blocks:
		drawn, height = block(title, unit, sides)
		better = "; less is better" if unit in LESS else ""
		parts.append(svg.text(12, y + 12, f"{title}, {unit}{better}", "title"))
		parts.append(f'<g transform="translate(0 {y + 24:.0f})">{drawn}</g>')
		y += 24 + height + 16
	return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {svg.WIDTH} {y:.0f}" role="img">' \
		f'<style>{STYLE}</style><rect class="paper" width="{svg.WIDTH}" height="{y:.0f}"/>' + \
		"\n".join(parts) + "</svg>\n"


def write(path, loads, found):
	"""found: {load name: {side: [sample]}}, of those that were measured."""
	blocks = [(load.title, load.unit, {side: [sample["value"] for sample in taken]
		for side, taken in found[load.name].items()}) for load in loads if load.name in found]
	if not blocks:
		return
	with open(path, "w", encoding="utf-8") as file:
		file.write(draw(blocks))
