# SPDX-License-Identifier: BSD-3-Clause
"""Reading what dpdk-lo reports, for tests: one place for the invariant and the counters."""

import json


def load(path):
	with open(path, encoding="utf-8") as file:
		return json.load(file)


def imbalance(port):
	"""rx + dup less every fate: 0 when each received frame has exactly one."""
	fates = sum(port[key] for key in ("reflected", "punted", "forwarded", "held"))
	fates += sum(port["answered"].values()) + sum(port["drops"].values())
	return port["rx"] + port["dup"] - fates


def check(report, injected=0):
	"""Sentences about what is wrong with a report, none when all is well. injected: frames that
	were sent without having been received."""
	if not report["ports"]:
		yield "the report names no port"
	for port in report["ports"]:
		off = imbalance(port)
		if off != 0:
			yield f"{port['name']}: {off} of {port['rx']} received frames have no fate: {port}"
	sent = sum(port["tx"] for port in report["ports"]) - injected
	fates = sum(port["reflected"] + port["punted"] + port["forwarded"] +
		sum(port["answered"].values()) for port in report["ports"])
	if sent != fates:
		yield f"{sent} frames sent, but {fates} have a fate that ends in sending"


def counter(port, name):
	"""A counter by the name of its verdict."""
	for group in (port["drops"], port["answered"], port):
		if name in group and isinstance(group[name], int):
			return group[name]
	raise KeyError(f"no counter {name} in the report of {port['name']}")
