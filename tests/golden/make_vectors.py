#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Golden vectors: what goes into a port and what must come back, computed by scapy.

Scapy is the independent implementation: the wanted frame is the given one with fields exchanged by
scapy and rebuilt, so that lengths and checksums are scapy's, not ours. Each case is a directory
with in.pcap, want.pcap and case.json (options of dpdk-lo and the counters it must report).

  make_vectors.py           write the cases next to this file
  make_vectors.py --check   write them elsewhere and compare: exit 1 when they differ
"""

import filecmp
import hmac
import json
import os
import shutil
import socket
import struct
import sys
import tempfile

try:
	from scapy.all import (ARP, BitField, ByteField, Dot1AD, Dot1Q, Dot3, Ether, FlagsField, GRE, ICMP,
		ICMPv6EchoReply, ICMPv6EchoRequest, ICMPv6NDOptDstLLAddr, ICMPv6NDOptSrcLLAddr, ICMPv6NDOptUnknown,
		ICMPv6ND_NA, ICMPv6ND_NS, IP, IPerror, IPOption_LSRR, IPOption_NOP, IPOption_RR,
		IPOption_Router_Alert, IPOption_SSRR, IPOption_Timestamp, IPv6, IPv6ExtHdrDestOpt,
		IPv6ExtHdrFragment, IPv6ExtHdrHopByHop, IPv6ExtHdrRouting, IPv6ExtHdrSegmentRouting, LLC,
		PadN, Packet, Padding, RawPcapWriter, Raw, RouterAlert, SCTP, SCTPChunkData, TCP, UDP, UDPerror,
		conf)
except ImportError:
	print("python3-scapy is not installed: cannot make vectors")
	sys.exit(77)

conf.verb = 0
HERE = os.path.dirname(os.path.abspath(__file__))

PEER = "02:00:00:00:00:01"
THERE = "02:00:00:00:00:02"  # a unicast MAC that is nobody's
OWN = "02:70:63:61:70:00"  # net_pcap gives this to its first port
BCAST = "ff:ff:ff:ff:ff:ff"
A4, B4 = "192.0.2.1", "198.51.100.2"
A6, B6 = "2001:db8::1", "2001:db8:1::2"
OUR4, OUR6 = "198.18.0.2", "2001:2::2"
HOST4, HOST6 = "198.18.0.9", "2001:2::9"
MODES = ("wire", "mac", "ip", "l4")
ANSWERS = ("arp", "nd", "icmp", "udp_echo", "sbfd", "stamp", "oam")
DEPTH = {mode: depth for depth, mode in enumerate(MODES)}


def payload(size):
	"""Bytes that name their own position, so that a shifted copy cannot look right."""
	return bytes((i * 7 + (i >> 8) * 13 + 5) & 0xFF for i in range(size))


def swapped(pkt, mode):
	"""The frame that must come back: fields exchanged on a copy, the rest rebuilt by scapy."""
	pkt = pkt.copy()
	depth = DEPTH[mode]
	if depth >= 1:
		pkt.src, pkt.dst = pkt.dst, pkt.src
	layer = pkt.payload
	while isinstance(layer, (Dot1Q, Dot1AD)):
		layer = layer.payload
	if depth < 2 or not isinstance(layer, (IP, IPv6)):
		return pkt
	layer.src, layer.dst = layer.dst, layer.src
	if depth < 3:
		return pkt
	layer = layer.payload
	while isinstance(layer, (IPv6ExtHdrHopByHop, IPv6ExtHdrDestOpt, IPv6ExtHdrFragment)):
		layer = layer.payload
	if isinstance(layer, (TCP, UDP, SCTP)):
		layer.sport, layer.dport = layer.dport, layer.sport
	return pkt


class Case:
	"""One run of dpdk-lo: options, frames in, frames out, counters."""

	def __init__(self, name, mode, *options):
		self.name = name
		self.mode = mode
		self.options = ["--mode", mode, *options]
		self.extra = {}
		self.given = []
		self.want = []
		self.count = {}

	def add(self, pkt, fate="reflected", want=None, trailer=b""):
		"""One frame. fate: "reflected", an answer's name, or a drop reason, or a dictionary of
		them by mode. want: what comes back, when it is not the swapped frame."""
		if isinstance(fate, dict):
			fate = fate[self.mode]
		raw = bytes(pkt) + trailer
		self.given.append(raw)
		self.count[fate] = self.count.get(fate, 0) + 1
		if fate == "reflected" and want is None:
			if isinstance(pkt, bytes):
				# What scapy would not build again the same way: only the MACs move.
				want = pkt if self.mode == "wire" else pkt[6:12] + pkt[:6] + pkt[12:]
			else:
				want = bytes(swapped(pkt, self.mode))
			want += trailer
		if want is not None:
			self.want.append(bytes(want))
		else:
			assert fate not in ANSWERS, "an answer needs its frame"

	def write(self, root):
		where = os.path.join(root, self.name)
		os.makedirs(where, exist_ok=True)
		for name, frames in (("in.pcap", self.given), ("want.pcap", self.want)):
			with RawPcapWriter(os.path.join(where, name), linktype=1, snaplen=65535) as out:
				out.write_header(None)
				for number, frame in enumerate(frames):
					out.write_packet(frame, sec=0, usec=number)
		with open(os.path.join(where, "case.json"), "w", encoding="utf-8") as out:
			json.dump({"options": self.options, "rx": len(self.given),
				"want": dict(sorted(self.count.items())), **self.extra}, out, indent=1)
			out.write("\n")


def ether(**kw):
	return Ether(**{"src": PEER, "dst": THERE, **kw})


def ip4(**kw):
	return IP(**{"src": A4, "dst": B4, "id": 0x1234, "ttl": 63, **kw})


def ip6(**kw):
	return IPv6(**{"src": A6, "dst": B6, "fl": 0x54321, "tc": 0x2E, "hlim": 61, **kw})


def udp(size=18, **kw):
	return UDP(**{"sport": 49153, "dport": 7001, **kw}) / Raw(payload(size))


def tcp(size=18, **kw):
	return TCP(**{"sport": 49153, "dport": 80, "seq": 0x01020304, "flags": "PA", **kw}) / \
		Raw(payload(size))


def sctp(ip, **kw):
	"""The CRC32c covers the ports; a reflector leaves it alone, so it is pinned here."""
	pkt = ip / SCTP(sport=5001, dport=5002, tag=0xCAFE, **kw) / SCTPChunkData(data=payload(20))
	pkt[SCTP].chksum = SCTP(bytes(pkt[SCTP])).chksum
	return pkt


def bulk_frames():
	"""Frames that every mode sends back, as (packet, trailer)."""
	def plain(pkt):
		return pkt, b""

	# Sizes: what every mode must carry, from the bare header to jumbo.
	yield plain(ether(type=0x9999))
	for size in (60, 1514, 9600):
		yield plain(ether(type=0x9999) / Raw(payload(size - 14)))
	for size in (42, 43, 60, 61, 63, 64, 65, 66, 127, 128, 256, 512, 1024, 1280, 1514, 1518, 2047,
			2048, 2049, 4096, 8192, 9018, 9600):
		yield plain(ether() / ip4() / udp(size - 42))
	for size in (62, 64, 128, 1514, 9600):
		yield plain(ether() / ip6() / udp(size - 62))
	for size in (54, 64, 1514, 9600):
		yield plain(ether() / ip4() / tcp(size - 54))
	for size in (74, 1514, 9600):
		yield plain(ether() / ip6() / tcp(size - 74))
	# Padding and trailers behind the IP packet are kept, whatever they hold.
	yield ether() / ip4() / udp(1), payload(17)
	yield ether() / ip4() / udp(30), payload(90)
	yield ether() / ip6() / tcp(0), payload(7)
	yield ether() / ip4(proto=253), payload(26)
	# Fields that must survive: ID, flags, TTL, TOS, checksums as they are.
	yield plain(ether() / ip4(id=0xFFFF, flags="DF", ttl=1, tos=0xB8) / udp())
	yield plain(ether() / ip4(ttl=255, id=0) / tcp(flags="S", options=[("MSS", 1460),
		("SAckOK", b""), ("Timestamp", (1, 0)), ("NOP", None), ("WScale", 7)]))
	yield plain(ether() / ip4() / udp(chksum=0))
	yield plain(ether() / ip4() / udp(chksum=0x1111))
	yield plain(ether() / ip4(chksum=0x2222) / udp())
	yield plain(ether() / ip6(hlim=0, fl=0, tc=0) / udp(sport=7, dport=7))
	yield plain(ether() / ip4() / udp(0, sport=0, dport=65535))
	# TCP options to the last byte of the header.
	yield plain(ether() / ip4() / tcp(0, options=[("NOP", None)] * 40))
	# IPv4 options that do not route.
	yield plain(ether() / ip4(options=[IPOption_NOP()] * 4) / udp())
	yield plain(ether() / ip4(options=[IPOption_RR(routers=["0.0.0.0"] * 9)]) / tcp())
	yield plain(ether() / ip4(options=[IPOption_Router_Alert()]) / udp())
	yield plain(ether() / ip4(options=[IPOption_NOP(), IPOption_RR(length=7,
		routers=["0.0.0.0"])]) / sctp(ip4())[SCTP])
	# Other protocols: addresses only.
	yield plain(ether() / sctp(ip4()))
	yield plain(ether() / sctp(ip6()))
	yield plain(ether() / ip4() / ICMP(type=8, id=7, seq=9) / Raw(payload(56)))
	yield plain(ether() / ip4() / ICMP(type=0, id=7, seq=9) / Raw(payload(56)))
	yield plain(ether() / ip4() / ICMP(type=3, code=3) / IPerror(src=B4, dst=A4) /
		UDPerror(sport=1, dport=2))
	yield plain(ether() / ip6() / ICMPv6EchoRequest(id=3, seq=4, data=payload(40)))
	yield plain(ether() / ip4() / GRE() / IP(src="10.0.0.1", dst="10.0.0.2") / udp())
	yield plain(ether() / ip4() / IP(src="10.0.0.1", dst="10.0.0.2") / Raw(payload(30)))
	yield plain(ether() / ip4(proto=50) / Raw(payload(64)))
	yield plain(ether() / ip4(proto=89) / Raw(payload(44)))
	yield plain(ether() / ip6(nh=253) / Raw(payload(44)))
	yield plain(ether() / ip6(nh=59))
	yield plain(ether() / ip6(nh=50) / Raw(payload(44)))
	# IPv6 extension headers.
	hbh = IPv6ExtHdrHopByHop(options=[RouterAlert()])
	yield plain(ether() / ip6() / hbh / udp())
	yield plain(ether() / ip6() / IPv6ExtHdrDestOpt(options=[PadN(optdata=bytes(4))]) / tcp())
	yield plain(ether() / ip6() / IPv6ExtHdrDestOpt(options=[PadN(optdata=bytes(12))]) / udp())
	yield plain(ether() / ip6() / hbh / IPv6ExtHdrDestOpt(options=[PadN(optdata=bytes(4))]) /
		IPv6ExtHdrFragment(id=5) / udp())
	yield plain(ether() / ip6() / hbh / IPv6ExtHdrFragment(id=5, offset=0, m=1) / udp(24))
	# Later fragments have no ports: what stands there is payload.
	yield plain(ether() / ip6() / IPv6ExtHdrFragment(id=5, offset=4, m=1, nh=17) /
		Raw(payload(40)))
	yield plain(ether() / ip6() / hbh / IPv6ExtHdrFragment(id=5, offset=9, m=0, nh=6) /
		Raw(payload(3)))
	yield plain(ether() / ip4(flags="MF", id=77) / udp(24))
	yield plain(ether() / ip4(flags="MF", id=78) / tcp(20))
	yield plain(ether() / ip4(frag=4, flags="MF", proto=17) / Raw(payload(32)))
	yield plain(ether() / ip4(frag=185, proto=6) / Raw(payload(5)))
	yield plain(ether() / ip4(frag=1, proto=132) / Raw(payload(1)))
	# Tags are kept.
	yield plain(ether() / Dot1Q(vlan=100, prio=5, id=1) / ip4() / udp())
	yield plain(ether() / Dot1Q(vlan=0, prio=7) / ip6() / tcp())
	yield plain(ether() / Dot1AD(vlan=200) / Dot1Q(vlan=100, prio=3) / ip4() / tcp())
	yield plain(ether() / Dot1AD(vlan=200) / Dot1Q(vlan=100) / ip6() / hbh / udp())
	yield plain(ether() / Dot1Q(vlan=1) / Dot1Q(vlan=4094) / ip4() / udp())
	yield plain(ether() / Dot1AD(vlan=200) / ip4(frag=3) / Raw(payload(40)))
	yield plain(ether() / Dot1Q(vlan=9, type=0x9999) / Raw(payload(42)))
	# Not IP at all.
	yield plain(ether(type=0x8847) / Raw(bytes.fromhex("00064140") + bytes(ip4() / udp())))
	yield plain(ether(type=0x8864) / Raw(payload(60)))
	yield plain(Dot3(src=PEER, dst=THERE) / LLC(dsap=0x42, ssap=0x42, ctrl=3) / Raw(payload(43)))


def bulk(mode):
	case = Case(f"bulk-{mode}", mode)
	for pkt, trailer in bulk_frames():
		case.add(pkt, trailer=trailer)
	return case


def only(*modes, drop):
	"""Dropped for a reason in some modes, reflected in the others."""
	return {mode: drop if mode in modes else "reflected" for mode in MODES}


def guard_frames():
	"""(packet, fate by mode or one for all)."""
	body = ip4() / udp()
	swap = ("mac", "ip", "l4")
	deep = ("ip", "l4")

	for src in ("01:00:5e:00:00:01", "33:33:00:00:00:01", BCAST, "03:00:00:00:00:01",
			"00:00:00:00:00:00"):
		yield ether(src=src) / body, "mcast_src"
	yield ether(src=THERE, dst=THERE) / body, "src_is_dst"
	yield ether(src=OWN) / body, "self"
	for last in (0x00, 0x01, 0x02, 0x03, 0x0D, 0x0E, 0x0F, 0x10, 0x20, 0x21, 0x2F):
		yield ether(dst=f"01:80:c2:00:00:{last:02x}") / body, "reserved_mac"
	for dst in ("01:00:0c:cc:cc:cc", "01:00:0c:cc:cc:cd"):
		yield ether(dst=dst) / body, "reserved_mac"
	yield ether(dst="01:80:c2:00:00:01", type=0x8808) / Raw(b"\0\1\xff\xff" + bytes(42)), \
		"reserved_mac"
	yield ether(type=0x8808) / Raw(b"\0\1\xff\xff" + bytes(42)), "mac_control"
	yield ether() / Dot1Q(vlan=5, type=0x8808) / Raw(b"\1\1\0\xff" + bytes(42)), "mac_control"
	for kind in (0x8809, 0x88CC, 0x888E, 0x88F7, 0x8902, 0x9000):
		yield ether(type=kind) / Raw(payload(46)), "l2_control"
	for dst in (BCAST, "01:00:5e:00:00:fb", "33:33:00:00:00:fb", "01:00:00:00:00:00"):
		yield ether(dst=dst) / body, only(*swap, drop="mcast_dst")
	# An ARP request for somebody else, and one that asks for nobody's address.
	yield ether(dst=BCAST) / ARP(hwsrc=PEER, psrc=A4, pdst=B4), only(*swap, drop="mcast_dst")
	yield ether() / IP(src=A4, dst=A4) / udp(), only(*deep, drop="land")
	yield ether() / IP(src=A4, dst=A4) / tcp(sport=80, dport=80), only(*deep, drop="land")
	yield ether() / IPv6(src=A6, dst=A6) / udp(), only(*deep, drop="land")
	yield ether() / Dot1Q(vlan=3) / IP(src=A4, dst=A4, frag=5) / Raw(payload(16)), \
		only(*deep, drop="land")
	# Loopback addresses in every mode, other martians where addresses are swapped.
	for addr in ("127.0.0.1", "127.255.255.254"):
		yield ether() / ip4(src=addr) / udp(), "martian"
		yield ether() / ip4(dst=addr) / udp(), "martian"
	yield ether() / Dot1Q(vlan=3) / ip4(dst="127.0.0.1", frag=5) / Raw(payload(16)), "martian"
	yield ether() / ip6(src="::1") / udp(), "martian"
	yield ether() / ip6(dst="::1") / udp(), "martian"
	for addr in ("0.0.0.0", "0.1.2.3", "224.0.0.1", "239.255.255.255", "240.0.0.1",
			"255.255.255.255"):
		yield ether() / ip4(src=addr) / udp(), only(*deep, drop="martian")
		yield ether() / ip4(dst=addr) / udp(), only(*deep, drop="martian")
	for addr in ("::", "ff02::1", "ff0e::101"):
		yield ether() / ip6(src=addr) / udp(), only(*deep, drop="martian")
		yield ether() / ip6(dst=addr) / udp(), only(*deep, drop="martian")
	for option in (IPOption_LSRR, IPOption_SSRR):
		yield ether() / ip4(options=[option(routers=["203.0.113.5"])]) / udp(), \
			only(*deep, drop="options")
		yield ether() / ip4(options=[IPOption_NOP(), option(routers=["203.0.113.5"] * 8)]) / \
			tcp(), only(*deep, drop="options")
	for kind in (0, 2):
		yield ether() / ip6() / IPv6ExtHdrRouting(type=kind, addresses=["2001:db8::5"],
			segleft=1) / udp(), only(*deep, drop="options")
	yield ether() / ip6() / IPv6ExtHdrHopByHop() / IPv6ExtHdrSegmentRouting(
		addresses=["2001:db8::5", "2001:db8::6"], segleft=1, lastentry=1) / udp(), \
		only(*deep, drop="options")


def guards(mode):
	case = Case(f"guards-{mode}", mode)
	for pkt, fate in guard_frames():
		case.add(pkt, fate)
	# The port goes on after all that.
	case.add(ether() / ip4() / udp())
	return case


def accept(name):
	"""Destination MACs."""
	case = Case(f"accept-{name}", "l4", "--accept", name)
	case.add(ether(dst=OWN) / ip4() / udp())
	case.add(ether() / ip4() / udp(), "not_mine" if name == "own" else "reflected")
	case.add(ether() / Dot1Q(vlan=2) / ip6() / tcp(), "not_mine" if name == "own" else "reflected")
	case.add(ether(type=0x9999) / Raw(payload(50)), "not_mine" if name == "own" else "reflected")
	case.add(ether(dst=BCAST) / ip4() / udp(), "mcast_dst")
	case.add(ether(dst="01:00:5e:01:02:03") / ip4() / udp(), "mcast_dst")
	case.add(ether(dst=OWN) / Dot1AD(vlan=2) / Dot1Q(vlan=3) / ip4() / tcp())
	return case


def malformed(mode):
	"""Lengths that lie. Counted, never sent back, whatever the mode."""
	case = Case(f"malformed-{mode}", mode)
	good4 = bytes(ether() / ip4() / udp(40))
	good6 = bytes(ether() / ip6() / udp(40))
	good_tcp = bytes(ether() / ip4() / tcp(40))
	tagged = bytes(ether() / Dot1AD(vlan=2) / Dot1Q(vlan=3) / ip4() / udp(40))
	hbh = bytes(ether() / ip6() / IPv6ExtHdrHopByHop(options=[RouterAlert()]) / udp(40))
	arp = bytes(ether() / ARP(hwsrc=PEER, psrc=A4, pdst=B4))
	options = bytes(ether() / ip4(options=[IPOption_NOP()] * 8) / udp(40))

	def edit(raw, at, *new):
		return raw[:at] + bytes(new) + raw[at + len(new):]

	for size in (1, 6, 12, 13):
		case.add(good4[:size], "short")
	for size in range(14, 22):
		case.add(tagged[:size], "short")
	for raw, starts in ((good4, 14), (good6, 14), (tagged, 22)):
		for size in (0, 1, 5, 19):
			case.add(raw[:starts + size], "truncated")
		case.add(raw[:-1], "truncated")
	# Header length and total length that contradict each other or the frame.
	case.add(edit(good4, 14, 0x44), "truncated")
	case.add(edit(good4, 14, 0x40), "truncated")
	case.add(edit(good4, 14, 0x4F, 0, 0, 40), "truncated")
	case.add(edit(good4, 16, 0, 19), "truncated")
	case.add(edit(good4, 16, 0, 0), "truncated")
	case.add(edit(good4, 16, 0xFF, 0xFF), "truncated")
	case.add(edit(good6, 18, 0xFF, 0xFF), "truncated")
	case.add(edit(good6, 18, 0, 49), "truncated")
	# Transport headers that do not fit.
	case.add(edit(good4, 38, 0, 7), "truncated")
	case.add(edit(good4, 38, 0, 0), "truncated")
	case.add(edit(good4, 38, 0, 49), "truncated")
	case.add(edit(good6, 58, 0xFF, 0xFF), "truncated")
	case.add(edit(good_tcp, 46, 0x40), "truncated")
	case.add(edit(good_tcp, 46, 0x00), "truncated")
	case.add(edit(bytes(ether() / ip4() / tcp(0)), 46, 0xF0), "truncated")
	for proto, size in ((6, 19), (6, 4), (6, 0), (17, 7), (17, 3), (17, 0), (132, 11), (1, 7)):
		case.add(ether() / ip4(proto=proto) / Raw(payload(size)), "truncated")
		case.add(ether() / ip4(proto=proto, flags="MF") / Raw(payload(size)), "truncated")
	for proto, size in ((6, 19), (17, 7), (132, 11), (58, 3)):
		case.add(ether() / ip6(nh=proto) / Raw(payload(size)), "truncated")
	# Extension headers that do not fit, or never end.
	case.add(edit(hbh, 55, 0xFF), "truncated")
	for nh in (0, 43, 44, 51, 60):
		case.add(ether() / ip6(nh=nh) / Raw(bytes((17,) + (0,) * 6)), "truncated")
	case.add(ether() / ip6(nh=60) / Raw(bytes((60, 0, 1, 4, 0, 0, 0, 0)) * 40),
		only("ip", "l4", drop="options"), want=None if mode in ("ip", "l4") else
		bytes(swapped(ether() / ip6(nh=60) / Raw(bytes((60, 0, 1, 4, 0, 0, 0, 0)) * 40), mode)))
	# IPv4 options without a length, with one of 0 or 1, with one beyond the header.
	for at, new in ((41, (7,)), (34, (7, 0)), (34, (7, 1)), (34, (7, 9)), (40, (7, 3))):
		case.add(edit(options, at, *new), only("ip", "l4", drop="options"))
	# ARP cut short, or with addresses longer than the frame; 802.3 length beyond the frame.
	for size in (14, 20, 41):
		case.add(arp[:size], "truncated")
	case.add(edit(arp, 18, 255, 255), "truncated")
	case.add(ether(type=100) / Raw(payload(99)), "truncated")
	# Another protocol under IPv4's number is a frame like any other.
	for raw in (edit(good4, 14, 0x65), edit(good6, 14, 0x45 - 0x40)):
		case.add(raw)
	case.add(ether() / ip4() / udp())
	return case


def padded(pkt):
	"""A reply that we make is no shorter than Ethernet allows, and the padding is zero."""
	raw = bytes(pkt)
	return raw + bytes(max(0, 60 - len(raw)))


NOBODYS = {"wire": "reflected", **dict.fromkeys(("mac", "ip", "l4"), "mcast_dst")}
QINQ = Dot1AD(vlan=200, prio=2) / Dot1Q(vlan=100, prio=6, id=1)


def arp_frames():
	"""(request, its trailer, fate, reply) by RFC 826 and RFC 5227."""
	def ask(ether_pkt=None, **kw):
		ether_pkt = ether_pkt or ether(dst=BCAST)
		return ether_pkt / ARP(**{"hwsrc": PEER, "psrc": HOST4, "hwdst": "00:00:00:00:00:00",
			"pdst": OUR4, **kw})

	def reply(pdst=HOST4, psrc=OUR4, tags=None):
		pkt = Ether(src=OWN, dst=PEER)
		pkt = pkt / tags if tags else pkt
		return padded(pkt / ARP(op=2, hwsrc=OWN, psrc=psrc, hwdst=PEER, pdst=pdst))

	yield ask(), b"", "arp", reply()
	yield ask(), payload(18), "arp", reply()
	yield ask(), payload(400), "arp", reply()
	yield ask(ether(dst=OWN)), b"", "arp", reply()
	yield ask(hwdst=BCAST), b"", "arp", reply()
	yield ask(ether(dst=BCAST) / Dot1Q(vlan=7, prio=3)), b"", "arp", \
		reply(tags=Dot1Q(vlan=7, prio=3))
	yield ask(ether(dst=BCAST) / QINQ), payload(10), "arp", reply(tags=QINQ)
	yield ask(pdst="203.0.113.77"), b"", "arp", reply(psrc="203.0.113.77")
	# A probe: nobody asks, nobody is told.
	yield ask(psrc="0.0.0.0"), payload(18), "arp", reply(pdst="0.0.0.0")
	# Whoever is not ours: neighbours, and the network and broadcast addresses of our prefix.
	for addr in (HOST4, "198.18.0.3", "203.0.113.0", "203.0.113.255", "0.0.0.0",
			"255.255.255.255"):
		yield ask(pdst=addr), b"", NOBODYS, None
	# No requests: replies, announcements, conflicts, and senders that cannot be.
	yield ask(ether(dst=OWN), op=2), b"", "not_request", None
	yield ask(op=2), b"", "not_request", None
	yield ask(op=3), b"", "not_request", None
	yield ask(psrc=OUR4), b"", "conflict", None
	yield ask(hwsrc="02:00:00:00:00:77"), b"", "not_request", None
	yield ask(hwsrc=BCAST), b"", "not_request", None
	# Scapy would write other hardware's addresses another way.
	raw = bytes(ask())
	yield raw[:14] + b"\0\6" + raw[16:], b"", "not_request", None
	for addr in ("127.0.0.1", "224.0.0.1", "255.255.255.255"):
		yield ask(psrc=addr), b"", "not_request", None
	yield ask(ether(src="03:00:00:00:00:01", dst=BCAST)), b"", "mcast_src", None


def nd_frames():
	"""(solicitation, trailer, fate, advertisement) by RFC 4861 and RFC 4862."""
	node_mac, node = "33:33:ff:00:00:02", "ff02::1:ff00:2"
	slla = ICMPv6NDOptSrcLLAddr(lladdr=PEER)

	def ask(options=slla, mac=node_mac, tags=None, ip=None, **kw):
		pkt = ether(dst=mac)
		pkt = pkt / tags if tags else pkt
		pkt = pkt / IPv6(**{"src": HOST6, "dst": node, "hlim": 255, **(ip or {})}) / \
			ICMPv6ND_NS(**{"tgt": OUR6, **kw})
		return pkt / options if options else pkt

	def reply(tgt=OUR6, dst=HOST6, mac=PEER, solicited=1, tags=None):
		pkt = Ether(src=OWN, dst=mac)
		pkt = pkt / tags if tags else pkt
		return padded(pkt / IPv6(src=tgt, dst=dst, hlim=255) /
			ICMPv6ND_NA(R=0, S=solicited, O=1, tgt=tgt) / ICMPv6NDOptDstLLAddr(lladdr=OWN))

	yield ask(), b"", "nd", reply()
	yield ask(), payload(9), "nd", reply()
	yield ask(None), b"", "nd", reply()
	yield ask(None, mac=OWN, ip={"dst": OUR6}), b"", "nd", reply()
	yield ask(mac=OWN, ip={"dst": OUR6}), b"", "nd", reply()
	yield ask(slla / ICMPv6NDOptUnknown(type=14, len=1, data=b"nonce!")), b"", "nd", reply()
	yield ask(tags=Dot1Q(vlan=7, prio=3)), b"", "nd", reply(tags=Dot1Q(vlan=7, prio=3))
	yield ask(tags=QINQ), b"", "nd", reply(tags=QINQ)
	yield ask(ip={"src": "fe80::1"}), b"", "nd", reply(dst="fe80::1")
	yield ask(tgt="2001:2:0:7::2"), b"", "nd", reply(tgt="2001:2:0:7::2")
	# Duplicate address detection: everybody hears that it is taken.
	yield ask(None, ip={"src": "::"}), b"", "nd", \
		reply(dst="ff02::1", mac="33:33:00:00:00:01", solicited=0)
	yield ask(ICMPv6NDOptUnknown(type=14, len=1, data=b"nonce!"), ip={"src": "::"}), b"", "nd", \
		reply(dst="ff02::1", mac="33:33:00:00:00:01", solicited=0)
	# Not ours, and the subnet-router anycast address of our prefix.
	for addr in (HOST6, "2001:2::3", "2001:2:0:7::", "ff02::1", "::"):
		yield ask(tgt=addr), b"", NOBODYS, None
	yield ask(ip={"hlim": 254}), b"", "not_request", None
	yield ask(ip={"hlim": 64}), b"", "not_request", None
	yield ask(code=1), b"", "not_request", None
	yield ask(cksum=0x1234), b"", "bad_cksum", None
	yield ask(slla, ip={"src": "::"}), b"", "not_request", None
	yield ask(None, mac=OWN, ip={"src": "::", "dst": OUR6}), b"", "not_request", None
	yield ask(ip={"src": OUR6}), b"", "conflict", None
	yield ask(ip={"src": "::1"}), b"", "not_request", None
	yield ask(Raw(b"\1\0" + bytes(6))), b"", "not_request", None
	yield ask(Raw(b"\1\2" + bytes(6))), b"", "truncated", None
	yield ether(dst=OWN) / IPv6(src=HOST6, dst=OUR6, hlim=255) / ICMPv6ND_NA(tgt=HOST6), b"", \
		"not_request", None
	yield ether(dst="33:33:00:00:00:01") / IPv6(src=HOST6, dst="ff02::1", hlim=255) / \
		ICMPv6ND_NA(tgt=OUR6), b"", "conflict", None
	solicit = ICMPv6ND_NS(tgt=OUR6) / slla
	yield ether(dst=node_mac) / IPv6(src=HOST6, dst=node, hlim=255) / IPv6ExtHdrFragment(id=1) / \
		solicit, b"", "fragment", None
	yield ether(dst=node_mac) / IPv6(src=HOST6, dst=node, hlim=255) / \
		IPv6ExtHdrHopByHop(options=[RouterAlert()]) / solicit, b"", "options", None


def echo_frames():
	"""(request, trailer, fate, reply) by RFC 792, RFC 1122 3.2.2.6 and RFC 4443 4.2."""
	def ask4(size=56, tags=None, dst=OWN, icmp=None, **kw):
		pkt = ether(dst=dst)
		pkt = pkt / tags if tags else pkt
		ip = IP(**{"src": HOST4, "dst": OUR4, "id": 0xBEEF, "ttl": 7, "tos": 0x48, **kw})
		return pkt / ip / ICMP(**{"type": 8, "id": 0x1234, "seq": 5, **(icmp or {})}) / \
			Raw(payload(size))

	def ask6(size=56, tags=None, dst=OWN, chain=None, icmp=None, **kw):
		pkt = ether(dst=dst)
		pkt = pkt / tags if tags else pkt
		pkt = pkt / IPv6(**{"src": HOST6, "dst": OUR6, "hlim": 7, "fl": 0x12345, "tc": 0x48, **kw})
		pkt = pkt / chain if chain else pkt
		return pkt / ICMPv6EchoRequest(**{"id": 0x1234, "seq": 5, "data": payload(size),
			**(icmp or {})})

	def back4(ask, **kw):
		reply = ask.copy()
		reply.src, reply.dst = OWN, PEER
		ip = reply[IP]
		ip.src, ip.dst, ip.ttl = ip.dst, ip.src, 64
		for key, value in kw.items():
			setattr(ip, key, value)
		reply[ICMP].type = 0
		return reply

	def back6(ask):
		reply = ask.copy()
		reply.src, reply.dst = OWN, PEER
		ip = reply[IPv6]
		ip.src, ip.dst, ip.hlim = ip.dst, ip.src, 64
		old = reply[ICMPv6EchoRequest]
		old.underlayer.remove_payload()
		return reply / ICMPv6EchoReply(id=old.id, seq=old.seq, data=old.data)

	for size in (0, 1, 2, 17, 18, 56, 57, 1472, 1999, 2010, 8000, 9558):
		ask = ask4(size)
		yield ask, b"", "icmp", bytes(back4(ask))
	for size in (0, 1, 40, 56, 1452, 1990, 8000, 9538):
		ask = ask6(size)
		yield ask, b"", "icmp", bytes(back6(ask))
	# Padding is ours to make, and zero.
	for size, trailer in ((0, 4), (0, 18), (10, 8), (10, 100), (56, 3), (3, 1)):
		ask = ask4(size)
		# No more bytes than were asked, and padding no longer than it need be.
		yield ask, payload(trailer), "icmp", padded(back4(ask))[:len(bytes(ask)) + trailer]
	for tags in (Dot1Q(vlan=7, prio=3), QINQ):
		yield ask4(tags=tags), b"", "icmp", bytes(back4(ask4(tags=tags)))
		yield ask6(tags=tags), b"", "icmp", bytes(back6(ask6(tags=tags)))
	# Sums at the edges of ones' complement: 0, 0xffff, and where 0x0800 carries.
	for icmp in ({"id": 0, "seq": 0}, {"id": 0xF7FF, "seq": 0}, {"id": 0, "seq": 0xF7FE},
			{"id": 0x0001, "seq": 0xF800}, {"id": 0xFFFF, "seq": 0xFFFF}, {"id": 0xF000, "seq": 0x07FF}):
		yield ask4(0, icmp=icmp), payload(18), "icmp", padded(back4(ask4(0, icmp=icmp)))
	for ttl in (0, 1, 63, 64, 65, 255):
		yield ask4(ttl=ttl, flags="DF"), b"", "icmp", bytes(back4(ask4(ttl=ttl, flags="DF")))
	yield from echo_options(ask4, ask6, back4, back6)
	yield from echo_refused(ask4, ask6)


def echo_options(ask4, ask6, back4, back6):
	"""Options that travel with the reply; a recorded route gets one more entry."""
	nops = [IPOption_NOP()] * 4
	yield ask4(options=nops), b"", "icmp", bytes(back4(ask4(options=nops)))

	def record(first, pointer):
		return [IPOption_RR(pointer=pointer, routers=[first] + ["0.0.0.0"] * 8)]
	yield ask4(options=record("0.0.0.0", 4)), b"", "icmp", \
		bytes(back4(ask4(options=record("0.0.0.0", 4)), options=record(OUR4, 8)))
	full = [IPOption_RR(pointer=40, routers=["192.0.2.7"] * 9)]
	yield ask4(options=full), b"", "icmp", bytes(back4(ask4(options=full)))
	hbh = IPv6ExtHdrHopByHop(options=[RouterAlert()])
	yield ask6(chain=hbh), b"", "icmp", bytes(back6(ask6(chain=hbh)))
	for option in (IPOption_LSRR, IPOption_SSRR):
		yield ask4(options=[option(routers=["203.0.113.5"])]), b"", "options", None
	yield ask4(options=[IPOption_RR(pointer=3, routers=["0.0.0.0"] * 9)]), b"", "options", None
	yield ask6(chain=IPv6ExtHdrRouting(type=0, addresses=["2001:db8::5"], segleft=1)), b"", \
		"options", None


def echo_refused(ask4, ask6):
	"""Never answered."""
	yield ask4(icmp={"chksum": 0x1111}), b"", "bad_cksum", None
	yield ask4(chksum=0x1111), b"", "bad_cksum", None
	yield ask6(icmp={"cksum": 0x1111}), b"", "bad_cksum", None
	yield ask6(icmp={"cksum": 0}), b"", "bad_cksum", None
	yield ask4(flags="MF"), b"", "fragment", None
	yield ask4(frag=10), b"", "fragment", None
	yield ask6(chain=IPv6ExtHdrFragment(id=9, offset=0, m=1)), b"", "fragment", None
	for kind in (0, 3, 4, 5, 11, 12):
		yield ask4(icmp={"type": kind}), b"", "not_request", None
	yield ask4(icmp={"code": 1}), b"", "not_request", None
	yield ask6(icmp={"code": 1}), b"", "not_request", None
	for kind in (1, 2, 3, 4, 129):
		yield ask6(icmp={"type": kind}), b"", "not_request", None
	yield ask4(src=OUR4), b"", "land", None
	yield ask6(src=OUR6), b"", "land", None
	for addr in ("127.0.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255", "240.0.0.1"):
		yield ask4(src=addr), b"", "martian", None
	for addr in ("::1", "::", "ff02::1"):
		yield ask6(src=addr), b"", "martian", None
	# By broadcast or to another station: the first is smurf's, the second is bulk.
	yield ask4(dst=BCAST), b"", NOBODYS, None
	yield ask6(dst="33:33:00:00:00:01"), b"", NOBODYS, None


def answers(mode):
	"""Requests to our addresses among other traffic, in every mode the same."""
	case = Case(f"answers-{mode}", mode, *ANSWERING)
	for source in (arp_frames, nd_frames, echo_frames):
		for pkt, trailer, fate, reply in source():
			case.add(pkt, fate, reply, trailer)
	# Not to our MAC, or no request that an answer serves: turned round like anything else.
	case.add(ether() / IP(src=HOST4, dst=OUR4) / ICMP(type=8) / Raw(payload(56)))
	case.add(ether(dst=OWN) / IP(src=HOST4, dst=HOST4.replace("9", "8")) / ICMP(type=8) /
		Raw(payload(56)))
	case.add(ether(dst=OWN) / IP(src=HOST4, dst=OUR4) / udp())
	case.add(ether(dst=OWN) / IPv6(src=HOST6, dst=OUR6) / tcp())
	return case


def turned(ask, ttl=64):
	"""The head of a reply: three layers exchanged and rebuilt, a fresh TTL."""
	reply = swapped(ask, "l4")
	if IP in reply:
		reply[IP].ttl = ttl
		reply[IP].chksum = None
	else:
		reply[IPv6].hlim = ttl
	return reply


def udp_request(v6, port, load, sport=49153, tags=None, mac=OWN, l4=None, **kw):
	"""A request to a service of ours, whole."""
	pkt = ether(dst=mac)
	pkt = pkt / tags if tags else pkt
	if v6:
		pkt = pkt / IPv6(**{"src": HOST6, "dst": OUR6, "hlim": 7, "tc": 0x48, "fl": 7, **kw})
	else:
		pkt = pkt / IP(**{"src": HOST4, "dst": OUR4, "id": 0xBEEF, "ttl": 7, "tos": 0x48, **kw})
	return pkt / UDP(**{"sport": sport, "dport": port, **(l4 or {})}) / load


def udp_refused(request):
	"""(request, fate): what no UDP answer may answer. request(v6, **kw) makes a good one."""
	for v6 in (False, True):
		yield request(v6, src=A6 if v6 else A4), "not_allowed"
		yield request(v6, src="::1" if v6 else "127.0.0.1"), "martian"
		yield request(v6, src="ff02::1" if v6 else "224.0.0.9"), "martian"
		yield request(v6, src=OUR6 if v6 else OUR4), "land"
		yield request(v6, l4={"chksum": 0x1111}), "bad_cksum"
		yield request(v6, l4={"len": 9}), "truncated"
		yield request(v6, sport=0), "not_request"
		yield request(v6, mac=BCAST), "mcast_dst"
	yield request(False, chksum=0x1111), "bad_cksum"
	yield request(True, l4={"chksum": 0}), "bad_cksum"
	yield request(False, flags="MF"), "fragment"
	yield request(False, options=[IPOption_NOP()] * 4), "options"
	yield request(False, options=[IPOption_LSRR(routers=["203.0.113.5"])]), "options"


def answers_udp_echo():
	"""UDP echo (RFC 862): the data come back, but not to whoever would send them again."""
	case = Case("answers-udp-echo", "mac", *ANSWERING, "--udp-echo", "port=7")
	for v6 in (False, True):
		for size in (0, 1, 17, 18, 19, 300, 1452, 8000):
			ask = udp_request(v6, 7, Raw(payload(size)))
			case.add(ask, "udp_echo", bytes(turned(ask)))
		for tags in (Dot1Q(vlan=7, prio=3), QINQ):
			ask = udp_request(v6, 7, Raw(payload(50)), tags=tags)
			case.add(ask, "udp_echo", bytes(turned(ask)))
		for port in (7, 19, 53, 123, 862, 1023, 1900, 11211):
			case.add(udp_request(v6, 7, Raw(b"x"), sport=port), "src_port")
		ask = udp_request(v6, 7, Raw(b"xy"))
		case.add(ask, "udp_echo", padded(turned(ask))[:len(bytes(ask)) + 9], payload(9))
		case.add(udp_request(v6, 8, Raw(payload(50))))
		case.add(udp_request(v6, 7, Raw(payload(50)), dst=B6 if v6 else B4))
	ask = udp_request(False, 7, Raw(payload(50)), l4={"chksum": 0})
	case.add(ask, "udp_echo", bytes(turned(ask)))
	for ask, fate in udp_refused(lambda v6, **kw: udp_request(v6, 7, Raw(payload(50)), **kw)):
		case.add(ask, fate)
	return case


DISCRIMINATOR = 0x0A0B0C0D


class BFD(Packet):
	"""RFC 5880 4.1, without authentication: scapy's own wants some behind every packet since 2.6."""
	name = "BFD"
	fields_desc = [BitField("version", 1, 3), BitField("diag", 0, 5), BitField("sta", 3, 2),
		FlagsField("flags", 0, 6, "MDACFP"), ByteField("detect_mult", 3), ByteField("len", 24)] + [
		BitField(name, 0, 32) for name in ("my_discriminator", "your_discriminator",
			"min_tx_interval", "min_rx_interval", "echo_rx_interval")]


def bfd_request(v6, load=b"", bfd=None, **kw):
	"""A control packet of an S-BFD initiator (RFC 7880 7.3.2); load: bytes behind it."""
	packet = BFD(**{"sta": 1, "flags": "D", "detect_mult": 5, "my_discriminator": 0x11223344,
		"your_discriminator": DISCRIMINATOR, "min_tx_interval": 123456, "min_rx_interval": 0,
		"echo_rx_interval": 0, **(bfd or {})})
	return udp_request(v6, 7784, Raw(bytes(packet) + load), **kw)


def bfd_reply(ask, sta=3, diag=0):
	"""RFC 7880 7.2.2, RFC 7881 6.1: one answer a microsecond at the default rate."""
	reply = turned(ask, 255)
	asked = BFD(bytes(ask[UDP].payload))
	reply[UDP].remove_payload()
	reply[UDP].len = reply[UDP].chksum = None
	layer = reply[IP] if IP in reply else reply[IPv6]
	layer.len = layer.plen = None
	return padded(reply / BFD(sta=sta, diag=diag, flags="F" if asked.flags.P else 0,
		detect_mult=asked.detect_mult, my_discriminator=asked.your_discriminator,
		your_discriminator=asked.my_discriminator, min_tx_interval=asked.min_tx_interval,
		min_rx_interval=1, echo_rx_interval=1))


def answers_sbfd(name, *options, **how):
	"""S-BFD (RFC 7880, 7881) and BFD echo (RFC 5881, 9747)."""
	case = Case(name, "l4", *ANSWERING, "--sbfd", f"discriminator={DISCRIMINATOR}", *options)
	for v6 in (False, True):
		for bfd in ({}, {"flags": "DP"}, {"flags": "DC", "sta": 3}, {"diag": 9, "sta": 0},
				{"detect_mult": 255, "min_tx_interval": 1}, {"min_rx_interval": 7}):
			ask = bfd_request(v6, bfd=bfd)
			case.add(ask, "sbfd", bfd_reply(ask, **how))
		for load in (b"x", payload(40)):
			ask = bfd_request(v6, load)
			case.add(ask, "sbfd", bfd_reply(ask, **how))
		for tags in (Dot1Q(vlan=7, prio=3), QINQ):
			ask = bfd_request(v6, tags=tags)
			case.add(ask, "sbfd", bfd_reply(ask, **how))
		for bfd in ({"flags": 0}, {"version": 0}, {"version": 2}, {"detect_mult": 0},
				{"my_discriminator": 0}, {"your_discriminator": 0},
				{"your_discriminator": DISCRIMINATOR + 1}, {"flags": "DA"}, {"flags": "DM"}):
			case.add(bfd_request(v6, bfd=bfd), "not_request")
		for bfd in ({"len": 23}, {"len": 25}):
			case.add(bfd_request(v6, bfd=bfd), "truncated")
		case.add(bfd_request(v6, sport=7784), "src_port")
		# Echo: forwarded back to its sender, and only once.
		own, other = (HOST6, A6) if v6 else (HOST4, A4)
		for src in (own, other):
			ask = udp_request(v6, 3785, Raw(payload(24)), sport=3785, src=src, dst=own,
				**{"hlim" if v6 else "ttl": 255})
			reply = swapped(ask, "mac")
			if v6:
				reply[IPv6].hlim = 254
			else:
				reply[IP].ttl = 254
			case.add(ask, "sbfd", bytes(reply))
		case.add(udp_request(v6, 3785, Raw(payload(24)), src=own, dst=own), "not_request")
	return case


# STAMP (RFC 8762, 8972). What a clock says is left zero: golden.py judges that by itself.
KEY = b"golden, and long enough"
SSID, STAMP_SEQ = b"\xab\xcd", b"\1\2\3\4"
SENT, SENT_ERROR = bytes.fromhex("eeeeeeee80000000"), bytes.fromhex("8123")


def tlv(kind, value=b"", flags=0x80, length=None):
	return struct.pack("!BBH", flags, kind, len(value) if length is None else length) + value


def digest(*parts):
	return hmac.new(KEY, b"".join(parts), "sha256").digest()[:16]


def stamp_request(v6, rest=b"", auth=False, size=None, **kw):
	"""A test packet; rest: behind the base packet; size: cut off there."""
	if auth:
		base = STAMP_SEQ + bytes(12) + SENT + SENT_ERROR + SSID
		base = base.ljust(96, b"\0")
		base += digest(base)
	else:
		base = (STAMP_SEQ + SENT + SENT_ERROR + SSID).ljust(44, b"\0")
	return udp_request(v6, 862, Raw((base + rest)[:size]), **kw)


def stamp_reply(ask, rest=None, auth=False, dscp=None):
	"""rest: what is behind the base packet, when it is not what was there; dscp: of the reply."""
	load = bytes(ask[UDP].payload)
	base = 112 if auth else 44
	ttl = bytes([ask[IP].ttl if IP in ask else ask[IPv6].hlim])
	ssid = SSID if len(load) >= base else bytes(2)
	if auth:
		body = STAMP_SEQ + bytes(22) + ssid + bytes(20) + STAMP_SEQ + bytes(12) + SENT + SENT_ERROR + \
			bytes(6) + ttl + bytes(31)
	else:
		body = STAMP_SEQ + bytes(10) + ssid + bytes(8) + STAMP_SEQ + SENT + SENT_ERROR + bytes(2) + \
			ttl + bytes(3)
	reply = turned(ask, 255)
	layer = reply[IP] if IP in reply else reply[IPv6]
	asked = ask[IP].tos if IP in ask else ask[IPv6].tc
	setattr(layer, "tos" if IP in reply else "tc", asked & 0xFC if dscp is None else dscp << 2)
	layer.len = layer.plen = None
	reply[UDP].remove_payload()
	reply[UDP].len = reply[UDP].chksum = None
	return padded(reply / Raw(body + (load[base:] if rest is None else rest)))


def stamp_tlvs(v6, ask):
	"""(TLVs of the request, of the reply, DSCP of the reply) for all types of RFC 8972."""
	there, here = (OUR6, HOST6) if v6 else (OUR4, HOST4)
	family = socket.AF_INET6 if v6 else socket.AF_INET
	addr = [socket.inet_pton(family, a).ljust(16, b"\0") for a in (there, here)]
	mac = bytes.fromhex(PEER.replace(":", ""))
	yield tlv(1, payload(30)), tlv(1, payload(30), 0), None
	yield tlv(2, bytes(4) + tlv(1, bytes(8)) + tlv(4, bytes(16)) + tlv(7, bytes(16)) + tlv(9, b"x")), \
		tlv(2, struct.pack("!HH", 862, ask[UDP].sport) + tlv(2, mac + bytes(2), 0) +
			tlv(6 if v6 else 5, addr[0], 0) + tlv(9 if v6 else 8, addr[1], 0) + tlv(9, b"x"), 0), None
	yield tlv(2, bytes(4) + tlv(1, bytes(7))), tlv(2, bytes(4) + tlv(1, bytes(7), 0x40), 0x40), None
	# The requests' traffic class is 0x48: DSCP 18.
	for wanted in (0, 46, 47):
		yield tlv(4, bytes((wanted << 2, 0, 9, 9))), \
			tlv(4, struct.pack("!I", wanted << 26 | 18 << 20), 0), wanted
	yield tlv(4, bytes((48 << 2, 0, 0, 0))), tlv(4, struct.pack("!I", 48 << 26 | 18 << 20 | 1 << 16), 0), \
		None
	yield tlv(5, payload(12)), tlv(5, payload(12)), None
	yield tlv(6, b"\x2f\1\7\7"), tlv(6, b"\x20\1\0\0", 0), None
	yield tlv(6, b"\x3f\1\7\7"), tlv(6, b"\x3f\1\7\7"), None
	yield tlv(7, payload(16)), tlv(7, bytes(16), 0), None
	yield tlv(7, payload(9)), tlv(7, bytes(9), 0x40), None
	# RFC 9503, 9534, 10052, private, reserved; an HMAC without a key.
	for kind in (8, 9, 10, 11, 12, 176, 240, 252, 255):
		yield tlv(kind, payload(16), 0), tlv(kind, payload(16)), None
	# Beyond the packet: what follows is not looked at.
	yield tlv(1, payload(5)) + tlv(1, payload(9), length=10), \
		tlv(1, payload(5), 0) + tlv(1, payload(9), 0x40, length=10), None
	yield tlv(4, payload(3)) + tlv(1, b"x"), tlv(4, payload(3), 0x40) + tlv(1, b"x"), None
	yield tlv(1, b"x") + b"\x80", tlv(1, b"x", 0) + b"\xc0", None


def answers_stamp():
	"""Unauthenticated and stateless."""
	case = Case("answers-stamp", "l4", *ANSWERING, "--stamp", "port=862")
	case.extra = {"times": True}
	for v6 in (False, True):
		for size in (14, 15, 16, 40, 43, 44):
			ask = stamp_request(v6, size=size)
			case.add(ask, "stamp", stamp_reply(ask))
		for size in (0, 13):
			case.add(stamp_request(v6, size=size), "truncated")
		# TWAMP Light: padding, as long as the reply shall be.
		for size in (1, 4, 100, 1400, 8900):
			ask = stamp_request(v6, bytes(2) + payload(size))
			case.add(ask, "stamp", stamp_reply(ask))
		for tags in (Dot1Q(vlan=7, prio=3), QINQ):
			ask = stamp_request(v6, tags=tags)
			case.add(ask, "stamp", stamp_reply(ask))
		ask = stamp_request(v6, **{"hlim" if v6 else "ttl": 255, "tc" if v6 else "tos": 0x4B})
		case.add(ask, "stamp", stamp_reply(ask))
		for asked, said, dscp in stamp_tlvs(v6, stamp_request(v6)):
			ask = stamp_request(v6, asked)
			case.add(ask, "stamp", stamp_reply(ask, said, dscp=dscp))
		for port in (7, 53, 862, 3785):
			case.add(stamp_request(v6, sport=port), "src_port")
		case.add(stamp_request(v6, dst=B6 if v6 else B4))
	ask = stamp_request(False, l4={"chksum": 0})
	reply = stamp_reply(ask)
	case.add(ask, "stamp", reply)
	for ask, fate in udp_refused(lambda v6, **kw: stamp_request(v6, **kw)):
		case.add(ask, fate)
	return case


def answers_stamp_auth():
	"""Base packets and TLVs authenticated."""
	case = Case("answers-stamp-auth", "ip", *ANSWERING, "--stamp", "port=862,key-file=key")
	case.extra = {"times": True, "key": KEY.decode()}
	for v6 in (False, True):
		ask = stamp_request(v6, auth=True)
		case.add(ask, "stamp", stamp_reply(ask, auth=True))
		for size in (14, 44, 111):
			case.add(stamp_request(v6, auth=True, size=size), "bad_auth")
		case.add(stamp_request(v6, bytes(68)), "bad_auth")
		# Alone, Extra Padding needs no digest.
		ask = stamp_request(v6, tlv(1, payload(500)), auth=True)
		case.add(ask, "stamp", stamp_reply(ask, tlv(1, payload(500), 0), auth=True))
		text, said = tlv(7, payload(16)) + tlv(77, b"?"), tlv(7, bytes(16), 0) + tlv(77, b"?")
		asked = text + tlv(8, digest(STAMP_SEQ, text))
		ask = stamp_request(v6, asked + tlv(1, b"pad"), auth=True)
		case.add(ask, "stamp", stamp_reply(ask, said + tlv(8, digest(STAMP_SEQ, said), 0) +
			tlv(1, b"pad", 0), auth=True))
		# None, a wrong one, one that is not the last.
		for asked in (text, text + tlv(8, digest(b"guess")), tlv(8, digest(STAMP_SEQ)) + tlv(77, b"?")):
			ask = stamp_request(v6, asked, auth=True)
			said, at = bytearray(asked), 0
			while at < len(said):
				said[at] = 0xA0
				at += 4 + int.from_bytes(said[at + 2:at + 4], "big")
			case.add(ask, "stamp", stamp_reply(ask, bytes(said), auth=True))
	return case


def answers_oam():
	"""Ethernet OAM of level 3, and what is not for us."""
	case = Case("answers-oam", "l4", *ANSWERING, "--oam", "level=3,mep=77")
	case.extra = {"times": True}

	def frame(opcode, fields, rest=b"\0", level=3, tags=None, **kw):
		pkt = ether(**{"dst": OWN, **kw})
		pdu = struct.pack("!BBBB", level << 5 | 1, opcode, 1, len(fields)) + fields + rest
		if tags is None:
			pkt.type = 0x8902
			return pkt / Raw(pdu)
		tags = tags.copy()
		tags.lastlayer().type = 0x8902
		return pkt / tags / Raw(pdu)

	def back(ask, opcode, fields):
		reply = ask.copy()
		reply.src, reply.dst = reply.dst, reply.src
		load = bytes(ask[Raw])
		reply[Raw].load = load[:1] + bytes([opcode]) + load[2:4] + fields + load[4 + len(fields):]
		return bytes(reply)

	count = 0
	for tags in (None, Dot1Q(vlan=7, prio=3, id=1), QINQ):
		for size in (1, 40, 1400):
			ask = frame(3, payload(4), b"\3" + struct.pack("!H", size) + payload(size) + b"\0", tags=tags)
			case.add(ask, "oam", back(ask, 2, payload(4)))
		ask = frame(47, payload(8) + bytes(24), tags=tags)
		case.add(ask, "oam", back(ask, 46, payload(8) + bytes(24)))
		for test in (1, 1, 2):
			ask = frame(55, struct.pack("!HHIII", 5, 0, test, 1000, 0), tags=tags)
			count = count + 1 if test == 1 and count else 1
			case.add(ask, "oam", back(ask, 54, struct.pack("!HHIII", 5, 77, test, 1000, count)))
		count = 0
	for level in (0, 2, 4, 7):
		case.add(frame(3, payload(4), level=level), "l2_control")
	for dst in ("01:80:c2:00:00:33", THERE, BCAST):
		case.add(frame(3, payload(4), dst=dst), "l2_control")
	for opcode in (1, 2, 4, 5, 42, 43, 46, 54):
		case.add(frame(opcode, payload(32)), "not_request")
	for opcode, least in ((3, 4), (47, 32), (55, 16)):
		case.add(frame(opcode, payload(least - 1), b""), "truncated")
	case.add(frame(3, payload(4), src="01:00:5e:00:00:01"), "mcast_src")
	return case


def silent():
	"""--answer none: addresses, but nobody at home."""
	case = Case("answers-none", "l4", *ANSWERING, "--answer", "none")
	for source in (arp_frames, nd_frames):
		pkt, trailer, _, _ = next(source())
		case.add(pkt, NOBODYS, trailer=trailer)
	pkt, trailer, _, _ = next(echo_frames())
	case.add(pkt, trailer=trailer)
	return case


ANSWERING = ("--address", OUR4, "--address", OUR6, "--address", "203.0.113.0/24",
	"--address", "2001:2:0:7::/64")


def main():
	check = sys.argv[1:] == ["--check"]
	root = tempfile.mkdtemp() if check else HERE
	cases = [make(mode) for make in (bulk, guards, malformed) for mode in MODES]
	cases += [accept(name) for name in ("own", "unicast", "any")]
	cases += [answers_stamp(), answers_stamp_auth(), answers_oam(), answers("l4"), answers("wire"), silent(), answers_udp_echo(),
		answers_sbfd("answers-sbfd"),
		answers_sbfd("answers-sbfd-down", "--sbfd", f"discriminator={DISCRIMINATOR},admin-down",
			sta=0, diag=7)]
	for case in cases:
		case.write(root)
	if not check:
		return 0
	try:
		return compare(root, [case.name for case in cases])
	finally:
		shutil.rmtree(root)


def compare(root, names):
	bad = 0
	kept = {entry for entry in os.listdir(HERE)
		if os.path.exists(os.path.join(HERE, entry, "case.json"))}
	for name in sorted(kept - set(names)):
		print(f"{name}: in the tree, but made by no one")
		bad = 1
	for name in names:
		for file in ("in.pcap", "want.pcap", "case.json"):
			a, b = os.path.join(root, name, file), os.path.join(HERE, name, file)
			if not os.path.exists(b) or not filecmp.cmp(a, b, shallow=False):
				print(f"{name}/{file}: the tree has something else than scapy makes of it")
				bad = 1
	print(f"{len(names)} cases made by scapy")
	return bad


sys.exit(main())
