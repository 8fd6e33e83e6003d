# SPDX-License-Identifier: BSD-3-Clause
"""Plots as SVG text, to be put into a page: colours are classes, the page's style says what they are."""

import math
from html import escape

WIDTH = 900
ROW = 30
CHAR = 7.2  # width of a letter, about


def text(x, y, words, *classes, anchor="start"):
	return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{" ".join(classes)}">' \
		f"{escape(str(words))}</text>"


def line(x1, y1, x2, y2, *classes):
	return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{" ".join(classes)}"/>'


def rect(x, y, width, height, *classes, tip=""):
	inside = f"<title>{escape(tip)}</title>" if tip else ""
	return f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{height:.1f}" rx="2" ' \
		f'class="{" ".join(classes)}">{inside}</rect>'


def whisker(x1, x2, y):
	return line(x1, y, x2, y, "whisker") + line(x1, y - 4, x1, y + 4, "whisker") + \
		line(x2, y - 4, x2, y + 4, "whisker")


def svg(height, parts, label):
	return f'<svg viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-label="{escape(label)}">' \
		f"{''.join(parts)}</svg>"


def short(value):
	"""A number as a label: three digits."""
	if value == 0:
		return "0"
	digits = max(0, 2 - math.floor(math.log10(abs(value))))
	found = f"{value:,.{min(digits, 4)}f}"
	return found.rstrip("0").rstrip(".") if "." in found else found


def ticks(top, wanted=5):
	"""Round numbers from 0 up to @top."""
	if top <= 0:
		return [0, 1]
	raw = top / wanted
	base = 10 ** math.floor(math.log10(raw))
	step = next(base * factor for factor in (1, 2, 2.5, 5, 10) if base * factor >= raw)
	return [step * i for i in range(int(top / step + 1e-9) + 2)]


def left_of(labels):
	return min(WIDTH * 0.45, 24 + CHAR * max(len(label) for label in labels))


def bars(rows, unit, label):
	"""rows: (label, summary with median, q1, q3, min, max, class)"""
	left, right = left_of([row[0] for row in rows]), WIDTH - 90
	marks = ticks(max(row[1]["max"] for row in rows))
	scale = (right - left) / marks[-1]
	bottom = len(rows) * ROW + 6
	parts = []
	for mark in marks:
		parts.append(line(left + mark * scale, 2, left + mark * scale, bottom, "grid"))
		parts.append(text(left + mark * scale, bottom + 16, short(mark), "tick", anchor="middle"))
	parts.append(text(WIDTH - 4, bottom + 16, unit, "tick", anchor="end"))
	for number, (name, found, kind) in enumerate(rows):
		y = number * ROW + 6
		tip = f"{name}: median {short(found['median'])}, quartiles {short(found['q1'])} to " \
			f"{short(found['q3'])}, {short(found['min'])} to {short(found['max'])} {unit}"
		parts.append(text(left - 8, y + 15, name, "label", anchor="end"))
		parts.append(rect(left, y, found["median"] * scale, ROW - 10, kind, tip=tip))
		parts.append(whisker(left + found["q1"] * scale, left + found["q3"] * scale, y + (ROW - 10) / 2))
		parts.append(text(left + max(found["median"], found["q3"]) * scale + 8, y + 15,
			short(found["median"]), "value"))
	return svg(bottom + 24, parts, label)


def ratio_bars(rows, label):
	"""
	rows: (label, ratio with ratio, q1, q3, min, max, goal or None, "good", "bad" or "plain"); on a
	logarithmic scale, where twice as fast and half as fast are as far from 1.
	"""
	left, right = left_of([row[0] for row in rows]), WIDTH - 150
	every = [value for _, found, goal, _ in rows
		for value in (found["q1"], found["q3"], found["ratio"], goal or 1) if value > 0]
	low, high = math.floor(math.log2(min(every + [0.5]))), math.ceil(math.log2(max(every + [2])))

	def at(value):
		value = min(max(value, 2 ** low), 2 ** high)
		return left + (math.log2(value) - low) / (high - low) * (right - left)

	bottom = len(rows) * ROW + 6
	step = max(1, math.ceil((high - low) / 9))
	parts = []
	for power in range(low, high + 1, step):
		parts.append(line(at(2 ** power), 2, at(2 ** power), bottom, "one" if power == 0 else "grid"))
		parts.append(text(at(2 ** power), bottom + 16, f"{2 ** power}x" if power >= 0 else f"1/{2 ** -power}x", "tick", anchor="middle"))
	for number, (name, found, goal, kind) in enumerate(rows):
		y = number * ROW + 6
		begin, end = sorted((at(1), at(found["ratio"])))
		tip = f"{name}: {found['ratio']:.3f}x, quartiles {found['q1']:.3f} to {found['q3']:.3f}, " \
			f"{found['min']:.3f} to {found['max']:.3f}" + (f", goal {goal:g}x" if goal else "")
		parts.append(text(left - 8, y + 15, name, "label", anchor="end"))
		parts.append(rect(begin, y + 2, max(end - begin, 2), ROW - 14, kind, tip=tip))
		parts.append(whisker(at(found["q1"]), at(found["q3"]), y + (ROW - 10) / 2))
		if goal:
			parts.append(f'<path class="goal" d="M{at(goal):.1f} {y - 2} l5 -4 h-10 z"/>')
			parts.append(line(at(goal), y - 2, at(goal), y + ROW - 10, "goalline"))
		parts.append(text(right + 12, y + 15, f"{found['ratio']:.2f}x"
			+ (f"  goal {'≤ ' if found.get('better') == 'less' else ''}{goal:g}x" if goal else ""), "value", kind + "text"))
	return svg(bottom + 24, parts, label)


def grouped(groups, names, unit, label):
	"""groups: [(label, {name: summary})], one cluster of columns for each."""
	height, left, bottom = 300, 60, 260
	marks = ticks(max(found["max"] for _, values in groups for found in values.values()))
	scale = (bottom - 16) / marks[-1]
	parts = [text(4, 12, unit, "tick")]
	for mark in marks:
		parts.append(line(left, bottom - mark * scale, WIDTH - 10, bottom - mark * scale, "grid"))
		parts.append(text(left - 6, bottom - mark * scale + 4, short(mark), "tick", anchor="end"))
	room = (WIDTH - 10 - left) / len(groups)
	column = min(46, room * 0.8 / len(names))
	for number, (group, values) in enumerate(groups):
		x = left + room * number + (room - column * len(names)) / 2
		parts.append(text(left + room * (number + 0.5), bottom + 17, group, "tick", anchor="middle"))
		for i, name in enumerate(names):
			found = values.get(name)
			if not found:
				continue
			top = bottom - found["median"] * scale
			parts.append(rect(x + i * column, top, column - 3, bottom - top, f"series{i}",
				tip=f"{name}, {group}: {short(found['median'])} {unit}"))
			middle = x + i * column + (column - 3) / 2
			parts.append(line(middle, bottom - found["q1"] * scale, middle, bottom - found["q3"] * scale,
				"whisker"))
			parts.append(text(middle, top - 4, short(found["median"]), "small", anchor="middle"))
	return svg(height, parts + legend(names, 292), label)


def legend(names, y, left=60, kinds=()):
	parts, x = [], left
	for i, name in enumerate(names):
		parts.append(rect(x, y - 9, 11, 11, kinds[i] if i < len(kinds) else f"series{i}"))
		parts.append(text(x + 16, y, name, "tick"))
		x += 34 + CHAR * len(name)
	return parts


def ccdf(curves, kinds, label):
	"""kinds: "ours" or "peer" for each of curves: [(name, [(ns, part of the frames that took longer)])]; both axes logarithmic."""
	height, left, bottom, right = 340, 64, 284, WIDTH - 14
	points = [(ns, part) for _, curve in curves for ns, part in curve if ns > 0 and part > 0]
	low = math.floor(math.log10(min(ns for ns, _ in points)))
	high = math.ceil(math.log10(max(ns for ns, _ in points)) + 1e-9)
	floor = math.floor(math.log10(min(part for _, part in points)))

	def at(ns, part):
		return (left + (math.log10(ns) - low) / (high - low) * (right - left),
			12 + math.log10(part) / floor * (bottom - 12) if floor else 12)

	parts = []
	for power in range(low, high + 1):
		x, _ = at(10.0 ** power, 1)
		words = f"{10 ** (power - 3):g} us" if power < 6 else f"{10 ** (power - 6):g} ms"
		parts += [line(x, 12, x, bottom, "grid"), text(x, bottom + 17, words, "tick",
			anchor="middle" if power < high else "end")]
	for power in range(0, floor - 1, -1):
		_, y = at(10.0 ** low, 10.0 ** power)
		parts += [line(left, y, right, y, "grid"),
			text(left - 6, y + 4, f"{100 * 10.0 ** power:g} %", "tick", anchor="end")]
	for i, (name, curve) in enumerate(curves):
		steps = " ".join("{:.1f},{:.1f}".format(*at(ns, part)) for ns, part in curve if ns > 0 and part > 0)
		parts.append(f'<polyline class="curve {kinds[i]}curve" points="{steps}"><title>{escape(name)}</title>'
			"</polyline>")
	return svg(height, parts + legend([name for name, _ in curves], height - 10,
		kinds=kinds), label)


def stages(rows, label):
	"""rows: [(label, [(stage, ns)])]: what a frame's cost is made of."""
	names = []
	for _, parts in rows:
		names += [stage for stage, _ in parts if stage not in names]
	left, right = left_of([row[0] for row in rows]), WIDTH - 80
	top = max(sum(ns for _, ns in parts) for _, parts in rows)
	scale = (right - left) / top
	drawn = []
	for number, (name, parts) in enumerate(rows):
		y, x = number * ROW + 6, left
		drawn.append(text(left - 8, y + 15, name, "label", anchor="end"))
		for stage, ns in parts:
			drawn.append(rect(x, y, ns * scale - 1, ROW - 10, f"series{names.index(stage)}",
				tip=f"{stage}: {ns:.2f} ns"))
			if ns * scale > 44:
				drawn.append(text(x + ns * scale / 2, y + 15, f"{ns:.2f}", "inside", anchor="middle"))
			x += ns * scale
		drawn.append(text(x + 8, y + 15, f"{sum(ns for _, ns in parts):.2f} ns", "value"))
	bottom = len(rows) * ROW + 22
	return svg(bottom + 12, drawn + legend(names, bottom, left), label)
