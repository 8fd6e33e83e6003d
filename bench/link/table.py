# SPDX-License-Identifier: BSD-3-Clause
"""What came out, for people and for programs: a table for each load, and what was aimed at."""

import stats

# (load, side, load and side that it is held against, least ratio); where less is better: largest.
GOALS = [
	("tcp1", "vtap", "tcp1", "lo", 0.75),
	("tcp1", "vtap mtu 1500", "tcp1", "lo", 0.5),
	("tcp1", "vtap", "tcp1", "net_tap", 5.0),
	("tcp4", "vtap", "tcp1", "vtap", 1.0),
	("http", "vtap", "http", "lo", 0.4),
]
# (load, side, at most so much of its unit in every round)
LIMITS = [("idle", "vtap", 2.0), ("first", "vtap", 1000.0)]


def values(samples):
	return [sample["value"] for sample in samples]


def median(samples, key):
	found = [sample[key] for sample in samples if key in sample]
	return stats.summary(found)["median"] if found else None


def more(samples):
	"""What else is worth a word: medians, but for what must not happen at all, where it is the sum."""
	words = []
	for key, name in (("p99", "p99"), ("max", "max"), ("offered_kpps", "offered"), ("offered_gbps", "offered")):
		value = median(samples, key)
		if value is not None:
			words.append(f"{name} {value:.0f}")
	for key, name in (("retransmits", "sent again"), ("needless", "of these needlessly"),
			("lost", "lost")):
		total = sum(sample.get(key, 0) for sample in samples)
		if total:
			words.append(f"{name} {total}")
	return ", ".join(words)


def per_frame(samples, unit):
	"""CPU time for each frame that got there and back, of the machine and of the appliance."""
	if unit != "kpps":
		return ""
	rate = median(samples, "value")
	if not rate:
		return ""
	return f"{1e3 * median(samples, 'cores') / rate:.2f} us CPU a frame, " \
		f"{1e3 * median(samples, 'own_cores') / rate:.2f} of these dpdk-lo"


def load_results(lines, load, samples):
	"""Write a load's results as JSON lines and return its table as text."""
	width = max(len(name) for name in samples)
	text = [f"{load.name}: {load.title}",
		f"  {'':{width}}  {load.unit:>8}  {'min..max':>17}  {'quartiles':>17}  {'to lo':>6}  "
		"cores  of these dpdk-lo"]
	for name, taken in samples.items():
		found = stats.summary(values(taken))
		cores, own = median(taken, "cores"), median(taken, "own_cores")
		lines.write("result", case=load.name, title=load.title, side=name, unit=load.unit, values=values(taken),
			cores=cores, own_cores=own, **{load.unit: found})
		share = f"{stats.ratio(values(taken), values(samples['lo']))['ratio']:5.2f}x" \
			if "lo" in samples else ""
		rest = ", ".join(filter(None, (more(taken), per_frame(taken, load.unit))))
		text.append(f"  {name:{width}}  {found['median']:8.2f}  "
			f"{found['min']:8.2f}..{found['max']:<7.2f}  {found['q1']:8.2f}..{found['q3']:<7.2f}  "
			f"{share:>6}  {cores:5.2f}  {own:5.3f}  {rest}")
	return "\n".join(text)


def links(lines, loads, found):
	"""virtio-user beside vtap (of the same MTU, where there is one), which only a kernel with vhost-net tells."""
	text = ["virtio-user beside vtap"]
	for load in loads:
		sides = found.get(load.name, {})
		for base in ("vtap", "vtap mtu 1500"):
			if base not in sides or "virtio-user" not in sides:
				continue
			ratio = stats.ratio(values(sides["virtio-user"]), values(sides[base]))
			lines.write("ratio", case=load.name, ours="virtio-user", theirs=base, base=load.name, goal=None,
				reached=None, **ratio)
			text.append(f"  {load.name} virtio-user / {base}: {ratio['ratio']:.2f}x "
				f"({ratio['min']:.2f}..{ratio['max']:.2f}){'' if load.more else ', less is better'}")
	return "\n".join(text)


def goals(lines, found):
	"""The ratios that were aimed at, as far as both ends of them were measured."""
	text = ["goals"]
	for load, side, base_load, base, goal in GOALS:
		ours, theirs = found.get(load, {}).get(side), found.get(base_load, {}).get(base)
		if not ours or not theirs:
			continue
		ratio = stats.ratio(values(ours), values(theirs))
		met = stats.reached(ratio, goal)
		lines.write("ratio", case=load, ours=side, theirs=base, base=base_load, goal=goal,
			reached=met, **ratio)
		text.append(f"  {load} {side} / {base_load} {base}: {ratio['ratio']:.2f}x "
			f"({ratio['min']:.2f}..{ratio['max']:.2f}, quartiles {ratio['q1']:.2f}..{ratio['q3']:.2f})"
			f"  goal {goal:g}x {'reached' if met else 'MISSED'}")
	for load, side, most in LIMITS:
		taken = found.get(load, {}).get(side)
		if not taken:
			continue
		worst = max(sample.get("max", sample["value"]) for sample in taken)
		lines.write("limit", case=load, side=side, value=worst, goal=most, reached=worst <= most)
		text.append(f"  {load} {side}: at worst {worst:.2f}, goal at most {most:g} "
			f"{'reached' if worst <= most else 'MISSED'}")
	return "\n".join(text)
