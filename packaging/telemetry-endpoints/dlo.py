# SPDX-License-Identifier: BSD-3-Clause
"""What dpdk-lo counts, for DPDK's dpdk-telemetry-exporter.py (DPDK 23.11 and later; it runs with any):

    dpdk-telemetry-exporter.py -p DIRECTORY-OF-THIS-FILE -s /run/dpdk/PREFIX/dpdk_telemetry.v2

Metrics are called dpdk_dlo_NAME, with the label "port", "lcore" or "loopback". The names are the keys of
/dlo/stats and of the other commands, with "_total" behind what only grows and times in seconds, as Prometheus
has it; so a counter that dpdk-lo learns to count needs nothing here.
"""

KINDS = {
	"drop_": "Frames dropped: ",
	"answered_": "Requests answered: ",
	"lcore_": "Of a polling lcore: ",
	"latency_": "Time from receive to transmit: ",
	"loopback_": "Of a loopback address: ",
	"localhost_": "Carried localhost: ",
	"bytes_": "Bytes in frames: ",
}
GAUGES = {
	"up": "Whether the port's link is up",
	"mtu": "Largest packet of the port, in bytes",
	"held": "Frames inside impairment now",
	"lcore_queues": "Queues that a polling lcore looks after",
	"loopback_up": "Whether a loopback address is up",
	"localhost_carrying": "Whether localhost is carried now",
	"localhost_pairs": "Pairs that talk on carried localhost",
}


class Info(dict):
	"""Of every metric there can be: (description, type), by its name."""

	def __missing__(self, name):
		if name in GAUGES:
			return GAUGES[name], "gauge"
		kind = next((k for k in KINDS if name.startswith(k)), "")
		what = KINDS.get(kind, "Frames: ") + name.removesuffix("_total")[len(kind):].replace("_", " ")
		return what, "counter" if name.endswith("_total") else "gauge"


def info():
	return Info()


def pages(sock, command):
	"""Of a command whose answer is an object by number, some of them at a time: all values."""
	first = 0
	while page := sock.cmd(command, first) if first else sock.cmd(command):
		if not isinstance(page, dict):
			return
		yield from page.items()
		following = max(int(number) for number in page) + 1
		if following <= first:
			return
		first = following


def numbers(prefix, values, labels):
	return [(prefix + name if prefix + name in GAUGES else f"{prefix}{name}_total", value, labels)
		for name, value in values.items() if isinstance(value, int) and not isinstance(value, bool)]


def times(values, labels):
	found = [(f"latency_{name.removesuffix('_ns')}_seconds", value / 1e9, labels)
		for name, value in values.items() if name.endswith("_ns")]
	return found + [("latency_frames_total", values["count"], labels)] if "count" in values else []


def of_port(sock, port):
	labels = {"port": port.get("ifname", port["name"]), "driver": port["driver"], "mode": port["mode"]}
	metrics = [("up", int(port["link"] == "up"), labels), ("mtu", port["mtu"], labels)]
	metrics += numbers("", sock.cmd("/dlo/stats", port["name"]) or {}, labels)
	latency = sock.cmd("/dlo/latency", port["name"]) or {}
	return metrics + times(latency, labels)


def metrics(sock):
	found = []
	for _, port in pages(sock, "/dlo/ports"):
		found += of_port(sock, port)
	for lcore, values in (sock.cmd("/dlo/lcores") or {}).items():
		found += numbers("lcore_", values, {"lcore": lcore})
	for _, loopback in pages(sock, "/dlo/loopbacks"):
		labels = {"loopback": loopback["name"], "address": loopback["address"]}
		found.append(("loopback_up", int(loopback["state"] == "up"), labels))
		found += numbers("loopback_", loopback, labels)
	localhost = sock.cmd("/dlo/localhost") or {}
	if "carrying" in localhost:
		found.append(("localhost_carrying", int(localhost["carrying"] == "on"), {}))
		found += numbers("localhost_", localhost, {})
	return found
