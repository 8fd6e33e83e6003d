#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Look into the mirror: send the frames of a pcap on an interface, expect others back in order.

  mirror.py INTERFACE IN WANT [TO-MAC]    TO-MAC: put it in place of the golden destination MAC
"""

import os
import socket
import struct
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
import pcap  # noqa: E402

SOL_PACKET, PACKET_AUXDATA, PACKET_IGNORE_OUTGOING = 263, 8, 23
TP_STATUS_VLAN_VALID, TP_STATUS_VLAN_TPID_VALID = 1 << 4, 1 << 6
THERE = bytes.fromhex("020000000002")


def receive(sock):
	"""One frame as it was on the wire: the kernel takes the outer tag out, and says so."""
	raw, extra, _, _ = sock.recvmsg(65536, 256)
	for level, kind, data in extra:
		if (level, kind) == (SOL_PACKET, PACKET_AUXDATA):
			status, _, _, _, _, tci, tpid = struct.unpack_from("IIIHHHH", data)
			if status & TP_STATUS_VLAN_VALID:
				tpid = tpid if status & TP_STATUS_VLAN_TPID_VALID else 0x8100
				raw = raw[:12] + struct.pack(">HH", tpid, tci) + raw[12:]
	return raw


def main():
	interface, given, want = sys.argv[1], pcap.read(sys.argv[2]), pcap.read(sys.argv[3])
	if len(sys.argv) > 4:
		mac = bytes.fromhex(sys.argv[4].replace(":", ""))
		given = [mac + frame[6:] if frame[:6] == THERE else frame for frame in given]
		want = [frame[:6] + mac + frame[12:] if frame[6:12] == THERE else
			mac + frame[6:] if frame[:6] == THERE else frame for frame in want]
	sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
	sock.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
	sock.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
	sock.bind((interface, 0))
	wrong = 0
	for number, (frame, expected) in enumerate(zip(given, want)):
		sock.send(frame)
		end = time.monotonic() + 5
		got = None
		while got != expected:
			sock.settimeout(max(end - time.monotonic(), 0.001))
			try:
				got = receive(sock)
			except TimeoutError:
				print(f"frame {number} ({len(frame)} bytes) does not come back as it should:\n"
					f"sent   {frame[:80].hex()}\nwanted {expected[:80].hex()}\n"
					f"last   {got[:80].hex() if got else 'nothing'}")
				wrong += 1
				break
		if wrong == 3:
			break
	print(f"{len(given)} frames sent, {wrong} did not come back")
	return 1 if wrong else 0


sys.exit(main())
