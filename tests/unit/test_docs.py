#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""The documentation fits what it is about:  test_docs.py

Links lead somewhere; every page of the guide is linked from the guide and run by the tests. Messages and commands
are devtools/check-docs' business.
"""

import fnmatch
import os
import re
import unittest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KERNELS = {"drivers/net/tun.c"}


def read(path):
	with open(os.path.join(TOP, path), encoding="utf-8") as file:
		return file.read()


def below(*folders):
	for folder in folders:
		for path, _, names in os.walk(os.path.join(TOP, folder)):
			for name in sorted(names):
				yield os.path.relpath(os.path.join(path, name), TOP)


PAGES = ["README.md", *(path for path in below("docs") if path.endswith(".md"))]


class Docs(unittest.TestCase):
	def test_links(self):
		for page in PAGES:
			for target in re.findall(r"\]\(([^)#\s]+)[^)\s]*\)", read(page)):
				if not target.startswith(("http:", "https:")):
					path = os.path.join(TOP, os.path.dirname(page), target)
					self.assertTrue(os.path.exists(path), f"{page}: {target} is not there")

	def test_paths(self):
		"""Files that are named in the text, as `tests/...` and the like."""
		for page in PAGES:
			for path in re.findall(r"`((?:app|lib|drivers|tests|bench|devtools|packaging|docs)/[\w./-]+)`", read(page)):
				# The kernel's are not ours.
				self.assertTrue(path in KERNELS or "NAME" in path or os.path.exists(os.path.join(TOP, path)),
					f"{page}: {path} is not there")

	def test_map(self):
		"""Every source file of app and lib is on the map in architecture.md, every word there is some file's."""
		page = read("docs/architecture.md")
		section = page[page.index("## Where to look"):].split("\n## ", 1)[0]
		named = {}
		for first in re.findall(r"^\| (`.*?) \|", section, re.M):
			folders = re.findall(r"`((?:app|lib)/[\w-]+)`", first)
			names = re.findall(r"`([\w*]+)`", first)
			for folder in folders or ["app/dpdk-lo"]:
				named.setdefault(folder, []).extend(names or ["*"])
		unused = {(folder, name) for folder in named for name in named[folder]}
		for path in below("app", "lib"):
			folder, name = os.path.split(path)
			stem, kind = os.path.splitext(name)
			if kind not in (".c", ".h") or folder == "lib":
				continue
			fits = [name for name in named.get(folder, []) if fnmatch.fnmatchcase(stem, name)]
			self.assertTrue(fits, f"{path}: name it under 'Where to look' in docs/architecture.md")
			unused -= {(folder, name) for name in fits}
		self.assertEqual(unused, set())

	def test_pages(self):
		guide = read("docs/user-guide.md")
		tests = read("tests/smoke/meson.build")
		for page in PAGES:
			if page.startswith("docs/guide/"):
				self.assertIn(f"({page[5:]})", guide, f"{page} is linked from nowhere in the guide")
				self.assertIn(f"'{page}'", tests, f"{page} is not run by the tests")


unittest.main(verbosity=1)
