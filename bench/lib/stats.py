# SPDX-License-Identifier: BSD-3-Clause
"""Medians and spreads; nothing else is claimed about distributions of nine values."""

import statistics


def quartiles(values):
	if len(values) < 2:
		return values[0], values[0]
	low, _, high = statistics.quantiles(values, n=4, method="inclusive")
	return low, high


def summary(values):
	low, high = quartiles(values)
	return {"n": len(values), "median": statistics.median(values), "min": min(values),
		"max": max(values), "q1": low, "q3": high}


def spread(values):
	"""Half the interquartile range as a part of the median: how far to trust it."""
	low, high = quartiles(values)
	middle = statistics.median(values)
	return (high - low) / 2 / middle if middle else 0.0


def ratio(ours, theirs):
	"""The ratio of the medians, with the spread of the ratios of values measured side by side."""
	pairs = summary([a / b for a, b in zip(ours, theirs)])
	return {"ratio": statistics.median(ours) / statistics.median(theirs), "min": pairs["min"],
		"max": pairs["max"], "q1": pairs["q1"], "q3": pairs["q3"], "n": pairs["n"]}


def difference(ours, theirs):
	pairs = summary([a - b for a, b in zip(ours, theirs)])
	return {"difference": statistics.median(ours) - statistics.median(theirs),
		"min": pairs["min"], "max": pairs["max"], "q1": pairs["q1"], "q3": pairs["q3"],
		"n": pairs["n"]}


def reached(result, goal, better="more"):
	"""A goal of 1.0 is parity: the spread reaches it and the median is within 3 % of it."""
	if better == "less":
		if goal == 1.0:
			return result["ratio"] <= 1.03 and result["min"] <= 1.0
		return result["ratio"] <= goal
	if goal == 1.0:
		return result["ratio"] >= 0.97 and result["max"] >= 1.0
	return result["ratio"] >= goal
