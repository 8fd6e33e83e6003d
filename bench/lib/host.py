# SPDX-License-Identifier: BSD-3-Clause
"""What the machine is, and who else is using it: figures without this say nothing."""

import glob
import os
import re
import subprocess
import time

FLAGS = """ssse3 sse4_1 sse4_2 avx avx2 bmi2 avx512f avx512bw avx512vl avx512_vbmi gfni vaes
	asimd sve constant_tsc nonstop_tsc hypervisor""".split()
# A process that takes more than this part of one CPU disturbs what is measured.
STRAY_SHARE = 0.10
# A spin probe that is away for longer than this lost its CPU to somebody.
GAP_NS = 20_000


def read(path, default=""):
	try:
		with open(path, encoding="utf-8", errors="replace") as file:
			return file.read().strip()
	except OSError:
		return default


def output(*argv):
	try:
		return subprocess.run(argv, capture_output=True, text=True, check=False,
			timeout=20).stdout.strip()
	except (OSError, subprocess.TimeoutExpired):
		return ""


def cpuinfo(key):
	found = re.search(rf"^{key}\s*:\s*(.*)$", read("/proc/cpuinfo"), re.M)
	return found.group(1) if found else ""


def meminfo(key):
	found = re.search(rf"^{key}:\s*(\d+)", read("/proc/meminfo"), re.M)
	return int(found.group(1)) if found else 0


def caches(cpu):
	sizes = []
	for index in sorted(glob.glob(f"/sys/devices/system/cpu/cpu{cpu}/cache/index*")):
		if read(f"{index}/type") != "Instruction":
			sizes.append(f"L{read(f'{index}/level')} {read(f'{index}/size')}")
	return sizes


def hugepages_free():
	"""MB in free hugepages that are mounted somewhere."""
	mounted = re.search(r"\shugetlbfs\s", read("/proc/mounts"))
	if not mounted:
		return 0
	return meminfo("HugePages_Free") * meminfo("Hugepagesize") // 1024


def thp():
	found = re.search(r"\[(\w+)\]", read("/sys/kernel/mm/transparent_hugepage/enabled"))
	return found.group(1) if found else "unknown"


def facts(top, cpus):
	flags = (cpuinfo("flags") or cpuinfo("Features")).split()
	governor = read(f"/sys/devices/system/cpu/cpu{cpus[-1]}/cpufreq/scaling_governor")
	commit = output("git", "-C", top, "describe", "--always", "--dirty")
	return {
		"cpu": cpuinfo("model name") or os.uname().machine,
		"cpu_id": f"family {cpuinfo('cpu family')} model {cpuinfo('model')} "
			f"stepping {cpuinfo('stepping')}",
		"mhz": cpuinfo("cpu MHz"),
		"flags": [flag for flag in FLAGS if flag in flags],
		"caches": caches(cpus[-1]),
		"cpus_online": os.cpu_count(),
		"cpus_used": cpus,
		"smt": read("/sys/devices/system/cpu/smt/active", "unknown"),
		"isolated": read("/sys/devices/system/cpu/isolated"),
		"governor": governor or "none (the clock is the hypervisor's or the firmware's)",
		"virtual": "hypervisor" in flags,
		"kernel": os.uname().release,
		"dpdk": output("pkg-config", "--modversion", "libdpdk"),
		"dpdk_lo": commit,
		"hugepages_free_mb": hugepages_free(),
		"transparent_hugepages": thp(),
		"load": read("/proc/loadavg").split()[:3],
		"time": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
	}


def process_ticks():
	ticks = {}
	for pid in filter(str.isdigit, os.listdir("/proc")):
		stat = read(f"/proc/{pid}/stat")
		if ")" not in stat:
			continue
		fields = stat[stat.rindex(")") + 2:].split()
		# In seconds of the kernel's clock: utime and stime, and the parent for our own family.
		ticks[int(pid)] = (int(fields[11]) + int(fields[12]), int(fields[1]),
			stat[stat.index("(") + 1:stat.rindex(")")])
	return ticks


def family(ticks, pid):
	"""@pid, its ancestors and all its descendants: not strangers."""
	known = {pid}
	parent = pid
	while parent in ticks and ticks[parent][1] > 0:
		parent = ticks[parent][1]
		known.add(parent)
	grown = {pid}
	while True:
		more = {p for p, (_, parent, _) in ticks.items() if parent in grown} - grown
		if not more:
			return known | grown
		grown |= more


def strays(seconds=0.6):
	"""Processes that are not ours and use CPU: (pid, name, share of one CPU), the busiest first."""
	before = process_ticks()
	start = time.monotonic()
	time.sleep(seconds)
	after = process_ticks()
	elapsed = time.monotonic() - start
	ours = family(after, os.getpid())
	hertz = os.sysconf("SC_CLK_TCK")
	found = []
	for pid, (ticks, _, name) in after.items():
		if pid in ours:
			continue
		share = (ticks - before.get(pid, (0,))[0]) / hertz / elapsed
		if share >= STRAY_SHARE:
			found.append((pid, name, round(share, 2)))
	return sorted(found, key=lambda stray: -stray[2])


def steal_ticks(cpu):
	found = re.search(rf"^cpu{cpu} (.*)$", read("/proc/stat"), re.M)
	fields = [int(field) for field in found.group(1).split()] if found else [0] * 8
	return fields[7] if len(fields) > 7 else 0


def spin_probe(cpu, seconds=0.4):
	"""Spin on @cpu and see for how long the clock jumps: what a poller would lose, whoever takes it."""
	allowed = os.sched_getaffinity(0)
	os.sched_setaffinity(0, {cpu})
	try:
		clock = time.perf_counter_ns
		steal = steal_ticks(cpu)
		start = last = clock()
		end = start + int(seconds * 1e9)
		lost = longest = gaps = 0
		while last < end:
			now = clock()
			if now - last > GAP_NS:
				lost += now - last
				gaps += 1
				longest = max(longest, now - last)
			last = now
		return {"cpu": cpu, "lost": round(lost / (last - start), 4), "gaps": gaps,
			"longest_us": round(longest / 1000), "steal_ticks": steal_ticks(cpu) - steal}
	finally:
		os.sched_setaffinity(0, allowed)


def interference(cpus):
	return {
		"strays": [{"pid": pid, "name": name, "cpu": share} for pid, name, share in strays()],
		"probes": [spin_probe(cpu) for cpu in cpus],
	}


def describe(host):
	"""Lines for people."""
	yield f"CPU         {host['cpu']} ({host['cpu_id']}), {host['mhz']} MHz, " \
		f"{host['cpus_online']} online, SMT {host['smt']}"
	yield f"            {' '.join(host['flags'])}; {', '.join(host['caches'])}"
	yield f"machine     {'virtual' if host['virtual'] else 'physical'}, governor {host['governor']}" \
		f"{', isolated ' + host['isolated'] if host['isolated'] else ''}"
	yield f"kernel      {host['kernel']}; DPDK {host['dpdk']}; dpdk-lo {host['dpdk_lo']}"
	yield f"memory      {host['memory']}, transparent hugepages {host['transparent_hugepages']}"
	yield f"CPUs used   {host['cpus_used'][-1]} is measured, {host['cpus_used'][0]} is for control " \
		"and peers"
	for probe in host["interference"]["probes"]:
		yield f"probe       CPU {probe['cpu']}: {probe['lost']:.1%} of the time taken away, " \
			f"{probe['gaps']} gaps, the longest {probe['longest_us']} us, " \
			f"steal {probe['steal_ticks']} ticks"


def warnings(host):
	"""What makes the figures worth less, in one sentence each."""
	for stray in host["interference"]["strays"]:
		yield f"process {stray['pid']} ({stray['name']}) uses {stray['cpu']:.0%} of a CPU: stop it " \
			"for figures that mean something"
	for probe in host["interference"]["probes"]:
		if probe["lost"] > 0.03:
			yield f"CPU {probe['cpu']} was taken away {probe['lost']:.0%} of the time: " \
				"the machine is shared, trust only figures of threads that had their CPU"
	if host["governor"] in ("powersave", "ondemand", "schedutil", "conservative"):
		yield f"the governor is {host['governor']}: choose performance, else the clock wanders"
