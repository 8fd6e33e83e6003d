#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Evaluate a Grafana dashboard's expressions in a Prometheus:  dashboard.py DASHBOARD URL

Every expression must be one that Prometheus takes, its metrics must be there, and of each panel one
expression must have a value. Prints what each comes to; exit code 1 with the reason otherwise.
"""

import json
import re
import sys
import urllib.parse
import urllib.request


def query(url, expression):
	with urllib.request.urlopen(f"{url}/api/v1/query?" + urllib.parse.urlencode({"query": expression}),
			timeout=20) as reply:
		return json.load(reply)["data"]["result"]


def check(panel, url):
	values = 0
	for target in panel["targets"]:
		expression = target["expr"].replace("$__rate_interval", "30s")
		expression = re.sub(r'=~"\$\w+"', '=~".+"', expression)
		result = query(url, expression)
		values += len(result)
		for metric in re.findall(r"dpdk_\w+", expression):
			if not query(url, metric):
				return f"{panel['title']}: there is no {metric}"
		for one in result:
			labels = target["legendFormat"]
			for name in re.findall(r"\{\{(\w+)\}\}", labels):
				if name not in one["metric"]:
					return f"{panel['title']}: {expression}: no label {name}"
		shown = ", ".join(f"{float(r['value'][1]):.3g}" for r in result[:4])
		print(f"{panel['title']}: {target['legendFormat']}: {shown or 'nothing'}")
	return None if values else f"{panel['title']}: nothing to show"


def main(path, url):
	with open(path, encoding="utf-8") as file:
		dashboard = json.load(file)
	wrong = [problem for panel in dashboard["panels"] if (problem := check(panel, url))]
	print("\n".join(wrong))
	return bool(wrong)


if __name__ == "__main__":
	sys.exit(main(*sys.argv[1:]))
