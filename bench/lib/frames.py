# SPDX-License-Identifier: BSD-3-Clause
"""Frames for the replay port, valid in both directions, from the prefixes kept for benchmarking."""

import random
import struct

UDP, TCP = 17, 6
MACS = bytes.fromhex("02d100000002") + bytes.fromhex("02d100000001")


def ones_sum(data):
	if len(data) % 2:
		data += b"\0"
	total = sum(struct.unpack(f"!{len(data) // 2}H", data))
	while total >> 16:
		total = (total & 0xffff) + (total >> 16)
	return ~total & 0xffff


def layer4(rng, proto, pseudo, payload):
	# RFC 4814: ports spread over the dynamic range, so that no run meets one lucky hash.
	ports = struct.pack("!HH", rng.randrange(49152, 65536), rng.randrange(49152, 65536))
	if proto == UDP:
		head = ports + struct.pack("!HH", 8 + len(payload), 0)
		at = 6
	else:
		head = ports + struct.pack("!IIBBHHH", rng.getrandbits(32), rng.getrandbits(32), 0x50,
			0x10, 1024, 0, 0)
		at = 16
	pseudo += struct.pack("!BBH", 0, proto, len(head) + len(payload))
	check = ones_sum(pseudo + head + payload)
	if proto == UDP and check == 0:
		check = 0xffff
	return head[:at] + struct.pack("!H", check) + head[at + 2:] + payload


def ipv4(rng, proto, room):
	addresses = bytes([198, 18, rng.randrange(256), rng.randrange(1, 255),
		198, 19, rng.randrange(256), rng.randrange(1, 255)])
	payload = bytes(max(0, room - 20 - (8 if proto == UDP else 20)))
	rest = layer4(rng, proto, addresses, payload)
	head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(rest), rng.getrandbits(16), 0x4000, 64,
		proto, 0) + addresses
	return head[:10] + struct.pack("!H", ones_sum(head)) + head[12:] + rest


def ipv6(rng, proto, room):
	def address():
		return bytes.fromhex("200100020000") + rng.randbytes(10)

	addresses = address() + address()
	payload = bytes(max(0, room - 40 - (8 if proto == UDP else 20)))
	rest = layer4(rng, proto, addresses, payload)
	return struct.pack("!IHBB", 0x60000000, len(rest), proto, 64) + addresses + rest


def other(rng, _proto, room):
	return rng.randbytes(room)


NETWORK = {0x0800: ipv4, 0x86dd: ipv6, 0x88b6: other}


def frame(rng, kind, size):
	"""@kind: (VLAN or None, EtherType, protocol); longer than @size where the headers need it."""
	vlan, ether_type, proto = kind
	tag = b"" if vlan is None else struct.pack("!HH", 0x8100, vlan)
	head = MACS + tag + struct.pack("!H", ether_type)
	return head + NETWORK[ether_type](rng, proto, size - len(head))


UDP4, TCP4 = (None, 0x0800, UDP), (None, 0x0800, TCP)
UDP6, TCP6 = (None, 0x86dd, UDP), (None, 0x86dd, TCP)
VLAN_UDP4, VLAN_TCP6 = (100, 0x0800, UDP), (200, 0x86dd, TCP)
NON_IP = (None, 0x88b6, 0)
# Sizes without the FCS. The simple IMIX is 7:4:1.
IMIX = [(60, 7), (590, 4), (1514, 1)]
SMALL = [(64, 1)]

# name: ((kind, weight)..., (size, weight)...)
PROFILES = {
	"udp4": ([(UDP4, 1)], SMALL),
	"udp6": ([(UDP6, 1)], SMALL),
	"vlan": ([(VLAN_UDP4, 1)], SMALL),
	"mix": ([(UDP4, 30), (TCP4, 20), (UDP6, 15), (TCP6, 10), (VLAN_UDP4, 10), (VLAN_TCP6, 5),
		(NON_IP, 10)], SMALL),
	"imix": ([(UDP4, 1), (UDP6, 1), (TCP4, 1), (TCP6, 1)], IMIX),
}


def write_pcap(path, profile, count, seed=2544):
	"""@count frames of a profile in random order; the same seed gives the same file."""
	rng = random.Random(seed)
	kinds, sizes = PROFILES[profile]
	with open(path, "wb") as file:
		file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
		for number in range(count):
			kind = rng.choices([k for k, _ in kinds], [w for _, w in kinds])[0]
			size = rng.choices([s for s, _ in sizes], [w for _, w in sizes])[0]
			data = frame(rng, kind, size)
			file.write(struct.pack("<IIII", number // 1000, number % 1000 * 1000, len(data),
				len(data)))
			file.write(data)
