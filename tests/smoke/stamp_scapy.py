#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""stamp_scapy.py INTERFACE MAC: ask a reflector with packets that scapy builds; scapy takes the replies apart.

scapy's layers were written by others from RFC 8762 and 8972: what they cannot read, or read otherwise than
we meant it, is a fault of one of us. MAC is whose the addresses behind INTERFACE are.
"""

import sys
import time

from scapy.all import AsyncSniffer, Ether, IP, IPv6, Padding, Raw, UDP, get_if_hwaddr, sendp
from scapy.contrib.stamp import (ErrorEstimate, STAMPSessionReflectorTestUnauthenticated as Reply,
	STAMPSessionSenderTestUnauthenticated as Sender, STAMPTestTLV)

COUNT = 20
PATIENCE_S = 20
TTL = 61
SSID = 0x1234
BASE, TWAMP_BASE = 44, 14
TARGETS = ((IP, "198.18.0.1", "198.18.0.2"), (IPv6, "2001:2::1", "2001:2::2"))
NTP_EPOCH = 2208988800
# Type, length of the value, flags in the reply: 200 is nobody's.
TLVS = ((1, 12, 0), (3, 4, 0), (200, 8, 0x80))


def must(condition, *what):
	if not condition:
		sys.exit(" ".join(["scapy finds:"] + [str(w) for w in what]))


def requests(layer, src, dst, tlvs, size=None):
	"""By number; @size: the first bytes of a STAMP packet alone, as a sender of TWAMP Light has them."""
	hops = {"ttl": TTL} if layer is IP else {"hlim": TTL}
	head = Ether(src=get_if_hwaddr(sys.argv[1]), dst=sys.argv[2]) / layer(src=src, dst=dst, **hops) / \
		UDP(sport=20000, dport=862)
	for seq in range(COUNT):
		yield head / Raw(bytes(Sender(seq=seq, ts=time.time(), ssid=SSID,
			err_estimate=ErrorEstimate(S=0, Z=0, scale=3, multiplier=7), tlv_objects=[STAMPTestTLV(
				flags=0x80, type=kind, len=length, value=bytes(length)) for kind, length, _ in tlvs]))[:size])


def take_apart(got):
	"""The base packet and its TLVs, one by one: as a whole, scapy 2.5 does not find their length."""
	raw, tlvs = bytes(got[UDP].payload), []
	must(len(raw) >= BASE, "a reply of", len(raw), "bytes")
	rest = raw[BASE:]
	while rest:
		must(len(rest) >= 4, len(rest), "bytes behind the last TLV")
		tlvs.append(STAMPTestTLV(rest))
		rest = bytes(tlvs[-1][Padding]) if Padding in tlvs[-1] else b""
	return Reply(raw[:BASE]), tlvs


def ask(frames):
	"""Replies by the number of their request."""
	frames = list(frames)
	sniffer = AsyncSniffer(iface=sys.argv[1], filter="udp src port 862", count=len(frames), timeout=PATIENCE_S,
		started_callback=lambda: sendp(frames, iface=sys.argv[1], verbose=False))
	sniffer.start()
	sniffer.join()
	found = {take_apart(got)[0].seq_sender: got for got in sniffer.results}
	must(sorted(found) == list(range(len(frames))), len(found), "of", len(frames), "answered")
	return [(bytes(frames[seq][UDP].payload), found[seq]) for seq in found]


def seconds(raw):
	return int.from_bytes(raw, "big") / 2**32 - NTP_EPOCH


def judge(request, got, tlvs):
	reply, found = take_apart(got)
	must(reply.seq == reply.seq_sender, "numbers", reply.seq, reply.seq_sender)
	must(reply.ttl_sender == TTL, "the sender's TTL", reply.ttl_sender)
	must((got[IP].ttl if IP in got else got[IPv6].hlim) == 255, "TTL of the reply")
	must(reply.mbz1 == 0 and reply.mbz2 == 0, "MBZ", reply.mbz1, reply.mbz2)
	must(reply.ssid == (SSID if len(request) >= BASE else 0), "SSID", reply.ssid)
	must(reply.err_estimate.multiplier != 0 and reply.err_estimate.Z == 0, "error estimate")
	must(reply.err_estimate_sender.scale == 3 and reply.err_estimate_sender.multiplier == 7,
		"the sender's error estimate")
	raw = bytes(got[UDP].payload)
	must(len(raw) == max(len(request), BASE), "length", len(raw), "for", len(request))
	must(raw[28:36] == request[4:12], "the sender's timestamp")
	t1, t2, t3 = seconds(request[4:12]), seconds(raw[16:24]), seconds(raw[4:12])
	must(t1 - 0.1 < t2 <= t3 < time.time() + 0.1, "times", t2 - t1, t3 - t1)
	must([(t.type, t.len, int(t.flags)) for t in found] == list(tlvs), "TLVs", found)
	for t in found:
		# RFC 8972 4.3: software, local, both stamps.
		must(t.type != 3 or (t.value[1] == t.value[3] == 2), "timestamps explained as", t.value)


for layer, src, dst in TARGETS:
	for tlvs, size in (((), None), (TLVS, None), ((), TWAMP_BASE)):
		for request, got in ask(requests(layer, src, dst, tlvs, size)):
			judge(request, got, tlvs)
	print(f"scapy reads all replies of {dst}, and nothing else than was meant")
