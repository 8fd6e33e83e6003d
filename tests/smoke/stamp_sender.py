#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""stamp_sender.py plain | auth KEY | stateful | oam INTERFACE: ask a reflector, judge what it says."""

import os
import socket
import struct
import sys
import time

from stamp import (ACCESS, COS, DIRECT, FOLLOW_UP, LOCATION, M, PADDING, TIMESTAMP, I, Session, U,
	Wrong, must, tlv, tlvs_of)

FOUR, SIX = "198.18.0.2", "2001:2::2"
TTL = 64  # of the kernel's own packets
IP_RECVTTL = 12  # <linux/in.h>; Python has no name for it
QUERY = tlv(LOCATION, bytes(4) + tlv(1, bytes(8)) + tlv(4, bytes(16)) + tlv(7, bytes(16)))


def client(target, port, sport=0):
	family = socket.AF_INET6 if ":" in target else socket.AF_INET
	s = socket.socket(family, socket.SOCK_DGRAM)
	s.bind(("::" if family == socket.AF_INET6 else "0.0.0.0", sport))
	s.connect((target, port))
	s.settimeout(2)
	# The TTL and the traffic class of what comes back.
	if family == socket.AF_INET6:
		s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVHOPLIMIT, 1)
		s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVTCLASS, 1)
	else:
		s.setsockopt(socket.IPPROTO_IP, IP_RECVTTL, 1)
		s.setsockopt(socket.IPPROTO_IP, socket.IP_RECVTOS, 1)
	return s


def ask(s, session, request, **how):
	"""One exchange. @return the reply judged, with its traffic class"""
	s.send(request)
	raw, said, _, _ = s.recvmsg(65535, 256)
	said = {kind: value[0] for _, kind, value in said}
	v6 = s.family == socket.AF_INET6
	must(said[socket.IPV6_HOPLIMIT if v6 else socket.IP_TTL] == 255, "TTL of the reply", said)
	fields = session.reply(raw, **how)
	fields["raw"] = raw
	fields["class"] = said[socket.IPV6_TCLASS if v6 else socket.IP_TOS]
	return fields


def silent(s, request, wait=0.3):
	s.settimeout(wait)
	s.send(request)
	try:
		raise Wrong("answered: " + s.recv(65535).hex())
	except (socket.timeout, ConnectionRefusedError):
		s.settimeout(2)


def mac_of(name):
	with open(f"/sys/class/net/{name}/address", encoding="ascii") as file:
		return bytes.fromhex(file.read().strip().replace(":", ""))


def residence(times):
	times.sort()
	print(f"T3 - T2: {times[0]} to {times[-1]} ns, median {times[len(times) // 2]} ns")


def plain():
	times = []
	for target in (FOUR, "198.19.7.7", SIX):
		s = client(target, 862)
		session = Session(ssid=0x1234)
		# TWAMP Light senders (RFC 5357 4.1.2) among them: 14 bytes and zeroes.
		for size in (14, 15, 16, 41, 43, 44, 45, 48, 60, 100, 500, 1400, 9000):
			for _ in range(2):
				f = ask(s, session, session.request(size=size), ttl=TTL)
				must(f["rest"] == session.sent_raw[44:], "what is behind the base packet")
				times.append(f["t3"] - f["t2"])
		location(s, session, target)
		classes(s, session)
		others(s, session)
	residence(times)
	must(f["error"] > 1e-9, "an error of", f["error"])
	print(f"error estimate {f['error']:.6f} s, synchronized: {f['synced']}")
	for sport in (7, 53, 123, 862):
		s = client(FOUR, 862, sport)
		silent(s, Session().request())


def location(s, session, target):
	f = ask(s, session, session.request([QUERY]))
	(flags, kind, value), = tlvs_of(f["rest"])
	must((flags, kind) == (0, LOCATION), "Location", flags, kind)
	must(struct.unpack("!HH", value[:4]) == (862, s.getsockname()[1]), "ports", value[:4].hex())
	(f1, t1, mac), (f2, t2, there), (f3, t3, here) = tlvs_of(value[4:])
	v6 = ":" in target
	must((f1, f2, f3) == (0, 0, 0) and (t1, t2, t3) == ((2, 6, 9) if v6 else (2, 5, 8)), t1, t2, t3)
	# No socket could tell: the Ethernet address that the packet came with.
	must(mac == mac_of("dlo0") + bytes(2), "source MAC", mac.hex())
	must(there == socket.inet_pton(s.family, target).ljust(16, b"\0"), "destination", there.hex())
	must(here == socket.inet_pton(s.family, s.getsockname()[0]).ljust(16, b"\0"), here.hex())


def classes(s, session):
	v6 = s.family == socket.AF_INET6
	for sent in (0, 0xB8, 0x49):
		if v6:
			s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS, sent)
		else:
			s.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, sent)
		f = ask(s, session, session.request())
		must(f["class"] == sent & 0xFC, "class", f["class"], "to", sent)
		for wanted in (10, 46, 56):
			f = ask(s, session, session.request([tlv(COS, bytes((wanted << 2, 0, 0, 0)))]))
			(flags, kind, value), = tlvs_of(f["rest"])
			follows = wanted < 48
			want = wanted << 26 | sent >> 2 << 20 | (sent & 3) << 18 | (not follows) << 16
			must((flags, kind) == (0, COS) and value == struct.pack("!I", want), value.hex())
			must(f["class"] == (wanted << 2 if follows else sent & 0xFC), "class", f["class"])
	if v6:
		s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS, 0)
	else:
		s.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, 0)


def others(s, session):
	"""Stateless: what is understood, what is not (several replies for one: RFC 10052), what is broken."""
	f = ask(s, session, session.request([tlv(PADDING, os.urandom(40)), tlv(TIMESTAMP, bytes(4)),
		tlv(DIRECT, bytes(12)), tlv(ACCESS, b"\x10\1\0\0"), tlv(FOLLOW_UP, bytes(16)),
		tlv(12, bytes.fromhex("00ff000400000000")), tlv(9, bytes(16)), tlv(4, bytes(3)),
		tlv(PADDING, b"never looked at")]))
	got = tlvs_of(f["rest"])
	must([flags for flags, _, _ in got] == [0, 0, U, 0, 0, U, U, M, U], got)
	must(got[1][2] in (b"\1\2\1\2", b"\5\2\5\2"), "timestamp information", got[1][2].hex())
	must((got[1][2][0] == 1) == f["synced"], "S and the source of synchronization")
	s.settimeout(0.1)
	try:
		raise Wrong("one request, two replies: " + s.recv(65535).hex())
	except socket.timeout:
		s.settimeout(2)


def auth(key):
	key = key.encode()
	times = []
	for target in (FOUR, SIX):
		s = client(target, 862)
		session = Session(key=key, ssid=7)
		left = None
		for n in range(20):
			f = ask(s, session, session.request([QUERY, tlv(DIRECT, struct.pack("!III", n, 0, 0)),
				tlv(FOLLOW_UP, bytes(16))]), ttl=TTL, seq=n)
			got = session.sealed(f["raw"])
			must(got[1][2] == struct.pack("!III", n, n + 1, n + 1), "counters", got[1])
			if left is not None:
				must(got[2][2] == struct.pack("!I", n - 1) + left + b"\2\0\0\0", got[2])
			left = f["raw"][16:24]
			times.append(f["t3"] - f["t2"])
		for size in (112, 113, 400, 1400):
			room = size - 116
			n += 1
			tlvs = [tlv(PADDING, os.urandom(room))] if room >= 0 else []
			ask(s, session, session.request(tlvs), seq=n)
		# A wrong digest of the TLVs: each is marked, none is filled in.
		n += 1
		broken = bytearray(session.request([QUERY]))
		broken[-1] ^= 1
		session.sent_raw = bytes(broken)
		f = ask(s, session, bytes(broken), seq=n)
		must([flags for flags, _, _ in tlvs_of(f["rest"])] == [U | I, U | I], f["rest"].hex())
		must(f["rest"][4:56] == broken[116:168], "filled in")
	residence(times)
	silent(s, Session().request())
	silent(s, Session(key=b"x" * 32).request())
	broken = bytearray(session.request())
	broken[50] ^= 1
	silent(s, bytes(broken))


def stateful():
	"""Sessions by port and SSID, with the same port on both sides; then more than the rate allows."""
	sessions = [(client(FOUR, 5000, sport), Session(ssid=ssid)) for sport, ssid in
		((0, 1), (5000, 1), (0, 2))]
	for n in range(10):
		for s, session in sessions:
			f = ask(s, session, session.request(), ttl=TTL, seq=n, ptp=True)
			must(f["error"] > 0, f)
	s, session = sessions[0]
	s.setblocking(False)
	s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
	# Numbers go on from what was answered: gaps in ours are losses on the way there.
	begin, sent, replies = time.monotonic(), 0, []
	while time.monotonic() < begin + (1 if sent > 10000 else 60):
		for _ in range(50):
			try:
				s.send(session.request())
				sent += 1
			except OSError:
				break
		try:
			while True:
				replies.append(s.recv(100))
		except OSError:
			pass
	s.settimeout(0.3)
	try:
		while True:
			replies.append(s.recv(100))
	except OSError:
		pass
	must(sent > 10000, sent, "is no flood")
	# --answer-rate 2000, and what was saved up before; a machine that stands still now and then takes longer.
	allowed = 64 + 2000 * (time.monotonic() - begin + 1)
	must(0 < len(replies) <= allowed, len(replies), "of", sent, "answered")
	numbers = [struct.unpack("!I", r[:4])[0] for r in replies]
	must(numbers == list(range(10, 10 + len(numbers))), "numbers with gaps", numbers[:20])
	theirs = [struct.unpack("!I", r[24:28])[0] for r in replies]
	must(theirs == sorted(theirs) and theirs[-1] > numbers[-1], "the sender's numbers")


def oam(name):
	"""Raw frames: no socket speaks OAM."""
	raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x8902))
	raw.bind((name, 0))
	raw.settimeout(2)
	mine = mac_of(name)
	# Whose MAC it is, the kernel finds out by ARP.
	client(FOUR, 9).send(b"who is there")
	time.sleep(0.2)
	with open("/proc/net/arp", encoding="ascii") as file:
		theirs = next(bytes.fromhex(line.split()[3].replace(":", "")) for line in file
			if line.startswith(FOUR + " "))

	def exchange(pdu, level=3, dst=theirs):
		raw.send(dst + mine + b"\x89\x02" + bytes((level << 5 | 1,)) + pdu)
		while True:
			frame = raw.recv(9000)
			if frame[6:12] != mine:  # what we send is seen, too
				return frame

	for n in range(10):
		pdu = struct.pack("!BBBI", 3, 0, 4, n) + b"\3\0\x20" + os.urandom(32) + b"\0"
		got = exchange(pdu)
		must(got == mine + theirs + b"\x89\x02\x61\2" + pdu[1:], "LBR", got.hex())
		sent = time.time_ns()
		stamp = struct.pack("!II", sent // 10**9, sent % 10**9)
		got = exchange(b"\x2f\0\x20" + stamp + bytes(24) + b"\0")
		now = time.time_ns()
		must(got[:26] == mine + theirs + b"\x89\x02\x61\x2e\0\x20" + stamp, "DMR", got.hex())
		(s2, n2, s3, n3), rest = struct.unpack("!IIII", got[26:42]), got[42:]
		t2, t3 = s2 * 10**9 + n2, s3 * 10**9 + n3
		must(n2 < 10**9 and n3 < 10**9 and not any(rest), "DMR", got.hex())
		tai = round((t2 - sent) / 1e9) * 10**9  # what the kernel knows of it
		must(sent - 500000 <= t2 - tai < t3 - tai <= now + 500000, "times", sent, t2, t3, now)
		slm = b"\x37\0\x10" + struct.pack("!HHIII", 5, 0, 99, n, 0) + b"\0"
		got = exchange(slm)
		want = b"\x36\0\x10" + struct.pack("!HHIII", 5, 77, 99, n, n + 1) + b"\0"
		must(got == mine + theirs + b"\x89\x02\x61" + want, "SLR", got.hex())
	raw.settimeout(0.3)
	for level, dst, opcode in ((2, theirs, 3), (4, theirs, 3), (3, bytes.fromhex("0180c2000033"), 3),
			(3, theirs, 2), (3, theirs, 43), (3, theirs, 5)):
		try:
			got = exchange(bytes((opcode, 0, 4)) + bytes(50), level, dst)
		except socket.timeout:
			continue
		raise Wrong(f"answered: {got.hex()}")


if __name__ == "__main__":
	{"plain": plain, "auth": auth, "stateful": stateful, "oam": oam}[sys.argv[1]](*sys.argv[2:])
