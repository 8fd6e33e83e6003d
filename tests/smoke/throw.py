#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""throw.py INTERFACE N: send N mutated frames (those of the golden suite) as fast as they go."""

import os
import socket
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../golden"))
import hostile  # noqa: E402

sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
sock.bind((sys.argv[1], 0))
sent = refused = 0
for frame in hostile.frames(int(sys.argv[2]), seed=7):
	try:
		sock.send(frame)
		sent += 1
	except OSError:
		refused += 1  # shorter than a header or longer than the MTU: the kernel's word
print(f"{sent} sent, {refused} refused by the kernel")
sys.exit(0 if sent > refused else 1)
