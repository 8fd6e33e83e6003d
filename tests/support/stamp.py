# SPDX-License-Identifier: BSD-3-Clause
"""STAMP session sender (RFC 8762, 8972), written from the RFCs and from nothing else here.

Requests are built and replies judged: a reply that says anything wrong is a Wrong. Times are compared
with this host's clock, digests computed by Python's hmac.
"""

import hmac
import struct
import time

NTP_EPOCH = 2208988800  # 1900 to 1970, seconds

PADDING, LOCATION, TIMESTAMP, COS, DIRECT, ACCESS, FOLLOW_UP, HMAC_TLV = range(1, 9)
SLACK = 500000  # ns that a calibrated clock may be off
U, M, I = 0x80, 0x40, 0x20


class Wrong(Exception):
	"""The reply breaks a rule."""


def must(condition, *what):
	if not condition:
		raise Wrong(" ".join(str(w) for w in what))


def digest(key, *parts):
	return hmac.new(key, b"".join(parts), "sha256").digest()[:16]


# Times are whole nanoseconds since 1970: a float has no room for them.

def ntp(ns):
	return struct.pack("!II", (ns // 10**9 + NTP_EPOCH) & 0xFFFFFFFF,
		(ns % 10**9 << 32) // 10**9)


def from_ntp(raw):
	s, f = struct.unpack("!II", raw)
	return (s - NTP_EPOCH) % 2**32 * 10**9 + (f * 10**9 + 2**32 - 1 >> 32)


def from_ptp(raw):
	s, ns = struct.unpack("!II", raw)
	must(ns < 10**9, "nanoseconds of a PTP timestamp:", ns)
	return s * 10**9 + ns


def tlv(kind, value=b"", flags=U, length=None):
	return struct.pack("!BBH", flags, kind, len(value) if length is None else length) + value


def tlvs_of(raw):
	"""Take TLVs apart: [(flags, type, value)]."""
	found = []
	while raw:
		must(len(raw) >= 4, "a TLV of", len(raw), "bytes")
		flags, kind, length = struct.unpack("!BBH", raw[:4])
		must(len(raw) >= 4 + length, "TLV", kind, "of", length, "bytes in", len(raw))
		found.append((flags, kind, raw[4:4 + length]))
		raw = raw[4 + length:]
	return found


class Session:
	"""One sender's view: requests out of it, replies into it."""

	def __init__(self, key=None, ssid=0, tlv_key=None):
		self.key = key
		self.tlv_key = tlv_key or key
		self.ssid = ssid
		self.seq = 0
		self.error = 0x8001

	@property
	def base(self):
		return 112 if self.key else 44

	def request(self, tlvs=(), size=None, seal=None):
		"""A test packet. size: bytes in all, the rest zeroes (TWAMP Light), or fewer than a base
		packet; seal: add an HMAC TLV, by default where there is a key and it is due."""
		seq = struct.pack("!I", self.seq)
		self.seq = (self.seq + 1) & 0xFFFFFFFF
		self.sent_at = time.time_ns()
		self.stamp = ntp(self.sent_at)
		if self.key:
			head = seq + bytes(12) + self.stamp + struct.pack("!HH", self.error, self.ssid)
			head += bytes(96 - len(head))
			head += digest(self.key, head)
		else:
			head = seq + self.stamp + struct.pack("!HH", self.error, self.ssid)
			head += bytes(44 - len(head))
		body = b"".join(tlvs)
		due = bool(tlvs) and not (len(tlvs) == 1 and tlvs[0][1] == PADDING)
		if seal or (seal is None and self.tlv_key and due):
			body += tlv(HMAC_TLV, digest(self.tlv_key, seq, body))
		raw = head + body
		if size is not None:
			raw = raw[:size] + bytes(max(0, size - len(raw)))
		self.sent_raw = raw
		return raw

	def reply(self, raw, ttl=None, seq=None, ptp=False, tai=0):
		"""Judge the reply to the last request. Returns its fields."""
		asked = self.sent_raw
		now = time.time_ns()
		must(len(raw) == max(len(asked), self.base), "reply of", len(raw), "bytes to", len(asked))
		if self.key:
			must(raw[96:112] == digest(self.key, raw[:96]), "HMAC of the base packet")
			zero = raw[4:16] + raw[28:32] + raw[40:48] + raw[52:64] + raw[74:80] + raw[81:96]
			at = {"seq": 0, "t3": 16, "error": 24, "ssid": 26, "t2": 32, "sseq": 48, "sts": 64,
				"serr": 72, "ttl": 80}
			theirs = {"seq": 0, "ts": 16, "error": 24}
		else:
			zero = raw[38:40] + raw[41:44]
			at = {"seq": 0, "t3": 4, "error": 12, "ssid": 14, "t2": 16, "sseq": 24, "sts": 28,
				"serr": 36, "ttl": 40}
			theirs = {"seq": 0, "ts": 4, "error": 12}
		must(not any(zero), "MBZ fields", zero.hex())
		must(raw[at["sseq"]:at["sseq"] + 4] == asked[:4], "sender's sequence number")
		must(raw[at["sts"]:at["sts"] + 8] == asked[theirs["ts"]:theirs["ts"] + 8],
			"sender's timestamp")
		must(raw[at["serr"]:at["serr"] + 2] == asked[theirs["error"]:theirs["error"] + 2],
			"sender's error estimate")
		ssid = struct.unpack("!H", raw[at["ssid"]:at["ssid"] + 2])[0]
		must(ssid == (self.ssid if len(asked) >= self.base else 0), "SSID", ssid)
		error = struct.unpack("!H", raw[at["error"]:at["error"] + 2])[0]
		must(error & 0xFF, "a multiplier of 0")
		must(bool(error & 0x4000) == ptp, "Z of the error estimate")
		bound = (error & 0xFF) * 2.0 ** (-32 + (error >> 8 & 0x3F))
		read = from_ptp if ptp else from_ntp
		t2, t3 = (read(raw[at[t]:at[t] + 8]) - tai * 10**9 for t in ("t2", "t3"))
		must(t2 < t3, "T2", t2, "is not before T3", t3)
		# One host, one clock: what the kernel says between sending and receiving is the truth.
		must(self.sent_at - SLACK <= t2 and t3 <= now + SLACK, "sent", self.sent_at, "T2", t2, "T3",
			t3, "back", now)
		if ttl is not None:
			must(raw[at["ttl"]] == ttl, "sender TTL", raw[at["ttl"]])
		want = self.seq - 1 if seq is None else seq
		got = struct.unpack("!I", raw[:4])[0]
		must(got == want & 0xFFFFFFFF, "sequence number", got, "not", want)
		return {"t2": t2, "t3": t3, "error": bound, "synced": bool(error & 0x8000),
			"back": now, "rest": raw[self.base:]}

	def sealed(self, raw):
		"""TLVs of a reply, the HMAC TLV among them verified."""
		seq, rest, front = raw[:4], raw[self.base:], b""
		for flags, kind, value in tlvs_of(rest):
			if kind == HMAC_TLV:
				must(value == digest(self.tlv_key, seq, front), "HMAC of the TLVs")
				must(flags == 0, "flags of the HMAC TLV", flags)
				return tlvs_of(rest)
			front += tlv(kind, value, flags)
		raise Wrong("no HMAC TLV")


def payload_of(frame):
	"""(EtherType, offset behind the tags, offset of a UDP header or 0)."""
	at = 12
	while frame[at:at + 2] in (b"\x81\0", b"\x88\xa8"):
		at += 4
	kind, at = int.from_bytes(frame[at:at + 2], "big"), at + 2
	if kind == 0x0800 and frame[at + 9] == 17:
		return kind, at, at + (frame[at] & 15) * 4
	if kind == 0x86DD and frame[at + 6] == 17:
		return kind, at, at + 40
	return kind, at, 0


def without_times(frame, key=None, port=862):
	"""
	A frame that dpdk-lo sent, with everything zero that differs from run to run: times, error
	estimate, and the checksum and digest over them. Judged before, if there are times in it.
	"""
	raw = bytearray(frame)
	kind, l3, udp = payload_of(frame)
	if kind == 0x8902 and raw[l3 + 1] == 46:
		spans = [(l3 + 12, 8), (l3 + 20, 8)]
		read = from_ptp
	elif udp and int.from_bytes(raw[udp:udp + 2], "big") == port:
		at = udp + 8
		spans = [(at + 32, 8), (at + 16, 8), (at + 24, 2), (at + 96, 16)] if key else \
			[(at + 16, 8), (at + 4, 8), (at + 12, 2)]
		spans.append((udp + 6, 2))
		read = from_ntp
		if key and any(raw[at + 32:at + 40]):
			must(raw[at + 96:at + 112] == digest(key, bytes(raw[at:at + 96])), "HMAC")
	else:
		return frame
	(t2, _), (t3, _) = spans[:2]
	if any(raw[t2:t2 + 8]):
		t2, t3 = read(raw[t2:t2 + 8]), read(raw[t3:t3 + 8])
		must(t2 < t3 < t2 + 10**9, "T2", t2, "T3", t3)
		must(abs(time.time_ns() - t3) < 3600 * 10**9, "T3", t3, "is not now")
	for start, length in spans:
		raw[start:start + length] = bytes(length)
	return bytes(raw)
