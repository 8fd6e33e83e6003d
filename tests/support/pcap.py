#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Frames from and to pcap files, without a library.

  pcap.py cut FROM TO MAX     only frames of at most MAX bytes
  pcap.py same A B            exit 1 when the frames of the two files differ
"""

import struct
import sys


def read(path):
	with open(path, "rb") as file:
		data = file.read()
	if len(data) < 24:
		raise SystemExit(f"{path}: no pcap")
	order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
	frames, at = [], 24
	while at + 16 <= len(data):
		_, _, length, wire = struct.unpack_from(order + "IIII", data, at)
		if length != wire:
			raise SystemExit(f"{path}: frame {len(frames)} is cut to {length} of {wire} bytes")
		frames.append(data[at + 16:at + 16 + length])
		at += 16 + length
	return frames


def write(path, frames):
	with open(path, "wb") as file:
		file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
		for number, frame in enumerate(frames):
			file.write(struct.pack("<IIII", 0, number % 1000000, len(frame), len(frame)) + frame)


def main():
	if len(sys.argv) == 5 and sys.argv[1] == "cut":
		write(sys.argv[3], [frame for frame in read(sys.argv[2]) if len(frame) <= int(sys.argv[4])])
		return 0
	if len(sys.argv) == 4 and sys.argv[1] == "same":
		a, b = read(sys.argv[2]), read(sys.argv[3])
		for number, (x, y) in enumerate(zip(a, b)):
			if x != y:
				print(f"frame {number} differs:\n{x[:96].hex()}\n{y[:96].hex()}")
				return 1
		if len(a) != len(b):
			print(f"{len(a)} and {len(b)} frames")
		return 0 if len(a) == len(b) else 1
	raise SystemExit(__doc__)


if __name__ == "__main__":
	sys.exit(main())
