#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""100,000 mutated frames at one mode: counted each, never a crash, never answered unless valid.

  hostile.py DPDK-LO MODE          through net_pcap
  hostile.py --write FILE MODE N   only write the frames

The frames are those of the golden cases and requests to our addresses, mutated with a fixed seed.
What a valid request is, is decided here independently: at most so many may be answered.
"""

import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../support"))
import pcap  # noqa: E402
import report  # noqa: E402

COUNT = 100_000
OWN = bytes.fromhex("027063617000")  # net_pcap gives this to its first port
PEER = bytes.fromhex("020000000001")
OUR4, OUR6 = bytes((198, 18, 0, 2)), bytes.fromhex("20010002000000000000000000000002")
PEER4, PEER6 = bytes((198, 18, 0, 9)), bytes.fromhex("20010002000000000000000000000009")
NODE6 = bytes.fromhex("ff0200000000000000000001ff000002")
OPTIONS = ["--address", "198.18.0.2", "--address", "2001:2::2", "--answer", "all",
	"--sbfd", "discriminator=7"]


def cksum(data):
	if len(data) % 2:
		data += b"\0"
	total = sum(struct.unpack(f">{len(data) // 2}H", data))
	while total >> 16:
		total = (total & 0xFFFF) + (total >> 16)
	return total ^ 0xFFFF


def ipv4(payload, proto=1, src=PEER4, dst=OUR4):
	head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 7, 0, 64, proto, 0, src, dst)
	return head[:10] + struct.pack(">H", cksum(head)) + head[12:] + payload


def ipv6(payload, hop_limit, src=PEER6, dst=OUR6, proto=58):
	return struct.pack(">IHBB", 6 << 28, len(payload), proto, hop_limit) + src + dst + payload


def udp(src, dst, port, data):
	"""From a client's port to a service of ours."""
	message = struct.pack(">HHHH", 49153, port, 8 + len(data), 0) + data
	pseudo = src + dst + struct.pack(">IHBB", len(message), 0, 0, 17)
	return message[:6] + struct.pack(">H", cksum(pseudo + message) or 0xFFFF) + message[8:]


def icmpv6(kind, body, src=PEER6, dst=OUR6):
	message = bytes((kind, 0, 0, 0)) + body
	pseudo = src + dst + struct.pack(">IHBB", len(message), 0, 0, 58)
	return message[:2] + struct.pack(">H", cksum(pseudo + message)) + message[4:]


def requests():
	"""Valid requests to our addresses."""
	def frame(dst, kind, payload, tag=b""):
		return dst + PEER + tag + struct.pack(">H", kind) + payload

	echo = bytes((8, 0, 0, 0, 1, 2, 3, 4)) + bytes(range(40))
	echo = echo[:2] + struct.pack(">H", cksum(echo)) + echo[4:]
	arp = struct.pack(">HHBBH", 1, 0x0800, 6, 4, 1) + PEER + PEER4 + bytes(6) + OUR4
	solicit = bytes(4) + OUR6 + b"\1\1" + PEER
	tag = b"\x81\x00\x00\x05"
	yield frame(b"\xff" * 6, 0x0806, arp + bytes(18))
	yield frame(b"\xff" * 6, 0x0806, arp, tag)
	yield frame(OWN, 0x0800, ipv4(echo))
	yield frame(OWN, 0x0800, ipv4(echo), tag)
	yield frame(OWN, 0x86DD, ipv6(icmpv6(128, bytes(4) + bytes(range(60))), 64))
	yield frame(b"\x33\x33\xff\0\0\2", 0x86DD, ipv6(icmpv6(135, solicit, dst=NODE6), 255, dst=NODE6))
	yield frame(OWN, 0x86DD, ipv6(icmpv6(135, solicit), 255))
	bfd = bytes.fromhex("20420518 11223344 00000007 00000001 00000000 00000000")
	test = bytes.fromhex("00000007 ee000000 80000000 8123 0007") + bytes(28)
	tlvs = bytes.fromhex("8002002c 00000000 80010008") + bytes(8) + b"\x80\4\0\x10" + bytes(16) + \
		b"\x80\7\0\4" + bytes(4) + bytes.fromhex("80030004 00000000 80040004 40000000 80010005")
	for opcode, fields in ((3, 4), (47, 32), (55, 16)):
		yield frame(OWN, 0x8902, bytes((1, opcode, 0, fields)) + bytes(fields + 30), tag)
	for port, data in ((7, bytes(range(50))), (7784, bfd), (862, test), (862, test[:20]),
			(862, test + tlvs + bytes(5))):
		yield frame(OWN, 0x0800, ipv4(udp(PEER4, OUR4, port, data), 17))
		yield frame(OWN, 0x86DD, ipv6(udp(PEER6, OUR6, port, data), 64, proto=17), tag)


def mutate(rng, frame):
	"""One to four small lies."""
	raw = bytearray(frame)
	for _ in range(rng.choice((1, 1, 2, 4))):
		kind = rng.randrange(8)
		if not raw:
			break
		# Headers are where it hurts.
		at = rng.randrange(min(len(raw), rng.choice((14, 34, 60, 1 << 16))))
		if kind == 0:
			raw[at] ^= 1 << rng.randrange(8)
		elif kind == 1:
			raw[at] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)))
		elif kind == 2:
			del raw[at:]
		elif kind == 3:
			raw[at:at] = rng.randbytes(rng.choice((1, 2, 4, 8, 40)))
		elif kind == 4:
			del raw[at:at + rng.choice((1, 2, 4, 8))]
		elif kind == 5:
			raw += rng.randbytes(rng.choice((1, 4, 60, 1500)))
		elif kind == 6 and len(raw) > at + 1:
			raw[at:at + 2] = struct.pack(">H", rng.choice((0, 1, 0xFFFF, 0x8000, len(raw),
				len(raw) - at)))
		else:
			other = rng.randrange(len(raw))
			raw[at:at + 4] = raw[other:other + 4]
	return bytes(raw[:9600])


def frames(count, seed=20240711):
	rng = random.Random(seed)
	valid = list(requests())
	base = list(valid)
	for case in sorted(os.listdir(HERE)):
		path = os.path.join(HERE, case, "in.pcap")
		if os.path.exists(path):
			base += [frame for frame in pcap.read(path) if len(frame) <= 1518]
	for number in range(count):
		if number % 1000 < len(valid):
			# Unharmed: the appliance must still be there for those who ask properly.
			yield valid[number % 1000]
		else:
			yield mutate(rng, rng.choice(valid if rng.random() < 0.5 else base))


def untagged(frame):
	"""(EtherType, payload) behind up to four tags."""
	at = 12
	for _ in range(5):
		if len(frame) < at + 2:
			return 0, b""
		kind = struct.unpack_from(">H", frame, at)[0]
		if kind not in (0x8100, 0x88A8, 0x9100):
			return kind, frame[at + 2:]
		at += 4
	return 0, b""


def may_be_answered(frame):
	"""The answer that a frame deserves at most, by name, or None. Necessary conditions of RFC 826,
	792, 768, 1122, 4443 and 4861, none that only a certain code would make."""
	if len(frame) < 14 or frame[6] & 1 or not any(frame[6:12]) or frame[6:12] == frame[:6]:
		return None
	kind, data = untagged(frame)
	if kind == 0x0806:
		good = data[:8] == struct.pack(">HHBBH", 1, 0x0800, 6, 4, 1) and data[24:28] == OUR4
		return "arp" if good and len(data) >= 28 else None
	if kind == 0x8902:
		# IEEE 802.1Q 20, G.8013 9: loopback, delay and loss messages of level 0.
		fields = {3: 4, 47: 32, 55: 16}.get(data[1], 1 << 16) if len(data) >= 4 else 1 << 16
		good = len(data) >= 4 + fields and frame[:6] == OWN and data[0] >> 5 == 0
		return "oam" if good and data[3] >= fields else None
	if kind == 0x0800:
		if frame[:6] != OWN:
			return None
		return "icmp" if valid_echo4(data) else valid_udp4(data)
	if kind == 0x86DD:
		return valid_ipv6(frame[:6], data)
	return None


def valid_echo4(data):
	if len(data) < 28 or data[0] >> 4 != 4 or data[0] & 15 < 5:
		return False
	size, total = (data[0] & 15) * 4, struct.unpack_from(">H", data, 2)[0]
	if not size + 8 <= total <= len(data) or data[16:20] != OUR4 or data[9] != 1:
		return False
	if struct.unpack_from(">H", data, 6)[0] & 0x3FFF or cksum(data[:size]):
		return False
	return data[size:size + 2] == b"\x08\x00" and cksum(data[size:total]) == 0


def valid_udp4(data):
	if len(data) < 28 or data[0] != 0x45 or data[9] != 17 or cksum(data[:20]):
		return None
	total = struct.unpack_from(">H", data, 2)[0]
	if not 28 <= total <= len(data):
		return None
	if struct.unpack_from(">H", data, 22)[0] == 3785 and data[8] == 255:
		return "sbfd"
	if data[16:20] != OUR4:
		return None
	# Of the sources that are served by default; no fragment.
	if data[12] != 198 or data[13] not in (18, 19) or struct.unpack_from(">H", data, 6)[0] & 0x3FFF:
		return None
	pseudo = data[12:20] + struct.pack(">BBH", 0, 17, total - 20)
	return valid_udp(data[20:total], pseudo, True)


def valid_udp(message, pseudo, without_sum):
	sport, dport, size, stated = struct.unpack_from(">HHHH", message)
	if size != len(message) or not (cksum(pseudo + message) == 0 or without_sum and stated == 0):
		return None
	# Neither a service, which would answer back, nor nobody.
	if sport == 0 or sport in (dport, 7, 13, 17, 19, 37, 53, 123, 161, 862, 1900, 7784):
		return None
	if dport == 7784:
		return "sbfd" if valid_bfd(message[8:]) else None
	if dport == 862:
		return "stamp" if size >= 8 + 14 else None
	return {7: "udp_echo"}.get(dport)


def valid_bfd(data):
	return len(data) >= 24 and data[0] >> 5 == 1 and data[1] & 7 == 2 and data[2] and \
		24 <= data[3] <= len(data) and any(data[4:8]) and data[8:12] == bytes((0, 0, 0, 7))


def valid_ipv6(mac, data):
	if len(data) < 48 or data[0] >> 4 != 6:
		return None
	end = 40 + struct.unpack_from(">H", data, 4)[0]
	if not 48 <= end <= len(data):
		return None
	at, proto = 40, data[6]
	while proto in (0, 43, 44, 60):
		if at + 8 > end:
			return None
		proto, at = data[at], at + (8 if proto == 44 else (data[at + 1] + 1) * 8)
	if proto not in (17, 58) or at + 8 > end:
		return None
	pseudo = data[8:40] + struct.pack(">IHBB", end - at, 0, 0, proto)
	if proto == 17 and struct.unpack_from(">H", data, at + 2)[0] == 3785 and data[7] == 255:
		return "sbfd"
	if proto == 17:
		near = data[8:14] == PEER6[:6] and data[24:40] == OUR6 and mac == OWN
		return valid_udp(data[at:end], pseudo, False) if near else None
	if cksum(pseudo + data[at:end]):
		return None
	if data[at] == 128 and data[24:40] == OUR6 and mac == OWN:
		return "icmp"
	if data[at] == 135 and data[at + 8:at + 24] == OUR6 and data[7] == 255 and end - at >= 24:
		return "nd"
	return None


def check(measured, given):
	wrong = list(report.check(measured))
	port = measured["ports"][0]
	if port["rx"] != len(given):
		wrong.append(f"{port['rx']} frames received, {len(given)} were thrown")
	most = dict.fromkeys(port["answered"], 0)
	for frame in given:
		answer = may_be_answered(frame)
		if answer is not None:
			most[answer] += 1
	for name, number in port["answered"].items():
		if number > most[name]:
			wrong.append(f"{number} frames answered by {name}, {most[name]} deserve it")
		if number < len(given) // 1000:
			wrong.append(f"only {number} frames answered by {name}")
	print({"answered": port["answered"], "at most": most, "reflected": port["reflected"],
		"drops": {key: value for key, value in port["drops"].items() if value}})
	return wrong


def main():
	if len(sys.argv) == 5 and sys.argv[1] == "--write":
		pcap.write(sys.argv[2], frames(int(sys.argv[4])))
		return 0
	if len(sys.argv) != 3:
		raise SystemExit("usage: hostile.py DPDK-LO MODE")
	binary, mode = os.path.abspath(sys.argv[1]), sys.argv[2]
	if not os.access(binary, os.X_OK):
		raise SystemExit(f"{binary} is not built")
	where = tempfile.mkdtemp(prefix="dlo-hostile-")
	try:
		given = list(frames(COUNT))
		pcap.write(os.path.join(where, "in"), given)
		done = subprocess.run([binary, "--no-pci", "--vdev", "net_pcap0,rx_pcap=in,tx_pcap=out",
			"--", "--mode", mode, *OPTIONS, "--exit-when-idle", "0.5", "--json", "r.json"],
			cwd=where, stdin=subprocess.DEVNULL, capture_output=True, timeout=150, check=False)
		if done.returncode != 0:
			print(done.stdout.decode()[-3000:], done.stderr.decode()[-6000:])
			print(f"ended with {done.returncode}")
			return 1
		wrong = check(report.load(os.path.join(where, "r.json")), given)
	finally:
		shutil.rmtree(where)
	for sentence in wrong:
		print(sentence)
	return 1 if wrong else 0


if __name__ == "__main__":
	sys.exit(main())
