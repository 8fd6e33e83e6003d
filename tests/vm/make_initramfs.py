#!/usr/bin/python3 -B
# SPDX-License-Identifier: BSD-3-Clause
"""
make_initramfs.py KERNEL-DIR BUSYBOX INIT OUT: the first file system of a virtual machine, which knows
just enough to mount the real one: a shell, the modules that it takes, in order, and INIT.
"""

import os
import sys

MODULES = ["virtio_pci", "9pnet_virtio", "9p", "overlay"]
TOOLS = ["sh", "cat", "insmod", "mkdir", "mount", "switch_root"]


def with_dependencies(tree, wanted):
	"""Paths below @tree of the modules and of all that they need, each after what it needs."""
	needs, found = {}, {}
	with open(os.path.join(tree, "modules.dep"), encoding="ascii") as file:
		for line in file:
			path, _, rest = line.strip().partition(":")
			needs[path] = rest.split()
			found[os.path.basename(path).split(".ko")[0].replace("-", "_")] = path
	# What is built in is in nobody's way.
	order = []
	for name in wanted:
		for path in [*reversed(needs.get(found.get(name), [])), found.get(name)]:
			if path and path not in order:
				order.append(path)
	return order


class Archive:
	"""The "newc" format of cpio, as the kernel takes it."""

	def __init__(self, path):
		self.file = open(path, "wb")  # lives as long as the program
		self.inode = 0

	def put(self, name, mode, data=b""):
		self.inode += 1
		name = name.encode() + b"\0"
		fields = [self.inode, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name), 0]
		header = b"070701" + b"".join(b"%08X" % field for field in fields) + name
		for part in (header, data):
			self.file.write(part + bytes(-len(part) % 4))

	def close(self):
		self.put("TRAILER!!!", 0)
		self.file.close()


def read(path):
	with open(path, "rb") as file:
		return file.read()


def main(kernel, busybox, init, out):
	version = read(os.path.join(kernel, "VERSION")).decode().strip()
	tree = os.path.join(kernel, "lib/modules", version)
	archive = Archive(out)
	for name in ("bin", "dev", "proc", "sys", "m", "lower", "upper", "new", "share"):
		archive.put(name, 0o40755)
	archive.put("bin/busybox", 0o100755, read(busybox))
	for name in TOOLS:
		archive.put(f"bin/{name}", 0o120777, b"busybox")
	modules = with_dependencies(tree, MODULES)
	for path in modules:
		archive.put(f"m/{os.path.basename(path)}", 0o100644, read(os.path.join(tree, path)))
	archive.put("m/order", 0o100644, "\n".join(map(os.path.basename, modules)).encode() + b"\n")
	archive.put("init", 0o100755, read(init))
	archive.close()


if __name__ == "__main__":
	if len(sys.argv) != 5:
		sys.exit(__doc__)
	main(*sys.argv[1:])
