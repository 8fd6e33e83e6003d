# SPDX-License-Identifier: BSD-3-Clause
"""What dpdk-lo counts, for DPDK's dpdk-telemetry-exporter.py (DPDK 23.11 and later; it runs with any):

    dpdk-telemetry-exporter.py -p DIRECTORY-OF-THIS-FILE -s /run/dpdk/PREFIX/dpdk_telemetry.v2

Metrics are called dpdk_dlo_NAME, with the label "port", "lcore" or "loopback". The names are the keys of
/dlo/stats and of the other commands, so a counter that dpdk-lo learns to count needs nothing here.
"""

KINDS = {
	"drop_": "Frames dropped: ",
	"answered_": "Requests answered: ",
	"lcore_": "Of a polling lcore: ",
	"latency_": "Time from receive to transmit, ns: ",
	"loopback_": "Of a loopback address: ",
	"localhost_": "Carried localhost: ",
	"bytes_": "Bytes in frames: ",
}
GAUGES = ("up", "mtu", "held", "lcore_queues", "loopback_up", "localhost_carrying", "localhost_pairs")


class Info(dict):
	"""Of every metric there can be: (description, type), by its name."""

	def __missing__(self, name):
		kind = next((k for k in KINDS if name.startswith(k)), "")
		what = KINDS.get(kind, "Frames, or what the name says: ") + name[len(kind):].replace("_", " ")
		gauge = name in GAUGES or name.startswith("latency_") and name != "latency_count"
		return what, "gauge" if gauge else "counter"


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
	return [(prefix + name, value, labels) for name, value in values.items()
		if isinstance(value, int) and not isinstance(value, bool)]


def of_port(sock, port):
	labels = {"port": port.get("ifname", port["name"]), "driver": port["driver"], "mode": port["mode"]}
	metrics = [("up", int(port["link"] == "up"), labels), ("mtu", port["mtu"], labels)]
	metrics += numbers("", sock.cmd("/dlo/stats", port["name"]) or {}, labels)
	latency = sock.cmd("/dlo/latency", port["name"]) or {}
	return metrics + numbers("latency_", latency, labels)


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
