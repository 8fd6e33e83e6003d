# SPDX-License-Identifier: BSD-3-Clause
"""
Hugepages for the time of a run. Without them a DPDK mempool puts one mbuf on each 4 KiB page, all at
the same offset, and what is measured is how few of them fit into one set of the cache.
"""

import ctypes
import glob
import os

import host

CLONE_NEWNS = 0x00020000
MS_REC, MS_PRIVATE = 1 << 14, 1 << 18
NR = "/proc/sys/vm/nr_hugepages"
# What two programs of 320 MB take, and room for what EAL adds.
NEED_MB = 1024
LIBC = ctypes.CDLL(None, use_errno=True)


class Hugepages:
	"""
	Those that are free and mounted already, else, as root, some of our own: given back by
	release(), mounted in a mount namespace that only we and our programs see.
	"""

	def __init__(self, scratch, wanted):
		self.mount_point = os.path.join(scratch.path, "hugepages")
		self.added = 0
		self.there = wanted and host.hugepages_free() >= NEED_MB
		self.text = "hugepages" if wanted else "4 KiB pages"
		if self.there or not wanted:
			return
		self.text = "4 KiB pages (run as root for hugepages)"
		if os.geteuid() == 0 and self.reserve():
			self.there = True
			self.text = "hugepages, reserved for this run"

	def reserve(self):
		size_kb = host.meminfo("Hugepagesize")
		if size_kb == 0 or host.meminfo("MemAvailable") < 4 * NEED_MB * 1024:
			self.text = "4 KiB pages (not enough memory for hugepages)"
			return False
		before, free = host.meminfo("HugePages_Total"), host.meminfo("HugePages_Free")
		self.set_total(before - free + NEED_MB * 1024 // size_kb)
		self.added = host.meminfo("HugePages_Total") - before
		if host.meminfo("HugePages_Free") * size_kb < NEED_MB * 1024 or not self.mount():
			self.release()
			self.text = "4 KiB pages (the kernel has no hugepages to give)"
			return False
		return True

	@staticmethod
	def set_total(number):
		try:
			with open(NR, "w", encoding="ascii") as file:
				file.write(str(number))
		except OSError:
			pass

	def mount(self):
		os.makedirs(self.mount_point, exist_ok=True)
		return LIBC.unshare(CLONE_NEWNS) == 0 and \
			LIBC.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None) == 0 and \
			LIBC.mount(b"none", self.mount_point.encode(), b"hugetlbfs", 0, None) == 0

	def forget(self, prefix):
		"""A program that was killed leaves its files behind, and with them their memory."""
		for path in glob.glob(os.path.join(self.mount_point, f"{prefix}*")):
			os.unlink(path)

	def release(self):
		if os.path.ismount(self.mount_point):
			LIBC.umount2(self.mount_point.encode(), 2)
		# Not what there was before: others may have taken or given some meanwhile.
		if self.added > 0:
			self.set_total(max(0, host.meminfo("HugePages_Total") - self.added))
		self.added = 0
