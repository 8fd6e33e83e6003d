#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Which frames does a steered port take?  steer_frames.py INTERFACE MAC

Sends frames from INTERFACE to MAC; those that the rules of steer.sh ask for must come back, turned
round, and no other. Prints how many must.
"""

import logging
import socket
import sys
import time

logging.getLogger("scapy").setLevel(logging.ERROR)
from scapy.all import (Dot1AD, Dot1Q, Ether, ICMP, IP, IPOption_NOP, IPv6, Raw, SCTP, TCP,  # noqa: E402
	UDP)

INTERFACE, MAC = sys.argv[1:]
ME, OTHER = "02:00:00:00:00:01", "02:00:00:00:00:77"


def ether(**kw):
	return Ether(**{"src": ME, "dst": MAC, **kw})


def ip4(**kw):
	return IP(**{"src": "192.0.2.9", "dst": "192.0.2.200", "ttl": 9, **kw})


def ip6(**kw):
	return IPv6(**{"src": "2001:db8:7::9", "dst": "2001:db8:7::200", **kw})


def frames():
	"""(taken, frame)"""
	to862 = UDP(sport=5000, dport=862)
	# udp dst port 862
	yield True, ether() / ip4() / to862
	yield True, ether() / ip6() / to862
	yield True, ether() / ip4(options=[IPOption_NOP()] * 8) / to862
	yield True, ether() / Dot1Q(vlan=9) / ip4() / to862
	yield True, ether() / Dot1AD(vlan=9) / Dot1Q(vlan=10) / ip6() / to862
	yield True, ether() / ip4(flags="MF") / to862 / Raw(bytes(24))
	yield False, ether() / ip4() / UDP(sport=5000, dport=863)
	yield False, ether() / ip4() / UDP(sport=862, dport=5000)
	yield False, ether() / ip4() / TCP(sport=5000, dport=862)
	yield False, ether() / ip6() / TCP(sport=5000, dport=862)
	yield False, ether() / ip4(proto=17, frag=5) / Raw(bytes.fromhex("1388035e"))
	# ether proto 0x88b6
	yield True, ether(type=0x88B6) / Raw(bytes(46))
	yield False, ether(type=0x88B7) / Raw(bytes(46))
	# tcp and vlan 7
	yield True, ether() / Dot1Q(vlan=7) / ip4() / TCP(sport=5000, dport=1)
	yield True, ether() / Dot1Q(vlan=7, prio=5) / Dot1Q(vlan=8) / ip6() / TCP(sport=5000, dport=1)
	yield False, ether() / Dot1Q(vlan=8) / ip4() / TCP(sport=5000, dport=1)
	yield False, ether() / Dot1Q(vlan=8) / Dot1Q(vlan=7) / ip4() / TCP(sport=5000, dport=1)
	yield False, ether() / Dot1Q(vlan=7) / ip4() / UDP(sport=5000, dport=1)
	yield False, ether() / ip4() / TCP(sport=5000, dport=1)
	# src net 198.51.100.0/24
	yield True, ether() / ip4(src="198.51.100.0") / ICMP()
	yield True, ether() / ip4(src="198.51.100.255") / SCTP()
	yield False, ether() / ip4(src="198.51.101.0") / ICMP()
	yield False, ether() / ip4(dst="198.51.100.7") / ICMP()
	# host 2001:db8:7::77
	yield True, ether() / ip6(src="2001:db8:7::77") / UDP(sport=1, dport=2)
	yield True, ether() / ip6(dst="2001:db8:7::77") / UDP(sport=1, dport=2)
	yield False, ether() / ip6(dst="2001:db8:7::7:77") / UDP(sport=1, dport=2)
	# ether src 02:00:00:00:00:77
	yield True, ether(src=OTHER) / ip4() / UDP(sport=1, dport=2)
	yield False, ether(src="02:00:00:00:01:77") / ip4() / UDP(sport=1, dport=2)
	# portrange 7000-7002
	yield True, ether() / ip4() / TCP(sport=7002, dport=2)
	yield True, ether() / ip4() / SCTP(sport=1, dport=7000)
	yield False, ether() / ip4() / TCP(sport=7003, dport=6999)
	# Shorter than what a rule looks at.
	yield False, Raw(bytes(ether() / ip4() / to862)[:34])
	yield False, Raw(bytes(ether() / ip6() / to862)[:53])
	yield False, Raw(bytes(ether() / Dot1Q(vlan=7) / ip4())[:17])


def main():
	sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
	sock.bind((INTERFACE, 0))
	wrong = taken = 0
	for number, (steered, frame) in enumerate(frames()):
		# A number at the end, behind what the headers count.
		mark = b"steer%03d" % number
		sock.send(bytes(frame) + (mark if len(frame) >= 54 or steered else b""))
		end = time.monotonic() + (5 if steered else 0.1)
		back = False
		while not back and time.monotonic() < end:
			sock.settimeout(max(end - time.monotonic(), 0.001))
			try:
				got = sock.recv(65536)
			except TimeoutError:
				break
			back = got.endswith(mark) and got[:6] != bytes.fromhex(MAC.replace(":", ""))
		taken += steered
		if back != steered:
			wrong += 1
			print(f"frame {number} {'does not come' if steered else 'comes'} back: {frame!r}")
	print(taken)
	return 1 if wrong else 0


sys.exit(main())
