# SPDX-License-Identifier: BSD-3-Clause
"""segments.py ADDRESS SECONDS: UDP as QUIC sends it, many datagrams in one call (UDP_SEGMENT), taken in
likewise (UDP_GRO), as fast as one sender can; prints what was offered and what arrived, as JSON."""

import json
import os
import socket
import sys
import time

# What Python's socket module has no names for.
UDP_SEGMENT, UDP_GRO, SO_RCVBUFFORCE = 103, 104, 33
DATAGRAM, DATAGRAMS = 1400, 45  # 63,000 bytes a call
QUIET = 0.5  # so long without a datagram, and it is over


def receive(server):
	"""Bytes received from the first to the last datagram."""
	room, total = bytearray(1 << 16), 0
	while True:
		try:
			total += server.recv_into(room)
		except TimeoutError:
			return total
		server.settimeout(QUIET)


def send(address, seconds):
	client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	client.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, DATAGRAM)
	client.connect(address)
	data, total, begin = bytes(DATAGRAM * DATAGRAMS), 0, time.monotonic()
	while time.monotonic() - begin < seconds:
		total += client.send(data)
	return total, time.monotonic() - begin


def main():
	server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	server.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 8 << 20)
	server.setsockopt(socket.IPPROTO_UDP, UDP_GRO, 1)
	server.bind(("", 0))
	server.settimeout(5)
	reader, writer = os.pipe()
	child = os.fork()
	if child == 0:
		os.write(writer, str(receive(server)).encode())
		os._exit(0)
	sent, took = send((sys.argv[1], server.getsockname()[1]), float(sys.argv[2]))
	os.waitpid(child, 0)
	got = int(os.read(reader, 64))
	print(json.dumps({"offered": sent * 8 / took / 1e9, "received": got * 8 / took / 1e9}))


main()
