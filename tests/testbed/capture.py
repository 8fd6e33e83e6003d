#!/usr/bin/python3 -B
# SPDX-License-Identifier: BSD-3-Clause
"""capture.py OUT: a capture such as an access link has: ARP, DNS, a web page over TCP, TLS, QUIC, pings, VLANs."""

import random
import sys

from scapy.all import (ARP, DNS, DNSQR, DNSRR, ICMP, IP, TCP, UDP, Dot1Q, Ether, ICMPv6EchoRequest, IPv6, Raw,
	fragment, wrpcap)

HOST, GATE = "02:d1:00:00:00:01", "02:d1:00:00:00:02"
rng = random.Random(8086)


def dns(number):
	ask = IP(src="198.18.0.1", dst="198.18.0.53") / UDP(sport=40000 + number, dport=53)
	name = f"host{number}.example"
	yield ask / DNS(id=number, rd=1, qd=DNSQR(qname=name))
	back = IP(src="198.18.0.53", dst="198.18.0.1") / UDP(sport=53, dport=40000 + number)
	yield back / DNS(id=number, qr=1, qd=DNSQR(qname=name), an=DNSRR(rrname=name, rdata="198.19.1.1"))


def page(number, ip, port, size):
	client = TCP(sport=50000 + number, dport=port, window=64240)
	seq = rng.getrandbits(30)
	yield ip / client.__class__(sport=50000 + number, dport=port, flags="S", seq=seq,
		options=[("MSS", 1460), ("SAckOK", b""), ("Timestamp", (number, 0)), ("WScale", 7)])
	yield ip / TCP(sport=50000 + number, dport=port, flags="A", seq=seq + 1)
	yield ip / TCP(sport=50000 + number, dport=port, flags="PA", seq=seq + 1) / \
		Raw(f"GET /{number} HTTP/1.1\r\nHost: example\r\n\r\n".encode())
	sent = 0
	while sent < size:
		chunk = min(1400, size - sent)
		yield ip / TCP(sport=50000 + number, dport=port, flags="A", seq=seq + 100 + sent) / Raw(rng.randbytes(chunk))
		sent += chunk
	yield ip / TCP(sport=50000 + number, dport=port, flags="FA", seq=seq + 100 + sent)


def frames():
	yield Ether(src=HOST, dst="ff:ff:ff:ff:ff:ff") / ARP(psrc="198.18.0.1", pdst="198.18.0.254", hwsrc=HOST)
	ether = Ether(src=HOST, dst=GATE)
	for number in range(40):
		four, six = IP(src="198.18.0.1", dst=f"198.19.{number}.1"), IPv6(src="2001:2::1", dst=f"2001:2::{number + 10}")
		for packet in dns(number):
			yield ether / packet
		for packet in page(number, four if number % 3 else six, 443 if number % 2 else 80, rng.randrange(200, 20000)):
			yield ether / packet
		yield ether / four / UDP(sport=60000 + number, dport=443) / Raw(rng.randbytes(rng.randrange(60, 1200)))
		yield ether / Dot1Q(vlan=10 + number % 3) / four / UDP(sport=5060, dport=5060) / Raw(rng.randbytes(160))
		yield ether / four / ICMP(id=number, seq=1) / Raw(rng.randbytes(56))
		yield ether / six / ICMPv6EchoRequest(id=number) / Raw(rng.randbytes(56))
	for piece in fragment(IP(src="198.18.0.1", dst="198.19.9.9", id=77) / UDP(sport=1, dport=2049) / Raw(bytes(4000)), 1400):
		yield ether / piece


def main(path):
	found, now = [], 1700000000.0
	for frame in frames():
		now += rng.expovariate(4000)
		frame.time = now
		found.append(frame)
	wrpcap(path, found)
	print(len(found))


main(sys.argv[1])
