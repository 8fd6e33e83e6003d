#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Seeds of the fuzz corpus: one well-formed frame of each kind, made by scapy.

Writes corpus/reflect/seed-NAME next to this file. Inputs found by the fuzzer are added by hand as
corpus/reflect/DATE-WHAT and stay for ever.
"""

import os
import sys

try:
	from scapy.all import (ARP, Dot1AD, Dot1Q, Ether, ICMP, ICMPv6DestUnreach, ICMPv6EchoReply,
		ICMPv6EchoRequest, ICMPv6ND_NA, ICMPv6ND_NS, ICMPv6NDOptDstLLAddr, ICMPv6NDOptSrcLLAddr,
		ICMPv6PacketTooBig, IP, IPerror, IPerror6, IPOption_LSRR, IPOption_NOP, IPOption_RR, IPv6,
		IPv6ExtHdrDestOpt, IPv6ExtHdrFragment, IPv6ExtHdrHopByHop, IPv6ExtHdrRouting, PadN, Raw,
		SCTP, TCP, TCPerror, UDP, UDPerror)
except ImportError:
	print("python3-scapy is not installed: cannot make seeds")
	sys.exit(77)

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "corpus/reflect")
PEER, OURS, BCAST = "02:11:22:33:44:aa", "02:d1:00:00:00:ff", "ff:ff:ff:ff:ff:ff"
A4, O4, X4 = "198.18.0.1", "198.18.0.2", "198.51.100.7"
A6, O6, X6 = "2001:2::1", "2001:2::2", "2001:db8::7"
NODE, NODE_MAC = "ff02::1:ff00:2", "33:33:ff:00:00:02"
BFD4 = Raw(bytes.fromhex("20420518112233440000000700000001") + bytes(8))
STAMP = bytes.fromhex("01020304ee00000001000000812377aa") + bytes(28)
STAMP_AUTH = bytes(96) + bytes(16)  # sealed by the target
TLVS = bytes.fromhex("8002002c0000000080010008" + 8 * "00" + "80040010" + 16 * "00" + "8007000400000000"
	"80030004000000008004000440000000" "8005000c000000000000000000000000" "8006000410020000"
	"80070010" + 16 * "00" + "800c000401020304" "80080010" + 16 * "00" "80010005" "0102030405")
LBM = bytes.fromhex("6103000400000007030008" "0102030405060708" "00")
DMM = bytes.fromhex("612f0020" "000000010000000a") + bytes(25)
SLM = bytes.fromhex("61370010" "0005000000000007" "0000000900000000" "00")
BODY = Raw(bytes(range(1, 19)))
FAR4, FAR6 = "203.0.113.9", "2001:db8:9::9"
PROBE = b"dlo-loop" + bytes.fromhex("01080000")


def ether(dst=OURS):
	return Ether(src=PEER, dst=dst)


def ns(dst_mac, src, dst, *options):
	pkt = ether(dst_mac) / IPv6(src=src, dst=dst, hlim=255) / ICMPv6ND_NS(tgt=O6)
	for option in options:
		pkt /= option
	return pkt


hbh = IPv6ExtHdrHopByHop(options=[PadN(optdata=bytes(4))])
dest = IPv6ExtHdrDestOpt(options=[PadN(optdata=bytes(12))])
quoted4 = IPerror(src=X4, dst=A4) / UDPerror(sport=7, dport=9)
quoted6 = IPerror6(src=X6, dst=A6) / TCPerror(sport=7, dport=9)
SEEDS = {
	"ether": ether() / Raw(b""),
	"zeroes": Raw(bytes(64)),
	"udp4": ether() / IP(src=A4, dst=X4) / UDP(sport=1, dport=2) / BODY,
	"udp4-padded": ether() / IP(src=A4, dst=X4) / UDP(sport=1, dport=2) / Raw(b"x") / Raw(bytes(17)),
	"tcp4-vlan": ether() / Dot1Q(vlan=5) / IP(src=A4, dst=X4) / TCP(sport=1, dport=2) / BODY,
	"tcp4-options": ether() / IP(src=A4, dst=X4, options=[IPOption_NOP()] * 8) / TCP(sport=1,
		dport=2, options=[("MSS", 1460), ("NOP", None), ("WScale", 7)]) / BODY,
	"sctp4": ether() / IP(src=A4, dst=X4) / SCTP(sport=1, dport=2) / BODY,
	"frag4-first": ether() / IP(src=A4, dst=X4, flags="MF") / UDP(sport=1, dport=2) / BODY,
	"frag4-later": ether() / IP(src=A4, dst=X4, frag=9, proto=17) / BODY,
	"lsrr4": ether() / IP(src=A4, dst=X4, options=[IPOption_LSRR(routers=["203.0.113.5"])]) /
		UDP(sport=1, dport=2) / BODY,
	"udp6": ether() / IPv6(src=A6, dst=X6) / UDP(sport=1, dport=2) / BODY,
	"tcp6-qinq": ether() / Dot1AD(vlan=5) / Dot1Q(vlan=6) / IPv6(src=A6, dst=X6) /
		TCP(sport=1, dport=2) / BODY,
	"exts6": ether() / IPv6(src=A6, dst=X6) / hbh / dest / IPv6ExtHdrFragment() / UDP(sport=1,
		dport=2) / BODY,
	"frag6-later": ether() / IPv6(src=A6, dst=X6) / IPv6ExtHdrFragment(offset=3, nh=17) / BODY,
	"routing6": ether() / IPv6(src=A6, dst=X6) / IPv6ExtHdrRouting(type=4, segleft=1,
		addresses=[O6]) / UDP(sport=1, dport=2) / BODY,
	"arp-request": ether(BCAST) / ARP(hwsrc=PEER, psrc=A4, pdst=O4),
	"arp-probe": ether(BCAST) / ARP(hwsrc=PEER, psrc="0.0.0.0", pdst=O4),
	"arp-reply": ether() / ARP(op=2, hwsrc=PEER, psrc=A4, hwdst=OURS, pdst=O4),
	"arp-other": ether(BCAST) / Dot1Q(vlan=5) / ARP(hwsrc=PEER, psrc=A4, pdst=X4),
	"ns": ns(NODE_MAC, A6, NODE, ICMPv6NDOptSrcLLAddr(lladdr=PEER)),
	"ns-unicast": ns(OURS, A6, O6),
	"ns-dad": ns(NODE_MAC, "::", NODE),
	"na": ether() / IPv6(src=A6, dst=O6, hlim=255) / ICMPv6ND_NA(tgt=A6) /
		ICMPv6NDOptDstLLAddr(lladdr=PEER),
	"echo4": ether() / IP(src=A4, dst=O4) / ICMP(type=8, id=7, seq=9) / BODY,
	"echo4-zero": ether() / IP(src=A4, dst=O4) / ICMP(type=8, id=0, seq=0),
	"echo4-big": ether() / IP(src=A4, dst=O4) / ICMP(type=8, id=7, seq=9) / Raw(bytes(range(256)) * 2),
	"echo4-route": ether() / IP(src=A4, dst=O4, options=[IPOption_RR(pointer=4,
		routers=["0.0.0.0"] * 2)]) / ICMP(type=8) / BODY,
	"echo4-frag": ether() / IP(src=A4, dst=O4, flags="MF") / ICMP(type=8) / BODY,
	"reply4": ether() / IP(src=A4, dst=O4) / ICMP(type=0, id=7, seq=9) / BODY,
	"echo6": ether() / IPv6(src=A6, dst=O6) / ICMPv6EchoRequest(id=3, seq=4, data=bytes(41)),
	"echo6-exts": ether() / IPv6(src=A6, dst=O6) / hbh / dest / ICMPv6EchoRequest(data=bytes(9)),
	"reply6": ether() / IPv6(src=A6, dst=O6) / ICMPv6EchoReply(id=3, seq=4, data=bytes(41)),
	"udp-echo4": ether() / IP(src=A4, dst=O4) / UDP(sport=49153, dport=7) / BODY,
	"udp-echo4-none": ether() / IP(src=A4, dst=O4) / UDP(sport=49153, dport=7, chksum=0) / BODY,
	"udp-echo4-low": ether() / IP(src=A4, dst=O4) / UDP(sport=1023, dport=7),
	"udp-echo4-loop": ether() / IP(src=A4, dst=O4) / UDP(sport=7, dport=7) / BODY,
	"udp-echo6": ether() / Dot1Q(vlan=5) / IPv6(src=A6, dst=O6) / UDP(sport=49153, dport=7) /
		Raw(bytes(300)),
	"udp-echo6-exts": ether() / IPv6(src=A6, dst=O6) / dest / UDP(sport=49153, dport=7) / BODY,
	"stamp4": ether() / IP(src=A4, dst=O4) / UDP(sport=49153, dport=862) / Raw(STAMP),
	"stamp4-twamp": ether() / IP(src=A4, dst=O4) / UDP(sport=49153, dport=862) / Raw(STAMP[:14]),
	"stamp4-tlvs": ether() / IP(src=A4, dst=O4) / UDP(sport=49153, dport=862) / Raw(STAMP + TLVS),
	"stamp6-tlvs": ether() / Dot1Q(vlan=5) / IPv6(src=A6, dst=O6) / UDP(sport=49153, dport=862) /
		Raw(STAMP + TLVS),
	"stamp6-auth": ether() / IPv6(src=A6, dst=O6) / UDP(sport=862, dport=862) /
		Raw(STAMP_AUTH + TLVS[48:]),
	"stamp4-auth": ether() / IP(src=A4, dst=O4) / UDP(sport=49153, dport=862) / Raw(STAMP_AUTH),
	"lbm": ether() / Dot1AD(vlan=5) / Dot1Q(vlan=6, type=0x8902) / Raw(LBM),
	"dmm": Ether(src=PEER, dst=OURS, type=0x8902) / Raw(DMM),
	"slm": ether() / Dot1Q(vlan=5, type=0x8902) / Raw(SLM),
	"sbfd4": ether() / IP(src=A4, dst=O4) / UDP(sport=49153, dport=7784) / BFD4,
	"sbfd6": ether() / Dot1Q(vlan=5) / IPv6(src=A6, dst=O6) / UDP(sport=49153, dport=7784) / BFD4 /
		BODY,
	"bfd-echo4": ether() / IP(src=A4, dst=A4, ttl=255) / UDP(sport=3785, dport=3785) / BODY,
	"bfd-echo6": ether() / IPv6(src=X6, dst=A6, hlim=255) / UDP(sport=3785, dport=3785) / BODY,
	"error4": ether() / IP(src=A4, dst=X4) / ICMP(type=3, code=3) / quoted4,
	"error6": ether() / IPv6(src=A6, dst=X6) / ICMPv6DestUnreach(code=4) / quoted6,
	"too-big6": ether() / IPv6(src=A6, dst=X6) / ICMPv6PacketTooBig(mtu=1280) / quoted6,
	"land4": ether() / IP(src=A4, dst=A4) / UDP(sport=1, dport=2) / BODY,
	"punt4": ether() / IP(src=FAR4, dst=X4) / TCP(sport=1, dport=2) / BODY,
	"punt6-qinq": ether() / Dot1AD(vlan=5) / Dot1Q(vlan=6) / IPv6(src=FAR6, dst=X6) / UDP(sport=1,
		dport=2) / BODY,
	"forward4": ether() / IP(src=X4, dst=FAR4) / ICMP(type=0) / BODY,
	"forward6": ether() / IPv6(src=X6, dst=FAR6) / TCP(sport=1, dport=2) / BODY,
	"filtered6": ether() / IPv6(src=FAR6, dst=A6) / TCP(sport=1, dport=2) / BODY,
	"probe-own": Ether(src=PEER, dst=OURS, type=0x88b5) / Raw(PROBE + bytes.fromhex("%016x%016x" %
		(77, 0x1234)) + bytes(18)),
	"probe-other": Ether(src=PEER, dst=OURS) / Dot1Q(vlan=5, type=0x88b5) / Raw(PROBE + bytes(34)),
	"carried4": Ether(src="00:00:00:00:00:00", dst="00:00:00:00:00:00") / IP(src="127.0.0.1",
		dst="127.0.0.1") / TCP(sport=1, dport=2) / BODY,
	"pause": Ether(src=PEER, dst="01:80:c2:00:00:01", type=0x8808) / Raw(b"\0\1\xff\xff" + bytes(42)),
}

# Settings byte 4 of seeds that need some, see fuzz_reflect.c.
BITS = {"stamp4-auth": 16, "stamp6-auth": 16 | 128 | 8, "stamp4-tlvs": 8, "stamp6-tlvs": 64, "lbm": 128}

# Settings byte 5, and whether on the link.
WAYS = {"punt4": (1, False), "punt6-qinq": (1, False), "forward4": (1, True), "forward6": (1 | 64, True),
	"filtered6": (2 | 4, False), "probe-own": (8, False), "probe-other": (8 | 16, False),
	"carried4": (32, True)}

os.makedirs(HERE, exist_ok=True)
for number, (name, pkt) in enumerate(sorted(SEEDS.items())):
	# l4 with guards, every third on the link; pieces and room differ from seed to seed.
	ways, link = WAYS.get(name, (0, number % 3 == 0))
	settings = bytes((0x17 | (8 if link else 0), number % 4 * 15, number % 5 * 6, 24,
		BITS.get(name, 2 if number % 2 == 0 else 0), ways))
	with open(os.path.join(HERE, "seed-" + name), "wb") as out:
		out.write(settings + bytes(pkt))
print(f"{len(SEEDS)} seeds")
