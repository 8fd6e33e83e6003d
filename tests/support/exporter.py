#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""In the place of DPDK's dpdk-telemetry-exporter.py, which Debian does not have:

    exporter.py ENDPOINT.py SOCKET PORT

Serves what one endpoint says at http://127.0.0.1:PORT/metrics. It asks the endpoint for what the exporter
asks for, in the same order: info()[name], metrics(sock), where sock has cmd(uri, arg).
"""

import http.server
import importlib.util
import json
import os
import re
import socket
import sys


class Telemetry:
	def __init__(self, path):
		self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
		self.socket.settimeout(20)
		self.socket.connect(path)
		self.longest = json.loads(self.socket.recv(1024))["max_output_len"]

	def cmd(self, uri, arg=None):
		self.socket.send((uri if arg is None else f"{uri},{arg}").encode())
		return json.loads(self.socket.recv(self.longest))[uri]

	def close(self):
		self.socket.close()


def load(path):
	sys.dont_write_bytecode = True
	name = os.path.splitext(os.path.basename(path))[0]
	spec = importlib.util.spec_from_file_location(name, path)
	module = importlib.util.module_from_spec(spec)
	spec.loader.exec_module(module)
	list(module.info().items())
	return module


def escape(value):
	return str(value).replace('"', '\\"').replace("\n", "\\n")


def text(endpoint, path):
	"""As the exporter lays it out: what each metric is in front, then all numbers in the endpoint's order."""
	telemetry, known, heads, numbers = Telemetry(path), endpoint.info(), {}, []
	for name, value, labels in endpoint.metrics(telemetry):
		full = re.sub(r"\W", "_", f"dpdk_{endpoint.__name__}_{name}")
		what, kind = known[name]
		heads[full] = [f"# HELP {full} {what}", f"# TYPE {full} {kind}"]
		among = ", ".join(f'{k}="{escape(v)}"' for k, v in labels.items())
		numbers.append(f"{full}{{{among}}} {value}" if among else f"{full} {value}")
	telemetry.close()
	return "\n".join([line for head in heads.values() for line in head] + numbers) + "\n"


def main(endpoint, path, port):
	module = load(endpoint)

	class Handler(http.server.BaseHTTPRequestHandler):
		def do_GET(self):
			try:
				code, body = 200, text(module, path).encode()
			except OSError as error:
				code, body = 503, f"{error}\n".encode()
			self.send_response(code)
			self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
			self.send_header("Content-Length", str(len(body)))
			self.end_headers()
			self.wfile.write(body)

		def log_message(self, *_):
			pass

	http.server.HTTPServer(("127.0.0.1", int(port)), Handler).serve_forever()


if __name__ == "__main__":
	main(*sys.argv[1:])
