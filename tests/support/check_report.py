#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""check_report.py FILE [--injected N] [EXPRESSION...]: the invariant, then expressions over a report.

In an expression `p` is the ports by name (p.net_ring0.rx, p["net_af_xdp0"].drops.land) and `r` the
whole report.
"""

import sys

sys.dont_write_bytecode = True
import report  # noqa: E402


class Attributes(dict):
	"""A dictionary whose keys are attributes too, all the way down."""

	def __getattr__(self, name):
		try:
			return wrap(self[name])
		except KeyError:
			raise AttributeError(f"no {name} among {', '.join(self)}") from None

	def __getitem__(self, name):
		return wrap(super().__getitem__(name))


def wrap(value):
	return Attributes(value) if isinstance(value, dict) else value


def main():
	try:
		measured = report.load(sys.argv[1])
	except (OSError, ValueError) as error:
		print(f"no report: {error}")
		return 1
	expressions = sys.argv[2:]
	injected = 0
	if expressions[:1] == ["--injected"]:
		injected = int(expressions[1])
		expressions = expressions[2:]
	wrong = list(report.check(measured, injected))
	ports = Attributes({port["name"]: port for port in measured["ports"]})
	for text in expressions:
		if not eval(text, {"p": ports, "r": Attributes(measured), "sum": sum, "max": max,
				"all": all}):  # written in the test scripts, not read from outside
			wrong.append(f"not true: {text}")
	for sentence in wrong:
		print(sentence)
	if wrong:
		for port in measured["ports"]:
			print({key: value for key, value in port.items() if key != "drops"},
				{key: value for key, value in port["drops"].items() if value})
	return 1 if wrong else 0


sys.exit(main())
